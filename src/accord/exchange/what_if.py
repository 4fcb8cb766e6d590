"""Portfolios as they would be: one more engagement, one less, another promise. Nothing changes in place."""

from __future__ import annotations

import calendar
import datetime as dt
import difflib
import math
from collections.abc import Iterator, Sequence
from dataclasses import replace

from accord.engine.plan import Absence, Engagement, Portfolio, Promise, PromiseKind, Resource
from accord.exchange.problems import InputError, Problem
from accord.exchange.wording import listed

LAST_YEAR = 2200
_NAMED_AT_MOST = 12


def with_engagements_of(
    portfolio: Portfolio, other: Portfolio, source: str, first: str = "the first file"
) -> Portfolio:
    """The portfolio had the other file's engagements been signed too.

    Start, confidence, samples and seed stay the first file's: before and after compare like with like.
    """
    problems = [*_general_clashes(portfolio, other, first), *_capacity_clashes(portfolio, other, first)]
    known = {e.id for e in portfolio.engagements}
    problems += [
        Problem(f"the engagement {e.id!r} is in {first} too: the same id in both files", "engagements")
        for e in other.engagements
        if e.id in known
    ]
    if problems:
        raise InputError(source, problems)
    have = {r.id for r in portfolio.capacity}
    added = tuple(e if e.start else replace(e, start=other.start) for e in other.engagements)
    return replace(
        portfolio,
        engagements=portfolio.engagements + added,
        capacity=portfolio.capacity + tuple(r for r in other.capacity if r.id not in have),
    )


def without_engagements(portfolio: Portfolio, ids: Sequence[str], source: str) -> Portfolio:
    """The portfolio had these engagements never been signed; at least one has to be left."""
    known = [e.id for e in portfolio.engagements]
    unknown = [i for i in ids if i not in known]
    if unknown:
        raise InputError(source, [Problem(f"--without: {_unknown('engagement', i, known)}") for i in unknown])
    for engagement_id in ids:
        portfolio = portfolio.without(engagement_id)
    if not portfolio.engagements:
        raise InputError(source, [Problem("--without: no engagement would be left to check")])
    return portfolio


def with_promises(portfolio: Portfolio, options: Sequence[str], source: str) -> Portfolio:
    """Add promises given as `finish=DATE`, `cost=AMOUNT`, `margin=SHARE` or `ACTIVITY=DATE`.

    A promise of the same name that the file holds is replaced: what if we promised this instead?
    """
    if not options:
        return portfolio
    if len(portfolio.engagements) != 1:
        count = len(portfolio.engagements)
        message = f"--promise needs a file with exactly one engagement, this one has {count}"
        raise InputError(source, [Problem(message)])
    engagement = portfolio.engagements[0]
    problems: list[Problem] = []
    promises = {p.id: p for p in engagement.promises}
    for option in options:
        try:
            promise = _promise(option, engagement)
        except ValueError as error:
            problems.append(Problem(f"--promise {option}: {error}"))
        else:
            promises[promise.id] = promise
    if problems:
        raise InputError(source, problems)
    return replace(portfolio, engagements=(replace(engagement, promises=tuple(promises.values())),))


def _general_clashes(portfolio: Portfolio, other: Portfolio, first: str) -> list[Problem]:
    ours, theirs = portfolio.calendar, other.calendar
    pairs = {
        "currency": (other.currency, portfolio.currency),
        "calendar.hours_per_day": (f"{theirs.hours_per_day:g}", f"{ours.hours_per_day:g}"),
        "calendar.workdays": (_weekdays(theirs.workdays), _weekdays(ours.workdays)),
        "calendar.holidays": _differing(theirs.holidays, ours.holidays),
    }
    return [
        Problem(f"{here} here, {there} in {first}", path)
        for path, (here, there) in pairs.items()
        if here != there
    ]


def _weekdays(days: frozenset[int]) -> str:
    return ", ".join(calendar.day_abbr[day].lower() for day in sorted(days))


def _differing(here: frozenset[dt.date], there: frozenset[dt.date]) -> tuple[str, str]:
    """The dates that only one of two calendars has."""

    def told(dates: frozenset[dt.date]) -> str:
        return listed([date.isoformat() for date in sorted(dates)]) or "none of them"

    return (told(here - there), told(there - here)) if here != there else ("", "")


def _capacity_clashes(portfolio: Portfolio, other: Portfolio, first: str) -> list[Problem]:
    ours = {r.id: r for r in portfolio.capacity}
    return [
        Problem(f"{r.id!r}: {field} is {here} here, {there} in {first}", "capacity")
        for r in other.capacity
        if r.id in ours
        for field, here, there in _contradictions(r, ours[r.id])
    ]


def _contradictions(here: Resource, there: Resource) -> Iterator[tuple[str, str, str]]:
    for field in ("units", "cost_rate", "hours_per_day", "role", "away"):
        values = getattr(here, field), getattr(there, field)
        if values[0] != values[1]:
            yield field, _described(values[0]), _described(values[1])


def _described(value: float | str | tuple[Absence, ...] | None) -> str:
    if isinstance(value, tuple):
        return listed([f"{a.start} to {a.end}" for a in value]) or "never"
    return "nothing" if value is None else f"{value:g}" if isinstance(value, float | int) else repr(value)


def _promise(option: str, engagement: Engagement) -> Promise:
    name, equals, value = (part.strip() for part in option.rpartition("="))
    if not equals or not name or not value:
        raise ValueError("expected NAME=VALUE, for example finish=2027-06-30 or cost=95000")
    if name == "finish":
        return Promise(name, PromiseKind.DATE, date=_date(value))
    if name == "cost":
        return Promise(name, PromiseKind.COST, amount=_amount(value, low=0.0))
    if name == "margin":
        if engagement.price is None:
            raise ValueError(f"a margin needs a price, and {engagement.id!r} has none")
        return Promise(name, PromiseKind.MARGIN, amount=_amount(value, high=1.0))
    known = [a.id for a in engagement.activities]
    if name not in known:
        raise ValueError(_unknown("activity", name, known) + "; or finish, cost, margin")
    return Promise(name, PromiseKind.DATE, date=_date(value), of=name)


def _date(value: str) -> dt.date:
    try:
        date = dt.date.fromisoformat(value)
    except ValueError:
        raise ValueError(f"{value!r} is no date; write it like 2027-06-30") from None
    if date.year > LAST_YEAR:
        raise ValueError(f"dates end with the year {LAST_YEAR}")
    return date


def _amount(value: str, low: float = -math.inf, high: float = math.inf) -> float:
    try:
        amount = float(value)
    except ValueError:
        raise ValueError(f"{value!r} is no number; write it like 95000 or 0.3") from None
    if not math.isfinite(amount) or not low <= amount <= high:
        raise ValueError(f"{value} is out of bounds; " + ("at most 1" if high == 1.0 else "at least 0"))
    return amount


def _unknown(kind: str, name: str, known: Sequence[str]) -> str:
    close = difflib.get_close_matches(name, known, n=1)
    if close:
        return f"no {kind} {name!r}; did you mean {close[0]!r}?"
    listed = ", ".join(known[:_NAMED_AT_MOST]) + (", …" if len(known) > _NAMED_AT_MOST else "")
    return f"no {kind} {name!r}; known are: {listed}"
