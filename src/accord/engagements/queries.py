"""What pages show of engagements: no query grows with the rows on the screen."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db import models
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Greatest

from accord.engagements.contracted import Contracted, contracted
from accord.engagements.models import Engagement, Expectation, Part, Profile, SavedView, TakenPart
from accord.engagements.policies.in_force import in_force
from accord.engagements.rules import Backing, backing_of
from accord.people.models import AccessRole, Member

_told_with = ["member", "contact", "recorded_by", "withdrawal__told_by", "belief"]


def loads_with_statements(related: str) -> None:
    """Let a higher room's row about an expectation be loaded with it: pages then need no query more for it."""
    _told_with.append(related)


@dataclass(frozen=True, slots=True)
class Statement:
    """An expectation as pages show it."""

    expectation: Expectation
    backing: Backing
    earlier: tuple[Expectation, ...]  # what it restates, newest first
    contracted: Contracted | None = None
    has_contract: bool = False  # whether anything is contracted: then what is not stands open

    @property
    def withdrawn(self) -> bool:
        return hasattr(self.expectation, "withdrawal")

    @property
    def contracted_otherwise(self) -> bool:
        """The contract names another value than was said last."""
        return self.contracted is not None and self.contracted.is_other_than(self.expectation)


@dataclass(frozen=True, slots=True)
class PromiseLine:
    """One of the four promises of an engagement: the newest statement that still stands, and how many there are."""

    kind: str
    label: str
    newest: Statement | None
    count: int
    backed: int


@dataclass(frozen=True, slots=True)
class Distance:
    """How far apart lie what was said first, what is said now, and what delivery believes, for one statement.

    Dates for time, amounts for cost. `gap` is by how much delivery's value lies behind what is said now: days, or an amount;
    None while delivery has said nothing.
    """

    statement: Statement
    first: dt.date | Decimal
    now: dt.date | Decimal
    believed: dt.date | Decimal | None
    gap: Decimal | None

    @property
    def tells(self) -> bool:
        """Whether there is more than one value to compare."""
        return self.believed is not None or self.first != self.now

    @property
    def size(self) -> Decimal:
        return abs(self.gap or Decimal(0))

    @property
    def days(self) -> int:
        return int(self.size)

    @property
    def marks(self) -> list[tuple[str, int]]:
        """(what, where from 2 to 96 percent) of each value on one line."""
        named = [("first", self.first), ("now", self.now), ("believed", self.believed)]
        known = [(what, _as_number(value)) for what, value in named if value is not None]
        low, high = min(x for _, x in known), max(x for _, x in known)
        return [(what, 2 + round((x - low) / (high - low) * 94) if high > low else 50) for what, x in known]


@dataclass(frozen=True, slots=True)
class Group:
    """All that was said about one of the four."""

    kind: str
    label: str
    lines: list[tuple[Statement, Distance | None]]
    standing: int
    backed: int


@dataclass(frozen=True, slots=True)
class TimeSaid:
    """The newest date that a client was told of one engagement, and how likely it is kept."""

    date: dt.date
    probability: float | None
    backing: Backing


@dataclass(frozen=True, slots=True)
class Row:
    """An engagement in a list or on the board."""

    engagement: Engagement
    said: TimeSaid | None
    age: int  # days since anything happened
    not_backed: tuple[Expectation, ...] = ()  # what stands unbacked, where the list asked for it

    @property
    def not_backed_about(self) -> str:
        """Which of the four are not backed: cost, quality."""
        kinds = {e.kind for e in self.not_backed}
        return ", ".join(str(kind.label).lower() for kind in Expectation.Kind if kind in kinds)

    @property
    def sellers(self) -> str:
        """To be asked where parts were loaded with all rows."""
        return ", ".join(p.member.name for p in self.engagement.parts.all() if p.part == Part.SELLER)


