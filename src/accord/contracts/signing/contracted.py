"""Which expectations of an engagement its contracts answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.urls import reverse

from accord.contracts.models import ConstraintValue, Contract
from accord.engagements.contracted import Contracted, tells_contracted
from accord.engagements.models import Expectation

Kind = Expectation.Kind


@tells_contracted
def answered_by_constraints(said: Sequence[Expectation]) -> Mapping[int, Mapping[int, Contracted]]:
    """By the expectation that a term names, by the work package that covers it, or as the price. One query."""
    values = ConstraintValue.objects.filter(
        constraint__contract__engagement__in={e.engagement_id for e in said},
        constraint__contract__state=Contract.State.IN_FORCE,
    )
    newest = {row.constraint_id: row for row in values.select_related("constraint__contract").order_by("pk")}
    binding: dict[int, list[ConstraintValue]] = {}
    for row in newest.values():
        own = binding.setdefault(row.constraint.contract.engagement_id, [])
        if not row.is_gone:
            own.append(row)
    found: dict[int, dict[int, Contracted]] = {engagement: {} for engagement in binding}
    for e in sorted(said, key=lambda e: e.pk):  # what restates comes after what it restates
        if e.engagement_id not in binding:
            continue
        answers = found[e.engagement_id]
        rows = _answer(e, binding[e.engagement_id], e.coverage.code if hasattr(e, "coverage") else "")
        if rows:
            answers[e.pk] = _told(rows)
        elif e.restates_id in answers:
            answers[e.pk] = answers[e.restates_id]
    return found


def _answer(e: Expectation, rows: list[ConstraintValue], code: str) -> list[ConstraintValue]:
    """The one that answers it; what was told of the price is answered by the prices of all contracts together."""
    own = [row for row in rows if row.constraint.kind == e.kind]
    named = [row for row in own if row.constraint.expectation_id == e.pk]
    if e.kind == Kind.COST:
        return named or [row for row in own if row.constraint.is_price and not _is_of_rates(row)]
    if e.kind in (Kind.SCOPE, Kind.QUALITY) and code:
        named = named or [row for row in own if row.constraint.code == code]
    return named[:1]


def _is_of_rates(row: ConstraintValue) -> bool:
    """A master agreement says what an hour costs; what the work costs stands in the orders under it."""
    return row.constraint.contract.kind == Contract.Kind.MASTER


def _told(rows: list[ConstraintValue]) -> Contracted:
    first = rows[0].constraint
    numbers = ", ".join(dict.fromkeys(row.constraint.contract.number for row in rows))
    amount = sum(row.amount for row in rows if row.amount is not None) or None
    return Contracted(
        first.name, numbers, rows[0].date or amount, reverse("signing:constraint", args=[first.pk])
    )
