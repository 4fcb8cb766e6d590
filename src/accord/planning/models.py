"""Plans, their activities and links, who does what, and the promise checks and scenarios computed from them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from accord.actions.models import Recorded
from accord.engagements.models import Engagement, Expectation
from accord.estimating.models import Estimate, WorkPackage
from accord.people.models import Member, Role

# The milestones with which groups of the work breakdown end have codes of their own.
GROUP_END = "end"


class Plan(Recorded):
    """How an engagement's work is to be done, made from one estimate."""

    PART_OF = "engagement"
    engagement = models.OneToOneField(Engagement, on_delete=models.PROTECT, related_name="plan")
    estimate = models.ForeignKey(Estimate, on_delete=models.PROTECT, related_name="plans")
    begins_on = models.DateField(_("no work before"))
    priority = models.PositiveSmallIntegerField(
        _("priority"), default=1
    )  # lower goes first where people are short
    fixed_cost = models.DecimalField(_("cost besides hours"), max_digits=12, decimal_places=2, default=0)
    revision = models.PositiveIntegerField(default=0)  # counts changes: a stale page is refused
    scheduled = models.PositiveIntegerField(default=0)  # the revision that the activities' dates belong to

    def __str__(self) -> str:
        return f"Plan of {self.engagement}"


class Activity(Recorded):
    PART_OF = "plan"

    class Kind(models.TextChoices):
        EFFORT = "effort", _("work")  # three points in hours
        DURATION = "duration", _("waiting time")  # three points in working days
        MILESTONE = "milestone", _("milestone")

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="activities")
    code = models.CharField(max_length=12)
    position = models.PositiveIntegerField()
    name = models.CharField(_("activity"), max_length=200)
    package = models.ForeignKey(
        WorkPackage, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.EFFORT)
    low = models.DecimalField(_("low"), max_digits=9, decimal_places=2, default=0)
    likely = models.DecimalField(_("likely"), max_digits=9, decimal_places=2, default=0)
    high = models.DecimalField(_("high"), max_digits=9, decimal_places=2, default=0)
    not_before = models.DateField(_("not before"), null=True, blank=True)
    done = models.DecimalField(_("share complete"), max_digits=4, decimal_places=3, default=0)
    # From the last schedule and promise check of this plan:
    planned_start = models.DateField(null=True)
    planned_finish = models.DateField(null=True)
    # Shares of its first and last day that it takes: who ends at noon can begin the next thing on that day.
    first_share = models.FloatField(default=1)
    last_share = models.FloatField(default=1)
    finish_p80 = models.DateField(null=True)
    criticality = models.FloatField(null=True)

    class Meta:
        ordering = ("position",)
        verbose_name_plural = "activities"
        # Who is booked in some weeks is asked of the plans of all engagements.
        indexes: ClassVar = [
            models.Index(
                fields=["planned_finish", "planned_start"],
                condition=models.Q(done__lt=1),
                name="work_ahead",
            )
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["plan", "code"], name="an_activity_has_its_own_code"),
            models.CheckConstraint(
                condition=models.Q(low__gte=0, likely__gte=models.F("low"), high__gte=models.F("likely")),
                name="three_points_of_an_activity_rise",
            ),
            models.CheckConstraint(
                condition=models.Q(done__gte=0, done__lte=1), name="a_share_complete_is_between_0_and_1"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Link(Recorded):
    PART_OF = "source"

    class Kind(models.TextChoices):
        FS = "FS", _("finish to start")
        SS = "SS", _("start to start")
        FF = "FF", _("finish to finish")
        SF = "SF", _("start to finish")

    source = models.ForeignKey(
        Activity, models.CASCADE, related_name="outgoing", verbose_name=_("comes first")
    )
    target = models.ForeignKey(
        Activity, models.CASCADE, related_name="incoming", verbose_name=_("waits for it")
    )
    kind = models.CharField(_("link"), max_length=2, choices=Kind, default=Kind.FS)
    lag = models.DecimalField(_("lag in working days"), max_digits=6, decimal_places=2, default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["source", "target", "kind"], name="two_activities_are_linked_once_a_kind"
            ),
            models.CheckConstraint(
                condition=~models.Q(source=models.F("target")), name="an_activity_is_not_linked_to_itself"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.kind} {self.target}"


class Assignment(Recorded):
    """Who does an activity: people of a role, or one member. The booking that follows is soft until the contract is signed."""

    activity = models.ForeignKey(Activity, on_delete=models.CASCADE, related_name="assignments")
    role = models.ForeignKey(Role, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    member = models.ForeignKey(
        Member, on_delete=models.PROTECT, null=True, blank=True, related_name="assignments"
    )
    units = models.DecimalField(_("people at once"), max_digits=4, decimal_places=1, default=1)

    class Meta:
        ordering = ("id",)
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(role__isnull=False, member__isnull=True)
                | models.Q(role__isnull=True, member__isnull=False),
                name="an_assignment_is_of_a_role_or_a_member",
            ),
            models.CheckConstraint(condition=models.Q(units__gt=0), name="an_assignment_takes_somebody"),
        ]

    def __str__(self) -> str:
        return f"{self.activity}: {self.role or self.member}"