def with_parts(to_engagement: str = "") -> Prefetch[str]:
    """Who has which part, in one query; `to_engagement`: the way from the rows that are asked for (plan__engagement__)."""
    return Prefetch(f"{to_engagement}parts", TakenPart.objects.select_related("member"))


def visible_to(member: Member) -> QuerySet[Engagement]:
    """Those that a member may see (the rule `may_see` in SQL)."""
    everything = Engagement.objects.all()
    if member.has_any(AccessRole.EXECUTIVE, AccessRole.AUDITOR):
        return everything
    near = Exists(TakenPart.objects.filter(engagement=OuterRef("pk"), member=member))
    return everything.filter(Q(confidential=False) | Q(relationship__owner=member) | near)


@dataclass(frozen=True, slots=True)
class KeptViews:
    """A member's saved views of one list, and the one that the list shows now."""

    page: str
    views: list[SavedView]
    shown: SavedView | None


def views_of(member: Member, page: str, query: str) -> KeptViews:
    views = list(SavedView.objects.filter(member=member, page=page))
    return KeptViews(page, views, next((view for view in views if view.query == query), None))


def open_to(member: Member) -> QuerySet[Engagement]:
    """Running engagements that the member may see, the newest first: those about which something can be recorded."""
    return visible_to(member).filter(outcome="").select_related("relationship__client")


def choices(member: Member, typed: str, at_most: int = 8) -> list[Engagement]:
    """Running engagements whose title or client holds every word that was typed."""
    found = open_to(member)
    for word in typed.replace("·", " ").split():
        found = found.filter(Q(title__icontains=word) | Q(relationship__client__name__icontains=word))
    return list(found[:at_most])


def standing() -> QuerySet[Expectation]:
    """What still stands: neither restated nor withdrawn."""
    return Expectation.objects.filter(restated_by=None, withdrawal=None)


def not_backed() -> Q:
    """Which expectations are not backed (the rule `backing_of` in SQL)."""
    unapproved = Q(belief__stale=True) | Q(belief__from_approved_estimate=False)
    return Q(belief=None) | unapproved | unlikely()


def unlikely() -> Q:
    """Which expectations are less likely kept than the policy asks."""
    found, held = Q(), in_force()
    for profile in Profile:
        found |= Q(engagement__profile=profile, belief__probability__lt=held.asked(profile))
    return found


def with_last_event(found: QuerySet[Engagement]) -> QuerySet[Engagement]:
    """With the day `happened_on` on which it last moved or something was said."""
    said = Expectation.objects.filter(engagement=OuterRef("pk")).order_by("-said_on").values("said_on")[:1]
    return found.annotate(happened_on=Greatest("stage_since", Coalesce(Subquery(said), "stage_since")))


def for_rows(found: QuerySet[Engagement]) -> QuerySet[Engagement]:
    """With all that `row_of` shows, in a number of queries that does not grow."""
    times = standing().filter(kind=Expectation.Kind.TIME).select_related("belief")
    return (
        with_last_event(found)
        .select_related("relationship__client", "relationship__owner")
        .prefetch_related(Prefetch("expectations", times, to_attr="times_said"))
    )


def row_of(engagement: Engagement) -> Row:
    """To be asked of engagements from `for_rows`."""
    times: list[Expectation] = engagement.times_said  # type: ignore[attr-defined]
    happened: dt.date = engagement.happened_on  # type: ignore[attr-defined]
    said = _time_said(times[0], engagement) if times else None
    unbacked = tuple(getattr(engagement, "unbacked_said", ()))
    return Row(engagement, said, max(0, (dt.date.today() - happened).days), unbacked)


def with_unbacked(found: QuerySet[Engagement]) -> QuerySet[Engagement]:
    """With what stands unbacked in each, so that a row says why it is among them."""
    return found.prefetch_related(
        Prefetch("expectations", standing().filter(not_backed()), to_attr="unbacked_said")
    )


def _time_said(e: Expectation, engagement: Engagement) -> TimeSaid | None:
    if e.date is None:
        return None
    belief = getattr(e, "belief", None)
    return TimeSaid(
        e.date,
        belief.probability if belief and not belief.stale else None,
        backing_of(e.kind, belief, in_force().asked(engagement.profile)),
    )


