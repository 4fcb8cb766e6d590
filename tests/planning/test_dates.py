"""The dates of a plan: from links, people and calendars."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.core.management import call_command

from accord.people.actions import deactivate_member
from accord.people.models import Member
from accord.planning import actions, schedule
from accord.planning.actions import Draft
from accord.planning.models import Link
from tests.planning import builders
from tests.planning.builders import activity

pytestmark = pytest.mark.django_db
TUESDAY = builders.A_MONDAY + dt.timedelta(1)  # the Monday is a public holiday


def test_nobody_works_on_a_public_holiday() -> None:
    plan, _ = builders.a_plan(["Design"])
    found = activity(plan, "Design")
    assert (found.planned_start, found.planned_finish) == (TUESDAY, TUESDAY + dt.timedelta(6))


def test_one_person_does_one_thing_after_the_other_and_two_do_both_at_once() -> None:
    alone, _ = builders.a_plan(["Design", "Build"], people=1)
    assert activity(alone, "Build").planned_start > activity(alone, "Design").planned_finish
    together, _ = builders.a_plan(["Design", "Build"], people=2, engagement=builders.firm.engagement())
    assert activity(together, "Build").planned_start == activity(together, "Design").planned_start


def test_a_link_with_a_lag_moves_what_waits() -> None:
    plan, manager = builders.a_plan(["Design", "Build"], people=2)
    actions.link_activities(
        manager, activity(plan, "Design"), activity(plan, "Build"), Link.Kind.FS, Decimal(5), plan.revision
    )
    gap = activity(plan, "Build").planned_start - activity(plan, "Design").planned_finish
    assert gap == dt.timedelta(8)  # Monday evening, five working days later on Tuesday


def test_who_is_away_does_not_work() -> None:
    plan, manager = builders.a_plan(["Design"], people=1)
    builders.away(Member.objects.get(role__name="Developer"), TUESDAY, TUESDAY + dt.timedelta(3))
    actions.reschedule(manager, builders.fresh(plan))
    assert activity(plan, "Design").planned_start == TUESDAY + dt.timedelta(6)


def test_nothing_is_planned_into_the_past() -> None:
    plan, _ = builders.a_plan(["Design"], begins_on=dt.date(2020, 1, 6))
    assert activity(plan, "Design").planned_start >= dt.date.today()


def test_not_before_holds_an_activity() -> None:
    plan, manager = builders.a_plan(["Design"])
    later = TUESDAY + dt.timedelta(13)
    actions.move_activity(manager, activity(plan, "Design"), later, plan.revision)
    assert activity(plan, "Design").planned_start == later


def test_a_plan_goes_on_where_a_role_has_too_few_people() -> None:
    plan, manager = builders.a_plan(["Design"], people=1)
    role = builders.a_role()
    design = activity(plan, "Design")
    draft = Draft(
        "Design",
        low=Decimal(40),
        likely=Decimal(40),
        high=Decimal(40),
        takes=(actions.Takes(role, None, Decimal(5)),),
    )
    actions.change_activity(manager, design, draft, plan.revision)
    assert activity(plan, "Design").planned_finish == TUESDAY


def test_a_plan_can_be_changed_though_somebody_in_it_has_left() -> None:
    plan, manager = builders.a_plan(["Design", "Build"])
    gone = builders.firm.member()
    for name in ("Design", "Build"):
        now = builders.fresh(plan)
        actions.assign(manager, activity(plan, name), None, gone, Decimal(1), now.revision)
    deactivate_member(builders.firm.administrator(), gone)
    actions.move_activity(manager, activity(plan, "Build"), None, builders.fresh(plan).revision)
    assert activity(plan, "Build").planned_finish is not None


def test_a_finished_activity_keeps_its_dates() -> None:
    plan, manager = builders.a_plan(["Design"])
    was = activity(plan, "Design").planned_finish
    done = Draft("Design", low=Decimal(4), likely=Decimal(4), high=Decimal(4), done=Decimal(1))
    actions.change_activity(manager, activity(plan, "Design"), done, plan.revision)
    assert activity(plan, "Design").planned_finish == was


@pytest.mark.django_db(transaction=True)  # the worker closes its connection
def test_where_the_engine_was_never_compiled_the_dates_come_by_a_job(
    monkeypatch: pytest.MonkeyPatch, settings: object
) -> None:
    monkeypatch.setattr(schedule, "engine_is_prepared", lambda: False)
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]}}  # type: ignore[attr-defined]
    plan, _ = builders.a_plan(["Design"])
    assert builders.fresh(plan).scheduled != builders.fresh(plan).revision
    call_command("db_worker", batch=True, verbosity=0)
    assert builders.fresh(plan).scheduled == builders.fresh(plan).revision
    assert activity(plan, "Design").planned_start == TUESDAY
