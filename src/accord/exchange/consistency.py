"""What takes more than one value of an engagement file to see: references, order of three points, cycles, enough people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from difflib import get_close_matches
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING

from accord.engine.calendar import NoWorkingDays, WorkingCalendar
from accord.engine.network import CODES, CyclicNetwork, Network
from accord.engine.plan import Portfolio
from accord.exchange.problems import Message
from accord.exchange.wording import count, short

if TYPE_CHECKING:
    from accord.exchange.engagement_file import (
        ActivityModel,
        EngagementFile,
        EngagementModel,
        PointsModel,
        RiskModel,
    )

Place = tuple[str | int, ...]
Found = tuple[Place, Message]

MOST_ACTIVITIES = 100_000
MOST_LINKS = 1_000_000
MOST_WORK = 100_000_000  # activities times samples
LONGEST_DAYS = 20_000
WIDEST_LOGNORMAL = 10_000  # high divided by low: what is wider is no estimate, and its mean no number
_NAMED_AT_MOST = 8
_COMPARED_AT_MOST = 1_000


def problems_of(file: EngagementFile, portfolio: Portfolio) -> list[Found]:
    """Everything that is inconsistent, with its place."""
    people = _People(portfolio)
    return [
        *_sizes(file),
        *_calendar(portfolio),
        *_capacity(file),
        *(
            found
            for k, e in enumerate(file.engagements)
            for found in _engagement(("engagements", k), e, people)
        ),
    ]


def _sizes(file: EngagementFile) -> Iterator[Found]:
    activities = sum(len(e.activities) for e in file.engagements)
    links = sum(len(a.after) for e in file.engagements for a in e.activities)
    if activities > MOST_ACTIVITIES:
        yield ("engagements",), f"{activities:,} activities in all; a file holds at most {MOST_ACTIVITIES:,}"
    elif activities * file.samples > MOST_WORK:
        most = MOST_WORK // activities
        yield (
            ("samples",),
            f"{activities:,} activities times {file.samples:,} samples is too much; lower samples to {most:,}",
        )
    if links > MOST_LINKS:
        yield ("engagements",), f"{links:,} links in all; a file holds at most {MOST_LINKS:,}"
    yield from _twice((("engagements", k), e.id) for k, e in enumerate(file.engagements))


def _calendar(portfolio: Portfolio) -> Iterator[Found]:
    try:
        WorkingCalendar(portfolio.start, portfolio.calendar)
    except NoWorkingDays as none:
        yield ("calendar",), str(none)


def _capacity(file: EngagementFile) -> Iterator[Found]:
    yield from _twice((("capacity", k), c.id) for k, c in enumerate(file.capacity))
    named = {c.id for c in file.capacity if c.is_named}
    for k, c in enumerate(file.capacity):
        place: Place = ("capacity", k)
        if c.units is not None and c.role is not None:
            yield (*place, "units"), "a named member (with a role) is one person: leave out units"
        elif c.units is not None and c.units != 1 and c.away:
            yield (
                (*place, "away"),
                "only a named member can be away: leave out units, or list the members one by one",
            )
        if c.role in named:
            yield (*place, "role"), f"“{c.role}” is a named member, not a role"
        for j, a in enumerate(c.away):
            if a.to < a.from_:
                yield (*place, "away", j, "to"), f"{a.to} is before {a.from_}"


def _engagement(place: Place, e: EngagementModel, people: _People) -> Iterator[Found]:
    for name, things in (("activities", e.activities), ("risks", e.risks), ("promises", e.promises)):
        yield from _twice(((*place, name, k), thing.id) for k, thing in enumerate(things))  # type: ignore[attr-defined]
    by_id = {a.id: a for a in e.activities}
    known = list(by_id)
    for k, a in enumerate(e.activities):
        yield from _activity((*place, "activities", k), a, by_id, known, people)
    for k, r in enumerate(e.risks):
        yield from _risk((*place, "risks", k), r, by_id, known)
    for k, p in enumerate(e.promises):
        at: Place = (*place, "promises", k)
        if sum(value is not None for value in (p.date, p.cost, p.margin)) != 1:
            yield at, "a promise has exactly one of date, cost and margin"
        if p.of is not None and p.date is None:
            yield (*at, "of"), "only a date can be promised of one activity"
        if p.margin is not None and e.price is None:
            yield (*at, "margin"), "a margin needs the engagement's price"
        if p.of is not None and p.of not in by_id:
            yield (*at, "of"), unknown(p.of, "activity", known)
    yield from _cycle(place, e)


def _activity(
    place: Place, a: ActivityModel, by_id: dict[str, ActivityModel], known: Sequence[str], people: _People
) -> Iterator[Found]:
    if sum(value is not None for value in (a.effort, a.duration, a.milestone)) != 1:
        yield place, "an activity has exactly one of effort, duration and milestone"
    if a.milestone and a.needs:
        yield (*place, "needs"), "a milestone takes no work, so it needs nobody"
    if a.effort is not None and not a.needs:
        yield place, "effort needs somebody to do it: add needs, or give a duration"
    yield from _points((*place, "effort"), a.effort)
    yield from _points((*place, "duration"), a.duration, LONGEST_DAYS)
    yield from people.needs((*place, "needs"), a)
    seen = set()
    for k, link in enumerate(a.after):
        at: Place = (*place, "after", k)
        if link.id == a.id:
            yield at, "an activity cannot come after itself"
        elif link.id not in by_id:
            yield at, unknown(link.id, "activity", known)
        if (link.id, link.link) in seen:
            yield at, f"the {link.link} link to “{link.id}” stands here a second time"
        seen.add((link.id, link.link))


def _points(place: Place, points: PointsModel | None, longest: float | None = None) -> Iterator[Found]:
    if points is None:
        return
    if points.likely < points.low:
        yield (*place, "likely"), f"{points.likely:g} is less than low ({points.low:g})"
    if points.high < points.likely:
        yield (*place, "high"), f"{points.high:g} is less than likely ({points.likely:g})"
    if points.distribution == "lognormal" and points.range != "p10-p90":
        yield (*place, "range"), "lognormal has no smallest and largest value: write range: p10-p90"
    if points.distribution == "lognormal" and points.low <= 0:
        yield (*place, "low"), f"{points.low:g} found; must be more than 0 for lognormal"
    elif points.distribution == "lognormal" and points.high > WIDEST_LOGNORMAL * points.low:
        yield (
            (*place, "high"),
            f"{points.high:g} found; for lognormal at most {WIDEST_LOGNORMAL:,} times low ({points.low:g})",
        )
    if longest is not None and points.high > longest:
        yield (*place, "high"), f"{points.high:g} found; must be at most {longest:,} working days"


class _People:
    """How many of whom there are."""

    def __init__(self, portfolio: Portfolio) -> None:
        self.resources = {r.id: r for r in portfolio.capacity}
        members = Counter(r.role for r in portfolio.capacity if r.role is not None)
        self.there = {r.id: 1 if r.named else r.units + members[r.id] for r in portfolio.capacity}
        self.known = list(self.there)

    def needs(self, place: Place, a: ActivityModel) -> Iterator[Found]:
        seen: set[str] = set()
        by_name: Counter[str] = Counter()
        for need in a.needs:
            resource = self.resources.get(need.of)
            if resource is not None and resource.role is not None:
                by_name[resource.role] += need.units  # type: ignore[assignment]
        for k, need in enumerate(a.needs):
            if need.of not in self.there:
                yield (*place, k, "of"), unknown(need.of, "capacity", self.known)
                continue
            if need.of in seen:
                yield (*place, k, "of"), f"“{need.of}” is needed a second time: add the units up"
            seen.add(need.of)
            there = self.there[need.of] - by_name[need.of]
            if need.units > there + 1e-9:
                needed, has = count(need.units, "unit"), count(there, "unit")
                yield (*place, k), f"takes {needed} of “{need.of}”, which has {has}"


def _risk(
    place: Place, r: RiskModel, by_id: dict[str, ActivityModel], known: Sequence[str]
) -> Iterator[Found]:
    yield from _points((*place, "effort"), r.effort)
    yield from _points((*place, "duration"), r.duration, LONGEST_DAYS)
    if r.effort is not None and r.duration is not None:
        yield place, "a risk adds effort or a duration, not both"
    if r.effort is None and r.duration is None and not r.cost:
        yield place, "a risk adds effort, a duration or a cost"
    if r.on is None:
        if r.effort is not None or r.duration is not None:
            yield place, "on is missing: which activity does it lengthen?"
        return
    hit = by_id.get(r.on)
    if hit is None:
        yield (*place, "on"), unknown(r.on, "activity", known)
    elif hit.milestone and (r.effort or r.duration):
        yield (
            (*place, "on"),
            f"“{r.on}” is a milestone, which takes no time: put the risk on the work before it",
        )
    elif r.effort is not None and not hit.needs:
        yield (*place, "effort"), f"“{r.on}” needs nobody who could do more work: give a duration"


def _cycle(place: Place, e: EngagementModel) -> Iterator[Found]:
    position = {a.id: k for k, a in enumerate(e.activities)}
    links = [
        (position[link.id], k, CODES[link.link], link.lag)  # type: ignore[index]
        for k, a in enumerate(e.activities)
        for link in a.after
        if link.id in position and link.id != a.id
    ]
    try:
        Network.of(len(e.activities), links)
    except CyclicNetwork as cycle:
        ids = [e.activities[k].id for k in cycle.members]
        shown = " → ".join([*ids[:_NAMED_AT_MOST], *(["…"] if len(ids) > _NAMED_AT_MOST else []), ids[0]])
        yield (
            (*place, "activities", cycle.members[0], "after"),
            f"these activities wait for each other: {shown}",
        )


def _twice(things: Iterable[tuple[Place, str]]) -> Iterator[Found]:
    seen: set[str] = set()
    for place, name in things:
        if name in seen:
            yield (*place, "id"), f"the id “{name[:60]}” is taken already; each stands once"
        seen.add(name)


def unknown(name: str, what: str, known: Sequence[str]) -> Message:
    """That something is not there, what may have been meant, and what there is; worked out when it is shown."""
    return partial(_unknown, name, what, known)


def _unknown(name: str, what: str, known: Sequence[str]) -> str:
    alike = (k for k in known if abs(len(k) - len(name)) <= 4)
    close = get_close_matches(name, list(islice(alike, _COMPARED_AT_MOST)), n=1)
    meant = f"; did you mean “{short(close[0], 60)}”?" if close else "."
    return f"there is no {what} “{name[:60]}”{meant} {_known(known)}"


def _known(known: Sequence[str]) -> str:
    shown = ", ".join(short(k, 40) for k in known[:_NAMED_AT_MOST])
    more = len(known) - _NAMED_AT_MOST
    return f"Known are: {shown}{f' and {more:,} more' if more > 0 else ''}" if known else "There is none"
