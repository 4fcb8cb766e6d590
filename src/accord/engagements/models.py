"""Engagements from first talk to closing, who has which part in them, and the register of expectations."""

from __future__ import annotations

from functools import cached_property
from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accord.actions.models import Recorded
from accord.actions.refusals import Refused
from accord.people.models import Member
from accord.relationships.models import Contact, Relationship


class Stage(models.TextChoices):
    FIRST_TALK = "first_talk", _("First talk")
    QUALIFIED = "qualified", _("Qualified")
    ESTIMATED = "estimated", _("Estimated")
    PROPOSAL = "proposal", _("Proposal")
    REVIEW = "review", _("Review")
    CONTRACT = "contract", _("Contract")
    DELIVERY = "delivery", _("Delivery")
    CLOSING = "closing", _("Closing")


class Outcome(models.TextChoices):
    """How an engagement ended; empty while it goes on."""

    CLOSED = "closed", _("closed")
    LOST = "lost", _("lost")
    DECLINED = "declined", _("declined by us")


class Profile(models.TextChoices):
    """How much method an engagement needs."""

    LIGHT = "light", _("light")
    STANDARD = "standard", _("standard")
    HEAVY = "heavy", _("heavy")


class Novelty(models.IntegerChoices):
    """How new the work is to the firm, by delivery's judgement."""

    KNOWN = 1, _("done before")
    PARTLY = 2, _("partly new to us")
    NEW = 3, _("new to us")


class RiskLevel(models.IntegerChoices):
    """How likely and how bad it is that it goes wrong, by delivery's judgement."""

    LOW = 1, _("low")
    MEDIUM = 2, _("medium")
    HIGH = 3, _("high")


class Engagement(Recorded):
    PART_OF = "relationship"

    relationship = models.ForeignKey(Relationship, on_delete=models.PROTECT, related_name="engagements")
    title = models.CharField(_("title"), max_length=200)
    stage = models.CharField(_("stage"), max_length=20, choices=Stage, default=Stage.FIRST_TALK)
    stage_since = models.DateField()
    profile = models.CharField(_("profile"), max_length=10, choices=Profile, default=Profile.STANDARD)
    profile_because = models.CharField(_("why this profile"), max_length=700, blank=True)
    profile_chosen = models.BooleanField(default=False)  # by a decision; else the policy applies it
    novelty = models.PositiveSmallIntegerField(_("novelty"), choices=Novelty, null=True, blank=True)
    risk = models.PositiveSmallIntegerField(_("risk"), choices=RiskLevel, null=True, blank=True)
    value = models.DecimalField(_("value"), max_digits=14, decimal_places=2, null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, default="EUR")
    win_probability = models.PositiveSmallIntegerField(_("chance of signing, in percent"), default=10)
    next_step = models.CharField(_("next step"), max_length=200, blank=True)
    next_step_on = models.DateField(_("on"), null=True, blank=True)
    confidential = models.BooleanField(_("confidential"), default=False)
    outcome = models.CharField(max_length=10, choices=Outcome, blank=True)
    outcome_because = models.CharField(_("why"), max_length=500, blank=True)
    begun_on = models.DateField()
    is_overridden = models.BooleanField(default=False)  # so that only few pages look for overrides
    # Everybody who sold it or owned its relationship while it ran: taking the part back does not make independent.
    sold_by = models.JSONField(default=list)
    # Everybody who had a part of delivery in it, or planned, estimated or covered something: they do not sell it later.
    delivered_by = models.JSONField(default=list)

    class Meta:
        ordering = ("-id",)
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(value__isnull=True) | models.Q(value__gte=0),
                name="a_value_is_not_negative",
            ),
            models.CheckConstraint(
                condition=models.Q(stage__in=Stage.values), name="an_engagement_is_in_a_known_stage"
            ),
            models.CheckConstraint(
                condition=models.Q(win_probability__lte=100), name="a_chance_of_signing_is_at_most_100"
            ),
            models.CheckConstraint(
                condition=~models.Q(outcome__in=["lost", "declined"]) | ~models.Q(outcome_because=""),
                name="a_lost_or_declined_engagement_keeps_its_reason",
            ),
            models.CheckConstraint(
                condition=models.Q(profile_chosen=False) | ~models.Q(profile_because=""),
                name="a_chosen_profile_has_its_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @cached_property
    def let_pass(self) -> list[Override]:
        """What somebody let pass in it that a rule forbids, newest first."""
        return list(self.overrides.select_related("by")) if self.is_overridden else []


class Part(models.TextChoices):
    """What somebody has to do with one engagement."""

    SELLER = "seller", _("seller")
    PROJECT_MANAGER = "project_manager", _("project manager")
    DELIVERY_LEAD = "delivery_lead", _("delivery lead")
    ESTIMATOR = "estimator", _("estimator")
    QUALITY_MANAGER = "quality_manager", _("quality manager")
    TEAM = "team", _("in the team")


class TakenPart(Recorded):
    engagement = models.ForeignKey(Engagement, on_delete=models.CASCADE, related_name="parts")
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="parts")
    part = models.CharField(max_length=20, choices=Part)

    class Meta:
        ordering = ("id",)
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["engagement", "member", "part"], name="a_member_takes_a_part_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.member}: {self.get_part_display()}"


