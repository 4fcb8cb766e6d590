"""The promise check: how likely are promises kept, what drives that, and what would make them backed.

The only caller of the simulation. The command line and the planning room both ask here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from accord.engine.calendar import TOLERANCE, WorkingCalendar
from accord.engine.confidence import as_told, at_confidence, money_up, probability, share_down, spread
from accord.engine.plan import Activity, Engagement, Portfolio, Promise, PromiseKind, Resource, Risk
from accord.engine.results import (
    ActivityResult,
    CheckResult,
    DateSpread,
    EngagementResult,
    PromiseResult,
    RiskResult,
    Samples,
    Waiting,
)
from accord.engine.simulation import Progress, Simulation, simulate

# A remedy is compared on common random numbers: fewer samples than the check itself are enough.
REMEDY_SAMPLES = 2_000
POOLS_TRIED = 2
# With fewer samples in which a risk does not occur, its contribution is found by a second simulation without it.
ENOUGH_WITHOUT = 200

Kept = NDArray[np.bool_]


class BeyondCalendar(ValueError):
    """Work would go on after the last day that Accord's calendar knows."""

    def __init__(self, engagement: str) -> None:
        self.engagement = engagement
        super().__init__(f"the work of {engagement} would not end by 2200-12-31")


@dataclass(frozen=True, slots=True)
class BetterPromise:
    """Promise the best value that is backed instead of the promised one."""

    kind: PromiseKind
    value: dt.date | float
    promised: dt.date | float


@dataclass(frozen=True, slots=True)
class OneMore:
    """One more unit in a role's pool."""

    role: str
    cost_rate: float  # money per hour; 0: unknown


@dataclass(frozen=True, slots=True)
class Remedy:
    """Something that would make a promise likelier, with the probability it would then have."""

    engagement: str
    promise: str
    change: BetterPromise | OneMore
    probability: float


def check(portfolio: Portfolio, progress: Progress | None = None, detailed: str | None = None) -> CheckResult:
    """Simulate the portfolio and judge every promise.

    With `detailed`, activities and risks are told of that engagement only, which spares a quarter of the time.

    Raises:
        CyclicNetwork, NeverStarts: the plan cannot be carried out.
        BeyondCalendar: work would go on after the last day of the calendar.
    """
    simulation = simulate(portfolio, progress)
    return _Check(portfolio, simulation, detailed).result()


def what_if(before: Portfolio, after: Portfolio, progress: Progress | None = None) -> CheckResult:
    """Judge `after`, with what each promise's probability was in `before`, on common random numbers."""
    first = check(before, _part(progress, 0.0))
    old = {(e.id, p.promise.id): p.kept.probability for e in first.engagements for p in e.promises}
    result = check(after, _part(progress, 0.5))
    engagements = tuple(_with_before(e, old) for e in result.engagements)
    return replace(result, engagements=engagements, is_what_if=True)


def remedies(
    portfolio: Portfolio, result: CheckResult, progress: Progress | None = None
) -> tuple[Remedy, ...]:
    """What would make the promises that are not backed backed: another promise, or more people.

    One more unit is tried in one pool at a time, those first for which the deciding chain waits longest.
    """
    return (*_better_promises(result), *_more_people(portfolio, result, progress))


