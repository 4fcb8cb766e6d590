"""What delivery says of a text: which of its terms are backed, what margin its price leaves, what was said and is not in it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from accord.actions.refusals import Refused
from accord.engagements.models import Engagement, Expectation, Profile
from accord.engagements.policies.deciding import decide, facts_of
from accord.engagements.policies.in_force import in_force
from accord.engagements.queries import standing
from accord.estimating.models import State, WorkPackage
from accord.exchange.wording import day, money, share
from accord.planning.checking.curves import share_by, value_at
from accord.planning.checking.portfolio import promise_id
from accord.planning.checking.queries import why_not_current
from accord.planning.models import Plan, PromiseCheck
from accord.proposals.content import Content, DateTerm, QualityTerm
from accord.proposals.models import Proposal
from accord.proposals.rules import Term

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Margin:
    """What is left of the price, as a share, in half and in four fifths of all simulated courses."""

    at_50: float
    at_80: float
    listed_at_50: float  # without the discount
    wanted: float


@dataclass(frozen=True, slots=True)
class Beside:
    """Something the client was told or expects, beside what the text holds."""

    expectation: Expectation
    state: str  # in, contradicted or missing
    told: str


@dataclass(frozen=True, slots=True)
class Judgement:
    terms: list[Term]
    margin: Margin | None  # None: no promise check tells what the work costs
    beside: list[Beside]

    @property
    def listed(self) -> list[Term]:
        """What a page tells one by one: what is promised, and of the scope what no estimate holds."""
        return [term for term in self.terms if term.kind != "scope" or not term.backed]

    @property
    def scope_in_estimate(self) -> int:
        return sum(term.kind == "scope" and term.backed for term in self.terms)

    @property
    def scope_in_none(self) -> int:
        """Told, and for a review to weigh; it does not keep a text from being sent."""
        return sum(term.kind == "scope" and not term.backed for term in self.terms)

    @property
    def unbacked(self) -> list[Term]:
        return [term for term in self.terms if not term.backed and term.kind != "scope"]


def judge(proposal: Proposal) -> Judgement:
    """By the newest promise check, the approved estimate and the register as they are now."""
    content = proposal.says
    said = list(standing().filter(engagement=proposal.engagement).select_related("coverage", "belief"))
    for e in said:
        e.engagement = proposal.engagement
    behind = _Behind(proposal.engagement, said)
    return Judgement(
        terms=[
            *(behind.date(term) for term in content.dates),
            *([behind.price(content.price)] if content.prices else []),
            *(behind.quality(q) for q in content.quality),
            *(behind.covered("scope", item.name, item.code) for item in content.scope),
        ],
        margin=behind.margin(content),
        beside=[_beside(e, content) for e in said],
    )


def fits_its_profile(engagement: Engagement, price: Decimal) -> None:
    """The policy decides by what is asked of the client: a low value written down elsewhere spares no seat and no certainty.

    Raises:
        Refused: at this price the policy applies a profile that asks for more.
    """
    if engagement.profile_chosen or (engagement.value is not None and price <= engagement.value):
        return
    held = in_force()
    facts = facts_of([engagement], held.content)[engagement.pk]
    profile, because = decide(held.content, replace(facts, value=price), engagement.currency)
    if list(Profile).index(profile) > list(Profile).index(Profile(engagement.profile)):
        raise Refused(
            _(
                "A text is sent and reviewed by the profile that the policy applies at the price that is decided on."
            ),
            _("The price is {price}, more than the value of the engagement. {because}").format(
                price=money(float(price), engagement.currency), because=because
            ),
            _("Set the value of the engagement to what the client is asked for; then go on."),
        )


class _Behind:
    """What stands behind an engagement's promises now."""

    def __init__(self, engagement: Engagement, said: Sequence[Expectation]) -> None:
        self.said = said
        self.subjects = {e.pk: e.subject.casefold() for e in said}
        self.profile, self.asked = engagement.profile, in_force().asked(engagement.profile)
        checks = PromiseCheck.objects.filter(engagement=engagement, scenario=None).defer("inputs")
        check = checks.select_related("engagement__plan__estimate").first()
        self.result: Json | None = check.result if check is not None else None
        self.missing, self.remedy = _missing(engagement, check)
        rows = WorkPackage.objects.filter(estimate__engagement=engagement, estimate__state=State.APPROVED)
        self.codes = set(rows.values_list("code", flat=True))

    def date(self, term: DateTerm) -> Term:
        if self.result is None or self.missing:
            return self._unknown("time", term.name, term.date)
        curve = (self._about(term, self.result).get("dates") or self.result["time"])["curve"]
        best = value_at(curve, self.asked)
        return self._judged(
            "time", term.name, term.date, share_by(curve, term.date.isoformat()), dt.date.fromisoformat(best)
        )

    def _about(self, term: DateTerm, result: Json) -> Json:
        """What the check says of the promise that a term repeats; another name is about the end of the whole work."""
        if self.subjects.get(term.expectation or 0) != term.name.casefold():
            return {}
        found: Json = result["promises"].get(promise_id(term.expectation or 0), {})
        return found

    def price(self, price: Decimal) -> Term:
        if self.result is None or self.missing or not self.result["price"]["curve"]:
            return self._unknown("cost", _("Price"), price)
        curve = self.result["price"]["curve"]
        best = Decimal(str(value_at(curve, self.asked))).quantize(Decimal(1), "ROUND_CEILING")
        return self._judged("cost", _("Price"), price, share_by(curve, float(price)), best)

    def quality(self, term: QualityTerm) -> Term:
        """Covered by the work that delivery named for what the client expects, whatever package the text names."""
        asked = [e for e in self.said if _answers(term, e)]
        if not asked:
            because = _("The register holds no such expectation, so delivery has named no work for it.")
            remedy = _("Record what the client was told, and have delivery say by which work it is reached.")
            return Term("quality", term.name, term.code, False, because, remedy)
        for e in asked:
            belief = getattr(e, "belief", None)
            if belief is not None and belief.left_out:
                remedy = _("Tell the client, and take it out of the text.")
                return Term("quality", term.name, term.code, False, belief.left_out, remedy)
            code = e.coverage.code if hasattr(e, "coverage") else ""
            if code != term.code:
                because = (
                    _("Delivery names other work for it.") if code else _("Delivery names no work for it.")
                )
                remedy = _("Ask delivery by which work package it is reached.")
                return Term("quality", term.name, term.code, False, because, remedy)
        return self.covered("quality", term.name, term.code)

    def covered(self, kind: str, name: str, code: str) -> Term:
        if code in self.codes:
            return Term(kind, name, code, True)
        because = (
            _("No work package is named that makes it so.")
            if not code
            else _("The approved estimate has no such work package.")
        )
        return Term(kind, name, code, False, because, _("Name a work package of the approved estimate."))

    def margin(self, content: Content) -> Margin | None:
        if self.result is None or not self.result["price"]["curve"] or not content.price:
            return None
        prices, kept_back = self.result["price"], 1 - self.result["margin"]
        costs = {q: prices[f"p{q}"] * kept_back for q in (50, 80)}
        price, listed = float(content.price), float(content.listed)
        return Margin(
            at_50=1 - costs[50] / price,
            at_80=1 - costs[80] / price,
            listed_at_50=1 - costs[50] / listed,
            wanted=in_force().margin(self.profile),
        )

    def _unknown(self, kind: str, name: str, value: Any) -> Term:
        because = self.missing or _("The promise check does not tell of this.")
        return Term(kind, name, value, False, because, self.remedy or _("Check the promises again."))

    def _judged(self, kind: str, name: str, value: Any, p: float, best: Any) -> Term:
        if p >= self.asked:
            return Term(kind, name, value, True, probability=p, best=best)
        because = _("It would be kept with {share}; the policy asks {asked}.").format(
            share=share(p, self.asked), asked=share(self.asked)
        )
        remedy = _("Promise what is backed, or find a way in the promise check.")
        return Term(kind, name, value, False, because, remedy, p, best)


