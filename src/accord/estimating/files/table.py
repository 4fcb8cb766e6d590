"""The breakdown as a table (XLSX): one sheet, one line for each package, in the grid's columns."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Sequence
from typing import Any

from django.utils.translation import gettext as _
from openpyxl import Workbook, load_workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils.exceptions import InvalidFileException

from accord.estimating.files.taking import Found, Line, Roles, number, refuse
from accord.estimating.queries import Grid
from accord.estimating.rules import MOST_ROWS
from accord.exchange.problems import InputError, Problem

COLUMNS = ("Code", "Level", "Work package", "Role", "People", "Low", "Likely", "High", "Note")
_FIELDS = ("code", "level", "name", "role", "units", "low", "likely", "high", "note")
_WIDTHS = (8, 7, 48, 18, 8, 10, 10, 10, 48)
_NUMBERS = ("units", "low", "likely", "high")
LARGEST_UNPACKED = 50 * 1024 * 1024


def write(grid: Grid, title: str, origin: str) -> bytes:
    """Summaries carry their sums in bold; they are not read back."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = _("Work breakdown")
    sheet.append(COLUMNS)
    for row in grid.rows:
        p = row.package
        role = p.role.name if p.role else ""
        hours = (row.points.low, row.points.likely, row.points.high) if row.points else ()
        sheet.append([p.code, p.level, "", "", float(p.units), *map(float, hours)])
        for column, text in ((3, p.name), (4, role), (9, p.note)):
            _write(sheet.cell(sheet.max_row, column), text)
        if row.is_summary:
            for cell in sheet[sheet.max_row]:
                cell.font = Font(bold=True)
        sheet.cell(sheet.max_row, 3).alignment = Alignment(indent=p.level)
    for letter, width in zip("ABCDEFGHI", _WIDTHS, strict=True):
        sheet.column_dimensions[letter].width = width
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    sheet.freeze_panes = "D2"
    book.properties.title = title
    book.properties.identifier = origin
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def read(content: bytes, roles: Roles) -> Found:
    """
    Raises:
        InputError: with everything that cannot be understood.
    """
    table, origin = _values(content)
    header = next(table, ())
    places = _places(header)
    reader = _Reader(places, roles)
    for k, values in enumerate(table, start=2):
        reader.take(k, values)
    if reader.problems:
        raise InputError("", reader.problems)
    if not reader.lines:
        raise refuse(_("The table holds no work package."))
    left = [
        str(title)[:60] for k, title in enumerate(header) if title is not None and k not in places.values()
    ]
    notes = [_("Left out: the column “{title}”.").format(title=title) for title in left]
    return Found(reader.lines, [*notes, *roles.notes()], origin)


def _values(content: bytes) -> tuple[Iterator[Any], str]:
    """The lines, and what the file says of where it came from."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            unpacked = sum(part.file_size for part in packed.infolist())
        if unpacked > LARGEST_UNPACKED:
            raise refuse(_("Unpacked, the table is larger than {n} MB.").format(n=LARGEST_UNPACKED // 2**20))
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        sheet = book.worksheets[0]
        # A file may claim any size: it is read to the first line too many.
        rows = sheet.iter_rows(max_row=MOST_ROWS + 2, max_col=50, values_only=True)
        return iter(list(rows)), str(book.properties.identifier or "")
    except InputError:
        raise
    except (
        zipfile.BadZipFile,
        InvalidFileException,
        KeyError,
        ValueError,
        IndexError,
        OSError,
        SyntaxError,
        TypeError,
        AttributeError,
    ):
        raise refuse(_("This is not a table that can be read: save it as XLSX.")) from None


def _places(header: Sequence[Any]) -> dict[str, int]:
    titles = [str(title or "").strip().lower() for title in header]
    places = {
        f: titles.index(c.lower()) for f, c in zip(_FIELDS, COLUMNS, strict=True) if c.lower() in titles
    }
    if "name" not in places:
        wanted = ", ".join(COLUMNS)
        raise refuse(
            _(
                "The first line must name the columns; “Work package” is missing. Known columns: {wanted}."
            ).format(wanted=wanted)
        )
    return places


class _Reader:
    def __init__(self, places: dict[str, int], roles: Roles) -> None:
        self.places, self.roles = places, roles
        self.lines: list[Line] = []
        self.problems: list[Problem] = []

    def take(self, k: int, values: Sequence[Any]) -> None:
        if all(value is None or str(value).strip() == "" for value in values):
            return
        if len(self.lines) >= MOST_ROWS:
            self._wrong(k, _("A breakdown has at most {rows} lines.").format(rows=MOST_ROWS))
            return
        found = {f: values[place] if place < len(values) else None for f, place in self.places.items()}
        line: Line = {f: "" if found.get(f) is None else str(found[f]).strip() for f in _FIELDS}
        line["level"] = self._level(k, found.get("level"))
        line["role"] = self.roles.known(line["role"])
        for f in _NUMBERS:
            line[f] = self._number(k, f, found.get(f))
        line["units"] = line["units"] or "1"
        if not line["name"]:
            self._wrong(k, _("The work package has no name."))
        self.lines.append(line)

    def _level(self, k: int, value: Any) -> int:
        text = self._number(k, "level", value) or "0"
        if not text.isdigit():
            self._wrong(k, _("Level is “{text}”; whole numbers from 0 are levels.").format(text=text))
            return 0
        return int(text)

    def _number(self, k: int, f: str, value: Any) -> str:
        if value is None or (isinstance(value, str) and not value.strip()):
            return ""
        if isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < 1e12:
            return number(value)
        try:
            text = str(value).strip().replace("\u00a0", "").replace(" ", "").replace(",", ".")
            return number(float(text)) if len(text) < 20 else self._no_number(k, f, value)
        except (ValueError, OverflowError):
            return self._no_number(k, f, value)

    def _no_number(self, k: int, f: str, value: Any) -> str:
        column = COLUMNS[_FIELDS.index(f)]
        self._wrong(
            k, _("{column} is “{value}”; a number is needed.").format(column=column, value=str(value)[:40])
        )
        return ""

    def _wrong(self, k: int, message: str) -> None:
        self.problems.append(Problem(message, line=k))


def _write(cell: Any, text: str) -> None:
    """As text, whatever it begins with: a table program would take “=…” for a formula."""
    if text:
        cell.value = "".join(c if c.isprintable() else " " for c in text)
        cell.data_type = "s"