def statements(engagement: Engagement) -> list[Statement]:
    """What still stands or was withdrawn, newest first, each with what it restates."""
    rows = list(engagement.expectations.select_related(*_told_with))
    by_id = {row.pk: row for row in rows}
    restated, asked = {row.restates_id for row in rows}, in_force().asked(engagement.profile)
    answered = contracted(rows).get(engagement.pk) if rows else None
    return [
        Statement(
            row,
            backing_of(row.kind, getattr(row, "belief", None), asked),
            tuple(_earlier(row, by_id)),
            (answered or {}).get(row.pk),
            answered is not None,
        )
        for row in rows
        if row.pk not in restated
    ]


def chain_of(expectation: Expectation) -> Statement:
    """The statement that an expectation belongs to: the newest of its restatements, with all before it."""
    return next(
        s
        for s in statements(expectation.engagement)
        if expectation == s.expectation or expectation in s.earlier
    )


def alike(
    engagement: Engagement, kind: str, subject: str, *values: dt.date | Decimal | None
) -> Expectation | None:
    """What stands already of the same kind with the same subject, date or amount: probably the same, said again."""
    named = {value for value in values if value is not None}
    rows = standing().filter(engagement=engagement, kind=kind).select_related("member", "engagement")
    return next(
        (e for e in rows if _folded(e.subject) == _folded(subject) or {e.date, e.amount} & named), None
    )


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold()


def register_rows(said: Statement) -> list[models.Model]:
    """All rows of the register of one statement, for its history."""
    rows: list[models.Model] = [said.expectation, *said.earlier]
    return [*rows, said.expectation.withdrawal] if said.withdrawn else rows


def name_of(engagement: Engagement) -> str:
    return f"{engagement.title} · {engagement.relationship.client}"


def promise_lines(said: Iterable[Statement]) -> list[PromiseLine]:
    """The four promises, always in the same order."""
    standing = [s for s in said if not s.withdrawn]
    lines = []
    for kind in Expectation.Kind:
        own = [s for s in standing if s.expectation.kind == kind]
        backed = sum(s.backing.backed for s in own)
        lines.append(PromiseLine(kind, str(kind.label), own[0] if own else None, len(own), backed))
    return lines


def said_of(said: Iterable[Statement], state: str = "") -> list[Group]:
    """What was said, in the four groups; `state` narrows it to what is standing or withdrawn."""
    everything = list(said)
    groups = []
    for kind in Expectation.Kind:
        own = [s for s in everything if s.expectation.kind == kind]
        still = [s for s in own if not s.withdrawn]
        shown = {"standing": still, "withdrawn": [s for s in own if s.withdrawn]}.get(state, own)
        lines = [(s, None if s.withdrawn else distance_of(s)) for s in shown]
        backed = sum(s.backing.backed for s in still)
        groups.append(Group(kind, str(kind.label), lines, len(still), backed))
    return groups


def distance_of(said: Statement) -> Distance | None:
    """None for scope and quality, which have no value."""
    chain = [said.expectation, *said.earlier]
    values = [e.date if e.kind == Expectation.Kind.TIME else e.amount for e in chain]
    now, first = values[0], values[-1]
    if now is None or first is None:
        return None
    belief = getattr(said.expectation, "belief", None)
    believed = (belief.backed_date or belief.backed_amount) if belief and not belief.stale else None
    gap = None if believed is None else _as_number(believed) - _as_number(now)
    return Distance(said, first, now, believed, gap)


def _as_number(value: dt.date | Decimal) -> Decimal:
    return Decimal(value.toordinal()) if isinstance(value, dt.date) else value


def _earlier(row: Expectation, by_id: dict[int, Expectation]) -> Iterable[Expectation]:
    while row.restates_id is not None:
        row = by_id[row.restates_id]
        yield row
