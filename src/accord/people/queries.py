"""Who is there, what they can do, when they work and what their hours cost. Constant numbers of queries."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import numpy as np
from django.db import models
from django.db.models import Count, OuterRef, Prefetch, Q, QuerySet, Subquery
from numpy.typing import NDArray

from accord.actions.models import AuditChange
from accord.people.calendars import Span, days_between, merged, weekday
from accord.people.models import (
    WEEK,
    Absence,
    AccessRole,
    Firm,
    Invitation,
    Member,
    MemberSkill,
    Rate,
    Role,
    Skill,
    Team,
    TeamPlace,
)
from accord.people.places import public_holidays

Hours = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Filter:
    """What the list of members was asked for; empty: all who are active."""

    search: str = ""
    role: int | None = None
    team: int | None = None
    skill: int | None = None
    level: int = 1  # of the skill, at least
    left: bool = False


@dataclass(frozen=True, slots=True)
class Hourly:
    """What an hour costs the firm and what the client is billed."""

    cost: Decimal
    bill: Decimal


@dataclass(frozen=True, slots=True)
class Rates:
    """The rates that hold on one day: a member's own goes before that of their role."""

    members: Mapping[int, Hourly] = field(default_factory=dict)
    roles: Mapping[int, Hourly] = field(default_factory=dict)

    def of_member(self, member: Member) -> Hourly | None:
        return self.members.get(member.pk) or self.of_role(member.role_id)

    def of_role(self, role: Role | int | None) -> Hourly | None:
        pk = role.pk if isinstance(role, Role) else role
        return self.roles.get(pk) if pk is not None else None


def the_firm() -> Firm:
    """The firm's settings; before they were set up, the usual ones."""
    return Firm.objects.first() or Firm(pk=Firm.ONLY, name="Our firm")


def members() -> QuerySet[Member]:
    """Active members by name, with their roles."""
    return Member.objects.filter(is_active=True).select_related("role").prefetch_related("given_roles")


def member_list(asked: Filter) -> QuerySet[Member]:
    """Members with role, teams, skills, access roles, and their newest invitation as `invited_at` and `mailed_at`."""
    found = with_invitation(Member.objects.filter(is_active=not asked.left))
    if asked.search:
        found = found.filter(
            Q(name__icontains=asked.search)
            | Q(title__icontains=asked.search)
            | Q(email__icontains=asked.search)
        )
    if asked.role:
        found = found.filter(role=asked.role)
    if asked.team:
        found = found.filter(pk__in=TeamPlace.objects.filter(team=asked.team).values("member"))
    if asked.skill:
        able = MemberSkill.objects.filter(skill=asked.skill, level__gte=asked.level)
        found = found.filter(pk__in=able.values("member"))
    return found.select_related("role").prefetch_related(
        "given_roles",
        Prefetch("skills", MemberSkill.objects.select_related("skill")),
        Prefetch("team_places", TeamPlace.objects.select_related("team")),
    )


def with_invitation(found: QuerySet[Member]) -> QuerySet[Member]:
    newest = Invitation.objects.filter(member=OuterRef("pk")).order_by("-pk")
    return found.annotate(
        invited_at=Subquery(newest.values("made_at")[:1]),
        mailed_at=Subquery(newest.values("mailed_at")[:1]),
        invitation_ends=Subquery(newest.values("expires_at")[:1]),
        mail_problem=Subquery(newest.values("mail_problem")[:1]),
    )


def away_of(members: Iterable[Member], first: dt.date, last: dt.date) -> dict[int, list[Span]]:
    """The firm's working days on which a member does not work, as spans with both ends inclusive, by the member's key.

    Absences, public holidays of the member's place, and days of the week that the firm works and the member does not;
    all days for somebody who has left. Days that follow each other are one span.
    """
    away = _Away(members, first, last)
    working = [(k, d) for k, d in enumerate(days_between(first, last)) if weekday(d) in away.firm.days]
    hours = _hours(away, first, last)
    return {pk: merged(day for k, day in working if not own[k]) for pk, own in hours.items()}


def capacity_by_day(
    members: Iterable[Member], first: dt.date, last: dt.date
) -> dict[int, dict[dt.date, float]]:
    """The hours that each member works on each day of the span (0.0 on days off), by the member's key."""
    days = list(days_between(first, last))
    found = hours_by_day(members, first, last)
    return {pk: dict(zip(days, hours.tolist(), strict=True)) for pk, hours in found.items()}


def hours_by_day(members: Iterable[Member], first: dt.date, last: dt.date) -> dict[int, Hours]:
    """The same as rows of numbers, one for each day from the first on: for many people over years."""
    return _hours(_Away(members, first, last), first, last)


def _hours(away: _Away, first: dt.date, last: dt.date) -> dict[int, Hours]:
    count = (last - first).days + 1
    weekdays = np.array([(first.weekday() + k) % 7 for k in range(7)])
    found: dict[int, Hours] = {}
    open_at = {place: _open(count, first, days) for place, days in away.holidays.items()}
    for member in away.members:
        own = np.array([WEEK[k] in member.days for k in weekdays]) * float(member.hours_per_day)
        hours = np.resize(own, count) * open_at[place_of(member, away.firm)] * member.is_active
        for begin, end in away.absences[member.pk]:
            hours[(begin - first).days : (end - first).days + 1] = 0.0
        found[member.pk] = hours
    return found


