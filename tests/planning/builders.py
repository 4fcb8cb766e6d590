"""Short builders of plans: an approved estimate, the plan made from it, and who may change it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import fields

from accord.actions import call
from accord.actions.models import AuditChange, AuditEntry
from accord.engagements.models import Engagement, Part
from accord.estimating.actions import approve_estimate
from accord.estimating.models import Estimate, State
from accord.people.models import Absence, AccessRole, Firm, Member, Role
from accord.planning.actions import make_plan
from accord.planning.models import Activity, Plan
from tests import firm
from tests.estimating import builders as estimates

A_MONDAY = dt.date(2099, 6, 1)  # Whit Monday in Germany


@contextmanager
def written(action: str = "tests.arrange") -> Iterator[None]:
    """Rows of other rooms, without going through their actions; the audit names `action`."""
    running = call.Call(action)
    token = call._current.set(running)
    try:
        yield
    finally:
        call._current.reset(token)
    entry = AuditEntry.objects.create(action=action)
    AuditChange.objects.bulk_create(
        AuditChange(entry=entry, **{f.name: getattr(c, f.name) for f in fields(c)}) for c in running.changes
    )


def a_firm() -> Firm:
    firm.administrator()
    return Firm.objects.get()


def a_role(name: str = "Developer", people: int = 1) -> Role:
    """With so many members who have it."""
    a_firm()
    role = Role.objects.filter(name=name).first() or Role(name=name)
    with written():
        role.save()
    for _ in range(people - role.members.count()):
        works_as(firm.member(), role)
    return role


def works_as(member: Member, role: Role) -> Member:
    member.role = role
    with written():
        member.save()
    return member


def away(member: Member, first: dt.date, last: dt.date) -> Absence:
    absence = Absence(member=member, first=first, last=last)
    with written():
        absence.save()
    return absence


def an_estimate(
    engagement: Engagement,
    names: Sequence[str] = ("Design", "Build", "Test"),
    hours: int = 40,
    role: Role | None = None,
    state: State = State.APPROVED,
) -> Estimate:
    """One leaf for each name under one summary line, each with the same agreed hours."""
    role = role or a_role()
    rows = [estimates.row("All", code="w1", by=role)]
    for k, name in enumerate(names, start=2):
        rows.append(estimates.row(name, (hours // 2, hours, hours * 2), 1, f"w{k}", role))
    if state == State.APPROVED:
        lead = firm.with_part(engagement, Part.DELIVERY_LEAD, AccessRole.DELIVERY_LEAD)
        return approve_estimate(lead, estimates.delivered(engagement, rows))
    if state == State.DELIVERED:
        return estimates.delivered(engagement, rows)
    somebody = estimates.estimator()
    return estimates.saved(estimates.asked(engagement, somebody), somebody, rows)


def a_project_manager(engagement: Engagement) -> Member:
    return firm.with_part(engagement, Part.PROJECT_MANAGER)


def a_plan(
    names: Sequence[str] = ("Design", "Build", "Test"),
    engagement: Engagement | None = None,
    begins_on: dt.date = A_MONDAY,
    people: int = 1,
    hours: int = 40,
) -> tuple[Plan, Member]:
    """A plan made from an approved estimate, and the project manager who made it."""
    engagement = engagement or firm.engagement()
    an_estimate(engagement, names, hours, a_role(people=people))
    manager = a_project_manager(engagement)
    return make_plan(manager, engagement, begins_on), manager


def activity(plan: Plan, name: str) -> Activity:
    """As it is in the database now."""
    found: Activity = plan.activities.select_related("plan__engagement__relationship").get(name=name)
    return found


def fresh(plan: Plan) -> Plan:
    return Plan.objects.select_related("engagement__relationship").get(pk=plan.pk)
