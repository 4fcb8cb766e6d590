"""How far what came true lies from what was estimated: figures of a real software house, for the sample firm.

From 1,216 packages of at least 40 estimated hours (consecutive finished tasks of one project) in the public SiP data
set, D. M. Jones and S. Cullum, arXiv:1901.01621; computed by scripts/fit_sample_spread.py. The ratio actual / estimate
is taken as lognormal with its own spread on each side of the median.
"""

from __future__ import annotations

import hashlib
import math
from decimal import Decimal
from statistics import NormalDist

MEDIAN = 0.94
BELOW = 0.89  # standard deviation of the logarithm below the median
ABOVE = 0.50  # and above it

# Between which percentiles of all packages one package lies, by how sure one can be of it.
SURE = {"known": 0.65, "usual": 0.8, "new": 0.9}
_HALF_HOUR = Decimal("0.5")


def ratio_at(quantile: float) -> float:
    """Actual / estimate below which that share of the packages stays."""
    z = NormalDist().inv_cdf(quantile)
    return MEDIAN * math.exp((BELOW if z < 0 else ABOVE) * z)


def ratio_of(key: str) -> float:
    """What became of a package's estimate; the same for the same key. Packages in the outermost tenths are left out."""
    return ratio_at(0.1 + 0.8 * chance(key))


def three_points(likely: float, how_sure: str) -> tuple[Decimal, Decimal, Decimal]:
    """Low, likely and high hours as skewed as the real ones, in half hours."""
    q = SURE[how_sure]
    low = likely * ratio_at(1 - q) / MEDIAN
    high = likely * ratio_at(q) / MEDIAN
    return half_hours(low), half_hours(likely), half_hours(high)


def chance(key: str) -> float:
    """A number between 0 and 1 that belongs to the key, on every machine and every day."""
    return int.from_bytes(hashlib.sha256(key.encode()).digest()[:6]) / 2**48


def half_hours(hours: float) -> Decimal:
    return (Decimal(round(hours * 2)) * _HALF_HOUR).quantize(_HALF_HOUR)
