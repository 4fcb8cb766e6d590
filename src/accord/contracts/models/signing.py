"""A contract, who signed it, what it binds to, and how that was amended."""

from __future__ import annotations

import uuid
from functools import cached_property
from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accord.actions.models import Recorded
from accord.contracts.models.reviewing import Review
from accord.contracts.signing.content import AmendmentText, Worth, digest_of_amendment
from accord.engagements.models import Engagement, Expectation, Kept, Override
from accord.people.models import Member
from accord.proposals.models import Answer, Proposal


class Contract(Recorded):
    """One version of a proposal, with a number and a term, that both sides sign. `digest`: the seal of that version.

    What it says of itself never changes once it is prepared: whoever erred ends it and prepares another.
    """

    PART_OF = "engagement"

    class Kind(models.TextChoices):
        CONTRACT = "contract", _("contract")
        MASTER = "master", _("master agreement")
        ORDER = "order", _("order under a master agreement")

    class State(models.TextChoices):
        PREPARED = "prepared", _("prepared")
        IN_FORCE = "in_force", _("in force")
        ENDED = "ended", _("ended")

    engagement = models.ForeignKey(Engagement, on_delete=models.PROTECT, related_name="contracts")
    year = models.PositiveSmallIntegerField()
    serial = models.PositiveIntegerField()
    title = models.CharField(_("title"), max_length=200)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    master = models.ForeignKey(
        "self",
        related_name="orders",
        verbose_name=_("under"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
    )
    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="contracts")
    review = models.ForeignKey(
        Review, related_name="contracts", on_delete=models.PROTECT, null=True, blank=True
    )
    override = models.ForeignKey(Override, related_name="+", on_delete=models.PROTECT, null=True, blank=True)
    digest = models.CharField(max_length=64)
    begins_on = models.DateField(_("begins on"))
    ends_on = models.DateField(_("ends on"), null=True, blank=True)
    notice_days = models.PositiveSmallIntegerField(_("days of notice"), null=True, blank=True)
    renews_months = models.PositiveSmallIntegerField(_("renews by months"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.PREPARED)
    prepared_by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    prepared_at = models.DateTimeField(auto_now_add=True)
    in_force_since = models.DateField(_("in force since"), null=True, blank=True)
    ended_on = models.DateField(_("ended on"), null=True, blank=True)
    ended_because = models.CharField(_("ended because"), max_length=500, blank=True)

    class Meta:
        ordering = ("-id",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["year", "serial"], name="a_contract_has_its_own_number"),
            models.UniqueConstraint(
                fields=["proposal"],
                condition=models.Q(state__in=["prepared", "in_force"]),
                name="a_version_becomes_one_contract",
            ),
            models.CheckConstraint(
                condition=models.Q(serial__gte=1), name="the_first_contract_of_a_year_is_number_1"
            ),
            models.CheckConstraint(
                condition=models.Q(kind="order") ^ models.Q(master__isnull=True),
                name="an_order_has_its_master_agreement",
            ),
            models.CheckConstraint(
                condition=models.Q(review__isnull=False) | models.Q(override__isnull=False),
                name="a_contract_was_decided_or_overridden",
            ),
            models.CheckConstraint(
                condition=models.Q(ends_on__isnull=True) | models.Q(ends_on__gte=models.F("begins_on")),
                name="a_contract_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=models.Q(ends_on__isnull=False)
                | models.Q(notice_days__isnull=True, renews_months__isnull=True),
                name="only_what_ends_renews",
            ),
            models.CheckConstraint(
                condition=models.Q(state="prepared") | models.Q(state="ended") | models.Q(in_force_since__isnull=False),
                name="what_is_in_force_says_since_when",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="ended")
                | (models.Q(ended_on__isnull=False) & ~models.Q(ended_because="")),
                name="an_ended_contract_says_when_and_why",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    @property
    def number(self) -> str:
        return f"C-{self.year}-{self.serial:03d}"

    @property
    def seal(self) -> str:
        return self.digest

    @property
    def name(self) -> str:
        return f"{self.get_kind_display()} {self.number}"


class Amendment(Recorded):
    """A change of a contract's constraints, reviewed and signed like it. `content`: see `signing.content`."""

    PART_OF = "contract"
    SECRET_FIELDS = ("content",)  # no secret, but too large to be told to the audit at each saving

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        IN_FORCE = "in_force", _("in force")
        DROPPED = "dropped", _("dropped")

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="amendments")
    serial = models.PositiveIntegerField()
    content = models.JSONField()
    revision = models.PositiveIntegerField(default=0)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.DRAFT)
    made_by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    # Everybody who set or changed its price: they take no seat of delivery in its review.
    priced_by = models.JSONField(default=list)
    digest = models.CharField(
        max_length=64, blank=True
    )  # of what was signed first: it is not changed afterwards
    in_force_since = models.DateField(_("in force since"), null=True, blank=True)
    dropped_because = models.CharField(_("dropped because"), max_length=500, blank=True)

    class Meta:
        ordering = ("-id",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["contract", "serial"], name="an_amendment_has_its_own_number"),
            models.UniqueConstraint(
                fields=["contract"], condition=models.Q(state="draft"), name="one_draft_of_an_amendment"
            ),
            models.CheckConstraint(
                condition=~models.Q(state="in_force")
                | (models.Q(in_force_since__isnull=False) & ~models.Q(digest="")),
                name="an_amendment_in_force_has_its_digest",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="dropped") | ~models.Q(dropped_because=""),
                name="a_dropped_amendment_says_why",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def engagement(self) -> Engagement:
        return self.contract.engagement

    @property
    def engagement_id(self) -> int:
        return self.contract.engagement_id

    @property
    def name(self) -> str:
        return _now("Amendment {n} to {contract}").format(n=self.serial, contract=self.contract.number)

    @cached_property
    def says(self) -> AmendmentText:
        return AmendmentText.model_validate(self.content)

    @property
    def seal(self) -> str:
        """SHA-256 of exactly what it says now; once somebody signed it, of what was signed."""
        return self.digest or digest_of_amendment(self.content, self.contract_id, self.serial)


