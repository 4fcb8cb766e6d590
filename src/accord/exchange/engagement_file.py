"""The engagement file: the exchange format of the engine, as pydantic models.

The models check what one value can show (type, bounds, shape); `consistency` checks what takes two. Both report everything that is wrong.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)

from accord.engine import plan
from accord.exchange.consistency import Found, problems_of
from accord.exchange.document import Document, Place, path_of, read_document
from accord.exchange.inheritance import completed
from accord.exchange.mending import Mended
from accord.exchange.problems import SHOWN_AT_MOST, InputError, Problem

FIRST_DATE, LAST_DATE = dt.date(1990, 1, 1), dt.date(2200, 12, 31)
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MOST_FINDINGS = 1_000  # more are not looked for: each takes memory, and aliases can make millions

T = TypeVar("T")


@dataclass(slots=True)
class _Patience:
    """How many findings are still looked for."""

    left: int = MOST_FINDINGS


def _patiently(value: Any, read: ValidatorFunctionWrapHandler, info: ValidationInfo) -> Any:
    patience = info.context
    if not isinstance(patience, _Patience):
        return read(value)
    if patience.left <= 0:
        return value  # the file is refused anyway
    try:
        return read(value)
    except ValidationError as error:
        patience.left -= error.error_count()
        raise


Listed = Annotated[T, WrapValidator(_patiently)]


def _id(value: str) -> str:
    if not value.isprintable() or value != value.strip():
        raise ValueError("an id has no control characters and no blanks at its ends")
    return value


def _date(value: Any) -> Any:
    if isinstance(value, dt.date):
        return value
    try:
        if isinstance(value, str) and len(value) == 10:
            return dt.date.fromisoformat(value)
    except ValueError:
        pass
    raise ValueError("a date is written like 2027-01-31")


def _in_range(value: dt.date) -> dt.date:
    if not FIRST_DATE <= value <= LAST_DATE:
        raise ValueError(f"dates go from {FIRST_DATE} to {LAST_DATE}")
    return value


def _thousandths(value: float) -> float:
    if abs(value * 1000 - round(value * 1000)) > 1e-6:
        raise ValueError("units have at most three decimals")
    return value


def _points(value: Any) -> Any:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return {"low": value, "likely": value, "high": value}
    return value


def _link(value: Any) -> Any:
    return {"id": value} if isinstance(value, str) else value


def _version(value: Any) -> Any:
    if type(value) is not int or value != 1:
        raise ValueError("must be 1, the version of the format")
    return value


def _true(value: Any) -> Any:
    if value is not True:
        raise ValueError("must be true, or be left out")
    return value


Id = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_id)]
Day = Annotated[dt.date, BeforeValidator(_date), AfterValidator(_in_range)]
Money = Annotated[float, Field(ge=0, le=1e12)]
Units = Annotated[float, Field(gt=0, le=100_000), AfterValidator(_thousandths)]
Hours = Annotated[float, Field(ge=plan.LEAST_HOURS, le=24)]
Share = Annotated[float, Field(ge=0, le=1)]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False, populate_by_name=True)


class PointsModel(_Model):
    """Three points of an estimate."""

    low: float = Field(ge=0, le=10_000_000)
    likely: float = Field(ge=0, le=10_000_000)
    high: float = Field(ge=0, le=10_000_000)
    distribution: Literal["pert", "triangular", "lognormal", "uniform"] = "pert"
    range: Literal["min-max", "p10-p90"] = "min-max"

    def value(self) -> plan.ThreePoint:
        return plan.ThreePoint(
            self.low, self.likely, self.high, plan.Distribution(self.distribution), plan.Range(self.range)
        )


Points = Annotated[PointsModel, BeforeValidator(_points, json_schema_input_type=float | PointsModel)]


class NeedModel(_Model):
    """Who is needed, and how many at once."""

    of: Id
    units: Units = 1.0


class LinkModel(_Model):
    """A precedence link from an earlier activity; the lag is in working days."""

    id: Id
    link: Literal["FS", "SS", "FF", "SF"] = "FS"
    lag: float = Field(0.0, ge=-20_000, le=20_000)


class ActivityModel(_Model):
    id: Id
    effort: Points | None = Field(None, description="hours of work in all, shared by everybody in `needs`")
    duration: Points | None = Field(None, description="working days")
    milestone: Annotated[Literal[True], BeforeValidator(_true)] | None = None
    needs: list[Listed[NeedModel]] = Field(default_factory=list, max_length=100)
    after: list[
        Listed[Annotated[LinkModel, BeforeValidator(_link, json_schema_input_type=str | LinkModel)]]
    ] = Field(default_factory=list, max_length=10_000)
    not_before: Day | None = None
    done: Share = Field(0.0, description="share complete; the rest goes on at the file's start")


class RiskModel(_Model):
    id: Id
    probability: Share
    on: Id | None = Field(None, description="the activity that it lengthens")
    effort: Points | None = None
    duration: Points | None = None
    cost: Money = 0.0


class PromiseModel(_Model):
    id: Id
    date: Day | None = None
    of: Id | None = Field(None, description="the activity that is finished by then; left out: the engagement")
    cost: Money | None = None
    margin: float | None = Field(None, ge=-10, lt=1)


class EngagementModel(_Model):
    id: Id
    priority: int = Field(1, ge=0, le=1_000_000, description="lower goes first where people are short")
    start: Day | None = None
    correlation: float = Field(0.0, ge=0, lt=1)
    fixed_cost: Money = 0.0
    price: float | None = Field(None, gt=0, le=1e12)
    activities: list[Listed[ActivityModel]] = Field(min_length=1, max_length=100_000)
    risks: list[Listed[RiskModel]] = Field(default_factory=list, max_length=100_000)
    promises: list[Listed[PromiseModel]] = Field(default_factory=list, max_length=100_000)


class AbsenceModel(_Model):
    """Days away, both inclusive."""

    from_: Day = Field(alias="from")
    to: Day


class CapacityModel(_Model):
    """A pool of alike people (`units`), or a named member (`role` or `away`)."""

    id: Id
    units: Annotated[float, Field(gt=0, le=100_000), AfterValidator(_thousandths)] | None = None
    cost_rate: Money = 0.0
    hours_per_day: Hours | None = None
    role: Id | None = None
    away: list[Listed[AbsenceModel]] = Field(default_factory=list, max_length=10_000)

    @property
    def is_named(self) -> bool:
        return self.role is not None or bool(self.away)


Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


class CalendarModel(_Model):
    hours_per_day: Hours = 8.0
    workdays: list[Listed[Weekday]] = Field(
        default_factory=lambda: list[Weekday](("mon", "tue", "wed", "thu", "fri")),
        min_length=1,
    )
    holidays: list[Listed[Day]] = Field(default_factory=list, max_length=100_000)


class EngagementFile(_Model):
    """A firm's capacity and the engagements that compete for it."""

    accord: Annotated[Literal[1], BeforeValidator(_version)] = Field(description="format version")
    currency: str = Field("EUR", pattern="^[A-Z]{3}$")
    start: Day
    confidence: float = Field(0.8, ge=plan.CONFIDENCES[0], le=plan.CONFIDENCES[1])
    samples: int = Field(10_000, ge=100, le=1_000_000)
    seed: int = Field(1, ge=0, lt=2**63)
    calendar: CalendarModel = Field(default_factory=CalendarModel)
    capacity: list[Listed[CapacityModel]] = Field(default_factory=list, max_length=10_000)
    engagements: list[Listed[EngagementModel]] = Field(min_length=1, max_length=10_000)


