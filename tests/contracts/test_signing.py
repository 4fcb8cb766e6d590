"""What both sides sign is exactly what the review decided to sign."""

from __future__ import annotations

import datetime as dt
import hashlib

import pytest
from django.db import DatabaseError, connection, transaction

from accord.actions.door import once
from accord.actions.refusals import NotAllowed, Refused, WrongInput
from accord.contracts.models import (
    Choice,
    Condition,
    Constraint,
    ConstraintValue,
    Contract,
    Review,
    Signature,
)
from accord.contracts.signing import pdf
from accord.contracts.signing.actions import (
    end_contract,
    prepare_contract,
    record_client_signature,
    sign_for_firm,
)
from accord.contracts.signing.deciding import Blocks, holding, seal_of, told
from accord.contracts.signing.signatures import Signed
from accord.engagements.actions import end_engagement, move_to_stage
from accord.engagements.models import Engagement, Outcome, Override, Part, Profile, Stage
from accord.engagements.overriding import override
from accord.ledger import chain
from accord.ledger.models import LedgerEntry
from accord.people.models import AccessRole, GivenRole, Member
from accord.proposals.actions import new_version, save_proposal, withdraw_proposal
from accord.proposals.answering.actions import decline_by_link
from accord.proposals.models import Proposal
from tests import firm
from tests.contracts.handing_over_builders import accepted
from tests.contracts.signing_builders import (
    TODAY,
    a_copy,
    by_client,
    condition,
    confirmed,
    decided_on,
    executive,
    in_force_now,
    now,
    prepared,
    seller,
    sent,
    term,
)
from tests.planning import check_builders as planned
from tests.proposals import builders as proposals

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _the_ledger_holds_after_each(db: None) -> object:
    yield
    assert chain.verify().holds


def kinds() -> list[str]:
    return list(LedgerEntry.objects.order_by("sequence").values_list("kind", flat=True))


def changed_past_the_door(proposal: Proposal) -> None:
    """Somebody writes another price into the text that was sent, in the database itself."""
    content = proposal.content | {"closing": "And everything else is free."}
    row = Proposal.objects.get(pk=proposal.pk)
    row.content = content
    planned.saved(None, row)


# From the decision to force


def test_with_both_signatures_it_is_in_force_and_its_terms_are_constraints() -> None:
    contract = in_force_now()
    assert (contract.state, contract.in_force_since) == (Contract.State.IN_FORCE, TODAY)
    found = {(c.kind, c.name) for c in Constraint.objects.filter(contract=contract)}
    assert found == {
        ("time", "Go-live"),
        ("cost", "Price"),
        ("scope", "The portal"),
        ("quality", "No open finding"),
    }
    price = ConstraintValue.objects.get(constraint__is_price=True)
    assert (price.amount, price.since) == (40_000, TODAY)
    assert kinds()[-4:] == ["contract_prepared", "contract_signed", "contract_signed", "contract_in_force"]
    entry = LedgerEntry.objects.filter(kind="contract_signed").latest("sequence").body
    assert all(
        word in entry for word in (contract.digest, "Bea Buyer", str(contract.engagement.relationship))
    )


def test_the_client_may_sign_first() -> None:
    contract = prepared()
    record_client_signature(seller(contract.engagement), contract, contract.digest, by_client())
    assert now(contract).state == Contract.State.PREPARED
    sign_for_firm(executive(), contract, contract.digest)
    assert now(contract).state == Contract.State.IN_FORCE


def test_numbers_of_a_year_have_no_gaps_whatever_was_refused() -> None:
    first = prepared()
    with pytest.raises(Refused):
        prepare_contract(seller(first.engagement), first.proposal, term())
    end_contract(seller(first.engagement), first, TODAY, "A wrong day")
    second = prepare_contract(seller(first.engagement), first.proposal, term())
    assert [first.serial, second.serial] == [1, 2]
    assert second.number == f"C-{TODAY.year}-002"


# What may be prepared


def test_without_a_decision_nothing_is_prepared() -> None:
    with pytest.raises(Refused, match="No review decided") as refused:
        prepare_contract(seller((text := sent()).engagement), text, term())
    assert refused.value.remedy


