"""The panels of a picture: a distribution with its promises, and a plan with its bars."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from accord.engine.calendar import WorkingCalendar
from accord.engine.plan import Engagement
from accord.exchange.wording import THIN, day, exact_share, listed, share, short

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from accord.engine.results import ActivityResult, EngagementResult, PromiseResult, Samples

SAID, BELIEVED, KEPT = "#d6336c", "#4263eb", "#2f9e44"
INK, SECONDARY, LINE = "#1f2937", "#6b7280", "#e5e7eb"
_BINS = 48
_HAIR = 1e-9  # of the axis: a value on the promise keeps it
_NAME_LENGTH = 30
_FLAG = 9  # matplotlib's triangle that points right from its base


def _colour(p: PromiseResult) -> str:
    return KEPT if p.kept.backed else SAID


class Mark:
    """A promised value on a distribution's axis."""

    def __init__(self, at: float, words: str, p: PromiseResult) -> None:
        self.at, self.label = at, f"{words} · {share(p.kept.probability)}"
        self.colour = _colour(p)


class Distribution:
    """Histogram, cumulative curve on a right axis in percent, promises, the asked confidence dashed."""

    def __init__(
        self,
        axes: Axes,
        samples: Samples,
        marks: Sequence[Mark],
        confidence: float,
        least: float,
        tier: float,
    ) -> None:
        """`least`: the axis spans at least this; `tier`: height of a label's line as a share of the panel's."""
        self.tier = tier
        self.axes, self.samples, self.confidence = axes, np.sort(samples), confidence
        self.marks = sorted(marks, key=lambda m: m.at)
        low, high = (float(v) for v in np.quantile(self.samples, (0.002, 0.998)))
        spread = max(high - low, least)
        ends = [low, high, *(m.at for m in self.marks if np.isfinite(m.at))]
        # A promise far outside is marked at the edge instead of squeezing everything else.
        self.low = max(min(ends), low - 1.5 * spread) - 0.08 * spread
        self.high = min(max(ends), high + 1.5 * spread) + 0.08 * spread
        missing = max(least - (self.high - self.low), 0.0)
        self.low, self.high = self.low - missing / 2, self.high + missing / 2
        self.span = self.high - self.low

    def fill(self, title: str, tiers: int, p80: tuple[float, str], tick: Callable[[float], str]) -> None:
        axes = self.axes
        axes.set_xlim(self.low, self.high)
        axes.set_yticks([])
        at = _round_values(self.low, self.high)
        axes.set_xticks(at, [tick(v) for v in at])
        height = 1.1 + (tiers + 1) * self.tier
        axes.text(0, height, title, transform=axes.transAxes, color=SECONDARY, size=8.5)
        self._bars()
        self._curve(p80)
        for tier, mark in enumerate(self.marks):
            self._promise(mark, tier)

    def _bars(self) -> None:
        # An edge lies just after the first promise, so that no bar is half kept, half broken.
        promised = self.marks[0].at if self.marks else np.inf
        width = self.span / _BINS
        anchor = promised if self.low < promised < self.high else self.low
        first = np.ceil((self.low - anchor) / width) - 1
        edges = anchor + _HAIR * self.span + width * (first + np.arange(_BINS + 3))
        heights, _ = np.histogram(self.samples, bins=edges)
        middles = (edges[:-1] + edges[1:]) / 2
        for kept, colour in ((middles < promised, BELIEVED), (middles >= promised, SAID)):
            self.axes.bar(middles[kept], heights[kept], width * 0.85, color=colour, alpha=0.22, linewidth=0)
        self.axes.set_ylim(0, max(float(heights.max()), 1.0))

    def _curve(self, p80: tuple[float, str]) -> None:
        right = self.axes.twinx()
        for side in ("top", "right", "left"):
            right.spines[side].set_visible(False)
        right.set_ylim(0, 1)
        right.set_yticks(np.linspace(0, 1, 6), [f"{v}{THIN}%" for v in range(0, 101, 20)])
        right.tick_params(length=0, labelsize=7.5)
        right.grid(axis="y", color=LINE, linewidth=0.6, alpha=0.6)
        n = len(self.samples)
        picked = np.unique(np.linspace(0, n - 1, 240).astype(int))
        xs = np.concatenate(([self.low], [self.samples[0]], self.samples[picked], [self.high]))
        ys = np.concatenate(([0.0], [0.0], (picked + 1) / n, [1.0]))
        right.plot(xs, ys, color=BELIEVED, linewidth=1.8, solid_capstyle="round")
        right.axhline(self.confidence, color=SECONDARY, linewidth=0.9, linestyle=(0, (4, 3)))
        asked = f"asked {exact_share(self.confidence)}"
        crowded = any(m.at < self.low + 0.16 * self.span for m in self.marks)
        place, side = (0.98, "right") if crowded else (0.005, "left")
        style: dict[str, Any] = {"color": SECONDARY, "size": 8, "ha": side}
        right.text(place, self.confidence + 0.02, asked, transform=right.get_yaxis_transform(), **style)
        self._p80(right, *p80)

    def _p80(self, right: Axes, at: float, label: str) -> None:
        right.plot([at], [0.8], "o", color=BELIEVED, markersize=4.5)
        # Below the curve on its right, unless a promise's line or the panel's end is in the way.
        until = at + 0.27 * self.span
        blocked = until > self.high or any(at < m.at < until for m in self.marks)
        place, side = ((-8, 5), "right") if blocked else ((9, -14), "left")
        box = {"boxstyle": "square,pad=0.15", "facecolor": "white", "edgecolor": "none", "alpha": 0.85}
        style: dict[str, Any] = {"color": BELIEVED, "size": 8, "bbox": box, "zorder": 5}
        right.annotate(label, (at, 0.8), place, textcoords="offset points", ha=side, **style)

    def _promise(self, mark: Mark, tier: int) -> None:
        at, label = mark.at, mark.label
        if at < self.low:
            at, label = self.low, f"← {label}"
        elif at > self.high:
            at, label = self.high, f"{label} →"
        else:  # beyond the edges an arrow points to it: a line would stand at a value that nobody promised
            self.axes.axvline(at, color=mark.colour, linewidth=1.5, ymax=1.0, zorder=4)
        where = (at - self.low) / self.span
        side = "left" if where < 0.2 else "right" if where > 0.8 else "center"
        height = 1.04 + tier * self.tier
        self.axes.text(
            at,
            height,
            label,
            transform=self.axes.get_xaxis_transform(),
            ha=side,
            color=mark.colour,
            weight="bold",
            size=8.5,
        )


