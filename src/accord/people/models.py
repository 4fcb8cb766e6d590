"""The firm and its members: what they may do, what they can do, when they work, and what their hours cost."""

from __future__ import annotations

from functools import cached_property
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.translation import gettext_lazy as _

from accord.actions.models import Recorded


class AccessRole(models.TextChoices):
    ADMINISTRATOR = "administrator", _("administrator")
    EXECUTIVE = "executive", _("executive")
    RELATIONSHIP_MANAGER = "relationship_manager", _("relationship manager")
    SELLER = "seller", _("seller")
    PROJECT_MANAGER = "project_manager", _("project manager")
    DELIVERY_LEAD = "delivery_lead", _("delivery lead")
    ESTIMATOR = "estimator", _("estimator")
    MEMBER = "member", _("member")
    QUALITY_MANAGER = "quality_manager", _("quality manager")
    SUPPORT = "support", _("support")
    FINANCE = "finance", _("finance")
    LEGAL = "legal", _("legal")
    AUDITOR = "auditor", _("read-only auditor")


WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
WORKDAYS = "mon tue wed thu fri"


class Firm(Recorded):
    """The organisation that runs Accord: one row, made together with its first administrator."""

    ONLY = 1  # the primary key of the one row

    name = models.CharField(_("name"), max_length=120)
    currency = models.CharField(_("currency"), max_length=3, default="EUR")
    country = models.CharField(_("country"), max_length=2, default="DE")  # ISO 3166-1
    subdivision = models.CharField(_("state or province"), max_length=40, blank=True)  # as `places` names it
    hours_per_day = models.DecimalField(_("hours per day"), max_digits=4, decimal_places=2, default=8)
    workdays = models.CharField(_("working days"), max_length=30, default=WORKDAYS)
    address = models.CharField(_("address"), max_length=300, blank=True)  # as on letters, in lines
    register = models.CharField(_("register and tax numbers"), max_length=300, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(pk=1), name="there_is_one_firm"),
            models.CheckConstraint(
                condition=models.Q(hours_per_day__gt=0, hours_per_day__lte=24),
                name="a_firm_works_some_hours_a_day",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def days(self) -> tuple[str, ...]:
        return tuple(self.workdays.split())


class Logo(Recorded):
    """What stands at the head of the firm's letters; beside the firm, which every page reads."""

    SECRET_FIELDS = ("data",)  # no secret, but nothing to read in the audit

    firm = models.OneToOneField(Firm, on_delete=models.CASCADE, related_name="logo")
    kind = models.CharField(max_length=3, choices=[("png", "PNG"), ("svg", "SVG")])
    data = models.TextField()  # base64
    digest = models.CharField(max_length=64)  # SHA-256: the audit tells that it is another one

    def __str__(self) -> str:
        return f"{self.firm}, {self.kind}"

    @property
    def address(self) -> str:
        """As a page shows it, without asking for it."""
        kind = "svg+xml" if self.kind == "svg" else "png"
        return f"data:image/{kind};base64,{self.data}"


class Role(Recorded):
    """What somebody does in delivery: analyst, developer. Estimates and plans ask for roles. Access is another matter."""

    name = models.CharField(_("role"), max_length=60, unique=True)

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class Skill(Recorded):
    name = models.CharField(_("skill"), max_length=60, unique=True)

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class MemberManager(BaseUserManager["Member"]):
    def get_by_natural_key(self, email: str | None) -> Member:
        return self.get(email__iexact=email)


class Member(AbstractBaseUser, Recorded):
    """One person of the firm, who may sign in while active."""

    SECRET_FIELDS = ("password", "last_login")  # neither told to the audit nor written through the door
    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    email = models.EmailField(
        _("mail address"),
        unique=True,
        error_messages={"unique": _("Somebody has this address already.")},
    )
    name = models.CharField(_("name"), max_length=120)
    title = models.CharField(_("title"), max_length=120, blank=True)
    role = models.ForeignKey(Role, on_delete=models.PROTECT, null=True, blank=True, related_name="members")
    hours_per_day = models.DecimalField(_("hours per day"), max_digits=4, decimal_places=2, default=8)
    workdays = models.CharField(_("working days"), max_length=30, default=WORKDAYS)
    country = models.CharField(_("country"), max_length=2, blank=True)  # empty: the firm's place
    subdivision = models.CharField(_("state or province"), max_length=40, blank=True)
    is_active = models.BooleanField(default=True)

    objects: ClassVar[MemberManager] = MemberManager()  # type: ignore[assignment]

    class Meta:
        ordering = ("name",)
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(hours_per_day__gt=0, hours_per_day__lte=24),
                name="a_member_works_some_hours_a_day",
            )
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        # Signing in and changing one's own password belong to the accounts library, not to the door.
        if kwargs.get("update_fields") and set(kwargs["update_fields"]) <= set(self.SECRET_FIELDS):
            models.Model.save(self, *args, **kwargs)
        else:
            super().save(*args, **kwargs)

    @property
    def initials(self) -> str:
        words = self.name.split()
        return "".join(word[0] for word in (words[0], *words[1:][-1:])).upper() if words else "?"

    @property
    def days(self) -> tuple[str, ...]:
        return tuple(self.workdays.split())

    @cached_property
    def access_roles(self) -> frozenset[str]:
        return frozenset(given.role for given in self.given_roles.all())

    @property
    def may_write(self) -> bool:
        """Whether any of the access roles is more than that of a reader."""
        return bool(self.access_roles - {AccessRole.AUDITOR})

    def has_any(self, *roles: AccessRole) -> bool:
        return not self.access_roles.isdisjoint(roles)


