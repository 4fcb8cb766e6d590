"""Short builders of what belongs to members: delivery roles, skills, absences, rates, teams, invitations."""

from __future__ import annotations

import datetime as dt
import itertools
from decimal import Decimal

from accord.people.actions import (
    FirmProfile,
    MemberProfile,
    add_role,
    add_skill,
    change_member,
    make_team,
    record_absence,
    set_rate,
    set_up_firm,
)
from accord.people.invitations import invite_member
from accord.people.models import Absence, Firm, Invitation, Member, Rate, Role, Skill, Team
from tests import firm as builders

_number = itertools.count(1)
SITE = "http://testserver/"


def a_role(name: str = "") -> Role:
    return add_role(builders.administrator(), name or f"Role {next(_number)}")


def a_skill(name: str = "") -> Skill:
    return add_skill(builders.administrator(), name or f"Skill {next(_number)}")


def a_team(lead: Member | None = None, name: str = "") -> Team:
    return make_team(builders.administrator(), name or f"Team {next(_number)}", lead)


def away(member: Member, first: str, last: str, kind: str = Absence.Kind.VACATION) -> Absence:
    """Absent from one day to another, as 2026-06-01."""
    return record_absence(
        builders.administrator(), member, dt.date.fromisoformat(first), dt.date.fromisoformat(last), kind
    )


def a_rate(of: Role | Member, valid_from: str, cost: int, bill: int) -> Rate:
    day = dt.date.fromisoformat(valid_from)
    return set_rate(builders.administrator(), of, day, Decimal(cost), Decimal(bill))


def the_firm_in(country: str = "DE", subdivision: str = "", workdays: str = "mon tue wed thu fri") -> Firm:
    profile = FirmProfile("Firm", country=country, subdivision=subdivision, workdays=workdays.split())
    return set_up_firm(builders.administrator(), profile)


def works(
    member: Member, workdays: str = "mon tue wed thu fri", hours: str = "8", country: str = "", part: str = ""
) -> Member:
    """Let a member work these days and hours at that place."""
    profile = MemberProfile(
        name=member.name,
        email=member.email,
        role=member.role,
        workdays=workdays.split(),
        hours_per_day=Decimal(hours),
        country=country,
        subdivision=part,
    )
    return change_member(builders.administrator(), member, profile)


def works_as(member: Member, role: Role) -> Member:
    return change_member(
        builders.administrator(), member, MemberProfile(name=member.name, email=member.email, role=role)
    )


def an_invitation(member: Member | None = None) -> Invitation:
    return invite_member(builders.administrator(), member or builders.member(), SITE)
