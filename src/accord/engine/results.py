"""What a promise check answers: plain immutable values, dates already translated from the working axis."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from accord.engine.plan import Promise

Samples = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Probability:
    """A share of samples, with the standard error of that share; backed if it reaches the asked confidence."""

    probability: float
    standard_error: float
    backed: bool


@dataclass(frozen=True, slots=True)
class PromiseResult:
    promise: Promise
    kept: Probability
    # The best value that would be backed: the earliest date, the lowest cost, the highest margin.
    backed_value: dt.date | float
    backed_probability: float  # that of the backed value as people are told it, rounded to the cautious side
    # What decides it, one value for each sample: axis values of a date, money, or shares.
    samples: Samples = field(compare=False, repr=False)
    before: float | None = None  # the probability before the what-if

    @property
    def change(self) -> float | None:
        return None if self.before is None else self.kept.probability - self.before


@dataclass(frozen=True, slots=True)
class Spread:
    mean: float
    sd: float
    p10: float
    p50: float
    p80: float
    p90: float


@dataclass(frozen=True, slots=True)
class DateSpread:
    mean: dt.date
    p10: dt.date
    p50: dt.date
    p80: dt.date
    p90: dt.date


@dataclass(frozen=True, slots=True)
class ActivityResult:
    id: str
    criticality: float  # share of samples in which it lies on the chain that decides the engagement's finish
    sensitivity: float  # rank correlation of its own size with the engagement's finish
    start_p50: dt.date
    finish_p50: dt.date
    finish_p80: dt.date


@dataclass(frozen=True, slots=True)
class RiskResult:
    id: str
    contribution_days: float
    contribution_cost: float


@dataclass(frozen=True, slots=True)
class Waiting:
    """Mean working days that the chain which decides the finish waits for somebody who is busy."""

    of: str
    days: float


@dataclass(frozen=True, slots=True)
class EngagementResult:
    id: str
    promises: tuple[PromiseResult, ...]
    joint: Probability
    finish: DateSpread
    cost: Spread
    working_days: Spread  # from the engagement's own start
    margin: Spread | None  # as a share of the price; None without a price
    activities: tuple[ActivityResult, ...]
    risks: tuple[RiskResult, ...]
    waiting: tuple[Waiting, ...]  # longest first
    finish_samples: Samples  # axis values (working days since the portfolio's start), one for each sample
    cost_samples: Samples


@dataclass(frozen=True, slots=True)
class CheckResult:
    samples: int
    seed: int
    confidence: float
    currency: str
    engagements: tuple[EngagementResult, ...]
    all: Probability
    is_what_if: bool = False  # whether promises are compared with what they were before

    @property
    def all_backed(self) -> bool:
        """Whether every single promise is backed (the joint probabilities may still be lower)."""
        return all(p.kept.backed for e in self.engagements for p in e.promises)
