"""The values that the engine works on: people, engagements, activities, risks, promises.

Plain immutable values. Nothing here reads files or checks what a person typed: whoever builds these
values (the exchange formats, the planning room) has validated them.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace
from enum import StrEnum

LEAST_HOURS = 0.25  # of a working day
CONFIDENCES = 0.5, 0.999  # what may be asked of a promise


class Distribution(StrEnum):
    PERT = "pert"
    TRIANGULAR = "triangular"
    LOGNORMAL = "lognormal"
    UNIFORM = "uniform"


class Range(StrEnum):
    """What low and high of three points mean."""

    MIN_MAX = "min-max"
    P10_P90 = "p10-p90"


class LinkType(StrEnum):
    """Precedence relationships as PMBOK names them: predecessor's end to successor's end."""

    FS = "FS"
    SS = "SS"
    FF = "FF"
    SF = "SF"


class PromiseKind(StrEnum):
    DATE = "date"
    COST = "cost"
    MARGIN = "margin"


@dataclass(frozen=True, slots=True)
class ThreePoint:
    """An estimate in three points; equal points are a certain value."""

    low: float
    likely: float
    high: float
    distribution: Distribution = Distribution.PERT
    range: Range = Range.MIN_MAX

    @classmethod
    def certain(cls, value: float) -> ThreePoint:
        return cls(value, value, value)

    @property
    def is_certain(self) -> bool:
        return self.low == self.high


@dataclass(frozen=True, slots=True)
class Absence:
    """Days away, both inclusive."""

    start: dt.date
    end: dt.date


@dataclass(frozen=True, slots=True)
class Resource:
    """A pool of alike people (`units` of them) or, with `named`, one member who may belong to a role's pool."""

    id: str
    units: float = 1.0
    cost_rate: float = 0.0  # money per hour
    hours_per_day: float = 8.0
    named: bool = False
    role: str | None = None
    away: tuple[Absence, ...] = ()


@dataclass(frozen=True, slots=True)
class Need:
    of: str
    units: float = 1.0


@dataclass(frozen=True, slots=True)
class Link:
    of: str  # the predecessor's id
    type: LinkType = LinkType.FS
    lag: float = 0.0  # working days


@dataclass(frozen=True, slots=True)
class Activity:
    """Work (`effort`, hours), a wait or occupation (`duration`, working days), or a milestone (neither)."""

    id: str
    effort: ThreePoint | None = None
    duration: ThreePoint | None = None
    needs: tuple[Need, ...] = ()
    after: tuple[Link, ...] = ()
    not_before: dt.date | None = None
    done: float = 0.0


@dataclass(frozen=True, slots=True)
class Risk:
    id: str
    probability: float
    on: str | None = None
    effort: ThreePoint | None = None
    duration: ThreePoint | None = None
    cost: float = 0.0


@dataclass(frozen=True, slots=True)
class Promise:
    id: str
    kind: PromiseKind
    date: dt.date | None = None
    amount: float = 0.0  # the cost, or the margin as a share of the price
    of: str | None = None  # an activity; None is the whole engagement


@dataclass(frozen=True, slots=True)
class Engagement:
    id: str
    activities: tuple[Activity, ...]
    priority: int = 1
    start: dt.date | None = None
    correlation: float = 0.0
    fixed_cost: float = 0.0
    price: float | None = None
    risks: tuple[Risk, ...] = ()
    promises: tuple[Promise, ...] = ()


@dataclass(frozen=True, slots=True)
class Calendar:
    hours_per_day: float = 8.0
    workdays: frozenset[int] = frozenset(range(5))  # Monday is 0
    holidays: frozenset[dt.date] = frozenset()


@dataclass(frozen=True, slots=True)
class Portfolio:
    """Everything that competes for the same people."""

    start: dt.date
    engagements: tuple[Engagement, ...]
    capacity: tuple[Resource, ...] = ()
    calendar: Calendar = field(default_factory=Calendar)
    currency: str = "EUR"
    confidence: float = 0.8
    samples: int = 10_000
    seed: int = 1

    def without(self, engagement_id: str) -> Portfolio:
        """The same portfolio had this engagement never been signed."""
        kept = tuple(e for e in self.engagements if e.id != engagement_id)
        return replace(self, engagements=kept)

    @property
    def activity_count(self) -> int:
        return sum(len(e.activities) for e in self.engagements)
