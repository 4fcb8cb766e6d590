"""Who was ever on which side of an engagement: taking a part back does not make independent."""

from __future__ import annotations

from accord.engagements.models import Engagement
from accord.people.models import Member


def delivers_from_now(engagement: Engagement, member: Member) -> None:
    """To be called inside an action that decides something for delivery."""
    if member.pk not in engagement.delivered_by:
        engagement.delivered_by = sorted([*engagement.delivered_by, member.pk])
        engagement.save()


def sells_from_now(engagement: Engagement, member: Member) -> None:
    if member.pk not in engagement.sold_by:
        engagement.sold_by = sorted([*engagement.sold_by, member.pk])
        engagement.save()
