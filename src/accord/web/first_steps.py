"""What an empty firm does first, so that its first administrator finds the way."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.translation import gettext as _

from accord.engagements.models import Engagement
from accord.people.models import AccessRole, Member, Rate, Role
from accord.relationships.models import Relationship


@dataclass(frozen=True, slots=True)
class FirstStep:
    what: str
    why: str
    address: str
    done: bool


def first_steps(member: Member) -> list[FirstStep]:
    """For administrators until all are done, with what is done already; nothing for others and afterwards. One query."""
    if not member.has_any(AccessRole.ADMINISTRATOR):
        return []
    others = Member.objects.exclude(pk=OuterRef("pk"))
    done = (
        Member.objects.filter(pk=member.pk)
        .annotate(
            any_roles=Exists(Role.objects.all()),
            any_rates=Exists(Rate.objects.all()),
            any_people=Exists(others),
            any_clients=Exists(Relationship.objects.all()),
            any_engagements=Exists(Engagement.objects.all()),
        )
        .values("any_roles", "any_rates", "any_people", "any_clients", "any_engagements")
        .get()
    )
    if all(done.values()):
        return []
    return [
        FirstStep(
            _("Add roles and rates"),
            _("What kinds of work you do, and what an hour costs and is billed."),
            reverse("people:roles"),
            done["any_roles"] and done["any_rates"],
        ),
        FirstStep(
            _("Add people"),
            _("Those who sell, estimate and deliver; each is invited by mail."),
            reverse("people:members"),
            done["any_people"],
        ),
        FirstStep(
            _("Add a client"),
            _("With the people you talk to there."),
            reverse("web:relationships"),
            done["any_clients"],
        ),
        FirstStep(
            _("Begin an engagement"),
            _("With the first talk: what was said there is the first thing worth recording."),
            reverse("engagements:engagements"),
            done["any_engagements"],
        ),
    ]
