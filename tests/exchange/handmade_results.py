"""Portfolios and results made by hand: reports and pictures are tested without the engine."""

from __future__ import annotations

import datetime as dt

import numpy as np

from accord.engine.calendar import WorkingCalendar
from accord.engine.plan import (
    Activity,
    Engagement,
    Link,
    Need,
    Portfolio,
    Promise,
    PromiseKind,
    Resource,
    ThreePoint,
)
from accord.engine.results import (
    ActivityResult,
    CheckResult,
    DateSpread,
    EngagementResult,
    Probability,
    PromiseResult,
    RiskResult,
    Spread,
    Waiting,
)

START = dt.date(2027, 1, 4)
SAMPLES = 4000


def portfolio(*ids: str, activities: int = 6, price: float | None = 120_000.0) -> Portfolio:
    engagements = tuple(Engagement(i, _activities(activities), price=price) for i in ids or ("portal",))
    return Portfolio(START, engagements, (Resource("dev", units=3, cost_rate=60), Resource("analyst")))


def result(
    plan: Portfolio, *, promised: bool = True, certain: bool = False, before: float | None = None
) -> CheckResult:
    calendar = WorkingCalendar(plan.start, plan.calendar)
    engagements = tuple(
        _engagement(e, calendar, i, promised, certain, before) for i, e in enumerate(plan.engagements)
    )
    return CheckResult(SAMPLES, 1, 0.8, "EUR", engagements, _probability(0.58), before is not None)


def _activities(count: int) -> tuple[Activity, ...]:
    work = [
        Activity(
            f"task-{i}",
            ThreePoint(20, 40, 80),
            needs=(Need("dev"),),
            after=(Link(f"task-{i - 1}"),) if i else (),
        )
        for i in range(count - 1)
    ]
    return (*work, Activity("live", after=(Link(work[-1].id),)))


def _engagement(
    e: Engagement, calendar: WorkingCalendar, number: int, promised: bool, certain: bool, before: float | None
) -> EngagementResult:
    random = np.random.default_rng(number)
    noise = np.zeros(SAMPLES) if certain else random.gamma(4.0, 1.0, SAMPLES)
    finish, cost = 70.0 + 5 * noise, 60_000 + 5_000 * noise
    at = lambda share: calendar.finish_date(float(np.quantile(finish, share)))  # noqa: E731
    dates = DateSpread(at(0.55), at(0.1), at(0.5), at(0.8), at(0.9))
    margin = None if e.price is None else _spread((e.price - cost) / e.price)
    promises = _promises(finish, cost, calendar, at(0.63), before) if promised else ()
    return EngagementResult(
        e.id,
        promises,
        _probability(0.58),
        dates,
        _spread(cost),
        _spread(finish),
        margin,
        _activity_results(e, calendar, finish),
        () if certain else (RiskResult("interface", 2.1, 1800.0),),
        () if certain else (Waiting("dev", 3.4),),
        finish,
        cost,
    )


def _promises(
    finish: np.ndarray, cost: np.ndarray, calendar: WorkingCalendar, date: dt.date, before: float | None
) -> tuple[PromiseResult, ...]:
    kept = float(np.mean(finish <= calendar.evening(date)))
    best = calendar.finish_date(float(np.quantile(finish, 0.8)))
    budget = float(np.quantile(cost, 0.88))
    return (
        PromiseResult(
            Promise("go-live", PromiseKind.DATE, date=date, of="live"),
            _probability(kept),
            best,
            0.8,
            finish,
            before,
        ),
        PromiseResult(
            Promise("budget", PromiseKind.COST, amount=round(budget, -2)),
            _probability(float(np.mean(cost <= round(budget, -2)))),
            float(np.quantile(cost, 0.8)),
            0.8,
            cost,
            before,
        ),
    )


def _activity_results(
    e: Engagement, calendar: WorkingCalendar, finish: np.ndarray
) -> tuple[ActivityResult, ...]:
    n = len(e.activities)
    p50, p80 = (float(np.quantile(finish, p)) for p in (0.5, 0.8))
    return tuple(
        ActivityResult(
            a.id,
            1.0 - 0.7 * (i % 3) / 2,
            0.4 if i % 2 else 0.1,
            calendar.start_date(p50 * i / n),
            calendar.finish_date(p50 * (i + 1) / n),
            calendar.finish_date(p80 * (i + 1) / n),
        )
        for i, a in enumerate(e.activities)
    )


def _probability(p: float) -> Probability:
    return Probability(p, float(np.sqrt(p * (1 - p) / SAMPLES)), p >= 0.8)


def _spread(values: np.ndarray) -> Spread:
    p = (float(np.quantile(values, q)) for q in (0.1, 0.5, 0.8, 0.9))
    return Spread(float(values.mean()), float(values.std()), *p)
