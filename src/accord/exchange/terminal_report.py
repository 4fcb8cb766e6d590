"""The answers for people who read them in a terminal: verdicts first, in words; colour only repeats them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from accord.engine.confidence import as_told
from accord.engine.plan import Engagement, LinkType, Portfolio, PromiseKind
from accord.engine.promise_check import BetterPromise
from accord.exchange.terminal import BROKEN, KEPT, QUIET, STRONG, say
from accord.exchange.wording import (
    THIN,
    clean,
    count,
    day,
    exact_share,
    listed,
    money,
    number,
    share,
    value_of,
)

if TYPE_CHECKING:
    from accord.engine.calendar import WorkingCalendar
    from accord.engine.promise_check import Remedy
    from accord.engine.results import CheckResult, EngagementResult, Probability, PromiseResult

SHORT_FROM = 9  # this many engagements get a line each first, and details only where something is not backed
DETAILED_AT_MOST = 20
DRIVERS = 3
_NEGLIGIBLE = 0.02  # a driver below this share of the spread is not worth a sentence


def portfolio_notes(portfolio: Portfolio) -> list[str]:
    """What the file leaves out or contradicts, and the reader of the answers should know."""
    free = [clean(r.id) for r in portfolio.capacity if r.cost_rate == 0]
    notes = [f"Their hours cost nothing in these figures: {listed(free)}."] if free else []
    early = [told for e in portfolio.engagements for told in _begun_early(e)]
    return [*notes, f"Begun before their predecessors allow it: {listed(early)}."] if early else notes


def _begun_early(e: Engagement) -> Iterator[str]:
    """The activities with progress that still wait for something, by the links that they have overtaken."""
    done = {a.id: a.done for a in e.activities}
    for a in e.activities:
        overtaken = [clean(k.of) for k in a.after if a.done > 0 and _overtaken(k.type, a.done, done[k.of])]
        if overtaken:
            yield f"{clean(a.id)} (after {listed(overtaken, 3)})"


def _overtaken(link: LinkType, done: float, before: float) -> bool:
    """Whether progress of an activity and of its predecessor contradict their link."""
    is_reached = before >= 1 if link in (LinkType.FS, LinkType.FF) else before > 0
    return not is_reached and (link in (LinkType.FS, LinkType.SS) or done >= 1)


def print_check(
    result: CheckResult,
    remedies: Sequence[Remedy],
    console: Console,
    names: Mapping[str, str],
    notes: Sequence[str] = (),
    calendar: WorkingCalendar | None = None,
) -> None:
    """The report on a portfolio's promises; with `calendar`, delays are told in working days."""
    page = _CheckPage(result, remedies, console, names, calendar)
    page.write()
    if notes:
        page.heading("Notes")
    for note in notes:
        say(console, clean(note), indent=2)


