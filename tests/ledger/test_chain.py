from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction

from accord.engagements.actions import record_expectation
from accord.ledger.chain import append, verify
from tests import firm

pytestmark = pytest.mark.django_db


def test_an_untouched_ledger_verifies() -> None:
    seller = firm.seller()
    engagement = firm.engagement(seller)
    for days in (30, 60, 90):
        record_expectation(seller, engagement, firm.a_date(days))
    found = verify()
    assert (found.entries, found.broken_at, found.holds) == (3, None, True)


def test_the_database_refuses_to_change_or_delete_an_entry() -> None:
    append("said", "engagement:1", None, {"a": 1})
    statements = ["UPDATE ledger_ledgerentry SET body = '{}'", "DELETE FROM ledger_ledgerentry"]
    if connection.vendor == "sqlite":
        statements.append("REPLACE INTO ledger_ledgerentry SELECT * FROM ledger_ledgerentry")
    for statement in statements:
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    assert verify().holds


@pytest.mark.parametrize("field", ["body", "kind", "subject", "at", "actor_id"])
def test_a_changed_entry_is_found_even_if_the_trigger_was_removed(field: str) -> None:
    for k in range(3):
        append("said", "engagement:1", None, {"k": k})
    _without_triggers()
    value = {"at": "2020-01-01 00:00:00+00:00", "actor_id": firm.administrator().pk}.get(field, "{}")
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE ledger_ledgerentry SET {field} = %s WHERE sequence = 2", [value])
    assert verify().broken_at == 2


def test_a_removed_entry_is_found() -> None:
    for k in range(3):
        append("said", "engagement:1", None, {"k": k})
    _without_triggers()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM ledger_ledgerentry WHERE sequence = 2")
    assert verify().broken_at == 3


def test_an_end_that_was_cut_off_is_found_by_the_head_noted_before() -> None:
    for k in range(3):
        append("said", "engagement:1", None, {"k": k})
    head = verify().head
    assert verify(head).holds
    _without_triggers()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM ledger_ledgerentry WHERE sequence = 3")
    assert verify().holds
    assert not verify(head).holds


def _without_triggers() -> None:
    name = "ledger_ledgerentry_is_kept"
    statements = {
        "postgresql": [f"DROP TRIGGER {name} ON ledger_ledgerentry"],
        "sqlite": [f"DROP TRIGGER {name}_from_update", f"DROP TRIGGER {name}_from_delete"],
    }
    with connection.cursor() as cursor:
        for statement in statements[connection.vendor]:
            cursor.execute(statement)
