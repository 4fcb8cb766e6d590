"""Two rooms act on one thing at the same moment: one is first, and the other one learns it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest

from accord.actions.refusals import Refused
from accord.contracts.models import (
    Acceptance,
    Amendment,
    Choice,
    Condition,
    Contract,
    Review,
    Signature,
    Vote,
)
from accord.contracts.reviewing.actions import call_review, cast_vote
from accord.contracts.signing import deciding
from accord.contracts.signing.actions import (
    end_contract,
    prepare_contract,
    record_client_signature,
    sign_for_firm,
)
from accord.contracts.signing.amending import (
    Wanted,
    drop_amendment,
    record_client_signature_of_amendment,
    save_amendment,
    sign_amendment_for_firm,
)
from accord.engagements.actions import end_engagement, move_to_stage, record_expectation
from accord.engagements.models import Outcome, Override, Stage
from accord.engagements.overriding import override
from accord.ledger import chain
from accord.ledger.models import LedgerEntry
from accord.proposals.actions import (
    new_version,
    override_sending,
    save_proposal,
    send_proposal,
    withdraw_proposal,
)
from tests import firm
from tests.contracts import builders as rooms
from tests.contracts.handing_over_builders import accept, accepted, offered
from tests.contracts.signing_builders import (
    TODAY,
    amendment,
    at_the_contract,
    by_client,
    condition,
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
from tests.estimating.test_at_the_same_moment import at_once
from tests.planning import check_builders as planned
from tests.proposals import builders as proposals

pytestmark = pytest.mark.django_db(transaction=True)
BECAUSE = "The quay is sinking."


@pytest.fixture(autouse=True)
def _the_ledger_holds_after_each(transactional_db: None) -> Iterator[None]:
    yield
    assert chain.verify().holds


def came_first(first: str, second: str) -> None:
    """Where the first happened at all, it happened before the second."""
    kinds = list(
        LedgerEntry.objects.filter(kind__in=(first, second)).order_by("-pk").values_list("kind", flat=True)
    )
    assert first not in kinds or kinds[0] == second


def one_is_refused(*acts: Callable[[], Any]) -> list[bool]:
    """Which of them were carried out."""
    done = [not isinstance(got, Exception) for got in at_once(*acts)]
    assert sum(done) == 1
    return done


def amended_by(contract: Contract) -> Amendment:
    """Decided, and signed by us."""
    draft = amendment(now(contract), price_difference=Decimal(100))
    decided_on_amendment(draft)
    let_pass_unbacked(draft)
    sign_amendment_for_firm(executive(), draft, draft.seal)
    return now(draft)


def test_the_last_vote_and_an_edit_of_the_amendment_never_decide_on_the_edited_text() -> None:
    contract = in_force_now()
    proposals.checked(contract.engagement)
    draft = amendment(contract, price_difference=Decimal(100))
    review = call_review(seller(contract.engagement), now(contract.engagement), Review.Kind.AMENDMENT, draft)
    who = rooms.sitting(review)
    for member in (who.seller, who.pm, who.lead):
        rooms.vote(member, review)
    seat = rooms.seat_of(who.finance, review)
    edited = Wanted("Dearer.", price_difference=Decimal(900))
    at_once(
        lambda: cast_vote(who.finance, now(seat), Choice.SIGN, "Yes.", review.evidence_digest),
        lambda: save_amendment(who.seller, now(draft), edited, draft.revision),
    )
    assert now(draft).seal != review.about
    assert (now(review).state == Review.State.DECIDED) == (Vote.objects.count() == 4)
    with pytest.raises(Refused, match="No review decided"):
        sign_amendment_for_firm(executive(), now(draft), now(draft).seal)


def test_the_last_vote_and_the_withdrawal_decide_on_nothing_that_is_withdrawn_first() -> None:
    draft = rooms.judged()
    text = proposals.send(draft, [proposals.contact(draft.engagement)])
    review = rooms.called(now(text))
    who = rooms.sitting(review)
    for member in (who.seller, who.pm, who.lead):
        rooms.vote(member, review)
    seat = rooms.seat_of(who.finance, review)
    at_once(
        lambda: cast_vote(who.finance, now(seat), Choice.SIGN, "Yes.", review.evidence_digest),
        lambda: withdraw_proposal(who.seller, now(text), "The tester left."),
    )
    decided = now(review).state == Review.State.DECIDED
    assert decided == (Vote.objects.count() == 4)
    assert decided or now(review).state == Review.State.VOID


def test_an_amendment_is_signed_or_dropped() -> None:
    contract = in_force_now()
    draft = amended_by(contract)
    sells = seller(contract.engagement)
    signed, dropped = one_is_refused(
        lambda: record_client_signature_of_amendment(sells, now(draft), draft.seal, by_client()),
        lambda: drop_amendment(sells, now(draft), "They do not want it."),
    )
    assert (now(draft).state == Amendment.State.IN_FORCE) == signed != dropped


def test_an_amendment_comes_into_force_before_its_contract_ends_or_never() -> None:
    contract = in_force_now()
    draft, boss, sells = amended_by(contract), executive(), seller(contract.engagement)
    got = at_once(
        lambda: record_client_signature_of_amendment(sells, now(draft), draft.seal, by_client()),
        lambda: end_contract(boss, now(contract), TODAY, "They want out."),
    )
    assert now(contract).state == Contract.State.ENDED
    assert (now(draft).state == Amendment.State.IN_FORCE) != isinstance(got[0], Refused)


def test_delivery_takes_nothing_over_that_is_amended_unread() -> None:
    contract = in_force_now()
    of = at_the_contract(contract)
    made, draft = offered(of), amended_by(contract)
    at_once(
        lambda: accept(now(made)),
        lambda: record_client_signature_of_amendment(seller(of), now(draft), draft.seal, by_client()),
    )
    assert now(draft).state == Amendment.State.IN_FORCE
    with pytest.raises(Refused, match="accepted the hand-over"):
        move_to_stage(seller(of), now(of), Stage.DELIVERY)


def test_the_work_starts_before_the_amendment_or_waits_for_it() -> None:
    contract = in_force_now()
    of = at_the_contract(contract)
    accepted(of)
    draft = amendment(now(contract), price_difference=Decimal(100))
    condition(decided_on_amendment(draft, Choice.CONDITIONS), Condition.Blocks.START)
    let_pass_unbacked(draft)
    sign_amendment_for_firm(executive(), draft, draft.seal)
    got = at_once(
        lambda: move_to_stage(seller(of), now(of), Stage.DELIVERY),
        lambda: record_client_signature_of_amendment(seller(of), now(draft), draft.seal, by_client()),
    )
    assert now(draft).state == Amendment.State.IN_FORCE
    assert (now(of).stage == Stage.DELIVERY) != isinstance(got[0], Refused)


def test_a_text_that_is_changed_while_it_is_let_pass_is_not_sent() -> None:
    of = proposals.engagement()
    proposals.checked(of)
    draft = proposals.proposal(of, proposals.says(days=5))
    boss, sells, to = executive(), seller(of), proposals.contact(of)
    other = proposals.says(days=4)
    at_once(
        lambda: override_sending(boss, now(draft), BECAUSE, draft.revision),
        lambda: save_proposal(sells, now(draft), other, draft.revision),
    )
    if now(draft).revision == draft.revision:
        save_proposal(sells, now(draft), other, draft.revision)
    with pytest.raises(Refused, match="backed"):
        proposals.send(now(draft), [to])


def test_two_executives_let_the_same_pass_once() -> None:
    text = sent()
    condition(decided_on(text, Choice.CONDITIONS))
    contract = prepared(text)
    about = deciding.seal_of(deciding.holds_now(contract), contract.digest)
    deed, name = Override.Deed.CONDITION, contract.name
    one_is_refused(
        *(
            lambda boss=boss: override(boss, now(text.engagement), deed, about, name, "One is open", BECAUSE)
            for boss in (executive(), executive())
        )
    )
    assert Override.objects.count() == 1


def test_an_amendment_and_the_end_of_the_engagement_leave_no_open_review() -> None:
    contract = in_force_now()
    of = contract.engagement
    proposals.checked(of)
    draft, sells = amendment(contract, price_difference=Decimal(100)), seller(of)
    at_once(
        lambda: call_review(sells, now(of), Review.Kind.AMENDMENT, now(draft)),
        lambda: end_engagement(sells, now(of), Outcome.LOST, "They left."),
    )
    assert not Review.objects.filter(state=Review.State.OPEN).exists()


def test_what_is_sent_twice_at_once_in_two_windows_is_sent_once() -> None:
    of = proposals.engagement()
    proposals.checked(of)
    draft, sells = proposals.proposal(of), seller(of)
    to = [proposals.contact(of, "one@client.example"), proposals.contact(of, "two@client.example")]
    one_is_refused(
        *(
            lambda one=one: send_proposal(sells, now(draft), [one], draft.revision, proposals.SITE)
            for one in to
        )
    )
    assert now(draft).links.count() == 1


def test_the_client_accepts_before_a_newer_version_is_sent_or_not_at_all() -> None:
    text = sent()
    of, link = text.engagement, proposals.link(text)
    draft, to = new_version(seller(of), text), proposals.contact(of, "other@client.example")
    got = at_once(
        lambda: proposals.accept(now(link), digest=text.digest),
        lambda: send_proposal(seller(of), now(draft), [to], draft.revision, proposals.SITE),
    )
    came_first("proposal_accepted", "proposal_sent")
    assert text.answers.exists() != isinstance(got[0], Refused)


def test_an_acceptance_signs_once_whatever_is_prepared_or_signed_at_that_moment() -> None:
    first, second = sent(), sent()
    contract, boss = prepared(first), executive()
    decided_on(second)
    at_once(
        lambda: proposals.accept(proposals.link(first)),
        lambda: sign_for_firm(boss, now(contract), contract.digest),
    )
    at_once(
        lambda: proposals.accept(proposals.link(second)),
        lambda: prepare_contract(seller(second.engagement), now(second), term()),
    )
    assert now(contract).state == Contract.State.IN_FORCE
    assert Signature.objects.filter(side=Signature.Side.CLIENT).count() == 2


def test_an_order_is_signed_before_its_master_agreement_ends_or_not_at_all() -> None:
    master = in_force_now(prepared(kind=Contract.Kind.MASTER))
    other = proposals.engagement()
    other.relationship = now(master.engagement).relationship
    planned.saved(None, other)
    order = prepared(sent(of=now(other)), kind=Contract.Kind.ORDER, master=now(master))
    boss, another = executive(), executive()
    got = at_once(
        lambda: sign_for_firm(boss, now(order), order.digest),
        lambda: end_contract(another, now(master), TODAY, "They want out."),
    )
    assert order.signatures.exists() != isinstance(got[0], Refused)
    with pytest.raises(Refused, match="master agreement"):
        record_client_signature(seller(other), now(order), order.digest, by_client())


def test_delivery_takes_over_what_was_said_or_nothing() -> None:
    of = at_the_contract(in_force_now())
    made = offered(of)
    got = at_once(
        lambda: accept(now(made)),
        lambda: record_expectation(seller(of), now(of), firm.a_date()),
    )
    came_first("hand_over_accepted", "expectation_recorded")
    assert Acceptance.objects.exists() != isinstance(got[0], Refused)
