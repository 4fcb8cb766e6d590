"""The one trail of an engagement: every room tells which rows of the audit belong to it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import CharField, F, Model, Q, QuerySet, Window
from django.db.models.functions import Cast, DenseRank

from accord.actions.models import AuditChange
from accord.engagements.models import Engagement, Expectation, TakenPart, Withdrawal

Source = Callable[[Engagement], Iterable[Q]]
_sources: list[Source] = []
EVENTS = 50  # on a page


@dataclass(frozen=True, slots=True)
class Trail:
    """A page of the trail: changes, newest first, and where the older ones begin (None: there are none)."""

    changes: list[AuditChange]
    older: int | None


def tells(source: Source) -> Source:
    """Register a function that tells which rows of the audit belong to an engagement.

    Everybody who may see the engagement reads them: it must leave out what only some of them may see.
    """
    _sources.append(source)
    return source


def of_rows(rows: QuerySet[Model]) -> Q:
    """What was done to these objects."""
    ids = rows.order_by().annotate(told_id=Cast("pk", CharField())).values("told_id")
    return Q(model=rows.model._meta.label_lower, object_id__in=ids)


def of_gone(model: type[Model], field: str, value: object) -> Q:
    """What was done to objects that had this value and may have no row any more: the audit alone knows them."""
    about = Q(**{f"before__{field}": str(value)}) | Q(**{f"after__{field}": str(value)})
    return Q(model=model._meta.label_lower) & about


def trail_of(engagement: Engagement, before: int | None = None) -> Trail:
    """All that was done to it and in it, by page; `before`: only what is older than this entry. One query."""
    asked = Q(pk__in=[])
    for source in _sources:
        for part in source(engagement):
            asked |= part
    found = AuditChange.objects.filter(asked)
    older = found if before is None else found.filter(entry_id__lt=before)
    place = Window(DenseRank(), order_by=F("entry_id").desc())
    rows: QuerySet[Any] = (
        older.annotate(place=place).filter(place__lte=EVENTS + 1).select_related("entry__actor")
    )
    changes = list(rows.order_by("-entry_id", "id"))
    shown = list(dict.fromkeys(change.entry_id for change in changes))[:EVENTS]
    kept = [change for change in changes if change.entry_id >= shown[-1]] if shown else []
    return Trail(kept, shown[-1] if len(kept) < len(changes) else None)


@tells
def engagement_and_what_was_said(engagement: Engagement) -> Iterable[Q]:
    said = Expectation.objects.filter(engagement=engagement)
    yield of_rows(Engagement.objects.filter(pk=engagement.pk))
    yield of_gone(TakenPart, "engagement_id", engagement.pk)
    yield of_rows(said)
    yield of_rows(Withdrawal.objects.filter(expectation__in=said))
