"""Who is booked for how many hours in which week: hard where the contract is signed, soft by its chance where not.

An activity's remaining hours are spread over the days on which its people can work between its planned start and
finish, less on the first and the last day where it takes only a part of them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db.models import F, FloatField, OuterRef, Q, QuerySet, Subquery, Sum, TextField
from django.db.models.functions import Cast
from numpy.typing import NDArray

from accord.engagements.models import Engagement
from accord.engagements.queries import visible_to
from accord.engagements.rules import SIGNED
from accord.people.models import Member, Role
from accord.people.queries import Hours, hours_by_day
from accord.planning.models import Activity, Assignment

Chosen = NDArray[np.bool_]
Places = NDArray[np.int64]
_SIGNED = frozenset(stage.value for stage in SIGNED)
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


@dataclass(frozen=True, slots=True)
class Cell:
    """Somebody's week, in hours."""

    week: dt.date  # its Monday
    capacity: float = 0.0
    hard: float = 0.0
    soft: float = 0.0  # what is not signed, each by its chance

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
    work = _Work(_running(chosen.first, chosen.last), is_all=True)
    asked = work.roles | {m.role_id for m in members if m.role_id}
    roles = Role.objects.filter(pk__in=asked)
    if chosen.role:
        roles = roles.filter(pk=chosen.role)
    if chosen.team:
        roles = roles.filter(members__in=members).distinct()
    shown = [m for m in members if m.role_id or m.pk in work.members]
    return _Weeks(work, shown, chosen.mondays).rows(list(roles))


def load_of(roles: Iterable[Role], people: Iterable[Member], first: dt.date, weeks: int) -> list[Row]:
    """The load of these roles and members only, from all engagements."""
    found, wanted = _weeks_of(roles, people, Filter(monday(first), weeks))
    return [row for row in found.rows(list(roles)) if row.member is None or row.member.pk in wanted]


def booked(about: Role | Member, week: dt.date) -> tuple[Cell, list[Booking]]:
    """The week of a role or member, and what they are booked for, the most hours first."""
    roles, people = ([about], []) if isinstance(about, Role) else ([], [about])
    found, _wanted = _weeks_of(roles, people, Filter(monday(week), 1))
    rows = found.rows(roles)
    hours = found.hours_of([m for m in found.members if roles or m.pk == about.pk], roles)
    behind = Activity.objects.select_related("plan__engagement").in_bulk({key for key, _ in hours})
    bookings = [_booking(behind[key], each) for key, each in hours]
    cell = next((row.cells[0] for row in rows if roles or row.member == about), Cell(monday(week)))
    return cell, sorted(bookings, key=lambda booking: -booking.weighted)


def _weeks_of(roles: Iterable[Role], people: Iterable[Member], chosen: Filter) -> tuple[_Weeks, set[int]]:
    wanted = {member.pk for member in people}
    active = Member.objects.filter(is_active=True).select_related("role")
    members = list(active.filter(Q(role__in=list(roles)) | Q(pk__in=wanted)))
    theirs = Q(role__in=list(roles)) | Q(member__in=[m.pk for m in members])
    work = _Work(_running(chosen.first, chosen.last).filter(theirs), is_all=False)
    return _Weeks(work, members, chosen.mondays), wanted


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


def _running(first: dt.date, last: dt.date) -> QuerySet[Assignment]:
    """Work that is not complete and planned in these days."""
    found: QuerySet[Assignment] = Assignment.objects.filter(
        activity__plan__engagement__outcome="",
        activity__planned_start__lte=last,
        activity__planned_finish__gte=first,
        activity__done__lt=1,
    ).exclude(activity__kind=Activity.Kind.MILESTONE)
    return found


