"""What reviews tell of an engagement's trail. Votes stay out of it until all may see them."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q

from accord.actions.models import AuditChange
from accord.contracts.models import Condition, Review, SeatTaken, Vote
from accord.engagements.models import Engagement
from accord.engagements.trail import of_rows, tells


@tells
def reviews(engagement: Engagement) -> Iterable[Q]:
    own = Review.objects.filter(engagement=engagement)
    worth = Q(kind=AuditChange.Kind.CREATED) | Q(after__has_key="state") | Q(after__has_key="due_on")
    yield of_rows(own) & worth
    yield of_rows(SeatTaken.objects.filter(review__in=own))
    yield of_rows(Condition.objects.filter(review__in=own))
    yield of_rows(Vote.objects.filter(taken__review__in=own.exclude(state=Review.State.OPEN)))
