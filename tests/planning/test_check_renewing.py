"""Checks that became stale are made anew by themselves."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django_tasks_db.models import DBTaskResult

from accord.actions.refusals import Refused
from accord.engagements.actions import end_engagement
from accord.engagements.desk import waiting_for
from accord.engagements.models import Belief, Engagement, Outcome, Part, Stage
from accord.people.actions import record_absence
from accord.people.models import AccessRole, Role
from accord.planning.checking import actions, portfolio
from accord.planning.checking.jobs import renew_stale
from accord.planning.checking.marking import mark_all
from accord.planning.schedule import dates_later
from tests import firm
from tests.planning import check_builders as build
from tests.planning.check_builders import Work

pytestmark = pytest.mark.django_db


@pytest.fixture
def role(db: Any) -> Role:
    return build.role("developer", 1)


@pytest.fixture
def queue(settings: Any) -> None:
    settings.TASKS = {
        "default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default", "checks"]}
    }


def checked(role: Role, stage: Stage = Stage.ESTIMATED) -> Engagement:
    engagement = build.engagement(stage)
    build.plan(engagement, Work("w1", 80, role))
    build.told_date(engagement, 40)
    actions.ask_for_check(firm.member(AccessRole.MEMBER), engagement)
    return engagement


def renewals() -> list[DBTaskResult]:
    return list(DBTaskResult.objects.filter(task_path=renew_stale.module_path))


def test_many_changes_leave_one_job_that_goes_after_what_somebody_asked_for(
    role: Role, queue: None, settings: Any, django_capture_on_commit_callbacks: Any
) -> None:
    immediate = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend", "QUEUES": []}}
    later, settings.TASKS = settings.TASKS, immediate
    checked(role), checked(role)
    settings.TASKS = later
    for first in (100, 200, 300):
        day = dt.date.today() + dt.timedelta(first)
        with django_capture_on_commit_callbacks(execute=True):
            record_absence(build.people_of(role)[0], build.people_of(role)[0], day, day, "vacation")
        actions.ask_for_check(firm.member(AccessRole.MEMBER), Engagement.objects.all()[0])
    (job,) = renewals()
    asked = DBTaskResult.objects.exclude(pk=job.pk)
    assert all(job.priority < other.priority for other in asked)


def test_who_loads_many_things_has_nothing_renewed_for_each(
    role: Role, queue: None, django_capture_on_commit_callbacks: Any
) -> None:
    with dates_later(), django_capture_on_commit_callbacks(execute=True):
        checked(role)
        mark_all("somebody came to the firm")
    assert not renewals()


def test_every_running_engagement_is_checked_anew_and_what_turned_red_is_on_the_desk(role: Role) -> None:
    one, signed, ended = checked(role), checked(role, Stage.DELIVERY), checked(role)
    end_engagement(ended.parts.get(part=Part.SELLER).member, ended, Outcome.LOST, "Too dear")
    lead = build.delivery_lead(signed)
    somebody, today = build.people_of(role)[0], dt.date.today()
    record_absence(somebody, somebody, today, today + dt.timedelta(60), "vacation")
    assert "is kept with" not in " ".join(line.what for line in waiting_for(lead))
    renew_stale.call()
    for engagement in (one, signed):
        newest = engagement.checks.filter(scenario=None)[0]
        assert (newest.state, newest.stale, newest.asked_by) == ("done", False, None)
    assert not Belief.objects.filter(stale=True, expectation__engagement__in=[one, signed]).exists()
    assert ended.checks.count() == 1
    assert "is kept with" in " ".join(line.what for line in waiting_for(lead))


def test_what_cannot_be_checked_does_not_keep_the_others_from_it(role: Role, monkeypatch: Any) -> None:
    empty, other = checked(role), checked(role)
    mark_all("somebody came to the firm")

    def gather(engagement: Engagement, today: dt.date) -> Any:
        if engagement == empty:
            raise Refused("A promise check computes from a plan.", "The plan has no activities.", "Add some.")
        return portfolio.gather(engagement, today)

    monkeypatch.setattr(actions, "gather", gather)
    renew_stale.call()
    assert [e.checks.filter(scenario=None)[0].stale for e in (empty, other)] == [True, False]
