"""Who is booked for how many hours in which week: hard where the contract is signed, soft by its chance where not.

An activity's remaining hours are spread over the days on which its people can work between its planned start and
finish, less on the first and the last day where it takes only a part of them.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from django.db.models import Q, QuerySet, Sum

from accord.engagements.models import Engagement, Stage
from accord.engagements.queries import visible_to
from accord.people.calendars import days_between
from accord.people.models import Member, Role
from accord.people.queries import capacity_by_day
from accord.planning.models import Activity, Assignment

SIGNED = (Stage.CONTRACT, Stage.DELIVERY, Stage.CLOSING)
_WEEK = dt.timedelta(7)
_HOURS_OF_A_DAY = 8.0  # of somebody who is not known yet
_ROUNDING = 0.5  # hours that nobody misses


@dataclass(frozen=True, slots=True)
class Booking:
    """One assignment's hours in one week."""

    activity: Activity
    engagement: Engagement
    is_hard: bool
    chance: float
    hours: float

    @property
    def weighted(self) -> float:
        return self.hours if self.is_hard else self.hours * self.chance


@dataclass(slots=True)
class Cell:
    """Somebody's week."""

    week: dt.date  # its Monday
    capacity: float = 0.0
    bookings: list[Booking] = field(default_factory=list)

    @property
    def hard(self) -> float:
        return sum(b.hours for b in self.bookings if b.is_hard)

    @property
    def soft(self) -> float:
        """What is not signed, each by its chance."""
        return sum(b.weighted for b in self.bookings if not b.is_hard)

    @property
    def booked(self) -> float:
        return self.hard + self.soft

    @property
    def over(self) -> float:
        """Hours booked beyond what can be worked."""
        over = self.booked - self.capacity
        return over if over > _ROUNDING else 0.0

    @property
    def depth(self) -> int:
        """How full it is in tenths, for its colour."""
        if self.booked <= _ROUNDING:
            return 0
        return min(10, max(1, round(10 * self.booked / self.capacity))) if self.capacity else 10


@dataclass(slots=True)
class Row:
    """A role with all who have it, or a member."""

    key: str  # role-3 or member-7
    name: str
    role: Role | None
    member: Member | None
    cells: list[Cell]


@dataclass(frozen=True, slots=True)
class Filter:
    """What the load is narrowed to; it stands in the page's address."""

    first: dt.date  # a Monday
    weeks: int = 8
    role: int | None = None
    team: int | None = None

    @property
    def last(self) -> dt.date:
        return self.first + self.weeks * _WEEK - dt.timedelta(1)

    @property
    def mondays(self) -> list[dt.date]:
        return [self.first + k * _WEEK for k in range(self.weeks)]


def monday(day: dt.date) -> dt.date:
    return day - dt.timedelta(day.weekday())


def load(chosen: Filter) -> list[Row]:
    """Each role that has people or bookings, followed by its people; at the end people without a role."""
    members = list(_members(chosen))
    assignments = list(_assignments(chosen.first, chosen.last))
    asked = {a.role_id for a in assignments if a.role_id} | {m.role_id for m in members if m.role_id}
    roles = Role.objects.filter(pk__in=asked)
    if chosen.role:
        roles = roles.filter(pk=chosen.role)
    if chosen.team:
        roles = roles.filter(members__in=members).distinct()
    named = {a.member_id for a in assignments}
    shown = [m for m in members if m.role_id or m.pk in named]
    return _rows(list(roles), shown, assignments, chosen.mondays)


def load_of(roles: Iterable[Role], people: Iterable[Member], first: dt.date, weeks: int) -> list[Row]:
    """The load of these roles and members only, from all engagements."""
    chosen = Filter(monday(first), weeks)
    wanted_roles, wanted_people = list(roles), {member.pk for member in people}
    active = Member.objects.filter(is_active=True).select_related("role")
    members = list(active.filter(Q(role__in=wanted_roles) | Q(pk__in=wanted_people)))
    rows = _rows(wanted_roles, members, list(_assignments(chosen.first, chosen.last)), chosen.mondays)
    return [row for row in rows if row.member is None or row.member.pk in wanted_people]


def seen_by(member: Member, bookings: Iterable[Booking]) -> set[int]:
    """The engagements behind bookings that a member may see, by id."""
    behind = {booking.engagement.pk for booking in bookings}
    return set(visible_to(member).filter(pk__in=behind).values_list("pk", flat=True))


def _members(chosen: Filter) -> QuerySet[Member]:
    found = Member.objects.filter(is_active=True).select_related("role")
    if chosen.role:
        found = found.filter(role=chosen.role)
    if chosen.team:
        found = found.filter(team_places__team=chosen.team)
    return found


