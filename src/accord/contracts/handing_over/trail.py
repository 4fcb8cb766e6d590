"""What hand-overs tell of an engagement's trail."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q

from accord.actions.models import AuditChange
from accord.contracts.models import Acceptance, HandOver, HandOverAnswer, HandOverQuestion
from accord.engagements.models import Engagement
from accord.engagements.trail import of_rows, tells


@tells
def hand_overs(engagement: Engagement) -> Iterable[Q]:
    own = HandOver.objects.filter(engagement=engagement)
    asked = HandOverQuestion.objects.filter(hand_over__in=own)
    yield of_rows(own) & (Q(kind=AuditChange.Kind.CREATED) | Q(after__has_key="state"))
    yield of_rows(asked)
    yield of_rows(HandOverAnswer.objects.filter(question__in=asked))
    yield of_rows(Acceptance.objects.filter(hand_over__in=own))
