"""The breakdown as an engagement file (YAML), which `accord check` simulates. The format knows no summary lines."""

from __future__ import annotations

import datetime as dt
import re

import yaml
from django.utils.translation import gettext as _

from accord.engine import plan
from accord.estimating.files.taking import Found, Line, Roles, number, refuse
from accord.estimating.models import Risk
from accord.estimating.queries import Grid
from accord.exchange.document import parse_document
from accord.exchange.engagement_file import parse_engagement_file, to_document

_CODED = re.compile(r"(w[1-9][0-9]*) (.+)")


def write(
    grid: Grid, title: str, risks: list[Risk], people: dict[str, int], currency: str, today: dt.date
) -> bytes:
    """`people` counts the members of each role; where the work needs more at once, the file says so many.

    Raises:
        InputError: no package has hours yet.
    """
    leaves = [row for row in grid.leaves if row.points is not None]
    if not leaves:
        raise refuse(_("No package has hours that you may see: there is nothing to write."))
    names = {row.package.pk: _id(f"{row.package.code} {row.package.name}") for row in leaves}
    activities = []
    needed: dict[str, float] = {}
    for row in leaves:
        p, points = row.package, row.points
        assert points is not None
        role = _id(p.role.name) if p.role else "somebody"
        needed[role] = max(needed.get(role, 0.0), float(p.units))
        effort = plan.ThreePoint(float(points.low), float(points.likely), float(points.high))
        activities.append(plan.Activity(names[p.pk], effort, needs=(plan.Need(role, float(p.units)),)))
    engagement = plan.Engagement(_id(title), tuple(activities), risks=tuple(_risks(risks, names)))
    capacity = [plan.Resource(role, units=max(n, people.get(role, 0))) for role, n in needed.items()]
    portfolio = plan.Portfolio(
        start=today, engagements=(engagement,), capacity=tuple(capacity), currency=currency
    )
    return yaml.safe_dump(to_document(portfolio), sort_keys=False, allow_unicode=True, width=120).encode()


def read(content: bytes, roles: Roles) -> Found:
    """
    Raises:
        InputError: with everything that cannot be understood.
    """
    portfolio = parse_engagement_file(parse_document(content, ""))
    several = len(portfolio.engagements) > 1
    lines: list[Line] = []
    left = {
        "waiting times and milestones": 0,
        "links": 0,
        "risks": 0,
        "promises": 0,
        "the further people of an activity": 0,
    }
    for engagement in portfolio.engagements:
        if several:
            lines.append(_line("", 0, engagement.id))
        for activity in engagement.activities:
            if activity.effort is None:
                left["waiting times and milestones"] += 1
                continue
            lines.append(_activity(activity, int(several), roles))
            left["links"] += len(activity.after)
            left["the further people of an activity"] += len(activity.needs) > 1
        left["risks"] += len(engagement.risks)
        left["promises"] += len(engagement.promises)
    if not any(line["likely"] for line in lines):
        raise refuse(_("The file holds no activity with hours of work."))
    notes = [_("Left out: {what} ({n}).").format(what=what, n=n) for what, n in left.items() if n]
    return Found(lines, [*notes, _("Left out: people, calendar and settings."), *roles.notes()])


def _activity(activity: plan.Activity, level: int, roles: Roles) -> Line:
    assert activity.effort is not None
    coded = _CODED.fullmatch(activity.id)
    line = _line(*((coded[1], level, coded[2]) if coded else ("", level, activity.id)))
    need = max(activity.needs, key=lambda n: n.units, default=None)
    if need is not None:
        line["role"] = roles.known("" if need.of == "somebody" else need.of)
        line["units"] = number(min(max(round(need.units, 1), 0.1), 999))
    points = activity.effort
    return line | {"low": number(points.low), "likely": number(points.likely), "high": number(points.high)}


def _line(code: str, level: int, name: str) -> Line:
    line: Line = {"code": code, "level": level, "name": name, "role": "", "units": "1"}
    return line | {"low": "", "likely": "", "high": "", "note": ""}


def _risks(risks: list[Risk], names: dict[int, str]) -> list[plan.Risk]:
    found = []
    for k, risk in enumerate(risks, start=1):
        on = names.get(risk.package_id) if risk.package_id else None
        has_hours = on is not None and risk.high > 0
        effort = plan.ThreePoint(float(risk.low), float(risk.likely), float(risk.high)) if has_hours else None
        found.append(
            plan.Risk(
                f"r{k} {_id(risk.name)}"[:200], float(risk.probability), on, effort, cost=float(risk.cost)
            )
        )
    return found


def _id(text: str) -> str:
    """A name as the format takes it: printable, at most 200 letters."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:190].strip() or "?"
