"""The door: what every write goes through.

An action is a function whose first argument is the actor and whose second, where there is one, is the object it is
about. The door opens a transaction, asks the permission and the gates, carries the action out, lets higher rooms follow,
and writes the audit, all or nothing. An action that calls another one stays in the same transaction.
"""

from __future__ import annotations

import hashlib
import inspect
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from django.apps import apps
from django.core.exceptions import ObjectDoesNotExist
from django.db import DatabaseError, IntegrityError, OperationalError, models, transaction
from django.utils.translation import gettext as _

from accord.actions import call
from accord.actions.models import AuditChange, AuditEntry, IdempotentCall, Recorded
from accord.actions.refusals import Refused
from accord.ledger.chain import canonical

logger = logging.getLogger(__name__)

P = ParamSpec("P")
R = TypeVar("R")
A = TypeVar("A")

# Raises Refused (mostly NotAllowed) if the actor may not do this to the object.
Permission = Callable[[Any, Any], None]
Gate = Callable[..., None]


@dataclass(frozen=True, slots=True)
class Action:
    name: str
    permission: Permission
    call: Callable[..., Any]
    about: type | None  # the class of the object it is about


registry: dict[str, Action] = {}
_gates: dict[str, list[Gate]] = {}
_followers: dict[str, list[Callable[..., None]]] = {}
_key: ContextVar[str | None] = ContextVar("accord_idempotency_key", default=None)


def action(
    *, permission: Permission
) -> Callable[[Callable[Concatenate[A, P], R]], Callable[Concatenate[A, P], R]]:
    """Register a function as an action; calls of it go through the door.

    `permission(actor, about)` raises Refused where the actor may not.
    """

    def declare(function: Callable[Concatenate[A, P], R]) -> Callable[Concatenate[A, P], R]:
        room = function.__module__.split(".")[1]
        name = f"{room}.{function.__name__}"

        @wraps(function)
        def enter(actor: A, *args: P.args, **kwargs: P.kwargs) -> R:
            key = _key.get()
            with once(None):  # the key is this call's, not that of actions which it calls
                return _Passage(registry[name], actor, args, kwargs).go(function, key)  # type: ignore[no-any-return]

        registry[name] = Action(name, permission, enter, _about(function))
        return enter  # type: ignore[return-value]  # wraps() gives the actor its name

    return declare


@contextmanager
def once(key: str | None) -> Iterator[None]:
    """The action called within acts once: the same actor, action and key again give the first call's result."""
    token = _key.set(key)
    try:
        yield
    finally:
        _key.reset(token)


def gate(action_name: str) -> Callable[[Gate], Gate]:
    """Let a higher room ask something before an action of a lower one: the gate gets the action's arguments and may refuse."""
    return _registering(_gates, action_name)


def follows(action_name: str) -> Callable[[Gate], Gate]:
    """Let a higher room act in the same transaction after a lower room's action: it gets the action's arguments."""
    return _registering(_followers, action_name)


def obstacles(action_name: str, actor: Any, *args: Any, **kwargs: Any) -> list[Refused]:
    """What permission and gates would refuse if the actor did this now: all of it, so that a page can say what is missing."""
    found = []
    try:
        registry[action_name].permission(actor, args[0] if args else None)
    except Refused as refused:
        found.append(refused)
    for check in _gates.get(action_name, ()):
        try:
            check(actor, *args, **kwargs)
        except Refused as refused:
            found.append(refused)
    return found


def _registering(register: dict[str, list[Gate]], name: str) -> Callable[[Gate], Gate]:
    def put(function: Gate) -> Gate:
        register.setdefault(name, []).append(function)
        return function

    return put


def _take(about: Any) -> None:
    """Lock what an action is about and load it anew, so that nobody else changes it meanwhile and nothing old is judged.

    Raises:
        Refused: it is gone.
    """
    several = about if isinstance(about, list | tuple) else [about]
    rows = [row for row in several if isinstance(row, Recorded) and row.pk is not None]
    for row in sorted(rows, key=lambda row: row.pk):
        try:
            _lock_what_holds(row)
            row.refresh_from_db(from_queryset=type(row)._base_manager.select_for_update())
        except ObjectDoesNotExist:
            raise Refused(
                _("What is gone is not changed any more."),
                _("Somebody removed this a moment ago."),
                _("Open the page again to see what is there now."),
            ) from None


