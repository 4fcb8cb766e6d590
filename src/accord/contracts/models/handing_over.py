"""What delivery takes over from those who sold: one exact letter, the questions about it, and its acceptance."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accord.actions.models import Recorded
from accord.contracts.handing_over.content import Letter, Words, digest_of
from accord.engagements.models import Engagement, Kept
from accord.people.models import Member


class HandOver(Recorded):
    """One version of the letter from those who sold to those who deliver.

    `words`: what its sellers add of their own; `content`: all that was gathered, and `digest` of exactly that once it
    was offered. `offered_to`: the members of delivery who are asked to take it over.
    """

    PART_OF = "engagement"
    SECRET_FIELDS = ("words", "content")  # no secrets, but too large to be told to the audit at each saving

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        OFFERED = "offered", _("offered")
        SENT_BACK = "sent_back", _("sent back")
        ACCEPTED = "accepted", _("accepted")
        REPLACED = "replaced", _("replaced by a newer one")

    OPEN = (State.DRAFT, State.OFFERED, State.SENT_BACK)

    engagement = models.ForeignKey(Engagement, on_delete=models.PROTECT, related_name="hand_overs")
    version = models.PositiveIntegerField(_("version"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.DRAFT)
    words = models.JSONField()
    content = models.JSONField()
    gathered_at = models.DateTimeField()
    revision = models.PositiveIntegerField(default=0)  # counts changes: a stale page is refused
    begun_by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    offered_by = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    offered_at = models.DateTimeField(_("offered at"), null=True, blank=True)
    offered_to = models.JSONField(
        _("offered to"), default=list
    )  # their numbers; the letter holds their names
    due_on = models.DateField(_("to be accepted until"), null=True, blank=True)
    digest = models.CharField(max_length=64, blank=True, default="")  # SHA-256 of what was offered

    class Meta:
        ordering = ("-version",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["engagement", "version"], name="a_hand_over_has_its_own_version"),
            models.UniqueConstraint(
                fields=["engagement"],
                condition=models.Q(state__in=["draft", "offered", "sent_back"]),
                name="one_open_hand_over",
            ),
            models.CheckConstraint(
                condition=models.Q(state="draft", digest="", offered_at__isnull=True, due_on__isnull=True)
                | ~models.Q(state="draft")
                & ~models.Q(digest="")
                & models.Q(offered_at__isnull=False, offered_by__isnull=False, due_on__isnull=False),
                name="what_was_offered_has_its_digest_and_its_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.engagement}, {self.name}"

    @property
    def name(self) -> str:
        return gettext("hand-over, version {version}").format(version=self.version)

    @property
    def own(self) -> Words:
        return Words.model_validate(self.words)

    @property
    def letter(self) -> Letter:
        return Letter.model_validate(self.content)

    @property
    def seal(self) -> str:
        """SHA-256 of exactly this version as it is now; of what was offered it is its digest."""
        return self.digest or digest_of(self.content, self.engagement_id, self.version)

    @property
    def is_late(self) -> bool:
        return (
            self.state == self.State.OFFERED
            and self.due_on is not None
            and self.due_on < timezone.localdate()
        )


class HandOverQuestion(Kept):
    """What delivery must know before it takes over. It sent this version back with it."""

    PART_OF = "hand_over"

    hand_over = models.ForeignKey(HandOver, on_delete=models.PROTECT, related_name="questions")
    asked_by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    text = models.CharField(_("question"), max_length=1000)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("id",)
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~models.Q(text=""), name="a_question_of_delivery_asks_something"
            ),
        ]

    def __str__(self) -> str:
        return self.text[:80]


class HandOverAnswer(Kept):
    """What those who sold answer; several may add to it."""

    PART_OF = "question"

    question = models.ForeignKey(HandOverQuestion, on_delete=models.PROTECT, related_name="answers")
    by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    text = models.CharField(_("answer"), max_length=4000)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("id",)
        constraints: ClassVar = [
            models.CheckConstraint(condition=~models.Q(text=""), name="an_answer_to_delivery_says_something"),
        ]

    def __str__(self) -> str:
        return self.text[:80]


class Acceptance(Kept):
    """Delivery took over exactly what has this digest."""

    PART_OF = "hand_over"

    hand_over = models.OneToOneField(HandOver, on_delete=models.PROTECT, related_name="acceptance")
    by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=~models.Q(digest=""), name="an_acceptance_says_of_what"),
        ]

    def __str__(self) -> str:
        return f"{self.hand_over}: {self.by}"
