"""What has ended is not changed, dates that no calendar reaches are not taken, and what a stage asks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from allauth.mfa.models import Authenticator

from accord.actions.door import obstacles
from accord.actions.refusals import Refused, WrongInput
from accord.engagements.actions import (
    Said,
    end_engagement,
    record_expectation,
    reopen_engagement,
    restate_expectation,
    withdraw_expectation,
)
from accord.engagements.models import Engagement, Expectation, Outcome, Part, Stage
from accord.estimating.models import State
from accord.people.actions import deactivate_member, reactivate_member, record_absence
from accord.people.models import AccessRole
from accord.planning import actions as planning
from accord.planning.checking import actions as checking
from accord.planning.checking.portfolio import gather
from accord.planning.models import Plan, PromiseCheck
from tests import firm
from tests.planning import builders
from tests.planning.builders import written

pytestmark = pytest.mark.django_db
TODAY = dt.date.today()
FAR = (dt.date(1, 1, 1), dt.date(1999, 12, 31), dt.date(2200, 1, 1), dt.date(9999, 12, 31))


def boss() -> Any:
    return firm.member(AccessRole.EXECUTIVE)


def at_stage(engagement: Engagement, stage: Stage) -> Engagement:
    found = Engagement.objects.get(pk=engagement.pk)
    found.stage = stage
    with written():
        found.save()
    return found


def seller_of(engagement: Engagement) -> Any:
    return engagement.parts.get(part=Part.SELLER).member


# What has ended


def test_what_has_ended_is_not_changed_any_more() -> None:
    plan, manager = builders.a_plan()
    engagement = plan.engagement
    seller = seller_of(engagement)
    said = record_expectation(seller, engagement, firm.a_date())
    scenario = checking.try_scenario(seller, engagement, "less", [{"kind": "drop", "codes": ["w2"]}])
    end_engagement(boss(), engagement, Outcome.LOST, "Too dear.")
    plan = builders.fresh(plan)
    attempts: list[Callable[[], Any]] = [
        lambda: checking.adopt_scenario(manager, scenario),
        lambda: checking.ask_for_check(manager, plan.engagement),
        lambda: checking.try_scenario(manager, plan.engagement, "x", [{"kind": "drop", "codes": ["w2"]}]),
        lambda: planning.reschedule(manager, plan),
        lambda: planning.aim_promise(manager, plan, said, None, plan.revision),
        lambda: withdraw_expectation(seller, said, "It was lost.", seller, TODAY),
        lambda: restate_expectation(seller, said, firm.a_date(90)),
    ]
    for attempt in attempts:
        with pytest.raises(Refused, match="What has ended is not changed"):
            attempt()


def test_a_withdrawn_promise_is_about_no_activity() -> None:
    plan, manager = builders.a_plan()
    seller = seller_of(plan.engagement)
    said = record_expectation(seller, plan.engagement, firm.a_date())
    withdraw_expectation(seller, said, "It was a guess.", seller, TODAY)
    said = Expectation.objects.get(pk=said.pk)
    with pytest.raises(Refused, match="stays withdrawn"):
        planning.aim_promise(manager, plan, said, plan.activities.first(), builders.fresh(plan).revision)


def test_taking_up_again_what_was_signed_concerns_all() -> None:
    signed, _manager = builders.a_plan()
    other, manager = builders.a_plan()
    engagement = at_stage(signed.engagement, Stage.DELIVERY)
    end_engagement(boss(), engagement, Outcome.LOST, "Stopped.")
    check = PromiseCheck(
        engagement=other.engagement, asked_by=manager, digest="d" * 64, state=PromiseCheck.State.DONE
    )
    with written():
        check.save()
    reopen_engagement(boss(), engagement, "They want it after all.")
    check.refresh_from_db()
    assert (check.stale, check.stale_because) == (True, "an engagement was taken up again")


# Dates


@pytest.mark.parametrize("date", FAR)
def test_dates_that_no_calendar_reaches_are_not_taken(date: dt.date) -> None:
    plan, manager = builders.a_plan()
    engagement, activity = plan.engagement, builders.activity(plan, "Design")
    revision = builders.fresh(plan).revision
    attempts: list[Callable[[], Any]] = [
        lambda: record_expectation(
            seller_of(engagement), engagement, Said("time", "Go-live", TODAY, date=date)
        ),
        lambda: planning.change_plan(manager, plan, date, 1, Decimal(0), revision),
        lambda: planning.move_activity(manager, activity, date, revision),
        lambda: planning.add_activity(manager, plan, planning.Draft("x", not_before=date), revision),
        lambda: record_absence(manager, manager, date, date),
    ]
    for attempt in attempts:
        with pytest.raises(WrongInput, match="between 2000 and 2199"):
            attempt()


def test_a_bad_date_that_is_there_already_fails_no_check() -> None:
    own, _manager = builders.a_plan()
    other, _manager = builders.a_plan()
    at_stage(other.engagement, Stage.DELIVERY)
    for plan in (own, other):
        seller = seller_of(plan.engagement)
        bad = Expectation(
            engagement=plan.engagement,
            kind="time",
            subject="Moon",
            date=dt.date(9999, 1, 1),
            member=seller,
            recorded_by=seller,
            said_on=TODAY,
        )
        with written():
            bad.save()
    gathered = gather(own.engagement, TODAY)
    assert [e.promises for e in gathered.portfolio.engagements] == [(), ()]
    told = " ".join(gathered.assumed)
    assert "“Moon” is too far away" in told
    assert "another engagement is too far away" in told


# Stages


def test_a_proposal_needs_a_plan_made_from_the_approved_estimate() -> None:
    engagement = firm.engagement()
    builders.an_estimate(engagement, state=State.DELIVERED)
    planning.make_plan(builders.a_project_manager(engagement), engagement, builders.A_MONDAY)
    engagement = at_stage(engagement, Stage.ESTIMATED)
    assert Plan.objects.get().estimate.state == State.DELIVERED
    found = obstacles("engagements.move_to_stage", seller_of(engagement), engagement, Stage.PROPOSAL)
    assert "The plan was made from version 1, which is delivered." in [refused.because for refused in found]


# Who comes back


def test_who_comes_back_has_no_passkey_of_before() -> None:
    somebody = firm.member(AccessRole.MEMBER)
    for kind in Authenticator.Type.values:
        Authenticator.objects.create(user=somebody, type=kind, data={})
    deactivate_member(firm.administrator(), somebody)
    reactivate_member(firm.administrator(), somebody)
    assert not Authenticator.objects.filter(user=somebody).exists()