class Target(Recorded):
    """Which activity a promised time is about; without a row it is about the end of the whole engagement."""

    expectation = models.OneToOneField(Expectation, on_delete=models.CASCADE, related_name="target")
    activity = models.ForeignKey(Activity, on_delete=models.CASCADE, related_name="targets")

    def __str__(self) -> str:
        return f"{self.expectation}: {self.activity}"


class Scenario(Recorded):
    """A what-if: changes that are tried on a copy, and change the plan only when they are adopted."""

    PART_OF = "engagement"
    engagement = models.ForeignKey(Engagement, on_delete=models.CASCADE, related_name="scenarios")
    name = models.CharField(_("name"), max_length=120)
    changes = models.JSONField()  # a list of changes, see planning.scenarios
    price = models.DecimalField(max_digits=14, decimal_places=2, default=0)  # what it costs or saves
    made_by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    adopted_by = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    adopted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return self.name


class PromiseCheck(Recorded):
    """One simulation: its inputs as an engagement file, and what came out."""

    SECRET_FIELDS = (
        "inputs",
        "result",
        "progress",
    )  # no secrets, but too large to be told to the audit again

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")

    engagement = models.ForeignKey(Engagement, on_delete=models.CASCADE, related_name="checks")
    scenario = models.ForeignKey(
        Scenario, on_delete=models.CASCADE, null=True, blank=True, related_name="checks"
    )
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    progress = models.FloatField(default=0)  # 0 to 1
    asked_by = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    digest = models.CharField(max_length=64, blank=True)  # SHA-256 of the canonical inputs
    inputs = models.JSONField(null=True)  # the engagement file, and the names of what is in it
    result = models.JSONField(null=True)
    problem = models.TextField(blank=True)  # why it failed, in words for a person
    stale = models.BooleanField(default=False)
    stale_because = models.CharField(max_length=200, blank=True)  # the first change since
    departs = models.CharField(max_length=500, blank=True)  # how its plan took less than was approved
    only_words = models.BooleanField(
        default=False
    )  # stale because something was said; what was computed holds

    asked_now = False  # made by this very call, and not given to a job yet

    class Meta:
        ordering = ("-id",)
        indexes: ClassVar = [models.Index(fields=["engagement", "-id"], name="checks_of_an_engagement")]

    def __str__(self) -> str:
        return f"Promise check of {self.engagement}"

    def note_progress(self, share: float) -> None:
        """How far the job is. It is nobody's decision, so it goes past the door and its audit."""
        self.state, self.progress = self.State.RUNNING, share
        models.Model.save(self, update_fields=["state", "progress"])
