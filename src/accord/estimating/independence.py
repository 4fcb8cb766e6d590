"""Whoever made or approved an estimate does not go over to the seller's side while it stands."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from accord.actions.door import gate
from accord.actions.refusals import Refused
from accord.engagements.models import Engagement, Part
from accord.estimating.models import Contribution, Estimate, State
from accord.people.models import Member
from accord.relationships.models import Relationship


@gate("engagements.give_part")
def neither_estimator_nor_approver_sells(
    _actor: Any, engagement: Engagement, member: Member, part: str
) -> None:
    if part == Part.SELLER:
        _estimates_none(member, engagement)
        _approved_none(member, engagement__in=[engagement])


@gate("relationships.hand_over_relationship")
def no_approver_owns(_actor: Any, relationship: Relationship, owner: Member) -> None:
    _approved_none(owner, engagement__relationship=relationship, engagement__outcome="")


@gate("engagements.reopen_engagement")
def no_approver_owned_meanwhile(_actor: Any, engagement: Engagement, *_args: Any, **_kwargs: Any) -> None:
    _approved_none(engagement.relationship.owner, engagement__in=[engagement])


def _estimates_none(member: Member, engagement: Engagement) -> None:
    gives = Contribution.objects.filter(estimator=member, estimate__engagement=engagement)
    if gives.exclude(estimate__state=State.REPLACED).exists():
        raise Refused(
            _("Whoever estimates an engagement does not sell it."),
            _("%(name)s is an estimator of its current estimate.") % {"name": member},
            _("Choose somebody else to sell it."),
        )


def _approved_none(member: Member, **of: Any) -> None:
    standing = Estimate.objects.filter(state=State.APPROVED, approved_by=member, **of)
    found = standing.select_related("engagement").first()
    if found is not None:
        raise Refused(
            _("Whoever approved an estimate neither sells that engagement nor owns its relationship."),
            _("%(name)s approved the estimate of “%(title)s”.") % {"name": member, "title": found.engagement},
            _("Choose somebody else, or let another delivery lead approve a new version first."),
        )
