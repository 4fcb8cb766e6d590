"""Who may change relationships."""

from __future__ import annotations

from typing import Any

from accord.actions.refusals import NotAllowed
from accord.people.models import AccessRole, Member
from accord.people.rules import one_of

_CLIENT_SIDE = (
    AccessRole.RELATIONSHIP_MANAGER,
    AccessRole.SELLER,
    AccessRole.EXECUTIVE,
    AccessRole.ADMINISTRATOR,
)


def may_add_client(actor: Member | None, _about: Any) -> None:
    one_of(actor, "Adding a client", *_CLIENT_SIDE)


def may_change_relationship(actor: Member | None, about: Any) -> None:
    if actor is not None and actor.is_active and about.owner_id == actor.pk:
        return
    one_of(actor, "Changing a relationship that is not yours", AccessRole.EXECUTIVE, AccessRole.ADMINISTRATOR)


def may_write_in(actor: Member | None, _about: Any) -> None:
    """Everybody in the firm who may write anything records what they talked about with a client."""
    writes = actor is not None and actor.is_active and bool(actor.access_roles - {AccessRole.AUDITOR})
    if not writes:
        raise NotAllowed(
            "Recording needs a role that may write.",
            "You may only read." if actor is not None else "Nobody is signed in.",
            "Ask an administrator for a role.",
        )
