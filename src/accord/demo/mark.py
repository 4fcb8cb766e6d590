"""The mark by which a database is known as the sample firm's: the first entry of its ledger, which nobody can add later."""

from __future__ import annotations

from accord.ledger.chain import append
from accord.ledger.models import LedgerEntry

_KIND = "sample_firm_loaded"


def put() -> None:
    """Mark an empty database, before anything else is written into its ledger."""
    append(_KIND, "firm", None, {})


def is_there() -> bool:
    return LedgerEntry.objects.filter(sequence=1, kind=_KIND).exists()