def _own_name(_signature: Any, _name: str) -> str:
    """Files lie under names that say nothing and run nothing; what they were called stands in the row."""
    name = uuid.uuid4().hex
    return f"signed/{name[:2]}/{name}"


class Signature(Kept):
    """Who signed what for whom, and when; of a contract, or of one of its amendments.

    `member`: who signed for the firm. `recorded_by` None: the client itself, by its link. `override`: of conditions that
    were open.
    """

    class Side(models.TextChoices):
        FIRM = "firm", _("ours")
        CLIENT = "client", _("theirs")

    class Way(models.TextChoices):
        PAPER = "paper", _("on paper")
        SIGNED_IN = "signed_in", _("electronically, signed in")
        LINK = "link", _("electronically, by the client's link")

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="signatures")
    amendment = models.ForeignKey(
        Amendment, related_name="signatures", on_delete=models.PROTECT, null=True, blank=True
    )
    side = models.CharField(_("side"), max_length=10, choices=Side)
    way = models.CharField(_("way"), max_length=10, choices=Way)
    name = models.CharField(_("name"), max_length=120)
    position = models.CharField(_("position"), max_length=120, blank=True)
    for_whom = models.CharField(_("for"), max_length=200)
    signed_on = models.DateField(_("signed on"))
    digest = models.CharField(max_length=64)  # of the text that was signed
    member = models.ForeignKey(
        Member, related_name="+", on_delete=models.PROTECT, null=True, blank=True
    )  # who signed for the firm
    recorded_by = models.ForeignKey(Member, related_name="+", on_delete=models.PROTECT, null=True, blank=True)
    recorded_at = models.DateTimeField(auto_now_add=True)
    override = models.ForeignKey(Override, related_name="+", on_delete=models.PROTECT, null=True, blank=True)
    answer = models.ForeignKey(
        Answer, related_name="+", on_delete=models.PROTECT, null=True, blank=True
    )  # of the client, by the link
    copy = models.FileField(upload_to=_own_name, blank=True)
    copy_name = models.CharField(max_length=200, blank=True)
    copy_size = models.PositiveIntegerField(null=True, blank=True)  # bytes
    copy_digest = models.CharField(max_length=64, blank=True)  # SHA-256 of the signed copy

    class Meta:
        ordering = ("id",)
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["contract", "side"],
                condition=models.Q(amendment__isnull=True),
                name="a_side_signs_a_contract_once",
            ),
            models.UniqueConstraint(fields=["amendment", "side"], name="a_side_signs_an_amendment_once"),
            models.CheckConstraint(
                condition=models.Q(way="paper") ^ models.Q(copy_digest=""), name="paper_has_its_signed_copy"
            ),
            models.CheckConstraint(
                condition=models.Q(way="link") ^ models.Q(answer__isnull=True),
                name="by_the_link_the_client_answered",
            ),
            models.CheckConstraint(
                condition=models.Q(side="firm") ^ models.Q(member__isnull=True),
                name="a_member_signs_for_the_firm",
            ),
            models.CheckConstraint(
                condition=~models.Q(digest="") & ~models.Q(name=""), name="a_signature_says_who_and_what"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.for_whom}"


class Constraint(Kept):
    """A time, cost, scope or quality term to which a contract binds both sides. Its values stand in rows of their own."""

    PART_OF = "contract"

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="constraints")
    kind = models.CharField(_("kind"), max_length=10, choices=Expectation.Kind)
    name = models.CharField(_("name"), max_length=200)
    code = models.CharField(_("work package"), max_length=40, blank=True)
    expectation = models.ForeignKey(
        Expectation, related_name="constraints", on_delete=models.PROTECT, null=True, blank=True
    )
    is_price = models.BooleanField(default=False)  # the whole price, which an amendment's difference changes

    class Meta:
        ordering = ("id",)
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["contract"], condition=models.Q(is_price=True), name="a_contract_has_one_price"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.name}"


class ConstraintValue(Kept):
    """What a constraint asks since a day: by the contract itself, or by the amendment that is named."""

    constraint = models.ForeignKey(Constraint, on_delete=models.PROTECT, related_name="values")
    date = models.DateField(_("date"), null=True, blank=True)
    amount = models.DecimalField(_("amount"), max_digits=14, decimal_places=2, null=True, blank=True)
    text = models.TextField(_("text"), blank=True)
    is_gone = models.BooleanField(default=False)  # it binds nobody any more
    since = models.DateField(_("since"))
    amendment = models.ForeignKey(
        Amendment, related_name="values", on_delete=models.PROTECT, null=True, blank=True
    )

    class Meta:
        ordering = ("id",)
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["constraint", "amendment"], name="an_amendment_sets_a_constraint_once"
            ),
            models.CheckConstraint(
                condition=models.Q(is_gone=False) | models.Q(amendment__isnull=False),
                name="only_an_amendment_takes_a_constraint_away",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.constraint} since {self.since}"

    @property
    def worth(self) -> Worth:
        return Worth(date=self.date, amount=self.amount, text=self.text)
