"""The deterministic plan from the likely values: who does what when, and how short it can be made.

Heuristic: the parallel scheme under several priority rules and perturbed ones, each improved by forward-backward
passes (K. Y. Li and R. J. Willis, European Journal of Operational Research 56, 1992; V. Valls et al., EJOR 165,
2005). Engagement priority always comes first. `optimise` lets a constraint solver search further.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from accord.engine import kernels
from accord.engine.compile import Compiled, compile_portfolio, network_arrays, rank_arrays, scratch_for
from accord.engine.distributions import quantile_table
from accord.engine.network import FF, FS, SS, Network
from accord.engine.plan import Activity, Portfolio
from accord.engine.promise_check import BeyondCalendar
from accord.engine.simulation import NeverStarts
from accord.engine.streams import normal_table
from accord.engine.tables import Tables

Floats = NDArray[np.float64]
Objective = tuple[float, ...]  # the end of each priority's engagements, most urgent first

# Perturbed priorities that are tried: plans up to 400 activities get the full number.
TRIES, TRIED_ACTIVITIES = 500, 200_000
_REVERSED = {FS: FS, SS: FF, FF: SS}  # SF stays SF


@dataclass(frozen=True, slots=True)
class Assigned:
    of: str
    units: float
    members: tuple[str, ...] = ()  # the named people taken from a role's pool


@dataclass(frozen=True, slots=True)
class ScheduledActivity:
    id: str
    start: dt.date
    finish: dt.date
    start_day: float  # working days since the file's start
    finish_day: float
    critical: bool
    assigned: tuple[Assigned, ...]


@dataclass(frozen=True, slots=True)
class ScheduledEngagement:
    id: str
    makespan_days: float  # from the portfolio's start to the engagement's end
    activities: tuple[ScheduledActivity, ...]


@dataclass(frozen=True, slots=True)
class Schedule:
    makespan_days: float
    lower_bound_days: float | None
    optimal: bool
    engagements: tuple[ScheduledEngagement, ...]


def schedule(portfolio: Portfolio, optimise_seconds: float | None = None) -> Schedule:
    """Plan the portfolio from its likely values.

    Raises:
        CyclicNetwork, NeverStarts: the plan cannot be carried out.
        BeyondCalendar: work would go on after the last day of the calendar.
        OptimiserMissing: `optimise_seconds` is given and the solver is not installed.
    """
    planner = Planner(portfolio)
    best = planner.improved(planner.best_of_rules())
    bound = None
    if optimise_seconds is not None:
        from accord.engine.optimiser import shorten

        best, bound = shorten(planner, best, optimise_seconds)
    return planner.described(best, bound)


@dataclass(frozen=True, slots=True)
class Plan:
    """One feasible schedule: starts and finishes on the working axis, and what reproduces it."""

    objective: Objective
    start: Floats
    finish: Floats
    tables: Tables


class Planner:
    """Carry out priorities, and compare what comes of them."""

    def __init__(self, portfolio: Portfolio) -> None:
        self.portfolio = portfolio
        self.compiled: Compiled = compile_portfolio(portfolio, certain=True)
        self.tables = self.compiled.tables
        self.count = len(self.tables.engagement)
        self.scratch = scratch_for(self.tables)
        zero = np.uint64(0)
        kernels.draw(self.tables, self.scratch, 0, zero, zero, normal_table(), quantile_table())
        self.days: Floats = self.compiled.likely_days
        priorities = [g.priority for g in portfolio.engagements]
        self.urgency = sorted(set(priorities))
        self.group = np.array(
            [self.urgency.index(priorities[e]) for e in self.tables.engagement], dtype=np.int64
        )
        self.waits_first = np.array([a.done == 0 for g in portfolio.engagements for a in g.activities])
        self.backward = self._reversed()

    def carry_out(self, key: Floats, release: Floats | None = None) -> Plan:
        """The schedule that priorities give: least key first within an engagement priority."""
        tables = self._ranked(self.tables, key, self.group)
        if release is not None:
            tables = tables._replace(release=np.maximum(release, self.tables.release))
        start, finish = self._run(tables)
        ends = tuple(float(finish[self.group == g].max()) for g in range(len(self.urgency)))
        return Plan(ends, start, finish, tables)

    def best_of_rules(self) -> Plan:
        return min((self.carry_out(key) for key in self._rules()), key=lambda plan: plan.objective)

    def improved(self, plan: Plan) -> Plan:
        """Forward-backward improvement of a plan and of perturbations of it."""
        best = self._justified(plan)
        random = np.random.default_rng(self.portfolio.seed)
        spread = max(float(best.start.std()), 1e-9)
        for attempt in range(min(TRIES, TRIED_ACTIVITIES // self.count)):
            noise = random.normal(0.0, spread * (0.05 + 0.25 * (attempt % 5) / 4), self.count)
            found = self._justified(self.carry_out(best.start + noise))
            if found.objective < best.objective:
                best = found
        return best

    def described(self, plan: Plan, bound: float | None) -> Schedule:
        self._run(plan.tables)  # once more, so that the scratch space tells who works on what
        critical = np.zeros(self.count, dtype=np.int64)
        waiting = np.zeros((len(self.portfolio.engagements), len(self.tables.capacity)))
        first, last = self.compiled.groups
        kernels.trace(plan.tables, self.scratch, 0, first, last, critical, waiting)
        makespan = float(plan.finish.max())
        if makespan > self.compiled.calendar.length:
            late = self.portfolio.engagements[self.tables.engagement[int(plan.finish.argmax())]]
            raise BeyondCalendar(late.id)
        engagements = tuple(
            ScheduledEngagement(
                id=g.id,
                makespan_days=float(plan.finish[first[e] : last[e]].max()),
                activities=tuple(
                    self._activity(plan, int(first[e]) + k, a, bool(critical[first[e] + k]))
                    for k, a in enumerate(g.activities)
                ),
            )
            for e, g in enumerate(self.portfolio.engagements)
        )
        proven = bound is not None and makespan <= bound + 1e-6
        return Schedule(makespan, bound, proven, engagements)

    def _activity(self, plan: Plan, i: int, activity: Activity, critical: bool) -> ScheduledActivity:
        calendar = self.compiled.calendar
        start, finish = float(plan.start[i]), float(plan.finish[i])
        momentary = start == finish  # what takes no time happens on the evening that it waits for
        day = calendar.finish_date(max(finish, float(self.compiled.reached[i])))
        return ScheduledActivity(
            id=activity.id,
            start=day if momentary else calendar.start_date(start),
            finish=day,
            start_day=start,
            finish_day=finish,
            critical=critical,
            assigned=tuple(Assigned(n.of, n.units, self._taken(i, n.of)) for n in activity.needs),
        )

    def _taken(self, i: int, of: str) -> tuple[str, ...]:
        """The members taken from a pool. What is held by name stands first, as needs by name are met first."""
        t, s, names = self.tables, self.scratch, self.compiled.resources
        by_name = sum(int(t.need_resource[k] >= t.pools) for k in range(t.first_need[i], t.first_need[i + 1]))
        held = range(t.first_held[i] + by_name, t.first_held[i] + s.held_count[i])
        pool = names.index(of)
        members = (int(s.held[place]) for place in held)
        return tuple(names[m] for m in members if t.pool_of[m] == pool)

    def _run(self, tables: Tables) -> tuple[Floats, Floats]:
        if kernels.generate(tables, self.scratch, 0) < self.count:
            raise NeverStarts("somebody who is needed is away until the end of the calendar")
        return self.scratch.begin.copy(), self.scratch.end.copy()

    def _ranked(self, tables: Tables, key: Floats, group: NDArray[np.int64]) -> Tables:
        rank = np.argsort(np.lexsort((key, group, self.waits_first)))
        t = self.tables
        return tables._replace(**rank_arrays(rank, t.first_need, t.need_resource, len(t.capacity)))

    def _justified(self, plan: Plan) -> Plan:
        """Plan backwards from the end, then forwards in the order found, as long as that helps."""
        while True:
            ranked = self._ranked(self.backward, -plan.finish, -self.group)
            _, finish = self._run(ranked)
            found = self.carry_out(-finish)
            if found.objective >= plan.objective:
                return plan
            plan = found

    def _rules(self) -> Iterator[Floats]:
        """Latest finish, latest start, most successors, greatest positional weight, longest first."""
        after, days = self._successors()
        yield self.tables.rank.astype(np.float64)
        yield self.tables.rank - self.days
        yield -after
        yield -(days + self.days)
        yield -self.days

    def _successors(self) -> tuple[Floats, Floats]:
        """Direct successors' number and days, summed along the network (a successor on two paths counts twice)."""
        network = self.compiled.network
        after, days = np.zeros(self.count), np.zeros(self.count)
        for i in reversed(network.order.tolist()):
            next_ = network.target[network.first[i] : network.first[i + 1]]
            after[i] = min(1e12, (after[next_] + 1).sum())
            days[i] = (days[next_] + self.days[next_]).max(initial=0.0)
        return after, days

    def _reversed(self) -> Tables:
        network = self.compiled.network
        links = [
            (int(j), int(i), _REVERSED.get(int(kind), int(kind)), float(lag))
            for i, j, kind, lag in zip(network.source, network.target, network.type, network.lag, strict=True)
        ]
        back = Network.of(self.count, links)
        none = np.zeros(0)
        return self.tables._replace(
            **network_arrays(back), release=np.zeros(self.count),
            first_away=np.zeros_like(self.tables.first_away), away_from=none, away_to=none, away_moment=none,
        )  # fmt: skip
