"""What people do about clients and relationships."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from accord.actions.door import action
from accord.actions.refusals import WrongInput
from accord.people.models import Member
from accord.relationships import rules
from accord.relationships.models import (
    Attachment,
    Client,
    Contact,
    Interaction,
    Language,
    Presence,
    Relationship,
)


@action(permission=rules.may_add_client)
def begin_relationship(
    actor: Member,
    name: str,
    owner: Member,
    kind: str = Client.Kind.EXTERNAL,
    industry: str = "",
    language: str = Language.ENGLISH,
) -> Relationship:
    """Add a client and the relationship with it.

    Raises:
        WrongInput: there is a client of that name already, or it wants a language that we do not have.
    """
    name = name.strip()
    _has_words_in(language)
    if not name:
        raise WrongInput(name=_("Give the client's name."))
    rules.can_own(owner)
    if Client.objects.filter(name__iexact=name).exists():
        raise WrongInput(name=_("There is a client of that name already."))
    client = Client(name=name, kind=kind, industry=industry.strip(), language=language)
    client.save()
    relationship = Relationship(client=client, owner=owner)
    relationship.save()
    return relationship


@action(permission=rules.may_change_relationship)
def change_client(
    actor: Member,
    relationship: Relationship,
    name: str,
    kind: str,
    industry: str = "",
    language: str = Language.ENGLISH,
) -> Relationship:
    """Correct what is known of the client.

    Raises:
        WrongInput: no name, or another client's.
    """
    client, name = relationship.client, name.strip()
    if not name:
        raise WrongInput(name=_("Give the client's name."))
    if Client.objects.filter(name__iexact=name).exclude(pk=client.pk).exists():
        raise WrongInput(name=_("There is a client of that name already."))
    if kind not in Client.Kind.values:
        raise WrongInput(kind=_("A client is external or internal."))
    _has_words_in(language)
    client.name, client.kind, client.industry = name, kind, industry.strip()
    client.language = language
    client.save()
    return relationship


@action(permission=rules.may_change_relationship)
def hand_over_relationship(actor: Member, relationship: Relationship, owner: Member) -> Relationship:
    """Give the relationship to another owner.

    Raises:
        WrongInput: the member has left, reads only, or is the owner already.
    """
    rules.can_own(owner)
    if owner.pk == relationship.owner_id:
        raise WrongInput(owner=_("%(owner)s is the owner already.") % {"owner": owner})
    relationship.owner = owner
    relationship.save()
    return relationship


@action(permission=rules.may_change_relationship)
def judge_health(actor: Member, relationship: Relationship, health: str, because: str) -> Relationship:
    """Say how the relationship stands, and why.

    Raises:
        WrongInput: it is not good, and no reason is given.
    """
    if health != Relationship.Health.GOOD and not because.strip():
        raise WrongInput(because=_("Say why, so that others can help."))
    relationship.health, relationship.health_because = health, because.strip()
    relationship.save()
    return relationship


@action(permission=rules.may_write_in)
def add_contact(
    actor: Member,
    relationship: Relationship,
    name: str,
    title: str = "",
    email: str = "",
    phone: str = "",
    part: str = Contact.Part.UNKNOWN,
) -> Contact:
    if not name.strip():
        raise WrongInput(name=_("Give the person's name."))
    contact = Contact(
        client=relationship.client, name=name.strip(), title=title, email=email, phone=phone, part=part
    )
    contact.save()
    return contact


@action(permission=rules.may_write_in)
def change_contact(
    actor: Member,
    contact: Contact,
    name: str,
    title: str = "",
    email: str = "",
    phone: str = "",
    part: str = Contact.Part.UNKNOWN,
) -> Contact:
    """
    Raises:
        WrongInput: no name.
    """
    if not name.strip():
        raise WrongInput(name=_("Give the person's name."))
    contact.name, contact.title, contact.part = name.strip(), title.strip(), part
    contact.email, contact.phone = email.strip(), phone.strip()
    contact.save()
    return contact


@action(permission=rules.may_write_in)
def record_interaction(
    actor: Member,
    relationship: Relationship,
    kind: str,
    on: dt.date,
    text: str,
    contacts: Sequence[Contact] = (),
    attachments: Sequence[UploadedFile[Any]] = (),
) -> Interaction:
    """Record a call, meeting, mail or note, with the files that came with it.

    Raises:
        WrongInput: it says nothing, lies in the future, names people of another client, or a file is too big.
    """
    if not text.strip():
        raise WrongInput(text=_("Say what was talked about."))
    if on > dt.date.today():
        raise WrongInput(on=_("This date lies in the future."))
    if any(c.client_id != relationship.client_id for c in contacts):
        raise WrongInput(contacts=_("One of these people belongs to another client."))
    rules.can_be_attached(attachments)
    interaction = Interaction(relationship=relationship, kind=kind, on=on, by=actor, text=text.strip())
    interaction.save()
    Presence.objects.bulk_create(Presence(interaction=interaction, contact=contact) for contact in contacts)
    for file in attachments:
        _attach(interaction, file)
    return interaction


def _has_words_in(language: str) -> None:
    if language not in Language.values:
        raise WrongInput(language=_("Choose a language of the list."))


def _attach(interaction: Interaction, file: UploadedFile[Any]) -> Attachment:
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    attachment = Attachment(
        interaction=interaction,
        file=file,
        name=rules.name_of(file),
        size=file.size or 0,
        digest=digest.hexdigest(),
    )
    attachment.save()
    return attachment