class _Work:
    """Assignments as columns: there may be many thousands of them."""

    def __init__(self, assignments: QuerySet[Assignment], is_all: bool) -> None:
        """`is_all`: these are all assignments of their activities, so that their sum need not be asked for."""
        left = F("activity__likely") * (1 - F("activity__done")) * F("units")
        all_of_it = Assignment.objects.filter(activity=OuterRef("activity")).order_by().values("activity")
        together = F("units") if is_all else Subquery(all_of_it.annotate(all=Sum("units")).values("all"))
        rows = assignments.order_by().values_list(
            "activity_id", "role_id", "member_id", _number(F("units")), _number(together), _number(left),
            "activity__kind", _text("activity__planned_start"), _text("activity__planned_finish"),
            "activity__first_share", "activity__last_share",
            "activity__plan__engagement__stage", "activity__plan__engagement__win_probability",
        )  # fmt: skip
        columns = list(zip(*rows, strict=True)) or [()] * 13
        self.activity, self.role, self.member = (_keys(c) for c in columns[:3])
        units, shared, left_ = (np.array(c, dtype=float) for c in columns[3:6])
        if is_all:
            _, which = np.unique(self.activity, return_inverse=True)
            shared = np.bincount(which, shared)[which]
        self.hours = left_ / np.where(shared > 0, shared, 1.0)
        self.held = units * _HOURS_OF_A_DAY  # on each day, by whoever waits with it
        self.waits = np.array([kind == Activity.Kind.DURATION for kind in columns[6]], dtype=bool)
        self.start, self.finish = (_ordinals(c) for c in columns[7:9])
        self.first_share, self.last_share = (np.array(c, dtype=float) for c in columns[9:11])
        self.hard = np.array([stage in _SIGNED for stage in columns[11]], dtype=bool)
        self.weight = np.where(self.hard, 1.0, np.array(columns[12], dtype=float) / 100)
        self.roles, self.members = set(self.role.tolist()) - {0}, set(self.member.tolist()) - {0}