@pytest.mark.parametrize("decision", [Choice.REWORK, Choice.DECLINE])
def test_what_a_review_did_not_decide_to_sign_is_not_prepared(decision: Choice) -> None:
    text = sent()
    decided_on(text, decision)
    with pytest.raises(Refused, match="The review decided"):
        prepare_contract(seller(text.engagement), text, term())


def test_a_newer_review_of_the_same_text_counts() -> None:
    text = sent()
    decided_on(text)
    newer = decided_on(text, state=Review.State.OPEN, decision="", decided_at=None)
    with pytest.raises(Refused, match="A review of it is open"):
        prepare_contract(seller(text.engagement), text, term())
    newer.state, newer.void_because = Review.State.VOID, "Called by mistake"
    planned.saved(None, newer)
    assert prepare_contract(seller(text.engagement), text, term()).digest == text.digest


def test_a_version_other_than_the_decided_one_is_not_prepared() -> None:
    first = sent()
    decided_on(first)
    of, who = first.engagement, seller(first.engagement)
    second = new_version(who, first)
    save_proposal(who, second, proposals.says(closing="With a smile"), second.revision)
    with pytest.raises(Refused, match="Version 2 is draft"):
        prepare_contract(who, second, term())
    proposals.send(second, [of.relationship.client.contacts.get()])
    with pytest.raises(Refused, match="No review decided"):
        prepare_contract(who, proposals.now(second), term())
    with pytest.raises(Refused, match="Version 1 is replaced"):
        prepare_contract(who, proposals.now(first), term())


def test_a_text_changed_in_the_database_is_neither_prepared_nor_signed() -> None:
    text = sent()
    decided_on(text)
    contract = prepared(text)
    changed_past_the_door(text)
    other = proposals.now(text)
    with pytest.raises(Refused, match="The text was changed"):
        sign_for_firm(executive(), now(contract), contract.digest)
    with pytest.raises(Refused, match="The text was changed"):
        record_client_signature(seller(text.engagement), now(contract), contract.digest, by_client())
    end_contract(seller(text.engagement), now(contract), TODAY, "Its text was changed")
    with pytest.raises(Refused, match="The text was changed"):
        prepare_contract(seller(text.engagement), other, term())


def test_a_decision_under_a_lighter_profile_does_not_suffice() -> None:
    text = sent()
    decided_on(text)
    firm.with_profile(text.engagement, Profile.HEAVY)
    with pytest.raises(Refused, match="quality, legal did not have to vote"):
        prepare_contract(seller(text.engagement), proposals.now(text), term())


def test_what_says_too_little_is_told_beside_its_field() -> None:
    text = sent()
    decided_on(text)
    for wrong in (
        {"title": " "},
        {"kind": "sale"},
        {"ends_on": TODAY - dt.timedelta(1)},
        {"renews_months": 12},
        {"notice_days": 30},
        {"ends_on": TODAY, "renews_months": 0},
        {"begins_on": dt.date(9000, 1, 1)},
        {"kind": "order"},
    ):
        with pytest.raises(WrongInput):
            prepare_contract(seller(text.engagement), text, term(**wrong))
    assert not Contract.objects.exists()


# Who signs for the firm


def test_whoever_sells_does_not_sign_for_the_firm() -> None:
    contract = prepared()
    of = contract.engagement
    sells = seller(of)
    owner = of.relationship.owner
    for somebody in (sells, owner):
        planned.saved(None, GivenRole(member=somebody, role=AccessRole.EXECUTIVE))
    for somebody in (
        *Member.objects.filter(pk__in=[sells.pk, owner.pk]),
        firm.member(AccessRole.DELIVERY_LEAD),
    ):
        with pytest.raises(NotAllowed):
            sign_for_firm(somebody, contract, contract.digest)
    assert not Signature.objects.exists()


def test_a_refusal_names_who_may_sign() -> None:
    contract = prepared()
    executive("Ruth Alder")
    with pytest.raises(NotAllowed, match="Ask Ruth Alder"):
        sign_for_firm(seller(contract.engagement), contract, contract.digest)


# What is signed