def read_engagement_file(path: Path, first: plan.Portfolio | None = None) -> plan.Portfolio:
    """Read a file; what it leaves out of calendar and capacity is that of `first`.

    Raises:
        InputError: with everything that is wrong.
    """
    return parse_engagement_file(read_document(path), first)


def parse_engagement_file(document: Document, first: plan.Portfolio | None = None) -> plan.Portfolio:
    """As `read_engagement_file`."""
    value = document.value if first is None else completed(document.value, to_document(first))
    patience = _Patience()
    try:
        file = EngagementFile.model_validate(value, context=patience)
    except ValidationError as error:
        findings = [f for f in error.errors(include_url=False) if not _is_within(f["loc"], document.marred)]
    else:
        findings = []
    places = [*document.marred, *(f["loc"] for f in findings)]
    if not places:
        portfolio = _portfolio(file)
        if found := problems_of(file, portfolio):
            raise InputError(document.source, _told(document, found))
        return portfolio
    told = [_problem(document, f) for f in findings]
    rest = _beside(document, value, places) if len(places) < SHOWN_AT_MOST else []
    raise InputError(document.source, [*document.problems, *told, *rest], at_least=patience.left <= 0)


def _is_within(place: Place, places: frozenset[Place]) -> bool:
    return any(place[:n] in places for n in range(len(place) + 1))


def _told(document: Document, found: Iterable[Found]) -> list[Problem]:
    return [Problem(message, path_of(place), document.line_of(place)) for place, message in found]


