"""Rate cards: which lines a price may be taken from, and where a price stays below its card."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q

from accord.proposals.content import PriceKind, PriceLine
from accord.proposals.models import CardLine

BY_THE_HOUR = (PriceKind.TIME, PriceKind.AT_MOST, PriceKind.RETAINER)


@dataclass(frozen=True, slots=True)
class Priced:
    """A price, and how far below its rate card it stays, as a share of the card's rate; None: not below."""

    line: PriceLine
    below: float | None = None
    card: str = ""


def lines_for(prices: Iterable[PriceLine], currency: str, day: dt.date) -> list[CardLine]:
    """The lines of the cards that hold on a day, and those that prices were taken from already."""
    rows = CardLine.objects.select_related("card", "role").order_by("-card__valid_from", "role__name")
    ends = Q(card__valid_until=None) | Q(card__valid_until__gte=day)
    holds = Q(ends, card__currency=currency, card__valid_from__lte=day)
    return list(rows.filter(holds | Q(pk__in=_named(prices))))


def beside_cards(prices: Iterable[PriceLine]) -> list[Priced]:
    prices = list(prices)
    named = _named(prices)
    cards = CardLine.objects.select_related("card").in_bulk(named) if named else {}
    return [_priced(line, cards.get(line.card or 0)) for line in prices]


def _priced(line: PriceLine, card: CardLine | None) -> Priced:
    if card is None or line.kind not in BY_THE_HOUR or line.rate >= card.rate:
        return Priced(line)
    return Priced(line, float(1 - line.rate / card.rate), str(card.card))


def _named(prices: Iterable[PriceLine]) -> list[int]:
    return [line.card for line in prices if line.card is not None]
