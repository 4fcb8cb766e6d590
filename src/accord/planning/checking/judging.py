"""The answer of a promise check: probabilities, curves and drivers of one engagement, from the engine's simulation.

The only caller of the simulation besides `ways_out`. What comes out is plain JSON, kept with the check.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from accord.engine import promise_check
from accord.engine.calendar import TOLERANCE, WorkingCalendar
from accord.engine.plan import Portfolio, PromiseKind
from accord.engine.results import CheckResult, EngagementResult, PromiseResult, Samples
from accord.planning.checking.portfolio import Gathered

Progress = Callable[[float], None]
Json = dict[str, Any]

BANDS = (5, 25, 50, 75, 80, 95)
_STEPS = 200  # of the price's curve
# A what-if is compared on the same futures: fewer of them are enough, and it answers at once.
FEW = promise_check.REMEDY_SAMPLES
_SHOWN_FROM = 0.005


def answer(gathered: Gathered, progress: Progress | None = None) -> Json:
    """How likely each promise of the engagement is kept, and what decides that.

    Raises:
        CyclicNetwork, NeverStarts, BeyondCalendar: the plans cannot be carried out.
    """
    portfolio = gathered.portfolio
    result = promise_check.check(portfolio, progress, gathered.about)
    own = of(result, gathered.about)
    calendar = WorkingCalendar(portfolio.start, portfolio.calendar)
    return {
        "asked": portfolio.confidence,
        "margin": gathered.margin,
        "currency": portfolio.currency,
        "samples": result.samples,
        "running": len(portfolio.engagements),
        "joint": {"p": own.joint.probability, "se": own.joint.standard_error},
        "promises": {p.promise.id: _promise(p, gathered.margin, calendar) for p in own.promises},
        "time": _dates(own.finish_samples, calendar),
        "price": _prices(own, gathered.margin),
        "activities": [_activity(a, gathered.names) for a in own.activities],
        "risks": _risks(own, gathered.names),
        "waiting": [
            {"of": w.of, "name": gathered.names.get(w.of, ""), "days": w.days}
            for w in own.waiting
            if w.of in gathered.names and w.days >= 0.1
        ],
        "roles": {name[1:]: told for name, told in gathered.names.items() if name[0] == "r"},
        "assumed": list(gathered.assumed),
    }


def few(portfolio: Portfolio) -> Portfolio:
    return replace(portfolio, samples=min(portfolio.samples, FEW))


def of(result: CheckResult, engagement: str) -> EngagementResult:
    return next(e for e in result.engagements if e.id == engagement)


def _promise(p: PromiseResult, margin: float, calendar: WorkingCalendar) -> Json:
    """A date that is about one activity brings the dates of that activity along."""
    is_date = p.promise.kind is PromiseKind.DATE
    told = {
        "kind": "time" if is_date else "price",
        "p": p.kept.probability,
        "se": p.kept.standard_error,
        "backed": p.kept.backed,
        "said": p.promise.date.isoformat() if p.promise.date else round(p.promise.amount / (1 - margin), 2),
        "best": _best(p.backed_value, margin),
        "of": p.promise.of,
    }
    if is_date and p.promise.of is not None:
        told["dates"] = _dates(p.samples, calendar)
    return told


def _best(value: object, margin: float) -> Any:
    """The earliest date that is backed; or the lowest whole price."""
    if isinstance(value, float | int):
        return math.ceil(float(value) / (1 - margin))
    return value.isoformat()  # type: ignore[attr-defined]


def _dates(finishes: Samples, calendar: WorkingCalendar) -> Json:
    """The share of futures in which the work is done by each working day's evening."""
    last_day = np.maximum(np.ceil(finishes - TOLERANCE).astype(np.int64), 1)
    first, counts = int(last_day.min()), np.bincount(last_day - last_day.min())
    shares = np.cumsum(counts) / len(last_day)
    curve = [[calendar.finish_date(float(first + k)).isoformat(), float(s)] for k, s in enumerate(shares)]
    at = {f"p{q}": calendar.finish_date(_at(finishes, q)).isoformat() for q in BANDS}
    return {"curve": curve, **at}


def _prices(own: EngagementResult, margin: float) -> Json:
    """The share of futures whose cost leaves the wanted margin of each price."""
    ordered = np.sort(own.cost_samples) / (1 - margin)
    if ordered[-1] <= 0:
        return {"curve": []}
    exact = [p.promise.amount / (1 - margin) for p in own.promises if p.promise.kind is PromiseKind.COST]
    # As `_at`: a price between two futures would be told with the share of the knot before it.
    places = np.ceil(np.linspace(0, 1, _STEPS + 1) * len(ordered) - 1e-9).astype(np.int64)
    knots = np.unique(np.concatenate([ordered[np.maximum(places, 1) - 1], exact]))
    shares = np.searchsorted(ordered, knots * (1 + TOLERANCE), side="right") / len(ordered)
    curve = [[round(float(x), 2), float(s)] for x, s in zip(knots, shares, strict=True)]
    return {"curve": curve, **{f"p{q}": round(_at(own.cost_samples, q) / (1 - margin), 2) for q in BANDS}}


def _at(samples: Samples, percent: int) -> float:
    count = max(1, math.ceil(percent / 100 * len(samples) - 1e-9))
    return float(np.partition(samples, count - 1)[count - 1])


def _activity(a: Any, names: dict[str, str]) -> Json:
    return {
        "code": a.id,
        "name": names.get(f"a:{a.id}", a.id),
        "criticality": round(a.criticality, 4),
        "sensitivity": round(a.sensitivity, 4),
        "start": a.start_p50.isoformat(),
        "finish": a.finish_p50.isoformat(),
        "finish_p80": a.finish_p80.isoformat(),
    }


def _risks(own: EngagementResult, names: dict[str, str]) -> list[Json]:
    found = [
        {"name": names.get(r.id, r.id), "days": r.contribution_days, "cost": r.contribution_cost}
        for r in own.risks
        if r.contribution_days >= _SHOWN_FROM or r.contribution_cost >= 1
    ]
    return sorted(found, key=lambda r: (-r["days"], -r["cost"]))
