"""Who may change who belongs to the firm and what they may do."""

from __future__ import annotations

from typing import Any

from accord.actions.refusals import NotAllowed, Refused
from accord.people.models import AccessRole, GivenRole, Member


def one_of(actor: Member | None, what: str, *roles: AccessRole) -> None:
    """Refuse anybody who is not active or holds none of the roles.

    Raises:
        NotAllowed: with the roles that may.
    """
    if actor is not None and actor.is_active and actor.has_any(*roles):
        return
    names = [str(role.label) for role in roles]
    listed = names[0] if len(names) == 1 else ", ".join(names[:-1]) + " or " + names[-1]
    raise NotAllowed(
        f"{what} needs the role {listed}.",
        "You hold none of these roles." if actor is not None else "Nobody is signed in.",
        f"Ask somebody who is {listed}; an administrator gives roles.",
    )


def may_manage_members(actor: Member | None, _about: Any) -> None:
    one_of(actor, "Managing members", AccessRole.ADMINISTRATOR)


def may_be_the_first(_actor: Member | None, _about: Any) -> None:
    """Only an empty firm takes an administrator whom nobody appointed."""
    if Member.objects.exists():
        raise NotAllowed(
            "The first administrator is appointed once.",
            "This firm has members already.",
            "Ask an administrator to add you.",
        )


def not_the_last_administrator(member: Member) -> None:
    others = GivenRole.objects.filter(role=AccessRole.ADMINISTRATOR, member__is_active=True).exclude(
        member=member
    )
    if member.has_any(AccessRole.ADMINISTRATOR) and not others.exists():
        raise Refused(
            "A firm keeps at least one administrator.",
            f"{member} is the last one.",
            "Make somebody else administrator first.",
        )
