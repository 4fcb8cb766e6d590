"""Working days and hours of people: pure functions on plain values."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator

from accord.people.models import WEEK

Span = tuple[dt.date, dt.date]  # both ends inclusive


def days_between(first: dt.date, last: dt.date) -> Iterator[dt.date]:
    for k in range((last - first).days + 1):
        yield first + dt.timedelta(k)


def weekday(day: dt.date) -> str:
    return WEEK[day.weekday()]


def merged(days: Iterable[dt.date]) -> list[Span]:
    """Single days as spans, in order; days that follow each other become one."""
    spans: list[Span] = []
    for day in sorted(set(days)):
        if spans and day - spans[-1][1] == dt.timedelta(1):
            spans[-1] = (spans[-1][0], day)
        else:
            spans.append((day, day))
    return spans
