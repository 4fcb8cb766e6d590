"""The one trail of an engagement."""

from __future__ import annotations

import datetime as dt

import pytest

from accord.actions.models import AuditChange
from accord.engagements.actions import plan_next_step, restate_expectation
from accord.engagements.models import Part
from accord.engagements.trail import EVENTS, trail_of
from accord.exchange.wording import day
from accord.planning.actions import remove_activity
from tests import firm
from tests.engagements.builders import TODAY, pages_of, queries_of, said
from tests.planning.builders import a_plan, activity, fresh

pytestmark = pytest.mark.django_db


def models_of(changes: list[AuditChange]) -> set[str]:
    return {change.model for change in changes}


def test_the_trail_tells_of_the_estimate_and_the_plan_and_never_of_efforts() -> None:
    plan, manager = a_plan(["Design", "Build"])
    told = models_of(trail_of(plan.engagement).changes)
    assert {"engagements.engagement", "estimating.estimate", "planning.plan", "planning.activity"} <= told
    hidden = {"estimating.effort", "estimating.contribution", "estimating.workpackage"}
    assert AuditChange.objects.filter(model__in=hidden).exists()
    assert not told & hidden
    assert pages_of(manager).get(f"/engagements/{plan.engagement_id}/history/").status_code == 200


def test_another_engagements_trail_is_not_told() -> None:
    plan, _manager = a_plan(["Design"])
    other, _ = a_plan(["Other work"])
    rows = AuditChange.objects.filter(model="planning.plan", object_id=str(other.pk))
    assert rows.exists()
    assert not {row.pk for row in rows} & {c.pk for c in trail_of(plan.engagement).changes}


def test_an_activity_that_was_removed_stays_in_the_trail() -> None:
    plan, manager = a_plan(["Design", "Build"])
    remove_activity(manager, activity(plan, "Build"), fresh(plan).revision)
    gone = [
        c for c in trail_of(plan.engagement).changes if c.model == "planning.activity" and c.kind == "deleted"
    ]
    assert [c.before["name"] for c in gone] == ["Build"]


def test_restating_shows_the_old_and_the_new_date() -> None:
    engagement = firm.engagement()
    seller = engagement.parts.get(part=Part.SELLER).member
    first = said(engagement, firm.a_date(60))
    restate_expectation(seller, first, firm.a_date(73))
    page = pages_of(seller).get(f"/engagements/{engagement.pk}/history/").content.decode()
    old, new = day(TODAY + dt.timedelta(60)), day(TODAY + dt.timedelta(73))
    assert f"<del>{old}</del>" in page
    assert f"<ins>{new}</ins>" in page


def test_the_trail_is_paged_and_takes_the_same_queries_however_long_it_is(settings) -> None:  # type: ignore[no-untyped-def]
    settings.USERSESSIONS_TRACK_ACTIVITY = False  # that is written now and then, not for what a page shows
    engagement = firm.engagement()
    seller = engagement.parts.get(part=Part.SELLER).member
    address = f"/engagements/{engagement.pk}/history/"
    few = queries_of(seller, address)
    for k in range(EVENTS + 5):
        plan_next_step(seller, engagement, f"Step {k}.", TODAY)
    assert queries_of(seller, address) <= few <= 12
    first = trail_of(engagement)
    assert len({c.entry_id for c in first.changes}) == EVENTS
    page = pages_of(seller).get(f"{address}?before={first.older}").content.decode()
    assert "Step 1." in page
    assert f"Step {EVENTS + 4}." not in page
