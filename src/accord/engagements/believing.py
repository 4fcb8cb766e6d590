"""Keeping what delivery believes, and what it believed before: the over-sold report tells who knew what when."""

from __future__ import annotations

from accord.actions.call import changed_names
from accord.engagements.models import Belief, PastBelief
from accord.engagements.policies.in_force import in_force
from accord.engagements.rules import backing_of

_TELLS = {"probability", "from_approved_estimate", "departs", "left_out", "covered_by"}


def keep(belief: Belief) -> None:
    """Save it; if it says something else than before, what it says now is noted for good. To be called inside an action."""
    is_new = belief._state.adding or _TELLS & set(changed_names(belief, belief._stored))
    belief.save()
    if is_new:
        expectation = belief.expectation
        asked = in_force().asked(expectation.engagement.profile)
        backing = backing_of(expectation.kind, belief, asked)
        PastBelief(
            expectation=expectation,
            at=belief.at,
            probability=belief.probability,
            asked=asked,
            backed=backing.backed,
            because=backing.because[:500],
            digest=belief.digest,
        ).save()
