"""Which package delivers what the client expects; what is believed of it follows the estimate."""

from __future__ import annotations

import datetime as dt

import pytest

from accord.actions.refusals import NotAllowed, Refused, WrongInput
from accord.engagements.actions import Said, record_expectation, restate_expectation
from accord.engagements.models import Belief, Engagement, Expectation
from accord.engagements.queries import statements
from accord.estimating.actions import approve_estimate, begin_new_version, cover, deliver_estimate, uncover
from tests import firm
from tests.estimating.builders import (
    approved,
    asked,
    delivery_lead,
    estimator,
    row,
    saved,
    seller_of,
    two_packages,
)

pytestmark = pytest.mark.django_db


def expected(engagement: Engagement, kind: str = "scope") -> Expectation:
    said = Said(kind, "Single sign-on", dt.date.today())
    return record_expectation(seller_of(engagement), engagement, said)


def word(engagement: Engagement) -> str:
    return statements(engagement)[0].backing.word


def test_scope_is_in_the_estimate_once_its_package_is_approved() -> None:
    engagement = firm.engagement()
    expectation = expected(engagement)
    somebody = estimator()
    estimate = saved(asked(engagement, somebody), somebody, two_packages())
    assert word(engagement) == "in no estimate"
    cover(somebody, expectation, "w1")
    assert word(engagement) == "not backed"
    deliver_estimate(somebody, estimate)
    approve_estimate(delivery_lead(), estimate)
    assert word(engagement) == "in the estimate"
    assert Belief.objects.get().covered_by == "Build"


def test_quality_is_covered_too_but_time_is_judged_by_the_promise_check() -> None:
    estimate = approved()
    seller, lead = seller_of(estimate.engagement), delivery_lead()
    cover(lead, expected(estimate.engagement, "quality"), "w2")
    date = record_expectation(seller, estimate.engagement, firm.a_date())
    with pytest.raises(Refused, match="promise check"):
        cover(lead, date, "w1")


def test_a_package_that_no_version_has_covers_nothing() -> None:
    estimate, other = approved(), approved(rows=[*two_packages(), row("Extra", (1, 2, 3))])
    assert other.packages.filter(code="w3").exists()
    with pytest.raises(WrongInput):
        cover(delivery_lead(), expected(estimate.engagement), "w3")


def test_a_package_removed_from_a_newer_approved_version_covers_no_more() -> None:
    estimate = approved()
    engagement, somebody = estimate.engagement, estimate.contributions.get().estimator
    cover(somebody, expected(engagement), "w2")
    newer = begin_new_version(delivery_lead(), estimate)
    saved(newer, somebody, [two_packages()[0]])
    assert word(engagement) == "in the estimate"  # the approved version still counts
    deliver_estimate(somebody, newer)
    with pytest.raises(Refused, match="Single sign-on"):
        approve_estimate(delivery_lead(), newer)
    approve_estimate(delivery_lead(), newer, {Expectation.objects.get().pk: "It comes later"})
    assert word(engagement) == "left out"
    assert "“It comes later”" in statements(engagement)[0].backing.because


def test_what_is_said_anew_is_looked_at_anew() -> None:
    estimate = approved()
    expectation = expected(estimate.engagement)
    seller, lead = seller_of(estimate.engagement), delivery_lead()
    cover(lead, expectation, "w1")
    again = restate_expectation(
        seller, expectation, Said("scope", "Single sign-on for partners", dt.date.today())
    )
    assert word(estimate.engagement) == "in no estimate"
    with pytest.raises(Refused):
        cover(lead, expectation, "w1")
    cover(lead, again, "w1")
    uncover(lead, again)
    assert word(estimate.engagement) == "in no estimate"


def test_a_stranger_does_not_say_what_is_covered() -> None:
    estimate = approved()
    expectation = expected(estimate.engagement)
    with pytest.raises(NotAllowed):
        cover(firm.seller(), expectation, "w1")
