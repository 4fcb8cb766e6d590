"""The breakdown as a planning tool's plan (MSPDI)."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from django.utils.translation import gettext as _

from accord.estimating.files.taking import Found, Line, Roles, from_file, number, refuse
from accord.estimating.models import WorkPackage
from accord.estimating.queries import Grid
from accord.exchange.load import USUAL_SPREAD
from accord.exchange.mspdi_writer import OutlineTask, write_mspdi
from accord.exchange.mspdi_xml import XmlPlan, XmlTask, read_xml


def write(grid: Grid, title: str, currency: str, today: dt.date) -> bytes:
    tasks = [
        OutlineTask(
            name=row.package.name,
            level=row.package.level,
            role=row.package.role.name if row.package.role and not row.is_summary else "",
            units=float(row.package.units),
            hours=float(row.points.likely) if row.points and not row.is_summary else None,
            note=row.package.note,
        )
        for row in grid.rows
    ]
    return write_mspdi(title, today, currency, tasks)


def read(content: bytes, roles: Roles) -> Found:
    """Each task's work (or its duration, where nobody is assigned) is likely; low and high come from the usual spread.

    Raises:
        InputError: with everything that cannot be understood.
    """
    return from_file(content, ".xml", lambda path: _found(path, roles))


def _found(path: Path, roles: Roles) -> Found:
    plan = read_xml(path)
    tasks = [t for t in plan.tasks if t.active and not t.external and t.uid != 0]
    if not tasks:
        raise refuse(_("The plan holds no task."))
    levels = _levels(tasks)
    lines = [_line(plan, t, levels, k, roles) for k, t in enumerate(tasks)]
    low, __, high = USUAL_SPREAD
    notes = [
        _(
            "Each task's value is taken as likely; low is {low:g} and high {high:g} times it: look at each."
        ).format(low=low, high=high)
    ]
    notes += [told for told, n in _left_out(plan, tasks) if n]
    return Found(lines, [*notes, *roles.notes()])


def _levels(tasks: list[XmlTask]) -> list[int]:
    """From 0, never deeper than one step at a time nor deeper than a breakdown goes."""
    levels: list[int] = []
    for task in tasks:
        deepest = levels[-1] + 1 if levels else 0
        levels.append(max(0, min(task.level - 1, deepest, WorkPackage.DEEPEST)))
    return levels


def _line(plan: XmlPlan, task: XmlTask, levels: list[int], k: int, roles: Roles) -> Line:
    is_leaf = k + 1 == len(levels) or levels[k + 1] <= levels[k]
    line: Line = {
        "code": "",
        "level": levels[k],
        "name": task.name[:200] or _("Task {uid}").format(uid=task.uid),
        "note": "",
    }
    line |= {"role": "", "units": "1", "low": "", "likely": "", "high": ""}
    if not is_leaf:
        return line
    people = {r.uid: r for r in plan.resources if r.works}
    given = [a for a in plan.assignments if a.task == task.uid and a.resource in people]
    hours = sum(a.hours for a in given) or task.hours
    if given:
        main = max(given, key=lambda a: a.hours)
        line["role"] = roles.known(people[main.resource].name)
        line["units"] = number(min(max(round(main.units, 1), 0.1), 999))
    if hours > 0:
        low, likely, high = USUAL_SPREAD
        line |= {"low": number(hours * low), "likely": number(hours * likely), "high": number(hours * high)}
    return line


def _left_out(plan: XmlPlan, tasks: list[XmlTask]) -> list[tuple[str, int]]:
    several = sum(sum(a.task == t.uid for a in plan.assignments) > 1 for t in tasks)
    return [
        (
            _("Left out: links between tasks; the plan has them, an estimate has not."),
            sum(len(t.links) for t in tasks),
        ),
        (
            _("Left out: dates, deadlines and constraints."),
            sum(bool(t.deadline or t.constraint_date) for t in tasks),
        ),
        (_("Left out: fixed costs."), sum(t.fixed_cost > 0 for t in tasks)),
        (_("Left out: what is done already."), sum(t.complete > 0 for t in tasks)),
        (_("Left out: the further people of tasks that have several."), several),
        (_("Left out: inactive tasks, and tasks of other projects."), len(plan.tasks) - len(tasks)),
    ]
