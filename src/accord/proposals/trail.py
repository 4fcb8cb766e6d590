"""What proposals tell of an engagement's trail: who began, sent or withdrew which version."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q

from accord.actions.models import AuditChange
from accord.engagements.models import Engagement
from accord.engagements.trail import of_rows, tells
from accord.proposals.models import Proposal


@tells
def proposals(engagement: Engagement) -> Iterable[Q]:
    """Saving the text only counts up its revision; what changed in it is shown by comparing versions."""
    worth = Q(kind=AuditChange.Kind.CREATED) | Q(after__has_key="state")
    yield of_rows(Proposal.objects.filter(engagement=engagement)) & worth
