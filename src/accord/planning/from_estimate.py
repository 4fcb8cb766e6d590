"""Which estimate a plan is made from, and which one it should follow."""

from __future__ import annotations

from accord.engagements.models import Engagement
from accord.estimating.models import Estimate, State
from accord.planning.models import Plan


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
