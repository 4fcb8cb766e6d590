"""What estimating tells of an engagement's trail: who asked for, delivered, approved or sent back which estimate.

Never efforts, contributions or the breakdown: an estimator's numbers stay hidden from the others until all are done.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q

from accord.actions.models import AuditChange
from accord.engagements.models import Engagement
from accord.engagements.trail import of_rows, tells
from accord.estimating.models import Estimate

_TOLD = ("state", "question", "due_on", "sent_back_because")


@tells
def estimates(engagement: Engagement) -> Iterable[Q]:
    """Saving the breakdown only counts up its revision, which tells nobody anything."""
    worth = Q(kind=AuditChange.Kind.CREATED) | Q(after__has_any_keys=_TOLD)
    yield of_rows(Estimate.objects.filter(engagement=engagement)) & worth
