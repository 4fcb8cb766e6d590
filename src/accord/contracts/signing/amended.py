"""A contract as it would be with an amendment, so that delivery can judge it before anybody signs."""

from __future__ import annotations

from django.utils.translation import gettext as _

from accord.contracts.models import Amendment, Constraint
from accord.contracts.signing.content import Worth
from accord.contracts.signing.queries import values_now
from accord.engagements.models import Expectation
from accord.proposals.content import Content, DateTerm, PriceLine, QualityTerm, ScopeItem, kept
from accord.proposals.judging import Judgement, judge
from accord.proposals.models import Proposal
from accord.proposals.rules import Term

Kind = Expectation.Kind


def as_amended(amendment: Amendment) -> Proposal:
    """The whole contract as it would be, as a text that can be judged; it is not kept."""
    return Proposal(engagement=amendment.engagement, content=kept(_content(amendment)))


def unbacked(amendment: Amendment, judgement: Judgement | None = None) -> list[Term]:
    """Of the dates, prices and quality terms that it changes or adds, those that delivery does not stand behind.

    `judgement`: of the contract as amended, where it is known already.
    """
    text = amendment.says
    told = {(str(c.kind), c.name) for c in text.changes} | {(str(a.kind), a.name) for a in text.added}
    # All amounts are judged as one price: any of them that changes, comes or goes changes it.
    pays_otherwise = bool(text.price_difference) or any(kind == Kind.COST for kind, _name in told)
    found = (judgement or judge(as_amended(amendment))).unbacked
    return [t for t in found if (t.kind, t.name) in told or (t.kind == Kind.COST and pays_otherwise)]


def _content(amendment: Amendment) -> Content:
    """All constraints with the amendment's values, as terms of a text."""
    text, now = amendment.says, values_now(amendment.contract)
    changed = {c.constraint: c.after for c in text.changes}
    rows: list[tuple[Constraint, Worth]] = []
    for constraint in amendment.contract.constraints.all():
        worth = changed.get(constraint.pk, now.get(constraint.pk))
        if worth is not None and not constraint.is_price:
            rows.append((constraint, worth))
    rows += [(Constraint(kind=a.kind, name=a.name, code=a.code), a.value) for a in text.added]
    of_kind = {kind: [row for row in rows if row[0].kind == kind] for kind in Kind}
    prices = [PriceLine(name=_("Price"), rate=text.price_after)] if text.price_after is not None else []
    prices += [PriceLine(name=c.name, rate=w.amount) for c, w in of_kind[Kind.COST] if w.amount]
    return Content(
        dates=tuple(
            DateTerm(name=c.name, date=w.date, expectation=c.expectation_id)
            for c, w in of_kind[Kind.TIME]
            if w.date
        ),
        prices=tuple(prices),
        scope=tuple(ScopeItem(name=c.name, text=w.text, code=c.code) for c, w in of_kind[Kind.SCOPE]),
        quality=tuple(
            QualityTerm(name=c.name, criterion=w.text, code=c.code, expectation=c.expectation_id)
            for c, w in of_kind[Kind.QUALITY]
        ),
    )
