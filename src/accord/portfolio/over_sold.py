"""The over-sold report: what clients were told and when, what delivery believed then, and what came of it.

It counts dates and prices that members told clients. A promise is over-sold if delivery did not back it when it first
judged it, or nobody asked delivery within a week. Numbers below `ENOUGH` say little, and are told so.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from accord.engagements.contracted import Contracted, contracted
from accord.engagements.models import Engagement, Expectation, Override, PastBelief
from accord.engagements.queries import visible_to
from accord.people.models import AccessRole, Member

WEEK = 7  # days
ENOUGH = 5  # promises: fewer say nothing about somebody's habits
_EARLIEST, _LATEST = "2000", "2199"
QUARTERS = 8  # to choose from
_SEES_EVERYBODY = (AccessRole.EXECUTIVE, AccessRole.QUALITY_MANAGER, AccessRole.AUDITOR)


@dataclass(frozen=True, slots=True, order=True)
class Quarter:
    year: int
    number: int

    @classmethod
    def of(cls, day: dt.date) -> Quarter:
        return cls(day.year, (day.month - 1) // 3 + 1)

    @classmethod
    def read(cls, typed: str) -> Quarter | None:
        """2026-4; None if it is no quarter."""
        year, _dash, number = typed.partition("-")
        is_one = year.isascii() and year.isdigit() and number in ("1", "2", "3", "4")
        return cls(int(year), int(number)) if is_one and _EARLIEST <= year <= _LATEST else None

    @property
    def first(self) -> dt.date:
        return dt.date(self.year, 3 * self.number - 2, 1)

    @property
    def before(self) -> Quarter:
        return Quarter(self.year - 1, 4) if self.number == 1 else Quarter(self.year, self.number - 1)

    @property
    def after(self) -> Quarter:
        return Quarter(self.year + 1, 1) if self.number == 4 else Quarter(self.year, self.number + 1)

    def __str__(self) -> str:
        return _("Q{number} {year}").format(number=self.number, year=self.year)

    @property
    def key(self) -> str:
        return f"{self.year}-{self.number}"


@dataclass(frozen=True, slots=True)
class Asked:
    """What the report is narrowed to; it stands in the page's address."""

    since: Quarter
    until: Quarter
    seller: int | None = None
    only: bool = False  # what was over-sold

    @classmethod
    def of(cls, query: Any) -> Asked:
        now = Quarter.of(dt.date.today())
        until = Quarter.read(query.get("until", "")) or now
        since = Quarter.read(query.get("since", "")) or until.before.before.before
        seller = query.get("seller", "")
        known = int(seller) if seller.isascii() and seller.isdigit() and len(seller) < 10 else None
        return cls(min(since, until), max(since, until), known, "only" in query)


@dataclass(frozen=True, slots=True)
class Told:
    """One promise in the report."""

    pk: int
    engagement: int
    seller: int
    said_on: dt.date
    judged_at: dt.datetime | None  # when delivery said first what it believes
    probability: float | None  # that it told then
    asked: float | None
    backed_at_once: bool
    over_sold: bool  # neither: nobody has judged it yet, and the week is not over
    unbacked: int  # days from the telling until it was backed, restated or withdrawn, or until now

    @property
    def is_long_unbacked(self) -> bool:
        return self.unbacked > WEEK


@dataclass(frozen=True, slots=True)
class Count:
    """Of one engagement, seller or quarter."""

    name: str
    of: Any
    promises: int
    over_sold: int
    long_unbacked: int

    @property
    def share(self) -> float:
        return self.over_sold / self.promises

    @property
    def is_small(self) -> bool:
        return self.promises < ENOUGH


def sees_everybody(member: Member) -> bool:
    """Who sees the numbers of each seller; everybody else sees their own."""
    return member.has_any(*_SEES_EVERYBODY)


def told(member: Member, asked: Asked) -> list[Told]:
    """Dates and prices that were told, newest first, in engagements that the member may see. One query."""
    first = PastBelief.objects.filter(expectation=OuterRef("pk")).order_by("at", "pk")
    rows = (
        Expectation.objects.filter(
            kind__in=[Expectation.Kind.TIME, Expectation.Kind.COST],
            direction=Expectation.Direction.TOLD,
            engagement__in=visible_to(member),
            said_on__gte=asked.since.first,
            said_on__lt=asked.until.after.first,
        )
        .annotate(
            judged_at=Subquery(first.values("at")[:1]),
            judged=Subquery(first.values("probability")[:1]),
            was_asked=Subquery(first.values("asked")[:1]),
            backed_at=Subquery(first.filter(backed=True).values("at")[:1]),
            restated_on=F("restated_by__said_on"),
            withdrawn_on=F("withdrawal__told_on"),
        )
        .order_by("-said_on", "-pk")
    )
    if asked.seller is not None:
        rows = rows.filter(member=asked.seller)
    if not sees_everybody(member):
        rows = rows.filter(Q(member=member) | Q(engagement__parts__member=member)).distinct()
    found = [
        _told(*row)
        for row in rows.values_list(
            "pk", "engagement", "member", "said_on", "recorded_at", "judged_at", "judged", "was_asked",
            "backed_at", "restated_on", "withdrawn_on",
        )
    ]  # fmt: skip
    return [one for one in found if one.over_sold] if asked.only else found


