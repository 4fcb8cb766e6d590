"""The answers as a picture: for each engagement when it finishes, what it costs, and its plan below."""

from __future__ import annotations

import datetime as dt
import io
import warnings
from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from accord.engine.calendar import WorkingCalendar
from accord.engine.plan import Portfolio, PromiseKind
from accord.exchange.picture_panels import INK, KEPT, LINE, SAID, SECONDARY, Distribution, Mark, Plan
from accord.exchange.wording import THIN, clean, day, exact_share, number, share, short

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from accord.engine.results import ActivityResult, CheckResult, EngagementResult, PromiseResult

SUFFIXES = (".svg", ".png")
ENGAGEMENTS_AT_MOST = 6
BARS_AT_MOST = 40

# Inches, from the figure's left and top.
_WIDTH, _LEFT, _RIGHT, _MARGIN = 13.0, 0.6, 12.3, 0.45
_HEAD, _LABELS, _PANEL, _TICKS, _ROW, _BELOW = 0.6, 0.65, 2.1, 0.35, 0.24, 0.85
_TIER = 0.18  # a label of a promise
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
    told = f"{chance} for {short(worst.promise.id)}, asked is {exact_share(result.confidence)}: {word}."
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
            listed = ", ".join(short(i) for i in self.rest[:6]) + (", …" if len(self.rest) > 6 else "")
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
        self._text(_LEFT, top, short(e.id, 90), size=13, weight="bold")
        self._text(_LEFT, top + 0.3, told, size=9.5, color=colour)
        top += _HEAD + self._tiers(e) * _TIER + _LABELS
        self._finish(e, self._axes(_LEFT, top, _PANEL_WIDTH, _PANEL))
        if e.cost_samples.any() or any(p.promise.kind is not PromiseKind.DATE for p in e.promises):
            self._cost(e, self._axes(_SECOND_PANEL, top, _PANEL_WIDTH, _PANEL))
        else:
            self._text(_SECOND_PANEL, top, "Nothing costs anything in this file.", color=SECONDARY)
        top += _PANEL + _TICKS
        if self.bars[e.id]:
            rows = len(self.bars[e.id])
            top += _LABELS * 0.6
            axes = self._axes(_PLAN_LEFT, top, _SECOND_PANEL + _PANEL_WIDTH - _PLAN_LEFT, rows * _ROW)
            Plan(axes, e, self.plans[e.id], self.bars[e.id], self.calendar, self.names).fill()
            self._text(_PLAN_LEFT, top + rows * _ROW + 0.3, _legend(e, rows), color=SECONDARY, size=7.5)

    def _finish(self, e: EngagementResult, axes: Axes) -> None:
        marks = [
            Mark(self._evening(p.promise.date), f"promised {day(p.promise.date)}", p)
            for p in self._dates_of_all(e)
            if p.promise.date is not None
        ]
        p80 = float(np.quantile(e.finish_samples, 0.8))
        panel = Distribution(axes, e.finish_samples, marks, self.result.confidence, 10.0, _TIER / _PANEL)
        label = f"80{THIN}% by {day(e.finish.p80)}"
        panel.fill("Finish", self._tiers(e), (p80, label), lambda v: self._tick(v, panel.span))

    def _evening(self, date: dt.date) -> float:
        """Dates before the start have no place on the axis."""
        return self.calendar.evening(date) if date >= self.calendar.start else -np.inf

    def _tick(self, moment: float, span: float) -> str:
        date = self.calendar.finish_date(moment)
        return f"{date:%b %Y}" if span > 500 else day(date)

    def _cost(self, e: EngagementResult, axes: Axes) -> None:
        currency, price = self.result.currency, self.plans[e.id].price
        marks = []
        for p in e.promises:
            if p.promise.kind is PromiseKind.COST:
                marks.append(Mark(p.promise.amount, f"budget {number(p.promise.amount)}", p))
            elif p.promise.kind is PromiseKind.MARGIN and price is not None:
                at = price * (1 - p.promise.amount)
                marks.append(Mark(at, f"margin {exact_share(p.promise.amount)} at {number(at)}", p))
        label = f"80{THIN}% under {number(e.cost.p80)}"
        least = max(0.02 * abs(e.cost.mean), 10.0)
        panel = Distribution(axes, e.cost_samples, marks, self.result.confidence, least, _TIER / _PANEL)
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


def _most_critical(e: EngagementResult) -> list[ActivityResult]:
    """At most so many, the most critical ones, in the plan's order."""
    kept = sorted(range(len(e.activities)), key=lambda i: -e.activities[i].criticality)[:BARS_AT_MOST]
    return [e.activities[i] for i in sorted(kept)]


def _legend(e: EngagementResult, rows: int) -> str:
    told = "Bar: the middle case (P50). Faded: until P80. Darker: decides the finish more often."
    told += " Diamond: milestone. Flag: promised date, green where it is backed."
    left = len(e.activities) - rows
    return told + (f" {left} less critical activities are left out." if left else "")