def _open(count: int, first: dt.date, closed: Iterable[dt.date]) -> Hours:
    """1 for each day, 0 for those that are closed."""
    found = np.ones(count)
    found[[(day - first).days for day in closed]] = 0.0
    return found


class _Away:
    """On which days of a span members do not work; two queries for all of them together."""

    def __init__(self, members: Iterable[Member], first: dt.date, last: dt.date) -> None:
        self.members = list(members)
        self.firm = the_firm()
        self.absences: dict[int, list[Span]] = defaultdict(list)
        rows = Absence.objects.filter(member__in=self.members, first__lte=last, last__gte=first)
        for absence in rows:
            span = max(first, absence.first), min(last, absence.last)
            self.absences[absence.member_id].append(span)
        places = {place_of(member, self.firm) for member in self.members}
        self.holidays = {place: public_holidays(*place, first, last) for place in places}


def place_of(member: Member, firm: Firm) -> tuple[str, str]:
    """Country and subdivision of where a member works: the firm's, unless they have a place of their own."""
    return (member.country, member.subdivision) if member.country else (firm.country, firm.subdivision)


def holidays_ahead(member: Member, firm: Firm, today: dt.date, days: int = 365) -> dict[dt.date, str]:
    """The public holidays ahead that fall on a working day of the member."""
    found = public_holidays(*place_of(member, firm), today, today + dt.timedelta(days))
    return {day: name for day, name in found.items() if weekday(day) in member.days}


def rates_at(day: dt.date) -> Rates:
    """The rates of all members and roles that hold on a day; one query."""
    of_members: dict[int, Hourly] = {}
    of_roles: dict[int, Hourly] = {}
    for rate in Rate.objects.filter(valid_from__lte=day).order_by("valid_from"):
        hourly = Hourly(rate.cost, rate.bill)
        if rate.member_id is not None:
            of_members[rate.member_id] = hourly
        else:
            of_roles[rate.role_id] = hourly
    return Rates(of_members, of_roles)


def rate_history(member: Member) -> list[Rate]:
    """The rates of a member and of their role, newest first."""
    return list(Rate.objects.filter(Q(member=member) | Q(role=member.role_id, role__isnull=False)))


def rate_now(member: Member, rates: Iterable[Rate], today: dt.date) -> Rate | None:
    """Which of a member's rates (from `rate_history`) holds today."""
    begun = [rate for rate in rates if rate.valid_from <= today]
    own = [rate for rate in begun if rate.member_id == member.pk]
    return next(iter(own or begun), None)


@dataclass(frozen=True, slots=True)
class RoleLine:
    role: Role
    rates: list[Rate]  # newest first
    now: Rate | None
    members: int


def roles(today: dt.date) -> Iterator[RoleLine]:
    """Roles with their rates and how many active members have them."""
    counted = Role.objects.annotate(count=Count("members", filter=Q(members__is_active=True)))
    for role in counted.prefetch_related("rates"):
        rates = list(role.rates.all())
        now = next((rate for rate in rates if rate.valid_from <= today), None)
        yield RoleLine(role, rates, now, role.count)


def skills() -> QuerySet[Skill]:
    """Skills with how many active members have them (`count`), and how many of these at level 3 or more (`able`)."""
    active = Q(holders__member__is_active=True)
    return Skill.objects.annotate(
        count=Count("holders", filter=active), able=Count("holders", filter=active & Q(holders__level__gte=3))
    )


def teams() -> QuerySet[Team]:
    places = TeamPlace.objects.filter(member__is_active=True).select_related("member__role")
    return Team.objects.select_related("lead").prefetch_related(
        Prefetch("places", places.order_by("member__name"))
    )


@dataclass(frozen=True, slots=True)
class Told:
    """One line of the history of a member's record."""

    change: AuditChange
    what: str  # the role, skill or team that it was about; empty for the profile


# Absences and rates are left out: not everybody may read them.
_TIED = ("people.givenrole", "people.memberskill", "people.teamplace")


def history_of_member(member: Member, lines: int) -> list[Told]:
    """What was changed about a member: profile, access roles, skills, teams; newest first, with who did it."""
    mine = str(member.pk)
    own = Q(model="people.member", object_id=mine)
    tied = Q(after__member_id=mine) | Q(before__member_id=mine)
    found = AuditChange.objects.filter(own | Q(tied, model__in=_TIED)).select_related("entry__actor")
    changes = list(found[:lines])
    skills = Skill.objects.in_bulk([pk for c in changes if (pk := _of(c, "skill_id"))])
    teams = Team.objects.in_bulk([pk for c in changes if (pk := _of(c, "team_id"))])
    return [Told(change, _what(change, skills, teams)) for change in changes]


def _of(change: AuditChange, name: str) -> Any:
    return change.after.get(name) or change.before.get(name)


def _what(change: AuditChange, skills: Mapping[int, Skill], teams: Mapping[int, Team]) -> str:
    if change.model == "people.givenrole":
        return str(AccessRole(_of(change, "role")).label)
    if change.model == "people.memberskill":
        level = change.after.get("level", "")
        return f"{skills.get(int(_of(change, 'skill_id') or 0), '')} {level}".strip()
    if change.model == "people.teamplace":
        return str(teams.get(int(_of(change, "team_id")), ""))
    return ""


def absences_ahead(member: Member, today: dt.date) -> models.QuerySet[Absence]:
    return member.absences.filter(last__gte=today)
