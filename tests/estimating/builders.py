"""Short builders of estimates, made through the actions as people make them."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from accord.actions.door import action
from accord.engagements.models import Engagement, Part
from accord.estimating.actions import (
    approve_estimate,
    ask_for_estimate,
    deliver_estimate,
    finish_contribution,
    save_grid,
)
from accord.estimating.models import Estimate
from accord.estimating.queries import own_contribution
from accord.estimating.rules import Row, revision_seen
from accord.people.models import AccessRole, Member, Role
from tests import firm


@action(permission=lambda actor, about: None)
def _make_role(actor: Member, name: str) -> Role:
    role = Role(name=name)
    role.save()
    return role


def role(name: str = "Developer") -> Role:
    return Role.objects.filter(name=name).first() or _make_role(firm.administrator(), name)


def estimator(name: str = "") -> Member:
    return firm.member(AccessRole.ESTIMATOR, name=name)


def delivery_lead() -> Member:
    return firm.member(AccessRole.DELIVERY_LEAD)


def seller_of(engagement: Engagement) -> Member:
    return engagement.parts.get(part=Part.SELLER).member


def row(
    name: str,
    points: Sequence[int] | None = None,
    level: int = 0,
    code: str | None = None,
    by: Role | None = None,
) -> Row:
    low, likely, high = (Decimal(p) for p in points) if points else (None, None, None)
    return Row(code, level, name, by or role(), Decimal(1), low, likely, high)


def two_packages(first: Sequence[int] = (8, 10, 20), second: Sequence[int] = (4, 8, 12)) -> list[Row]:
    return [row("Build", first, code="w1"), row("Test", second, code="w2")]


def asked(engagement: Engagement | None = None, *estimators: Member) -> Estimate:
    engagement = engagement or firm.engagement()
    people = estimators or (estimator(),)
    return ask_for_estimate(seller_of(engagement), engagement, "What does it take?", None, people)


def saved(estimate: Estimate, by: Member, rows: Sequence[Row]) -> Estimate:
    """With the revision that this member sees."""
    fresh = Estimate.objects.get(pk=estimate.pk)
    return save_grid(by, fresh, rows, revision_seen(fresh, own_contribution(by, fresh)))


def given(estimate: Estimate, by: Member, rows: Sequence[Row]) -> Estimate:
    """An estimator fills the grid and is done."""
    saved(estimate, by, rows)
    finish_contribution(by, estimate)
    return Estimate.objects.get(pk=estimate.pk)


def delivered(engagement: Engagement | None = None, rows: Sequence[Row] | None = None) -> Estimate:
    somebody = estimator()
    estimate = asked(engagement, somebody)
    saved(estimate, somebody, rows or two_packages())
    return deliver_estimate(somebody, estimate)


def approved(engagement: Engagement | None = None, rows: Sequence[Row] | None = None) -> Estimate:
    return approve_estimate(delivery_lead(), delivered(engagement, rows))
