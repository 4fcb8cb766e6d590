"""The answers as a picture: for each engagement when it finishes, what it costs, and its plan below."""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from accord.engine.calendar import WorkingCalendar
from accord.engine.plan import Engagement, Portfolio, PromiseKind
from accord.exchange.terminal_report import THIN, clean, day, exact_share, number, share

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from accord.engine.results import ActivityResult, CheckResult, EngagementResult, PromiseResult, Samples

SUFFIXES = (".svg", ".png")
SAID, BELIEVED, KEPT = "#d6336c", "#4263eb", "#2f9e44"
INK, SECONDARY, LINE = "#1f2937", "#6b7280", "#e5e7eb"
ENGAGEMENTS_AT_MOST = 6
BARS_AT_MOST = 40
_BINS = 48
_NAME_LENGTH = 30
_FLAG = 9  # matplotlib's triangle that points right from its base

# Inches, from the figure's left and top.
_WIDTH, _LEFT, _RIGHT, _MARGIN = 13.0, 0.6, 12.3, 0.45
_HEAD, _LABELS, _PANEL, _TICKS, _ROW, _BELOW = 0.6, 0.65, 2.1, 0.35, 0.24, 0.85
_TIER = 0.18  # a label of a promise
_HAIR = 1e-9  # of the axis: a value on the promise keeps it
_PANEL_WIDTH, _SECOND_PANEL, _PLAN_LEFT = 5.1, 7.0, 2.9

_STYLE: Any = {
    "font.family": "DejaVu Sans",
    "font.size": 8.5,
    "text.color": INK,
    "text.parse_math": False,  # a dollar in a name is a dollar
    "svg.hashsalt": "accord",
    "svg.fonttype": "path",
    "axes.edgecolor": LINE,
    "xtick.color": SECONDARY,
    "ytick.color": SECONDARY,
}


def check_suffix(path: Path) -> None:
    """ValueError for a file that cannot become a picture; cheap, to be asked before all the work."""
    if path.suffix.lower() not in SUFFIXES:
        raise ValueError(f"a picture's name ends with .svg or .png, not with {path.suffix or 'nothing'!r}")


def draw(result: CheckResult, portfolio: Portfolio, path: Path, names: Mapping[str, str]) -> None:
    """Write the picture; its suffix decides the format. The same result gives the same bytes."""
    check_suffix(path)
    from matplotlib import rc_context
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    with rc_context(_STYLE), warnings.catch_warnings():
        # Names in scripts that the font lacks show boxes; that is no reason to fill the terminal.
        warnings.filterwarnings("ignore", message="Glyph")
        figure = Figure()
        FigureCanvasAgg(figure)
        _Sheet(figure, result, portfolio, names).fill()
        content = _svg(figure, result) if path.suffix.lower() == ".svg" else _png(figure)
    path.write_bytes(content)


def _png(figure: Figure) -> bytes:
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=120, metadata={"Software": None})
    return buffer.getvalue()


def _svg(figure: Figure, result: CheckResult) -> bytes:
    title = "Will we keep what we promised?"
    description = " ".join(f"{clean(e.id)}: {_verdict(e, result)[0]}" for e in result.engagements)
    buffer = io.BytesIO()
    metadata = {"Date": None, "Creator": "Accord", "Title": title, "Description": description}
    figure.savefig(buffer, format="svg", metadata=metadata)
    text = buffer.getvalue().decode()
    # Screen readers take these two elements and nothing from the metadata.
    text = text.replace("<svg ", '<svg role="img" aria-labelledby="accord-title accord-description" ', 1)
    old = f"<title>{escape(title, quote=False)}</title>"
    new = old.replace("<title>", '<title id="accord-title">')
    new += f'\n <desc id="accord-description">{escape(description, quote=False)}</desc>'
    return text.replace(old, new, 1).encode()


def _verdict(e: EngagementResult, result: CheckResult) -> tuple[str, str]:
    """One sentence and its colour: the promise that is hardest to keep."""
    if not e.promises:
        return "No promise is recorded.", SECONDARY
    worst = min(e.promises, key=lambda p: (p.kept.backed, p.kept.probability))
    word = "backed" if worst.kept.backed else "not backed"
    chance = share(worst.kept.probability, None if worst.kept.backed else result.confidence)
    told = f"{chance} for {_short(worst.promise.id)}, asked is {exact_share(result.confidence)}: {word}."
    if len(e.promises) > 1:
        told += f" All its promises together: {share(e.joint.probability)}."
    return told, KEPT if worst.kept.backed else SAID


