"""Shorten a plan with a constraint solver (OR-tools CP-SAT, an optional extra), and prove how short it can be.

The solver's model is a relaxation: time in whole ticks rounded down, absences left out, pools at the pace of their
fastest people. So its bound holds for the plan as well; its solution is carried out by the same scheme as
every other plan, which puts back what the model left out.
"""

from __future__ import annotations

import math
import time
from typing import Any

import numpy as np
from numpy.typing import NDArray

from accord.engine.network import FF, FS, SF
from accord.engine.scheduling import Plan, Planner
from accord.engine.simulation import threads

TICKS = (1, 2, 4, 8, 16, 480)  # per working day: the coarsest that is exact, else minutes


class OptimiserMissing(RuntimeError):
    """The solver is not installed."""

    def __init__(self) -> None:
        super().__init__("OR-tools is not installed; install it with: .venv/bin/pip install ortools")


def shorten(planner: Planner, plan: Plan, seconds: float) -> tuple[Plan, float]:
    """The best plan found within about `seconds`, and a lower bound of the makespan in working days.

    Engagement priorities are kept: the most urgent engagements are shortened first, then the others without delaying them;
    the whole never gets longer by that. The bound holds for every plan, whatever its priorities.

    Raises:
        OptimiserMissing: OR-tools is not installed.
    """
    try:
        from ortools.sat.python import cp_model
    except ImportError as missing:
        raise OptimiserMissing from missing
    return _Search(planner, plan, seconds, cp_model).run()


class _Search:
    def __init__(self, planner: Planner, plan: Plan, seconds: float, cp_model: Any) -> None:
        self.planner, self.plan, self.cp = planner, plan, cp_model
        self.deadline = time.monotonic() + seconds
        self.days = planner.days * planner.tables.fastest
        self.ticks = _ticks(np.concatenate([self.days, planner.tables.lag, planner.tables.release]))
        self.length = [self._whole(d) for d in self.days]
        self.horizon = self._whole(float(plan.finish.max())) + 1 + max(self.length, default=0)
        self.model = cp_model.CpModel()
        self.start = self._starts()
        self.ends = self._ends()
        self._links()
        self._people()

    def run(self) -> tuple[Plan, float]:
        whole = self._whole_end()
        stages = [whole] if len(self.ends) == 1 else [whole, *self.ends]
        bound = self._workload()
        for done, end in enumerate(stages):
            proven, value = self._stage(end, len(stages) - done)
            if end is whole:  # later stages keep what earlier ones reached: only this bound is free of that
                bound = max(bound, proven / self.ticks)
                self.model.add(whole <= self._whole(float(self.plan.finish.max())))
            elif value is None:
                break
            else:
                self.model.add(end <= value)
        return self.plan, bound

    def _whole_end(self) -> Any:
        if len(self.ends) == 1:
            return self.ends[0]
        whole = self.model.new_int_var(0, self.horizon, "whole")
        self.model.add_max_equality(whole, self.ends)
        return whole

    def _workload(self) -> float:
        """Nobody finishes before the busiest people have done all that only they can do, in working days."""
        t = self.planner.tables
        load = np.zeros(len(t.capacity))
        for i in range(self.planner.count):
            for k in range(t.first_need[i], t.first_need[i + 1]):
                load[t.need_resource[k]] += self.days[i] * t.need_units[k]
        return float((load / np.maximum(t.capacity, 1)).max(initial=0.0))

    def _stage(self, end: Any, stages_left: int) -> tuple[float, int | None]:
        self.model.minimize(end)
        self.model.clear_hints()
        for variable, day in zip(self.start, self.plan.start, strict=True):
            self.model.add_hint(variable, self._whole(float(day)))
        solver = self.cp.CpSolver()
        solver.parameters.max_time_in_seconds = max(0.1, (self.deadline - time.monotonic()) / stages_left)
        solver.parameters.num_workers = threads()
        solver.parameters.random_seed = 1
        status = solver.solve(self.model)
        if status not in (self.cp.OPTIMAL, self.cp.FEASIBLE):
            return max(0.0, solver.best_objective_bound), None
        starts = np.array([solver.value(v) for v in self.start]) / self.ticks
        found = self.planner.carry_out(starts, release=starts)
        for candidate in (found, self.planner.carry_out(starts)):
            longer = candidate.finish.max() > self.plan.finish.max()
            if candidate.objective < self.plan.objective and not longer:
                self.plan = candidate
        return solver.best_objective_bound, round(solver.value(end))

    def _whole(self, days: float) -> int:
        return math.floor(days * self.ticks + 1e-6)

    def _starts(self) -> list[Any]:
        horizon = self._whole(float(self.plan.finish.max())) + 1
        releases = self.planner.tables.release
        return [
            self.model.new_int_var(min(self._whole(float(r)), horizon), horizon, f"start{i}")
            for i, r in enumerate(releases)
        ]

    def _ends(self) -> list[Any]:
        ends = [self.model.new_int_var(0, self.horizon, f"end{g}") for g in range(len(self.planner.urgency))]
        for i, group in enumerate(self.planner.group.tolist()):
            self.model.add(ends[group] >= self.start[i] + self.length[i])
        return ends

    def _links(self) -> None:
        network, days = self.planner.compiled.network, self.days
        for i, j, kind, lag in zip(network.source, network.target, network.type, network.lag, strict=True):
            gap = float(lag) + (days[i] if kind in (FS, FF) else 0.0) - (days[j] if kind in (FF, SF) else 0.0)
            self.model.add(self.start[j] >= self.start[i] + self._whole(gap))

    def _people(self) -> None:
        t = self.planner.tables
        using: dict[int, list[tuple[Any, int]]] = {}
        for i in range(self.planner.count):
            needs = range(t.first_need[i], t.first_need[i + 1])
            if not needs or not self.length[i]:
                continue
            interval = self.model.new_fixed_size_interval_var(self.start[i], self.length[i], f"work{i}")
            for k in needs:
                r, units = int(t.need_resource[k]), int(t.need_units[k])
                using.setdefault(r, []).append((interval, units))
                if t.pool_of[r] >= 0:
                    using.setdefault(int(t.pool_of[r]), []).append((interval, units))
        for r, users in using.items():
            self.model.add_cumulative([u for u, _ in users], [d for _, d in users], int(t.capacity[r]))


def _ticks(values: NDArray[np.float64]) -> int:
    for ticks in TICKS[:-1]:
        scaled = values * ticks
        if np.abs(scaled - np.round(scaled)).max(initial=0.0) < 1e-6:
            return ticks
    return TICKS[-1]
