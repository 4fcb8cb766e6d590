"""A firm with people and plans, for the tests of the promise check: rows that other rooms' actions make in the product."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from accord.actions.door import action
from accord.contracts.models import Contract
from accord.engagements.actions import Said, record_expectation
from accord.engagements.models import Engagement, Expectation, Override, Part, Stage
from accord.estimating.models import Coverage, Effort, Estimate, State, WorkPackage
from accord.estimating.models import Risk as RiskRow
from accord.people.models import Absence, AccessRole, Firm, Member, Rate, Role
from accord.planning.models import Activity, Assignment, Link, Plan, Target
from accord.proposals.content import Content, kept
from accord.proposals.models import Proposal
from tests import firm


def _anybody(_actor: Any, _about: Any) -> None:
    """Tests build what they need."""


@action(permission=_anybody)
def _write(actor: Any, about: None, rows: Sequence[Any]) -> None:
    for row in rows:
        row.save()


def saved(actor: Any, *rows: Any) -> None:
    _write(actor, None, rows)  # not about the rows: what an action is about is loaded anew


@dataclass(frozen=True)
class Work:
    """An activity of a plan under test: hours in the middle, `after` the codes of what comes before."""

    code: str
    likely: float
    role: Role | None
    after: Sequence[str] = ()
    units: float = 1
    spread: float = 0.5  # low is likely x (1 - spread / 2), high is likely x (1 + spread)


def role(name: str, people: int = 1, cost: int = 75, hours: int = 8) -> Role:
    """A role with that many members, who cost so much an hour."""
    firm.administrator()
    place = Firm.objects.get()
    place.country, place.subdivision = "DE", "BY"
    saved(None, place)
    made = Role(name=name)
    saved(None, made)
    saved(None, Rate(role=made, valid_from=dt.date(2020, 1, 1), cost=cost, bill=cost * 2))
    for _ in range(people):
        somebody = firm.member(AccessRole.MEMBER)
        somebody.role, somebody.hours_per_day = made, Decimal(hours)
        saved(None, somebody)
    return made


def contracted(engagement_: Engagement) -> Contract:
    """A contract in force, as both signatures leave it."""
    seller, digest = engagement_.parts.get(part=Part.SELLER).member, "c" * 64
    today = dt.date.today()
    text = Proposal(
        engagement=engagement_, version=1, estimate=engagement_.estimates.get(), content=kept(Content()),
        made_by=seller, state="sent", digest=digest,
    )  # fmt: skip
    passed = Override(
        engagement=engagement_, deed="sign", about=digest, name="proposal", facts="-", because="-", by=seller
    )
    saved(None, text, passed)
    made = Contract(
        engagement=engagement_, year=today.year, serial=1, title="Portal", kind="contract", proposal=text,
        override=passed, digest=digest, begins_on=today, state="in_force", in_force_since=today,
        prepared_by=seller,
    )  # fmt: skip
    saved(None, made)
    return made


def people_of(role_: Role) -> list[Member]:
    return list(Member.objects.filter(role=role_).order_by("pk"))


def engagement(stage: Stage = Stage.ESTIMATED, **about: Any) -> Engagement:
    made = firm.engagement(**about)
    made.stage = stage
    saved(None, made)
    return made


def plan(engagement_: Engagement, *works: Work, begins_in: int = 0, approved: bool = True) -> Plan:
    """A plan from an approved estimate with one package for each activity."""
    seller = engagement_.parts.get(part=Part.SELLER).member
    estimate = Estimate(engagement=engagement_, version=1, asked_by=seller, state=State.DELIVERED)
    if approved:
        estimate.state, estimate.approved_by, estimate.digest = State.APPROVED, firm.member(), "d" * 64
    made = Plan(
        engagement=engagement_, estimate=estimate, begins_on=dt.date.today() + dt.timedelta(begins_in)
    )
    saved(None, estimate)
    made.estimate = estimate
    saved(None, made)
    rows: dict[str, Activity] = {}
    for position, work in enumerate(works):
        points = [Decimal(str(work.likely * f)) for f in (1 - work.spread / 2, 1, 1 + work.spread)]
        package = WorkPackage(estimate=estimate, code=work.code, position=position, name=f"Work {work.code}")
        saved(None, package)
        sized = dict(zip(("low", "likely", "high"), points, strict=True))
        row = Activity(
            plan=made, code=work.code, position=position, name=f"Work {work.code}", package=package, **sized
        )
        saved(None, Effort(package=package, **sized), row)
        rows[work.code] = row
        if work.role is not None:
            saved(None, Assignment(activity=row, role=work.role, units=Decimal(str(work.units))))
        for before in work.after:
            saved(None, Link(source=rows[before], target=row))
    return made


def activity(plan_: Plan, code: str) -> Activity:
    return plan_.activities.get(code=code)


def saved_milestone(plan_: Plan) -> Activity:
    made = Activity(plan=plan_, code="a1", position=99, name="Kick-off", kind=Activity.Kind.MILESTONE)
    saved(None, made)
    return made


def told_date(engagement_: Engagement, days: int) -> Expectation:
    seller = engagement_.parts.get(part=Part.SELLER).member
    return record_expectation(seller, engagement_, firm.a_date(days))


def told_price(engagement_: Engagement, amount: int) -> Expectation:
    seller = engagement_.parts.get(part=Part.SELLER).member
    return record_expectation(seller, engagement_, firm.an_amount(amount))


def told_quality(engagement_: Engagement, subject: str) -> Expectation:
    seller = engagement_.parts.get(part=Part.SELLER).member
    said = Said(Expectation.Kind.QUALITY, subject, dt.date.today())
    return record_expectation(seller, engagement_, said)


def about(expectation: Expectation, row: Activity) -> None:
    saved(None, Target(expectation=expectation, activity=row))


def covered(expectation: Expectation, code: str) -> None:
    saved(None, Coverage(expectation=expectation, code=code))


def risk(plan_: Plan, code: str, probability: float, hours: float, cost: int = 0) -> RiskRow:
    package = plan_.estimate.packages.get(code=code)
    made = RiskRow(
        estimate=plan_.estimate, package=package, name="The interface changes", probability=probability,
        low=hours, likely=hours, high=hours, cost=cost,
    )  # fmt: skip
    saved(None, made)
    return made


def away(member: Member, first: dt.date, last: dt.date) -> None:
    saved(None, Absence(member=member, first=first, last=last))


def delivery_lead(engagement_: Engagement) -> Member:
    return firm.with_part(engagement_, Part.DELIVERY_LEAD, AccessRole.DELIVERY_LEAD)
