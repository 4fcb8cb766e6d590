"""What reviews ask before others' actions."""

from __future__ import annotations

from django.utils.translation import gettext as _

from accord.actions.door import gate
from accord.actions.refusals import Refused
from accord.contracts.models import Review
from accord.contracts.reviewing.evidence import bid_facts
from accord.contracts.reviewing.queries import MAY_BE_SIGNED, decision_on, was_decided_otherwise_since
from accord.engagements.models import Engagement, Override
from accord.engagements.overriding import allows
from accord.engagements.policies.in_force import in_force
from accord.people.models import Member
from accord.proposals.models import Proposal


@gate("proposals.begin_proposal")
def it_was_decided_to_bid(_actor: Member, engagement: Engagement) -> None:
    """Where the policy asks for it, no work is spent on a proposal before."""
    if not in_force().terms(engagement.profile).bid_seats:
        return
    facts = bid_facts(engagement)
    review = decision_on(engagement, facts)
    if review is not None and review.decision in MAY_BE_SIGNED:
        return
    override = allows(engagement, Override.Deed.SIGN, facts)
    if override is not None and not was_decided_otherwise_since(review, override):
        return
    if review is not None:
        because = _("It was decided not to.")
    elif engagement.reviews.filter(kind=Review.Kind.BID).exists():
        because = _("Nothing was decided about it as it is now: its title, value, novelty and risk.")
    else:
        because = _("Nothing was decided yet.")
    raise Refused(
        _("Where the policy asks for it, it is decided whether to bid before work is spent on a proposal."),
        because,
        _("Call a review of whether to bid."),
    )


@gate("proposals.new_version")
def it_was_decided_to_go_on(actor: Member, proposal: Proposal) -> None:
    """Where the policy came to ask for it after the first proposal, before a further one.

    Any decision to bid counts: while a proposal is negotiated, the value that it was about changes.
    """
    engagement = proposal.engagement
    if not in_force().terms(engagement.profile).bid_seats:
        return
    decided = engagement.reviews.filter(kind=Review.Kind.BID, state=Review.State.DECIDED).first()
    if decided is None or decided.decision not in MAY_BE_SIGNED:
        it_was_decided_to_bid(actor, engagement)
