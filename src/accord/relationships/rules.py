"""Who may change relationships, and what may be attached."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat

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


def may_read(actor: Member | None) -> None:
    """What passed between the firm and a client is open to the members of the firm."""
    if actor is None or not actor.is_active:
        raise NotAllowed(
            "What passed with a client is open to the firm's members.",
            "You are none.",
            "Ask an administrator.",
        )


def can_own(owner: Member) -> None:
    """An owner answers for the relationship, so it is somebody who is here and may write."""
    if not owner.is_active:
        raise WrongInput(owner=f"{owner} has left the firm.")
    if not owner.access_roles - {AccessRole.AUDITOR}:
        raise WrongInput(owner=f"{owner} may only read; an owner must be able to act.")


def can_be_attached(files: Sequence[UploadedFile[Any]]) -> None:
    if len(files) > MOST_FILES:
        raise WrongInput(attachments=f"At most {MOST_FILES} files go with one interaction.")
    for file in files:
        if not file.size:
            raise WrongInput(attachments=f"{name_of(file)} is empty.")
        if file.size > LARGEST_FILE:
            size = filesizeformat(file.size)
            raise WrongInput(attachments=f"{name_of(file)} has {size}; a file has at most 20 MB.")


def name_of(file: UploadedFile[Any]) -> str:
    """What a file was called where it came from, without folders and control characters; its ending is kept."""
    whole = "".join(c for c in (file.name or "") if c.isprintable()).replace("\\", "/").rpartition("/")[2]
    stem, dot, ending = whole.rpartition(".")
    if len(whole) > LONGEST_NAME and dot and len(ending) < 20:
        return f"{stem[: LONGEST_NAME - len(ending) - 1]}.{ending}"
    return whole[:LONGEST_NAME] or "file"
