"""The ground of all tests: a data folder of their own, jobs that run at once, quick passwords."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection, connections
from django.db.backends.base.operations import BaseDatabaseOperations

_FOLDER = tempfile.TemporaryDirectory(
    prefix="accord-test-", ignore_cleanup_errors=True
)  # gone with the tests
os.environ.setdefault("ACCORD_DATA", _FOLDER.name)


@pytest.fixture(autouse=True)
def _quick(settings: object) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # type: ignore[attr-defined]
    settings.TASKS = {
        "default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend", "QUEUES": []}
    }  # type: ignore[attr-defined]
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"  # type: ignore[attr-defined]


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """The embedded database is a file, as in earnest: in memory, requests at the same time lock each other out."""
    for database in connections.databases.values():
        if database["ENGINE"].endswith("sqlite3"):
            worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
            database["TEST"]["NAME"] = str(Path(_FOLDER.name) / f"{worker}.sqlite3")


@pytest.fixture(autouse=True, scope="session")
def _triggers_let_tests_clean_up() -> Iterator[None]:
    """Tests with a server empty all tables afterwards; SQLite's triggers would refuse that for what is only appended to."""
    if connection.vendor != "sqlite":
        yield
        return
    operations = type(connection.ops)
    whole = operations.execute_sql_flush

    def flush(self: BaseDatabaseOperations, statements: list[str]) -> None:
        triggers = _rows("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        for name, _ in triggers:
            _rows(f"DROP TRIGGER {name}")
        whole(self, statements)
        for _, sql in triggers:
            _rows(sql)

    operations.execute_sql_flush = flush  # type: ignore[method-assign]
    yield
    operations.execute_sql_flush = whole  # type: ignore[method-assign]


def _rows(sql: str) -> list[tuple[str, str]]:
    with connection.cursor() as cursor:
        return cursor.execute(sql).fetchall()  # type: ignore[no-any-return]
