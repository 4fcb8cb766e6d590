"""The firm's people as the engine's capacity: pools by role, members by name, when they are away, what an hour costs."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain

from accord.engine.plan import Absence, Calendar, Resource
from accord.people.models import WEEK, WORKDAYS, Firm, Member, Rate, Role
from accord.planning.checking.away import away_of, public_holidays

# Absences and holidays are known this far. Work beyond is scheduled as if nobody were away there.
HORIZON = dt.timedelta(days=3 * 366)


def role_id(pk: int) -> str:
    return f"r{pk}"


def member_id(pk: int) -> str:
    return f"m{pk}"


@dataclass(frozen=True, slots=True)
class Capacity:
    """Everybody who can work, and the firm's calendar."""

    members: tuple[Resource, ...]
    calendar: Calendar
    currency: str
    names: dict[str, str]  # of roles and members, by the engine's ids
    role_rates: dict[str, float]  # money per hour
    there: Counter[str]  # members by role

    def pool(self, role: str, units: float) -> Resource:
        """People of a role without names, who cost what the role costs."""
        return Resource(role, units, self.role_rates.get(role, 0.0), self.calendar.hours_per_day)


def capacity(start: dt.date, assigned: Iterable[int]) -> Capacity:
    """Active members who have a role, or who are assigned by name; a constant number of queries."""
    firm = Firm.objects.first() or Firm()
    wanted = set(assigned)
    active = Member.objects.filter(is_active=True).select_related("role").order_by("pk")
    members = [m for m in active if m.role_id is not None or m.pk in wanted]
    rates = _Rates(start)
    roles = {role_id(role.pk): role.name for role in Role.objects.all()}
    away = away_of(members, start, start + HORIZON)
    return Capacity(
        members=tuple(_resource(m, start, rates, away[m.pk]) for m in members),
        calendar=_calendar(firm, start),
        currency=firm.currency,
        names=roles | {member_id(m.pk): m.name for m in members},
        role_rates={role: rates.of_role(int(role[1:])) for role in roles},
        there=Counter(role_id(m.role_id) for m in members if m.role_id is not None),
    )


def _calendar(firm: Firm, start: dt.date) -> Calendar:
    """The firm's week; its holidays as days on which nothing goes on, not even waiting times."""
    days = frozenset(WEEK.index(day) for day in WORKDAYS.split())
    closed = public_holidays(firm.country, firm.subdivision, start, start + HORIZON)
    return Calendar(float(firm.hours_per_day), days, frozenset(closed))


def _resource(m: Member, start: dt.date, rates: _Rates, away: list[tuple[dt.date, dt.date]]) -> Resource:
    stretches = _merged(chain(away, _free_days(m, start)))
    return Resource(
        id=member_id(m.pk),
        cost_rate=rates.of(m),
        hours_per_day=float(m.hours_per_day),
        named=m.role_id is not None or bool(stretches),
        role=role_id(m.role_id) if m.role_id is not None else None,
        away=tuple(Absence(first, last) for first, last in stretches),
    )


def _free_days(m: Member, start: dt.date) -> Iterable[tuple[dt.date, dt.date]]:
    """The firm's working days on which this member never works."""
    free = {WEEK.index(day) for day in WORKDAYS.split()} - {WEEK.index(day) for day in m.workdays.split()}
    if not free:
        return
    for k in range(HORIZON.days + 1):
        day = start + dt.timedelta(k)
        if day.weekday() in free:
            yield day, day


def _merged(stretches: Iterable[tuple[dt.date, dt.date]]) -> list[tuple[dt.date, dt.date]]:
    """Disjoint and ascending; days that follow each other become one stretch."""
    found: list[tuple[dt.date, dt.date]] = []
    for first, last in sorted(stretches):
        if found and first <= found[-1][1] + dt.timedelta(1):
            found[-1] = (found[-1][0], max(found[-1][1], last))
        else:
            found.append((first, last))
    return found


class _Rates:
    """What an hour costs on the day of the check: a member's own rate, else the role's. The engine knows one rate each."""

    def __init__(self, on: dt.date) -> None:
        self.by_member: dict[int, float] = {}
        self.by_role: dict[int, float] = {}
        for rate in Rate.objects.filter(valid_from__lte=on).order_by("-valid_from"):
            if rate.member_id is not None:
                self.by_member.setdefault(rate.member_id, float(rate.cost))
            elif rate.role_id is not None:
                self.by_role.setdefault(rate.role_id, float(rate.cost))

    def of(self, m: Member) -> float:
        own = self.by_member.get(m.pk)
        return own if own is not None else self.of_role(m.role_id)

    def of_role(self, role: int | None) -> float:
        return self.by_role.get(role, 0.0) if role is not None else 0.0
