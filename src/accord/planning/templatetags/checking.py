"""How a check's kept numbers are told on pages."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from django import template
from django.utils.translation import gettext as _

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


@register.simple_tag
def curve_words() -> dict[str, Any]:
    """What the picture's script says."""
    return {
        "said": _("said"),
        "policy": _("policy"),
        "enough": _("kept often enough"),
        "short": _("not backed"),
        "label": {
            "time": _("The promised date: drag the line, or move this"),
            "price": _("The price: drag the line, or move this"),
        },
        "try": {"time": _("Try %s"), "price": _("Try %s")},
    }