class Plan:
    """Bars from start to finish in the middle case, faded to the 80 % finish; promised dates as flags."""

    def __init__(
        self,
        axes: Axes,
        e: EngagementResult,
        plan: Engagement,
        rows: Sequence[ActivityResult],
        calendar: WorkingCalendar,
        names: Mapping[str, str],
    ) -> None:
        self.axes, self.e, self.rows, self.calendar, self.names = axes, e, rows, calendar, names
        self.milestones = {a.id for a in plan.activities if a.effort is None and a.duration is None}

    def fill(self) -> None:
        axes = self.axes
        axes.set_ylim(len(self.rows) - 0.4, -0.6)
        labels = [short(self.names.get(a.id, a.id), _NAME_LENGTH) for a in self.rows]
        axes.set_yticks(range(len(self.rows)), labels)
        axes.tick_params(axis="y", labelcolor=INK, labelsize=7.5, pad=6)
        axes.grid(axis="x", color=LINE, linewidth=0.6, alpha=0.8)
        axes.set_axisbelow(True)
        for row, activity in enumerate(self.rows):
            self._bar(row, activity)
        self._flags()
        low, high = axes.get_xlim()
        at = _round_values(low, high, 11)
        axes.set_xlim(low, high)
        axes.set_xticks(at, [day(self.calendar.start_date(v)) for v in at])

    def _bar(self, row: int, a: ActivityResult) -> None:
        start, middle = self.calendar.morning(a.start_p50), self.calendar.evening(a.finish_p50)
        late = self.calendar.evening(a.finish_p80)
        depth = 0.3 + 0.7 * a.criticality
        if a.id in self.milestones:
            self.axes.plot([middle], [row], "D", color=BELIEVED, alpha=depth, markersize=6, linewidth=0)
            self.axes.plot([late], [row], "D", color=BELIEVED, alpha=0.2, markersize=6, linewidth=0)
            return
        length = max(middle - start, 0.15)
        self.axes.barh(row, length, 0.5, left=start, color=BELIEVED, alpha=depth, linewidth=0)
        self.axes.barh(row, max(late - middle, 0), 0.5, left=start + length, color=BELIEVED, alpha=0.18)

    def _flags(self) -> None:
        edge = 1.3 * max(self.calendar.evening(a.finish_p80) for a in self.rows)
        places = {a.id: row for row, a in enumerate(self.rows)}
        beyond: dict[tuple[int, bool], list[PromiseResult]] = {}
        for p in sorted(self.e.promises, key=lambda p: p.promise.date or dt.date.min):
            if p.promise.date is None or (p.promise.of is not None and p.promise.of not in places):
                continue
            at, row = (
                self.calendar.evening(p.promise.date),
                places.get(p.promise.of or "", len(self.rows) - 1),
            )
            if 0 <= at <= edge:
                self._flag(at, row, p)
            else:  # far from the work: named at the edge instead of squeezing the bars
                beyond.setdefault((row, at > edge), []).append(p)
        if any(later for _, later in beyond):
            self.axes.set_xlim(right=edge)
        for (row, later), promises in beyond.items():
            self._beyond(row, later, promises)

    def _flag(self, at: float, row: int, p: PromiseResult) -> None:
        bottom, top = (row + 0.45, row - 0.45) if p.promise.of else (row + 0.55, -0.55)
        self.axes.plot([at, at], [bottom, top], color=_colour(p), linewidth=1.4, zorder=4)
        self.axes.plot([at], [top + 0.18], marker=_FLAG, color=_colour(p), markersize=6, zorder=4)

    def _beyond(self, row: int, later: bool, promises: Sequence[PromiseResult]) -> None:
        """Dates off the axis, told at that side of it."""
        dates = listed([day(p.promise.date) for p in promises if p.promise.date is not None], 3)
        box = {"facecolor": "white", "edgecolor": "none", "alpha": 0.85, "pad": 1.0}
        where: dict[str, Any] = {"transform": self.axes.get_yaxis_transform(), "va": "center", "zorder": 5}
        colour = KEPT if all(p.kept.backed for p in promises) else SAID
        words, side = (f"{dates} →", "right") if later else (f"← {dates}", "left")
        self.axes.text(float(later), row, words, ha=side, color=colour, bbox=box, **where)


def _round_values(low: float, high: float, count: int = 7) -> list[float]:
    """A few whole and round values for an axis, none at its very ends, where labels would stick out."""
    from matplotlib.ticker import MaxNLocator

    found = MaxNLocator(count, steps=[1, 2, 5, 10], integer=True).tick_values(low, high)
    edge = 0.05 * (high - low)
    return [float(v) for v in found if low + edge <= v <= high - edge]
