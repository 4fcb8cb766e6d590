"""On which days members do not work: their absences and the public holidays of their place."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import lru_cache

import holidays

from accord.people.models import Absence, Firm, Member

Days = list[tuple[dt.date, dt.date]]


def away_of(members: Sequence[Member], first: dt.date, last: dt.date) -> dict[int, Days]:
    """For each member the days away from first to last, both inclusive, in one or two queries for all."""
    firm = Firm.objects.first()
    found: dict[int, Days] = {}
    for m in members:
        country = m.country or (firm.country if firm else "")
        subdivision = m.subdivision if m.country else (firm.subdivision if firm else "")
        found[m.pk] = [(day, day) for day in public_holidays(country, subdivision, first, last)]
    absences = Absence.objects.filter(member__in=members, last__gte=first, first__lte=last)
    for member_id, begin, end in absences.values_list("member_id", "first", "last"):
        found[member_id].append((max(begin, first), min(end, last)))
    return {pk: sorted(days) for pk, days in found.items()}


@lru_cache(maxsize=200)
def public_holidays(country: str, subdivision: str, first: dt.date, last: dt.date) -> tuple[dt.date, ...]:
    """Ascending; none for a place that the library does not know."""
    years = range(first.year, last.year + 1)
    try:
        known = holidays.country_holidays(country, subdiv=subdivision or None, years=years)
    except NotImplementedError:
        return ()
    return tuple(sorted(day for day in known if first <= day <= last))
