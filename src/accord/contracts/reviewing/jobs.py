"""The job that looks at a review when its time has come."""

from __future__ import annotations

from django_tasks import task


@task()
def look_at_review(review_id: int) -> None:
    from accord.contracts.models import Review
    from accord.contracts.reviewing.watching import meet_deadline

    meet_deadline(None, Review.objects.get(pk=review_id))
