"""The grid's rows as a browser or a file gives them: plain JSON values to rows and back, with every cell's problem."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from accord.actions.refusals import WrongInput
from accord.estimating.queries import Grid
from accord.estimating.rules import MOST_ROWS, CellProblem, Row, WrongRows
from accord.people.models import Role

_POINTS = ("low", "likely", "high")
_UNTOLD = re.compile("[\x00\ud800-\udfff]")  # what JSON can name, and no database and no page can hold


def rows_as_json(grid: Grid) -> list[dict[str, Any]]:
    """A summary's points are left out: they are sums."""
    return [
        {
            "code": row.package.code,
            "level": row.package.level,
            "name": row.package.name,
            "role": row.package.role.name if row.package.role else "",
            "units": f"{row.package.units.normalize():f}",
            "note": row.package.note,
            **{
                name: f"{getattr(row.points, name).normalize():f}"
                if row.points and not row.is_summary
                else ""
                for name in _POINTS
            },
        }
        for row in grid.rows
    ]


def body_of(content: bytes) -> tuple[list[Row], int]:
    """What a browser sends: {"revision": 3, "rows": [...]}.

    Raises:
        WrongInput: it is no such thing. WrongRows: cells that are no numbers or roles.
    """
    try:
        body = json.loads(content)
        rows, revision = body["rows"], body["revision"]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise WrongInput(rows=_("This is not a breakdown.")) from None
    if not isinstance(rows, list) or type(revision) is not int:
        raise WrongInput(rows=_("This is not a breakdown."))
    return rows_of(rows), revision


def rows_of(given: list[Any]) -> list[Row]:
    """
    Raises:
        WrongRows: with every cell that cannot be understood.
    """
    if len(given) > MOST_ROWS:
        message = _("A breakdown has at most {rows} lines; these are {n}.").format(
            rows=MOST_ROWS, n=len(given)
        )
        raise WrongRows([CellProblem(MOST_ROWS, "name", message)])
    reader = _Reader({role.name.lower(): role for role in Role.objects.all()})
    rows = [reader.row(k, line if isinstance(line, dict) else {}) for k, line in enumerate(given)]
    if reader.problems:
        raise WrongRows(reader.problems)
    return rows


class _Reader:
    def __init__(self, roles: Mapping[str, Role]) -> None:
        self.roles = roles
        self.problems: list[CellProblem] = []

    def row(self, k: int, line: Mapping[str, Any]) -> Row:
        level = line.get("level", 0)
        low, likely, high = (self.number(k, line, name) for name in _POINTS)
        return Row(
            code=_text(line, "code") or None,
            level=level if type(level) is int else -1,
            name=_text(line, "name"),
            role=self.role(k, line),
            units=Decimal(1) if (units := self.number(k, line, "units")) is None else units,
            low=low,
            likely=likely,
            high=high,
            note=_text(line, "note"),
        )

    def role(self, k: int, line: Mapping[str, Any]) -> Role | None:
        name = _text(line, "role")
        role = self.roles.get(name.lower())
        if name and role is None:
            self.problems.append(
                CellProblem(k, "role", _("There is no role “{role}”.").format(role=name[:60]))
            )
        return role

    def number(self, k: int, line: Mapping[str, Any], field: str) -> Decimal | None:
        text = _text(line, field)
        if not text:
            return None
        try:
            value = Decimal(text) if len(text) <= 20 else Decimal("NaN")
        except InvalidOperation:
            value = Decimal("NaN")
        if not value.is_finite():
            self.problems.append(CellProblem(k, field, _("“{text}” is not a number.").format(text=text[:20])))
            return None
        return value


def _text(line: Mapping[str, Any], field: str) -> str:
    value = line.get(field)
    if value is None or isinstance(value, (dict, list)):
        return ""
    return _UNTOLD.sub("", str(value)).strip()
