"""The firm's people as the engine's capacity: pools by role, members by name, when they are away, what an hour costs."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from accord.engine.plan import Absence, Calendar, Resource
from accord.people.calendars import Span
from accord.people.models import WEEK, Firm, Member, Role
from accord.people.places import public_holidays
from accord.people.queries import Hourly, Rates, away_of, rates_at, the_firm

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
    firm = the_firm()
    wanted = set(assigned)
    active = Member.objects.filter(is_active=True).select_related("role").order_by("pk")
    members = [m for m in active if m.role_id is not None or m.pk in wanted]
    rates = rates_at(start)
    roles = {role_id(role.pk): role.name for role in Role.objects.all()}
    away = away_of(members, start, start + HORIZON)
    return Capacity(
        members=tuple(_resource(m, rates, away[m.pk]) for m in members),
        calendar=_calendar(firm, start),
        currency=firm.currency,
        names=roles | {member_id(m.pk): m.name for m in members},
        role_rates={role: _cost(rates.of_role(int(role[1:]))) for role in roles},
        there=Counter(role_id(m.role_id) for m in members if m.role_id is not None),
    )


def _calendar(firm: Firm, start: dt.date) -> Calendar:
    """The firm's week; its holidays as days on which nothing goes on, not even waiting times."""
    days = frozenset(WEEK.index(day) for day in firm.days)
    closed = public_holidays(firm.country, firm.subdivision, start, start + HORIZON)
    return Calendar(float(firm.hours_per_day), days, frozenset(closed))


def _resource(m: Member, rates: Rates, away: Sequence[Span]) -> Resource:
    return Resource(
        id=member_id(m.pk),
        cost_rate=_cost(rates.of_member(m)),
        hours_per_day=float(m.hours_per_day),
        named=m.role_id is not None or bool(away),
        role=role_id(m.role_id) if m.role_id is not None else None,
        away=tuple(Absence(first, last) for first, last in away),
    )


def _cost(hourly: Hourly | None) -> float:
    """What an hour costs; the engine knows one rate for all the time, so it is the one of the day of the check."""
    return float(hourly.cost) if hourly is not None else 0.0