def _missing(engagement: Engagement, check: PromiseCheck | None) -> tuple[str, str]:
    """Why nothing can be told of dates and prices, and what to do; ('', '') if it can."""
    if check is None or check.result is None:
        if not Plan.objects.filter(engagement=engagement).exists():
            return _("There is no plan."), _("Make a plan from the approved estimate.")
        return _("No promise check was made."), _("Check the promises.")
    if not_current := why_not_current(check):
        return not_current, _("Check the promises again.")
    if check.departs:
        return check.departs, _(
            "Bring the plan back to the estimate, or have a version approved that says so."
        )
    if check.engagement.plan.estimate.state != State.APPROVED:
        return _("The estimate behind the plan is not approved."), _("Have it approved by delivery.")
    return "", ""


def _answers(term: QualityTerm, e: Expectation) -> bool:
    """By its number, or under its name."""
    is_it = e.pk == term.expectation or e.subject.casefold() == term.name.casefold()
    return e.kind == Expectation.Kind.QUALITY and is_it


def _beside(e: Expectation, content: Content) -> Beside:
    if e.kind == Expectation.Kind.TIME:
        return _beside_dates(e, content)
    if e.kind == Expectation.Kind.COST:
        return _beside_price(e, content)
    code = e.coverage.code if hasattr(e, "coverage") else ""
    if e.kind == Expectation.Kind.QUALITY:
        named = [q.name for q in content.quality if _answers(q, e)]
    else:
        named = [item.name for item in content.scope if code and item.code == code]
    if named:
        return Beside(e, "in", _("In the text as “{name}”.").format(name=named[0]))
    return Beside(e, "missing", _("The text does not hold it."))


