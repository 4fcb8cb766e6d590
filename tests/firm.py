"""Short builders of a firm's people, clients and engagements, made through the actions as people make them."""

from __future__ import annotations

import datetime as dt
import itertools
from decimal import Decimal
from typing import Any

from accord.engagements.actions import Said, begin_engagement, give_part
from accord.engagements.models import Engagement, Expectation, Part, Profile
from accord.engagements.policies.actions import change_profile
from accord.engagements.rules import ROLES_OF
from accord.people.actions import add_member, appoint_first_administrator
from accord.people.models import AccessRole, GivenRole, Member
from accord.relationships.actions import begin_relationship
from accord.relationships.models import Relationship

_number = itertools.count(1)
PASSWORD = "a long enough password"


def administrator() -> Member:
    """The first administrator; the same one when asked again."""
    given = GivenRole.objects.filter(role=AccessRole.ADMINISTRATOR).select_related("member").first()
    return (
        given.member
        if given is not None
        else appoint_first_administrator(None, "Ada Min", "ada@firm.example", PASSWORD)
    )


def member(*roles: AccessRole, name: str = "") -> Member:
    k = next(_number)
    return add_member(administrator(), name or f"Member {k}", f"m{k}@firm.example", roles=roles)


def seller() -> Member:
    return member(AccessRole.SELLER)


def relationship(owner: Member | None = None) -> Relationship:
    owner = owner or member(AccessRole.RELATIONSHIP_MANAGER)
    return begin_relationship(member(AccessRole.RELATIONSHIP_MANAGER), f"Client {next(_number)}", owner)


def engagement(sold_by: Member | None = None, **about: Any) -> Engagement:
    return begin_engagement(sold_by or seller(), relationship(), about.pop("title", "Portal"), **about)


def with_profile(engagement: Engagement, profile: Profile) -> Engagement:
    """Decided by an executive, where it is another than the usual one."""
    if profile != engagement.profile:
        change_profile(member(AccessRole.EXECUTIVE), engagement, profile, "It is so.")
    return engagement


def with_part(engagement: Engagement, part: Part, *roles: AccessRole) -> Member:
    """A new member who has this part in the engagement, with the access role that it asks for unless roles are named."""
    somebody = member(*(roles or ROLES_OF.get(part, ())[:1]))
    sold_by = engagement.parts.get(part=Part.SELLER).member
    give_part(sold_by, engagement, somebody, part)
    return somebody


def a_date(days: int = 60) -> Said:
    """Somebody told the client a date, that many days from now."""
    today = dt.date.today()
    return Said(Expectation.Kind.TIME, "Go-live", today, date=today + dt.timedelta(days))


def an_amount(amount: int = 100_000) -> Said:
    return Said(Expectation.Kind.COST, "Budget", dt.date.today(), amount=Decimal(amount))
