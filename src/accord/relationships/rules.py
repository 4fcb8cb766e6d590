"""Who may change relationships, and what may be attached."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from accord.actions.refusals import NotAllowed, WrongInput
from accord.people.models import AccessRole, Member
from accord.people.rules import one_of

LARGEST_FILE = 20 * 1024 * 1024
MOST_FILES = 10
LONGEST_NAME = 200

_CLIENT_SIDE = (
    AccessRole.RELATIONSHIP_MANAGER,
    AccessRole.SELLER,
    AccessRole.EXECUTIVE,
    AccessRole.ADMINISTRATOR,
)


def may_add_client(actor: Member | None, _about: Any) -> None:
    one_of(actor, _("Adding a client"), *_CLIENT_SIDE)


def may_change_relationship(actor: Member | None, about: Any) -> None:
    if actor is not None and actor.is_active and about.owner_id == actor.pk:
        return
    one_of(
        actor, _("Changing a relationship that is not yours"), AccessRole.EXECUTIVE, AccessRole.ADMINISTRATOR
    )


def may_write_in(actor: Member | None, _about: Any) -> None:
    """Everybody in the firm who may write anything records what they talked about with a client."""
    writes = actor is not None and actor.is_active and actor.may_write
    if not writes:
        raise NotAllowed(
            _("Recording needs a role that may write."),
            _("You may only read.") if actor is not None else _("Nobody is signed in."),
            _("Ask an administrator for a role."),
        )


def may_read(actor: Member | None) -> None:
    """What passed between the firm and a client is open to the members of the firm."""
    if actor is None or not actor.is_active:
        raise NotAllowed(
            _("What passed with a client is open to the firm's members."),
            _("You are none."),
            _("Ask an administrator."),
        )


def can_own(owner: Member) -> None:
    """An owner answers for the relationship, so it is somebody who is here and may write."""
    if not owner.is_active:
        raise WrongInput(owner=_("%(owner)s has left the firm.") % {"owner": owner})
    if not owner.may_write:
        raise WrongInput(owner=_("%(owner)s may only read; an owner must be able to act.") % {"owner": owner})


def can_be_attached(files: Sequence[UploadedFile[Any]]) -> None:
    if len(files) > MOST_FILES:
        raise WrongInput(attachments=_("At most %(n)d files go with one interaction.") % {"n": MOST_FILES})
    for file in files:
        if not file.size:
            raise WrongInput(attachments=_("%(file)s is empty.") % {"file": name_of(file)})
        if file.size > LARGEST_FILE:
            size = filesizeformat(file.size)
            raise WrongInput(
                attachments=_("%(file)s has %(size)s; a file has at most 20 MB.")
                % {"file": name_of(file), "size": size}
            )


def name_of(file: UploadedFile[Any]) -> str:
    """What a file was called where it came from, without folders and control characters; its ending is kept."""
    whole = "".join(c for c in (file.name or "") if c.isprintable()).replace("\\", "/").rpartition("/")[2]
    stem, dot, ending = whole.rpartition(".")
    if len(whole) > LONGEST_NAME and dot and len(ending) < 20:
        return f"{stem[: LONGEST_NAME - len(ending) - 1]}.{ending}"
    return whole[:LONGEST_NAME] or "file"
