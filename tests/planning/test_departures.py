"""A plan that takes less than its approved estimate backs nothing: fewer hours are approved again."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest

from accord.actions.door import obstacles
from accord.engagements.actions import Said, record_expectation
from accord.engagements.models import Engagement, Expectation, Stage
from accord.engagements.policies.in_force import in_force
from accord.engagements.rules import backing_of
from accord.estimating.actions import cover
from accord.estimating.models import Effort
from accord.people.models import AccessRole
from accord.planning.actions import (
    Draft,
    add_activity,
    change_activity,
    follow_estimate,
    remove_activity,
)
from accord.planning.checking.actions import ask_for_check
from accord.planning.departing import departures
from accord.planning.models import Activity, Plan
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
    backing = backing_of(said.kind, belief, in_force().asked(engagement.profile))
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
    assert backing_of(said.kind, belief, in_force().asked(engagement.profile)).backed


def test_after_the_contract_the_plan_follows_the_work(engagement: Engagement) -> None:
    leave_out(engagement, "w2")
    engagement.stage = Stage.DELIVERY
    build.saved(None, engagement)
    assert departures(engagement.plan) == ""


def written(engagement: Engagement, code: str, **fields: object) -> None:
    row = build.activity(engagement.plan, code)
    for name, value in fields.items():
        setattr(row, name, value)
    build.saved(None, row)


@pytest.mark.parametrize("fields", [{"done": Decimal(1)}, {"kind": "duration"}, {"kind": "milestone"}])
def test_what_is_no_work_any_more_is_told(engagement: Engagement, fields: dict[str, object]) -> None:
    written(engagement, "w2", **fields)
    assert "is no work of its role that is still to be done" in departures(engagement.plan)


def test_work_of_a_role_is_done_by_its_role(engagement: Engagement) -> None:
    package = build.activity(engagement.plan, "w1").package
    assert package is not None
    package.role = build.role("tester")
    build.saved(None, package)
    assert "“Work w1”" in departures(engagement.plan)
    assigned = build.activity(engagement.plan, "w1").assignments.get()
    assigned.role = package.role
    build.saved(None, assigned)
    assert departures(engagement.plan) == ""


def test_a_plan_that_departs_is_neither_offered_nor_signed(engagement: Engagement) -> None:
    build.told_date(engagement, 300)
    leave_out(engagement, "w2")
    ask_for_check(firm.member(AccessRole.MEMBER), Engagement.objects.get(pk=engagement.pk))
    lead = build.delivery_lead(engagement)
    for here, stage in (("estimated", "proposal"), ("review", "contract")):
        engagement.stage = here
        build.saved(None, engagement)
        found = obstacles(
            "engagements.move_to_stage", lead, Engagement.objects.get(pk=engagement.pk), Stage(stage)
        )
        assert any("leaves out “Work w2”" in refused.because for refused in found), stage


def test_following_the_estimate_brings_everything_back(engagement: Engagement) -> None:
    written(engagement, "w1", kind="milestone", low=0, likely=0, high=0)
    leave_out(engagement, "w2")
    plan = Plan.objects.select_related("engagement__relationship").get()
    assert departures(plan) != ""
    follow_estimate(build.delivery_lead(engagement), plan, plan.revision)
    assert departures(Plan.objects.get()) == ""


def test_a_promise_about_a_milestone_that_waits_for_nothing_backs_nothing(engagement: Engagement) -> None:
    said, lead = build.told_date(engagement, 1), build.delivery_lead(engagement)
    plan = Plan.objects.select_related("engagement__relationship").get()
    free = add_activity(lead, plan, Draft("All done", "milestone"), plan.revision)
    build.about(said, free)
    assert "“All done”, which waits for nothing" in departures(Plan.objects.get())


def test_scope_that_the_plan_does_not_work_on_is_not_in_the_estimate_any_more(engagement: Engagement) -> None:
    seller = engagement.parts.get(part="seller").member
    said = record_expectation(seller, engagement, Said("scope", "Reports", dt.date.today()))
    cover(build.delivery_lead(engagement), said, "w2")
    leave_out(engagement, "w2")
    belief = checked(engagement, said).belief
    backing = backing_of(said.kind, belief, in_force().asked(engagement.profile))
    assert not backing.backed
    assert "no work on “Work w2”" in backing.because


def test_the_same_plan_is_judged_anew_when_the_estimate_behind_it_was_raised(engagement: Engagement) -> None:
    said = build.told_date(engagement, 300)
    assert checked(engagement, said).belief.departs == ""
    effort = Effort.objects.get(package__code="w2")
    effort.high = effort.high * 2
    build.saved(None, effort)
    assert "takes less for “Work w2”" in checked(engagement, said).belief.departs
    assert engagement.checks.count() == 1
