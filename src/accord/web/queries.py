"""Reads that cross rooms: the desk and the record of a relationship."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accord.engagements.models import Engagement, Expectation, Stage, TakenPart
from accord.engagements.queries import visible_to
from accord.people.models import Member
from accord.relationships.models import Interaction, Relationship
from accord.relationships.queries import relationships

DESK_LINES = 12


@dataclass(frozen=True, slots=True)
class Desk:
    """What waits for a member: steps that are due, and what was said without anything behind it."""

    due: list[Engagement]
    unbacked: list[Engagement]

    @property
    def count(self) -> int:
        return len(self.due) + len(self.unbacked)


@dataclass(frozen=True, slots=True)
class Square:
    """How many engagements of a relationship stand at a stage."""

    stage: Stage
    count: int


def desk(member: Member) -> Desk:
    mine = visible_to(member).filter(parts__member=member, outcome="").distinct()
    mine = mine.select_related("relationship__client")
    due = mine.filter(next_step_on__lte=dt.date.today()).order_by("next_step_on")
    unbacked = (
        mine.annotate(
            dates=Count(
                "expectations",
                filter=Q(
                    expectations__kind__in=[Expectation.Kind.TIME, Expectation.Kind.COST],
                    expectations__restated_by=None,
                    expectations__withdrawal=None,
                ),
                distinct=True,
            )
        )
        .filter(dates__gt=0, stage__in=[Stage.FIRST_TALK, Stage.QUALIFIED, Stage.ESTIMATED, Stage.PROPOSAL])
        .order_by("stage_since")
    )
    return Desk(list(due[:DESK_LINES]), list(unbacked[:DESK_LINES]))


def relationship_list(member: Member, search: str) -> QuerySet[Relationship]:
    """With the number of running engagements that the member may see, and the day of the last interaction."""
    seen = visible_to(member).filter(outcome="", relationship=OuterRef("pk")).order_by()
    counted = seen.values("relationship").annotate(n=Count("pk")).values("n")
    last = Interaction.objects.filter(relationship=OuterRef("pk")).order_by("-on").values("on")[:1]
    found = relationships(search).annotate(running=Subquery(counted), last_interaction=Subquery(last))
    return found.order_by(F("running").desc(nulls_last=True), "client__name")


def engagements_of(member: Member, relationship: Relationship) -> QuerySet[Engagement]:
    return visible_to(member).filter(relationship=relationship).order_by("outcome", "-begun_on")


@dataclass(frozen=True, slots=True)
class PartsIn:
    """What a member has to do with one engagement."""

    engagement: Engagement
    parts: list[str]


def parts_of(looking: Member, member: Member) -> list[PartsIn]:
    """The engagements that a member has a part in and the one who looks may see: running ones first, then the newest."""
    seen = visible_to(looking).values("pk")
    taken = TakenPart.objects.filter(member=member, engagement__in=seen)
    taken = taken.select_related("engagement__relationship__client")
    lines: dict[int, PartsIn] = {}
    for row in taken.order_by("engagement__outcome", "-engagement__begun_on", "id"):
        lines.setdefault(row.engagement_id, PartsIn(row.engagement, [])).parts.append(row.get_part_display())
    return list(lines.values())


@dataclass(frozen=True, slots=True)
class Found:
    """A line of the palette."""

    label: str
    kind: str
    address: str
    is_dialog: bool = False


_PAGES = (
    (_("Desk"), "web:desk"),
    (_("Relationships"), "web:relationships"),
    (_("Engagements"), "engagements:engagements"),
    (_("Pipeline board"), "engagements:board"),
    (_("People"), "people:members"),
    (_("Begin an engagement"), "engagements:begin"),
    (_("Add a client"), "relationships:begin"),
)
_EACH = 6


def palette(member: Member, asked: str) -> list[Found]:
    """Pages, engagements, clients and people whose name holds what was typed."""
    pages = [
        Found(str(label), str(_("page")), reverse(name))
        for label, name in _PAGES
        if asked.lower() in str(label).lower()
    ]
    if not asked:
        return pages
    named = Q(title__icontains=asked) | Q(relationship__client__name__icontains=asked)
    engagements = visible_to(member).filter(named).select_related("relationship__client")
    clients = Relationship.objects.filter(client__name__icontains=asked).select_related("client")
    people = Member.objects.filter(is_active=True, name__icontains=asked)
    return [
        *(
            _found(f"{e} · {e.relationship}", _("engagement"), "web:engagement", e.pk)
            for e in engagements[:_EACH]
        ),
        *(_found(str(c), _("client"), "web:relationship", c.pk) for c in clients[:_EACH]),
        *(_found(p.name, _("person"), "people:member", p.pk) for p in people[:_EACH]),
        *pages,
    ]


def _found(label: str, kind: object, name: str, pk: int) -> Found:
    return Found(label, str(kind), reverse(name, args=[pk]))
