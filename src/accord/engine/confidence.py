"""From samples to statements: probabilities with their errors, percentiles, and values that would be backed."""

from __future__ import annotations

import datetime as dt
import math
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

import numpy as np
from numpy.typing import NDArray

from accord.engine.plan import PromiseKind
from accord.engine.results import Probability, Spread

Floats = NDArray[np.float64]
PERCENTILES = (10, 50, 80, 90)


def probability(kept: NDArray[np.bool_], confidence: float) -> Probability:
    """The share of samples that keep a promise; its standard error is that of a binomial share."""
    share = float(kept.mean())
    return Probability(share, math.sqrt(share * (1 - share) / len(kept)), share >= confidence)


def at_confidence(samples: Floats, confidence: float) -> float:
    """The least value that at least the share `confidence` of the samples does not exceed (an order statistic)."""
    count = min(len(samples), math.ceil(confidence * len(samples) - 1e-9))
    return float(np.partition(samples, count - 1)[count - 1])


def spread(samples: Floats) -> Spread:
    values = [at_confidence(samples, p / 100) for p in PERCENTILES]
    return Spread(float(samples.mean()), float(samples.std()), *values)


def money_up(amount: float) -> float:
    """To whole cents, never below the amount: a budget that was shown must hold."""
    return float(Decimal(repr(amount)).quantize(Decimal("0.01"), ROUND_CEILING))


def as_told(kind: PromiseKind, value: dt.date | float) -> dt.date | float:
    """A value that is backed as people are told it (whole money, tenths of a percent), rounded so that it still is."""
    if isinstance(value, dt.date):
        return value
    return math.floor(value * 1000) / 1000 if kind is PromiseKind.MARGIN else math.ceil(value)


def share_down(share: float) -> float:
    """To hundredths of a percent, never above the share."""
    return float(Decimal(repr(share)).quantize(Decimal("0.0001"), ROUND_FLOOR))
