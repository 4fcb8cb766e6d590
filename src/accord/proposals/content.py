"""What a proposal says, as one document: what is decided on and signed is the digest of exactly this.

Amounts are in the proposal's currency, dates are days. A document is never changed in place: a newer one replaces it.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from decimal import ROUND_HALF_UP, Decimal
from typing import Annotated, Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from accord.ledger.chain import canonical

CENT = Decimal("0.01")
LONGEST_LINE = 500  # of an assumption or exclusion, as in an estimate
_Name = Annotated[str, Field(min_length=1, max_length=200)]
_Text = Annotated[str, BeforeValidator(lambda text: with_plain_ends(text)), Field(max_length=4000)]
_Line = Annotated[str, Field(min_length=1, max_length=LONGEST_LINE)]
_Share = Annotated[Decimal, Field(ge=0, le=100)]
HIGHEST = 1_000_000_000  # of an amount: it stays below
_Amount = Annotated[Decimal, Field(ge=0, lt=HIGHEST)]


class PriceKind(models.TextChoices):
    FIXED = "fixed", _("fixed price")
    TIME = "time", _("time and materials")
    AT_MOST = "at_most", _("not to exceed")
    RETAINER = "retainer", _("retainer")


def with_plain_ends(text: str) -> str:
    """Lines that end in one way: a browser sends other ends than it was given."""
    return text.replace("\r\n", "\n").strip()


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class ScopeItem(Part):
    """What is delivered; `code`: the work package of the estimate that delivers it."""

    name: _Name
    text: _Text = ""
    code: str = ""


class PriceLine(Part):
    """A fixed price is one unit; time and materials and retainers are units (hours, months) at a rate.

    `card`: the line of a rate card that it was taken from.
    """

    kind: PriceKind = PriceKind.FIXED
    name: _Name
    quantity: _Amount = Decimal(1)
    rate: _Amount
    card: int | None = None

    @property
    def amount(self) -> Decimal:
        return (self.quantity * self.rate).quantize(CENT, ROUND_HALF_UP)


class Payment(Part):
    name: _Name
    share: _Share


class DateTerm(Part):
    """A date that is promised; `expectation`: which expectation of the register it answers."""

    name: _Name
    date: dt.date
    expectation: int | None = None


class QualityTerm(Part):
    """By what it is accepted; `code`: the work package that makes it so."""

    name: _Name
    criterion: _Text = ""
    code: str = ""
    expectation: int | None = None


class ClauseText(Part):
    """A standard clause as it was copied, or as somebody changed it; `clause`: which one it was copied from."""

    title: _Name
    text: _Text
    clause: int | None = None


class Content(Part):
    opening: _Text = ""
    scope: tuple[ScopeItem, ...] = ()
    excluded: tuple[_Line, ...] = ()
    assumptions: tuple[_Line, ...] = ()
    prices: tuple[PriceLine, ...] = ()
    discount: _Share = Decimal(0)  # percent of the sum
    payments: tuple[Payment, ...] = ()
    dates: tuple[DateTerm, ...] = ()
    quality: tuple[QualityTerm, ...] = ()
    clauses: tuple[ClauseText, ...] = ()
    valid_until: dt.date | None = None  # None: some days from sending
    closing: _Text = ""

    @property
    def listed(self) -> Decimal:
        """The price before the discount."""
        return sum((line.amount for line in self.prices), Decimal(0))

    @property
    def price(self) -> Decimal:
        return (self.listed * (1 - self.discount / 100)).quantize(CENT, ROUND_HALF_UP)

    def instalments(self) -> list[tuple[str, Decimal]]:
        """Payments in money; the last one takes what rounding left."""
        found = [(p.name, (self.price * p.share / 100).quantize(CENT, ROUND_HALF_UP)) for p in self.payments]
        if found and sum(p.share for p in self.payments) == 100:
            rest = self.price - sum((amount for _name, amount in found[:-1]), Decimal(0))
            found[-1] = (found[-1][0], rest)
        return found


def kept(content: Content) -> dict[str, Any]:
    """As the database holds it."""
    return content.model_dump(mode="json")


def digest_of(content: dict[str, Any], engagement: int, version: int) -> str:
    """SHA-256 of the canonical content of exactly this version."""
    about = {"engagement": engagement, "version": version}
    return hashlib.sha256(canonical(about | content).encode()).hexdigest()
