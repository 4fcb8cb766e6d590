"""What was done to an object."""

from __future__ import annotations

from django.db import models

from accord.actions.models import AuditChange


def history_of(instance: models.Model) -> models.QuerySet[AuditChange]:
    """All changes of one object, newest first, with who made them."""
    changes = AuditChange.objects.filter(model=instance._meta.label_lower, object_id=str(instance.pk))
    return changes.select_related("entry__actor")
