"""What pages show of plans: no query grows with the rows on the screen."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import OuterRef, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _

from accord.engagements.models import Engagement, Expectation
from accord.estimating.models import WorkPackage
from accord.exchange.wording import day
from accord.people.calendars import weekday
from accord.people.places import public_holidays
from accord.people.queries import the_firm
from accord.planning.from_estimate import groups_of
from accord.planning.load import Row, load_of, monday
from accord.planning.models import GROUP_END, Activity, Assignment, Link, Plan, PromiseCheck

_WEEKS_AT_MOST = 60


@dataclass(frozen=True, slots=True)
class Line:
    """An activity with who does it and what it waits for."""

    activity: Activity
    assignments: tuple[Assignment, ...]
    waits_for: tuple[Link, ...]
    nobody: bool  # work to which nobody is assigned
    group: str = ""  # of the breakdown, at the first line that belongs to it

    @property
    def is_group_end(self) -> bool:
        a = self.activity
        return a.kind == Activity.Kind.MILESTONE and a.code.startswith(GROUP_END)


@dataclass(frozen=True, slots=True)
class Flag:
    """A promised date that still stands, and whether the plan keeps it."""

    expectation: Expectation
    date: dt.date
    about: Activity | None  # None: the end of the whole engagement
    planned: dt.date | None

    @property
    def is_kept(self) -> bool:
        return self.planned is not None and self.planned <= self.date

    @property
    def days_late(self) -> int:
        """Days by which the plan misses it; 0 if it keeps it or has no dates."""
        return max(0, (self.planned - self.date).days) if self.planned else 0


@dataclass(frozen=True, slots=True)
class Shown:
    """A plan as its page shows it."""

    plan: Plan
    lines: list[Line]
    flags: list[Flag] = field(default_factory=list)

    @property
    def finish(self) -> dt.date | None:
        return _last(line.activity.planned_finish for line in self.lines)

    @property
    def finish_p80(self) -> dt.date | None:
        return _last(line.activity.finish_p80 for line in self.lines)

    @property
    def is_scheduled(self) -> bool:
        return self.plan.scheduled == self.plan.revision

    @property
    def follows_breakdown(self) -> bool:
        """Whether the order still is, at least in part, the one in which the breakdown was written."""
        return any(line.is_group_end for line in self.lines)

    @property
    def unlinked(self) -> int:
        """How many activities neither wait for others nor are waited for, where there are others."""
        linked = {
            pk for line in self.lines for link in line.waits_for for pk in (link.source_id, link.target_id)
        }
        open_ones = [line for line in self.lines if line.activity.done < 1]
        return sum(line.activity.pk not in linked for line in open_ones) if len(self.lines) > 1 else 0

    @property
    def without_people(self) -> int:
        return sum(line.nobody for line in self.lines)


def plan_of(engagement: Engagement) -> Plan | None:
    """With `not_current`: whether something changed since its newest promise check; and `departs`, as that told it."""
    checks = PromiseCheck.objects.filter(engagement=OuterRef("engagement"), scenario=None).order_by("-pk")
    rows = Plan.objects.filter(engagement=engagement).select_related("estimate")
    found: Plan | None = rows.annotate(
        not_current=Subquery(checks.values("stale")[:1]), departs=Subquery(checks.values("departs")[:1])
    ).first()
    if found is not None:
        found.engagement = engagement
    return found


def shown(plan: Plan) -> Shown:
    """The plan with all that its page shows."""
    activities = list(Activity.objects.filter(plan=plan))
    by_id = {a.pk: a for a in activities}
    taken: dict[int, list[Assignment]] = defaultdict(list)
    for assignment in Assignment.objects.filter(activity__plan=plan).select_related("role", "member"):
        taken[assignment.activity_id].append(assignment)
    before: dict[int, list[Link]] = defaultdict(list)
    for link in Link.objects.filter(target__plan=plan).order_by("pk"):
        link.source = by_id[link.source_id]
        before[link.target_id].append(link)
    heads = _group_heads(plan, activities)
    lines = [
        Line(
            a,
            tuple(taken[a.pk]),
            tuple(before[a.pk]),
            a.kind == Activity.Kind.EFFORT and a.likely > 0 and a.done < 1 and not taken[a.pk],
            heads.get(a.pk, ""),
        )
        for a in activities
    ]
    return Shown(plan, lines, _flags(plan.engagement, activities))


def _group_heads(plan: Plan, activities: Sequence[Activity]) -> dict[int, str]:
    """Activity's id -> the name of the group of the breakdown that begins with it."""
    groups = groups_of(list(WorkPackage.objects.filter(estimate=plan.estimate_id)))
    found, last = {}, None
    for activity in activities:
        heading = groups.get(activity.package_id or 0)
        if heading is not None and heading != last:
            found[activity.pk] = heading.name
            last = heading
    return found


