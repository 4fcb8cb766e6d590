"""Estimates: versions, work packages with three points by role, assumptions, risks, templates.

Hours are working hours. The structure is the estimate's; the three points are each estimator's own until both are
done, and then the agreed ones, from which everything else is computed.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from accord.actions.models import Recorded
from accord.engagements.models import Engagement, Expectation
from accord.people.models import Member, Role


class State(models.TextChoices):
    ASKED = "asked", _("asked for")
    IN_WORK = "in_work", _("in work")
    DELIVERED = "delivered", _("delivered")
    APPROVED = "approved", _("approved")
    REPLACED = "replaced", _("replaced by a newer one")


class Estimate(Recorded):
    """One version of what an engagement's work takes."""

    PART_OF = "engagement"
    engagement = models.ForeignKey(Engagement, on_delete=models.PROTECT, related_name="estimates")
    version = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=State, default=State.ASKED)
    question = models.TextField(_("what is to be estimated"), blank=True)
    asked_by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(auto_now_add=True)
    due_on = models.DateField(_("due on"), null=True, blank=True)
    revision = models.PositiveIntegerField(default=0)  # counts changes that all see: a stale page is refused
    delivered_by = models.ForeignKey(
        Member, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    delivered_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    approved_at = models.DateTimeField(null=True, blank=True)
    digest = models.CharField(max_length=64, blank=True)  # SHA-256 of the canonical content that was approved
    left_out = models.JSONField(
        default=list, blank=True
    )  # what the approver left out, as the ledger keeps it
    sent_back_because = models.CharField(_("why it was sent back"), max_length=500, blank=True)
    copied_from = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ("-version",)
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["engagement", "version"], name="an_estimate_version_is_given_once"
            ),
            models.CheckConstraint(
                condition=~models.Q(state="approved")
                | models.Q(approved_by__isnull=False) & ~models.Q(digest=""),
                name="an_approved_estimate_has_an_approver_and_a_digest",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.engagement}, estimate {self.version}"


class Contribution(Recorded):
    """An estimator's own work on an estimate: hidden from the other estimators until all are done."""

    estimate = models.ForeignKey(Estimate, on_delete=models.CASCADE, related_name="contributions")
    estimator = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="contributions")
    done_at = models.DateTimeField(null=True, blank=True)
    revision = models.PositiveIntegerField(default=0)  # counts changes that only the estimator sees
    saved_at = models.DateTimeField(null=True, blank=True)  # when the estimator last saved the breakdown

    class Meta:
        ordering = ("id",)
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["estimate", "estimator"], name="an_estimator_contributes_once_to_an_estimate"
            )
        ]

    def __str__(self) -> str:
        return f"{self.estimator} on {self.estimate}"


class WorkPackage(Recorded):
    """A line of the work breakdown. Lines that have deeper lines after them are their sum; the others hold efforts."""

    DEEPEST = 5

    estimate = models.ForeignKey(Estimate, on_delete=models.CASCADE, related_name="packages")
    code = models.CharField(max_length=12)  # stays the same from version to version: w1, w2
    position = models.PositiveIntegerField()
    level = models.PositiveSmallIntegerField(default=0)
    name = models.CharField(_("work package"), max_length=200)
    role = models.ForeignKey(Role, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    units = models.DecimalField(_("people at once"), max_digits=4, decimal_places=1, default=1)
    note = models.CharField(_("note"), max_length=500, blank=True)

    class Meta:
        ordering = ("position",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["estimate", "code"], name="a_work_package_has_its_own_code"),
            models.CheckConstraint(
                condition=models.Q(level__lte=5), name="a_work_breakdown_is_at_most_six_levels_deep"
            ),
            models.CheckConstraint(condition=models.Q(units__gt=0), name="somebody_does_the_work"),
        ]

    def __str__(self) -> str:
        return self.name


class Effort(Recorded):
    """Three points of one work package in hours: an estimator's own, or (without contribution) the agreed ones."""

    package = models.ForeignKey(WorkPackage, on_delete=models.CASCADE, related_name="efforts")
    contribution = models.ForeignKey(
        Contribution, on_delete=models.CASCADE, null=True, blank=True, related_name="efforts"
    )
    low = models.DecimalField(_("low"), max_digits=9, decimal_places=2)
    likely = models.DecimalField(_("likely"), max_digits=9, decimal_places=2)
    high = models.DecimalField(_("high"), max_digits=9, decimal_places=2)
    taken_over = models.BooleanField(default=False)  # from a template or a copy, and not changed since

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["package", "contribution"], name="an_estimator_gives_one_effort_for_a_package"
            ),
            models.UniqueConstraint(
                fields=["package"],
                condition=models.Q(contribution__isnull=True),
                name="a_package_has_one_agreed_effort",
            ),
            models.CheckConstraint(
                condition=models.Q(low__gte=0, likely__gte=models.F("low"), high__gte=models.F("likely")),
                name="three_points_rise",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.package}: {self.low}, {self.likely}, {self.high}"

    @property
    def SECRET_FIELDS(self) -> tuple[str, ...]:  # noqa: N802 - the name that the audit asks for
        """An estimator's own numbers never reach the audit: its readers would see them before all are done."""
        return () if self.contribution_id is None else ("low", "likely", "high")


class Assumption(Recorded):
    """What the estimate takes for granted, or leaves out."""

    class Kind(models.TextChoices):
        ASSUMPTION = "assumption", _("assumption")
        EXCLUSION = "exclusion", _("exclusion")

    estimate = models.ForeignKey(Estimate, on_delete=models.CASCADE, related_name="assumptions")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    text = models.CharField(_("text"), max_length=500)

    class Meta:
        ordering = ("kind", "id")

    def __str__(self) -> str:
        return self.text


class Risk(Recorded):
    """Something that may happen, with what it would cost in hours and money."""

    estimate = models.ForeignKey(Estimate, on_delete=models.CASCADE, related_name="risks")
    package = models.ForeignKey(
        WorkPackage, on_delete=models.CASCADE, null=True, blank=True, related_name="risks"
    )
    name = models.CharField(_("what may happen"), max_length=200)
    probability = models.DecimalField(_("probability"), max_digits=4, decimal_places=3)
    low = models.DecimalField(_("low"), max_digits=9, decimal_places=2, default=0)
    likely = models.DecimalField(_("likely"), max_digits=9, decimal_places=2, default=0)
    high = models.DecimalField(_("high"), max_digits=9, decimal_places=2, default=0)
    cost = models.DecimalField(_("money"), max_digits=12, decimal_places=2, default=0)

    class Meta:
        ordering = ("id",)
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(probability__gte=0, probability__lte=1),
                name="a_risk_has_a_probability_between_0_and_1",
            ),
            models.CheckConstraint(
                condition=models.Q(low__gte=0, likely__gte=models.F("low"), high__gte=models.F("likely")),
                name="three_points_of_a_risk_rise",
            ),
            models.CheckConstraint(
                condition=models.Q(high=0) | models.Q(package__isnull=False),
                name="a_risk_with_hours_names_its_package",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Template(Recorded):
    """A work breakdown kept for reuse."""

    name = models.CharField(_("name"), max_length=120, unique=True)
    body = models.JSONField()  # as `content_of` an estimate gives it
    made_from = models.ForeignKey(
        Estimate, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class Coverage(Recorded):
    """Which work package delivers what a client expects in scope or quality, by the package's code in any version."""

    expectation = models.OneToOneField(Expectation, on_delete=models.CASCADE, related_name="coverage")
    code = models.CharField(max_length=12)

    def __str__(self) -> str:
        return f"{self.expectation}: {self.code}"
