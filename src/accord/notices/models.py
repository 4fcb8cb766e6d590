"""What was told by mail to whom, and how each member wants to be told.

Only the choice is people's data. The rest is what the machine notes about its own mails: it goes past the door, by
conditional updates on which two workers cannot both succeed.
"""

from __future__ import annotations

from typing import ClassVar
from zoneinfo import ZoneInfo

from django.db import models
from django.utils.translation import gettext_lazy as _

from accord.actions.models import Recorded
from accord.people.models import WEEK, Member


class MailChoice(Recorded):
    """How a member is told by mail what waits; who never chose has none, and is told the usual way."""

    class When(models.TextChoices):
        AT_ONCE = "at_once", _("at once")
        DAILY = "daily", _("once a day")
        WEEKLY = "weekly", _("once a week")
        NEVER = "never", _("not at all")

    HOUR = 8  # when work begins, if nobody says otherwise

    member = models.OneToOneField(Member, on_delete=models.CASCADE, related_name="mail_choice")
    when = models.CharField(_("when"), max_length=10, choices=When, default=When.DAILY)
    hour = models.PositiveSmallIntegerField(_("hour"), default=HOUR)
    weekday = models.CharField(_("day of the week"), max_length=3, default=WEEK[0])
    time_zone = models.CharField(_("time zone"), max_length=60)
    chosen_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(hour__lte=23), name="a_day_has_hours_0_to_23"),
            models.CheckConstraint(
                condition=models.Q(weekday__in=WEEK), name="a_digest_comes_on_a_day_of_the_week"
            ),
            models.CheckConstraint(
                condition=models.Q(when__in=["at_once", "daily", "weekly", "never"]),
                name="a_member_is_told_in_a_known_way",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member}: {self.get_when_display()}"

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)


class Notice(models.Model):
    """Something waits for a member: seen first, told, gone. When it comes back after it was gone, it is another notice."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="notices")
    key = models.TextField()  # of the desk's line
    until = models.DateField(null=True)
    first_seen = models.DateTimeField()
    told_at = models.DateTimeField(null=True)
    reminded_at = models.DateTimeField(null=True)  # of this `until`
    gone_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["member", "key"],
                condition=models.Q(gone_at=None),
                name="what_waits_is_noted_once",
            ),
            models.CheckConstraint(
                condition=models.Q(reminded_at=None) | models.Q(told_at__isnull=False),
                name="who_is_reminded_was_told",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["member"], condition=models.Q(gone_at=None), name="what_waits_now")
        ]

    def __str__(self) -> str:
        return f"{self.member}: {self.key}"


class Post(models.Model):
    """How mail to one member goes: who is sending it now, and what went wrong at the last try."""

    member = models.OneToOneField(Member, on_delete=models.CASCADE, related_name="post")
    taken_until = models.DateTimeField(null=True)  # by the worker that is sending; then anybody may again
    tries = models.PositiveIntegerField(default=0)  # in vain, since the last that went out
    not_before = models.DateTimeField(null=True)
    problem = models.CharField(max_length=300, blank=True)  # of the last try; empty once the mail is out
    failing_since = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.member}: {self.problem or 'no problem'}"


class Rounds(models.Model):
    """The one chain of rounds: only the job that knows the newest beat goes on, whatever else lies in the queue."""

    ONLY = 1

    beat = models.PositiveBigIntegerField(default=0)
    next_at = models.DateTimeField(null=True)
    something_done = models.BooleanField(default=True)  # since desks were looked at
    looked_at = models.DateTimeField(null=True)
    rests_until = models.DateTimeField(null=True)  # looking at the desks of a large firm is work

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(pk=1), name="there_is_one_chain_of_rounds")
        ]

    def __str__(self) -> str:
        return f"beat {self.beat}"
