"""The ground of all tests: a data folder of their own, jobs that run at once, quick passwords."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from zlib import crc32

import pytest
from django.db import connection, connections
from django.db.backends.base.operations import BaseDatabaseOperations
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

_FOLDER = tempfile.TemporaryDirectory(
    prefix="accord-test-", ignore_cleanup_errors=True
)  # gone with the tests
os.environ.setdefault("ACCORD_DATA", _FOLDER.name)


_TOGETHER = "tests/demo/loaded/"  # what is loaded for this folder takes long: once is enough


class _OneByOne(LoadScopeScheduling):
    """Each test goes to the process that is free next, but those of one folder to the same one.

    The library's own groups (`--dist loadgroup`) are not seen by pytest 9.2.
    """

    def _split_scope(self, nodeid: str) -> str:
        return _TOGETHER if nodeid.startswith(_TOGETHER) else nodeid


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--one-of", type=int, default=1, help="run one of N tests, and all with several at once")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The same ones each time; where several people act at the same moment, databases differ most: none is left out."""
    every = config.getoption("one_of")
    left_out = {item for item in items if crc32(item.nodeid.encode()) % every and not _at_once(item)}
    items[:] = [item for item in items if item not in left_out]
    config.hook.pytest_deselected(items=list(left_out))


def _at_once(item: pytest.Item) -> bool:
    mark = item.get_closest_marker("django_db")
    return mark is not None and bool(mark.kwargs.get("transaction"))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadScopeScheduling:
    return _OneByOne(config, log)


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
