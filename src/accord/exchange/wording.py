"""How dates, money, shares and names are told, the same in reports and pictures."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence

from accord.engine.plan import PromiseKind

THIN, SPACE = "\u202f", "\u00a0"  # in numbers and before %, and before a unit; neither wraps


def share(p: float, limit: float | None = None) -> str:
    """A probability in whole percent, never rounded up to a limit that it misses, to never or to always."""
    percent = round(p * 100)
    if limit is not None and p < limit and percent >= round(limit * 100, 6):
        return f"{math.floor(p * 1000) / 10:g}{THIN}%"
    if percent == 100 and p < 1:
        return f"over 99{THIN}%"
    return f"under 1{THIN}%" if percent == 0 and p > 0 else f"{percent}{THIN}%"


def exact_share(p: float) -> str:
    """A number that somebody typed, such as the asked confidence: as many decimals as it has."""
    return f"{round(p * 100, 4):g}{THIN}%"


def day(date: dt.date) -> str:
    return f"{date.day} {date:%b %Y}"


def number(value: float) -> str:
    return f"{value:,.0f}".replace(",", THIN).replace("-", "−")


def money(value: float, currency: str) -> str:
    return f"{number(value)}{SPACE}{currency}"


def clean(name: str) -> str:
    """A name from a file without what a terminal would take for a command."""
    return "".join(c if c.isprintable() else " " if c.isspace() else "�" for c in name)


def short(name: str, length: int = 36) -> str:
    told = clean(name)
    return told if len(told) <= length else told[: length - 1] + "…"


def value_of(kind: PromiseKind, value: dt.date | float, currency: str) -> str:
    if isinstance(value, dt.date):
        return day(value)
    return f"{value * 100:.1f}{THIN}%" if kind is PromiseKind.MARGIN else money(value, currency)


def count(n: float, word: str) -> str:
    told = f"{n}" if isinstance(n, int) else f"{round(n, 3):.12g}"
    return f"{told}{SPACE}{word}" if n == 1 else f"{told} {word}s"


def listed(names: Sequence[str], at_most: int = 8) -> str:
    more = len(names) - at_most
    return ", ".join(names[:at_most]) + (f" and {more} more" if more > 0 else "")