class Kept(Recorded):
    """A row that is written once: the database's triggers say the same to whoever writes past this."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise _never_changed(self)
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        raise _never_changed(self)


def _never_changed(row: Kept) -> Refused:
    if isinstance(row, Expectation | Withdrawal):
        return Refused(
            gettext("What was said is never changed or deleted."),
            gettext("This statement is in the register."),
            gettext("Restate it, or withdraw it with a reason."),
        )
    return Refused(
        gettext("What was decided is never changed or deleted."),
        gettext("“{what}” is kept as it was written.").format(what=row),
        gettext("Decide anew: the newer decision stands beside the older one."),
    )


class Policy(Kept):
    """A version of the firm's policy and the day from which it holds; `content`: see `policies.content`."""

    version = models.PositiveIntegerField(_("version"), unique=True)
    content = models.JSONField()
    valid_from = models.DateField(_("holds from"))
    because = models.CharField(_("why"), max_length=500)
    made_by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-version",)

    def __str__(self) -> str:
        return gettext("policy, version {version}").format(version=self.version)


class Override(Kept):
    """The named authority let something pass that a rule forbids. It lets exactly this pass: `about` is its digest."""

    PART_OF = "engagement"

    class Deed(models.TextChoices):
        SEND = "send", _("promising what delivery does not back")
        SIGN = "sign", _("signing without the review's decision")
        CONDITION = "condition", _("going on before a condition is confirmed")
        START = "start", _("starting without an accepted hand-over")

    engagement = models.ForeignKey(Engagement, on_delete=models.PROTECT, related_name="overrides")
    deed = models.CharField(_("what it lets pass"), max_length=10, choices=Deed)
    about = models.CharField(max_length=64)
    name = models.CharField(max_length=200)  # of what it is about: proposal, version 2
    facts = models.CharField(max_length=2000)  # what the rule found, as it was told then
    covers = models.JSONField(
        default=list
    )  # the keys of the terms that it lets be promised; what comes later is not
    because = models.CharField(_("why"), max_length=500)
    by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-id",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["deed", "about"], name="one_override_of_one_thing"),
            models.CheckConstraint(condition=~models.Q(because=""), name="an_override_has_its_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.get_deed_display()}: {self.name}"


class Expectation(Kept):
    """What a client was told, or says it expects. A row is never changed: it is restated by a newer one, or withdrawn."""

    PART_OF = "engagement"

    class Kind(models.TextChoices):
        TIME = "time", _("Time")
        COST = "cost", _("Cost")
        SCOPE = "scope", _("Scope")
        QUALITY = "quality", _("Quality")

    class Direction(models.TextChoices):
        TOLD = "told", _("we told them")
        HEARD = "heard", _("they told us")

    class Channel(models.TextChoices):
        CALL = "call", _("call")
        MEETING = "meeting", _("meeting")
        MAIL = "mail", _("mail")
        WORKSHOP = "workshop", _("workshop")
        PROPOSAL = "proposal", _("proposal")
        OTHER = "other", _("other")

    engagement = models.ForeignKey(Engagement, on_delete=models.PROTECT, related_name="expectations")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    subject = models.CharField(_("what"), max_length=200)
    date = models.DateField(_("date"), null=True, blank=True)
    amount = models.DecimalField(_("amount"), max_digits=14, decimal_places=2, null=True, blank=True)
    words = models.TextField(_("the words used"), blank=True)
    direction = models.CharField(_("direction"), max_length=5, choices=Direction, default=Direction.TOLD)
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    channel = models.CharField(_("where"), max_length=10, choices=Channel, default=Channel.CALL)
    said_on = models.DateField(_("when"))
    recorded_by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(auto_now_add=True)
    restates = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="restated_by"
    )

    class Meta:
        ordering = ("-said_on", "-id")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(kind="time", date__isnull=False, amount__isnull=True)
                | models.Q(kind="cost", amount__isnull=False, date__isnull=True)
                | models.Q(kind__in=["scope", "quality"], date__isnull=True, amount__isnull=True),
                name="an_expectation_has_the_value_of_its_kind",
            ),
            models.CheckConstraint(
                condition=models.Q(amount__isnull=True) | models.Q(amount__gt=0),
                name="an_expected_amount_is_positive",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.subject}"