def test_another_seal_is_refused_on_both_sides() -> None:
    contract = prepared()
    for wrong in ("0" * 64, "", contract.digest[:12]):
        with pytest.raises(Refused, match="names the seal"):
            sign_for_firm(executive(), contract, wrong)
        with pytest.raises(Refused, match="names the seal"):
            record_client_signature(seller(contract.engagement), contract, wrong, by_client())


def test_a_copy_made_from_another_text_is_refused_and_the_own_pdf_is_kept_with_its_digest() -> None:
    contract, other = prepared(), prepared()
    theirs = pdf.of_contract(other)
    with pytest.raises(WrongInput, match="made from another text"):
        record_client_signature(
            seller(contract.engagement), contract, contract.digest, by_client(a_copy(theirs + b"\nsigned"))
        )
    own = pdf.of_contract(contract) + b"\nsigned with a pen"
    made = record_client_signature(
        seller(contract.engagement),
        contract,
        contract.digest,
        by_client(a_copy(own, "../back/from client.pdf")),
    )
    assert made.copy_digest == hashlib.sha256(own).hexdigest()
    assert (made.digest, made.copy_name) == (contract.digest, "from client.pdf")
    with made.copy.open() as kept:
        assert kept.read() == own


def test_an_empty_copy_or_none_proves_nothing() -> None:
    contract = prepared()
    for signed, told_ in ((by_client(a_copy(b"")), "is empty"), (Signed("Bea", TODAY), "it is the proof")):
        with pytest.raises(WrongInput, match=told_):
            record_client_signature(seller(contract.engagement), contract, contract.digest, signed)


def test_nobody_signs_tomorrow_or_without_a_name() -> None:
    contract = prepared()
    for wrong in ({"on": TODAY + dt.timedelta(1)}, {"name": " "}, {"on": dt.date(1990, 1, 1)}):
        with pytest.raises(WrongInput):
            record_client_signature(
                seller(contract.engagement), contract, contract.digest, by_client(**wrong)
            )


def test_each_side_signs_once_and_a_form_that_is_sent_twice_acts_once() -> None:
    contract, who = prepared(), executive()
    with once("key-1"):
        first = sign_for_firm(who, contract, contract.digest)
    with once("key-1"):
        assert sign_for_firm(who, now(contract), contract.digest) == first
    with pytest.raises(Refused, match="Each side signs once"):
        sign_for_firm(executive(), now(contract), contract.digest)
    record_client_signature(seller(contract.engagement), contract, contract.digest, by_client())
    with pytest.raises(Refused, match="waits for its signatures"):
        record_client_signature(seller(contract.engagement), now(contract), contract.digest, by_client())
    assert Signature.objects.count() == 2


def test_what_was_taken_back_is_not_signed_by_us() -> None:
    contract = prepared()
    withdraw_proposal(seller(contract.engagement), contract.proposal, "The tester left")
    with pytest.raises(Refused, match="Version 1 is withdrawn"):
        sign_for_firm(executive(), now(contract), contract.digest)


def test_a_decision_that_became_void_is_signed_no_more() -> None:
    contract = prepared()
    review = Review.objects.get()
    review.state, review.decision, review.void_because = Review.State.VOID, "", "The price was changed"
    planned.saved(None, review)
    with pytest.raises(Refused, match="No review decided"):
        sign_for_firm(executive(), contract, contract.digest)


def test_what_has_ended_is_not_signed() -> None:
    contract = prepared()
    end_engagement(seller(contract.engagement), contract.engagement, Outcome.LOST, "Too dear")
    with pytest.raises(Refused, match="What has ended"):
        sign_for_firm(executive(), now(contract), contract.digest)


def test_the_database_keeps_signatures_and_values_as_they_were() -> None:
    in_force_now()
    for table in ("contracts_signature", "contracts_constraint", "contracts_constraintvalue"):
        for deed in (f"UPDATE {table} SET id = id + 100", f"DELETE FROM {table}"):
            with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(deed)
    with pytest.raises(Refused):
        planned.saved(None, Signature.objects.first())


# Conditions and overrides


def test_an_open_condition_holds_the_signature_until_it_is_confirmed() -> None:
    text = sent()
    held = condition(decided_on(text, Choice.CONDITIONS))
    contract = prepared(text)
    with pytest.raises(Refused, match="The tester is hired"):
        sign_for_firm(executive(), contract, contract.digest)
    confirmed(held)
    assert sign_for_firm(executive(), contract, contract.digest).override is None


