"""Past engagements like one that is to be decided on, and how they ended, as far as the firm knows."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django.db.models import Max, Q

from accord.engagements.models import Engagement, Expectation, Outcome
from accord.engagements.queries import standing
from accord.engagements.rules import SIGNED
from accord.planning.models import Activity, Assignment

Json = dict[str, Any]
_AT_MOST = 5
_HALF, _TWICE = Decimal("0.5"), Decimal(2)


def alike(engagement: Engagement) -> list[Json]:
    """Signed work for the same kind of client, of half to twice the value, by at least one of the same roles.

    Those that share most roles come first. Confidential engagements are left out: everybody reads this.
    """
    roles = _roles([engagement.pk]).get(engagement.pk, set())
    rows = Engagement.objects.filter(
        Q(outcome=Outcome.CLOSED) | Q(outcome="", stage__in=SIGNED),
        confidential=False,
        relationship__client__kind=engagement.relationship.client.kind,
    ).exclude(pk=engagement.pk)
    if engagement.value:
        rows = rows.filter(value__range=(engagement.value * _HALF, engagement.value * _TWICE))
    found = list(rows.select_related("relationship__client"))
    theirs = _roles([e.pk for e in found])
    shared = {e.pk: len(theirs.get(e.pk, set()) & roles) for e in found}
    likely = sorted((e for e in found if shared[e.pk] or not roles), key=lambda e: (-shared[e.pk], -e.pk))
    return _told(likely[:_AT_MOST])


def _roles(engagements: list[int]) -> dict[int, set[int]]:
    rows = Assignment.objects.filter(activity__plan__engagement__in=engagements)
    found: dict[int, set[int]] = {}
    for pk, role, of_member in rows.values_list("activity__plan__engagement", "role", "member__role"):
        found.setdefault(pk, set()).update({role, of_member} - {None})
    return found


def _told(engagements: list[Engagement]) -> list[Json]:
    keys = [e.pk for e in engagements]
    said = standing().filter(engagement__in=keys, kind=Expectation.Kind.TIME).order_by()
    promised = dict(said.values_list("engagement").annotate(last=Max("date")))
    work = Activity.objects.filter(plan__engagement__in=keys).order_by()
    finish = dict(work.values_list("plan__engagement").annotate(last=Max("planned_finish")))
    return [_ended(e, promised.get(e.pk), finish.get(e.pk)) for e in engagements]


def _ended(engagement: Engagement, promised: dt.date | None, finish: dt.date | None) -> Json:
    """`late`: days behind the last promise, by what was done or, while it runs, by what is planned; None: not known."""
    return {
        "engagement": engagement.pk,
        "title": str(engagement),
        "client": str(engagement.relationship.client),
        "runs": not engagement.outcome,
        "late": (finish - promised).days if promised and finish else None,
        "because": engagement.outcome_because,
    }