class Withdrawal(Kept):
    """An expectation was taken back: why, and who told the client when."""

    expectation = models.OneToOneField(Expectation, on_delete=models.PROTECT, related_name="withdrawal")
    because = models.CharField(_("why"), max_length=500)
    told_by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    told_on = models.DateField(_("told on"))

    def __str__(self) -> str:
        return f"{self.expectation}: withdrawn"


class Belief(Recorded):
    """What delivery believes of one expectation, as the last promise check or the estimate's coverage told it.

    A time or cost has the probability that it is kept and the best value that would be backed; a scope or quality has
    the work package that covers it. A stale belief was computed from something that changed since. Where the plan takes
    less than the approved estimate, `departs` says how: then nobody with delivery authority stands behind it.
    """

    expectation = models.OneToOneField(Expectation, on_delete=models.CASCADE, related_name="belief")
    probability = models.FloatField(null=True)
    backed_date = models.DateField(null=True)
    backed_amount = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    covered_by = models.CharField(max_length=200, blank=True)
    from_approved_estimate = models.BooleanField()
    departs = models.CharField(max_length=500, blank=True)
    left_out = models.CharField(max_length=700, blank=True)  # knowingly, why and by whom
    stale = models.BooleanField(default=False)
    digest = models.CharField(max_length=64)  # of the promise check's inputs, or of the estimate
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(probability__isnull=True)
                | models.Q(probability__gte=0, probability__lte=1),
                name="a_probability_is_between_0_and_1",
            )
        ]

    def __str__(self) -> str:
        return f"{self.expectation}: {self.probability}"


class PastBelief(Kept):
    """What delivery believed of an expectation from a moment on, and what the policy asked then."""

    PART_OF = "expectation"

    expectation = models.ForeignKey(Expectation, on_delete=models.PROTECT, related_name="past_beliefs")
    at = models.DateTimeField()
    probability = models.FloatField(null=True)  # None for scope and quality
    asked = models.FloatField()
    backed = models.BooleanField()
    because = models.CharField(max_length=500, blank=True)
    digest = models.CharField(max_length=64)

    class Meta:
        ordering = ("at", "id")

    def __str__(self) -> str:
        return f"{self.expectation}, {self.at:%Y-%m-%d}: {self.probability}"


class SavedView(Recorded):
    """A list's filters under a name, for the member who saved them."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="saved_views")
    page = models.CharField(max_length=40)  # the name of the list's address: engagements:engagements
    name = models.CharField(_("name"), max_length=60)
    query = models.CharField(max_length=500)  # as in the address, after the question mark

    class Meta:
        ordering = ("name",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["member", "page", "name"], name="a_saved_view_has_its_own_name")
        ]

    def __str__(self) -> str:
        return self.name