def _chosen(result: CheckResult) -> tuple[list[EngagementResult], list[str]]:
    """Those to draw, in the file's order, and the names of the rest: where it is tightest comes first."""
    candidates = [e for e in result.engagements if e.promises] or list(result.engagements)
    tightest = sorted(candidates, key=lambda e: (all(p.kept.backed for p in e.promises), e.joint.probability))
    kept = {e.id for e in tightest[:ENGAGEMENTS_AT_MOST]}
    drawn = [e for e in result.engagements if e.id in kept]
    return drawn, [e.id for e in result.engagements if e.id not in kept]


class _Sheet:
    """Places everything in inches from the top, so that text never depends on the number of engagements."""

    def __init__(
        self, figure: Figure, result: CheckResult, portfolio: Portfolio, names: Mapping[str, str]
    ) -> None:
        self.figure, self.result, self.names = figure, result, names
        self.plans = {e.id: e for e in portfolio.engagements}
        self.calendar = WorkingCalendar(portfolio.start, portfolio.calendar)
        self.drawn, self.rest = _chosen(result)
        self.bars = {e.id: _most_critical(e) for e in self.drawn}
        heights = [self._height(e) for e in self.drawn]
        self.height = _MARGIN * 2 + sum(heights) + (0.35 if self.rest else 0)
        figure.set_size_inches(_WIDTH, self.height)

    def fill(self) -> None:
        top = _MARGIN
        for e in self.drawn:
            self._engagement(e, top)
            top += self._height(e)
        if self.rest:
            listed = ", ".join(_short(i) for i in self.rest[:6]) + (", …" if len(self.rest) > 6 else "")
            self._text(_LEFT, top + 0.1, f"Not drawn: {len(self.rest)} more ({listed}).", color=SECONDARY)

    def _height(self, e: EngagementResult) -> float:
        rows = len(self.bars[e.id])
        plan = _LABELS * 0.6 + rows * _ROW + _BELOW if rows else 0.3
        return _HEAD + self._tiers(e) * _TIER + _LABELS + _PANEL + _TICKS + plan

    def _tiers(self, e: EngagementResult) -> int:
        """How many further lines the labels of promises need above the panels."""
        dates = len(self._dates_of_all(e))
        costs = sum(p.promise.kind is not PromiseKind.DATE for p in e.promises)
        return max(dates, costs, 1) - 1

    def _dates_of_all(self, e: EngagementResult) -> list[PromiseResult]:
        """Date promises that the engagement's own finish decides; others are flags in the plan."""
        last = {a.id for a in e.activities if (a.finish_p50, a.finish_p80) == (e.finish.p50, e.finish.p80)}
        dates = [p for p in e.promises if p.promise.kind is PromiseKind.DATE]
        return [p for p in dates if p.promise.of is None or p.promise.of in last]

    def _engagement(self, e: EngagementResult, top: float) -> None:
        told, colour = _verdict(e, self.result)
        self._text(_LEFT, top, _short(e.id, 90), size=13, weight="bold")
        self._text(_LEFT, top + 0.3, told, size=9.5, color=colour)
        top += _HEAD + self._tiers(e) * _TIER + _LABELS
        self._finish(e, self._axes(_LEFT, top, _PANEL_WIDTH, _PANEL))
        self._cost(e, self._axes(_SECOND_PANEL, top, _PANEL_WIDTH, _PANEL))
        top += _PANEL + _TICKS
        if self.bars[e.id]:
            rows = len(self.bars[e.id])
            top += _LABELS * 0.6
            axes = self._axes(_PLAN_LEFT, top, _SECOND_PANEL + _PANEL_WIDTH - _PLAN_LEFT, rows * _ROW)
            _Plan(axes, e, self.plans[e.id], self.bars[e.id], self.calendar, self.names).fill()
            self._text(_PLAN_LEFT, top + rows * _ROW + 0.3, _legend(e, rows), color=SECONDARY, size=7.5)

    def _finish(self, e: EngagementResult, axes: Axes) -> None:
        marks = [
            _Mark(self.calendar.evening(p.promise.date), f"promised {day(p.promise.date)}", p)
            for p in self._dates_of_all(e)
            if p.promise.date is not None
        ]
        p80 = float(np.quantile(e.finish_samples, 0.8))
        panel = _Distribution(axes, e.finish_samples, marks, self.result.confidence, least=10.0)
        label = f"80{THIN}% by {day(e.finish.p80)}"
        panel.fill("Finish", self._tiers(e), (p80, label), lambda v: self._tick(v, panel.span))

    def _tick(self, moment: float, span: float) -> str:
        date = self.calendar.finish_date(moment)
        return f"{date:%b %Y}" if span > 500 else day(date)

    def _cost(self, e: EngagementResult, axes: Axes) -> None:
        currency, price = self.result.currency, self.plans[e.id].price
        marks = []
        for p in e.promises:
            if p.promise.kind is PromiseKind.COST:
                marks.append(_Mark(p.promise.amount, f"budget {number(p.promise.amount)}", p))
            elif p.promise.kind is PromiseKind.MARGIN and price is not None:
                at = price * (1 - p.promise.amount)
                marks.append(_Mark(at, f"margin {exact_share(p.promise.amount)} at {number(at)}", p))
        label = f"80{THIN}% under {number(e.cost.p80)}"
        least = max(0.02 * abs(e.cost.mean), 10.0)
        panel = _Distribution(axes, e.cost_samples, marks, self.result.confidence, least)
        panel.fill(f"Cost, {currency}", self._tiers(e), (e.cost.p80, label), lambda v: number(v))

    def _axes(self, left: float, top: float, width: float, height: float) -> Axes:
        bottom = self.height - top - height
        box = (left / _WIDTH, bottom / self.height, width / _WIDTH, height / self.height)
        axes = self.figure.add_axes(box)
        for side in ("top", "right", "left"):
            axes.spines[side].set_visible(False)
        axes.tick_params(length=0, labelsize=7.5)
        return axes

    def _text(self, left: float, top: float, words: str, **style: Any) -> None:
        self.figure.text(left / _WIDTH, 1 - top / self.height, words, va="top", **style)


