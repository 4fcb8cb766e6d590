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
    """In tenths, as in the grid: 0.5, 12, 1 234.5."""
    return f"{half_up(value, 1):,.1f}".removesuffix(".0").replace(",", THIN)


@register.filter
def about(value: Decimal | float) -> str:
    """In a sentence, where a tenth of many hours says nothing: 19.3, 1 234."""
    return hours(half_up(value) if abs(float(value)) >= 100 else value)


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
