"""The call of an action that is going on: it gathers what the action does to objects."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass, field
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

    def changed(self, instance: models.Model, stored: dict[str, Any]) -> None:
        now = fields_of(instance)
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
    secret = getattr(instance, "SECRET_FIELDS", ())
    return {name: value for name, value in loaded_fields_of(instance).items() if name not in secret}


def loaded_fields_of(instance: models.Model) -> dict[str, Any]:
    """The loaded fields as JSON can hold them."""
    deferred = instance.get_deferred_fields()
    return {
        f.attname: f.value_to_string(instance) if getattr(instance, f.attname) is not None else None
        for f in instance._meta.concrete_fields
        if f.attname not in deferred
    }