def test_an_override_lets_exactly_the_conditions_pass_that_were_open() -> None:
    text = sent()
    review = decided_on(text, Choice.CONDITIONS)
    condition(review)
    contract, who = prepared(text), executive()
    open_ones = holding(text.engagement, [contract.digest], Blocks.SIGN)
    about = seal_of(open_ones, contract.digest)
    with pytest.raises(NotAllowed):
        override(
            seller(text.engagement), text.engagement, Override.Deed.CONDITION, about, "x", "y", "Because"
        )
    with pytest.raises(WrongInput):
        override(who, text.engagement, Override.Deed.CONDITION, about, contract.name, told(open_ones), " ")
    let = override(
        who, text.engagement, Override.Deed.CONDITION, about, contract.name, told(open_ones), "It is late."
    )
    condition(review, text="The client's key user is named")
    with pytest.raises(Refused, match="key user"):
        sign_for_firm(who, contract, contract.digest)
    confirmed(Condition.objects.latest("pk"))
    assert sign_for_firm(who, contract, contract.digest).override == let


def test_an_override_signs_without_a_decision_but_only_that_text() -> None:
    text, who = sent(), executive()
    override(
        who, text.engagement, Override.Deed.SIGN, text.seal, "proposal 1", "No review", "The quay is sinking."
    )
    contract = prepare_contract(seller(text.engagement), text, term())
    assert (contract.review, contract.override.because) == (None, "The quay is sinking.")
    sign_for_firm(who, contract, contract.digest)
    other = sent()
    with pytest.raises(Refused, match="No review decided"):
        prepare_contract(seller(other.engagement), other, term())


# The way


def test_the_way_to_the_contract_needs_one_in_force() -> None:
    contract = prepared()
    of, lead = contract.engagement, seller(contract.engagement)
    with pytest.raises(Refused, match="not signed by both sides"):
        move_to_stage(lead, of, Stage.CONTRACT)
    in_force_now(contract)
    assert move_to_stage(lead, Engagement.objects.get(pk=of.pk), Stage.CONTRACT).stage == Stage.CONTRACT


def test_a_condition_that_blocks_the_start_holds_the_delivery() -> None:
    text = sent()
    held = condition(decided_on(text, Choice.CONDITIONS), Condition.Blocks.START)
    contract = in_force_now(prepared(text))
    of, lead = text.engagement, seller(text.engagement)
    move_to_stage(lead, Engagement.objects.get(pk=of.pk), Stage.CONTRACT)
    firm.with_part(of, Part.PROJECT_MANAGER, AccessRole.PROJECT_MANAGER)
    accepted(Engagement.objects.get(pk=of.pk))
    with pytest.raises(Refused, match="The tester is hired"):
        move_to_stage(lead, Engagement.objects.get(pk=of.pk), Stage.DELIVERY)
    open_ones = holding(of, [contract.digest], Blocks.START)
    about = seal_of(open_ones, contract.digest)
    override(
        executive(), of, Override.Deed.CONDITION, about, contract.name, told(open_ones), "He comes on Monday."
    )
    assert move_to_stage(lead, Engagement.objects.get(pk=of.pk), Stage.DELIVERY).stage == Stage.DELIVERY
    assert held.confirmed_by is None


# Master agreements, several contracts, the end


def test_orders_of_other_engagements_of_the_client_stand_under_its_master_agreement() -> None:
    master = in_force_now(prepared(kind=Contract.Kind.MASTER))
    other = proposals.engagement()
    stranger = sent()
    decided_on(stranger)
    with pytest.raises(WrongInput, match="another client"):
        prepare_contract(seller(stranger.engagement), stranger, term(kind="order", master=master))
    other.relationship = master.engagement.relationship
    planned.saved(None, other)
    order = prepared(sent(of=Engagement.objects.get(pk=other.pk)), kind="order", master=master)
    assert list(master.orders.all()) == [order]
    end_contract(executive(), master, TODAY, "Renegotiated")
    again = sent(of=with_client_of(master))
    decided_on(again)
    with pytest.raises(WrongInput, match="no master agreement in force"):
        prepare_contract(seller(again.engagement), again, term(kind="order", master=master))


