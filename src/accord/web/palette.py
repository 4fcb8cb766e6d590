"""The palette: everything that has a name, and what can be done, found by a few letters."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accord.engagements.queries import visible_to
from accord.people.models import Member
from accord.relationships.models import Contact, Relationship

_EACH = 6  # lines of a kind
_LOOKED_AT = 40  # rows of a kind that are ranked


@dataclass(frozen=True, slots=True)
class Found:
    """A line: its words with what was typed marked, what it is, where it leads."""

    pieces: list[tuple[str, bool]]
    kind: str
    address: str
    in_dialog: bool
    rank: int


@dataclass(frozen=True, slots=True)
class _Place:
    label: str | Promise
    name: str
    also: str = ""  # other words by which people look for it
    in_dialog: bool = False


_PAGES = (
    _Place(gettext_lazy("Desk"), "web:desk", "home start waiting"),
    _Place(gettext_lazy("Relationships"), "web:relationships", "clients customers"),
    _Place(gettext_lazy("Engagements"), "engagements:engagements", "list deals"),
    _Place(gettext_lazy("Pipeline board"), "engagements:board", "kanban stages"),
    _Place(gettext_lazy("People"), "people:members", "members team"),
    _Place(gettext_lazy("Load of people"), "planning:load", "capacity booked busy free"),
    _Place(gettext_lazy("Teams"), "people:teams", "groups"),
    _Place(gettext_lazy("Roles and rates"), "people:roles", "cost bill prices"),
    _Place(gettext_lazy("Skills"), "people:skills", "levels"),
    _Place(gettext_lazy("The firm"), "people:firm", "settings holidays places"),
    _Place(gettext_lazy("Policy"), "policies:policy", "profiles confidence margin seats rules"),
    _Place(gettext_lazy("Over-sold report"), "portfolio:over_sold", "promises overrides unbacked"),
    _Place(gettext_lazy("Standard clauses"), "proposals:clauses", "terms legal"),
    _Place(gettext_lazy("The desk by mail"), "notices:choose", "notifications digest"),
    _Place(gettext_lazy("Sign-in and security"), "people:account", "password passkey account"),
)
_ACTIONS = (
    _Place(gettext_lazy("Record what was said"), "engagements:record_anywhere", "expectation promise", True),
    _Place(gettext_lazy("Begin an engagement"), "engagements:begin", "new add project", True),
    _Place(gettext_lazy("Add a client"), "relationships:begin", "new relationship", True),
)


# Also of the member's own: their record, and the days on which they are away.
_OWN, _AWAY = "me own work weeks absence load profile", "away holiday vacation sick leave"


def palette(member: Member, asked: str) -> list[Found]:
    """What fits, the best first; without words, what can be done and the pages."""
    words = asked.split()
    places = [
        *_places(_ACTIONS, _("action"), words, asked),
        *_places(_PAGES, _("page"), words, asked),
    ]
    own = _Place(gettext_lazy("My record"), "people:member", _OWN)
    record = _places([own], _("page"), words, asked, member.pk)
    absence = _Place(gettext_lazy("Record an absence"), "people:record_absence", _AWAY, in_dialog=True)
    places += [*record, *_places([absence], _("action"), words, asked, member.pk)]
    if not words:
        return places
    found = [
        *_named(_engagements(member, words), _("engagement"), "web:engagement", words),
        *_named(_clients(words), _("client"), "web:relationship", words),
        *_named(_contacts(words), _("person of a client"), "web:contact", words),
        *_named(_people(words), _("person"), "people:member", words),
        *places,
    ]
    return sorted(found, key=lambda line: line.rank)


def rank(label: str, words: Iterable[str]) -> int:
    """How well a label fits, 0 the best. Its name, before the first dot, counts more than what is told beside it."""
    asked = [word.lower() for word in words]
    low, typed = label.lower(), " ".join(asked)
    name = low.split(" · ")[0]
    if name == typed:
        return 0
    if name.startswith(typed):
        return 1
    if _begin_words_of(name, asked):
        return 2
    return 3 if _begin_words_of(low, asked) else 4


def _begin_words_of(text: str, asked: list[str]) -> bool:
    parts = re.split(r"\W+", text)
    return all(any(part.startswith(word) for part in parts) for word in asked)


def marked(label: str, words: Iterable[str]) -> list[tuple[str, bool]]:
    """The label in pieces; those that were typed are marked."""
    typed = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
    if not typed:
        return [(label, False)]
    pieces = re.split(f"({typed})", label, flags=re.IGNORECASE)
    return [(piece, k % 2 == 1) for k, piece in enumerate(pieces) if piece]


def _places(places: Iterable[_Place], kind: str, words: list[str], asked: str, *args: int) -> list[Found]:
    lines = []
    for place in places:
        label = str(place.label)
        if all(word.lower() in f"{label} {place.also}".lower() for word in words):
            address = reverse(place.name, args=args)
            lines.append(Found(marked(label, words), kind, address, place.in_dialog, rank(label, words)))
    return lines


def _named(rows: Iterable[tuple[int, str]], kind: str, name: str, words: list[str]) -> list[Found]:
    lines = [
        Found(marked(label, words), kind, reverse(name, args=[pk]), False, rank(label, words))
        for pk, label in rows
    ]
    return sorted(lines, key=lambda line: line.rank)[:_EACH]


def _each_word(words: Iterable[str], *fields: str) -> Q:
    """Every word stands in one of the fields."""
    everything = Q()
    for word in words:
        anywhere = Q()
        for field in fields:
            anywhere |= Q(**{f"{field}__icontains": word})
        everything &= anywhere
    return everything


def _labels(rows: QuerySet[Any], label: Callable[..., str], *fields: str) -> list[tuple[int, str]]:
    return [(pk, label(*values)) for pk, *values in rows.values_list("pk", *fields)[:_LOOKED_AT]]


def _joined(*names: str) -> str:
    return " · ".join(filter(None, names))


def _engagements(member: Member, words: list[str]) -> list[tuple[int, str]]:
    fields = ("title", "relationship__client__name")
    return _labels(visible_to(member).filter(_each_word(words, *fields)), _joined, *fields)


def _clients(words: list[str]) -> list[tuple[int, str]]:
    return _labels(Relationship.objects.filter(_each_word(words, "client__name")), _joined, "client__name")


def _contacts(words: list[str]) -> list[tuple[int, str]]:
    rows = Contact.objects.filter(_each_word(words, "name", "title", "client__name"))
    return _labels(rows, _joined, "name", "title", "client__name")


def _people(words: list[str]) -> list[tuple[int, str]]:
    rows = Member.objects.filter(_each_word(words, "name", "title"), is_active=True)
    return _labels(rows, _joined, "name", "title")
