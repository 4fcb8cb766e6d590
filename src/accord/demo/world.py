"""The sample world as it is written down in world/*.yaml, with its days turned into dates."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent / "world"
Page = dict[str, Any]


@dataclass(frozen=True)
class World:
    """What is written down, seen from one day."""

    today: dt.date

    @cached_property
    def firm(self) -> Page:
        return _read("members")

    @cached_property
    def clients(self) -> dict[str, Page]:
        return _read("clients")

    @cached_property
    def engagements(self) -> list[Page]:
        """In the order in which they began."""
        written: list[Page] = _read("engagements")  # type: ignore[assignment]
        return sorted(written, key=lambda e: e["begun"])

    @cached_property
    def breakdowns(self) -> dict[str, Page]:
        return _read("breakdowns")

    @cached_property
    def letters(self) -> Page:
        return _read("letters")

    @cached_property
    def hand_overs(self) -> Page:
        return _read("hand_overs")

    @cached_property
    def tour(self) -> Page:
        return _read("tour")

    def day(self, offset: int) -> dt.date:
        """That many days from today. Nothing falls on a weekend: the past moves to Friday, the future to Monday."""
        found = self.today + dt.timedelta(offset)
        beyond_friday = found.weekday() - 4
        if beyond_friday <= 0 or offset == 0:
            return found
        return found + dt.timedelta(3 - beyond_friday if offset > 0 else -beyond_friday)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a work breakdown; a heading has no number."""

    number: int | None
    name: str
    role: str = ""
    units: Decimal = Decimal(1)
    hours: float = 0
    how_sure: str = ""
    after: tuple[int, ...] = ()


def lines_of(breakdown: Page, names: dict[int, str]) -> list[Line]:
    """The lines of a work breakdown; `names` are what one engagement calls lines of its own."""
    return [_line(written, names) for written in breakdown["lines"]]


def _line(written: str | list[Any], names: dict[int, str]) -> Line:
    if isinstance(written, str):
        return Line(None, written)
    number, name, who, hours, how_sure, *after = written
    role, _, units = who.partition("*")
    return Line(
        number,
        names.get(number, name),
        role,
        Decimal(units or 1),
        hours,
        how_sure,
        tuple(after[0]) if after else (),
    )


def in_words(text: str, date: dt.date | None, amount: Decimal | None) -> str:
    """The words that were used, with the value that they named."""
    told = text.replace("{date}", f"{date.day} {date:%B}" if date else "")
    return told.replace("{amount}", f"{amount:,.0f}" if amount else "")


def _read(name: str) -> Page:
    with (FOLDER / f"{name}.yaml").open(encoding="utf-8") as file:
        found: Page = yaml.load(file, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return found