def _assignments(first: dt.date, last: dt.date) -> QuerySet[Assignment]:
    running = Assignment.objects.filter(
        activity__plan__engagement__outcome="",
        activity__planned_start__lte=last,
        activity__planned_finish__gte=first,
        activity__done__lt=1,
    ).exclude(activity__kind=Activity.Kind.MILESTONE)
    about = running.select_related("activity__plan__engagement")
    found: QuerySet[Assignment] = about.annotate(together=Sum("activity__assignments__units"))
    return found


def _rows(
    roles: Sequence[Role],
    members: Sequence[Member],
    assignments: Sequence[Assignment],
    mondays: Sequence[dt.date],
) -> list[Row]:
    spans = [(a.activity.planned_start, a.activity.planned_finish) for a in assignments]
    first = min([mondays[0], *(start for start, _ in spans if start)])
    last = max([mondays[-1] + _WEEK, *(finish for _, finish in spans if finish)])
    capacity = capacity_by_day(members, first, last)
    by_name: dict[int, list[Assignment]] = defaultdict(list)
    by_role: dict[int, list[Assignment]] = defaultdict(list)
    for assignment in assignments:
        if assignment.member_id:
            by_name[assignment.member_id].append(assignment)
        elif assignment.role_id:
            by_role[assignment.role_id].append(assignment)

    def of_member(member: Member) -> Row:
        own = capacity[member.pk]
        cells = _cells(mondays, own, by_name[member.pk], lambda day: own.get(day, 0.0))
        return Row(f"member-{member.pk}", member.name, member.role, member, cells)

    def of_role(role: Role, people: list[Row]) -> Row:
        together: dict[dt.date, float] = defaultdict(float)
        for person in people:
            assert person.member is not None
            for day, hours in capacity[person.member.pk].items():
                together[day] += hours
        cells = _cells(
            mondays, together, by_role[role.pk], lambda day: together.get(day, 0.0) if people else _usual(day)
        )
        for place, cell in enumerate(cells):
            for person in people:
                cell.bookings += person.cells[place].bookings
        return Row(f"role-{role.pk}", role.name, role, None, cells)

    rows: list[Row] = []
    for role in roles:
        people = [of_member(m) for m in members if m.role_id == role.pk]
        rows += [of_role(role, people), *people]
    shown = {role.pk for role in roles}
    return rows + [of_member(m) for m in members if m.role_id not in shown]


def _cells(
    mondays: Sequence[dt.date],
    capacity: dict[dt.date, float],
    assignments: Iterable[Assignment],
    works: Callable[[dt.date], float],
) -> list[Cell]:
    cells = {
        week: Cell(week, sum(capacity.get(week + dt.timedelta(k), 0.0) for k in range(7))) for week in mondays
    }
    for assignment in assignments:
        per_week: dict[dt.date, float] = defaultdict(float)
        for day, hours in _spread(assignment, works):
            per_week[monday(day)] += hours
        for week, hours in per_week.items():
            if week in cells and hours > 0:
                cells[week].bookings.append(_booking(assignment, hours))
    return list(cells.values())


def _booking(assignment: Assignment, hours: float) -> Booking:
    engagement = assignment.activity.plan.engagement
    hard = engagement.stage in SIGNED
    return Booking(assignment.activity, engagement, hard, engagement.win_probability / 100, hours)


def _spread(assignment: Assignment, works: Callable[[dt.date], float]) -> list[tuple[dt.date, float]]:
    """(day, hours) of one assignment."""
    activity = assignment.activity
    assert activity.planned_start is not None
    assert activity.planned_finish is not None
    days = [d for d in days_between(activity.planned_start, activity.planned_finish) if works(d) > 0]
    if not days:
        return []
    if activity.kind == Activity.Kind.DURATION:  # whoever waits with it is held all day
        each = float(assignment.units) * _HOURS_OF_A_DAY
        return [(day, min(each, works(day))) for day in days]
    left = float(activity.likely) * (1 - float(activity.done))
    share = float(assignment.units) / float(assignment.together)  # type: ignore[attr-defined]  # annotated
    weights = [1.0] * len(days)
    weights[0], weights[-1] = activity.first_share, activity.last_share
    return [(day, left * share * w / (sum(weights) or 1)) for day, w in zip(days, weights, strict=True)]


def _usual(day: dt.date) -> float:
    """The hours of somebody who is still to be found."""
    return _HOURS_OF_A_DAY if day.weekday() < 5 else 0.0
