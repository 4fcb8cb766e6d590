"""Who can judge an estimate, by name: so that whoever may not knows whom to ask."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from accord.engagements.models import Engagement, Part
from accord.people.models import AccessRole, Member

NAMED_AT_MOST = 3


def deliverers(engagement: Engagement, without: Collection[int] = ()) -> list[Member]:
    """The engagement's delivery leads, else the firm's and its project managers; nobody of the seller's side. At most 3."""
    parts = list(engagement.parts.all())
    leave_out = {*engagement.sold_by, *without}
    leads = {p.member_id for p in parts if p.part == Part.DELIVERY_LEAD} - leave_out
    active = Member.objects.filter(is_active=True).exclude(pk__in=leave_out).order_by("name")
    found = list(active.filter(pk__in=leads)[:NAMED_AT_MOST]) if leads else []
    if found or engagement.confidential:
        return found  # a stranger to what is confidential is not named as the one to ask
    roles = [AccessRole.DELIVERY_LEAD, AccessRole.PROJECT_MANAGER]
    return list(active.filter(given_roles__role__in=roles).distinct()[:NAMED_AT_MOST])


def names_of(people: Sequence[Member], joined_by: str = "or") -> str:
    """Ann, Ben or Cid."""
    names = [str(person) for person in people]
    return f" {joined_by} ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else "".join(names)