def _lock_what_holds(row: Recorded) -> None:
    """The whole before its part, always in this order: rules look at both, and two actions never wait for each other."""
    if row.PART_OF:
        whole = getattr(row, row.PART_OF)
        _lock_what_holds(whole)
        type(whole)._base_manager.select_for_update().values_list("pk").get(pk=whole.pk)


@contextmanager
def _told_as_refusals(action_name: str) -> Iterator[None]:
    """What the database does not take is a refusal for the person and, as it may be a fault of ours, a line in the log."""
    try:
        yield
    except (IntegrityError, DatabaseError, OverflowError, UnicodeEncodeError) as error:
        logger.exception("The database did not take what %s writes", action_name)
        if isinstance(error, OperationalError) and not _met_another(error):
            raise
        raise Refused(
            _("What is kept fits together, and is changed by one person at a time."),
            _("Somebody else changed this at the same moment, or a value is one that cannot be kept."),
            _("Open the page again, look at what is there now, and enter it once more."),
        ) from error


def _met_another(error: OperationalError) -> bool:
    """Whether the database ended one of two transactions that waited for each other."""
    return getattr(error.__cause__, "sqlstate", "") in ("40001", "40P01")


class _Passage:
    def __init__(self, about: Action, actor: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        self.action, self.actor, self.args, self.kwargs = about, actor, args, kwargs

    def go(self, function: Callable[..., Any], key: str | None) -> Any:
        if key is None:
            return self._carry_out(function)
        earlier = self._earlier(key)
        if earlier is not None:
            return earlier
        try:
            with transaction.atomic():
                kept = IdempotentCall.objects.create(
                    actor=self.actor, action=self.action.name, key=key, digest=self._digest()
                )
                result = self._carry_out(function)
                if isinstance(result, models.Model):
                    kept.result_model, kept.result_id = result._meta.label_lower, str(result.pk)
                    kept.save()
                return result
        except IntegrityError:
            # The same call, made at the same moment by another process, may have come first.
            earlier = self._earlier(key)
            if earlier is None:
                raise
            return earlier

    def _carry_out(self, function: Callable[..., Any]) -> Any:
        with transaction.atomic(), _told_as_refusals(self.action.name):
            about = self.args[0] if self.args else None
            _take(about)
            self.action.permission(self.actor, about)
            for check in _gates.get(self.action.name, ()):
                check(self.actor, *self.args, **self.kwargs)
            running = call.Call(self.action.name)
            token = call._current.set(running)
            try:
                result = function(self.actor, *self.args, **self.kwargs)
                for follow in _followers.get(self.action.name, ()):
                    follow(self.actor, *self.args, **self.kwargs)
            finally:
                call._current.reset(token)
            self._audit(running)
            return result

    def _audit(self, running: call.Call) -> None:
        entry = AuditEntry.objects.create(actor=self.actor, action=running.action)
        AuditChange.objects.bulk_create(
            AuditChange(
                entry=entry, model=c.model, object_id=c.object_id, kind=c.kind, before=c.before, after=c.after
            )
            for c in running.changes
        )

    def _earlier(self, key: str) -> Any:
        """The result of an earlier call with this key, or None if there was none."""
        kept = IdempotentCall.objects.filter(actor=self.actor, action=self.action.name, key=key).first()
        if kept is None:
            return None
        if kept.digest != self._digest():
            raise Refused(
                _("A form can be sent once."),
                _("This one was sent before with other content."),
                _("Open the page again and enter it there."),
            )
        if not kept.result_model:
            return True
        result = apps.get_model(kept.result_model).objects.filter(pk=kept.result_id).first()
        if result is None:
            raise Refused(
                _("A form can be sent once."),
                _("This one was sent before, and what it made is gone since."),
                _("Open the page again."),
            )
        return result

    def _digest(self) -> str:
        def plain(value: Any) -> Any:
            return f"{value._meta.label_lower}:{value.pk}" if isinstance(value, models.Model) else repr(value)

        content = [[plain(a) for a in self.args], {k: plain(v) for k, v in self.kwargs.items()}]
        return hashlib.sha256(canonical(content).encode()).hexdigest()


def _about(function: Callable[..., Any]) -> type | None:
    """The class of the second parameter, if it is a model."""
    parameters = list(inspect.signature(function, eval_str=True).parameters.values())
    found = parameters[1].annotation if len(parameters) > 1 else None
    return found if isinstance(found, type) and issubclass(found, models.Model) else None