def with_client_of(contract: Contract) -> Engagement:
    made = proposals.engagement()
    made.relationship = contract.engagement.relationship
    planned.saved(None, made)
    return Engagement.objects.get(pk=made.pk)


def test_a_master_agreement_alone_orders_nothing() -> None:
    master = in_force_now(prepared(kind=Contract.Kind.MASTER))
    with pytest.raises(Refused, match="no contract in force"):
        move_to_stage(seller(master.engagement), master.engagement, Stage.CONTRACT)


def test_an_engagement_has_several_contracts_each_of_its_own_version() -> None:
    first = in_force_now()
    of, who = first.engagement, seller(first.engagement)
    second = new_version(who, first.proposal)
    save_proposal(who, second, proposals.says(price=45_000), second.revision)
    proposals.send(second, [of.relationship.client.contacts.get()])
    made = in_force_now(prepared(proposals.now(second), title="The second lot"))
    assert {c.state for c in of.contracts.all()} == {Contract.State.IN_FORCE}
    assert made.number.endswith("002")


def test_a_contract_ends_once_with_its_reason() -> None:
    contract = in_force_now()
    who = executive()
    for wrong in ((TODAY, " "), (TODAY + dt.timedelta(1), "Soon"), (TODAY - dt.timedelta(1), "Never")):
        with pytest.raises(WrongInput):
            end_contract(who, contract, *wrong)
    end_contract(who, contract, TODAY, "The work is done")
    with pytest.raises(Refused, match="ends once"):
        end_contract(who, now(contract), TODAY, "Again")
    assert kinds()[-1] == "contract_ended"


def test_whoever_sells_ends_what_was_prepared_but_nothing_that_binds_both_sides() -> None:
    contract = in_force_now()
    with pytest.raises(NotAllowed, match="The firm signs"):
        end_contract(seller(contract.engagement), contract, TODAY, "It is in the way")
    assert now(contract).state == Contract.State.IN_FORCE


def test_a_stranger_prepares_records_and_ends_nothing() -> None:
    contract, stranger = prepared(), firm.member(AccessRole.MEMBER)
    for act in (
        lambda: prepare_contract(stranger, contract.proposal, term()),
        lambda: record_client_signature(stranger, contract, contract.digest, by_client()),
        lambda: end_contract(stranger, contract, TODAY, "x"),
    ):
        with pytest.raises(NotAllowed):
            act()
    assert firm.with_part(contract.engagement, Part.PROJECT_MANAGER)


# The client accepts by the link


def test_what_the_client_accepts_by_its_link_is_its_signature() -> None:
    contract = prepared()
    answer = proposals.accept(proposals.link(contract.proposal))
    signed = Signature.objects.get()
    assert (signed.side, signed.way, signed.answer, signed.digest) == (
        "client",
        "link",
        answer,
        contract.digest,
    )
    assert (signed.name, signed.recorded_by) == ("Bea Buyer", None)
    sign_for_firm(executive(), contract, contract.digest)
    assert now(contract).state == Contract.State.IN_FORCE


def test_what_was_accepted_before_it_was_prepared_counts_and_a_refusal_does_not() -> None:
    text = sent()
    decided_on(text)
    proposals.accept(proposals.link(text))
    contract = prepared(text)
    assert Signature.objects.get().contract == contract
    with pytest.raises(Refused, match="Each side signs once"):
        record_client_signature(seller(contract.engagement), contract, contract.digest, by_client())
    other = sent()
    decline_by_link(None, proposals.link(other))
    prepared(other)
    assert Signature.objects.count() == 1


def test_accepting_the_text_signs_no_terms_that_it_did_not_hold() -> None:
    contract = prepared(ends_on=TODAY + dt.timedelta(400), renews_months=12)
    proposals.accept(proposals.link(contract.proposal))
    assert not Signature.objects.exists()


def test_the_text_of_a_contract_in_force_is_not_taken_back() -> None:
    contract = in_force_now(prepared(sent()))
    with pytest.raises(Refused, match="changed by an amendment"):
        withdraw_proposal(seller(contract.engagement), contract.proposal, "We want another one.")
