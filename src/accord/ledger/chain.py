"""Appending to the ledger, and proving that nothing in it was changed.

Each entry's digest is the SHA-256 of its content and of the digest before it, so that changing, removing or inserting
an entry breaks every digest after it. Who keeps the last digest elsewhere can prove that the end was not cut off.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from accord.ledger.models import LedgerEntry

FIRST = "0" * 64
_LOCK = 0x4C454447  # one writer at a time where the database serves several


@dataclass(frozen=True, slots=True)
class Verification:
    """`broken_at` is the first entry that does not fit, None if all do; `head` the last digest."""

    entries: int
    head: str
    broken_at: int | None
    holds_asked: bool

    @property
    def holds(self) -> bool:
        return self.broken_at is None and self.holds_asked


def append(kind: str, subject: str, actor_id: int | None, body: Mapping[str, Any]) -> LedgerEntry:
    """Write down that something happened. To be called inside the transaction in which it happens."""
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError(
            "the ledger is written in the transaction of what it tells"
        )
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    last = LedgerEntry.objects.order_by("-sequence").values("sequence", "digest").first()
    entry = LedgerEntry(
        sequence=last["sequence"] + 1 if last else 1,
        at=timezone.now(),
        actor_id=actor_id,
        kind=kind,
        subject=subject,
        body=canonical(body),
        previous=last["digest"] if last else FIRST,
    )
    entry.digest = digest_of(entry)
    entry.save(force_insert=True)
    return entry


def verify(asked_head: str | None = None) -> Verification:
    """Recompute the whole chain; with `asked_head`, also whether that digest is in it."""
    previous, count, found = FIRST, 0, asked_head is None
    for entry in LedgerEntry.objects.order_by("sequence").iterator():
        count += 1
        if (entry.sequence, entry.previous, entry.digest) != (count, previous, digest_of(entry)):
            return Verification(count, previous, entry.sequence, found)
        previous = entry.digest
        found = found or previous == asked_head
    return Verification(count, previous, None, found)


def digest_of(entry: LedgerEntry) -> str:
    at = entry.at.astimezone(dt.UTC).isoformat(timespec="microseconds")
    content = [entry.sequence, at, entry.actor_id, entry.kind, entry.subject, entry.body, entry.previous]
    return hashlib.sha256(canonical(content).encode()).hexdigest()


def canonical(value: Any) -> str:
    """JSON with one spelling: sorted keys, no spaces, text as UTF-8. Dates and amounts come as strings."""
    return json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False, default=str
    )
