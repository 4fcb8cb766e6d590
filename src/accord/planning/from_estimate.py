"""What a plan is made from: the leaves of the estimate that stands behind it."""

from __future__ import annotations

from dataclasses import dataclass

from accord.engagements.models import Engagement
from accord.estimating.models import Effort, Estimate, State, WorkPackage
from accord.planning.models import Plan


@dataclass(frozen=True, slots=True)
class Leaf:
    """A package that is work itself, with its agreed effort (None: not agreed)."""

    package: WorkPackage
    effort: Effort | None


def estimate_to_plan(engagement: Engagement) -> Estimate | None:
    """The approved estimate; where there is none, the newest delivered one."""
    ready: list[Estimate] = list(
        engagement.estimates.filter(state__in=[State.APPROVED, State.DELIVERED]).order_by("-version")
    )
    return next((e for e in ready if e.state == State.APPROVED), ready[0] if ready else None)


def newer_than(plan: Plan) -> Estimate | None:
    """The estimate that the plan should follow, if it is another one than the one behind it."""
    if plan.estimate.state == State.APPROVED:
        return None
    found = estimate_to_plan(plan.engagement)
    return found if found is not None and found.pk != plan.estimate_id else None


def leaves(estimate: Estimate) -> list[Leaf]:
    packages = list(estimate.packages.select_related("role").order_by("position"))
    agreed = {e.package_id: e for e in Effort.objects.filter(package__estimate=estimate, contribution=None)}
    following = [*packages[1:], None]
    return [
        Leaf(package, agreed.get(package.pk))
        for package, next_ in zip(packages, following, strict=True)
        if next_ is None or next_.level <= package.level
    ]
