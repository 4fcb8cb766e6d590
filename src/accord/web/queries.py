"""Reads that cross rooms: relationships with what is engaged in them, and what was said to a contact."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Count, Min, OuterRef, Q, QuerySet, Subquery
from django.http import QueryDict

from accord.actions.models import AuditChange
from accord.actions.queries import history_of
from accord.engagements.models import Engagement, Expectation, Stage, TakenPart
from accord.engagements.queries import for_rows, visible_to
from accord.people.models import Member
from accord.planning.models import Activity, Assignment
from accord.relationships.models import Client, Contact, Interaction, Relationship
from accord.relationships.queries import relationships

_MOST_WORK = 30


@dataclass(frozen=True, slots=True)
class RelationshipFilter:
    """What the list of relationships is narrowed to; it stands in the page's address."""

    search: str = ""
    owner: int | None = None
    health: str = ""
    kind: str = ""

    @classmethod
    def of(cls, asked: QueryDict) -> RelationshipFilter:
        """What makes no sense in an address narrows nothing."""
        owner, health, kind = asked.get("owner", ""), asked.get("health", ""), asked.get("kind", "")
        return cls(
            search=asked.get("search", "").strip(),
            owner=int(owner) if owner.isascii() and owner.isdigit() and len(owner) < 12 else None,
            health=health if health in Relationship.Health.values else "",
            kind=kind if kind in Client.Kind.values else "",
        )


@dataclass(frozen=True, slots=True)
class StageCount:
    """How many running engagements stand at a stage."""

    stage: Stage
    count: int

    @property
    def squares(self) -> range:
        return range(self.count)


@dataclass(frozen=True, slots=True)
class RelationshipRow:
    relationship: Relationship
    stages: list[StageCount] = field(default_factory=list)
    next_on: dt.date | None = None
    last_on: dt.date | None = None

    @property
    def running(self) -> int:
        return sum(stage.count for stage in self.stages)

    @property
    def is_late(self) -> bool:
        return self.next_on is not None and self.next_on < dt.date.today()


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


def coming_work(looking: Member, member: Member, today: dt.date, weeks: int = 8) -> list[Assignment]:
    """What a member is given by name and is to do in the coming weeks, the first first, of engagements that may be seen."""
    rows = Assignment.objects.filter(
        member=member,
        activity__done__lt=1,
        activity__planned_start__lte=today + dt.timedelta(weeks=weeks),
        activity__planned_finish__gte=today,
        activity__plan__engagement__in=visible_to(looking).filter(outcome="").values("pk"),
    ).exclude(activity__kind=Activity.Kind.MILESTONE)
    about = rows.select_related("activity__plan__engagement__relationship__client")
    return list(about.order_by("activity__planned_start", "id")[:_MOST_WORK])


def relationship_list(chosen: RelationshipFilter) -> QuerySet[Relationship]:
    last = Interaction.objects.filter(relationship=OuterRef("pk")).order_by("-on").values("on")[:1]
    found = relationships(chosen.search).annotate(last_interaction=Subquery(last))
    if chosen.owner:
        found = found.filter(owner=chosen.owner)
    if chosen.health:
        found = found.filter(health=chosen.health)
    if chosen.kind:
        found = found.filter(client__kind=chosen.kind)
    return found.order_by("client__name")


def relationship_rows(member: Member, shown: Iterable[Relationship]) -> list[RelationshipRow]:
    """With the running engagements that the member may see, by stage, and the nearest next step among them."""
    rows = list(shown)
    counted = (
        visible_to(member)
        .filter(outcome="", relationship__in=rows)
        .order_by()
        .values("relationship", "stage")
        .annotate(n=Count("pk"), next_on=Min("next_step_on"))
    )
    stages: dict[int, dict[str, int]] = defaultdict(dict)
    dates: dict[int, list[dt.date]] = defaultdict(list)
    for line in counted:
        stages[line["relationship"]][line["stage"]] = line["n"]
        if line["next_on"]:
            dates[line["relationship"]].append(line["next_on"])
    return [
        RelationshipRow(
            r,
            [StageCount(stage, stages[r.pk][stage]) for stage in Stage if stage in stages[r.pk]],
            min(dates[r.pk], default=None),
            r.last_interaction,  # type: ignore[attr-defined]
        )
        for r in rows
    ]


def engagements_of(member: Member, relationship: Relationship) -> list[Engagement]:
    """All that the member may see, running ones first."""
    found = for_rows(visible_to(member)).filter(relationship=relationship)
    return list(found.order_by("outcome", "-begun_on", "-pk"))


def history_of_relationship(relationship: Relationship, contacts: Iterable[Contact]) -> QuerySet[AuditChange]:
    """What was done to it, its client and the client's people; what is engaged in it has histories of its own."""
    return history_of(relationship, relationship.client, *contacts)


def said_with(member: Member, contact: Contact) -> QuerySet[Expectation]:
    """What this person was told or said, in engagements that the member may see."""
    seen = visible_to(member).values("pk")
    found = Expectation.objects.filter(Q(contact=contact), engagement__in=seen)
    return found.select_related("engagement", "member", "withdrawal", "restated_by").order_by(
        "-said_on", "-pk"
    )
