"""Reads about who is told what by mail."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from accord.notices import rules
from accord.notices.models import MailChoice, Notice, Post
from accord.people.models import Firm, Member
from accord.people.places import time_zone_of
from accord.people.queries import hours_by_day, place_of, the_firm


def choice_of(member: Member, firm: Firm | None = None) -> MailChoice:
    """What the member chose, or else the usual: a digest each working day, where they work."""
    try:
        return member.mail_choice
    except MailChoice.DoesNotExist:
        country, _ = place_of(member, firm or the_firm())
        return MailChoice(member=member, time_zone=time_zone_of(country))


@dataclass(frozen=True, slots=True)
class Desk:
    """A member with what was noted of their desk, and the days on which they work."""

    member: Member
    choice: MailChoice
    working: frozenset[dt.date]
    notices: list[Notice] = field(default_factory=list)

    def to_tell(self, now: dt.datetime) -> list[Notice]:
        """What is to be told now; with a digest goes all that is new."""
        up_to = rules.told_up_to(self.choice, self.working.__contains__, now)
        untold = [notice for notice in self.notices if notice.told_at is None]
        if up_to is None:
            return []
        due = [notice for notice in untold if notice.first_seen <= up_to]
        return untold if due and self.choice.when != MailChoice.When.AT_ONCE else due

    def to_remind(self, now: dt.datetime) -> list[Notice]:
        """What was told, and is told once more now."""
        hour = rules.last_hour(self.choice, self.working.__contains__, now)
        return [
            notice
            for notice in self.notices
            if notice.told_at is not None
            and notice.reminded_at is None
            and rules.is_to_be_reminded(self.choice, notice.until, notice.told_at, hour)
        ]


def desks(members: QuerySet[Member], now: dt.datetime) -> list[Desk]:
    """Of everybody who can be told by mail; seven queries, however many they are."""
    told = members.filter(is_active=True).exclude(email="").select_related("mail_choice")
    people = list(told.prefetch_related("given_roles"))
    firm, working = the_firm(), _working(people, now)
    notices: dict[int, list[Notice]] = defaultdict(list)
    for notice in Notice.objects.filter(gone_at=None, member__in=[m.pk for m in people]).order_by("id"):
        notices[notice.member_id].append(notice)
    return [Desk(m, choice_of(m, firm), working[m.pk], notices[m.pk]) for m in people]


def _working(people: Iterable[Member], now: dt.datetime) -> dict[int, frozenset[dt.date]]:
    """The working days of each member from some weeks ago until tomorrow: somewhere it is tomorrow already."""
    first = now.date() - dt.timedelta(days=rules.LOOKS_BACK + 1)
    hours = hours_by_day(people, first, now.date() + dt.timedelta(days=1))
    return {
        pk: frozenset(first + dt.timedelta(days=k) for k, of_day in enumerate(own) if of_day > 0)
        for pk, own in hours.items()
    }


def undelivered() -> QuerySet[Post]:
    """To whom mail could not be sent at the last try, and how much waits to be told to them."""
    waits = Notice.objects.filter(member=OuterRef("member"), gone_at=None, told_at=None)
    counted = waits.order_by().values("member").annotate(n=Count("pk")).values("n")
    failing = Post.objects.filter(~Q(problem=""), member__is_active=True).select_related("member")
    return failing.annotate(waiting=Coalesce(Subquery(counted), 0)).order_by("failing_since", "pk")
