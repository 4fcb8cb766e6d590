"""Who is booked when: hard where it is signed, soft by its chance where not."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from accord.engagements.models import Engagement, Stage
from accord.planning import actions, load
from tests import firm
from tests.planning import builders

pytestmark = pytest.mark.django_db
WEEK = builders.A_MONDAY  # four working days: the Monday is a public holiday


def test_an_unsigned_engagement_books_softly_by_its_chance() -> None:
    engagement = _chance(firm.engagement(), 25)
    builders.a_plan(["Design"], engagement)
    cell = _cell("Developer")
    assert (cell.hard, cell.soft, cell.capacity) == (0, 8, 32)  # 32 of 40 hours in this week, at 25 %


def test_a_signed_engagement_books_hard() -> None:
    engagement = firm.engagement()
    builders.a_plan(["Design"], engagement)
    engagement.stage = Stage.DELIVERY
    with builders.written():
        engagement.save()
    assert (_cell("Developer").hard, _cell("Developer").soft) == (32, 0)


def test_what_ended_books_nobody() -> None:
    engagement = firm.engagement()
    builders.a_plan(["Design"], engagement)
    engagement.outcome, engagement.outcome_because = "lost", "too dear"
    with builders.written():
        engagement.save()
    assert _cell("Developer").booked == 0


def test_two_signed_engagements_for_one_person_are_over_booked() -> None:
    for _ in range(2):
        engagement = firm.engagement()
        builders.a_plan(["Design"], engagement)
        engagement.stage = Stage.CONTRACT
        with builders.written():
            engagement.save()
    assert _cell("Developer").over == 32


def test_a_plan_that_fits_is_not_told_to_be_over_booked() -> None:
    engagement = _chance(firm.engagement(), 100)
    builders.a_plan(["Design", "Build", "Test"], engagement, hours=35)  # they end in the middle of days
    rows = load.load(load.Filter(WEEK, 4))
    assert [cell.over for row in rows for cell in row.cells] == [0.0] * len(rows) * 4
    role = next(row for row in rows if row.key.startswith("role"))
    assert round(sum(cell.booked for cell in role.cells)) == 3 * 35


def test_a_role_is_not_booked_on_a_public_holiday() -> None:
    plan, _ = builders.a_plan(["Design"], _chance(firm.engagement(), 100), begins_on=WEEK - dt.timedelta(3))
    found = builders.activity(plan, "Design")
    assert (found.planned_start, found.planned_finish) == (WEEK - dt.timedelta(3), WEEK + dt.timedelta(4))
    assert _cell("Developer").booked == 32  # the other 8 hours lie on the Friday before, none on the Monday


def test_absence_takes_capacity_away() -> None:
    engagement = firm.engagement()
    builders.a_plan(["Design"], engagement)
    member = builders.a_role().members.get()
    builders.away(member, WEEK, WEEK + dt.timedelta(2))
    assert _cell(member.name).capacity == 16


def test_work_given_by_name_stands_in_the_members_line_and_in_the_roles() -> None:
    engagement = _chance(firm.engagement(), 100)
    plan, manager = builders.a_plan(["Design"], engagement)
    member = builders.a_role().members.get()
    [given] = builders.activity(plan, "Design").assignments.select_related("activity__plan__engagement")
    actions.unassign(manager, given, plan.revision)
    actions.assign(manager, builders.activity(plan, "Design"), None, member, Decimal(1), plan.revision + 1)
    assert (_cell(member.name).booked, _cell("Developer").booked) == (32, 32)


def _chance(engagement: Engagement, percent: int) -> Engagement:
    engagement.win_probability = percent
    with builders.written():
        engagement.save()
    return engagement


def _cell(name: str) -> load.Cell:
    [row] = [row for row in load.load(load.Filter(WEEK, 1)) if row.name == name]
    return row.cells[0]
