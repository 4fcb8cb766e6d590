"""Panels of a lower room's record that a higher room fills, and the name of a browser."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.translation import gettext as _

from accord.people.models import Member
from accord.web.queries import parts_of

register = template.Library()

# Names in the order in which they are looked for: browsers and systems name their ancestors as well.
_BROWSERS = (
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


@register.filter
def browser(user_agent: str) -> str:
    """Firefox on Linux; what it says of itself where that is unknown."""
    name = next(
        (word for sign, word in _BROWSERS if sign in user_agent), user_agent[:60] or _("unknown program")
    )
    system = next((word for sign, word in _SYSTEMS if sign in user_agent), "")
    return _("%(browser)s on %(system)s") % {"browser": name, "system": system} if system else name


@register.inclusion_tag("web/components/engagements_of.html", takes_context=True)
def engagements_of(context: dict[str, Any], member: Member) -> dict[str, object]:
    """The engagements in which a member has a part, as far as whoever looks may see them."""
    return {"parts": parts_of(context["user"], member)}
