"""Three-point estimates as distributions, drawn by inversion in normal space.

A value is `base + width * q(z)` where z is a standard normal deviate and q comes from a table of quantile functions
(one row for each shape), or `exp(base + width * z)` for the lognormal. Going through z makes rank
correlation a matter of correlating normals (Gaussian copula).

Sources: PERT as a beta with shape 4 (D. G. Malcolm et al., Operations Research 7, 1959; shape as in D. Vose, Risk
Analysis, 2008): Beta(1 + 4m, 5 - 4m) where m is the mode's place between the ends.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from accord.engine.plan import Distribution, Range, ThreePoint

Z_LIMIT = 6.4  # beyond any deviate that 32 bits can make
Z_CELLS = 512
MODES = 128  # cells of the mode's place between low and high
Z90 = 1.2815515655446004  # the 90th percentile of the standard normal

CERTAIN, TABLE, LOGNORMAL = 0, 1, 2
_FIRST_ROW = {Distribution.PERT: 0, Distribution.TRIANGULAR: MODES + 1, Distribution.UNIFORM: 2 * (MODES + 1)}
UNIFORM_ROW = _FIRST_ROW[
    Distribution.UNIFORM
]  # its quantile function is the normal's own distribution function


@dataclass(frozen=True, slots=True)
class Variable:
    """A random quantity ready to be drawn; `row` is a fractional place in `quantile_table` (TABLE only)."""

    kind: int
    base: float
    width: float
    row: float
    mean: float

    def times(self, factor: float) -> Variable:
        """The same quantity in another unit."""
        if self.kind == LOGNORMAL:
            if factor == 0.0:
                return Variable(CERTAIN, 0.0, 0.0, 0.0, 0.0)
            return Variable(self.kind, self.base + math.log(factor), self.width, 0.0, self.mean * factor)
        return Variable(self.kind, self.base * factor, self.width * factor, self.row, self.mean * factor)


@cache
def quantile_table() -> NDArray[np.float64]:
    """Quantiles of the standard shapes at normal deviates: (2 * 129 + 2) rows by 513 nodes from -6.4 to 6.4."""
    z = np.linspace(-Z_LIMIT, Z_LIMIT, Z_CELLS + 1)
    probability = np.array([0.5 * math.erfc(-value / math.sqrt(2.0)) for value in z])
    modes = np.linspace(0.0, 1.0, MODES + 1)
    lower = probability[: Z_CELLS // 2 + 1]
    rows = [*_mirrored(_pert_lower(modes, lower)), *_mirrored(_triangular_lower(modes, lower))]
    rows += [probability, probability]  # twice: every row that is read has one below it
    return np.ascontiguousarray(np.clip(np.array(rows), 0.0, 1.0))


def variable(estimate: ThreePoint) -> Variable:
    """The distribution of a three-point estimate.

    Values below zero, which percentile ranges can imply, are drawn as zero.
    """
    if estimate.is_certain:
        return Variable(CERTAIN, estimate.likely, 0.0, 0.0, estimate.likely)
    if estimate.distribution is Distribution.LOGNORMAL:
        return _lognormal(estimate)
    mode, base, width = _ends(estimate)
    row = _FIRST_ROW[estimate.distribution]
    if estimate.distribution is Distribution.UNIFORM:
        return Variable(TABLE, base, width, float(row), base + width / 2)
    share = (1 + 4 * mode) / 6 if estimate.distribution is Distribution.PERT else (1 + mode) / 3
    return Variable(TABLE, base, width, row + mode * MODES, base + width * share)


def quantile(variable_: Variable, z: float) -> float:
    """The value of a variable at a standard normal deviate (the compiled sampler does the same in bulk)."""
    if variable_.kind == CERTAIN:
        return variable_.base
    if variable_.kind == LOGNORMAL:
        return math.exp(variable_.base + variable_.width * z)
    return max(0.0, variable_.base + variable_.width * _shape(variable_.row, z))


def _lognormal(estimate: ThreePoint) -> Variable:
    mu = 0.5 * (math.log(estimate.low) + math.log(estimate.high))
    sigma = math.log(estimate.high / estimate.low) / (2 * Z90)
    return Variable(LOGNORMAL, mu, sigma, 0.0, math.exp(mu + sigma**2 / 2))


def _ends(estimate: ThreePoint) -> tuple[float, float, float]:
    """(the mode's place, the lower end, the width) of a bounded distribution."""
    span = estimate.high - estimate.low
    if estimate.range is Range.MIN_MAX:
        return (estimate.likely - estimate.low) / span, estimate.low, span
    if estimate.distribution is Distribution.UNIFORM:
        return 0.5, estimate.low - span / 8, span * 1.25
    return _ends_from_percentiles(estimate, span)


def _ends_from_percentiles(estimate: ThreePoint, span: float) -> tuple[float, float, float]:
    """Find the mode's place by bisection: the implied mode grows with it, from below p10 to above p90."""
    first = _FIRST_ROW[estimate.distribution]
    below, above = 0.0, 1.0
    for _ in range(60):
        mode = (below + above) / 2
        p10, p90 = (_shape(first + mode * MODES, z) for z in (-Z90, Z90))
        width = span / (p90 - p10)
        base = estimate.low - width * p10
        if base + mode * width < estimate.likely:
            below = mode
        else:
            above = mode
    return mode, base, width


def _shape(row: float, z: float) -> float:
    table = quantile_table()
    upper = int(row) + 1
    position = (min(max(z, -Z_LIMIT), Z_LIMIT) + Z_LIMIT) / (2 * Z_LIMIT) * Z_CELLS
    cell = min(int(position), Z_CELLS - 1)
    ends = [
        (1 - (position - cell)) * table[r, cell] + (position - cell) * table[r, cell + 1]
        for r in (int(row), upper)
    ]
    return float(ends[0] + (row - int(row)) * (ends[1] - ends[0]))


def _mirrored(lower: NDArray[np.float64]) -> NDArray[np.float64]:
    """Whole quantile rows from their lower halves: the upper half at mode m is the lower one at 1 - m, reflected."""
    upper = 1.0 - lower[::-1, ::-1]
    return np.concatenate([lower[:, :-1], upper], axis=1)


def _triangular_lower(modes: NDArray[np.float64], probability: NDArray[np.float64]) -> NDArray[np.float64]:
    m, p = modes[:, None], probability[None, :]
    return np.where(p <= m, np.sqrt(p * m), 1.0 - np.sqrt((1.0 - p) * (1.0 - m)))


def _pert_lower(modes: NDArray[np.float64], probability: NDArray[np.float64]) -> NDArray[np.float64]:
    """Invert the beta distribution function: integrated by Gauss-Legendre on a grid that is dense at the ends,
    interpolated in log-log, where it is a straight line at the lower end."""
    x = np.sin(np.linspace(0.0, math.pi / 2, 1501)) ** 2
    nodes, weights = np.polynomial.legendre.leggauss(4)
    middle, half = (x[1:] + x[:-1]) / 2, np.diff(x) / 2
    points = middle[:, None] + half[:, None] * nodes[None, :]
    log_x, log_rest = np.log(points), np.log1p(-points)
    rows = []
    for mode in modes:
        a, b = 1 + 4 * mode, 5 - 4 * mode
        cells = (np.exp((a - 1) * log_x + (b - 1) * log_rest) * weights).sum(axis=1) * half
        cells[0] = x[1] ** a / a  # the power law itself: its slope at zero need not be finite
        beta = math.gamma(a) * math.gamma(b) / math.gamma(6.0)
        log_f = np.log(np.cumsum(cells) / beta)
        rows.append(_interpolate_power(np.log(probability), log_f, np.log(x[1:]), a))
    return np.array(rows)


def _interpolate_power(
    wanted: NDArray[np.float64], log_f: NDArray[np.float64], log_x: NDArray[np.float64], power: float
) -> NDArray[np.float64]:
    inside = np.interp(wanted, log_f, log_x)
    below = log_x[0] + (wanted - log_f[0]) / power
    return np.exp(np.where(wanted < log_f[0], below, inside))