def picture(found: Shown, may_edit: bool) -> dict[str, Any]:
    """The plan as the Gantt reads it, with the load of its people in the same weeks."""
    starts = [line.activity.planned_start for line in found.lines if line.activity.planned_start]
    ends = [d for line in found.lines for d in (line.activity.planned_finish, line.activity.finish_p80) if d]
    ends += [flag.date for flag in found.flags]
    first = monday(min([found.plan.begins_on, *starts]))
    last = max([first, *ends])
    weeks = min(_WEEKS_AT_MOST, (last - first).days // 7 + 2)
    return {
        "revision": found.plan.revision,
        "mayEdit": may_edit,
        "first": first,
        "last": first + dt.timedelta(7 * weeks),
        "activities": [_bar(line) for line in found.lines],
        "links": [_arrow(link) for line in found.lines for link in line.waits_for],
        "flags": [
            {"date": flag.date, "words": told(flag), "late": flag.days_late > 0, "kept": flag.is_kept}
            for flag in found.flags
        ],
        "load": [_strip(row) for row in _load(found, first, weeks)],
    }


def told(flag: Flag) -> str:
    """A promised date in words, with what the plan says to it."""
    what = f"{flag.expectation.subject}: {day(flag.date)}"
    if flag.planned is None:
        return _("said %(what)s") % {"what": what}
    if flag.days_late:
        return _("said %(what)s, planned %(days)d days later") % {"what": what, "days": flag.days_late}
    return _("said %(what)s, the plan keeps it") % {"what": what}


def told_move(activity: Activity, asked: dt.date | None) -> str:
    """What came of moving a bar, in words: links and people may hold it elsewhere."""
    start = activity.planned_start
    name = activity.name
    if activity.not_before is None:
        kept = _("“%(name)s” begins as early as links and people let it") % {"name": name}
        return f"{kept}: {day(start)}." if start else f"{kept}."
    said = _("“%(name)s” does not begin before %(day)s.") % {"name": name, "day": day(activity.not_before)}
    if start is None or asked is None or start <= activity.not_before + dt.timedelta(4):
        return said
    return f"{said} " + _("It is planned from %(day)s: it waits for other activities or for people.") % {
        "day": day(start)
    }


def working_day(start: dt.date, by: int) -> dt.date:
    """So many working days of the firm after (or before) a day."""
    firm = the_firm()
    step = dt.timedelta(1 if by > 0 else -1)
    found = start
    for _moved in range(abs(by)):
        found += step
        while weekday(found) not in firm.days or public_holidays(
            firm.country, firm.subdivision, found, found
        ):
            found += step
    return found


def _flags(engagement: Engagement, activities: Sequence[Activity]) -> list[Flag]:
    by_id = {a.pk: a for a in activities}
    end = _last(a.planned_finish for a in activities)
    standing = Expectation.objects.filter(
        engagement=engagement, kind=Expectation.Kind.TIME, restated_by=None, withdrawal=None
    )
    found = []
    for expectation in standing.select_related("target").order_by("date"):
        target = getattr(expectation, "target", None)
        about = by_id.get(target.activity_id) if target else None
        assert expectation.date is not None
        found.append(Flag(expectation, expectation.date, about, about.planned_finish if about else end))
    return found


def _bar(line: Line) -> dict[str, Any]:
    a = line.activity
    return {
        "id": a.pk,
        "name": a.name,
        "kind": a.kind,
        "start": a.planned_start,
        "finish": a.planned_finish,
        "p80": a.finish_p80,
        "done": float(a.done),
        "criticality": a.criticality,
        "notBefore": a.not_before,
        "who": ", ".join(str(x.role or x.member) for x in line.assignments),
        "address": reverse("planning:activity", args=[a.pk]),
        "remove": reverse("planning:remove", args=[a.pk]),
        "move": reverse("planning:move", args=[a.pk]),
    }


def _arrow(link: Link) -> dict[str, Any]:
    return {
        "id": link.pk,
        "source": link.source_id,
        "target": link.target_id,
        "kind": link.kind,
        "remove": reverse("planning:unlink", args=[link.pk]),
    }


def _load(found: Shown, first: dt.date, weeks: int) -> list[Row]:
    assigned = [a for line in found.lines for a in line.assignments]
    roles = {a.role for a in assigned if a.role}
    people = {a.member for a in assigned if a.member}
    ordered = sorted(roles, key=lambda role: role.name)
    return load_of(ordered, people, first, weeks) if assigned else []


def _strip(row: Row) -> dict[str, Any]:
    return {
        "name": row.name,
        "weeks": [
            {
                "week": cell.week,
                "booked": round(cell.booked, 1),
                "capacity": round(cell.capacity, 1),
                "over": round(cell.over, 1),
                "depth": cell.depth,
                "address": reverse("planning:booked", args=[row.key, cell.week.isoformat()]),
            }
            for cell in row.cells
        ],
    }


def _last(dates: Any) -> dt.date | None:
    return max((d for d in dates if d), default=None)