def _told(
    pk: int,
    engagement: int,
    seller: int,
    said_on: dt.date,
    recorded_at: dt.datetime,
    judged_at: dt.datetime | None,
    probability: float | None,
    asked: float | None,
    backed_at: dt.datetime | None,
    restated_on: dt.date | None,
    withdrawn_on: dt.date | None,
) -> Told:
    backed_on = timezone.localdate(backed_at) if backed_at is not None else None
    ends = [day for day in (backed_on, restated_on, withdrawn_on) if day is not None]
    until = min(ends, default=dt.date.today())
    unbacked = max((until - said_on).days, 0)
    in_time = judged_at is not None and judged_at - recorded_at <= dt.timedelta(WEEK)
    at_once = in_time and backed_at == judged_at
    over_sold = not at_once if in_time else unbacked > WEEK
    return Told(pk, engagement, seller, said_on, judged_at, probability, asked, at_once, over_sold, unbacked)


def by_seller(found: Iterable[Told]) -> list[Count]:
    names = dict(Member.objects.values_list("pk", "name"))
    return _counted(found, lambda one: one.seller, lambda pk: names.get(pk, ""))


def by_quarter(found: Iterable[Told]) -> list[Count]:
    counts = _counted(found, lambda one: Quarter.of(one.said_on), str)
    return sorted(counts, key=lambda count: count.of, reverse=True)


def by_engagement(found: Iterable[Told]) -> list[Count]:
    told_of = list(found)
    rows = Engagement.objects.filter(pk__in={one.engagement for one in told_of})
    names = dict(rows.values_list("pk", "title"))
    return _counted(told_of, lambda one: one.engagement, lambda pk: names.get(pk, ""))


def _counted(found: Iterable[Told], key: Callable[[Told], Any], name: Callable[[Any], str]) -> list[Count]:
    groups: dict[Any, list[Told]] = {}
    for one in found:
        groups.setdefault(key(one), []).append(one)
    counts = [
        Count(name(of), of, len(own), sum(o.over_sold for o in own), sum(o.is_long_unbacked for o in own))
        for of, own in groups.items()
    ]
    return sorted(counts, key=lambda count: (-count.over_sold, count.name))


def expectations_of(shown: Iterable[Told]) -> dict[int, Expectation]:
    """The statements of a page of the report, by number."""
    rows = Expectation.objects.filter(pk__in=[one.pk for one in shown])
    return {e.pk: e for e in rows.select_related("engagement__relationship__client", "member", "belief")}


@dataclass(frozen=True, slots=True)
class Binding:
    """What a contract made of a promise."""

    constraint: Contracted
    otherwise: bool  # another value than the one that was told


def contracted_of(shown: Iterable[Expectation]) -> dict[int, Binding | None]:
    """By the promise, where its engagement has a contract in force; None if the contract does not hold it. Two queries.

    What was restated is asked for as it was said last: the contract answers that.
    """
    promises = list(shown)
    rows = Expectation.objects.filter(engagement__in={e.engagement_id for e in promises})
    said = list(rows.select_related("coverage"))
    answered = contracted(said)
    later = {e.restates_id: e for e in said if e.restates_id}
    found: dict[int, Binding | None] = {}
    for promise in promises:
        if promise.engagement_id in answered:
            answer = answered[promise.engagement_id].get(_said_last(promise, later).pk)
            found[promise.pk] = None if answer is None else Binding(answer, answer.is_other_than(promise))
    return found


def _said_last(promise: Expectation, later: Mapping[int, Expectation]) -> Expectation:
    while promise.pk in later:
        promise = later[promise.pk]
    return promise


def today(promise: Expectation) -> float | None:
    """How likely a promise of an engagement that goes on is kept as things are now."""
    belief = None if promise.engagement.outcome else getattr(promise, "belief", None)
    return None if belief is None or belief.stale else belief.probability


def overrides(member: Member, asked: Asked) -> QuerySet[Override]:
    """What was overridden in the time, in engagements that the member may see, newest first."""
    days = {"at__date__gte": asked.since.first, "at__date__lt": asked.until.after.first}
    rows = Override.objects.filter(engagement__in=visible_to(member), **days)
    return rows.select_related("by", "engagement__relationship__client")


def quarters() -> list[Quarter]:
    found = [Quarter.of(dt.date.today())]
    while len(found) < QUARTERS:
        found.append(found[-1].before)
    return found
