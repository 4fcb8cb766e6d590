"""Reading the curves that a check keeps: what the probability of another date or price would be."""

from __future__ import annotations

import datetime as dt
import math
from decimal import Decimal
from typing import Any

from accord.engagements.models import Expectation

Json = dict[str, Any]


def curve_of(result: Json, name: str, kind: str) -> Json:
    """The curve that a promise is read from, with its quantiles: of its own activity if it is about one."""
    found: Json = result["promises"].get(name, {}).get("dates") or result[kind]
    return found


def share_by(curve: list[list[Any]], value: Any) -> float:
    """The share on a rising curve of (value, share) at a value: that of the last knot which is not beyond it."""
    below = [share for x, share in curve if x <= value]
    return float(below[-1]) if below else 0.0


def value_at(curve: list[list[Any]], share: float) -> Any:
    """The least value on a curve whose share reaches the asked one; None of an empty curve."""
    reaching = [x for x, s in curve if s >= share - 1e-12]
    return reaching[0] if reaching else None


def share_at(curve: Json, row: Expectation) -> float | None:
    """How likely a date or price is kept by the curve that it is read from; None if the check does not tell."""
    if not curve["curve"]:
        return None
    return share_by(curve["curve"], row.date.isoformat() if row.date else float(row.amount or 0))


def backed_at(curve: Json, kind: str, asked: float) -> Json:
    """The best value that would be backed, in the fields of a belief."""
    if kind == Expectation.Kind.TIME:
        return {"backed_date": dt.date.fromisoformat(value_at(curve["curve"], asked))}
    return {"backed_amount": Decimal(math.ceil(value_at(curve["curve"], asked)))}
