"""Reading the curves that a check keeps: what the probability of another date or price would be."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from accord.engagements.models import Expectation
from accord.planning.checking.portfolio import promise_id

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


def reworded(result: Json, said: Iterable[Expectation]) -> Json:
    """A check's answer about what is said now: delivery keeps what it kept, and the curves tell how likely that fits.

    A date about an activity of which the check keeps no dates waits for the next check, and so do ways out for new
    words. All promises together are those of the check.
    """
    judged = {promise_id(row.pk): _judged(result, row) for row in said}
    promises = {name: found for name, found in judged.items() if found is not None}
    remedies = [
        way | {"probabilities": {n: p for n, p in way["probabilities"].items() if n in promises}}
        for way in result.get("remedies", [])
        if promises.keys() >= set(way["about"])
    ]
    return result | {"promises": promises, "remedies": remedies}


def _judged(result: Json, row: Expectation) -> Json | None:
    known: Json | None = result["promises"].get(promise_id(row.pk))
    if known is not None:
        return known
    is_about_one = hasattr(row, "target")
    earlier: Json = result["promises"].get(promise_id(row.restates_id or 0), {}) if is_about_one else {}
    kind = "time" if row.date else "price"
    curve = (earlier.get("dates") or result[kind])["curve"]
    if not curve or (is_about_one and not earlier):
        return None
    said: Any = row.date.isoformat() if row.date else float(row.amount or 0)
    p, best = share_by(curve, said), value_at(curve, result["asked"])
    return (
        {"of": None}
        | earlier
        | {
            "kind": kind,
            "p": p,
            "se": math.sqrt(p * (1 - p) / result["samples"]),
            "backed": p >= result["asked"],
            "said": said,
            "best": best if row.date else math.ceil(best),
        }
    )
