"""Two or more opinions of one package as small bars on the same scale."""

from __future__ import annotations

from dataclasses import dataclass

from accord.estimating.queries import Disputed

WIDTH = 200  # of the picture's own units


@dataclass(frozen=True, slots=True)
class Bar:
    """From low to high with a mark at likely, in the picture's units."""

    name: str
    told: str
    x: float
    y: int
    width: float
    mark: float


@dataclass(frozen=True, slots=True)
class Bars:
    bars: list[Bar]
    height: int


def bars(disputed: Disputed) -> Bars:
    top = max((float(o.points.high) for o in disputed.opinions), default=0) or 1.0
    found = []
    for k, opinion in enumerate(disputed.opinions):
        p = opinion.points
        low, likely, high = (float(v) / top * WIDTH for v in (p.low, p.likely, p.high))
        told = f"{p.low.normalize():f} – {p.likely.normalize():f} – {p.high.normalize():f}"
        found.append(
            Bar(opinion.estimator.name, told, low, 2 + 12 * k, max(high - low, 1), max(likely - 1, 0))
        )
    return Bars(found, 12 * len(found) + 2)
