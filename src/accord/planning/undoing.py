"""Taking back the last change of a plan: its audit tells what every row was before."""

from __future__ import annotations

from django.apps import apps
from django.db import models

from accord.actions.models import AuditChange, AuditEntry
from accord.planning.models import Plan

# What can be taken back: the audit has every row of these. A scenario also restates expectations, which stay said.
_CHANGES = {
    f"planning.{name}"
    for name in (
        *("add_activity", "change_activity", "move_activity", "remove_activity"),
        *("link_activities", "unlink", "assign", "unassign"),
        *("aim_promise", "change_plan", "follow_estimate", "undo_last_change"),
    )
}
_ROWS = ("planning.activity", "planning.link", "planning.assignment", "planning.target")
_COMPUTED = {
    *("planned_start", "planned_finish", "first_share", "last_share", "finish_p80", "criticality"),
    *("revision", "scheduled"),
}


def last_change(plan: Plan) -> AuditEntry | None:
    """The last call that changed the plan's revision, if it is one that can be taken back."""
    of_plan = AuditChange.objects.filter(model="planning.plan", object_id=str(plan.pk))
    counted = of_plan.filter(models.Q(kind=AuditChange.Kind.CREATED) | models.Q(after__has_key="revision"))
    newest = counted.select_related("entry__actor").order_by("-pk").first()
    if newest is None or newest.entry.action not in _CHANGES:
        return None
    found: AuditEntry = newest.entry
    return found


def take_back(plan: Plan, entry: AuditEntry) -> None:
    """Put every row as it was before; what is computed is computed anew by the caller."""
    for change in entry.changes.order_by("-pk"):
        if change.model in _ROWS:
            _take_back_row(change)
        elif change.model == "planning.plan" and change.object_id == str(plan.pk):
            _put(plan, change.before)


def _take_back_row(change: AuditChange) -> None:
    model = apps.get_model(change.model)
    if change.kind == AuditChange.Kind.DELETED:
        row = model()
        _put(row, change.before)
        row.save(force_insert=True)
        return
    row = model._default_manager.get(pk=change.object_id)
    if change.kind == AuditChange.Kind.CREATED:
        row.delete()
    elif change.before.keys() - _COMPUTED:
        _put(row, change.before)
        row.save()


def _put(row: models.Model, before: dict[str, str | None]) -> None:
    for field in row._meta.concrete_fields:
        if field.attname in before and field.name not in _COMPUTED:
            value = before[field.attname]
            plain = getattr(field, "target_field", field)
            setattr(row, field.attname, None if value is None else plain.to_python(value))
