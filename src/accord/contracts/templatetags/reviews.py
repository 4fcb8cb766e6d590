"""How votes are told."""

from __future__ import annotations

from django import template

from accord.contracts.models import Choice, Review
from accord.contracts.reviewing import wording

register = template.Library()
_TONES = {Choice.SIGN: "kept-green", Choice.REWORK: "said-red", Choice.DECLINE: "said-red"}


@register.filter
def told(choice: str, review: Review) -> str:
    return wording.choice_label(review.kind, choice)


@register.filter
def tone(choice: str) -> str:
    return _TONES.get(Choice(choice), "")
