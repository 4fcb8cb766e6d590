"""How many hours members can work on which day: their working days without absences and the holidays of their place."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from functools import lru_cache

import holidays

from accord.people.models import WEEK, Absence, Firm, Member


def holidays_of(country: str, subdivision: str, years: Iterable[int]) -> frozenset[dt.date]:
    """The public holidays of a place."""
    return frozenset(day for year in years for day in _holidays(country, subdivision, year))


def capacity_by_day(
    members: Sequence[Member], first: dt.date, last: dt.date
) -> dict[int, dict[dt.date, float]]:
    """Member's id -> day -> hours, for each day from first to last."""
    firm = Firm.objects.first() or Firm()
    away: dict[int, set[dt.date]] = {}
    for absence in Absence.objects.filter(member__in=members, first__lte=last, last__gte=first):
        days = days_between(max(first, absence.first), min(last, absence.last))
        away.setdefault(absence.member_id, set()).update(days)
    found = {}
    for member in members:
        free = free_days(member, firm, first, last) | away.get(member.pk, set())
        hours = float(member.hours_per_day)
        found[member.pk] = {day: 0.0 if day in free else hours for day in days_between(first, last)}
    return found


def free_days(member: Member, firm: Firm, first: dt.date, last: dt.date) -> set[dt.date]:
    """The days of the week on which a member does not work, and the holidays of the member's place."""
    country = member.country or firm.country
    subdivision = member.subdivision if member.country else firm.subdivision
    works = {WEEK.index(name) for name in member.workdays.split()}
    free = {day for day in days_between(first, last) if day.weekday() not in works}
    return free | holidays_of(country, subdivision, range(first.year, last.year + 1))


def days_between(first: dt.date, last: dt.date) -> list[dt.date]:
    """Both inclusive."""
    return [first + dt.timedelta(k) for k in range((last - first).days + 1)]


@lru_cache(maxsize=500)
def _holidays(country: str, subdivision: str, year: int) -> frozenset[dt.date]:
    try:
        return frozenset(holidays.country_holidays(country, subdiv=subdivision or None, years=year))
    except NotImplementedError:  # a place that the library does not know
        return frozenset()
