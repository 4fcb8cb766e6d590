"""The engagement file: the exchange format of the engine, as pydantic models.

The models check what one value can show (type, bounds, shape); `consistency` checks what takes two. Both report everything that is wrong.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from accord.engine import plan
from accord.exchange.consistency import problems_of
from accord.exchange.document import Document, Place, read_document
from accord.exchange.problems import InputError, Problem

FIRST_DATE, LAST_DATE = dt.date(1990, 1, 1), dt.date(2200, 12, 31)
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


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


Id = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_id)]
Day = Annotated[dt.date, BeforeValidator(_date), AfterValidator(_in_range)]
Money = Annotated[float, Field(ge=0, le=1e12)]
Units = Annotated[float, Field(gt=0, le=100_000), AfterValidator(_thousandths)]
Hours = Annotated[float, Field(gt=0, le=24)]
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
    milestone: Literal[True] | None = None
    needs: list[NeedModel] = Field(default_factory=list, max_length=100)
    after: list[Annotated[LinkModel, BeforeValidator(_link, json_schema_input_type=str | LinkModel)]] = Field(
        default_factory=list, max_length=10_000
    )
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
    activities: list[ActivityModel] = Field(min_length=1, max_length=100_000)
    risks: list[RiskModel] = Field(default_factory=list, max_length=100_000)
    promises: list[PromiseModel] = Field(default_factory=list, max_length=100_000)


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
    away: list[AbsenceModel] = Field(default_factory=list, max_length=10_000)

    @property
    def is_named(self) -> bool:
        return self.role is not None or bool(self.away)


Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


class CalendarModel(_Model):
    hours_per_day: Hours = 8.0
    workdays: list[Weekday] = Field(
        default_factory=lambda: list[Weekday](("mon", "tue", "wed", "thu", "fri")),
        min_length=1,
    )
    holidays: list[Day] = Field(default_factory=list, max_length=100_000)


class EngagementFile(_Model):
    """A firm's capacity and the engagements that compete for it."""

    accord: Literal[1] = Field(description="format version")
    currency: str = Field("EUR", pattern="^[A-Z]{3}$")
    start: Day
    confidence: float = Field(0.8, ge=0.5, le=0.999)
    samples: int = Field(10_000, ge=100, le=1_000_000)
    seed: int = Field(1, ge=0, lt=2**63)
    calendar: CalendarModel = Field(default_factory=CalendarModel)
    capacity: list[CapacityModel] = Field(default_factory=list, max_length=10_000)
    engagements: list[EngagementModel] = Field(min_length=1, max_length=10_000)


def read_engagement_file(path: Path) -> plan.Portfolio:
    """Raises InputError with everything that is wrong."""
    return parse_engagement_file(read_document(path))


def parse_engagement_file(document: Document) -> plan.Portfolio:
    """Raises InputError with everything that is wrong."""
    try:
        file = EngagementFile.model_validate(document.value)
    except ValidationError as error:
        raise InputError(document.source, [_problem(document, found) for found in error.errors()]) from None
    portfolio = _portfolio(file)
    found = problems_of(file, portfolio)
    if found:
        problems = [Problem(message, _path(place), document.line_of(place)) for place, message in found]
        raise InputError(document.source, problems)
    return portfolio


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

_TOLD = {
    "missing": "is missing",
    "extra_forbidden": "is not a key that this place knows",
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
    place: Place = tuple(step for step in found["loc"] if not _is_made_up(step))
    kind, context = found["type"], found.get("ctx", {})
    told = (
        str(context["error"])
        if kind == "value_error"
        else _TOLD.get(kind, found["msg"].lower()).format(**context)
    )
    if kind not in ("missing", "extra_forbidden"):
        told = f"{_shortened(found['input'])} found; {told}"
    return Problem(told, _path(place), document.line_of(place))


def _is_made_up(step: str | int) -> bool:
    """Steps that pydantic adds for its own validators are not places in the file."""
    return isinstance(step, str) and "[" in step


def _shortened(value: Any) -> str:
    shown = (
        {True: "true", False: "false", None: "nothing"}.get(value)
        if value is None or value is True or value is False
        else None
    )
    text = shown or (f"“{value}”" if isinstance(value, str) else str(value))
    return text if len(text) <= 60 else f"{text[:57]}…"


def _path(place: Place) -> str:
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in place).removeprefix(".")


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
