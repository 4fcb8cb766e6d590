"""A planning tool's plan (MSPDI) as a portfolio of one engagement, with what was assumed and what was left out.

What the format's fields mean follows its published schema: link types 0 to 3 are FF, FS, SF, SS; lags count tenths of
minutes; rates are per hour; fixed costs are hundredths.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from accord.engine.calendar import WorkingCalendar
from accord.engine.plan import (
    LEAST_HOURS,
    Absence,
    Activity,
    Calendar,
    Engagement,
    Link,
    LinkType,
    Need,
    Portfolio,
    Resource,
    ThreePoint,
)
from accord.exchange.mspdi_xml import (
    ELAPSED,
    FIRST_DAY,
    LAST_DAY,
    PERCENT,
    XmlAssignment,
    XmlCalendar,
    XmlException,
    XmlLink,
    XmlPlan,
    XmlResource,
    XmlTask,
    read_xml,
)
from accord.exchange.problems import InputError, Problem
from accord.exchange.wording import count, listed

Factors = tuple[float, float, float]
Days = tuple[dt.date, dt.date]

MOST_LINKS = 1_000_000
LINK_TYPES = {0: LinkType.FF, 1: LinkType.FS, 2: LinkType.SF, 3: LinkType.SS}
MUST_START, MUST_FINISH, START_FROM, START_BY, FINISH_FROM, FINISH_BY = 2, 3, 4, 5, 6, 7
AS_LATE_AS_POSSIBLE = 1
WORK_FITS = 0.01  # work and duration agree within this share: then the work decides


@dataclass(frozen=True, slots=True)
class OfferedPromise:
    """A date that the plan names, which may be checked as a promise."""

    task: str
    name: str
    date: dt.date
    why: str


@dataclass(frozen=True, slots=True)
class ImportedPlan:
    portfolio: Portfolio
    names: Mapping[str, str]  # activity id -> the task's name
    offered: tuple[OfferedPromise, ...]
    ignored: tuple[str, ...]
    assumed: tuple[str, ...]


def read_mspdi(path: Path, spread: Factors) -> ImportedPlan:
    """Read a plan; each task's value times `spread` gives low, likely and high.

    Raises:
        InputError: the file cannot be read or understood.
    """
    return _Import(read_xml(path), str(path), spread).plan()


class _Import:
    def __init__(self, xml: XmlPlan, source: str, spread: Factors) -> None:
        self.xml, self.source, self.spread = xml, source, spread
        self.ignored: Counter[str] = Counter()
        self.assumed: Counter[str] = Counter()
        self.inactive: list[str] = []
        self.rounded: list[str] = []
        tasks = [task for task in xml.tasks if self._is_planned(task)]
        self.leaves_of = _leaves(tasks)
        self.leaves = [t for t in tasks if self.leaves_of[t.uid] == [t.uid]]
        self.summaries = [t for t in tasks if self.leaves_of[t.uid] != [t.uid]]
        if not self.leaves:
            raise InputError(source, [Problem("holds no task that could be planned")])
        self.calendar = self._base_calendar()
        self.start = self._start()
        self.axis = WorkingCalendar(self.start, self.calendar)
        self.task = {t.uid: t for t in self.leaves}
        self.needs = self._needs()

    def plan(self) -> ImportedPlan:
        links = self._links()
        earliest = self._earliest()
        activities = tuple(self._activity(t, links[t.uid], earliest.get(t.uid)) for t in self.leaves)
        engagement = Engagement(
            id=_identifier(self.xml.name) or "plan",
            activities=activities,
            fixed_cost=sum(t.fixed_cost for t in (*self.leaves, *self.summaries)),
        )
        portfolio = Portfolio(
            start=self.start,
            engagements=(engagement,),
            capacity=self.capacity,
            calendar=self.calendar,
            currency=self.xml.currency if _is_currency(self.xml.currency) else "EUR",
        )
        if portfolio.currency != self.xml.currency:
            self.assumed["The plan names no currency: EUR"] += 1
        names = {_id(t): t.name for t in self.leaves if t.name}
        offered = tuple(self._offered())
        ignored = (*_named("inactive task", self.inactive), *_sentences(self.ignored))
        return ImportedPlan(
            portfolio, names, offered, ignored, (*_sentences(self.assumed), *self._roundings())
        )

    def _roundings(self) -> Iterator[str]:
        if self.rounded:
            yield (
                "“Finish no earlier than” counts from the morning of the day on which the work must begin for it, "
                f"so these may end up to a day earlier: {listed(self.rounded)}."
            )

    def _is_planned(self, task: XmlTask) -> bool:
        if not task.active:
            self.inactive.append(_name(task))
        elif task.external:
            self.ignored["Tasks of other projects"] += 1
        return task.active and not task.external and task.uid != 0

    # Time

    def _base_calendar(self) -> Calendar:
        week = {**dict.fromkeys(range(5), 8.0), 5: 0.0, 6: 0.0}
        exceptions: list[XmlException] = []
        for calendar in reversed(self._chain(self.xml.calendar)):
            week |= calendar.week
            exceptions += calendar.exceptions
        workdays = frozenset(day for day, hours in week.items() if hours > 0)
        if not workdays:
            raise InputError(
                self.source, [Problem("the plan's calendar has no working day", path="Calendars")]
            )
        free = set(_each_day(self._days(exceptions, working=False)))
        worked = set(_each_day(self._days(exceptions, working=True)))
        if any(day.weekday() not in workdays for day in worked):
            self.ignored["Working days on weekends in the plan's calendar"] += 1
        return Calendar(self.xml.hours_per_day, workdays, frozenset(free - worked))

    def _chain(self, uid: int) -> list[XmlCalendar]:
        """A calendar and those that it builds on, itself first."""
        chain: list[XmlCalendar] = []
        while (calendar := self.xml.calendars.get(uid)) is not None and calendar not in chain:
            chain.append(calendar)
            uid = calendar.base
        return chain

    def _days(self, exceptions: list[XmlException], working: bool) -> list[Days]:
        found: list[Days] = []
        for x in exceptions:
            if x.working != working:
                continue
            if x.type in (0, 1):
                found.append((x.first, x.last))
            elif x.type == 2:
                found += [(day, day) for day in _yearly(x)]
            else:
                self.ignored[
                    "Recurring calendar exceptions that are neither daily nor on one date of each year"
                ] += 1
        return _merged(found)

    def _start(self) -> dt.date:
        begun = [t.actual for t in self.leaves if t.complete > 0 and t.actual]
        if any(t.complete > 0 for t in self.leaves):
            if self.xml.status:
                return self.xml.status
            if begun:
                self.assumed[
                    "The plan has no status date: what is left starts on the latest day of recorded work"
                ] += 1
                return max(begun)
        starts = [t.start for t in self.leaves if t.start]
        start = self.xml.start or min(starts, default=None)
        if start is None:
            raise InputError(self.source, [Problem("names no start: neither the project nor a task has one")])
        return start

    def _working_days(self, hours: float, unit: int) -> float:
        if unit in ELAPSED:
            self.assumed[
                "Durations and lags that run day and night count as their share of working days"
            ] += 1
            return hours / 24 * len(self.calendar.workdays) / 7
        return hours / self.calendar.hours_per_day

    def _duration(self, task: XmlTask) -> float:
        return self._working_days(task.hours, task.duration_format)

    # People

    def _needs(self) -> dict[int, list[tuple[XmlAssignment, str]]]:
        """Who works on each leaf; fills `capacity` with those who do."""
        resources = {r.uid: r for r in self.xml.resources}
        using: dict[int, list[XmlAssignment]] = defaultdict(list)
        for assignment in self.xml.assignments:
            resource = resources.get(assignment.resource)
            if resource is None or assignment.task not in self.task:
                continue  # the tool's way to write that nobody is assigned, or an assignment to a summary
            if not resource.works:
                self.ignored["Assignments of material and costs"] += 1
            elif assignment.units > 0:
                using[resource.uid].append(assignment)
        at_once = {uid: max(_at_once(given).values()) for uid, given in using.items()}
        names = _unique_names([resources[uid] for uid in using])
        self.capacity = tuple(self._resource(resources[uid], names[uid], at_once[uid]) for uid in using)
        needs: dict[int, list[tuple[XmlAssignment, str]]] = defaultdict(list)
        for uid, given in using.items():
            for assignment in given:
                needs[assignment.task].append((assignment, names[uid]))
        return needs

    def _resource(self, resource: XmlResource, name: str, at_once: float) -> Resource:
        if resource.cost_per_use:
            self.ignored["Costs per use of resources"] += 1
        if at_once > resource.units + 1e-9:
            self.assumed[
                f"{name} has {count(resource.units, 'unit')}, but a task takes {at_once:g}: "
                f"{count(at_once, 'unit')}"
            ] += 1
        units = max(resource.units, at_once)
        hours, away = self._own_time(resource)
        if resource.generic or units != 1:
            if away:
                self.ignored["Absences of resources that stand for several people"] += 1
            return Resource(name, units, resource.rate, hours)
        # Somebody who is never away is the same as a pool of one.
        return Resource(name, 1.0, resource.rate, hours, named=bool(away), away=away)

    def _own_time(self, resource: XmlResource) -> tuple[float, tuple[Absence, ...]]:
        """Hours per working day, and the days away, of a resource's own calendar."""
        own = [c for c in self._chain(resource.calendar) if c not in self._chain(self.xml.calendar)]
        week: dict[int, float] = {}
        exceptions: list[XmlException] = []
        for calendar in reversed(own):
            week |= calendar.week
            exceptions += calendar.exceptions
        hours = self.calendar.hours_per_day
        if week:
            shown = [week.get(day, hours) for day in sorted(self.calendar.workdays)]
            if sum(shown) > 0:
                hours = max(sum(shown) / len(shown), LEAST_HOURS)
            if hours > sum(shown) / len(shown) > 0:
                self.assumed[f"Resources work at least {LEAST_HOURS:g} hours on each of their days"] += 1
            if len(set(shown)) > 1:
                self.assumed["Resources with uneven weeks work the average of their hours each day"] += 1
        away = tuple(Absence(first, last) for first, last in self._days(exceptions, working=False))
        return hours, away

    # Work

    def _activity(self, task: XmlTask, links: tuple[Link, ...], earliest: dt.date | None) -> Activity:
        given = self.needs.get(task.uid, [])
        units: dict[str, float] = defaultdict(float)
        for assignment, name in given:
            units[name] += assignment.units
        needs = tuple(Need(name, amount) for name, amount in units.items())
        work, days = sum(a.hours for a, _ in given), self._duration(task)
        effort = duration = None
        if work > 0 and needs and self._decides(work, days, needs):
            effort = self._points(work)
        elif days > 0:
            duration = self._points(days)
            if needs and work > 0:
                self.assumed[
                    "Tasks whose work and duration disagree hold their people for the whole duration"
                ] += 1
        else:
            needs = ()
        return Activity(
            _id(task),
            effort,
            duration,
            needs,
            links,
            earliest if earliest and earliest > self.start else None,
            task.complete,
        )

    def _decides(self, work: float, days: float, needs: tuple[Need, ...]) -> bool:
        hours = {r.id: r.hours_per_day for r in self.capacity}
        by_work = work / sum(n.units * hours[n.of] for n in needs)
        return days == 0 or abs(by_work - days) <= WORK_FITS * days

    def _points(self, likely: float) -> ThreePoint:
        low, middle, high = self.spread
        return ThreePoint(likely * low, likely * middle, likely * high)

    # Links and dates

    def _links(self) -> dict[int, tuple[Link, ...]]:
        found: dict[int, dict[tuple[str, LinkType], Link]] = defaultdict(dict)
        count = 0
        for task in (*self.leaves, *self.summaries):
            for link in task.links:
                before, after = self.leaves_of.get(link.predecessor, []), self.leaves_of[task.uid]
                if link.cross_project or not before or link.type not in LINK_TYPES:
                    self.ignored["Links to tasks that are not in the plan"] += 1
                    continue
                if not set(before).isdisjoint(after):
                    self.ignored["Links between a summary task and its own parts"] += 1
                    continue
                count += len(before) * len(after)
                if count > MOST_LINKS:
                    message = (
                        f"links on summary tasks stand for more than {MOST_LINKS:,} links between their parts"
                    )
                    raise InputError(self.source, [Problem(message, path=f"Task {task.uid}")])
                for uid in before:
                    made = Link(f"T{uid}", LINK_TYPES[link.type], self._lag(link, uid))
                    for j in after:
                        same = found[j].get((made.of, made.type))
                        found[j][made.of, made.type] = made if same is None or made.lag > same.lag else same
        return defaultdict(tuple, {uid: tuple(links.values()) for uid, links in found.items()})

    def _lag(self, link: XmlLink, predecessor: int) -> float:
        if link.lag_format in PERCENT:
            return link.lag / 100 * self._duration(self.task[predecessor])
        return self._working_days(link.lag / 600, link.lag_format) if link.lag else 0.0

    def _earliest(self) -> dict[int, dt.date]:
        """What must not start before a day: constraints (those of a summary bind its parts) and manual dates."""
        earliest: dict[int, dt.date] = {}

        def not_before(uid: int, day: dt.date) -> None:
            earliest[uid] = max(day, earliest.get(uid, FIRST_DAY))

        for task in (*self.summaries, *self.leaves):
            if task.constraint == AS_LATE_AS_POSSIBLE:
                self.ignored["“As late as possible” on tasks: all starts as early as it can"] += 1
            for uid in self.leaves_of[task.uid]:
                leaf = self.task[uid]
                if task.constraint_date and task.constraint in (MUST_START, START_FROM):
                    not_before(uid, task.constraint_date)
                elif task.constraint_date and task.constraint == FINISH_FROM and leaf is task:
                    begins = max(self.axis.evening(task.constraint_date) - self._duration(leaf), 0.0)
                    if abs(begins - round(begins)) > 1e-6:
                        self.rounded.append(_name(task))
                    not_before(uid, self.axis.start_date(begins))
            if task.manual and task.start and task.uid in self.task:
                self.assumed[
                    "Manually scheduled tasks start on their dates, or later if what they wait for is late"
                ] += 1
                not_before(task.uid, task.start)
        return earliest

    def _offered(self) -> Iterator[OfferedPromise]:
        for task in (*self.leaves, *self.summaries):
            for day, why in self._named_dates(task):
                last = self._last_of(task)
                if last is None:
                    self.ignored["Deadlines of summary tasks that end with several tasks"] += 1
                else:
                    yield OfferedPromise(f"T{last}", _name(task), day, why)

    def _named_dates(self, task: XmlTask) -> Iterator[tuple[dt.date, str]]:
        if task.deadline:
            yield task.deadline, "deadline"
        if task.constraint_date is None:
            return
        if task.constraint == MUST_FINISH:
            yield task.constraint_date, "must finish on"
        elif task.constraint == FINISH_BY:
            yield task.constraint_date, "finish no later than"
        elif task.constraint == START_BY and task.uid in self.task:
            ends = self.axis.morning(task.constraint_date) + self._duration(task)
            yield self.axis.finish_date(ends), f"start no later than {task.constraint_date}"

    def _last_of(self, task: XmlTask) -> int | None:
        """The one leaf with which a task ends."""
        inside = set(self.leaves_of[task.uid])
        followed = {k.predecessor for uid in inside for k in self.task[uid].links}
        last = sorted(inside - followed)
        return last[0] if len(last) == 1 else None


