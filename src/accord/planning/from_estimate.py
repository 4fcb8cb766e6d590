"""Which estimate a plan is made from, which one it should follow, and the groups of its breakdown."""

from __future__ import annotations

from collections.abc import Sequence

from accord.engagements.models import Engagement
from accord.estimating.models import Estimate, State, WorkPackage
from accord.estimating.rules import is_leaf
from accord.planning.models import Plan


def estimate_to_plan(engagement: Engagement) -> Estimate | None:
    """The approved estimate; where there is none, the newest delivered one."""
    ready: list[Estimate] = list(
        engagement.estimates.filter(state__in=[State.APPROVED, State.DELIVERED]).order_by("-version")
    )
    return next((e for e in ready if e.state == State.APPROVED), ready[0] if ready else None)


def to_follow(plan: Plan, departs: str) -> Estimate | None:
    """The estimate that the plan should follow: another one than the one behind it, or that one if it takes less."""
    if plan.estimate.state == State.APPROVED:
        return plan.estimate if departs else None
    found = estimate_to_plan(plan.engagement)
    return found if found is not None and found.pk != plan.estimate_id else None


def groups_of(packages: Sequence[WorkPackage]) -> dict[int, WorkPackage]:
    """Leaf's id -> the heading that it stands under, of a whole breakdown in its order.

    Headings over everything divide nothing, so those below them count. Leaves beside the headings are in no group.
    """
    above: list[WorkPackage] = []
    found: list[tuple[int, list[WorkPackage]]] = []  # leaves with all headings above them
    for k, package in enumerate(packages):
        above = [heading for heading in above if heading.level < package.level]
        if is_leaf([p.level for p in packages[k : k + 2]], 0):
            found.append((package.pk, above))
        else:
            above = [*above, package]
    depth = 0
    while found and all(len(path) > depth and path[depth] == found[0][1][depth] for _, path in found):
        depth += 1
    if all(len(path) == depth for _, path in found):
        depth -= 1  # one group is all there is
    return {pk: path[depth] for pk, path in found if 0 <= depth < len(path)}