class _CheckPage:
    def __init__(
        self,
        result: CheckResult,
        remedies: Sequence[Remedy],
        console: Console,
        names: Mapping[str, str],
        calendar: WorkingCalendar | None,
    ) -> None:
        self.result, self.remedies, self.console = result, remedies, console
        self.names, self.calendar = names, calendar
        self.asked = exact_share(result.confidence)

    def write(self) -> None:
        engagements = self.result.engagements
        detailed = engagements
        if len(engagements) >= SHORT_FROM:
            for engagement in engagements:
                self.one_line(engagement)
            detailed = tuple(e for e in engagements if not all(p.kept.backed for p in e.promises))
        shown = detailed[:DETAILED_AT_MOST]
        for engagement in shown:
            self.verdict(engagement)
        if len(engagements) > 1 and any(e.promises for e in engagements):
            self.console.print()
            self.together("All promises of all engagements together", self.result.all)
        self.changes()
        for engagement in shown:
            self.details(engagement)
        if len(detailed) > len(shown):
            self.console.print()
            say(self.console, f"{len(detailed) - len(shown)} more are not backed: --json tells them all.")
        self.sampling()

    def heading(self, words: str) -> None:
        self.console.print()
        self.console.print(Text(clean(words), style=STRONG), overflow="fold")

    def one_line(self, e: EngagementResult) -> None:
        if not e.promises:
            say(self.console, (clean(e.id), STRONG), ": no promise to keep")
            return
        backed = all(p.kept.backed for p in e.promises)
        told = ", ".join(f"{clean(p.promise.id)} {self.chance(p.kept)}" for p in e.promises)
        say(self.console, (clean(e.id), STRONG), ": ", self.word(backed), f" ({told})")

    def verdict(self, e: EngagementResult) -> None:
        self.heading(e.id)
        if not e.promises:
            say(self.console, "No promise is recorded here, so there is none to keep.", indent=2)
            return
        say(self.console, "Will we keep it?", indent=2)
        for promise in e.promises:
            self.promise(promise)
        if len(e.promises) > 1:
            self.together("All promises of this engagement together", e.joint, indent=2)

    def promise(self, p: PromiseResult) -> None:
        value = value_of(p.promise.kind, p.promise.date or p.promise.amount, self.result.currency)
        link = {PromiseKind.DATE: "on", PromiseKind.COST: "at most", PromiseKind.MARGIN: "at least"}[
            p.promise.kind
        ]
        colour = KEPT if p.kept.backed else BROKEN
        parts: list[str | tuple[str, str]] = [
            (f"{self.chance(p.kept)} for {self.promise_name(p)}", colour),
            f" {link} {value}; asked is {self.asked}: ",
            self.word(p.kept.backed),
            ".",
        ]
        if not p.kept.backed:
            best = value_of(p.promise.kind, as_told(p.promise.kind, p.backed_value), self.result.currency)
            parts.append(f" Backed would be {link + ' ' if link != 'on' else ''}{best}{self.later(p)}.")
        say(self.console, *parts, indent=2)

    def promise_name(self, p: PromiseResult) -> str:
        of = p.promise.of
        if of is None:
            return clean(p.promise.id)
        told = self.activity_name(of)
        return told if p.promise.id == of else f"{clean(p.promise.id)} ({told})"

    def activity_name(self, activity: str) -> str:
        name = self.names.get(activity)
        return clean(activity) if not name or name == activity else f"{clean(activity)} “{clean(name)}”"

    def later(self, p: PromiseResult) -> str:
        promised, backed = p.promise.date, p.backed_value
        if promised is None or not isinstance(backed, dt.date) or backed <= promised:
            return ""
        if self.calendar is None or promised < self.calendar.start:
            return f" ({count((backed - promised).days, 'day')} later)"
        days = round(self.calendar.evening(backed) - self.calendar.evening(promised))
        return f" ({count(days, 'working day')} later)"

    def chance(self, p: Probability) -> str:
        return share(p.probability, None if p.backed else self.result.confidence)

    def word(self, backed: bool) -> tuple[str, str]:
        return ("backed", KEPT) if backed else ("not backed", BROKEN)

    def together(self, what: str, p: Probability, indent: int = 0) -> None:
        say(self.console, f"{what}: {self.chance(p)}, ", self.word(p.backed), ".", indent=indent)

    def changes(self) -> None:
        changed = [(e, p) for e in self.result.engagements for p in e.promises if p.before is not None]
        if not changed:
            return
        self.heading("What this changes for promises already made")
        felt = [(e, p) for e, p in changed if _is_felt(p)]
        for e, p in felt if len(changed) >= SHORT_FROM else changed:
            self.change(e, p)
        if len(felt) < len(changed) and len(changed) >= SHORT_FROM:
            rest = len(changed) - len(felt)
            say(self.console, f"{count(rest, 'promise')} changed by less than one standard error.", indent=2)

    def change(self, e: EngagementResult, p: PromiseResult) -> None:
        before, change = p.before or 0.0, p.change or 0.0
        direction = f"{abs(change) * 100:.1f} points {'lower' if change < 0 else 'higher'}"
        if not _is_felt(p):
            direction = "no change" if change == 0 else "less than one standard error"
        colour = (BROKEN if change < 0 else KEPT) if _is_felt(p) else ""
        told = (f"{share(before)} → {self.chance(p.kept)}, {direction}", colour)
        say(self.console, f"{clean(e.id)}, {self.promise_name(p)}: ", told, indent=2)

    def details(self, e: EngagementResult) -> None:
        self.heading(f"{e.id}: dates and costs")
        self.console.print(self.table(e))
        say(self.console, "What drives it", indent=2)
        for sentence in drivers(e, self.result.currency, self.activity_name):
            say(self.console, sentence, indent=4)
        if not all(p.kept.backed for p in e.promises):
            self.ways_out(e)

    def table(self, e: EngagementResult) -> Table:
        table = Table(box=SIMPLE_HEAD, pad_edge=True, header_style=QUIET)
        table.add_column("With a probability of")
        for percent in (50, 80, 90):
            table.add_column(f"{percent}{THIN}%", justify="right", no_wrap=True)
        costs = e.cost.p50, e.cost.p80, e.cost.p90
        table.add_row("Finished by", *(day(d) for d in (e.finish.p50, e.finish.p80, e.finish.p90)))
        if any(costs):
            table.add_row("Costs at most", *(money(c, self.result.currency) for c in costs))
        if e.margin is not None:
            # The margin falls as the cost rises, so its 80 % value belongs to the cost's.
            per_cost = (1 - e.margin.mean) / e.cost.mean if e.cost.mean else 0.0
            table.add_row("Margin at least", *(f"{(1 - c * per_cost) * 100:.1f}{THIN}%" for c in costs))
        return table

    def ways_out(self, e: EngagementResult) -> None:
        self.console.print()
        say(self.console, "What would make it backed", indent=2)
        mine = [r for r in self.remedies if r.engagement == e.id]
        for remedy in mine:
            enough = remedy.probability >= self.result.confidence
            told = (share(remedy.probability, self.result.confidence), KEPT if enough else BROKEN)
            about = f" for {clean(remedy.promise)}" + ("" if enough else ", still not backed")
            action, price = self.remedy(remedy)
            say(self.console, f"{action}: ", told, f"{about} ({price})", indent=4)
        if not mine:
            say(self.console, "None of the single changes that were tried.", indent=4)

    def remedy(self, remedy: Remedy) -> tuple[str, str]:
        """What to do, and its price."""
        change, currency = remedy.change, self.result.currency
        if not isinstance(change, BetterPromise):
            rate = f"{money(change.cost_rate, currency)} an hour" if change.cost_rate else "cost rate unknown"
            return f"One more {clean(change.role)}", rate
        best = as_told(change.kind, change.value)
        told = value_of(change.kind, best, currency)
        if isinstance(best, dt.date) or isinstance(change.promised, dt.date):
            return f"Promise {told} instead of {value_of(change.kind, change.promised, currency)}", "no cost"
        if change.kind is PromiseKind.COST:
            return f"Agree on a budget of {told}", f"{money(best - change.promised, currency)} more"
        return f"Accept a margin of {told}", f"{(change.promised - best) * 100:.1f} points less"

    def sampling(self) -> None:
        errors = [p.kept.standard_error for e in self.result.engagements for p in e.promises]
        exact = f"; {_exactness(max(errors), self.result.samples)}" if errors else ""
        told = f"{number(self.result.samples)} simulated futures, seed {self.result.seed}{exact}."
        self.console.print()
        say(self.console, (told, QUIET))


