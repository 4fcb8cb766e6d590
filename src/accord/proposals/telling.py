"""Days and amounts as letters, mails and the client's page tell them, in the language that is spoken now."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.utils import formats
from django.utils.translation import get_language

from accord.exchange.wording import SPACE
from accord.proposals.content import Content


def day(date: dt.date) -> str:
    """With the month as a word, which cannot be mistaken for a day."""
    language = (get_language() or "en")[:2]
    told: str = formats.date_format(date, "j F Y" if language == "en" else "DATE_FORMAT")
    return told.replace("1 ", "1er ", 1) if language == "fr" and date.day == 1 else told  # as French has it


def number(value: Decimal) -> str:
    """As many decimals as it has."""
    return formats.number_format(value.normalize(), force_grouping=True)


def percent(value: Decimal) -> str:
    return f"{number(value)}{SPACE}%"


@dataclass(frozen=True, slots=True)
class Money:
    """Amounts of one letter: all with cents, or none."""

    currency: str
    places: int

    @classmethod
    def of(cls, currency: str, amounts: Iterable[Decimal]) -> Money:
        return cls(currency, 2 if any(a != a.to_integral_value() for a in amounts) else 0)

    @classmethod
    def in_text(cls, says: Content, currency: str) -> Money:
        lines = [amount for line in says.prices for amount in (line.amount, line.rate)]
        return cls.of(currency, [*lines, says.price, *(amount for _name, amount in says.instalments())])

    def told(self, amount: Decimal) -> str:
        plain = formats.number_format(amount, self.places, force_grouping=True).replace("-", "−")
        return f"{plain}{SPACE}{self.currency}"
