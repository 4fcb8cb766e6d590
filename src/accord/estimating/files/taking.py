"""What was found in a file, before anything is changed: the lines that will be taken, and in words what is left out."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from accord.estimating.numbers import half_up
from accord.exchange.problems import InputError, Problem

LARGEST = 5 * 1024 * 1024
Line = dict[str, Any]  # as the grid's JSON: code, level, name, role, units, low, likely, high, note


@dataclass(frozen=True, slots=True)
class Found:
    """The lines of a file and what the reader should know."""

    lines: list[Line]
    notes: list[str] = field(default_factory=list)
    origin: str = ""  # what the file says of the engagement that it came from


@dataclass(frozen=True, slots=True)
class Change:
    """What taking the lines would do to the breakdown that is there."""

    added: int
    changed: int
    removed: list[str]


def change_of(found: Found, present: Collection[Line]) -> Change:
    """Lines with a known code change that package; the others are new; packages without a line go."""
    by_code = {line["code"]: line for line in present}
    known = [line for line in found.lines if line["code"] in by_code]
    kept = {line["code"] for line in known}
    return Change(
        added=len(found.lines) - len(known),
        changed=sum(line != by_code[line["code"]] for line in known),
        removed=[line["name"] for line in present if line["code"] not in kept],
    )


def origin_of(engagement: int) -> str:
    """How a file says from which engagement it came."""
    return f"accord:engagement:{engagement}"


def with_own_codes(found: Found, present: Collection[Line], engagement: int) -> Found:
    """A code means a package only in its own engagement: in a file from elsewhere it counts where the name is the same."""
    if found.origin == origin_of(engagement):
        return found
    names = {line["code"]: line["name"].strip().lower() for line in present}
    lines = [
        line if names.get(line["code"]) == line["name"].strip().lower() else line | {"code": ""}
        for line in found.lines
    ]
    return Found(lines, found.notes, found.origin)


def from_file(content: bytes, suffix: str, read: Callable[[Path], Found]) -> Found:
    """Let a reader that wants a path read an upload; what is wrong is told without the path."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"upload{suffix}"
        path.write_bytes(content)
        try:
            return read(path)
        except InputError as error:
            raise InputError("", error.problems) from None


def refuse(message: str) -> InputError:
    return InputError("", [Problem(message)])


class Roles:
    """The firm's roles by name; unknown ones are left out and counted."""

    def __init__(self, names: Collection[str]) -> None:
        self.names = {name.lower(): name for name in names}
        self.unknown: Counter[str] = Counter()

    def known(self, name: str) -> str:
        if not name.strip():
            return ""
        found = self.names.get(name.strip().lower(), "")
        if not found:
            self.unknown[name.strip()] += 1
        return found

    def notes(self) -> list[str]:
        return [
            _("Left out: the role “{role}” ({n} times), which this firm does not have.").format(
                role=name[:60], n=n
            )
            for name, n in self.unknown.items()
        ]


def number(value: float) -> str:
    """As the grid writes it: at most two decimals."""
    return f"{half_up(value, 2):.2f}".rstrip("0").rstrip(".")
