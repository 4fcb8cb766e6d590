"""The call of an action that is going on: it gathers what the action does to objects."""

from __future__ import annotations

from contextvars import ContextVar
from copy import deepcopy
from dataclasses import dataclass, field
from functools import cache
from types import SimpleNamespace
from typing import Any

from django.db import models


class OutsideTheDoor(RuntimeError):
    """Somebody tried to write without an action: a mistake in the program, never the user's."""


@dataclass(frozen=True, slots=True)
class Change:
    model: str
    object_id: str
    kind: str
    before: dict[str, Any]
    after: dict[str, Any]


@dataclass(slots=True)
class Call:
    """One running action."""

    action: str
    changes: list[Change] = field(default_factory=list)

    def created(self, instance: models.Model) -> None:
        self._note(instance, "created", {}, fields_of(instance))

    def changed(self, instance: models.Model, loaded: dict[str, Any]) -> None:
        now, stored = fields_of(instance), told(type(instance), loaded)
        names = [name for name in now if name in stored and now[name] != stored[name]]
        if names:
            self._note(instance, "changed", {n: stored[n] for n in names}, {n: now[n] for n in names})

    def deleted(self, instance: models.Model) -> None:
        self._note(instance, "deleted", fields_of(instance), {})

    def _note(self, instance: models.Model, kind: str, before: dict[str, Any], after: dict[str, Any]) -> None:
        self.changes.append(Change(instance._meta.label_lower, str(instance.pk), kind, before, after))


_current: ContextVar[Call | None] = ContextVar("accord_call", default=None)


def current() -> Call:
    """The running call.

    Raises:
        OutsideTheDoor: no action is running.
    """
    running = _current.get()
    if running is None:
        raise OutsideTheDoor("only an action writes: call one of the registered actions")
    return running


def fields_of(instance: models.Model) -> dict[str, Any]:
    """The loaded fields as JSON can hold them; secrets are left out."""
    deferred = instance.get_deferred_fields()
    secret = getattr(instance, "SECRET_FIELDS", ())
    return {
        f.attname: f.value_to_string(instance) if getattr(instance, f.attname) is not None else None
        for f in instance._meta.concrete_fields
        if f.attname not in deferred and f.attname not in secret
    }


def loaded(instance: models.Model) -> dict[str, Any]:
    """The fields as they are in the database, to be told later if they change: most rows are only read."""
    held = dict(instance.__dict__)
    for name in ("_state", "_stored"):
        held.pop(name, None)
    for field_ in _changing_inside(type(instance)):
        if held.get(field_.attname) is not None:
            held[field_.attname] = deepcopy(held[field_.attname])
    return held


def changed_names(instance: models.Model, stored: dict[str, Any]) -> list[str]:
    """The fields that are other than `loaded` held them. A secret JSON value counts as changed if it was set anew."""
    now = loaded(instance)
    names = [f.attname for f in instance._meta.concrete_fields if not f.primary_key and f.attname in now]
    return [name for name in names if name not in stored or now[name] != stored[name]]


def told(model: type[models.Model], held: dict[str, Any]) -> dict[str, Any]:
    """What `loaded` held, as JSON can hold it."""
    row = SimpleNamespace(**held)
    return {
        f.attname: None if held[f.attname] is None else f.value_to_string(row)  # type: ignore[arg-type]  # it asks for the attribute only
        for f in model._meta.concrete_fields
        if f.attname in held
    }


@cache
def _changing_inside(model: type[models.Model]) -> tuple[models.Field[Any, Any], ...]:
    """Fields whose value can change without being set; none that are never told."""
    secret = getattr(model, "SECRET_FIELDS", ())  # of the class: a property is no tuple
    never = secret if isinstance(secret, tuple) else ()
    fields = (f for f in model._meta.concrete_fields if isinstance(f, models.JSONField))
    return tuple(f for f in fields if f.attname not in never)
