"""The engagement's first page: will we keep it, for time, cost, scope and quality, with the picture of each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accord.engagements.models import Engagement, Expectation
from accord.engagements.policies.in_force import in_force
from accord.engagements.queries import Statement
from accord.exchange.wording import day, money, share
from accord.people.models import Member
from accord.planning.checking import queries, rules, wording
from accord.planning.checking.curves import curve_of
from accord.planning.models import PromiseCheck

Json = dict[str, Any]
_ROOM = 0.12  # of the axis, on both sides, so that labels have a place
_NAMED = 3
_TOLD = Expectation.Direction.TOLD


@dataclass(frozen=True, slots=True)
class Mark:
    """A place on the axis, in percent of its width, and what stands beside it."""

    at: float
    label: str

    @property
    def anchor(self) -> str:
        return "start" if self.at < 15 else "end" if self.at > 85 else "middle"


@dataclass(frozen=True, slots=True)
class Stretch:
    at: float
    width: float


@dataclass(frozen=True, slots=True)
class Picture:
    """What was said, what delivery believes in 90 and 50 percent of all courses, and what would be backed."""

    said: Mark
    wide: Stretch
    middle: Stretch
    backed: Mark
    told: str  # the same in words


@dataclass(frozen=True, slots=True)
class Line:
    """One of the four promises."""

    kind: str
    label: str
    subject: str
    number: str
    word: str
    good: bool | None  # None: nothing was said
    picture: Picture | None = None
    filled: float | None = None  # percent of what was said that is covered
    text: str = ""
    contracted: str = ""  # what the contract says of it; '' before there is one


@dataclass(frozen=True, slots=True)
class Overview:
    headline: wording.Headline | None  # None: nobody has computed it
    lines: list[Line]
    check: PromiseCheck | None  # the one whose answer is shown
    together: str
    not_current: str | None
    found: queries.WaysOut | None
    curves: Json | None
    missing: queries.Missing | None
    departs: str


def overview(engagement: Engagement, said: Sequence[Statement], member: Member) -> Overview:
    """At most four queries, whatever was said."""
    newest = queries.newest_check(engagement)
    answered = queries.answered_check(engagement, newest)
    result: Json | None = answered.result if answered else None
    standing = [s for s in said if not s.withdrawn]
    lines = [
        _line(kind, [s for s in standing if s.expectation.kind == kind], result) for kind in Expectation.Kind
    ]
    if engagement.outcome:
        lines = [replace(line, good=line.good or None, word=line.word if line.good else "") for line in lines]
    judged = _judged(standing)
    asked = in_force().asked(engagement.profile)
    return Overview(
        headline=wording.headline(judged, asked, _joint(answered)) if judged else None,
        lines=lines,
        check=answered,
        together=share(result["joint"]["p"], asked) if result and len(result["promises"]) > 1 else "",
        not_current=_not_as_contracted(standing) or _why_not_current(answered),
        found=queries.ways_out_of(answered, member, [s.expectation for s in standing])
        if answered and result
        else None,
        curves=queries.curves_of(result, [s.expectation for s in standing]) if result else None,
        missing=None if result else queries.missing_for(engagement),
        departs=queries.departs(s.expectation for s in standing),
    )


def _not_as_contracted(standing: Sequence[Statement]) -> str:
    """The check judges what was told; where a contract binds to something else, its answer is about the wrong thing."""
    told = [s for s in standing if s.contracted_otherwise and s.expectation.direction == _TOLD]
    if not told:
        return ""
    words = _(
        "“{subject}” was told otherwise than {number} binds to it: restate it, so that what binds is judged."
    )
    contracted = told[0].contracted
    return words.format(subject=told[0].expectation.subject, number=contracted.number if contracted else "")


def _why_not_current(answered: PromiseCheck | None) -> str | None:
    return queries.why_not_current(answered) if answered and not rules.is_under_way(answered) else None


def _joint(check: PromiseCheck | None) -> float | None:
    """How likely all is kept together; not of words that came after the check."""
    if check is None or check.result is None or check.stale:
        return None
    return float(check.result["joint"]["p"])


def _judged(standing: Sequence[Statement]) -> list[tuple[str, float]]:
    found = []
    for s in standing:
        belief = getattr(s.expectation, "belief", None)
        if belief is not None and belief.probability is not None:
            found.append(("time" if s.expectation.date else "price", belief.probability))
    return found


def _line(kind: Expectation.Kind, own: list[Statement], result: Json | None) -> Line:
    if not own:
        return Line(kind, str(kind.label), _("nothing said yet"), "–", "", None)
    if kind in (Expectation.Kind.SCOPE, Expectation.Kind.QUALITY):
        return replace(_covered_line(kind, own), contracted=_contracted_share(own))
    told = min(own, key=_probability)
    return replace(_valued_line(kind, told, len(own), result), contracted=_contracted(told))


def _contracted(s: Statement) -> str:
    if s.contracted is None:
        return _("said, but not in the contract") if s.has_contract else ""
    value = s.contracted.value
    told = (
        day(value)
        if isinstance(value, dt.date)
        else money(float(value or 0), s.expectation.engagement.currency)
    )
    return _("contracted: {value}").format(value=told)


def _contracted_share(own: Sequence[Statement]) -> str:
    if not own[0].has_contract:
        return ""
    told = sum(s.contracted is not None for s in own)
    return _("in the contract: {n} of {of}").format(n=told, of=len(own))


def _probability(s: Statement) -> float:
    """What is least likely stands for its kind; what nobody has judged comes before all."""
    belief = getattr(s.expectation, "belief", None)
    return belief.probability if belief is not None and belief.probability is not None else -1.0


def _valued_line(kind: Expectation.Kind, s: Statement, count: int, result: Json | None) -> Line:
    e, belief = s.expectation, getattr(s.expectation, "belief", None)
    more = ngettext("and %(n)d more", "and %(n)d more", count - 1) % {"n": count - 1} if count > 1 else ""
    subject = f"{e.subject} {more}".strip()
    if belief is None or belief.probability is None:
        value = day(e.date) if e.date else money(float(e.amount or 0), e.engagement.currency)
        text = value if e.engagement.outcome else f"{value}. {s.backing.because}"
        return Line(kind, str(kind.label), subject, "–", s.backing.word, False, text=text)
    asked = in_force().asked(e.engagement.profile)
    number = share(belief.probability, asked)
    word = s.backing.word if s.backing.backed or belief.stale else _short(e, belief) or s.backing.word
    return Line(
        kind, str(kind.label), subject, number, word, s.backing.backed, picture=_picture(e, belief, result)
    )


def _short(e: Expectation, belief: Any) -> str:
    """By how much what was said misses what would be backed."""
    if e.date and belief.backed_date and belief.backed_date > e.date:
        days = (belief.backed_date - e.date).days
        return ngettext("%(days)d day short", "%(days)d days short", days) % {"days": days}
    if e.amount and belief.backed_amount and belief.backed_amount > e.amount:
        return _("%(money)s short") % {
            "money": money(float(belief.backed_amount - e.amount), e.engagement.currency)
        }
    return ""


def _picture(e: Expectation, belief: Any, result: Json | None) -> Picture | None:
    """Of what the promise is about: one activity's dates, or the whole engagement's."""
    if result is None:
        return None
    curve = curve_of(result, f"x{e.pk}", "time" if e.date else "price")
    if not curve["curve"]:
        return None
    read: Callable[[Any], float] = _days if e.date else float
    said, backed = read(e.date or e.amount), read(belief.backed_date if e.date else belief.backed_amount)
    low, high, left, right = (read(curve[q]) for q in ("p5", "p95", "p25", "p75"))
    place = _axis(min(low, said, backed), max(high, said, backed))
    asked = in_force().asked(e.engagement.profile)
    labels = _labels(e, belief, share(asked))
    return Picture(
        said=Mark(place(said), labels[0]),
        wide=Stretch(place(low), place(high) - place(low)),
        middle=Stretch(place(left), place(right) - place(left)),
        backed=Mark(place(backed), labels[1]),
        told=f"{labels[0]}; {labels[1]}",
    )


def _labels(e: Expectation, belief: Any, asked: str) -> tuple[str, str]:
    if e.date:
        said = _("said %(date)s") % {"date": day(e.date)}
        return said, _("%(asked)s by %(date)s") % {"asked": asked, "date": day(belief.backed_date)}
    currency = e.engagement.currency
    said = _("said %(money)s") % {"money": money(float(e.amount or 0), currency)}
    backed = money(float(belief.backed_amount), currency)
    return said, _("%(asked)s from %(money)s") % {"asked": asked, "money": backed}


def _days(value: Any) -> float:
    date = dt.date.fromisoformat(value) if isinstance(value, str) else value
    return float(date.toordinal())


def _axis(low: float, high: float) -> Callable[[float], float]:
    """From a value to percent of the axis."""
    span = max(high - low, 1e-9)
    return lambda x: round(100 * (_ROOM + (x - low) / span * (1 - 2 * _ROOM)), 2)


def _covered_line(kind: Expectation.Kind, own: list[Statement]) -> Line:
    open_ones = [s for s in own if not s.backing.backed]
    covered = len(own) - len(open_ones)
    is_scope = kind == Expectation.Kind.SCOPE
    subject = (
        ngettext("%(n)d item", "%(n)d items", len(own))
        if is_scope
        else ngettext("%(n)d criterion", "%(n)d criteria", len(own))
    )
    if not open_ones:
        text = (
            _("All of it is in the approved estimate.")
            if is_scope
            else _("Each has its place in the approved estimate.")
        )
        word = _("in the estimate") if is_scope else _("planned")
    else:
        named = ", ".join(f"“{s.expectation.subject}”" for s in open_ones[:_NAMED])
        more = len(open_ones) - _NAMED
        named += " " + _("and %(n)d more") % {"n": more} if more > 0 else ""
        text, word = f"{open_ones[0].backing.word}: {named}", _("not covered")
    return Line(
        kind, str(kind.label), subject % {"n": len(own)}, f"{covered}/{len(own)}", word, not open_ones,
        filled=100 * covered / len(own), text=text,
    )  # fmt: skip
