"""How the audit's rows are told to people: deeds in the past tense, names instead of numbers, values with units."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils.translation import gettext as _

from accord.actions.call import fields_of
from accord.actions.models import AuditChange, AuditEntry
from accord.engagements.models import Expectation
from accord.exchange import wording

# Names of these can be told to everybody in the firm; of others (a confidential engagement) they cannot.
_NAMED = (
    "people.member",
    "people.role",
    "relationships.contact",
    "relationships.client",
    "planning.activity",  # only the trail of its engagement tells of links and assignments
)
_LONGEST = 120
_MOST_DEEDS = 8  # of one event: who makes a plan makes a hundred rows at once
_PAST = {
    "begin": "began",
    "cast": "cast",
    "give": "gave",
    "keep": "kept",
    "leave": "left",
    "make": "made",
    "meet": "met",
    "override": "overrode",
    "put": "put",
    "run": "ran",
    "send": "sent",
    "set": "set",
    "stand": "stood",
    "take": "took",
    "withdraw": "withdrew",
    "try": "tried",
    "plan": "planned",
}
# Fields that say nothing to a reader: they follow from the rest, or are the object itself.
_SILENT = {
    "id",
    "password",
    "last_login",
    "engagement_id",
    "expectation_id",
    "relationship_id",
    "client_id",
    "recorded_by_id",
    "recorded_at",
    "restates_id",
    "plan_id",
    "package_id",
    "code",
    "position",
    "revision",
    "scheduled",
    "planned_start",
    "planned_finish",
    "first_share",
    "last_share",
    "finish_p80",
    "finished_at",
    "criticality",
    "digest",
    "asked_at",
    "made_at",
    "changes",
    "stale",
    "only_words",
    "departs",
    "left_out",
    "sold_by",
    "delivered_by",
    "proposal_id",
    "link_id",
    "comment_id",
    "opened_last_at",
    "about",
    "evidence_digest",
    "policy_version",
    "priced_by",
    "review_id",
    "taken_id",
    "terms",
    "hand_over_id",
    "gathered_at",
    "offered_at",
    "offered_to",
}


@dataclass(frozen=True, slots=True)
class Field:
    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Deed:
    """One change: the name of what was changed ('' if its fields tell it), how, and which of its fields."""

    name: str
    kind: str
    fields: list[Field]


@dataclass(frozen=True, slots=True)
class Event:
    """One action that somebody carried out, with all that it changed here."""

    at: dt.datetime
    actor: str
    deed: str
    deeds: list[Deed]
    more: int = 0  # deeds that are not shown


def past(action: str) -> str:
    """What an action did, as people say it: engagements.record_expectation becomes 'recorded expectation'."""
    verb, *rest = action.rpartition(".")[2].split("_")
    if verb in _PAST:
        told = _PAST[verb]
    elif verb.endswith("e"):
        told = f"{verb}d"
    else:
        told = f"{verb}ed"
    return " ".join([told, *rest])


def told(changes: Iterable[AuditChange]) -> list[Event]:
    """The changes as events, in their order. Names are looked up in one query for each kind of object."""
    rows = list(changes)
    names, restated = _names(rows), _restated(rows)
    by_entry: dict[int, list[AuditChange]] = defaultdict(list)
    entries: dict[int, AuditEntry] = {}
    for row in rows:
        entries[row.entry_id] = row.entry
        by_entry[row.entry_id].append(row)
    return [
        Event(
            entry.at,
            str(entry.actor) if entry.actor else _by_nobody(entry.action),
            past(entry.action),
            [_deed(row, names, restated) for row in by_entry[pk][:_MOST_DEEDS]],
            max(0, len(by_entry[pk]) - _MOST_DEEDS),
        )
        for pk, entry in entries.items()
    ]


def _by_nobody(action: str) -> str:
    """Who did what no member did."""
    by_client = action.endswith(("_by_link", ".open_link"))
    return _("the client") if by_client else _("the system")


Names = dict[tuple[str, str], str]


def _names(rows: Iterable[AuditChange]) -> Names:
    asked: dict[type[models.Model], set[str]] = defaultdict(set)
    for row in rows:
        if row.model in _NAMED and row.kind == AuditChange.Kind.CHANGED:
            asked[apps.get_model(row.model)].add(row.object_id)
        for name, value in [*row.before.items(), *row.after.items()]:
            found = None if name in _SILENT else _field(row.model, name)
            if found is not None and isinstance(found, models.ForeignKey) and value:
                target = found.related_model
                if target._meta.label_lower in _NAMED:
                    asked[target].add(str(value))
    return {
        (model._meta.label_lower, str(pk)): str(one)
        for model, ids in asked.items()
        for pk, one in model._default_manager.in_bulk(list(ids)).items()
    }


def _restated(rows: Iterable[AuditChange]) -> dict[str, dict[str, Any]]:
    """The values of what was restated, by its number."""
    ids = {row.after["restates_id"] for row in rows if row.after.get("restates_id")}
    if not ids:
        return {}
    return {str(pk): fields_of(e) for pk, e in Expectation.objects.in_bulk(list(ids)).items()}


def _deed(row: AuditChange, names: Names, restated: dict[str, dict[str, Any]]) -> Deed:
    earlier = restated.get(str(row.after.get("restates_id")))
    if earlier is not None:  # told as a change of what was said before
        row = AuditChange(model=row.model, kind=AuditChange.Kind.CHANGED, before=earlier, after=row.after)
    fields = []
    for name in row.after if row.kind != AuditChange.Kind.DELETED else row.before:
        if name in _SILENT:
            continue
        before, after = _tell(row, name, row.before, names), _tell(row, name, row.after, names)
        if before is not None and after is not None and before != after:
            fields.append(Field(_label(row.model, name), before, after))
    return Deed(names.get((row.model, row.object_id), ""), row.kind, fields)


def _tell(row: AuditChange, name: str, values: dict[str, Any], names: Names) -> str | None:
    """The value in words, '' for nothing, None if it cannot be told."""
    value, found = values.get(name), _field(row.model, name)
    if value in (None, ""):
        return ""
    if isinstance(found, models.ForeignKey):
        return names.get((found.related_model._meta.label_lower, str(value)))
    return _words(found, str(value))


def _words(found: models.Field[Any, Any] | None, value: str) -> str:
    if found is not None and found.choices:
        return str(dict(found.flatchoices).get(value, value))
    if isinstance(found, models.BooleanField):
        return _("yes") if value == "True" else _("no")
    try:
        if isinstance(found, models.DateField):  # also points in time
            return wording.day(dt.datetime.fromisoformat(value))
        if isinstance(found, models.DecimalField):
            number = Decimal(value)
            return wording.number(float(number)) if number == int(number) else str(number.normalize())
    except (ValueError, InvalidOperation):
        pass
    return value if len(value) <= _LONGEST else f"{value[:_LONGEST]}…"


def _field(model: str, name: str) -> models.Field[Any, Any] | None:
    """The field, if the model still has it."""
    try:
        found = apps.get_model(model)._meta.get_field(name.removesuffix("_id"))
    except (LookupError, FieldDoesNotExist):
        return None
    return found if isinstance(found, models.Field) else None


def _label(model: str, name: str) -> str:
    found = _field(model, name)
    return str(found.verbose_name) if found is not None else name.replace("_", " ")
