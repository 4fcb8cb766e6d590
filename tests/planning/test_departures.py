"""A plan that takes less than its approved estimate backs nothing: fewer hours are approved again."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from accord.engagements.models import Engagement, Expectation, Stage
from accord.engagements.rules import backing_of
from accord.people.models import AccessRole
from accord.planning.actions import Draft, change_activity, remove_activity
from accord.planning.checking.actions import ask_for_check
from accord.planning.from_estimate import departures
from accord.planning.models import Activity
from tests import firm
from tests.planning import check_builders as build
from tests.planning.check_builders import Work

pytestmark = pytest.mark.django_db


@pytest.fixture
def engagement() -> Engagement:
    found = build.engagement()
    role = build.role("developer")
    build.plan(found, Work("w1", 80, role), Work("w2", 120, role, ["w1"]))
    return found


def resize(engagement: Engagement, code: str, share: str) -> None:
    row = Activity.objects.select_related("plan").get(plan=engagement.plan.pk, code=code)
    low, likely, high = (point * Decimal(share) for point in (row.low, row.likely, row.high))
    draft = replace(Draft(row.name, row.kind), low=low, likely=likely, high=high)
    change_activity(build.delivery_lead(engagement), row, draft, row.plan.revision)


def leave_out(engagement: Engagement, code: str) -> None:
    row = Activity.objects.select_related("plan").get(plan=engagement.plan.pk, code=code)
    remove_activity(build.delivery_lead(engagement), row, row.plan.revision)


def checked(engagement: Engagement, expectation: Expectation) -> Expectation:
    ask_for_check(firm.member(AccessRole.MEMBER), Engagement.objects.get(pk=engagement.pk))
    return Expectation.objects.get(pk=expectation.pk)


def test_a_promise_kept_by_fewer_hours_than_were_approved_is_not_backed(engagement: Engagement) -> None:
    said = build.told_date(engagement, 14)
    for code in ("w1", "w2"):
        resize(engagement, code, "0.1")
    belief = checked(engagement, said).belief
    assert belief.probability == 1
    backing = backing_of(said.kind, belief, engagement.profile)
    assert not backing.backed
    assert "takes less for" in backing.because
    assert "have a version approved" in backing.remedy


def test_what_was_estimated_and_is_not_planned_is_told(engagement: Engagement) -> None:
    said = build.told_date(engagement, 300)
    leave_out(engagement, "w2")
    belief = checked(engagement, said).belief
    assert belief.departs == departures(engagement.plan)
    assert "leaves out" in belief.departs


def test_more_hours_than_were_approved_stay_backed(engagement: Engagement) -> None:
    said = build.told_date(engagement, 300)
    resize(engagement, "w2", "1.5")
    belief = checked(engagement, said).belief
    assert backing_of(said.kind, belief, engagement.profile).backed


def test_after_the_contract_the_plan_follows_the_work(engagement: Engagement) -> None:
    leave_out(engagement, "w2")
    engagement.stage = Stage.DELIVERY
    build.saved(None, engagement)
    assert departures(engagement.plan) == ""
