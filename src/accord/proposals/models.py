"""Proposals: versioned offers. Their text is one document, kept as `content` reads it."""

from __future__ import annotations

import secrets
from functools import cached_property
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from accord.actions.models import Recorded
from accord.engagements.models import Engagement, Kept
from accord.estimating.models import Estimate
from accord.people.models import Member
from accord.proposals.content import Content, digest_of
from accord.relationships.models import Contact


class State(models.TextChoices):
    DRAFT = "draft", _("draft")
    SENT = "sent", _("sent")
    WITHDRAWN = "withdrawn", _("withdrawn")
    REPLACED = "replaced", _("replaced by a newer one")


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
    def seal(self) -> str:
        """SHA-256 of exactly this version as it is now: of what was sent it is its digest."""
        return self.digest or digest_of(self.content, self.engagement_id, self.version)


class Sending(Recorded):
    """To whom a version was sent."""

    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="sendings")
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["proposal", "contact"], name="a_proposal_is_sent_once_to_a_contact"
            )
        ]

    def __str__(self) -> str:
        return f"{self.proposal} to {self.contact}"


def _nonce() -> str:
    return secrets.token_hex(32)


class Link(Recorded):
    """By which one contact reads and answers one version. The address follows from `nonce` and this Accord's secret key,
    and is found by its digest: what the database holds opens no page."""

    PART_OF = "proposal"
    SECRET_FIELDS = ("nonce", "digest")

    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="links")
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="+")
    made_by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    nonce = models.CharField(max_length=64, default=_nonce)
    digest = models.CharField(max_length=64, unique=True)  # SHA-256 of the token in the address
    expires_on = models.DateField(_("open until"))  # the last day
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)
    revoked_by = models.ForeignKey(
        Member,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("revoked by"),
    )
    opened_first_at = models.DateTimeField(_("first opened at"), null=True, blank=True)
    opened_last_at = models.DateTimeField(_("last opened at"), null=True, blank=True)

    class Meta:
        ordering = ("id",)
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["proposal", "contact"], name="a_contact_has_one_link_to_a_version"
            ),
            models.CheckConstraint(
                condition=models.Q(revoked_at__isnull=True, revoked_by__isnull=True)
                | models.Q(revoked_at__isnull=False, revoked_by__isnull=False),
                name="somebody_revoked_a_revoked_link",
            ),
            models.CheckConstraint(
                condition=models.Q(opened_first_at__isnull=True, opened_last_at__isnull=True)
                | models.Q(opened_first_at__lte=models.F("opened_last_at")),
                name="a_link_is_opened_first_before_last",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.contact}: {self.proposal}"


class Answer(Kept):
    """What a contact said by the link. The first acceptance or refusal of a version is the client's; a later one of
    another contact is kept as too late, with the reason why it does not count."""

    PART_OF = "link"

    class Kind(models.TextChoices):
        COMMENT = "comment", _("comment")
        ACCEPT = "accept", _("accepted")
        DECLINE = "decline", _("declined")
        TOO_LATE = "too_late", _("too late")

    link = models.ForeignKey(Link, on_delete=models.PROTECT, related_name="answers")
    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="answers")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    text = models.TextField(_("words"), blank=True)
    name = models.CharField(_("name"), max_length=120, blank=True)  # as typed by who accepts
    position = models.CharField(_("position"), max_length=120, blank=True)
    digest = models.CharField(max_length=64, blank=True)  # of exactly what was shown
    not_counted = models.CharField(_("why it does not count"), max_length=500, blank=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("id",)
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["proposal"],
                condition=models.Q(kind__in=["accept", "decline"]),
                name="a_client_accepts_or_declines_a_version_once",
            ),
            models.CheckConstraint(
                condition=~models.Q(kind="comment") | ~models.Q(text=""), name="a_comment_says_something"
            ),
            models.CheckConstraint(
                condition=~models.Q(kind="accept") | (~models.Q(name="") & ~models.Q(digest="")),
                name="an_acceptance_has_a_name_and_what_was_shown",
            ),
            models.CheckConstraint(
                condition=models.Q(kind="too_late") & ~models.Q(not_counted="")
                | ~models.Q(kind="too_late") & models.Q(not_counted=""),
                name="what_came_too_late_says_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.link}: {self.get_kind_display()}"


class Reply(Kept):
    """What the firm answered to a comment."""

    comment = models.ForeignKey(Answer, on_delete=models.PROTECT, related_name="replies")
    by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    text = models.TextField(_("answer"))
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("id",)
        constraints: ClassVar = [
            models.CheckConstraint(condition=~models.Q(text=""), name="a_reply_says_something")
        ]

    def __str__(self) -> str:
        return f"{self.by}: {self.comment}"
