"""What proposals tell of an engagement's trail: who began, sent or withdrew which version."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q

from accord.actions.models import AuditChange
from accord.engagements.models import Engagement
from accord.engagements.trail import of_rows, tells
from accord.proposals.models import Answer, Link, Proposal, Reply


@tells
def proposals(engagement: Engagement) -> Iterable[Q]:
    """Saving the text only counts up its revision; what changed in it is shown by comparing versions."""
    worth = Q(kind=AuditChange.Kind.CREATED) | Q(after__has_key="state")
    yield of_rows(Proposal.objects.filter(engagement=engagement)) & worth


@tells
def links_and_answers(engagement: Engagement) -> Iterable[Q]:
    """Of a link that it was made, opened for the first time, renewed or revoked."""
    of = Q(proposal__engagement=engagement)
    seen_again = Q(after__has_key="opened_last_at") & ~Q(after__has_key="opened_first_at")
    yield of_rows(Link.objects.filter(of)) & (Q(kind=AuditChange.Kind.CREATED) | ~seen_again)
    yield of_rows(Answer.objects.filter(of))
    yield of_rows(Reply.objects.filter(comment__proposal__engagement=engagement))
