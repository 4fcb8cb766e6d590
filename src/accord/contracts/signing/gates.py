"""What the way of an engagement asks of its contracts."""

from __future__ import annotations

from django.utils.translation import gettext as _

from accord.actions.door import gate
from accord.actions.refusals import Refused
from accord.contracts.models import Contract
from accord.contracts.signing import deciding
from accord.contracts.signing.queries import contracts_of
from accord.engagements.models import Engagement, Stage
from accord.people.models import Member
from accord.proposals.models import Proposal


@gate("engagements.move_to_stage")
def is_signed_by_both(_actor: Member, engagement: Engagement, stage: Stage) -> None:
    """From the review to the contract only when one is in force that orders work."""
    if stage == Stage.CONTRACT and engagement.stage == Stage.REVIEW:
        _one_is_in_force(contracts_of(engagement))


def _one_is_in_force(contracts: list[Contract]) -> None:
    states = {c.state for c in contracts if c.kind != Contract.Kind.MASTER}
    if Contract.State.IN_FORCE not in states:
        raise Refused(
            _("An engagement is contracted when a contract that both sides signed is in force."),
            _("The contract is prepared, but not signed by both sides.")
            if Contract.State.PREPARED in states
            else _("There is no contract in force."),
            _("Its page tells what is missing: a review's decision, our signature, or theirs."),
        )


@gate("engagements.move_to_stage")
def what_is_signed_does_not_go_back(_actor: Member, engagement: Engagement, stage: Stage) -> None:
    """From the review back to the proposal only while no contract is in force that orders work."""
    if stage != Stage.PROPOSAL or engagement.stage != Stage.REVIEW:
        return
    for contract in contracts_of(engagement):
        if contract.kind != Contract.Kind.MASTER and contract.state == Contract.State.IN_FORCE:
            raise Refused(
                _("What both sides signed does not go back to the proposal."),
                _("{number} is in force.").format(number=contract.number),
                _("Go on to the contract, or end it first."),
            )


@gate("proposals.withdraw_proposal")
def what_is_contracted_is_not_taken_back(
    _actor: Member, proposal: Proposal, *_told: str, **_named: str
) -> None:
    """The text of a contract in force changes by amendment only."""
    for contract in proposal.engagement.contracts.all():
        if contract.proposal_id == proposal.pk and contract.state == Contract.State.IN_FORCE:
            raise Refused(
                _("What both sides signed is changed by an amendment, not taken back."),
                _("This version is the text of {number}, which is in force.").format(number=contract.number),
                _("Write an amendment on the contract's page."),
            )


@gate("engagements.move_to_stage")
def nothing_holds_the_start(_actor: Member, engagement: Engagement, stage: Stage) -> None:
    """Conditions of what was signed that block the start hold it, until somebody confirms or overrides them."""
    if stage != Stage.DELIVERY or engagement.stage != Stage.CONTRACT:
        return
    contracts = contracts_of(engagement)
    if contracts:  # none: it was taken over from elsewhere with its signature
        _one_is_in_force(contracts)
    if not any(contract.is_held for contract in contracts):  # type: ignore[attr-defined]
        return
    for contract, conditions in deciding.held_at_the_start(engagement):
        deciding.conditions_met(engagement, conditions, contract.digest)
