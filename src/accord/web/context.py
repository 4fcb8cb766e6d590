from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

_MENU = (
    ("web:desk", _("Desk")),
    ("web:relationships", _("Relationships")),
    ("engagements:engagements", _("Engagements")),
    ("people:members", _("People")),
    ("portfolio:over_sold", _("Over-sold")),
)
# Pages whose address lies elsewhere than the menu's entry to which they belong; the longest address that fits counts.
_ALSO = (
    ("/estimates/", "engagements:engagements"),
    ("/plans/", "engagements:engagements"),
    ("/plans/load/", "people:members"),
    ("/proposals/", "engagements:engagements"),
    ("/proposals/clauses/", "people:members"),
    ("/proposals/rate-cards/", "people:members"),
    ("/contracts/", "engagements:engagements"),
    ("/hand-overs/", "engagements:engagements"),
    ("/policy/", "people:members"),
    ("/reviews/", "engagements:engagements"),
    ("/accounts/", "people:members"),
    ("/notices/", "people:members"),
)


@dataclass(frozen=True, slots=True)
class MenuEntry:
    label: str
    address: str
    here: bool
    counts: str = ""  # the address that tells how much waits there


def firm(request: HttpRequest) -> dict[str, object]:
    """What every page knows. The theme is the browser's unless the person chose one."""
    return {"is_demo": settings.DEMO, "theme": _theme(request), "menu": _menu(request.path)}


def _theme(request: HttpRequest) -> str:
    chosen = request.COOKIES.get("theme", "")
    return chosen if chosen in ("light", "dark") else ""


def _menu(path: str) -> list[MenuEntry]:
    entries = []
    also = max((pair for pair in _ALSO if path.startswith(pair[0])), default=("", ""))[1]
    for name, label in _MENU:
        address = reverse(name)
        here = path == address if address == "/" else path.startswith(address)
        here = here or name == also
        counts = reverse("web:desk_count") if name == "web:desk" else ""
        entries.append(MenuEntry(str(label), address, here, counts))
    return entries
