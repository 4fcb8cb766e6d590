"""The audit is only appended to: the database says the same to whoever writes past the door."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction

from accord.actions.models import AuditChange
from tests import firm

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("table", ["actions_auditentry", "actions_auditchange"])
@pytest.mark.parametrize("deed", ["UPDATE {table} SET id = id + 1000", "DELETE FROM {table}"])
def test_the_database_keeps_what_the_audit_tells(table: str, deed: str) -> None:
    firm.engagement()
    before = AuditChange.objects.count()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(deed.format(table=table))
    assert AuditChange.objects.count() == before > 0
