"""The changes that a what-if tries: read from what was kept, and applied to a portfolio. Nothing changes in place."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Annotated, Any, Literal

from django.utils.translation import gettext as _
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from accord.actions.refusals import WrongInput
from accord.engine.plan import Activity, Engagement, Link, Need, Portfolio, ThreePoint
from accord.planning.checking.capacity import role_id
from accord.planning.checking.portfolio import promise_id

Code = Annotated[str, Field(min_length=1, max_length=12)]


class _Change(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class DateChange(_Change):
    """Promise another date."""

    kind: Literal["date"] = "date"
    expectation: int
    date: dt.date


class PriceChange(_Change):
    """Promise another price."""

    kind: Literal["price"] = "price"
    expectation: int
    amount: Decimal = Field(gt=0, le=Decimal(10) ** 12)


class DropChange(_Change):
    """Leave out these activities; what came after them comes after what was before them."""

    kind: Literal["drop"] = "drop"
    codes: tuple[Code, ...] = Field(min_length=1)


class PeopleChange(_Change):
    """More people of a role: `hired` from outside the firm, and at once on the activities `codes`."""

    kind: Literal["people"] = "people"
    role: int
    units: Annotated[int, Field(ge=1, le=20)] = 1
    codes: tuple[Code, ...] = ()
    hired: bool = False
    cost: Annotated[float, Field(ge=0, le=100_000)] = 0.0  # of an hour, where somebody is hired


class EffortChange(_Change):
    """An activity takes `factor` times what was estimated."""

    kind: Literal["effort"] = "effort"
    code: Code
    factor: float = Field(gt=0, le=10)


Change = Annotated[
    DateChange | PriceChange | DropChange | PeopleChange | EffortChange, Field(discriminator="kind")
]
_READER: TypeAdapter[list[Change]] = TypeAdapter(list[Change])


def read(changes: Sequence[Any]) -> list[Change]:
    """
    Raises:
        WrongInput: something is no change, or out of bounds.
    """
    try:
        return _READER.validate_python(list(changes))
    except ValidationError:
        raise WrongInput(changes=_("This is nothing that can be tried.")) from None


def kept(changes: Sequence[Change]) -> list[dict[str, Any]]:
    return [change.model_dump(mode="json") for change in changes]


def applied(portfolio: Portfolio, about: str, margin: float, changes: Sequence[Change]) -> Portfolio:
    """The portfolio as it would be.

    Raises:
        WrongInput: a change names something that is not there.
    """
    for change in changes:
        if isinstance(change, PeopleChange) and change.hired:
            portfolio = _with_more(portfolio, role_id(change.role), change)
        own = next(e for e in portfolio.engagements if e.id == about)
        changed = _changed(portfolio, own, margin, change)
        rest = (changed if e.id == about else e for e in portfolio.engagements)
        portfolio = replace(portfolio, engagements=tuple(rest))
    return portfolio


def _changed(portfolio: Portfolio, own: Engagement, margin: float, change: Change) -> Engagement:
    if isinstance(change, DateChange):
        return _promising(own, change.expectation, date=change.date)
    if isinstance(change, PriceChange):
        return _promising(own, change.expectation, amount=float(change.amount) * (1 - margin))
    if isinstance(change, DropChange):
        return without_activities(own, change.codes)
    if isinstance(change, PeopleChange):
        _known(own, change.codes)
        enough = _there(portfolio, role_id(change.role))
        return _each(own, change.codes, lambda a: _with_needs(a, role_id(change.role), change.units, enough))
    _known(own, [change.code])
    return _each(own, [change.code], lambda a: _longer(a, change.factor))


def without_activities(own: Engagement, codes: Sequence[str]) -> Engagement:
    _known(own, codes)
    gone = {a.id: a for a in own.activities if a.id in codes}
    if len(gone) == len(own.activities):
        raise WrongInput(changes=_("Something has to be left to do."))
    if any(p.of in gone for p in own.promises):
        raise WrongInput(changes=_("What a client was promised by name cannot be left out."))
    left = tuple(replace(a, after=_bridged(a.after, gone)) for a in own.activities if a.id not in gone)
    risks = tuple(r for r in own.risks if r.on not in gone)
    return replace(own, activities=left, risks=risks)


def _bridged(after: Sequence[Link], gone: dict[str, Activity]) -> tuple[Link, ...]:
    """Links to what is gone lead to what that came after."""
    found: dict[tuple[str, object], Link] = {}
    waiting, seen = list(after), set[str]()
    while waiting:
        link = waiting.pop(0)
        if link.of not in gone:
            found.setdefault((link.of, link.type), link)
        elif link.of not in seen:
            seen.add(link.of)
            waiting += gone[link.of].after
    return tuple(found.values())


def _promising(own: Engagement, expectation: int, **values: Any) -> Engagement:
    name = promise_id(expectation)
    if name not in {p.id for p in own.promises}:
        raise WrongInput(changes=_("This promise does not stand any more: check again first."))
    promises = tuple(replace(p, **values) if p.id == name else p for p in own.promises)
    return replace(own, promises=promises)


def _with_more(portfolio: Portfolio, role: str, change: PeopleChange) -> Portfolio:
    if role not in {r.id for r in portfolio.capacity}:
        raise WrongInput(changes=_("The plan needs nobody of this role."))
    return replace(
        portfolio,
        capacity=tuple(
            replace(r, units=r.units + change.units, cost_rate=r.cost_rate or change.cost)
            if r.id == role
            else r
            for r in portfolio.capacity
        ),
    )


def _there(portfolio: Portfolio, role: str) -> float:
    named = sum(r.role == role for r in portfolio.capacity)
    return named + sum(r.units for r in portfolio.capacity if r.id == role)


def _with_needs(a: Activity, role: str, units: int, enough: float) -> Activity:
    needs = (
        replace(n, units=min(n.units + units, enough)) if n.of == role else n
        for n in (a.needs if any(n.of == role for n in a.needs) else (*a.needs, Need(role, 0.0)))
    )
    return replace(a, needs=tuple(n for n in needs if n.units > 0))


def _longer(a: Activity, factor: float) -> Activity:
    return replace(a, effort=_times(a.effort, factor), duration=_times(a.duration, factor))


def _times(points: ThreePoint | None, factor: float) -> ThreePoint | None:
    if points is None:
        return None
    return replace(points, low=points.low * factor, likely=points.likely * factor, high=points.high * factor)


def _each(own: Engagement, codes: Sequence[str], change: Any) -> Engagement:
    chosen = Counter(codes)
    return replace(own, activities=tuple(change(a) if a.id in chosen else a for a in own.activities))


def _known(own: Engagement, codes: Sequence[str]) -> None:
    if set(codes) - {a.id for a in own.activities}:
        raise WrongInput(changes=_("An activity is not in the plan any more: check again first."))
