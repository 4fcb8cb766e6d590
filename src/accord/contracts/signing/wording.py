"""What a constraint asks, and what an amendment changes, in words."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from accord.contracts.signing.content import AmendmentText, Kind, Worth
from accord.exchange.wording import day, money


@dataclass(frozen=True, slots=True)
class Line:
    """One change; `before` None: it is new; `after` None: it binds no more."""

    kind: str
    name: str
    before: Worth | None
    after: Worth | None


def lines_of(text: AmendmentText) -> list[Line]:
    price = Line(Kind.COST, _("Price"), Worth(amount=text.price_before), Worth(amount=text.price_after))
    return [
        *(Line(c.kind, c.name, c.before, c.after) for c in text.changes),
        *([price] if text.price_difference else []),
        *(Line(a.kind, a.name, None, a.value) for a in text.added),
    ]


def told(worth: Worth, currency: str) -> str:
    value = day(worth.date) if worth.date else ""
    if worth.amount is not None:
        value = money(float(worth.amount), currency)
    return f"{value} {worth.text}".strip() or _("as named")