class _Mark:
    """A promised value on a distribution's axis."""

    def __init__(self, at: float, words: str, p: PromiseResult) -> None:
        self.at, self.label = at, f"{words} · {share(p.kept.probability)}"


class _Distribution:
    """Histogram, cumulative curve on a right axis in percent, promises red, the asked confidence dashed."""

    def __init__(
        self, axes: Axes, samples: Samples, marks: Sequence[_Mark], confidence: float, least: float
    ) -> None:
        self.axes, self.samples, self.confidence = axes, np.sort(samples), confidence
        self.marks = sorted(marks, key=lambda m: m.at)
        low, high = (float(v) for v in np.quantile(self.samples, (0.002, 0.998)))
        spread = max(high - low, least)
        ends = [low, high, *(m.at for m in self.marks)]
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
        height = 1.1 + (tiers + 1) * _TIER / _PANEL
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

    def _promise(self, mark: _Mark, tier: int) -> None:
        at, label = mark.at, mark.label
        if at < self.low:
            at, label = self.low, f"← {label}"
        elif at > self.high:
            at, label = self.high, f"{label} →"
        self.axes.axvline(at, color=SAID, linewidth=1.5, ymax=1.0, zorder=4)
        where = (at - self.low) / self.span
        side = "left" if where < 0.2 else "right" if where > 0.8 else "center"
        height = 1.04 + tier * _TIER / _PANEL
        self.axes.text(
            at,
            height,
            label,
            transform=self.axes.get_xaxis_transform(),
            ha=side,
            color=SAID,
            weight="bold",
            size=8.5,
        )


class _Plan:
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
        labels = [_short(self.names.get(a.id, a.id), _NAME_LENGTH) for a in self.rows]
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
        for p in self.e.promises:
            if p.promise.date is None or (p.promise.of is not None and p.promise.of not in places):
                continue
            at = min(max(self.calendar.evening(p.promise.date), 0.0), edge)
            row = places.get(p.promise.of or "", len(self.rows) - 1)
            bottom, top = (row + 0.45, row - 0.45) if p.promise.of else (row + 0.55, -0.55)
            if at == edge:  # far beyond the work: named at the edge instead of squeezing the bars
                self.axes.text(at, row, f"{day(p.promise.date)} →  ", ha="right", va="center", color=SAID)
            self.axes.plot([at, at], [bottom, top], color=SAID, linewidth=1.4, zorder=4)
            self.axes.plot([at], [top + 0.18], marker=_FLAG, color=SAID, markersize=6, zorder=4)


def _most_critical(e: EngagementResult) -> list[ActivityResult]:
    """At most so many, the most critical ones, in the plan's order."""
    kept = sorted(range(len(e.activities)), key=lambda i: -e.activities[i].criticality)[:BARS_AT_MOST]
    return [e.activities[i] for i in sorted(kept)]


def _legend(e: EngagementResult, rows: int) -> str:
    told = "Bar: the middle case (P50). Faded: until P80. Darker: decides the finish more often."
    told += " Diamond: milestone. Red flag: promised date."
    left = len(e.activities) - rows
    return told + (f" {left} less critical activities are left out." if left else "")


def _round_values(low: float, high: float, count: int = 7) -> list[float]:
    """A few whole and round values for an axis, none at its very ends, where labels would stick out."""
    from matplotlib.ticker import MaxNLocator

    found = MaxNLocator(count, steps=[1, 2, 5, 10], integer=True).tick_values(low, high)
    edge = 0.05 * (high - low)
    return [float(v) for v in found if low + edge <= v <= high - edge]


def _short(name: str, length: int = 36) -> str:
    told = clean(name)
    return told if len(told) <= length else told[: length - 1] + "…"
