"""Proposals: versioned offers. Their text is one document, kept as `content` reads it."""

from __future__ import annotations

import datetime as dt
from functools import cached_property
from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accord.actions.models import Recorded
from accord.engagements.models import Engagement, Kept
from accord.estimating.models import Estimate
from accord.people.models import Member
from accord.proposals.content import Content, digest_of
from accord.relationships.models import Contact

VALID_FOR = dt.timedelta(days=30)  # from sending, where a text names no day


class State(models.TextChoices):
    DRAFT = "draft", _("draft")
    SENT = "sent", _("sent")
    WITHDRAWN = "withdrawn", _("withdrawn")
    REPLACED = "replaced", _("replaced by a newer one")


class OfferNumber(Kept):
    """The number of an engagement's offer, the same in all its versions; without gaps in a year."""

    engagement = models.OneToOneField(Engagement, on_delete=models.PROTECT, related_name="offer_number")
    year = models.PositiveIntegerField()
    serial = models.PositiveIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["year", "serial"], name="an_offer_has_its_own_number"),
            models.CheckConstraint(
                condition=models.Q(serial__gte=1), name="the_first_offer_of_a_year_is_number_1"
            ),
        ]

    def __str__(self) -> str:
        return f"P-{self.year}-{self.serial:03d}"


class Proposal(Recorded):
    """One version of what an engagement's client is offered."""

    PART_OF = "engagement"
    SECRET_FIELDS = ("content",)  # no secret, but too large to be told to the audit at each saving

    engagement = models.ForeignKey(Engagement, on_delete=models.PROTECT, related_name="proposals")
    version = models.PositiveIntegerField(_("version"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.DRAFT)
    estimate = models.ForeignKey(Estimate, on_delete=models.PROTECT, related_name="+")
    content = models.JSONField()
    revision = models.PositiveIntegerField(default=0)  # counts changes: a stale page is refused
    made_by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    # Everybody who set or changed its price: they take no seat of delivery in its review.
    priced_by = models.JSONField(default=list)
    made_at = models.DateTimeField(auto_now_add=True)
    sent_by = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    sent_to = models.ManyToManyField(Contact, through="Sending", related_name="proposals")
    withdrawn_because = models.CharField(_("withdrawn because"), max_length=500, blank=True)
    digest = models.CharField(max_length=64, blank=True)  # SHA-256 of what was sent

    class Meta:
        ordering = ("-version",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["engagement", "version"], name="a_proposal_has_its_own_version"),
            models.UniqueConstraint(
                fields=["engagement"], condition=models.Q(state="draft"), name="one_draft_of_a_proposal"
            ),
            models.CheckConstraint(
                condition=models.Q(state="draft") | ~models.Q(digest=""),
                name="what_was_sent_has_its_digest",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.engagement}, proposal {self.version}"

    @cached_property
    def says(self) -> Content:
        return Content.model_validate(self.content)

    @property
    def name(self) -> str:
        return gettext("proposal, version {version}").format(version=self.version)

    @property
    def seal(self) -> str:
        """SHA-256 of exactly this version as it is now: of what was sent it is its digest."""
        return self.digest or digest_of(self.content, self.engagement_id, self.version)

    @property
    def number(self) -> str:
        return str(self.engagement.offer_number)

    @property
    def valid_until(self) -> dt.date | None:
        """The last day on which it can be accepted; None while a draft names none."""
        if self.says.valid_until is not None or self.sent_at is None:
            return self.says.valid_until
        return timezone.localdate(self.sent_at) + VALID_FOR


class Sending(Recorded):
    """To whom a version was sent, and whether the mail went out."""

    PART_OF = "proposal"

    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="sendings")
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="+")
    mailed_at = models.DateTimeField(null=True)
    mail_problem = models.CharField(max_length=300, blank=True)  # of the last try; empty once the mail is out
    given_up = models.BooleanField(default=False)  # after all tries

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["proposal", "contact"], name="a_proposal_is_sent_once_to_a_contact"
            )
        ]

    def __str__(self) -> str:
        return f"{self.proposal} to {self.contact}"
