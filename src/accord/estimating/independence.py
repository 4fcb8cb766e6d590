"""Whoever made or approved an estimate does not go over to the seller's side while it stands."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from accord.actions.door import gate
from accord.actions.refusals import Refused
from accord.engagements.models import Engagement, Part
from accord.engagements.rules import may_see, sells
from accord.estimating.models import Contribution, Estimate, State
from accord.estimating.rules import OPEN
from accord.people.models import Member
from accord.relationships.models import Relationship


@gate("engagements.give_part")
def neither_estimator_nor_approver_sells(
    actor: Member, engagement: Engagement, member: Member, part: str
) -> None:
    if part == Part.SELLER:
        _stays_with_delivery(actor, member, engagement__in=[engagement])


@gate("relationships.hand_over_relationship")
def neither_estimator_nor_approver_owns(actor: Member, relationship: Relationship, owner: Member) -> None:
    _stays_with_delivery(actor, owner, engagement__relationship=relationship, engagement__outcome="")


@gate("engagements.reopen_engagement")
def nor_owned_meanwhile(actor: Member, engagement: Engagement, *_args: Any, **_kwargs: Any) -> None:
    _stays_with_delivery(actor, engagement.relationship.owner, engagement__in=[engagement])


@gate("engagements.take_part")
def nobody_is_thrown_out_of_an_estimate(
    _actor: Any, engagement: Engagement, member: Member, part: str
) -> None:
    """Otherwise whoever leads the engagement would choose whose numbers are heard."""
    at_work = Contribution.objects.filter(estimator=member, estimate__engagement=engagement, done_at=None)
    if part == Part.ESTIMATOR and at_work.filter(estimate__state__in=OPEN).exists():
        raise Refused(
            _("Whoever still estimates keeps the part."),
            _("%(name)s is at work on the open estimate.") % {"name": member},
            _("They can step back themselves, or somebody with delivery authority goes on without them."),
        )


@gate("engagements.take_part")
def who_sells_removes_no_judge(
    actor: Member | None, engagement: Engagement, _member: Member, part: str
) -> None:
    waits = engagement.estimates.filter(state=State.DELIVERED)
    judges = part in (Part.PROJECT_MANAGER, Part.DELIVERY_LEAD)
    if judges and actor is not None and sells(actor, engagement) and waits.exists():
        raise Refused(
            _("Who sells does not choose who judges the estimate."),
            _("A version waits to be judged."),
            _("Wait until it is approved or sent back, or ask an executive."),
        )


def _stays_with_delivery(actor: Member | None, member: Member, **of: Any) -> None:
    rows = Estimate.objects.exclude(state=State.REPLACED).filter(**of).select_related("engagement")
    made = Q(contributions__estimator=member)
    approved = Q(state=State.APPROVED, approved_by=member)
    found = rows.filter(made | approved).first()
    if found is not None:
        title = found.engagement.title if may_see(actor, found.engagement) else _("a confidential engagement")
        raise Refused(
            _(
                "Whoever made or approved an estimate neither sells that engagement nor owns its relationship."
            ),
            _("%(name)s did so for “%(title)s”.") % {"name": member, "title": title},
            _("Choose somebody else, or let others make and approve a new version first."),
        )
