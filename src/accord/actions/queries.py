"""What was done to an object."""

from __future__ import annotations

from collections import defaultdict

from django.db import models

from accord.actions.models import AuditChange


def history_of(*instances: models.Model, also: models.Q | None = None) -> models.QuerySet[AuditChange]:
    """All changes of one object, or of several that belong together, newest first, with who made them."""
    ids = defaultdict(list)
    for instance in instances:
        ids[instance._meta.label_lower].append(str(instance.pk))
    asked = also or models.Q(pk__in=[])
    for model, known in ids.items():
        asked |= models.Q(model=model, object_id__in=known)
    return AuditChange.objects.filter(asked).select_related("entry__actor")
