"""How hours are told on the pages of estimates."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TypeVar

from django import template

from accord.estimating.numbers import half_up
from accord.exchange.wording import THIN

register = template.Library()
T = TypeVar("T")


@register.filter
def hours(value: Decimal | float) -> str:
    """As exact as it is small: 0.5, 12, 1 234."""
    number = half_up(value, 2)
    if abs(number) >= 100 or number == int(number):
        return f"{half_up(number):,.0f}".replace(",", THIN)
    return f"{half_up(number, 1):.1f}" if abs(number) >= 10 else f"{number:.2f}".rstrip("0").rstrip(".")


@register.filter
def signed(value: Decimal) -> str:
    return f"+{hours(value)}" if value > 0 else hours(value).replace("-", "−")


@register.filter
def unlocalized(value: float) -> str:
    """A number as SVG reads it."""
    return f"{value:.1f}"


@register.filter
def after(items: Sequence[T], index: int) -> T:
    return items[index + 1]