def _beside(document: Document, value: Any, places: Iterable[Place]) -> list[Problem]:
    """What is inconsistent in the rest of a document that is wrong at `places`."""
    mended = Mended(value, places)
    try:
        file = EngagementFile.model_validate(mended.value)
    except ValidationError:  # too little is left
        return []
    found = problems_of(file, _portfolio(file))
    return _told(document, ((place, message) for place, message in found if not mended.explains(place)))


def json_schema() -> dict[str, Any]:
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **EngagementFile.model_json_schema()}


def _portfolio(file: EngagementFile) -> plan.Portfolio:
    c = file.calendar
    return plan.Portfolio(
        start=file.start,
        engagements=tuple(_engagement(e) for e in file.engagements),
        capacity=tuple(_capacity(file)),
        calendar=plan.Calendar(
            c.hours_per_day, frozenset(WEEKDAYS.index(day) for day in c.workdays), frozenset(c.holidays)
        ),
        currency=file.currency,
        confidence=file.confidence,
        samples=file.samples,
        seed=file.seed,
    )


def _capacity(file: EngagementFile) -> list[plan.Resource]:
    usual = file.calendar.hours_per_day
    found = [
        plan.Resource(
            id=c.id,
            units=1.0 if c.units is None else c.units,
            cost_rate=c.cost_rate,
            hours_per_day=c.hours_per_day or usual,
            named=c.is_named,
            role=c.role,
            away=tuple(plan.Absence(a.from_, a.to) for a in c.away),
        )
        for c in file.capacity
    ]
    ids = {c.id for c in file.capacity}
    roles = dict.fromkeys(c.role for c in file.capacity if c.role is not None and c.role not in ids)
    return found + [plan.Resource(role, units=0.0, hours_per_day=usual) for role in roles]


def _engagement(e: EngagementModel) -> plan.Engagement:
    return plan.Engagement(
        id=e.id,
        activities=tuple(_activity(a) for a in e.activities),
        priority=e.priority,
        start=e.start,
        correlation=e.correlation,
        fixed_cost=e.fixed_cost,
        price=e.price,
        risks=tuple(
            plan.Risk(r.id, r.probability, r.on, _value(r.effort), _value(r.duration), r.cost)
            for r in e.risks
        ),
        promises=tuple(_promise(p) for p in e.promises),
    )


def _activity(a: ActivityModel) -> plan.Activity:
    return plan.Activity(
        id=a.id,
        effort=_value(a.effort),
        duration=_value(a.duration),
        needs=tuple(plan.Need(n.of, n.units) for n in a.needs),
        after=tuple(plan.Link(k.id, plan.LinkType(k.link), k.lag) for k in a.after),
        not_before=a.not_before,
        done=a.done,
    )


def _promise(p: PromiseModel) -> plan.Promise:
    if p.date is not None:
        return plan.Promise(p.id, plan.PromiseKind.DATE, date=p.date, of=p.of)
    if p.cost is not None:
        return plan.Promise(p.id, plan.PromiseKind.COST, amount=p.cost)
    return plan.Promise(p.id, plan.PromiseKind.MARGIN, amount=p.margin or 0.0)


def _value(points: PointsModel | None) -> plan.ThreePoint | None:
    return points.value() if points else None


# How pydantic's findings are told.

_MODELS: dict[str, type[_Model]] = {
    "calendar": CalendarModel,
    "capacity": CapacityModel,
    "away": AbsenceModel,
    "engagements": EngagementModel,
    "activities": ActivityModel,
    "effort": PointsModel,
    "duration": PointsModel,
    "needs": NeedModel,
    "after": LinkModel,
    "risks": RiskModel,
    "promises": PromiseModel,
}
_TOLD = {
    "missing": "is missing",
    "float_type": "must be a number",
    "int_type": "must be a whole number",
    "int_from_float": "must be a whole number",
    "string_type": "must be text (put it in quotes)",
    "list_type": "must be a list",
    "model_type": "must be a mapping of keys to values",
    "greater_than_equal": "must be at least {ge}",
    "greater_than": "must be more than {gt}",
    "less_than_equal": "must be at most {le}",
    "less_than": "must be less than {lt}",
    "too_short": "must not be empty",
    "too_long": "must not hold more than {max_length:,} entries",
    "string_too_short": "must not be empty",
    "string_too_long": "must not be longer than {max_length} characters",
    "string_pattern_mismatch": "must be three capital letters, such as EUR",
    "literal_error": "must be {expected}",
    "finite_number": "must be a finite number",
}


def _problem(document: Document, found: Any) -> Problem:
    place: Place = found["loc"]
    return Problem(partial(_message, found), path_of(_shown(place)), document.line_of(place))


