"""What planning tells of an engagement's trail: what people changed in the plan, and which checks and scenarios they asked for."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q

from accord.actions.models import AuditChange
from accord.engagements.models import Engagement
from accord.engagements.trail import of_gone, of_rows, tells
from accord.planning.models import Activity, Assignment, Link, Plan, PromiseCheck, Scenario

_NEW_OR_GONE = Q(kind__in=(AuditChange.Kind.CREATED, AuditChange.Kind.DELETED))
# What people change; dates and shares that a schedule or a check computes would drown it.
_OF_PLAN = ("begins_on", "priority", "fixed_cost", "estimate_id")
_OF_ACTIVITY = ("name", "kind", "low", "likely", "high", "not_before", "done")
_ENDED = (PromiseCheck.State.DONE, PromiseCheck.State.FAILED)


@tells
def plan_and_checks(engagement: Engagement) -> Iterable[Q]:
    plans = Plan.objects.filter(engagement=engagement)
    yield of_rows(plans) & (_NEW_OR_GONE | Q(after__has_any_keys=_OF_PLAN))
    activities = Activity.objects.filter(plan__in=plans)
    told = _NEW_OR_GONE | Q(after__has_any_keys=_OF_ACTIVITY)
    yield of_rows(activities) & told
    yield of_rows(Link.objects.filter(source__in=activities))
    yield of_rows(Assignment.objects.filter(activity__in=activities))
    yield from _removed(engagement)
    yield of_rows(Scenario.objects.filter(engagement=engagement))
    checks = PromiseCheck.objects.filter(engagement=engagement)
    yield of_rows(checks) & (_NEW_OR_GONE | Q(after__state__in=_ENDED))


def _removed(engagement: Engagement) -> Iterable[Q]:
    """Activities, links and assignments that have no row any more, by the plan or the activity they belonged to."""
    deleted = Q(kind=AuditChange.Kind.DELETED)
    activities = Activity.objects.filter(plan__engagement=engagement).order_by().values_list("plan_id", "pk")
    known = list(activities)
    for plan in {plan for plan, _activity in known}:
        yield of_gone(Activity, "plan_id", plan) & deleted
    ids = [str(activity) for _plan, activity in known]
    yield Q(model=Link._meta.label_lower, before__source_id__in=ids) & deleted
    yield Q(model=Assignment._meta.label_lower, before__activity_id__in=ids) & deleted
