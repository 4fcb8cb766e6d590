"""A planning tool's XML exchange file (MSPDI) as plain values: what stands in it, without judging what it means.

The parser refuses document type declarations, so no entity can be expanded or fetched.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from accord.exchange.problems import InputError, Problem

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

NAMESPACE = "http://schemas.microsoft.com/project"
LARGEST_FILE = 64 * 1024 * 1024
MOST_TASKS = 100_000
FIRST_DAY, LAST_DAY = dt.date(1990, 1, 1), dt.date(2200, 12, 31)

# The format's codes for units of durations and lags: those that run day and night, and shares of a duration.
ELAPSED = frozenset({4, 6, 8, 10, 12, 20, 36, 38, 40, 42, 44, 52})
PERCENT = frozenset({19, 20, 51, 52})

T = TypeVar("T")
_DURATION = re.compile(r"(-?)P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?")


@dataclass(frozen=True, slots=True)
class XmlLink:
    predecessor: int
    type: int
    lag: float  # tenths of minutes, or percent
    lag_format: int
    cross_project: bool


@dataclass(frozen=True, slots=True)
class XmlTask:
    uid: int
    name: str
    level: int
    active: bool
    manual: bool
    summary: bool
    external: bool
    start: dt.date | None
    actual: dt.date | None  # the latest day on which work on it was recorded
    hours: float
    duration_format: int
    complete: float  # share
    constraint: int
    constraint_date: dt.date | None
    deadline: dt.date | None
    fixed_cost: float
    calendar: int
    links: tuple[XmlLink, ...]


@dataclass(frozen=True, slots=True)
class XmlResource:
    uid: int
    name: str
    works: bool  # a person or machine, neither material nor money
    generic: bool
    units: float
    rate: float  # money per hour
    cost_per_use: float
    calendar: int


@dataclass(frozen=True, slots=True)
class XmlAssignment:
    task: int
    resource: int
    units: float
    hours: float


@dataclass(frozen=True, slots=True)
class XmlException:
    first: dt.date
    last: dt.date
    working: bool
    type: int  # 1 or 0: each day; 2: each year on one date; others recur otherwise
    month: int
    day: int


@dataclass(frozen=True, slots=True)
class XmlCalendar:
    uid: int
    base: int
    week: dict[int, float]  # working hours by day of the week (Monday is 0), only what it says itself
    exceptions: tuple[XmlException, ...]


@dataclass(frozen=True, slots=True)
class XmlPlan:
    name: str
    start: dt.date | None
    status: dt.date | None
    currency: str
    hours_per_day: float
    calendar: int
    tasks: tuple[XmlTask, ...]
    resources: tuple[XmlResource, ...]
    assignments: tuple[XmlAssignment, ...]
    calendars: dict[int, XmlCalendar]


def read_xml(path: Path) -> XmlPlan:
    """Read the file; InputError says everything in it that cannot be understood."""
    return _Reader(str(path), _root(path)).plan()


def _root(path: Path) -> Element:
    from xml.etree.ElementTree import ParseError

    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import parse

    source = str(path)
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise InputError(source, [Problem(f"is larger than {LARGEST_FILE // 2**20} MB")])
        root: Element | None = parse(path, forbid_dtd=True).getroot()
    except OSError as error:
        raise InputError(source, [Problem(f"cannot be read: {error.strerror}")]) from None
    except DefusedXmlException:
        message = "declares a document type or entities, which are not read: remove the <!DOCTYPE …>"
        raise InputError(source, [Problem(message)]) from None
    except ParseError as error:
        message = f"is not well-formed XML: {str(error).split(':')[0]}"
        raise InputError(source, [Problem(message, line=error.position[0])]) from None
    except (ValueError, LookupError):
        raise InputError(
            source, [Problem("names an encoding that cannot be read: save it as UTF-8")]
        ) from None
    if root is None or root.tag != f"{{{NAMESPACE}}}Project":
        message = f"is XML, but no MSPDI plan: expected <Project xmlns={NAMESPACE!r}>, found <{root.tag[:80] if root is not None else ''}>"
        raise InputError(source, [Problem(message)])
    return root


class _Reader:
    """Reads fields with defaults, and collects what is wrong with the place in which it stands."""

    def __init__(self, source: str, root: Element) -> None:
        self.source = source
        self.root = root
        self.problems: list[Problem] = []
        self.place = "Project"

    def plan(self) -> XmlPlan:
        root = self.root
        plan = XmlPlan(
            name=self.text(root, "Title") or self.text(root, "Name"),
            start=self.date(root, "StartDate"),
            status=self.date(root, "StatusDate"),
            currency=self.text(root, "CurrencyCode"),
            hours_per_day=self.number(root, "MinutesPerDay", 480, 15, 1440) / 60,
            calendar=self.whole(root, "CalendarUID", 1),
            tasks=tuple(self._each("Tasks", "Task", self._task)),
            resources=tuple(self._each("Resources", "Resource", self._resource)),
            assignments=tuple(self._each("Assignments", "Assignment", self._assignment)),
            calendars={c.uid: c for c in self._each("Calendars", "Calendar", self._calendar)},
        )
        self._count_tasks(plan)
        if self.problems:
            raise InputError(self.source, self.problems)
        return plan

    def _count_tasks(self, plan: XmlPlan) -> None:
        self.place = "Tasks"
        if len(plan.tasks) > MOST_TASKS:
            self.wrong(f"holds {len(plan.tasks):,} tasks; at most {MOST_TASKS:,} are allowed")
        seen: set[int] = set()
        for task in plan.tasks:
            if task.uid in seen:
                self.wrong(f"two tasks have the UID {task.uid}")
            seen.add(task.uid)

    def _each(self, group: str, item: str, read: Callable[[Element], T]) -> Iterator[T]:
        """Entries of a group; those that the tool marks as empty lines are left out."""
        for element in self.root.iterfind(f"{_q(group)}/{_q(item)}"):
            uid = (element.findtext(_q("UID")) or "?").strip()[:20]
            self.place = f"{item} {uid}"
            if not self.flag(element, "IsNull"):
                yield read(element)

    def _task(self, e: Element) -> XmlTask:
        actual = [self.date(e, name) for name in ("ActualStart", "ActualFinish", "Stop")]
        manual = self.flag(e, "Manual")
        planned = self.hours(e, "Duration")
        return XmlTask(
            uid=self.whole(e, "UID", required=True),
            name=self.text(e, "Name"),
            level=self.whole(e, "OutlineLevel", 1),
            active=self.flag(e, "Active", True),
            manual=manual,
            summary=self.flag(e, "Summary"),
            external=self.flag(e, "ExternalTask") or self.flag(e, "IsSubproject"),
            start=(self.date(e, "ManualStart") if manual else None) or self.date(e, "Start"),
            actual=max((day for day in actual if day), default=None),
            hours=(self.hours(e, "ManualDuration", planned) if manual else planned) or 0.0,
            duration_format=self.whole(e, "DurationFormat", 7),
            complete=self.number(e, "PercentComplete", 0, 0, 100) / 100,
            constraint=self.whole(e, "ConstraintType", 0),
            constraint_date=self.date(e, "ConstraintDate"),
            deadline=self.date(e, "Deadline"),
            fixed_cost=self.number(e, "FixedCost", 0, 0, 1e17) / 100,  # written in hundredths
            calendar=self.whole(e, "CalendarUID", -1),
            links=tuple(self._link(k) for k in e.iterfind(_q("PredecessorLink"))),
        )

    def _link(self, e: Element) -> XmlLink:
        return XmlLink(
            predecessor=self.whole(e, "PredecessorUID", required=True),
            type=self.whole(e, "Type", 1),
            lag=self.number(e, "LinkLag", 0, -1e9, 1e9),
            lag_format=self.whole(e, "LagFormat", 7),
            cross_project=self.flag(e, "CrossProject"),
        )

    def _resource(self, e: Element) -> XmlResource:
        return XmlResource(
            uid=self.whole(e, "UID", required=True),
            name=self.text(e, "Name"),
            works=self.whole(e, "Type", 1) == 1,
            generic=self.flag(e, "IsGeneric"),
            units=self.number(e, "MaxUnits", 1, 0, 1e6),
            rate=self.number(e, "StandardRate", 0, 0, 1e9),  # per hour; its format says only how it is shown
            cost_per_use=self.number(e, "CostPerUse", 0, 0, 1e17),
            calendar=self.whole(e, "CalendarUID", -1),
        )

    def _assignment(self, e: Element) -> XmlAssignment:
        return XmlAssignment(
            task=self.whole(e, "TaskUID", -1),
            resource=self.whole(e, "ResourceUID", -1),
            units=self.number(e, "Units", 1, 0, 1e6),
            hours=self.hours(e, "Work") or 0.0,
        )

    def _calendar(self, e: Element) -> XmlCalendar:
        week, exceptions = {}, []
        for day in e.iterfind(f"{_q('WeekDays')}/{_q('WeekDay')}"):
            kind = self.whole(day, "DayType", required=True)
            if kind == 0:  # how exceptions were written before the format knew recurring ones
                exceptions.append(self._exception(day, 1))
            elif 1 <= kind <= 7:
                week[(kind + 5) % 7] = self._hours_worked(day)
            else:
                self.wrong(f"DayType is {kind}; 0 (exception) to 7 (Saturday) are allowed")
        recurring = e.iterfind(f"{_q('Exceptions')}/{_q('Exception')}")
        exceptions += [self._exception(found, self.whole(found, "Type", 1)) for found in recurring]
        return XmlCalendar(
            uid=self.whole(e, "UID", required=True),
            base=self.whole(e, "BaseCalendarUID", -1),
            week=week,
            exceptions=tuple(x for x in exceptions if x is not None),
        )

    def _exception(self, e: Element, kind: int) -> XmlException | None:
        period = e.find(_q("TimePeriod"))
        first = self.date(period, "FromDate") if period is not None else None
        last = self.date(period, "ToDate") if period is not None else None
        if first is None or last is None or last < first:
            return None
        month, day = self.whole(e, "Month", 0) + 1, self.whole(e, "MonthDay", 1)
        return XmlException(first, last, self.flag(e, "DayWorking"), kind, month, day)

    def _hours_worked(self, day: Element) -> float:
        if not self.flag(day, "DayWorking"):
            return 0.0
        times = list(day.iterfind(f"{_q('WorkingTimes')}/{_q('WorkingTime')}"))
        spans = (self._clock(t, "ToTime") - self._clock(t, "FromTime") for t in times)
        worked = sum(span if span > 0 else span + 24 for span in spans)  # midnight ends a day as 00:00
        return worked if times else 8.0

    def _clock(self, e: Element, name: str) -> float:
        text = self.text(e, name)
        try:
            time = dt.time.fromisoformat(text)
        except ValueError:
            self.wrong(f"{name} is {text[:40]!r}; a time such as 08:00:00 is needed")
            return 0.0
        return time.hour + time.minute / 60

    # Fields

    def wrong(self, message: str) -> None:
        self.problems.append(Problem(message, path=self.place))

    def text(self, e: Element, name: str) -> str:
        return (e.findtext(_q(name)) or "").strip()

    def flag(self, e: Element, name: str, default: bool = False) -> bool:
        text = self.text(e, name).lower()
        return text in ("1", "true") if text else default

    def number(self, e: Element, name: str, default: float, least: float, most: float) -> float:
        text = self.text(e, name)
        if not text:
            return default
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not least <= value <= most:  # also false for what is not a number
            self.wrong(f"{name} is {text[:40]!r}; a number from {least:,g} to {most:,g} is needed")
            return default
        return value

    def whole(self, e: Element, name: str, default: int = 0, required: bool = False) -> int:
        text = self.text(e, name)
        if not text and not required:
            return default
        if not re.fullmatch(r"-?[0-9]{1,10}", text):
            self.wrong(f"{name} is {text[:40]!r}; a whole number is needed")
            return default
        return int(text)

    def date(self, e: Element, name: str) -> dt.date | None:
        text = self.text(e, name)
        if not text or text == "NA":
            return None
        try:
            day = dt.datetime.fromisoformat(text).date()
        except ValueError:
            self.wrong(f"{name} is {text[:40]!r}; a date such as 2027-01-04T08:00:00 is needed")
            return None
        if day == dt.date(1984, 1, 1):  # how the tool writes that there is none
            return None
        if not FIRST_DAY <= day <= LAST_DAY:
            self.wrong(f"{name} is {day}; dates from {FIRST_DAY} to {LAST_DAY} are allowed")
            return None
        return day

    def hours(self, e: Element, name: str, default: float | None = None) -> float | None:
        text = self.text(e, name)
        if not text:
            return default
        found = _DURATION.fullmatch(text)
        if found is None or len(text) > 40:
            self.wrong(f"{name} is {text[:40]!r}; a duration such as PT8H0M0S is needed")
            return default
        sign, days, hours, minutes, seconds = found.groups(default="0")
        value = int(days) * 24 + int(hours) + int(minutes) / 60 + float(seconds) / 3600
        if sign == "-" or value > 10_000_000:
            self.wrong(f"{name} is {text[:40]!r}; from 0 to 10,000,000 hours are allowed")
            return default
        return value


def _q(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"
