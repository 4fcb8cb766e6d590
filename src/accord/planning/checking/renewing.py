"""Checks that became stale are made anew by themselves, so that pages heal and what turned red reaches the desk.

Only where a job can wait for its time: a change is often followed by the next one.
"""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import F, OuterRef, Subquery
from django.utils import timezone
from django_tasks import default_task_backend

from accord.engagements.models import Engagement
from accord.planning.models import PromiseCheck
from accord.planning.schedule import dates_wait

_SOON = dt.timedelta(seconds=10)


def renew_soon() -> None:
    """After this change is kept; not while somebody makes many changes and has all computed at the end."""
    if renews():
        transaction.on_commit(_enqueue)


def renew_now(engagement: Engagement) -> None:
    """Whoever said something anew looks at it: before all that became stale meanwhile."""
    if renews():
        transaction.on_commit(lambda: _enqueue_one(engagement.pk))


def renews() -> bool:
    """Whether stale checks are made anew by themselves here."""
    return default_task_backend.supports_defer and not dates_wait()


def next_stale(after: int) -> Engagement | None:
    """The next running engagement, by its key, whose newest check was answered and does not hold any more."""
    own = PromiseCheck.objects.filter(engagement=OuterRef("engagement"), scenario=None).order_by("-pk")
    newest = PromiseCheck.objects.annotate(newest=Subquery(own.values("pk")[:1])).filter(pk=F("newest"))
    stale = newest.filter(stale=True, state=PromiseCheck.State.DONE, engagement__outcome="")
    rows = stale.filter(engagement__gt=after).order_by("engagement_id").defer("inputs", "result")
    found = rows.select_related("engagement__relationship").first()
    return found.engagement if found is not None else None


def _enqueue() -> None:
    from accord.planning.checking.jobs import renew_stale

    if not _is_waiting(renew_stale.module_path):
        renew_stale.using(run_after=timezone.now() + _SOON).enqueue()


def _enqueue_one(engagement_id: int) -> None:
    from accord.planning.checking.jobs import renew_one

    renew_one.enqueue(engagement_id)


def _is_waiting(path: str) -> bool:
    """Whether a job that begins with the first engagement is still to be run: it will see this change too."""
    from django_tasks_db.models import DBTaskResult

    waiting = DBTaskResult.objects.filter(task_path=path, status="READY")
    return any(not kept["args"] for kept in waiting.values_list("args_kwargs", flat=True))
