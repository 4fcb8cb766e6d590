"""The deadline of a review: a reminder on its last day, and what happens when it has passed."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone
from django_tasks import default_task_backend

from accord.actions.door import action
from accord.contracts.models import Review
from accord.contracts.reviewing import rules
from accord.contracts.reviewing.deciding import decide_if_complete
from accord.ledger import chain


def watch(review: Review) -> None:
    """Look at it when its last day begins, and when that day is over. Only where a job can wait for its time."""
    if not default_task_backend.supports_defer:
        return
    for day in (review.due_on, review.due_on + dt.timedelta(1)):
        _look_on(review.pk, day)


def _look_on(pk: int, day: dt.date) -> None:
    from accord.contracts.reviewing.jobs import look_at_review

    when = dt.datetime.combine(day, dt.time(0, 5), timezone.get_current_timezone())
    transaction.on_commit(lambda: look_at_review.using(run_after=max(when, timezone.now())).enqueue(pk))


@action(permission=rules.only_the_system)
def meet_deadline(actor: None, review: Review) -> Review:
    """On the last day: remind. When it has passed: decide with the votes that are there, or tell the authority."""
    today = dt.date.today()
    if review.state != Review.State.OPEN or review.engagement.outcome or today < review.due_on:
        return review
    if today == review.due_on:
        if review.reminded_at is None:
            review.reminded_at = timezone.now()
            review.save()
        return review
    if not decide_if_complete(review, is_late=True) and review.escalated_at is None:
        review.escalated_at = timezone.now()
        review.save()
        body = {"review": review.pk, "due_on": review.due_on}
        chain.append("review_escalated", f"engagement:{review.engagement_id}", None, body)
    return review
