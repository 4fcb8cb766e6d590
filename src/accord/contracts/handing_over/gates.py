"""What the start of the work asks of its hand-over."""

from __future__ import annotations

from accord.actions.door import gate
from accord.contracts.handing_over import queries, rules
from accord.contracts.models import HandOver
from accord.engagements.models import Engagement, Override, Stage
from accord.engagements.overriding import allows
from accord.people.models import Member


@gate("engagements.move_to_stage")
def delivery_has_taken_over(_actor: Member, engagement: Engagement, stage: Stage) -> None:
    """From the contract to delivery only with an accepted hand-over, or where exactly this was overridden."""
    if stage != Stage.DELIVERY or engagement.stage != Stage.CONTRACT:
        return
    newest = queries.newest(engagement)
    because = queries.why_not_taken_over(engagement, newest)
    if because and not (engagement.is_overridden and _is_let_pass(engagement, newest)):
        rules.is_taken_over(because)


def _is_let_pass(engagement: Engagement, newest: HandOver | None) -> bool:
    return allows(engagement, Override.Deed.START, queries.seal_of(engagement, newest)) is not None
