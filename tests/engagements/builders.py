"""What tests of engagements need besides people and clients: what delivery believes, and pages as somebody sees them."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accord.actions import call
from accord.engagements.actions import Said, record_expectation
from accord.engagements.models import Belief, Engagement, Expectation
from accord.people.models import Member

TODAY = dt.date.today()
BACKEND = "accord.people.backends.Backend"


def said(engagement: Engagement, what: Said, by: Member | None = None) -> Expectation:
    """Recorded by its seller unless somebody else is named."""
    return record_expectation(by or engagement.parts.first().member, engagement, what)  # type: ignore[union-attr]


def a_scope(subject: str = "Single sign-on is included") -> Said:
    return Said(Expectation.Kind.SCOPE, subject, TODAY)


def believed(expectation: Expectation, probability: float | None = 0.9, **about: Any) -> Belief:
    """What a promise check or an approved estimate would have told."""
    usual = {"from_approved_estimate": True, "digest": "0" * 64, "at": timezone.now()}
    belief = Belief(expectation=expectation, probability=probability, **(usual | about))
    token = call._current.set(call.Call("a promise check"))
    try:
        belief.save()
    finally:
        call._current.reset(token)
    return belief


def amount(value: int) -> Decimal:
    return Decimal(value)


def pages_of(member: Member) -> Client:
    """A browser without script in which the member is signed in."""
    client = Client()
    client.force_login(member, backend=BACKEND)
    return client


def queries_of(member: Member, address: str) -> int:
    """How many queries a page takes; the first visit fills what is kept between visits."""
    client = pages_of(member)
    client.get(address)
    with CaptureQueriesContext(
        connection,
    ) as caught:
        answer = client.get(address)
    assert answer.status_code == 200, (address, answer.status_code)
    return len(caught)
