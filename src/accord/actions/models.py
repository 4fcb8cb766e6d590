"""Who did what when with which effect, and which calls were made already."""

from __future__ import annotations

from functools import cached_property
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models

from accord.actions import call


class AuditEntry(models.Model):
    """One action that somebody carried out. Actor None: the system itself."""

    at = models.DateTimeField(auto_now_add=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    action = models.CharField(max_length=100)

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.action} at {self.at:%Y-%m-%d %H:%M}"


class AuditChange(models.Model):
    """What one action did to one object: the fields that changed, before and after."""

    class Kind(models.TextChoices):
        CREATED = "created"
        CHANGED = "changed"
        DELETED = "deleted"

    entry = models.ForeignKey(AuditEntry, on_delete=models.PROTECT, related_name="changes")
    model = models.CharField(max_length=100)  # engagements.engagement
    object_id = models.CharField(max_length=40)
    kind = models.CharField(max_length=10, choices=Kind)
    before = models.JSONField()
    after = models.JSONField()

    class Meta:
        ordering = ("-id",)
        indexes: ClassVar = [models.Index(fields=["model", "object_id"], name="history_of_an_object")]

    def __str__(self) -> str:
        return f"{self.model} {self.object_id} {self.kind}"


class IdempotentCall(models.Model):
    """A call that carried a key: the same key again gives the same result and does nothing."""

    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    action = models.CharField(max_length=100)
    key = models.CharField(max_length=100)
    digest = models.CharField(max_length=64)  # of the arguments
    result_model = models.CharField(max_length=100, blank=True)
    result_id = models.CharField(max_length=40, blank=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["actor", "action", "key"], name="one_call_per_actor_action_and_key"
            ),
            # NULLs are all different for a database: who comes by a link, without an actor, acts once as well.
            models.UniqueConstraint(
                fields=["action", "key"],
                condition=models.Q(actor__isnull=True),
                name="one_call_per_action_and_key_without_an_actor",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.key}"


class RecordedQuerySet(models.QuerySet[Any]):
    """Rows are written one by one, so that the audit sees each; only creating many at once has a way of its own."""

    def bulk_create(self, objs: Any, *args: Any, **kwargs: Any) -> list[Any]:
        current = call.current()
        made = super().bulk_create(objs, *args, **kwargs)
        for one in made:
            current.created(one)
        return made

    def update(self, **kwargs: Any) -> int:
        raise call.OutsideTheDoor("update() tells the audit nothing: save() each row inside an action")

    def bulk_update(self, objs: Any, fields: Any, batch_size: int | None = None) -> int:
        raise call.OutsideTheDoor("bulk_update() tells the audit nothing: save() each row inside an action")

    def delete(self) -> Any:
        raise call.OutsideTheDoor(
            "delete() of many tells the audit nothing: delete() each row inside an action"
        )


class Recorded(models.Model):
    """The base of every model that people change: it can be written inside an action only, and the audit tells how."""

    objects = models.Manager.from_queryset(RecordedQuerySet)()

    class Meta:
        abstract = True

    PART_OF: ClassVar[str] = ""  # the field that leads to the whole which an action on this one locks as well
    _stored: dict[str, Any]  # as the database holds it, for as much as was loaded

    @classmethod
    def from_db(cls, db: str | None, field_names: Any, values: Any, **kwargs: Any) -> Self:
        instance = super().from_db(db, field_names, values, **kwargs)
        instance._stored = call.loaded(instance)
        return instance

    def refresh_from_db(self, *args: Any, **kwargs: Any) -> None:
        super().refresh_from_db(*args, **kwargs)
        self._stored = call.loaded(self)
        for name in [n for n in self.__dict__ if isinstance(getattr(type(self), n, None), cached_property)]:
            del self.__dict__[name]

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Write a new row, or of an old one the fields that changed: what somebody else changed meanwhile stays."""
        current = call.current()
        if self._state.adding:
            super().save(*args, **kwargs)
            current.created(self)
        else:
            kwargs.setdefault("update_fields", call.changed_names(self, self._stored))
            super().save(*args, **kwargs)
            current.changed(self, self._stored)
        self._stored = call.loaded(self)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        current = call.current()
        current.deleted(self)
        return super().delete(*args, **kwargs)
