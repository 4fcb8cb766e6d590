"""How a proposal's numbers are told."""

from __future__ import annotations

from decimal import Decimal

from django import template

from accord.exchange.wording import THIN
from accord.proposals.content import Content

register = template.Library()


@register.filter
def percent(share: float) -> str:
    """A margin: with its sign, in whole percent."""
    return f"{share * 100:.0f}{THIN}%".replace("-", "−")


@register.filter
def saved(says: Content) -> Decimal:
    """What the discount takes off, below zero."""
    return says.price - says.listed
