"""What pages show of engagements: no query grows with the rows on the screen."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet

from accord.engagements.models import Engagement, Expectation, Stage, TakenPart
from accord.engagements.rules import Backing, backing_of
from accord.people.models import AccessRole, Member


@dataclass(frozen=True, slots=True)
class Filter:
    """What the engagements' list is narrowed to; it stands in the page's address."""

    search: str = ""
    stage: str = ""
    mine: bool = False
    ended: bool = False


@dataclass(frozen=True, slots=True)
class Statement:
    """An expectation as pages show it."""

    expectation: Expectation
    backing: Backing
    earlier: tuple[Expectation, ...]  # what it restates, newest first

    @property
    def withdrawn(self) -> bool:
        return hasattr(self.expectation, "withdrawal")


@dataclass(frozen=True, slots=True)
class PromiseLine:
    """One of the four promises of an engagement: the newest statement that still stands, and how many there are."""

    kind: str
    label: str
    newest: Statement | None
    count: int
    backed: int


@dataclass(frozen=True, slots=True)
class Column:
    """A stage on the board."""

    stage: Stage
    engagements: list[Engagement]


def visible_to(member: Member) -> QuerySet[Engagement]:
    """Those that a member may see (the rule `may_see` in SQL)."""
    everything = Engagement.objects.all()
    if member.has_any(AccessRole.EXECUTIVE, AccessRole.AUDITOR):
        return everything
    near = Exists(TakenPart.objects.filter(engagement=OuterRef("pk"), member=member))
    return everything.filter(Q(confidential=False) | Q(relationship__owner=member) | near)


def engagements(member: Member, chosen: Filter) -> QuerySet[Engagement]:
    found = visible_to(member).select_related("relationship__client").prefetch_related("parts__member")
    found = found.exclude(outcome="") if chosen.ended else found.filter(outcome="")
    if chosen.search:
        by_name = Q(title__icontains=chosen.search) | Q(relationship__client__name__icontains=chosen.search)
        found = found.filter(by_name)
    if chosen.stage:
        found = found.filter(stage=chosen.stage)
    if chosen.mine:
        found = found.filter(Exists(TakenPart.objects.filter(engagement=OuterRef("pk"), member=member)))
    return found.order_by("next_step_on", "title")


def board(member: Member) -> list[Column]:
    """What is on its way to a contract, by stage."""
    stages = [s for s in Stage if s not in (Stage.DELIVERY, Stage.CLOSING)]
    found = list(engagements(member, Filter()).filter(stage__in=stages))
    return [Column(stage, [e for e in found if e.stage == stage]) for stage in stages]


def statements(engagement: Engagement) -> list[Statement]:
    """What still stands or was withdrawn, newest first, each with what it restates."""
    rows = list(
        engagement.expectations.select_related(
            "member", "contact", "recorded_by", "withdrawal__told_by", "belief"
        )
    )
    by_id = {row.pk: row for row in rows}
    restated = {row.restates_id for row in rows}
    return [
        Statement(
            row,
            backing_of(row.kind, getattr(row, "belief", None), engagement.profile),
            tuple(_earlier(row, by_id)),
        )
        for row in rows
        if row.pk not in restated
    ]


def promise_lines(said: Iterable[Statement]) -> list[PromiseLine]:
    """The four promises, always in the same order."""
    standing = [s for s in said if not s.withdrawn]
    lines = []
    for kind in Expectation.Kind:
        own = [s for s in standing if s.expectation.kind == kind]
        backed = sum(s.backing.backed for s in own)
        lines.append(PromiseLine(kind, str(kind.label), own[0] if own else None, len(own), backed))
    return lines


def age_in_days(engagement: Engagement) -> int:
    return (dt.date.today() - engagement.stage_since).days


def _earlier(row: Expectation, by_id: dict[int, Expectation]) -> Iterable[Expectation]:
    while row.restates_id is not None:
        row = by_id[row.restates_id]
        yield row