def _leaves(tasks: list[XmlTask]) -> dict[int, list[int]]:
    """The leaves under each task (a leaf's own is itself), from the outline levels in the file's order."""
    found: dict[int, list[int]] = {task.uid: [] for task in tasks}
    above: list[XmlTask] = []
    for place, task in enumerate(tasks):
        while above and above[-1].level >= task.level:
            above.pop()
        above.append(task)
        is_leaf = place + 1 == len(tasks) or tasks[place + 1].level <= task.level
        for holder in above if is_leaf else ():
            found[holder.uid].append(task.uid)
    return found


def _id(task: XmlTask) -> str:
    return f"T{task.uid}"


def _name(task: XmlTask) -> str:
    return task.name or f"task {task.uid}"


def _identifier(name: str) -> str:
    return " ".join(name.split())[:100]


def _unique_names(resources: list[XmlResource]) -> dict[int, str]:
    names = {r.uid: _identifier(r.name) or f"R{r.uid}" for r in resources}
    often = Counter(names.values())
    return {uid: name if often[name] == 1 else f"{name} ({uid})" for uid, name in names.items()}


def _at_once(given: list[XmlAssignment]) -> dict[int, float]:
    """Units that each task takes at once."""
    units: dict[int, float] = defaultdict(float)
    for assignment in given:
        units[assignment.task] += assignment.units
    return units


def _is_currency(code: str) -> bool:
    return len(code) == 3 and code.isascii() and code.isalpha() and code.isupper()


def _yearly(x: XmlException) -> Iterator[dt.date]:
    for year in range(x.first.year, x.last.year + 1):
        try:
            day = dt.date(year, x.month, x.day)
        except ValueError:
            continue
        if x.first <= day <= x.last:
            yield day


def _merged(days: list[Days]) -> list[Days]:
    """Disjoint ascending stretches, so that a file cannot make the same days count a million times."""
    merged: list[Days] = []
    for first, last in sorted(days):
        if merged and first <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
        else:
            merged.append((first, last))
    return merged


def _each_day(stretches: list[Days]) -> Iterator[dt.date]:
    for first, last in stretches:
        for offset in range((min(last, LAST_DAY) - first).days + 1):
            yield first + dt.timedelta(days=offset)


def _named(what: str, names: list[str]) -> tuple[str, ...]:
    return (f"{count(len(names), what)}: {listed(names)}.",) if names else ()


def _sentences(counted: Counter[str]) -> tuple[str, ...]:
    return tuple(f"{text} ({count} times)." if count > 1 else f"{text}." for text, count in counted.items())
