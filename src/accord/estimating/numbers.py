"""What three points mean together: sums by role, how far estimators disagree, what one version has that another has not.

Plain values only. Efforts are hours. The effort of a package is a PERT beta with shape 4 between its low and its high,
as in the engine; the sum of many is taken as normal, with the same common cause as in the promise check, which simulates
instead of taking sums.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

Z80 = 0.8416212335729143  # the 80th percentile of the standard normal
# How much the packages of one engagement go wrong together: the same people estimated them, for the same client. Without
# it errors would cancel out and every plan would look safer than it is; a few tenths already show most of that effect
# (S. Book, "Why correlation matters in cost estimating", 1999).
COMMON_CAUSE = 0.3
WIDE = 1.5  # likely values that differ by more than this factor are a disagreement
CENT = Decimal("0.01")
TENTH = Decimal("0.1")
_HAIR = 1e-9  # what a computed half may lack to be one


def half_up(value: Decimal | float, decimals: int = 0) -> float:
    """Rounded as people do, halves away from zero; the grid in the browser rounds by the same steps."""
    scale = float(10**decimals)
    rounded = math.floor(abs(float(value)) * scale + 0.5 + _HAIR) / scale
    return -rounded if value < 0 else rounded


def shown(value: Decimal) -> Decimal:
    """Hours as pages show them, in tenths: sums are taken of these, so that whoever adds up what is shown gets the sum."""
    return value.quantize(TENTH, ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class Points:
    low: Decimal
    likely: Decimal
    high: Decimal

    @property
    def shown(self) -> Points:
        return Points(shown(self.low), shown(self.likely), shown(self.high))

    @property
    def mean(self) -> float:
        return float(self.low + 4 * self.likely + self.high) / 6

    @property
    def variance(self) -> float:
        """Of the PERT beta with shape 4 (D. Vose, Risk Analysis, 2008)."""
        return max(0.0, (self.mean - float(self.low)) * (float(self.high) - self.mean) / 7)


@dataclass(frozen=True, slots=True)
class Total:
    """Hours of one role, or of all (role ''): half of all courses stay under `p50`, four fifths under `p80`.

    `likely` and `p50` of all are the sums of what is shown for the roles.
    """

    role: str
    packages: int
    likely: Decimal
    p50: float
    p80: float


@dataclass(frozen=True, slots=True)
class Line:
    """A package as versions are compared: by its code."""

    code: str
    name: str
    role: str
    points: Points | None


@dataclass(frozen=True, slots=True)
class Difference:
    """What became of a package between two versions."""

    code: str
    kind: str  # added, removed, changed
    before: Line | None
    after: Line | None

    @property
    def change(self) -> Decimal:
        """Likely hours more (or fewer)."""
        old = self.before.points.likely if self.before and self.before.points else Decimal(0)
        new = self.after.points.likely if self.after and self.after.points else Decimal(0)
        return new - old


def totals(efforts: Iterable[tuple[str, Points]]) -> list[Total]:
    """One total for each role by name, and last the one of all."""
    by_role: dict[str, list[Points]] = {}
    for role, points in efforts:
        by_role.setdefault(role, []).append(points)
    found = [
        _total(role, by_role[role], half_up(sum(p.mean for p in by_role[role]), 1))
        for role in sorted(by_role)
    ]
    p50 = half_up(sum(total.p50 for total in found), 1)
    return [*found, _total("", [p for points in by_role.values() for p in points], p50)]


def _total(role: str, points: Sequence[Points], p50: float) -> Total:
    apart = sum(p.variance for p in points)
    together = sum(math.sqrt(p.variance) for p in points) ** 2
    deviation = math.sqrt((1 - COMMON_CAUSE) * apart + COMMON_CAUSE * together)
    likely = sum((shown(p.likely) for p in points), Decimal(0))
    return Total(role, len(points), likely, p50, p50 + Z80 * deviation)


def mean_of(given: Sequence[Points]) -> Points:
    """The middle of several estimators' points, in hundredths; three means of rising points rise."""
    n = len(given)
    low, likely, high = (
        (sum((getattr(p, name) for p in given), Decimal(0)) / n).quantize(CENT, ROUND_HALF_UP)
        for name in ("low", "likely", "high")
    )
    return Points(low, likely, high)


def disagreement(given: Sequence[Points]) -> str:
    """In words why several estimates of one package are too far from each other to take the mean; '' if they are not."""
    if len(given) < 2:
        return ""
    if max(p.low for p in given) > min(p.high for p in given):
        return "the ranges do not meet"
    least, most = min(p.likely for p in given), max(p.likely for p in given)
    if float(most) > WIDE * float(least):
        return f"{float(most / least):.1f} times apart" if least else "one says nothing, another something"
    return ""


def differences(before: Sequence[Line], after: Sequence[Line]) -> list[Difference]:
    """Packages that were removed, added or changed, in the order of the newer version with removed ones last."""
    old = {line.code: line for line in before}
    new = {line.code: line for line in after}
    found = [
        Difference(line.code, "changed" if line.code in old else "added", old.get(line.code), line)
        for line in after
        if old.get(line.code) != line
    ]
    gone = [Difference(line.code, "removed", line, None) for line in before if line.code not in new]
    return [*found, *gone]
