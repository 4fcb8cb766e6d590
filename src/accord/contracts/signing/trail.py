"""What contracts tell of an engagement's trail: who prepared, signed, amended and ended which."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q

from accord.actions.models import AuditChange
from accord.contracts.models import Amendment, Contract, Signature
from accord.engagements.models import Engagement
from accord.engagements.trail import of_rows, tells


@tells
def contracts(engagement: Engagement) -> Iterable[Q]:
    """What an amendment's draft said in between is left out; its page shows what it says."""
    worth = Q(kind=AuditChange.Kind.CREATED) | Q(after__has_key="state")
    yield of_rows(Contract.objects.filter(engagement=engagement))
    yield of_rows(Signature.objects.filter(contract__engagement=engagement))
    yield of_rows(Amendment.objects.filter(contract__engagement=engagement)) & worth
