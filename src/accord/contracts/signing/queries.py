"""What pages show of contracts; no query grows with the rows."""

from __future__ import annotations

import calendar
import datetime as dt
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Prefetch, QuerySet, prefetch_related_objects

from accord.contracts.models import Amendment, Condition, Constraint, ConstraintValue, Contract, Signature
from accord.contracts.signing.content import Worth
from accord.engagements.models import Engagement, Expectation
from accord.engagements.queries import visible_to
from accord.people.models import Member

Kind = Expectation.Kind


@dataclass(frozen=True, slots=True)
class Bound:
    """A constraint as it asks now; `value` None: it binds nobody any more. `values`: all it ever asked, newest first."""

    constraint: Constraint
    values: tuple[ConstraintValue, ...]

    @property
    def value(self) -> ConstraintValue | None:
        return None if self.values[0].is_gone else self.values[0]

    @property
    def was_amended(self) -> bool:
        return len(self.values) > 1 or self.values[0].amendment_id is not None


@dataclass(frozen=True, slots=True)
class BoundGroup:
    kind: str
    label: str
    lines: list[Bound]


def values_now(contract: Contract) -> dict[int, Worth]:
    """What each constraint that still binds asks, by its number."""
    rows = ConstraintValue.objects.filter(constraint__contract=contract).order_by("pk")
    newest = {row.constraint_id: row for row in rows}
    return {pk: row.worth for pk, row in newest.items() if not row.is_gone}


def bound_by(contract: Contract) -> list[BoundGroup]:
    """Time, cost, scope and quality, in this order; those of which the contract says nothing are left out."""
    rows = ConstraintValue.objects.filter(constraint__contract=contract)
    found: dict[Constraint, list[ConstraintValue]] = {}
    for row in rows.select_related("constraint", "amendment").order_by("constraint", "-pk"):
        found.setdefault(row.constraint, []).append(row)
    lines = [Bound(constraint, tuple(values)) for constraint, values in found.items()]
    groups = [
        BoundGroup(kind, str(kind.label), [line for line in lines if line.constraint.kind == kind])
        for kind in Kind
    ]
    return [group for group in groups if group.lines]


def load_contracts(engagement: Engagement) -> list[Contract]:
    """The newest first, with what tells whether they are signed; gates that ask for them find them loaded."""
    own = Signature.objects.filter(amendment=None).select_related("override__by")
    rows = (
        told_to_gates()
        .select_related("proposal__estimate", "prepared_by", "master__engagement", "review", "override__by")
        .prefetch_related(Prefetch("signatures", own, to_attr="own_signatures"))
    )
    prefetch_related_objects([engagement], Prefetch("contracts", rows))
    return list(engagement.contracts.all())


def contracts_of(engagement: Engagement) -> list[Contract]:
    """As the gates of a page ask for them: one query for all of them together."""
    prefetch_related_objects([engagement], Prefetch("contracts", told_to_gates()))
    return list(engagement.contracts.all())


def told_to_gates() -> QuerySet[Contract]:
    """Each with `is_amended`, and `is_held`: some condition that blocks the start is open in its engagement."""
    amended = Amendment.objects.filter(contract=OuterRef("pk"), state=Amendment.State.IN_FORCE)
    held = Condition.objects.filter(
        review__engagement=OuterRef("engagement"), blocks=Condition.Blocks.START, confirmed_by=None
    )
    rows: QuerySet[Contract] = Contract.objects.annotate(is_amended=Exists(amended), is_held=Exists(held))
    return rows


def masters_for(engagement: Engagement, member: Member) -> QuerySet[Contract]:
    """Master agreements of the same client under which a member can order: as far as they may see their engagements."""
    return Contract.objects.filter(
        engagement__in=visible_to(member).values("pk"),
        engagement__relationship=engagement.relationship_id,
        kind=Contract.Kind.MASTER,
        state=Contract.State.IN_FORCE,
    )


def orders_under(master: Contract, member: Member) -> QuerySet[Contract]:
    """As far as who looks may see their engagements."""
    seen = visible_to(member).values("pk")
    rows = Contract.objects.filter(master=master, engagement__in=seen)
    return rows.select_related("engagement").order_by("pk")


def runs_until(contract: Contract, today: dt.date) -> dt.date | None:
    """The last day of the term that runs today, renewals counted; None: it has no end."""
    end, months = contract.ends_on, 0
    if end is None or not contract.renews_months:
        return end
    while end < today:
        months += contract.renews_months
        end = _months_later(contract.ends_on, months)  # type: ignore[arg-type]
    return end


def notice_until(contract: Contract, today: dt.date) -> dt.date | None:
    """The last day on which notice keeps it from being renewed."""
    end = runs_until(contract, today)
    if end is None or not contract.renews_months:
        return None
    return end - dt.timedelta(contract.notice_days or 0)


def _months_later(day: dt.date, months: int) -> dt.date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
