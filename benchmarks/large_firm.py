"""A firm of 2,000 running engagements with 200,000 activities over five years, written past the door: only for measuring pages."""

from __future__ import annotations

import datetime as dt
import itertools
import random
from collections.abc import Iterable
from decimal import Decimal
from typing import TypeVar

from django.db.models import Model, QuerySet
from django.utils import timezone

from accord.engagements.models import Belief, Engagement, Expectation, Part, Stage, TakenPart
from accord.estimating.models import Effort, Estimate, State, WorkPackage
from accord.people.models import AccessRole, GivenRole, Member, Rate, Role
from accord.planning.models import Activity, Assignment, Link, Plan
from accord.relationships.models import Client, Contact, Interaction, Relationship

M = TypeVar("M", bound=Model)

ENGAGEMENTS, ACTIVITIES, MEMBERS, CLIENTS = 2_000, 100, 200, 200
_TODAY = dt.date.today()
_STAGES = [*Stage, Stage.DELIVERY, Stage.DELIVERY]


def make() -> Member:
    """Fill an empty database; returns an executive who sees everything."""
    chance = random.Random(7)
    roles = _keep(Role(name=f"Role {k}") for k in range(8))
    _keep(Rate(role=r, valid_from=dt.date(2020, 1, 1), cost=60, bill=110) for r in roles)
    members = _keep(
        Member(name=f"Member {k}", email=f"m{k}@large.example", role=roles[k % 8]) for k in range(MEMBERS)
    )
    _keep(GivenRole(member=m, role=AccessRole.MEMBER) for m in members)
    _keep(GivenRole(member=members[0], role=r) for r in AccessRole if r != AccessRole.MEMBER)
    bonds = _relationships(members)
    engagements = _keep(_engagement(k, bonds[k % CLIENTS], chance) for k in range(ENGAGEMENTS))
    _keep(
        TakenPart(engagement=e, member=members[(k + p) % MEMBERS], part=part)
        for k, e in enumerate(engagements)
        for p, part in enumerate((Part.SELLER, Part.PROJECT_MANAGER, Part.ESTIMATOR))
    )
    _said(engagements, members)
    _planned(engagements, members, roles, chance)
    return members[0]


def _keep(rows: Iterable[M]) -> list[M]:
    made = list(rows)
    return list(QuerySet(type(made[0])).bulk_create(made, batch_size=2_000))


def _relationships(members: list[Member]) -> list[Relationship]:
    clients = _keep(Client(name=f"Client {k}") for k in range(CLIENTS))
    _keep(Contact(client=c, name=f"Contact {k}") for c in clients for k in range(4))
    bonds = _keep(Relationship(client=c, owner=members[k % MEMBERS]) for k, c in enumerate(clients))
    _keep(
        Interaction(relationship=b, kind="call", on=_TODAY - dt.timedelta(k), by=members[k], text="Talked.")
        for b in bonds
        for k in range(40)
    )
    return bonds


def _engagement(k: int, bond: Relationship, chance: random.Random) -> Engagement:
    return Engagement(
        relationship=bond,
        title=f"Engagement {k}",
        stage=chance.choice(_STAGES),
        stage_since=_TODAY,
        begun_on=_TODAY + dt.timedelta(chance.randrange(-1400, 400)),  # all at once would be no firm
        value=Decimal(chance.randrange(10, 500) * 1_000),
        next_step="Call them",
        next_step_on=_TODAY + dt.timedelta(chance.randrange(-5, 30)),
    )


def _said(engagements: list[Engagement], members: list[Member]) -> None:
    said = _keep(
        Expectation(
            engagement=e,
            kind=kind,
            subject="Go-live",
            date=_TODAY + dt.timedelta(90) if kind == "time" else None,
            amount=100_000 if kind == "cost" else None,
            member=members[0],
            recorded_by=members[0],
            said_on=_TODAY,
        )
        for e in engagements
        for kind in ("time", "cost", "scope", "quality")
    )
    _keep(
        Belief(
            expectation=e, probability=0.7, from_approved_estimate=True, digest="0" * 64, at=timezone.now()
        )
        for e in said
        if e.kind in ("time", "cost")
    )


def _planned(
    engagements: list[Engagement], members: list[Member], roles: list[Role], chance: random.Random
) -> None:
    estimates = _keep(
        Estimate(
            engagement=e,
            version=1,
            state=State.APPROVED,
            asked_by=members[0],
            approved_by=members[1],
            approved_at=timezone.now(),
            digest="0" * 64,
        )
        for e in engagements
    )
    packages = _keep(
        WorkPackage(estimate=e, code=f"w{k}", position=k, name=f"Package {k}", role=roles[k % 8])
        for e in estimates
        for k in range(ACTIVITIES)
    )
    _keep(Effort(package=p, low=20, likely=30, high=60) for p in packages)
    plans = _keep(
        Plan(engagement=e, estimate=estimate, begins_on=e.begun_on)
        for e, estimate in zip(engagements, estimates, strict=True)
    )
    activities = _keep(
        Activity(
            plan=p,
            code=f"a{k}",
            position=k,
            name=f"Activity {k}",
            low=20,
            likely=30,
            high=60,
            planned_start=p.begins_on + dt.timedelta(k),
            planned_finish=p.begins_on + dt.timedelta(k + chance.randrange(1, 9)),
            done=p.begins_on + dt.timedelta(k + 9) < _TODAY,
        )
        for p in plans
        for k in range(ACTIVITIES)
    )
    _keep(Assignment(activity=a, role=roles[a.position % 8]) for a in activities)
    _keep(
        Link(source=a, target=b)
        for a, b in itertools.pairwise(activities)
        if a.plan_id == b.plan_id and b.position % 3
    )
