"""Two people act on one review at the same moment."""

from __future__ import annotations

import pytest

from accord.actions.refusals import Refused
from accord.contracts.models import Choice, Review, SeatTaken, Vote
from accord.contracts.reviewing.actions import cast_vote, take_seat
from accord.engagements.policies.content import Seat
from accord.ledger import chain
from accord.ledger.models import LedgerEntry
from accord.people.models import AccessRole
from accord.proposals.actions import save_proposal
from accord.proposals.models import Proposal
from tests import firm
from tests.contracts.builders import called, now, seat_of, sitting, vote
from tests.estimating.test_at_the_same_moment import at_once
from tests.proposals.builders import says

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_who_vote_last_at_the_same_moment_decide_once() -> None:
    review = called()
    who = sitting(review)
    vote(who.seller, review)
    vote(who.pm, review)
    seen = review.evidence_digest
    seats = {m: seat_of(m, review).pk for m in (who.lead, who.finance)}
    at_once(
        *(
            lambda m=m, pk=pk, c=c: cast_vote(m, SeatTaken.objects.get(pk=pk), c, "It is so.", seen)
            for (m, pk), c in zip(seats.items(), (Choice.SIGN, Choice.REWORK), strict=True)
        )
    )
    done = now(review)
    assert (done.state, done.decision) == (Review.State.DECIDED, Choice.REWORK)
    assert LedgerEntry.objects.filter(kind="review_decided").count() == 1
    assert chain.verify().holds


def test_the_last_vote_and_an_edit_at_the_same_moment_never_decide_on_the_edited_text() -> None:
    review = called()
    who = sitting(review)
    for member in (who.seller, who.pm, who.lead):
        vote(member, review)
    seat, revision = seat_of(who.finance, review).pk, review.proposal.revision
    at_once(
        lambda: cast_vote(
            who.finance, SeatTaken.objects.get(pk=seat), Choice.SIGN, "Yes.", review.evidence_digest
        ),
        lambda: save_proposal(
            who.seller, Proposal.objects.get(pk=review.proposal_id), says(price=39_000), revision
        ),
    )
    after = now(review)
    assert now(review.proposal).seal != after.about
    assert (after.state == Review.State.DECIDED) == (Vote.objects.count() == 4)
    assert after.state != Review.State.OPEN


def test_two_who_take_one_seat_at_the_same_moment_are_one() -> None:
    review = called()
    both = [firm.member(AccessRole.FINANCE) for _ in range(2)]
    got = at_once(*(lambda m=m: take_seat(m, Review.objects.get(pk=review.pk), Seat.FINANCE) for m in both))
    assert sum(isinstance(one, Refused) for one in got) == 1
    assert review.seats.count() == 1


def test_one_form_sent_twice_at_the_same_moment_is_one_vote() -> None:
    review = called()
    who = sitting(review)
    seat = seat_of(who.lead, review).pk
    at_once(
        *(
            lambda: cast_vote(
                who.lead, SeatTaken.objects.get(pk=seat), Choice.SIGN, "Yes.", review.evidence_digest
            )
            for _ in range(2)
        )
    )
    assert Vote.objects.count() == 1
    assert LedgerEntry.objects.filter(kind="review_vote").count() == 1
