"""What the sample firm signed and decided before today agrees with itself."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import pytest

from accord.contracts.models import Contract, Review, Signature
from accord.contracts.reviewing.rules import why_not_sit
from accord.demo.reviewing import _of_the_margin
from accord.demo.world import World
from accord.engagements.models import Engagement, Policy
from accord.engagements.policies.content import Seat
from accord.engagements.policies.in_force import of_day
from accord.engagements.rules import SIGNED
from accord.exchange.wording import share
from accord.planning.models import PromiseCheck


def test_every_decision_has_the_votes_of_all_whom_the_policy_seats(sample_firm: None) -> None:
    decided = Review.objects.filter(state=Review.State.DECIDED)
    assert decided.filter(engagement__stage__in=SIGNED).count() >= 10
    for review in decided:
        seats = list(review.seats.select_related("member", "vote"))
        assert {taken.seat for taken in seats} == set(review.must_sit), review
        for taken in seats:
            found = why_not_sit(taken.member, Seat(taken.seat), review.engagement, review.priced_by)
            assert found is None, (review, taken)
            assert taken.vote.because
            assert taken.vote.evidence_digest == review.evidence_digest


def test_delivery_tells_of_the_promises_what_the_evidence_shows(sample_firm: None) -> None:
    review = Review.objects.get(engagement__title="Network of the wards", kind=Review.Kind.PROPOSAL)
    worst = min(term["probability"] for term in review.evidence["terms"])
    vote = review.seats.get(seat=Seat.DELIVERY).vote
    assert f"{share(worst)} of all courses" in vote.because


def test_reviews_were_held_by_the_policy_of_their_day(sample_firm: None) -> None:
    for review in Review.objects.all():
        assert review.policy_version == of_day(review.called_at.date()).version
        assert review.evidence["policy"] == review.policy_version
    assert Policy.objects.get().valid_from < dt.date.today() - dt.timedelta(400)


def test_nothing_that_was_checked_is_out_of_date(sample_firm: None) -> None:
    assert PromiseCheck.objects.exists()
    assert not PromiseCheck.objects.filter(stale=True).exists()


def test_contracts_are_signed_before_they_begin_and_numbered_by_their_year(sample_firm: None) -> None:
    contracts = Contract.objects.select_related("engagement")
    assert contracts
    for contract in contracts:
        days = Signature.objects.filter(contract=contract, amendment=None).values_list("signed_on", flat=True)
        assert max(days) <= contract.begins_on, contract.number
        assert all(day.weekday() < 5 for day in days), contract.number
        assert contract.prepared_at.date() <= min(days)
        assert contract.year == contract.prepared_at.year
        assert contract.engagement.begun_on <= contract.prepared_at.date()


@pytest.mark.parametrize(
    ("middle", "cautious", "told"),
    [(0.39, 0.3, "bad month"), (0.28, 0.2, "go wrong"), (0.2, 0.1, "Only 20")],
)
def test_finance_says_of_the_margin_what_the_evidence_shows(
    middle: float, cautious: float, told: str
) -> None:
    margin = {"at_50": middle, "at_80": cautious, "wanted": 0.25}
    assert told in _of_the_margin(SimpleNamespace(evidence={"margin": margin}))  # type: ignore[arg-type]


def test_each_step_names_the_engagement_that_it_is_about(sample_firm: None) -> None:
    titles = set(Engagement.objects.values_list("title", flat=True))
    for story in World(dt.date.today()).tour["stories"]:
        for step in story["steps"]:
            if "of" in step:
                assert step["of"] in titles
                assert step["of"] in step["do"]
