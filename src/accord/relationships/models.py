"""Clients, contacts, relationships, and what passed between the firm and them."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from accord.actions.models import Recorded
from accord.people.models import Member


class Language(models.TextChoices):
    """Those in which letters, their mails and the client's pages have all their words; each called as it calls itself."""

    ENGLISH = "en", "English"
    GERMAN = "de", "Deutsch"
    FRENCH = "fr", "Français"


class Client(Recorded):
    """An organisation outside, or a department inside, that the firm works for."""

    class Kind(models.TextChoices):
        EXTERNAL = "external", _("external")
        INTERNAL = "internal", _("internal")

    name = models.CharField(_("name"), max_length=200, unique=True)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.EXTERNAL)
    industry = models.CharField(_("industry"), max_length=100, blank=True)
    language = models.CharField(_("language"), max_length=5, choices=Language, default=Language.ENGLISH)

    class Meta:
        ordering = ("name",)
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(language__in=Language.values), name="a_client_has_a_language_of_ours"
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=["external", "internal"]),
                name="a_client_is_external_or_internal",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Contact(Recorded):
    """A person of a client, with the part they have in its decisions."""

    class Part(models.TextChoices):
        DECIDES = "decides", _("decides")
        ADVISES = "advises", _("advises")
        USES = "uses", _("uses the result")
        PAYS = "pays", _("pays")
        BLOCKS = "blocks", _("is against it")
        UNKNOWN = "unknown", _("part unknown")

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="contacts")
    name = models.CharField(_("name"), max_length=120)
    title = models.CharField(_("title"), max_length=120, blank=True)
    email = models.EmailField(_("mail address"), blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    part = models.CharField(_("part in decisions"), max_length=10, choices=Part, default=Part.UNKNOWN)

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class Relationship(Recorded):
    """The lasting bond of the firm and one client."""

    class Health(models.TextChoices):
        GOOD = "good", _("good")
        STRAINED = "strained", _("strained")
        AT_RISK = "at_risk", _("at risk")

    client = models.OneToOneField(Client, on_delete=models.PROTECT, related_name="relationship")
    owner = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="relationships")
    health = models.CharField(_("health"), max_length=10, choices=Health, default=Health.GOOD)
    health_because = models.CharField(_("why"), max_length=300, blank=True)

    class Meta:
        ordering = ("client__name",)

    def __str__(self) -> str:
        return str(self.client)


class Interaction(Recorded):
    """A call, a meeting, a mail or a note: what passed between the firm and a client."""

    class Kind(models.TextChoices):
        CALL = "call", _("call")
        MEETING = "meeting", _("meeting")
        MAIL = "mail", _("mail")
        NOTE = "note", _("note")

    relationship = models.ForeignKey(Relationship, on_delete=models.PROTECT, related_name="interactions")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    on = models.DateField(_("date"))
    by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="interactions")
    contacts = models.ManyToManyField(Contact, through="Presence", related_name="interactions", blank=True)
    text = models.TextField(_("what was talked about"))

    class Meta:
        ordering = ("-on", "-id")

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.on}"


class Presence(Recorded):
    """A contact took part in an interaction."""

    interaction = models.ForeignKey(Interaction, on_delete=models.CASCADE, related_name="presences")
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="presences")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["interaction", "contact"], name="a_contact_takes_part_once")
        ]

    def __str__(self) -> str:
        return f"{self.contact}: {self.interaction}"


def _own_name(_attachment: Any, _name: str) -> str:
    """Files lie under names that say nothing and run nothing; what they were called stands in the row."""
    name = uuid.uuid4().hex
    return f"attachments/{name[:2]}/{name}"


class Attachment(Recorded):
    """A file that came with an interaction."""

    interaction = models.ForeignKey(Interaction, on_delete=models.CASCADE, related_name="attachments")
    file = models.FileField(upload_to=_own_name)
    name = models.CharField(max_length=200)  # as it was called where it came from
    size = models.PositiveIntegerField()  # bytes
    digest = models.CharField(max_length=64)  # SHA-256

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return self.name
