"""How a check's kept numbers are told on pages."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from django import template

from accord.exchange import wording

register = template.Library()


@register.filter
def as_json(value: Any) -> str:
    """For a data attribute: the template escapes it."""
    return json.dumps(value, separators=(",", ":"))


@register.filter
def iso_day(value: str) -> str:
    return wording.day(dt.date.fromisoformat(value)) if value else ""


@register.filter
def whole(value: float) -> str:
    return wording.number(value)