def drivers(e: EngagementResult, currency: str, name_of: Callable[[str], str] = clean) -> list[str]:
    """The strongest drivers of date and cost, activities, risks and people alike, in plain sentences."""
    days, cost = max(e.working_days.sd, 0.5), max(e.cost.sd, 1.0)
    found: list[tuple[float, str]] = []
    for a in e.activities:
        told = f"{name_of(a.id)} decides the finish in {share(a.criticality)} of the futures"
        told += f"; its size moves with the finish (rank correlation {a.sensitivity:.2f})."
        found.append((a.criticality * a.sensitivity, told))
    for r in e.risks:
        added = _contribution(r.contribution_days, r.contribution_cost, currency)
        worth = max(r.contribution_days / days, r.contribution_cost / cost)
        found.append((worth, f"The risk {clean(r.id)} adds {added} on average."))
    for w in e.waiting:
        told = (
            f"The work that decides the finish waits {w.days:.1f} working days on average for {clean(w.of)}."
        )
        found.append((w.days / days, told))
    strongest = sorted((f for f in found if f[0] >= _NEGLIGIBLE), key=lambda f: -f[0])[:DRIVERS]
    nothing = "Nothing in particular: no estimate, no risk and no wait for people moves it noticeably."
    return [told for _, told in strongest] or [nothing]


def _exactness(worst: float, samples: int) -> str:
    """How exact probabilities are. Where all futures agree the standard error says nothing: the rule of three does
    (J. A. Hanley and A. Lippman-Hand, JAMA 249, 1983)."""
    if worst == 0:
        return f"what they all agree on is certain to {300 / samples:.2g} points (95{THIN}% confidence)"
    points = f"±{worst * 100:.1f}" if worst >= 0.0005 else "less than ±0.1"
    return f"a probability is exact to {points} points (one standard error)"


def _is_felt(p: PromiseResult) -> bool:
    return p.change is not None and p.change != 0 and abs(p.change) >= p.kept.standard_error


def _contribution(days: float, cost: float, currency: str) -> str:
    parts = [f"{days:.1f} working days"] if abs(days) >= 0.05 else []
    if abs(cost) >= 1:
        parts.append(money(cost, currency))
    return " and ".join(parts) or "little"
