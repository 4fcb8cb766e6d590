"""A work breakdown as a planning tool's XML exchange file (MSPDI): tasks with outline levels, roles as generic resources.

Only what a breakdown knows is written: no dates and no links; the tool schedules. The format knows one value for a
task's work, so the likely hours are written. Element order follows the published schema.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from accord.exchange.mspdi_xml import NAMESPACE

_HOURS_FORMAT, _FIXED_WORK = "5", "2"
_MORNING = "T08:00:00"


@dataclass(frozen=True, slots=True)
class OutlineTask:
    """A line of a breakdown: level 0 is the top; a line with deeper lines after it is a summary."""

    name: str
    level: int
    role: str = ""  # '': nobody is named
    units: float = 1.0
    hours: float | None = None  # None for summaries, and where nothing was estimated
    note: str = ""


def write_mspdi(title: str, start: dt.date, currency: str, tasks: Sequence[OutlineTask]) -> bytes:
    """The file's content; `title` is the project's name."""
    ET.register_namespace("", NAMESPACE)
    project = ET.Element(f"{{{NAMESPACE}}}Project")
    _add(project, "Name", title)
    _add(project, "Title", title)
    _add(project, "StartDate", f"{start.isoformat()}{_MORNING}")
    _add(project, "CurrencyCode", currency)
    _add(project, "CalendarUID", "1")
    _add(project, "MinutesPerDay", "480")
    _calendar(project)
    roles = {role: uid for uid, role in enumerate(dict.fromkeys(t.role for t in tasks if t.role), start=1)}
    group = _add(project, "Tasks")
    for uid, task in enumerate(tasks, start=1):
        is_summary = uid < len(tasks) and tasks[uid].level > task.level
        _task(group, uid, task, is_summary)
    group = _add(project, "Resources")
    for role, uid in roles.items():
        most = max(t.units for t in tasks if t.role == role)
        _resource(group, uid, role, most)
    group = _add(project, "Assignments")
    working = [(uid, t) for uid, t in enumerate(tasks, start=1) if t.role and t.hours is not None]
    for number, (uid, task) in enumerate(working, start=1):
        _assignment(group, number, uid, roles[task.role], task)
    ET.indent(project)
    content: bytes = ET.tostring(project, encoding="utf-8", xml_declaration=True)
    return content


def _calendar(project: ET.Element) -> None:
    calendar = _add(_add(project, "Calendars"), "Calendar")
    _add(calendar, "UID", "1")
    _add(calendar, "Name", "Standard")
    _add(calendar, "IsBaseCalendar", "1")
    days = _add(calendar, "WeekDays")
    for number in range(1, 8):  # Sunday is 1
        day = _add(days, "WeekDay")
        _add(day, "DayType", str(number))
        works = 2 <= number <= 6
        _add(day, "DayWorking", "1" if works else "0")
        if works:
            times = _add(day, "WorkingTimes")
            for begins, ends in (("08:00:00", "12:00:00"), ("13:00:00", "17:00:00")):
                time = _add(times, "WorkingTime")
                _add(time, "FromTime", begins)
                _add(time, "ToTime", ends)


def _task(group: ET.Element, uid: int, task: OutlineTask, is_summary: bool) -> None:
    element = _add(group, "Task")
    _add(element, "UID", str(uid))
    _add(element, "ID", str(uid))
    _add(element, "Name", task.name)
    _add(element, "Type", _FIXED_WORK)
    _add(element, "OutlineLevel", str(task.level + 1))
    if not is_summary:
        hours = task.hours or 0.0
        _add(element, "Duration", _duration(hours / task.units))
        _add(element, "DurationFormat", _HOURS_FORMAT)
        _add(element, "Work", _duration(hours))
    _add(element, "Summary", "1" if is_summary else "0")
    if task.note:
        _add(element, "Notes", task.note)


def _resource(group: ET.Element, uid: int, role: str, units: float) -> None:
    element = _add(group, "Resource")
    _add(element, "UID", str(uid))
    _add(element, "ID", str(uid))
    _add(element, "Name", role)
    _add(element, "Type", "1")
    _add(element, "IsGeneric", "1")
    _add(element, "MaxUnits", f"{units:g}")


def _assignment(group: ET.Element, number: int, task: int, resource: int, about: OutlineTask) -> None:
    element = _add(group, "Assignment")
    _add(element, "UID", str(number))
    _add(element, "TaskUID", str(task))
    _add(element, "ResourceUID", str(resource))
    _add(element, "Units", f"{about.units:g}")
    _add(element, "Work", _duration(about.hours or 0.0))


def _duration(hours: float) -> str:
    minutes = round(hours * 60)
    return f"PT{minutes // 60}H{minutes % 60}M0S"


def _add(parent: ET.Element, name: str, text: str | None = None) -> ET.Element:
    element = ET.SubElement(parent, f"{{{NAMESPACE}}}{name}")
    if text is not None:
        element.text = "".join(c if c.isprintable() else " " for c in text)
    return element
