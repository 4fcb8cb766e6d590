"""Attempts to promise alone, through ways from room to room that no page leads."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from decimal import Decimal

import pytest
from django.urls import reverse

from accord.actions.refusals import NotAllowed, Refused
from accord.contracts.handing_over.actions import override_start, send_back
from accord.contracts.handing_over.queries import newest, seal_of
from accord.contracts.models import (
    Amendment,
    Choice,
    Condition,
    Contract,
    Review,
)
from accord.contracts.reviewing.actions import (
    ask_question,
    call_review,
    cast_vote,
    confirm_condition,
    take_seat,
)
from accord.contracts.reviewing.evidence import bid_facts
from accord.contracts.signing import deciding, desk
from accord.contracts.signing.actions import (
    end_contract,
    prepare_contract,
    record_client_signature,
    sign_for_firm,
)
from accord.contracts.signing.amending import (
    Wanted,
    record_client_signature_of_amendment,
    save_amendment,
    sign_amendment_for_firm,
)
from accord.contracts.signing.content import Added, Kind, Worth
from accord.contracts.signing.queries import values_now
from accord.engagements.actions import (
    change_engagement,
    give_part,
    move_to_stage,
    record_expectation,
    restate_expectation,
    take_part,
    withdraw_expectation,
)
from accord.engagements.desk import waiting_for
from accord.engagements.models import Override, Part, Profile, Stage
from accord.engagements.overriding import override
from accord.engagements.policies.actions import change_profile, judge_engagement
from accord.engagements.policies.content import Seat
from accord.ledger import chain
from accord.people.models import AccessRole, Member
from accord.portfolio.over_sold import contracted_of
from accord.proposals.actions import new_version, save_proposal
from accord.proposals.content import PriceLine
from tests import firm
from tests.contracts import builders as rooms
from tests.contracts.handing_over_builders import accepted, offered
from tests.contracts.signing_builders import (
    TODAY,
    amended,
    amendment,
    at_the_contract,
    by_client,
    condition,
    decided,
    decided_on,
    decided_on_amendment,
    executive,
    in_force_now,
    let_pass_unbacked,
    now,
    prepared,
    seller,
    sent,
    term,
)
from tests.engagements.builders import pages_of
from tests.planning import check_builders as planned
from tests.proposals import builders as proposals

pytestmark = pytest.mark.django_db
Deed = Override.Deed
BECAUSE = "The quay is sinking."


@pytest.fixture(autouse=True)
def _the_ledger_holds_after_each(db: None) -> Iterator[None]:
    yield
    assert chain.verify().holds


# Who set the price


def test_who_adds_an_amount_to_an_amendment_takes_no_seat_of_delivery() -> None:
    contract = in_force_now()
    lead = firm.with_part(contract.engagement, Part.DELIVERY_LEAD, AccessRole.DELIVERY_LEAD)
    draft = amendment(contract, price_difference=Decimal(100))
    hosting = Added(kind=Kind.COST, name="Hosting", value=Worth(amount=Decimal(5000)))
    wanted = Wanted("They want hosting.", added=(hosting,), price_difference=Decimal(100))
    draft = save_amendment(lead, draft, wanted, draft.revision)
    assert lead.pk in draft.priced_by
    proposals.checked(contract.engagement)
    of = now(contract.engagement)
    review = call_review(seller(of), of, Review.Kind.AMENDMENT, now(draft))
    with pytest.raises(Refused, match="set the price"):
        take_seat(lead, review, Seat.DELIVERY)


def test_who_takes_an_amount_out_of_an_amendment_lets_nothing_of_it_pass() -> None:
    contract = in_force_now()
    boss = executive()
    hosting = Added(kind=Kind.COST, name="Hosting", value=Worth(amount=Decimal(5000)))
    draft = amendment(contract, added=(hosting,), price_difference=Decimal(100))
    draft = save_amendment(boss, draft, Wanted("No hosting.", price_difference=Decimal(100)), draft.revision)
    with pytest.raises(NotAllowed, match="set or changed the price"):
        override(boss, now(contract.engagement), Deed.SIGN, draft.seal, draft.name, "No review", BECAUSE)


def test_who_changed_only_words_of_an_amendment_did_not_price_it() -> None:
    contract = in_force_now()
    lead = firm.with_part(contract.engagement, Part.DELIVERY_LEAD, AccessRole.DELIVERY_LEAD)
    draft = amendment(contract, price_difference=Decimal(100))
    draft = save_amendment(lead, draft, Wanted("They say so.", price_difference=Decimal(100)), draft.revision)
    assert lead.pk not in draft.priced_by


# Contracts of contracts


def an_order() -> tuple[Contract, Contract]:
    """A master agreement in force, and an order under it that nobody signed yet."""
    master = in_force_now(prepared(kind=Contract.Kind.MASTER))
    other = proposals.engagement()
    other.relationship = now(master.engagement).relationship
    planned.saved(None, other)
    text = sent(of=now(other))
    return master, prepared(text, kind=Contract.Kind.ORDER, master=now(master))


def test_nothing_is_ordered_under_a_master_agreement_that_ended_since() -> None:
    master, order = an_order()
    end_contract(executive(), now(master), TODAY, "They found another firm.")
    with pytest.raises(Refused, match="master agreement"):
        sign_for_firm(executive(), now(order), order.digest)
    with pytest.raises(Refused, match="master agreement"):
        record_client_signature(seller(order.engagement), now(order), order.digest, by_client())
    assert now(order).state == Contract.State.PREPARED


def test_an_acceptance_that_bound_the_client_once_binds_it_to_no_second_contract() -> None:
    text = sent()
    decided_on(text)
    proposals.accept(proposals.link(text))
    first = prepared(text)
    sign_for_firm(executive(), first, first.digest)
    assert now(first).state == Contract.State.IN_FORCE
    end_contract(executive(), now(first), TODAY, "The client wants out.")
    second = prepare_contract(seller(text.engagement), now(text), term())
    sign_for_firm(executive(), second, second.digest)
    assert now(second).state == Contract.State.PREPARED


def test_an_acceptance_counts_where_what_was_prepared_first_was_never_in_force() -> None:
    text = sent()
    decided_on(text)
    proposals.accept(proposals.link(text))
    end_contract(seller(text.engagement), prepared(text), TODAY, "A wrong title.")
    second = prepare_contract(seller(text.engagement), now(text), term(title="The right title"))
    sign_for_firm(executive(), second, second.digest)
    assert now(second).state == Contract.State.IN_FORCE


def test_a_condition_holds_each_of_several_contracts_that_it_came_with() -> None:
    text = sent()
    row = condition(decided_on(text, Choice.CONDITIONS), Condition.Blocks.START)
    first = in_force_now(prepared(text))
    draft = new_version(seller(text.engagement), text)
    second = proposals.send(draft, [proposals.contact(text.engagement, "other@client.example")])
    in_force_now(prepared(now(second)))
    of = at_the_contract(first)
    accepted(of)
    with pytest.raises(Refused, match="condition"):
        move_to_stage(seller(of), now(of), Stage.DELIVERY)
    # ending the one with the condition, only the other one is started
    end_contract(executive(), now(first), TODAY, "The second one replaces it.")
    assert now(row).confirmed_by is None
    assert move_to_stage(seller(of), now(of), Stage.DELIVERY).stage == Stage.DELIVERY


# What an override lets pass


def test_what_was_decided_to_be_signed_is_not_overridden_besides() -> None:
    text = sent()
    decided_on(text)
    boss = executive()
    with pytest.raises(Refused, match="Only what a rule forbids"):
        override(boss, now(text.engagement), Deed.SIGN, text.seal, text.name, "Nothing", BECAUSE)
    address = reverse("signing:let_pass", args=[text.engagement_id])
    pages_of(boss).post(address, {"about": text.seal, "because": BECAUSE})
    pages_of(boss).post(reverse("contracts:override", args=[Review.objects.get().pk]), {"because": BECAUSE})
    assert not Override.objects.exists()
    assert not now(text.engagement).is_overridden


def test_an_override_is_of_something() -> None:
    text = sent()
    for deed in Deed:
        with pytest.raises(Refused):
            override(executive(), now(text.engagement), deed, about="", name="x", facts="y", because=BECAUSE)
    assert not Override.objects.exists()


def test_an_amendment_of_an_ended_contract_is_not_let_pass() -> None:
    contract = in_force_now()
    draft = amendment(contract, price_difference=Decimal(100))
    end_contract(executive(), now(contract), TODAY, "They found another firm.")
    with pytest.raises(Refused, match="lets pass what is there"):
        override(
            executive(), now(contract.engagement), Deed.SIGN, draft.seal, draft.name, "No review", BECAUSE
        )


def test_a_start_that_was_let_pass_waits_again_when_delivery_sent_the_hand_over_back() -> None:
    of = at_the_contract(in_force_now())
    made = offered(of)
    override_start(executive(), now(of), "They wait.", seal_of(of, newest(of)))
    manager = of.parts.get(part=Part.PROJECT_MANAGER).member
    send_back(manager, now(made), ["Who brings the test data?"], made.digest)
    with pytest.raises(Refused, match="accepted the hand-over"):
        move_to_stage(seller(of), now(of), Stage.DELIVERY)


def test_conditions_let_pass_on_a_stale_page_hold_when_one_was_added() -> None:
    text = sent()
    review = decided_on(text, Choice.CONDITIONS)
    condition(review, Condition.Blocks.START)
    contract = in_force_now(prepared(text))
    of = at_the_contract(contract)
    accepted(of)
    seen = deciding.seal_of(deciding.holds_now(now(contract)), contract.digest)
    draft = amendment(now(contract), price_difference=Decimal(100))
    condition(decided_on_amendment(draft, Choice.CONDITIONS), Condition.Blocks.START, "A second tester")
    let_pass_unbacked(draft)
    sign_amendment_for_firm(executive(), draft, draft.seal)
    record_client_signature_of_amendment(seller(of), draft, draft.seal, by_client())
    boss = pages_of(executive())
    address = reverse("signing:let_conditions_pass", args=[contract.pk])
    assert boss.post(address, {"about": seen, "because": BECAUSE}).status_code in (409, 422)
    assert not Override.objects.filter(deed=Deed.CONDITION).exists()


def test_who_priced_the_contract_lets_its_start_conditions_not_pass_on_its_page() -> None:
    of = proposals.engagement()
    proposals.checked(of)
    boss = executive()
    draft = proposals.proposal(of)
    draft = save_proposal(boss, draft, proposals.says(price=41_000), now(draft).revision)
    text = proposals.send(draft, [proposals.contact(of)])
    of.stage = Stage.REVIEW
    planned.saved(None, of)
    condition(decided_on(now(text), Choice.CONDITIONS), Condition.Blocks.START)
    contract = in_force_now(prepared(now(text)))
    at_the_contract(contract)
    seen = deciding.seal_of(deciding.holds_now(now(contract)), contract.digest)
    address = reverse("signing:let_conditions_pass", args=[contract.pk])
    assert pages_of(boss).post(address, {"about": seen, "because": BECAUSE}).status_code == 403
    assert not Override.objects.exists()


def test_a_seller_who_is_an_executive_is_offered_no_way_to_let_the_start_pass() -> None:
    text = sent()
    condition(decided_on(text, Choice.CONDITIONS), Condition.Blocks.START)
    contract = in_force_now(prepared(text))
    of = at_the_contract(contract)
    boss, sells = executive(), seller(of)
    give_part(sells, now(of), boss, Part.SELLER)
    way = reverse("signing:let_conditions_pass", args=[contract.pk])
    assert way not in pages_of(boss).get(reverse("signing:start", args=[contract.pk])).content.decode()
    take_part(sells, now(of), boss, Part.SELLER)
    seen = deciding.seal_of(deciding.holds_now(now(contract)), contract.digest)
    assert pages_of(boss).post(way, {"about": seen, "because": BECAUSE}).status_code == 403


# A decision that became too small


def test_a_decision_to_bid_that_an_executive_let_pass_is_not_stretched_to_another_value() -> None:
    text = sent()
    of = text.engagement
    change_profile(firm.member(AccessRole.DELIVERY_LEAD), now(of), Profile.HEAVY, "It is new to us.")
    with pytest.raises(Refused, match="whether to bid"):
        new_version(seller(of), now(text))
    review = call_review(seller(of), now(of), Review.Kind.BID)
    override(executive(), now(of), Deed.SIGN, bid_facts(now(of)), "whether to bid", "Open", BECAUSE)
    assert new_version(seller(of), now(text)).version == 2
    assert now(review).state == Review.State.OPEN


def test_what_was_sent_under_a_lighter_profile_is_signed_by_neither_side() -> None:
    contract = prepared()
    of = contract.engagement
    change_profile(firm.member(AccessRole.DELIVERY_LEAD), now(of), Profile.HEAVY, "It is new to us.")
    with pytest.raises(Refused, match="did not have to vote"):
        sign_for_firm(executive(), now(contract), contract.digest)
    record_client_signature(seller(of), now(contract), contract.digest, by_client())
    assert now(contract).state == Contract.State.PREPARED


# One person in several parts


def test_the_owner_of_a_condition_does_not_confirm_it_from_a_seat_nor_after_a_part_of_delivery() -> None:
    review = rooms.called()
    who = rooms.sitting(review)
    row = rooms.condition(who.lead, review, who.pm)
    for by in (who.pm,):
        with pytest.raises(NotAllowed, match="You own it"):
            confirm_condition(by, row, "I saw it.")
    firm_lead = firm.with_part(review.engagement, Part.DELIVERY_LEAD, AccessRole.DELIVERY_LEAD)
    assert confirm_condition(firm_lead, row, "Seen in the lab.").confirmed_by == firm_lead


def test_whoever_priced_votes_for_delivery_in_no_later_version() -> None:
    review = rooms.called()
    who = rooms.sitting(review)
    draft = now(review.proposal)
    save_proposal(who.lead, draft, proposals.says(price=41_000), draft.revision)
    again = rooms.called(now(draft))
    with pytest.raises(Refused, match="set the price"):
        take_seat(who.lead, again, Seat.DELIVERY)
    text = now(draft)
    proposals.send(text, [proposals.contact(text.engagement)])
    copy = new_version(proposals.seller(text.engagement), now(text))
    assert who.lead.pk in copy.priced_by


# The client's link


def test_the_client_accepts_no_version_of_a_contract_that_waits_while_a_newer_one_was_sent() -> None:
    text = sent()
    decided_on(text)
    old = proposals.link(text)
    contract = prepared(text)
    sign_for_firm(executive(), contract, contract.digest)
    draft = new_version(seller(text.engagement), now(text))
    proposals.send(draft, [proposals.contact(text.engagement, "other@client.example")])
    with pytest.raises(Refused):
        proposals.accept(now(old), digest=text.digest)
    with pytest.raises(Refused, match="what still holds"):
        record_client_signature(seller(text.engagement), now(contract), contract.digest, by_client())
    assert now(contract).state == Contract.State.PREPARED


# The desk and the report


def asked_of(member: Member) -> list[str]:
    return [line.what for line in (*desk.contracts(member), *desk.amendments(member))]


def test_the_desk_asks_nobody_to_sign_what_was_replaced_or_stands_under_nothing() -> None:
    text = sent()
    prepared(text)
    boss = executive()
    assert len(asked_of(boss)) == 1
    draft = new_version(seller(text.engagement), now(text))
    proposals.send(draft, [proposals.contact(text.engagement, "other@client.example")])
    assert asked_of(boss) == []
    master, _order = an_order()
    assert len(asked_of(boss)) == 1
    end_contract(boss, now(master), TODAY, "They found another firm.")
    assert asked_of(boss) == []


def test_the_desk_asks_nobody_to_sign_an_amendment_that_a_condition_of_the_bid_holds() -> None:
    contract = in_force_now()
    draft = amendment(contract, price_difference=Decimal(100))
    decided_on_amendment(draft)
    boss = executive()
    assert len(asked_of(boss)) == 1
    of = now(contract.engagement)
    bid = decided(of, bid_facts(of), Choice.CONDITIONS, kind=Review.Kind.BID)
    condition(bid)
    with pytest.raises(Refused, match="condition"):
        sign_amendment_for_firm(boss, now(draft), draft.seal)
    assert asked_of(boss) == []


def test_what_was_withdrawn_or_said_anew_binds_as_the_contract_says_in_desk_and_report() -> None:
    of = proposals.engagement()
    proposals.checked(of)
    first = record_expectation(proposals.seller(of), now(of), firm.an_amount(40_000))
    proposals.checked(of)
    contract = in_force_now(prepared(sent(of=now(of))))
    sells = seller(contract.engagement)
    second = restate_expectation(sells, first, firm.an_amount(35_000))
    third = restate_expectation(sells, second, firm.an_amount(40_000))
    found = contracted_of([first, second, third])
    assert [found[e.pk].otherwise for e in (first, second, third)] == [False, True, False]
    assert desk.said_otherwise(sells) == []
    fourth = restate_expectation(sells, third, firm.an_amount(39_000))
    assert len(desk.said_otherwise(sells)) == 1
    withdraw_expectation(sells, fourth, "It was a slip.", sells, TODAY)
    assert desk.said_otherwise(sells) == []


# Pages


def test_a_draft_is_judged_for_nobody_who_may_not_see_it_nor_where_there_is_none() -> None:
    contract = in_force_now()
    draft = amendment(contract, price_difference=Decimal(100))
    address = reverse("signing:amendment_behind", args=[draft.pk])
    end_contract(executive(), now(contract), TODAY, "They found another firm.")
    assert pages_of(executive()).get(address).status_code == 200
    hidden = now(contract.engagement)
    hidden.confidential = True
    planned.saved(None, hidden)
    outsider = pages_of(firm.member(AccessRole.DELIVERY_LEAD))
    for name, pk in (
        ("amendment_behind", draft.pk),
        ("let_amendment_pass", draft.pk),
        ("change_amendment", draft.pk),
        ("amendment_pdf", draft.pk),
        ("start", contract.pk),
        ("let_conditions_pass", contract.pk),
        ("amend", contract.pk),
    ):
        assert outsider.get(reverse(f"signing:{name}", args=[pk])).status_code in (403, 404), name
        assert pages_of(executive()).get(reverse(f"signing:{name}", args=[10**25])).status_code == 404, name


@pytest.mark.parametrize(
    ("difference", "day"), [("999999999.99", "2027-05-01"), ("-40000", "9999-12-31"), ("0", "0001-01-01")]
)
def test_no_value_of_an_amendment_breaks_its_page(difference: str, day: str) -> None:
    contract = in_force_now()
    sells = pages_of(seller(contract.engagement))
    form = {
        "reason": "So much.", "price_difference": difference, "revision": "0",
        "added-TOTAL_FORMS": "1", "added-INITIAL_FORMS": "0", "added-0-kind": "time",
        "added-0-name": "A second date", "added-0-date": day,
        **{
            f"value-{c.pk}": worth.date.isoformat() if worth.date else worth.amount or worth.text
            for c, worth in ((c, values_now(contract)[c.pk]) for c in contract.constraints.all())
            if not c.is_price
        },
    }  # fmt: skip
    assert sells.post(reverse("signing:amend", args=[contract.pk]), form).status_code < 500
    for draft in Amendment.objects.all():
        for name in ("amendment", "amendment_behind", "amendment_pdf"):
            assert sells.get(reverse(f"signing:{name}", args=[draft.pk])).status_code == 200, name
        with suppress(Refused):
            call_review(
                seller(contract.engagement), now(contract.engagement), Review.Kind.AMENDMENT, now(draft)
            )


def test_desks_tell_nobody_of_what_became_confidential_after_they_had_to_do_with_it() -> None:
    review = rooms.called()
    who = rooms.sitting(review)
    owner = firm.member(AccessRole.MEMBER)
    rooms.condition(who.lead, review, owner)
    ask_question(who.lead, review, "Who pays?", who.finance)
    hidden = now(review.engagement)
    assert waiting_for(owner)
    hidden.confidential = True
    planned.saved(None, hidden)
    for member in (owner, who.finance):
        assert waiting_for(member) == []
    with pytest.raises(NotAllowed):
        cast_vote(
            who.finance, rooms.seat_of(who.finance, review), Choice.SIGN, "Yes.", review.evidence_digest
        )


def test_what_both_sides_signed_does_not_go_back_to_the_proposal() -> None:
    contract = in_force_now()
    sells = seller(contract.engagement)
    with pytest.raises(Refused, match="signed"):
        move_to_stage(sells, now(contract.engagement), Stage.PROPOSAL)
    end_contract(executive(), now(contract), TODAY, "They want another one.")
    assert move_to_stage(sells, now(contract.engagement), Stage.PROPOSAL).stage == Stage.PROPOSAL


def test_no_price_is_sent_that_no_contract_can_hold() -> None:
    lines = tuple(PriceLine(name=name, rate=Decimal(600_000_000)) for name in ("One half", "The other"))
    of = proposals.engagement()
    proposals.checked(of)
    draft = proposals.proposal(of, proposals.says(prices=lines))
    with pytest.raises(Refused, match="thousand million"):
        proposals.send(draft, [proposals.contact(of)])
    with pytest.raises(Refused, match="thousand million"):
        rooms.called(draft)


def test_amounts_of_an_amendment_together_with_the_price_break_no_page() -> None:
    contract = in_force_now()
    most = Worth(amount=Decimal("999999999.99"))
    both = tuple(Added(kind=Kind.COST, name=name, value=most) for name in ("Hosting", "Support"))
    draft = amended(amendment(contract, added=both))
    browser = pages_of(seller(contract.engagement))
    assert browser.get(reverse("signing:amendment_behind", args=[draft.pk])).status_code == 200
    assert browser.get(reverse("signing:contract", args=[contract.pk])).status_code == 200


def test_a_value_written_down_low_spares_what_is_sent_no_certainty() -> None:
    of, lead = proposals.engagement(), firm.member(AccessRole.DELIVERY_LEAD)
    judge_engagement(lead, now(of), 1, 1)
    change_engagement(seller(of), now(of), of.title, Decimal(10_000), 50, False)
    proposals.checked(of)
    draft = proposals.proposal(now(of), proposals.says(price=600_000))
    assert now(of).profile == Profile.LIGHT
    with pytest.raises(Refused, match="at the price that is decided on"):
        proposals.send(draft, [proposals.contact(of)])
    assert pages_of(seller(of)).get(reverse("proposals:proposals", args=[of.pk])).status_code == 200
    change_engagement(seller(of), now(of), of.title, Decimal(600_000), 50, False)
    with pytest.raises(Refused, match="backed"):
        proposals.send(draft, [proposals.contact(of, "other@client.example")])
    proposals.checked(of)
    assert proposals.send(now(draft), [proposals.contact(of, "third@client.example")]).sent_at
