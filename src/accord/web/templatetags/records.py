"""Panels of a lower room's record that a higher room fills."""

from __future__ import annotations

from typing import Any

from django import template

from accord.people.models import Member
from accord.web.queries import parts_of

register = template.Library()


@register.inclusion_tag("web/components/engagements_of.html", takes_context=True)
def engagements_of(context: dict[str, Any], member: Member) -> dict[str, object]:
    """The engagements in which a member has a part, as far as whoever looks may see them."""
    return {"parts": parts_of(context["user"], member)}