def _beside_dates(e: Expectation, content: Content) -> Beside:
    dates = [term.date for term in content.dates if term.expectation == e.pk]
    if not dates:
        return Beside(e, "missing", _("The text names no date for it."))
    if e.date is not None and max(dates) > e.date:
        words = _("The text says {date}; they were told {said}.")
        return Beside(e, "contradicted", words.format(date=day(max(dates)), said=day(e.date)))
    return Beside(e, "in", _("In the text: {date}.").format(date=day(max(dates))))


def _beside_price(e: Expectation, content: Content) -> Beside:
    currency = e.engagement.currency
    if not content.prices:
        return Beside(e, "missing", _("The text names no price."))
    price, said = float(content.price), float(e.amount or 0)
    if price > said:
        words = _("The text asks for {price}; they were told {said}.")
        return Beside(
            e, "contradicted", words.format(price=money(price, currency), said=money(said, currency))
        )
    return Beside(e, "in", _("In the text: {price}.").format(price=money(price, currency)))


@dataclass(frozen=True, slots=True)
class Difference:
    """A part of the text in two versions; '' where one does not have it."""

    part: str
    before: str
    after: str


def differences(before: Content, after: Content, currency: str) -> list[Difference]:
    """What one version says otherwise than another, part by part."""
    old, new = _told(before, currency), _told(after, currency)
    names = list(dict.fromkeys([*old, *new]))
    return [
        Difference(name, old.get(name, ""), new.get(name, ""))
        for name in names
        if old.get(name, "") != new.get(name, "")
    ]


def _told(content: Content, currency: str) -> dict[str, str]:
    def lines(found: Sequence[str]) -> str:
        return "\n".join(found)

    told = {
        _("Opening"): content.opening,
        **{_("Scope: {name}").format(name=i.name): i.text or i.name for i in content.scope},
        _("Not included"): lines(content.excluded),
        _("Assumptions"): lines(content.assumptions),
        **{
            _("Price: {name}").format(
                name=line.name
            ): f"{line.kind.label}, {money(float(line.amount), currency)}"
            for line in content.prices
        },
        _("Discount"): f"{content.discount.normalize():f} %" if content.discount else "",
        _("Price"): money(float(content.price), currency) if content.prices else "",
        **{_("Payment: {name}").format(name=p.name): f"{p.share.normalize():f} %" for p in content.payments},
        **{_("Date: {name}").format(name=d.name): day(d.date) for d in content.dates},
        **{_("Quality: {name}").format(name=q.name): q.criterion or q.name for q in content.quality},
        **{_("Clause: {title}").format(title=c.title): c.text for c in content.clauses},
        _("The offer holds until"): day(content.valid_until) if content.valid_until else "",
        _("Closing words"): content.closing,
    }
    return {name: text for name, text in told.items() if text}
