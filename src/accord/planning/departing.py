"""Whether a plan still is what was approved: before the contract it takes no less than its estimate."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from accord.engagements.rules import SIGNED
from accord.estimating.models import State
from accord.estimating.queries import Leaf, leaves
from accord.estimating.rules import names
from accord.planning.models import Activity, Plan


def departures(plan: Plan) -> str:
    """How the plan takes less than its approved estimate, in words; '' if it does not, or is signed.

    Before a contract the plan shows what was approved: fewer hours, work that is no work any more or already done,
    or done by nobody of its role, are approved again. Afterwards it follows the work. At most four queries.
    """
    if plan.estimate.state != State.APPROVED or plan.engagement.stage in SIGNED:
        return ""
    planned = {a.code: a for a in plan.activities.prefetch_related("assignments__member")}
    left_out, fewer, otherwise = [], [], []
    for leaf in leaves(plan.estimate):
        effort, activity = leaf.effort, planned.get(leaf.package.code)
        if effort is None or not effort.high:
            continue
        if activity is None:
            left_out.append(leaf.package.name)
        elif any(getattr(activity, point) < getattr(effort, point) for point in ("low", "likely", "high")):
            fewer.append(leaf.package.name)
        elif activity.kind != Activity.Kind.EFFORT or activity.done or not _by_its_role(activity, leaf):
            otherwise.append(leaf.package.name)
    words = (
        (_("The plan leaves out {packages}."), left_out),
        (_("The plan takes less for {packages} than was approved."), fewer),
        (_("In the plan {packages} is no work of its role that is still to be done."), otherwise),
        (
            _("A promise is about {packages}, which waits for nothing."),
            _aimed_at_nothing(plan, planned.values()),
        ),
    )
    return " ".join(told.format(packages=names(named)) for told, named in words if named)[:500]


def _by_its_role(activity: Activity, leaf: Leaf) -> bool:
    if leaf.role is None:
        return True
    return any(
        (a.role_id or (a.member.role_id if a.member else None)) == leaf.role.pk
        for a in activity.assignments.all()
    )


def _aimed_at_nothing(plan: Plan, planned: Iterable[Activity]) -> list[str]:
    """Activities of no estimate that a promised date is about, and that nothing has to come before."""
    free = {a.pk: a.name for a in planned if a.package_id is None}
    aimed = Activity.objects.filter(plan=plan, pk__in=free, targets__expectation__restated_by=None)
    waits_for_nothing = aimed.exclude(targets=None).filter(incoming=None).values_list("pk", flat=True)
    return [free[pk] for pk in dict.fromkeys(waits_for_nothing)]