class GivenRole(Recorded):
    """A member holds an access role; a person may hold several."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="given_roles")
    role = models.CharField(max_length=30, choices=AccessRole)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["member", "role"], name="a_member_holds_a_role_once"),
            models.CheckConstraint(
                condition=models.Q(role__in=AccessRole.values), name="a_given_role_is_a_known_role"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member}: {self.get_role_display()}"


class MemberSkill(Recorded):
    """How well a member can do something: 1 begins, 3 works alone, 5 teaches others."""

    LEVELS = range(1, 6)

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="skills")
    skill = models.ForeignKey(Skill, on_delete=models.PROTECT, related_name="holders")
    level = models.PositiveSmallIntegerField(_("level"))

    class Meta:
        ordering = ("-level", "skill__name")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["member", "skill"], name="a_member_has_a_skill_once"),
            models.CheckConstraint(
                condition=models.Q(level__gte=1, level__lte=5), name="a_skill_level_is_1_to_5"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.skill} {self.level}"


class Absence(Recorded):
    """Days on which a member does not work, both ends inclusive. Public holidays come from the place, not from here."""

    class Kind(models.TextChoices):
        VACATION = "vacation", _("vacation")
        SICKNESS = "sickness", _("sickness")
        TRAINING = "training", _("training")
        PARENTAL = "parental", _("parental leave")
        OTHER = "other", _("other")

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="absences")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.VACATION)
    first = models.DateField(_("first day"))
    last = models.DateField(_("last day"))

    class Meta:
        ordering = ("first",)
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(last__gte=models.F("first")), name="an_absence_ends_after_it_begins"
            )
        ]

    def __str__(self) -> str:
        return f"{self.member}: {self.first} to {self.last}"

    @property
    def is_one_day(self) -> bool:
        return self.first == self.last


class Rate(Recorded):
    """What an hour costs the firm and what the client is billed, from a day on: of a role, or of one member (who goes first)."""

    role = models.ForeignKey(Role, on_delete=models.CASCADE, null=True, blank=True, related_name="rates")
    member = models.ForeignKey(Member, on_delete=models.CASCADE, null=True, blank=True, related_name="rates")
    valid_from = models.DateField(_("valid from"))
    cost = models.DecimalField(_("cost per hour"), max_digits=8, decimal_places=2)
    bill = models.DecimalField(_("billed per hour"), max_digits=8, decimal_places=2)

    class Meta:
        ordering = ("-valid_from",)
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(role__isnull=False, member__isnull=True)
                | models.Q(role__isnull=True, member__isnull=False),
                name="a_rate_is_of_a_role_or_a_member",
            ),
            models.CheckConstraint(
                condition=models.Q(cost__gte=0, bill__gte=0), name="a_rate_is_not_negative"
            ),
            models.UniqueConstraint(
                fields=["role", "valid_from"],
                condition=models.Q(role__isnull=False),
                name="a_role_has_one_rate_from_a_day",
            ),
            models.UniqueConstraint(
                fields=["member", "valid_from"],
                condition=models.Q(member__isnull=False),
                name="a_member_has_one_rate_from_a_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role or self.member} from {self.valid_from}"


class Team(Recorded):
    name = models.CharField(_("name"), max_length=80, unique=True)
    lead = models.ForeignKey(
        Member, on_delete=models.PROTECT, null=True, blank=True, related_name="led_teams"
    )

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class TeamPlace(Recorded):
    """A member belongs to a team."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="places")
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="team_places")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["team", "member"], name="a_member_is_in_a_team_once")
        ]

    def __str__(self) -> str:
        return f"{self.member} in {self.team}"


class Invitation(Recorded):
    """A link that was mailed to a member, by which they choose their password. The newest one counts; it works once."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="invitations")
    invited_by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    mailed_at = models.DateTimeField(null=True)
    mail_problem = models.CharField(max_length=300, blank=True)  # of the last try; empty once the mail is out
    used_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.member}, {self.made_at:%Y-%m-%d}"
