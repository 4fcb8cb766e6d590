"""A review, who sits in it, and what they asked, demanded and decided."""

from __future__ import annotations

from functools import cached_property
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from accord.actions.models import Recorded
from accord.engagements.models import Engagement, Kept, Profile
from accord.engagements.policies.content import Seat, Terms
from accord.people.models import Member
from accord.proposals.models import Proposal


class Choice(models.TextChoices):
    """What a seat votes and a review decides, from the boldest to the most cautious."""

    SIGN = "sign", _("sign")
    CONDITIONS = "conditions", _("sign with conditions")
    REWORK = "rework", _("rework")
    DECLINE = "decline", _("decline")


class Review(Recorded):
    """Called on one exact version: `about` is the SHA-256 of what is decided on, and any other text needs a review anew.

    `terms`: what the policy asked when it was called, which it keeps whatever happens to the policy meanwhile.
    `evidence`: what its members were shown, with its digest. `priced_by`: who set the price of what is decided on.
    """

    PART_OF = "engagement"
    SECRET_FIELDS = ("evidence",)  # no secret, but too large to be told to the audit

    class Kind(models.TextChoices):
        BID = "bid", _("bid or no bid")
        PROPOSAL = "proposal", _("proposal")
        AMENDMENT = "amendment", _("amendment")

    class State(models.TextChoices):
        OPEN = "open", _("open")
        DECIDED = "decided", _("decided")
        VOID = "void", _("void")

    engagement = models.ForeignKey(Engagement, on_delete=models.PROTECT, related_name="reviews")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    proposal = models.ForeignKey(
        Proposal, on_delete=models.PROTECT, null=True, blank=True, related_name="reviews"
    )
    amendment = models.ForeignKey(
        "contracts.Amendment", on_delete=models.PROTECT, null=True, blank=True, related_name="reviews"
    )
    about = models.CharField(max_length=64)
    name = models.CharField(max_length=200)  # of what is decided on: proposal, version 2
    called_by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    called_at = models.DateTimeField(auto_now_add=True)
    due_on = models.DateField(_("decided until"))
    profile = models.CharField(max_length=10, choices=Profile)
    policy_version = models.PositiveIntegerField()  # 0: as Accord comes
    terms = models.JSONField()
    priced_by = models.JSONField(default=list)
    evidence = models.JSONField()
    evidence_digest = models.CharField(max_length=64)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.OPEN)
    decision = models.CharField(_("decision"), max_length=10, choices=Choice, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    void_because = models.CharField(max_length=500, blank=True)
    void_at = models.DateTimeField(null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)
    escalated_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-id",)
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["engagement", "kind"],
                condition=models.Q(state="open"),
                name="one_open_review_of_a_kind",
            ),
            models.CheckConstraint(
                condition=models.Q(state="decided") ^ models.Q(decision=""),
                name="only_what_is_decided_has_a_decision",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="void") | ~models.Q(void_because=""), name="what_is_void_says_why"
            ),
            models.CheckConstraint(
                condition=~models.Q(kind="proposal") | models.Q(proposal__isnull=False),
                name="a_review_of_a_proposal_names_it",
            ),
            models.CheckConstraint(
                condition=~models.Q(kind="amendment") | models.Q(amendment__isnull=False),
                name="a_review_of_an_amendment_names_it",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}: {self.get_state_display()}"

    @cached_property
    def asks(self) -> Terms:
        return Terms.model_validate(self.terms)

    @property
    def must_sit(self) -> tuple[Seat, ...]:
        return self.asks.bid_seats if self.kind == self.Kind.BID else self.asks.seats

    @property
    def may_sit(self) -> tuple[Seat, ...]:
        """Invited: a decision does not wait for them unless somebody takes the seat."""
        return () if self.kind == self.Kind.BID else self.asks.invited

    @property
    def quorum(self) -> int:
        """Votes that a decision needs. Whether to bid is decided by all whom the policy names for it."""
        return len(self.must_sit) if self.kind == self.Kind.BID else self.asks.quorum


class SeatTaken(Recorded):
    """One person on one seat; `stands_in_for`: for whom, who could not come."""

    PART_OF = "review"

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="seats")
    seat = models.CharField(_("seat"), max_length=10, choices=Seat)
    must_vote = models.BooleanField(default=True)
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="seats")
    stands_in_for = models.ForeignKey(
        Member, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ("id",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["review", "seat"], name="a_seat_is_taken_once"),
            models.UniqueConstraint(fields=["review", "member"], name="one_person_one_seat"),
            models.CheckConstraint(
                condition=models.Q(stands_in_for__isnull=True) | ~models.Q(stands_in_for=models.F("member")),
                name="nobody_stands_in_for_themselves",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_seat_display()}: {self.member}"


class Vote(Kept):
    """What one seat decided, why, and the digest of the evidence that its member saw."""

    PART_OF = "taken"

    taken = models.OneToOneField(SeatTaken, on_delete=models.PROTECT, related_name="vote")
    choice = models.CharField(_("vote"), max_length=10, choices=Choice)
    because = models.CharField(_("why"), max_length=2000)
    evidence_digest = models.CharField(max_length=64)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=~models.Q(because=""), name="a_vote_has_its_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.taken}: {self.get_choice_display()}"


class Question(Kept):
    """What somebody in the review wants to know; `of`: whom they ask, None: whoever called it."""

    PART_OF = "review"

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="questions")
    asked_by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    of = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    text = models.CharField(_("question"), max_length=2000)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return self.text[:80]


class Answer(Kept):
    PART_OF = "question"

    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="answers")
    by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    text = models.CharField(_("answer"), max_length=4000)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return self.text[:80]


class Condition(Recorded):
    """What must be so before the firm signs, starts or invoices; somebody other than its owner confirms that it is."""

    PART_OF = "review"

    class Blocks(models.TextChoices):
        SIGN = "sign", _("signing")
        START = "start", _("the start of the work")
        INVOICE = "invoice", _("the first invoice")

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="conditions")
    text = models.CharField(_("condition"), max_length=1000)
    blocks = models.CharField(_("blocks"), max_length=10, choices=Blocks)
    owner = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    due_on = models.DateField(_("until"), null=True, blank=True)
    raised_by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    raised_at = models.DateTimeField(auto_now_add=True)
    confirmed_by = models.ForeignKey(
        Member, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_how = models.CharField(_("how it was seen"), max_length=1000, blank=True)

    class Meta:
        ordering = ("id",)
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(confirmed_by__isnull=True) | ~models.Q(confirmed_by=models.F("owner")),
                name="a_condition_is_not_confirmed_by_its_owner",
            ),
            models.CheckConstraint(
                condition=models.Q(confirmed_by__isnull=True) ^ ~models.Q(confirmed_how=""),
                name="a_confirmed_condition_says_how",
            ),
        ]

    def __str__(self) -> str:
        return self.text[:80]
