"""An override lets pass one thing that is there, and nothing that hides behind it."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.urls import reverse
from pydantic import ValidationError

from accord.actions.refusals import NotAllowed, Refused
from accord.contracts.models import Choice, Condition, Contract, Review
from accord.contracts.reviewing.actions import call_review
from accord.contracts.reviewing.evidence import bid_facts
from accord.contracts.signing.actions import (
    end_contract,
    prepare_contract,
    record_client_signature,
    sign_for_firm,
)
from accord.contracts.signing.amending import (
    Wanted,
    begin_amendment,
    record_client_signature_of_amendment,
    sign_amendment_for_firm,
)
from accord.contracts.signing.deciding import Blocks, holding, seal_of, told
from accord.contracts.signing.forms import ClientSignatureForm
from accord.engagements.actions import move_to_stage
from accord.engagements.models import Engagement, Override, Part, Profile, Stage
from accord.engagements.overriding import override
from accord.engagements.policies.actions import change_profile
from accord.engagements.policies.content import AS_DELIVERED, Seat, Terms
from accord.people.models import AccessRole, Member
from accord.proposals.actions import begin_proposal, new_version, save_proposal, withdraw_proposal
from accord.proposals.models import Proposal
from tests import firm
from tests.contracts.handing_over_builders import accepted
from tests.contracts.signing_builders import (
    TODAY,
    a_copy,
    amendment,
    at_the_contract,
    by_client,
    condition,
    decided,
    decided_on,
    decided_on_amendment,
    executive,
    in_force_now,
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


def taken_over(contract: Contract) -> Engagement:
    of = at_the_contract(contract)
    accepted(of)
    found: Engagement = now(of)
    return found


def who_leads_and_decides(of: Engagement) -> Member:
    """An executive with a part of delivery, who may write in the engagement."""
    return firm.with_part(of, Part.DELIVERY_LEAD, AccessRole.DELIVERY_LEAD, AccessRole.EXECUTIVE)


# What is not there


@pytest.mark.parametrize("deed", Deed.values)
def test_what_is_not_there_is_not_let_pass_in_advance(deed: str) -> None:
    text = sent()
    with pytest.raises(Refused, match="lets pass what is there"):
        override(executive(), text.engagement, Deed(deed), "0" * 64, "proposal 9", "Trust me", BECAUSE)
    assert not Override.objects.exists()


@pytest.mark.parametrize("deed", Deed.values)
def test_nor_for_another_engagement_than_the_one_that_it_is_of(deed: str) -> None:
    text, other = sent(), sent()
    with pytest.raises(Refused, match="lets pass what is there"):
        override(executive(), other.engagement, Deed(deed), text.seal, text.name, "No review", BECAUSE)


def test_nor_for_another_deed() -> None:
    text = sent()
    for deed in (Deed.SEND, Deed.CONDITION, Deed.START):
        with pytest.raises(Refused, match="lets pass what is there"):
            override(executive(), text.engagement, deed, text.seal, text.name, "No review", BECAUSE)


def test_nor_a_version_that_was_replaced() -> None:
    first = sent()
    of = first.engagement
    draft = new_version(seller(of), first)
    proposals.send(draft, [proposals.contact(of, "other@client.example")])
    with pytest.raises(Refused, match="lets pass what is there"):
        override(executive(), now(of), Deed.SIGN, first.seal, first.name, "No review", BECAUSE)


# Who priced it


def test_who_priced_a_text_lets_no_condition_of_it_pass() -> None:
    of = proposals.engagement()
    proposals.checked(of)
    draft, who = proposals.proposal(of), who_leads_and_decides(of)
    draft = save_proposal(who, draft, proposals.says(price=41_000), proposals.now(draft).revision)
    proposals.send(draft, [proposals.contact(of)])
    of.stage = Stage.REVIEW
    planned.saved(None, of)
    text = Proposal.objects.get(pk=draft.pk)
    condition(decided_on(text, Choice.CONDITIONS))
    contract = prepared(text)
    open_ones = holding(of, [contract.digest], Blocks.SIGN)
    about = seal_of(open_ones, contract.digest)
    with pytest.raises(NotAllowed, match="set or changed the price"):
        override(who, now(of), Deed.CONDITION, about, contract.name, told(open_ones), BECAUSE)
    assert override(executive(), now(of), Deed.CONDITION, about, contract.name, told(open_ones), BECAUSE)


def test_who_priced_an_amendment_lets_nothing_of_it_pass() -> None:
    contract = in_force_now()
    who = who_leads_and_decides(contract.engagement)
    draft = begin_amendment(who, contract, Wanted("They pay more.", price_difference=Decimal(5000)))
    with pytest.raises(NotAllowed, match="set or changed the price"):
        override(who, now(contract.engagement), Deed.SIGN, draft.seal, draft.name, "No review", BECAUSE)
    assert override(
        executive(), now(contract.engagement), Deed.SIGN, draft.seal, draft.name, "No review", BECAUSE
    )


# Conditions that hid behind something


def test_an_override_of_the_decision_lets_its_conditions_not_pass_with_it() -> None:
    text, who = sent(), executive()
    of = text.engagement
    condition(decided_on(text, Choice.CONDITIONS))
    change_profile(firm.member(AccessRole.DELIVERY_LEAD), now(of), Profile.HEAVY, "It is risky.")
    override(who, now(of), Deed.SIGN, text.seal, text.name, "Quality did not vote.", BECAUSE)
    contract = prepare_contract(seller(of), text, term())
    with pytest.raises(Refused, match="The tester is hired"):
        sign_for_firm(who, contract, contract.digest)


def test_a_condition_of_the_decision_to_bid_holds_what_it_was_set_to_hold() -> None:
    text = sent()
    bid = decided(text.engagement, "b" * 64, Choice.CONDITIONS, kind=Review.Kind.BID)
    condition(bid, text="Their lawyer answers")
    contract = prepared(text)
    with pytest.raises(Refused, match="Their lawyer answers"):
        sign_for_firm(executive(), contract, contract.digest)


def test_a_condition_of_an_amendment_holds_the_start() -> None:
    contract = in_force_now()
    draft = amendment(contract, price_difference=Decimal(5000))
    condition(decided_on_amendment(draft, Choice.CONDITIONS), Condition.Blocks.START)
    sign_amendment_for_firm(executive(), draft, draft.seal)
    record_client_signature_of_amendment(seller(draft.engagement), draft, draft.seal, by_client())
    of = taken_over(contract)
    with pytest.raises(Refused, match="The tester is hired"):
        move_to_stage(seller(of), of, Stage.DELIVERY)


def test_a_contract_that_was_ended_starts_no_work() -> None:
    text = sent()
    condition(decided_on(text, Choice.CONDITIONS), Condition.Blocks.START)
    contract = in_force_now(prepared(text))
    of = taken_over(contract)
    end_contract(executive(), contract, TODAY, "Misprinted")
    with pytest.raises(Refused, match="no contract in force"):
        move_to_stage(seller(of), now(of), Stage.DELIVERY)


# Whether to bid


def test_an_override_of_the_decision_to_bid_lets_the_proposal_begin() -> None:
    of = firm.with_profile(proposals.engagement(), Profile.HEAVY)
    call_review(seller(of), now(of), Review.Kind.BID)
    seal = bid_facts(now(of))
    override(executive(), now(of), Deed.SIGN, seal, "whether to bid", "Nobody has voted.", BECAUSE)
    assert begin_proposal(seller(of), now(of))


# Stale pages


def test_a_stale_page_lets_no_other_version_pass() -> None:
    first = sent()
    of, who = first.engagement, executive()
    browser = pages_of(who)
    address = reverse("signing:let_pass", args=[of.pk])
    shown = browser.get(address).context["form"]["about"].value()
    draft = save_proposal(seller(of), new_version(seller(of), first), proposals.says(price=45_000), 0)
    proposals.send(draft, [proposals.contact(of, "other@client.example")])
    assert browser.post(address, {"because": BECAUSE, "about": shown}).status_code == 409
    assert not Override.objects.exists()


# What was taken back, and who decides alone


def test_what_was_taken_back_binds_nobody_by_the_second_signature() -> None:
    contract = prepared()
    sign_for_firm(executive(), contract, contract.digest)
    withdraw_proposal(seller(contract.engagement), contract.proposal, "The prices rose.")
    stale = Contract.objects.get(pk=contract.pk)
    with pytest.raises(Refused, match="what still holds"):
        record_client_signature(seller(contract.engagement), stale, contract.digest, by_client())
    assert Contract.objects.get(pk=contract.pk).state == Contract.State.PREPARED


def test_no_policy_lets_those_who_sell_decide_alone() -> None:
    standard = AS_DELIVERED.profiles[Profile.STANDARD].model_dump()
    alone = {"seats": (Seat.SALES, Seat.FINANCE, Seat.LEGAL), "invited": (), "quorum": 1}
    with pytest.raises(ValidationError, match="At least one that must vote"):
        Terms(**(standard | alone))


def test_blanks_do_not_make_a_seal_of_one_letter() -> None:
    contract = prepared()
    typed = f"{contract.seal[0]}{' ' * 12}{contract.seal[1]}"
    form = ClientSignatureForm(
        {"name": "Bea", "for_whom": "Them", "signed_on": str(TODAY), "seal": typed}, {"copy": a_copy()}
    )
    assert "first 12 characters" in str(form.errors["seal"])
