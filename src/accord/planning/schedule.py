"""The dates of a plan: its likely values carried out in the order of urgency, with its people and their calendars.

The order is the one in which the promise check lets people work, so that a planned date is no rosier than the check.
Other engagements are left out here; the promise check weighs them in.
"""

from __future__ import annotations

import datetime as dt
import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from accord.actions.refusals import Refused
from accord.people.models import WEEK, Firm, Member
from accord.people.places import public_holidays
from accord.people.queries import away_of, the_firm
from accord.planning.models import Activity, Assignment, Link, Plan

if TYPE_CHECKING:
    from accord.engine import plan as engine

ANYBODY = "anybody"  # who does work to which nobody is assigned
_AHEAD = dt.timedelta(3 * 366)  # as far as public holidays and absences are looked up


_wait: ContextVar[bool] = ContextVar("accord_dates_wait", default=False)


@contextmanager
def dates_later() -> Iterator[None]:
    """Changes of plans within leave the dates alone: whoever makes many at once has them computed at the end."""
    token = _wait.set(True)
    try:
        yield
    finally:
        _wait.reset(token)


def dates_wait() -> bool:
    return _wait.get()


@dataclass(frozen=True, slots=True)
class Dates:
    start: dt.date | None
    finish: dt.date | None
    first_share: float
    last_share: float


@dataclass(frozen=True, slots=True)
class Contents:
    """All that a schedule of one plan is computed from."""

    plan: Plan
    activities: Sequence[Activity]
    links: Sequence[Link]
    assignments: Sequence[Assignment]

    @classmethod
    def of(cls, plan: Plan) -> Contents:
        own = Activity.objects.filter(plan=plan)
        return cls(
            plan,
            list(own),
            list(Link.objects.filter(source__plan=plan)),
            list(Assignment.objects.filter(activity__plan=plan)),
        )


def engine_is_prepared() -> bool:
    """Whether the engine's loops were compiled on this machine before; compiling them takes half a minute."""
    from accord.engine import kernels

    if kernels.generate.signatures:
        return True
    cache = getattr(kernels.generate, "_cache", None)
    return cache is not None and any(Path(cache.cache_path).glob("kernels.generate-*.nbi"))


def dates_of(contents: Contents, today: dt.date) -> dict[int, Dates]:
    """Activity's id -> when it is planned; what is complete keeps its dates and is left out.

    Raises:
        Refused: the plan cannot be carried out, with the reason.
    """
    if not contents.activities:
        return {}
    from accord.engine.promise_check import BeyondCalendar
    from accord.engine.scheduling import Planner

    try:
        planner = Planner(portfolio_of(contents, today))
        made = planner.described(planner.carry_out(planner.tables.rank.astype(float)), None)
    except BeyondCalendar:
        raise _cannot(_("Work would go on after the year 2200.")) from None
    except RuntimeError:  # NeverStarts, whose home only the promise check may know
        raise _cannot(_("Somebody who is needed is away for good.")) from None
    whole = {a.pk: a for a in contents.activities if a.done < 1}
    return {
        int(s.id): Dates(s.start, s.finish, *_shares(s.start_day, s.finish_day))
        for s in made.engagements[0].activities
        if int(s.id) in whole
    }


def portfolio_of(contents: Contents, today: dt.date) -> engine.Portfolio:
    """One plan as the engine reads it; ids are the rows' keys. Nothing is planned into the past."""
    from accord.engine import plan as engine

    start = max(contents.plan.begins_on, today)
    firm = the_firm()
    needs: dict[int, list[Assignment]] = defaultdict(list)
    for assignment in contents.assignments:
        needs[assignment.activity_id].append(assignment)
    before: dict[int, list[Link]] = defaultdict(list)
    for link in contents.links:
        before[link.target_id].append(link)
    activities = tuple(_activity(a, needs[a.pk], before[a.pk]) for a in contents.activities)
    closed = public_holidays(firm.country, firm.subdivision, start, start + _AHEAD)
    workdays = frozenset(WEEK.index(day) for day in firm.days)
    calendar = engine.Calendar(float(firm.hours_per_day), workdays, frozenset(closed))
    return engine.Portfolio(
        start=start,
        engagements=(engine.Engagement("plan", activities, start=contents.plan.begins_on),),
        capacity=_people(contents.assignments, firm, start),
        calendar=calendar,
    )


def resource_id(assignment: Assignment) -> str:
    """role-3 or member-7."""
    return f"role-{assignment.role_id}" if assignment.role_id else f"member-{assignment.member_id}"


def _activity(activity: Activity, taken: Sequence[Assignment], before: Sequence[Link]) -> engine.Activity:
    from accord.engine import plan as engine

    points = engine.ThreePoint(float(activity.low), float(activity.likely), float(activity.high))
    is_work = activity.kind == Activity.Kind.EFFORT and activity.high > 0
    is_wait = activity.kind == Activity.Kind.DURATION and activity.high > 0
    needs = tuple(engine.Need(resource_id(a), float(a.units)) for a in taken)
    if is_work and not needs:
        needs = (engine.Need(ANYBODY),)
    return engine.Activity(
        str(activity.pk),
        effort=points if is_work else None,
        duration=points if is_wait else None,
        needs=needs if is_work or is_wait else (),
        after=tuple(
            engine.Link(str(link.source_id), engine.LinkType(link.kind), float(link.lag)) for link in before
        ),
        not_before=activity.not_before,
        done=float(activity.done),
    )


def _people(assignments: Sequence[Assignment], firm: Firm, start: dt.date) -> tuple[engine.Resource, ...]:
    """The roles that are asked for with all who have them, and the members who are asked for by name."""
    from accord.engine import plan as engine

    most: dict[int, float] = defaultdict(float)
    for assignment in assignments:
        if assignment.role_id:
            most[assignment.role_id] = max(most[assignment.role_id], float(assignment.units))
    named = {a.member_id for a in assignments if a.member_id}
    members = list(Member.objects.filter(is_active=True, role__in=most) | Member.objects.filter(pk__in=named))
    away = away_of([m for m in members if m.is_active], start, start + _AHEAD)
    hours = float(firm.hours_per_day)
    of_role = {role: sum(m.role_id == role and m.is_active for m in members) for role in most}
    pools = [
        # Where a role has fewer people than are asked for at once, the plan goes on with people still to be found.
        engine.Resource(f"role-{role}", units=max(0.0, units - of_role[role]), hours_per_day=hours)
        for role, units in most.items()
    ]
    known = [
        engine.Resource(
            f"member-{m.pk}",
            hours_per_day=float(m.hours_per_day),
            # Whoever has left stands for somebody who is still to be found: a plan goes on, and can be changed.
            named=m.is_active,
            role=f"role-{m.role_id}" if m.is_active and m.role_id in most else None,
            away=tuple(engine.Absence(first, last) for first, last in away.get(m.pk, ())),
        )
        for m in members
    ]
    return (*pools, *known, engine.Resource(ANYBODY, units=1000.0, hours_per_day=hours))


def _shares(start: float, finish: float) -> tuple[float, float]:
    """How much of its first and of its last day lies between two moments of the working axis."""
    first = min(finish, math.floor(start) + 1) - start
    return round(first, 3), round(finish - max(start, math.ceil(finish) - 1), 3)


def _cannot(because: str) -> Refused:
    return Refused(
        _("A plan can be carried out by the people whom it names."),
        because,
        _("Assign somebody else, or look at the three points and the lags again."),
    )
