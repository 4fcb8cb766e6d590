"""What an amendment says, as one document: what is decided on and signed is the digest of exactly this."""

from __future__ import annotations

import datetime as dt
import hashlib
from decimal import Decimal
from typing import Annotated, Any, Self

from django.utils.translation import gettext as _
from pydantic import BaseModel, ConfigDict, Field, model_validator

from accord.engagements.models import Expectation
from accord.ledger.chain import canonical

_Name = Annotated[str, Field(min_length=1, max_length=200)]
_Text = Annotated[str, Field(max_length=4000)]
_Amount = Annotated[Decimal, Field(ge=0, lt=1_000_000_000, decimal_places=2)]
_Difference = Annotated[Decimal, Field(gt=-1_000_000_000, lt=1_000_000_000, decimal_places=2)]
Kind = Expectation.Kind


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class Worth(_Part):
    """What a constraint asks: a day for time, an amount for cost, words for scope and quality (or none but its name)."""

    date: dt.date | None = None
    amount: _Amount | None = None
    text: _Text = ""

    def fits(self, kind: str) -> bool:
        wanted = {Kind.TIME: self.date, Kind.COST: self.amount}
        others = {Kind.TIME: self.amount, Kind.COST: self.date}.get(Kind(kind), self.date or self.amount)
        return wanted.get(Kind(kind), True) is not None and others is None


class Change(_Part):
    """Of a constraint that stands: its value before and after; `after` None: it binds nobody any more."""

    constraint: int
    kind: Kind
    name: _Name
    before: Worth
    after: Worth | None


class Added(_Part):
    kind: Kind
    name: _Name
    code: str = ""
    value: Worth

    @model_validator(mode="after")
    def has_its_value(self) -> Self:
        if not self.value.fits(self.kind):
            raise ValueError(_("“{name}” needs a value of its kind.").format(name=self.name))
        return self


class AmendmentText(_Part):
    """`price_before` and `price_difference`: the whole price without and by this amendment."""

    reason: Annotated[str, Field(min_length=1, max_length=2000)]
    changes: tuple[Change, ...] = ()
    added: tuple[Added, ...] = ()
    price_before: _Amount | None = None
    price_difference: _Difference = Decimal(0)

    @property
    def price_after(self) -> Decimal | None:
        return None if self.price_before is None else self.price_before + self.price_difference

    @property
    def says_something(self) -> bool:
        return bool(self.changes or self.added or self.price_difference)


def kept(text: AmendmentText) -> dict[str, Any]:
    """As the database holds it."""
    return text.model_dump(mode="json")


def digest_of_amendment(content: dict[str, Any], contract: int, serial: int) -> str:
    """SHA-256 of the canonical content of exactly this amendment."""
    about = {"contract": contract, "amendment": serial}
    return hashlib.sha256(canonical(about | content).encode()).hexdigest()
