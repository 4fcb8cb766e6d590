"""Monte Carlo over a whole portfolio: every sample is one future of all people and engagements together.

Samples are drawn in blocks; blocks run in parallel in threads (the compiled code releases the interpreter). A sample depends only on
the seed and its number, so the answer is the same for any number of threads.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from threading import local

import numpy as np
from numpy.typing import NDArray

from accord.engine import kernels
from accord.engine.compile import Compiled, compile_portfolio, scratch_for
from accord.engine.distributions import quantile_table
from accord.engine.plan import Portfolio
from accord.engine.streams import key_of, normal_table
from accord.engine.tables import BLOCK

Progress = Callable[[float], None]
Floats = NDArray[np.float64]

# Starts are kept for pictures only: not more of them than this.
KEPT_STARTS = 10_000_000
_CHUNK = (
    8 * BLOCK
)  # samples that are summed up together: fixed, so that sums do not depend on the number of threads


class NeverStarts(RuntimeError):
    """An activity can never get the people that it needs (they are away for good)."""


@dataclass(frozen=True, slots=True)
class Simulation:
    """All samples. n activities, E engagements, S samples, R resources; times on the working axis."""

    compiled: Compiled
    samples: int
    seed: int
    finish: Floats  # (E, S)
    cost: Floats  # (E, S)
    targets: dict[tuple[str, str], Floats]  # finish of the activities that a promise names, (S,)
    activity_start: NDArray[np.float32]  # (n, some of S)
    activity_finish: NDArray[np.float32]  # (n, S)
    criticality: Floats  # (n,)
    waiting: Floats  # (E, R) mean days that the deciding chain waited

    def sensitivity(self, of: tuple[int, int] | None = None) -> Floats:
        """Rank correlation of each activity's own size with its engagement's finish, (n,); 0 for those outside `of`."""
        ranks = np.argsort(np.argsort(self.finish, axis=1), axis=1) / self.samples - 0.5
        n = len(self.compiled.network.order)
        out = np.zeros(n)
        k0, k1 = _seed_words(self.seed)
        bounds = np.linspace(*(of or (0, n)), 4 * threads() + 1).astype(int)

        def some(part: int) -> None:
            kernels.rank_correlation(
                self.compiled.tables,
                bounds[part],
                bounds[part + 1],
                ranks,
                k0,
                k1,
                normal_table(),
                quantile_table(),
                out,
            )

        with ThreadPoolExecutor(threads()) as pool:
            list(pool.map(some, range(len(bounds) - 1)))
        return out

    def occurrence(self, engagement: str, risk: str, probability: float) -> NDArray[np.bool_]:
        """In which samples a risk occurs, (S,)."""
        key = key_of("risk", engagement, risk)
        words = np.uint64(key & 0xFFFFFFFF), np.uint64(key >> 32)
        found: NDArray[np.bool_] = kernels.occurred(
            *words, probability, self.samples, *_seed_words(self.seed)
        )
        return found


def threads() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def simulate(portfolio: Portfolio, progress: Progress | None = None) -> Simulation:
    """Draw and schedule all samples.

    Raises:
        CyclicNetwork: activities of an engagement wait for each other.
        NeverStarts: an activity can never get its people.
    """
    return _Run(portfolio, compile_portfolio(portfolio)).run(progress)


class _Run:
    def __init__(self, portfolio: Portfolio, compiled: Compiled) -> None:
        self.portfolio = portfolio
        self.compiled = compiled
        t = compiled.tables
        n, engagements, samples = len(t.engagement), len(t.fixed_cost), portfolio.samples
        self.wanted = _targets(portfolio)
        self.target_at = np.array([compiled.activity_at[pair] for pair in self.wanted], dtype=np.int64)
        self.start = np.empty((n, min(samples, max(BLOCK, KEPT_STARTS // n))), dtype=np.float32)
        self.finish = np.empty((n, samples), dtype=np.float32)
        self.end = np.empty((engagements, samples))
        self.target = np.empty((len(self.wanted), samples))
        self.cost = np.empty((engagements, samples))
        self.thread = local()

    def run(self, progress: Progress | None) -> Simulation:
        t, samples = self.compiled.tables, self.portfolio.samples
        critical = np.zeros(len(t.engagement), dtype=np.int64)
        waiting = np.zeros((len(t.fixed_cost), len(t.capacity)))
        for share, part_critical, part_waiting in self._chunks():
            critical += part_critical
            waiting += part_waiting
            if progress:
                progress(share)
        self._hold_back()
        return Simulation(
            compiled=self.compiled,
            samples=samples,
            seed=self.portfolio.seed,
            finish=self.end,
            cost=self.cost,
            targets={pair: self.target[k] for k, pair in enumerate(self.wanted)},
            activity_start=self.start,
            activity_finish=self.finish,
            criticality=critical / samples,
            waiting=waiting / samples,
        )

    def _hold_back(self) -> None:
        """No end is told for the evening before the day that it had to wait for."""
        reached = self.compiled.reached
        of_all = np.array([reached[first:last].max() for first, last in self.compiled.groups.T])
        np.maximum(self.end, of_all[:, None], out=self.end)
        np.maximum(self.target, reached[self.target_at][:, None], out=self.target)

    def _chunks(self) -> Iterator[tuple[float, NDArray[np.int64], Floats]]:
        begins = range(0, self.portfolio.samples, _CHUNK)
        with ThreadPoolExecutor(threads()) as pool:
            try:
                for done, (critical, waiting) in enumerate(pool.map(self._chunk, begins), start=1):
                    yield done / len(begins), critical, waiting
            except BaseException:
                pool.shutdown(wait=True, cancel_futures=True)
                raise

    def _chunk(self, begin: int) -> tuple[NDArray[np.int64], Floats]:
        t = self.compiled.tables
        if not hasattr(self.thread, "scratch"):
            self.thread.scratch, self.thread.stamp = scratch_for(t), 0
        critical = np.zeros(len(t.engagement), dtype=np.int64)
        waiting = np.zeros((len(t.fixed_cost), len(t.capacity)))
        end = min(begin + _CHUNK, self.portfolio.samples)
        k0, k1 = _seed_words(self.portfolio.seed)
        for first in range(begin, end, BLOCK):
            stamp = kernels.simulate(
                t, self.thread.scratch, first, min(BLOCK, end - first), self.compiled.scheduled, k0, k1,
                normal_table(), quantile_table(), self.compiled.groups, self.target_at, self.start, self.finish,
                self.end, self.target, self.cost, critical, waiting, self.thread.stamp,
            )  # fmt: skip
            if stamp < 0:
                raise NeverStarts("somebody who is needed is away until the end of the calendar")
            self.thread.stamp = stamp
        return critical, waiting


def _targets(portfolio: Portfolio) -> list[tuple[str, str]]:
    pairs = ((g.id, p.of) for g in portfolio.engagements for p in g.promises if p.of is not None)
    return list(dict.fromkeys(pairs))


def _seed_words(seed: int) -> tuple[np.uint64, np.uint64]:
    return np.uint64(seed & 0xFFFFFFFF), np.uint64(seed >> 32)


def is_compiled() -> bool:
    """Whether the compiled loops are at hand (else the first simulation compiles them)."""
    stats = kernels.simulate.stats
    cache = getattr(kernels.simulate, "_cache", None)
    if stats.cache_hits or kernels.simulate.signatures or cache is None:
        return True
    try:
        return any(Path(cache.cache_path).glob("kernels.simulate-*.nbi"))
    except OSError:
        return False