class _Check:
    def __init__(self, portfolio: Portfolio, simulation: Simulation, detailed: str | None) -> None:
        self.portfolio = portfolio
        self.simulation = simulation
        self.detailed = detailed
        self.calendar: WorkingCalendar = simulation.compiled.calendar

    def result(self) -> CheckResult:
        sensitivity = self.simulation.sensitivity(self._detailed_activities())
        all_kept = np.ones(self.simulation.samples, dtype=np.bool_)
        engagements = []
        for e, engagement in enumerate(self.portfolio.engagements):
            found, kept = self._engagement(e, engagement, sensitivity)
            all_kept &= kept
            engagements.append(found)
        p = self.portfolio
        together = probability(all_kept, p.confidence)
        return CheckResult(p.samples, p.seed, p.confidence, p.currency, tuple(engagements), together)

    def _engagement(
        self, e: int, engagement: Engagement, sensitivity: Samples
    ) -> tuple[EngagementResult, Kept]:
        finish, cost = self.simulation.finish[e], self.simulation.cost[e]
        dates = spread(finish)
        if dates.p90 > self.calendar.length:
            raise BeyondCalendar(engagement.id)
        judged = [self._promise(engagement, promise, finish, cost) for promise in engagement.promises]
        kept = np.logical_and.reduce([k for _, k in judged]) if judged else np.ones(len(finish), np.bool_)
        day = self.calendar.finish_date
        told = self.detailed in (None, engagement.id)
        result = EngagementResult(
            id=engagement.id,
            promises=tuple(p for p, _ in judged),
            joint=probability(kept, self.portfolio.confidence),
            finish=DateSpread(
                day(dates.mean), day(dates.p10), day(dates.p50), day(dates.p80), day(dates.p90)
            ),
            cost=spread(cost),
            working_days=spread(finish - self.simulation.compiled.starts[e]),
            margin=spread(_margin(engagement, cost)) if engagement.price is not None else None,
            activities=self._activities(e, engagement, sensitivity) if told else (),
            risks=tuple(self._risk(e, engagement, risk) for risk in engagement.risks) if told else (),
            waiting=self._waiting(e),
            finish_samples=finish,
            cost_samples=cost,
        )
        return result, kept

    def _detailed_activities(self) -> tuple[int, int]:
        ids = [e.id for e in self.portfolio.engagements]
        groups = self.simulation.compiled.groups
        if self.detailed is None:
            return 0, int(groups[1, -1])
        first, last = groups[:, ids.index(self.detailed)]
        return int(first), int(last)

    def _promise(
        self, engagement: Engagement, promise: Promise, finish: Samples, cost: Samples
    ) -> tuple[PromiseResult, Kept]:
        confidence = self.portfolio.confidence
        best: dt.date | float
        if promise.kind is PromiseKind.DATE:
            values = finish if promise.of is None else self.simulation.targets[engagement.id, promise.of]
            best = self.calendar.finish_date(at_confidence(values, confidence))
        elif promise.kind is PromiseKind.COST:
            values = cost
            best = money_up(at_confidence(cost, confidence))
        else:
            values = _margin(engagement, cost)
            best = share_down(-at_confidence(-values, confidence))
        kept = self._kept(values, promise.kind, promise.amount if promise.date is None else promise.date)
        then = float(self._kept(values, promise.kind, as_told(promise.kind, best)).mean())
        return PromiseResult(promise, probability(kept, confidence), best, then, values), kept

    def _kept(self, values: Samples, kind: PromiseKind, promised: dt.date | float) -> Kept:
        if isinstance(promised, dt.date):
            return values <= self.calendar.evening(promised) + TOLERANCE
        if kind is PromiseKind.COST:
            return values <= promised * (1 + TOLERANCE)
        return values >= promised - TOLERANCE

    def _activities(self, e: int, engagement: Engagement, sensitivity: Samples) -> tuple[ActivityResult, ...]:
        first, last = (int(bound) for bound in self.simulation.compiled.groups[:, e])
        starts = np.median(self.simulation.activity_start[first:last], axis=1)
        count = self.simulation.samples
        middle, late = (min(count, int(np.ceil(p * count))) - 1 for p in (0.5, 0.8))
        finishes = np.partition(self.simulation.activity_finish[first:last], sorted({middle, late}), axis=1)
        reached = self.simulation.compiled.reached[first:last]
        return tuple(
            ActivityResult(
                id=activity.id,
                criticality=float(self.simulation.criticality[first + k]),
                sensitivity=float(sensitivity[first + k]),
                start_p50=self.calendar.start_date(float(starts[k])),
                finish_p50=self.calendar.finish_date(max(_moment(finishes[k, middle]), reached[k])),
                finish_p80=self.calendar.finish_date(max(_moment(finishes[k, late]), reached[k])),
            )
            for k, activity in enumerate(engagement.activities)
        )

    def _risk(self, e: int, engagement: Engagement, risk: Risk) -> RiskResult:
        """What the mean would be without it: occurrence is independent of all else, so the samples in which it does not
        occur are a fair sample of the world without it. What it cannot change is not estimated but known."""
        finish, cost = self.simulation.finish[e], self.simulation.cost[e]
        absent = ~self.simulation.occurrence(engagement.id, risk.id, risk.probability)
        own_cost = risk.cost * float(1 - absent.mean())
        hit = self._lengthened(e, engagement, risk)
        if absent.all() or hit is None:
            return RiskResult(risk.id, 0.0, own_cost)
        if absent.sum() >= ENOUGH_WITHOUT:
            days, money = finish[absent].mean(), cost[absent].mean()
        else:
            without = simulate(_without_risk(self.portfolio, engagement, risk))
            days, money = without.finish[e].mean(), without.cost[e].mean()
        added = float(cost.mean() - money) if self._costs_more(e, hit) else own_cost
        return RiskResult(risk.id, float(finish.mean() - days), added)

    def _lengthened(self, e: int, engagement: Engagement, risk: Risk) -> Activity | None:
        if risk.on is None or (risk.effort is None and risk.duration is None):
            return None
        compiled = self.simulation.compiled
        hit = engagement.activities[compiled.activity_at[engagement.id, risk.on] - int(compiled.groups[0, e])]
        return hit if hit.done < 1 else None

    def _costs_more(self, e: int, hit: Activity) -> bool:
        """Whether a longer activity can cost more: its own people, or whoever else is then taken from a pool."""
        first, last = self.simulation.compiled.groups[:, e]
        anybody = bool(self.simulation.compiled.tables.flexible[first:last].any())
        needed = {need.of for need in hit.needs}
        return any(r.cost_rate > 0 for r in self.portfolio.capacity if anybody or r.id in needed)

    def _waiting(self, e: int) -> tuple[Waiting, ...]:
        days = zip(self.simulation.compiled.resources, self.simulation.waiting[e], strict=True)
        found = [Waiting(of, float(waited)) for of, waited in days if waited > 0.005]
        return tuple(sorted(found, key=lambda w: -w.days))