def _message(found: Any) -> str:
    kind, context, place = found["type"], found.get("ctx", {}), found["loc"]
    if kind == "extra_forbidden":
        return _unknown_key(place)
    if kind == "value_error":
        told = str(context["error"])
    elif kind == "model_type" and place[-1:] in (("effort",), ("duration",)):
        told = "must be a number, or a mapping with low, likely and high"
    else:
        told = _TOLD.get(kind, found["msg"].lower()).format(**context)
    return told if kind == "missing" else f"{_shortened(found['input'])} found; {told}"


def _shown(place: Place) -> Place:
    return tuple(step if isinstance(step, int) else step[:60] for step in place)


def _unknown_key(place: Place) -> str:
    around = next((step for step in reversed(place[:-1]) if isinstance(step, str)), "")
    keys = [field.alias or name for name, field in _MODELS.get(around, EngagementFile).model_fields.items()]
    close = get_close_matches(str(place[-1]), keys, n=1)
    meant = f"; did you mean {close[0]}?" if close else "."
    return f"is not a key that this place knows{meant} Known are: {', '.join(keys)}"


def _shortened(value: Any) -> str:
    if isinstance(value, list | dict) and value:
        return "a list" if isinstance(value, list) else "a mapping"
    if value is None or isinstance(value, bool):
        return {True: "true", False: "false", None: "nothing"}[value]
    text = f"“{value}”" if isinstance(value, str) else str(value)
    return text if len(text) <= 60 else f"{text[:57]}…"


def to_document(portfolio: plan.Portfolio) -> dict[str, Any]:
    """A portfolio as the plain structure of an engagement file, without what is left out by default."""
    implied = {r.id for r in portfolio.capacity if not r.named and r.units == 0}
    return {
        "accord": 1,
        "currency": portfolio.currency,
        "start": portfolio.start.isoformat(),
        "confidence": portfolio.confidence,
        "samples": portfolio.samples,
        "seed": portfolio.seed,
        "calendar": {
            "hours_per_day": portfolio.calendar.hours_per_day,
            "workdays": [WEEKDAYS[day] for day in sorted(portfolio.calendar.workdays)],
            "holidays": [day.isoformat() for day in sorted(portfolio.calendar.holidays)],
        },
        "capacity": [_resource_out(r) for r in portfolio.capacity if r.id not in implied],
        "engagements": [_engagement_out(e) for e in portfolio.engagements],
    }


def _resource_out(r: plan.Resource) -> dict[str, Any]:
    out: dict[str, Any] = {"id": r.id, "cost_rate": r.cost_rate, "hours_per_day": r.hours_per_day}
    if not (r.role or r.away):
        return {**out, "units": r.units}
    away = [{"from": a.start.isoformat(), "to": a.end.isoformat()} for a in r.away]
    return _without_empty({**out, "role": r.role, "away": away})


def _engagement_out(e: plan.Engagement) -> dict[str, Any]:
    return _without_empty(
        {
            "id": e.id,
            "priority": e.priority,
            "start": e.start and e.start.isoformat(),
            "correlation": e.correlation,
            "fixed_cost": e.fixed_cost,
            "price": e.price,
            "activities": [_activity_out(a) for a in e.activities],
            "risks": [
                _without_empty(
                    {
                        "id": r.id, "probability": r.probability, "on": r.on, "cost": r.cost,
                        "effort": _points_out(r.effort), "duration": _points_out(r.duration),
                    }
                )
                for r in e.risks
            ],
            "promises": [_promise_out(p) for p in e.promises],
        }
    )  # fmt: skip


def _activity_out(a: plan.Activity) -> dict[str, Any]:
    return _without_empty(
        {
            "id": a.id,
            "effort": _points_out(a.effort),
            "duration": _points_out(a.duration),
            "milestone": True if a.effort is None and a.duration is None else None,
            "needs": [{"of": n.of, "units": n.units} for n in a.needs],
            "after": [{"id": k.of, "link": k.type.value, "lag": k.lag} for k in a.after],
            "not_before": a.not_before and a.not_before.isoformat(),
            "done": a.done or None,
        }
    )


def _promise_out(p: plan.Promise) -> dict[str, Any]:
    value: Any = p.date.isoformat() if p.date else p.amount
    return _without_empty({"id": p.id, p.kind.value: value, "of": p.of})


def _points_out(points: plan.ThreePoint | None) -> Any:
    if points is None:
        return None
    if points == plan.ThreePoint.certain(points.likely):
        return points.likely
    return {
        "low": points.low, "likely": points.likely, "high": points.high,
        "distribution": points.distribution.value, "range": points.range.value,
    }  # fmt: skip


def _without_empty(mapping: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in mapping.items() if value is not None and value != []}