class _Weeks:
    """Members and what they and their roles are booked for in each week."""

    def __init__(self, work: _Work, members: Sequence[Member], mondays: Sequence[dt.date]) -> None:
        self.work, self.members, self.mondays = work, members, mondays
        self.first = int(work.start.min(initial=mondays[0].toordinal()))
        last = int(work.finish.max(initial=(mondays[-1] + _WEEK).toordinal()))
        self.days = last - self.first + 1
        begin, end = dt.date.fromordinal(self.first), dt.date.fromordinal(last)
        self.own = hours_by_day(members, begin, end)
        self.week_at = np.array([m.toordinal() - self.first for m in mondays])

    def rows(self, roles: Sequence[Role]) -> list[Row]:
        found: list[Row] = []
        for role in roles:
            people = [self._of_member(m) for m in self.members if m.role_id == role.pk]
            found += [self._of_role(role, people), *people]
        shown = {role.pk for role in roles}
        return found + [self._of_member(m) for m in self.members if m.role_id not in shown]

    def hours_of(self, members: Sequence[Member], roles: Sequence[Role]) -> list[tuple[int, float]]:
        """(activity, hours) of everything that is booked in the first week."""
        found: list[tuple[int, float]] = []
        for chosen, works in [
            *((self.work.member == m.pk, self.own[m.pk]) for m in members),
            *((self.work.role == r.pk, self._together(r)) for r in roles),
        ]:
            places, hours = self._spread(chosen, works)
            found += [
                (int(self.work.activity[k]), float(h))
                for k, h in zip(places, hours[:, 0], strict=True)
                if h > 0
            ]
        return found

    def _of_member(self, member: Member) -> Row:
        own = self.own[member.pk]
        hard, soft = self._booked(self.work.member == member.pk, own)
        cells = self._cells(own, hard, soft)
        return Row(f"member-{member.pk}", member.name, member.role, member, cells)

    def _of_role(self, role: Role, people: Sequence[Row]) -> Row:
        """What is given to the role, and to its people by name."""
        able = self._capacity_of(role)
        hard, soft = self._booked(self.work.role == role.pk, self._together(role))
        for person in people:
            hard += [cell.hard for cell in person.cells]
            soft += [cell.soft for cell in person.cells]
        return Row(f"role-{role.pk}", role.name, role, None, self._cells(able, hard, soft))

    def _capacity_of(self, role: Role) -> Hours:
        theirs = [self.own[m.pk] for m in self.members if m.role_id == role.pk]
        return np.sum(theirs, axis=0) if theirs else np.zeros(self.days)

    def _together(self, role: Role) -> Hours:
        """The hours in which a role's work can be done: the usual ones of somebody who is still to be found."""
        if any(m.role_id == role.pk for m in self.members):
            return self._capacity_of(role)
        weekday = (np.arange(self.days) + self.first - 1) % 7  # the first day of all was a Monday
        return np.where(weekday < 5, _HOURS_OF_A_DAY, 0.0)

    def _cells(self, able: Hours, hard: Hours, soft: Hours) -> list[Cell]:
        capacity = self._by_week(able)
        values = zip(self.mondays, capacity.tolist(), hard.tolist(), soft.tolist(), strict=True)
        return [Cell(*each) for each in values]

    def _booked(self, chosen: Chosen, works: Hours) -> tuple[Hours, Hours]:
        """Hard and soft hours by week."""
        places, hours = self._spread(chosen, works)
        hours *= self.work.weight[places][:, None]
        hard = self.work.hard[places]
        return hours[hard].sum(axis=0), hours[~hard].sum(axis=0)

    def _spread(self, chosen: Chosen, works: Hours) -> tuple[Places, Hours]:
        """Which assignments, and the hours of each in each week."""
        work, places = self.work, np.flatnonzero(chosen)
        if not len(places):
            return places, np.zeros((0, len(self.week_at)))
        before = np.append(0, np.cumsum(works > 0))  # working days before each day
        start, finish = work.start[places] - self.first, work.finish[places] - self.first
        from_, to = before[start][:, None], before[finish + 1][:, None]
        # Working days by number: those of each week that lie in from_ .. to, the first and last only in part.
        low = np.clip(before[self.week_at][None, :], from_, to)
        high = np.clip(before[self.week_at + 7][None, :], from_, to)
        days = (high - low).astype(float)
        count = (to - from_)[:, 0]
        first, last = work.first_share[places], work.last_share[places]
        holds_last = (low < to) & (high == to)
        days -= np.where((low == from_) & (high > from_) & (to - from_ > 1), 1 - first[:, None], 0.0)
        days -= np.where(holds_last, 1 - last[:, None], 0.0)
        total = np.where(count > 1, count - 2 + first + last, last)
        each = np.where(count > 0, work.hours[places] / np.where(total > 0, total, 1.0), 0.0)
        hours = days * each[:, None]
        for k in np.flatnonzero(work.waits[places]):
            hours[k] = self._held(work.held[places[k]], start[k], finish[k], works)
        return places, hours

    def _held(self, most: float, start: int, finish: int, works: Hours) -> Hours:
        """Whoever waits with something is held all day."""
        taken = np.zeros(self.days)
        taken[start : finish + 1] = np.minimum(most, works[start : finish + 1])
        return self._by_week(taken)

    def _by_week(self, days: Hours) -> Hours:
        until = np.append(0.0, np.cumsum(days))
        found: Hours = until[self.week_at + 7] - until[self.week_at]
        return found


def _number(decimal: Any) -> Cast:
    """A decimal as a plain number, which is read much faster."""
    return Cast(decimal, FloatField())


def _text(name: str) -> Cast:
    return Cast(name, TextField())


def _ordinals(days: Sequence[str]) -> Places:
    return np.array(days, dtype="datetime64[D]").astype(np.int64) + dt.date(1970, 1, 1).toordinal()


def _keys(keys: Sequence[int | None]) -> Places:
    return np.array([key or 0 for key in keys], dtype=np.int64)


def _booking(activity: Activity, hours: float) -> Booking:
    engagement = activity.plan.engagement
    hard = engagement.stage in SIGNED
    return Booking(activity, engagement, hard, engagement.win_probability / 100, hours)