def _moment(value: np.float32) -> float:
    """Finishes of single activities are kept in single precision: take what is next to a whole day as that day."""
    moment = float(value)
    return float(round(moment)) if abs(moment - round(moment)) < 1e-4 else moment


def _margin(engagement: Engagement, cost: Samples) -> Samples:
    assert engagement.price is not None
    return (engagement.price - cost) / engagement.price


def _without_risk(portfolio: Portfolio, engagement: Engagement, risk: Risk) -> Portfolio:
    changed = replace(engagement, risks=tuple(r for r in engagement.risks if r.id != risk.id))
    return replace(
        portfolio, engagements=tuple(changed if g.id == changed.id else g for g in portfolio.engagements)
    )


def _with_before(result: EngagementResult, old: dict[tuple[str, str], float]) -> EngagementResult:
    promises = tuple(replace(p, before=old.get((result.id, p.promise.id))) for p in result.promises)
    return replace(result, promises=promises)


def _part(progress: Progress | None, begin: float, parts: int = 2) -> Callable[[float], None] | None:
    return None if progress is None else lambda share: progress(begin + share / parts)


def _unbacked(result: CheckResult) -> Iterator[tuple[EngagementResult, PromiseResult]]:
    for engagement in result.engagements:
        for promise in engagement.promises:
            if not promise.kept.backed:
                yield engagement, promise


def _better_promises(result: CheckResult) -> Iterator[Remedy]:
    for engagement, judged in _unbacked(result):
        promise = judged.promise
        promised = promise.amount if promise.date is None else promise.date
        change = BetterPromise(promise.kind, judged.backed_value, promised)
        yield Remedy(engagement.id, promise.id, change, judged.backed_probability)


def _more_people(portfolio: Portfolio, result: CheckResult, progress: Progress | None) -> Iterator[Remedy]:
    wanted = [(e, p) for e, p in _unbacked(result) if p.promise.kind is PromiseKind.DATE]
    scarce = _scarcest_pools(portfolio, {e.id: e for e, _ in wanted}.values())
    few = replace(portfolio, samples=min(portfolio.samples, REMEDY_SAMPLES))
    for k, pool in enumerate(scarce):
        larger = replace(pool, units=pool.units + 1)
        capacity = tuple(larger if r.id == pool.id else r for r in portfolio.capacity)
        better = check(replace(few, capacity=capacity), _part(progress, k / len(scarce), len(scarce)))
        now = {(e.id, p.promise.id): p.kept.probability for e in better.engagements for p in e.promises}
        for engagement, judged in wanted:
            reached = now[engagement.id, judged.promise.id]
            if reached > judged.kept.probability + 2 * judged.kept.standard_error:
                yield Remedy(engagement.id, judged.promise.id, OneMore(pool.id, pool.cost_rate), reached)


def _scarcest_pools(portfolio: Portfolio, engagements: Iterable[EngagementResult]) -> list[Resource]:
    """The pools that are waited for longest. A named member who is short cannot be had twice."""
    days: dict[str, float] = {}
    for engagement in engagements:
        for waiting in engagement.waiting:
            days[waiting.of] = days.get(waiting.of, 0.0) + waiting.days
    pools = [r for r in portfolio.capacity if not r.named and r.id in days]
    return sorted(pools, key=lambda r: -days[r.id])[:POOLS_TRIED]
