"""The sample firm is loaded once for the tests of this folder, and rolled back after them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import transaction
from django.test import override_settings

from accord.demo.firm import load


@pytest.fixture(scope="package")
def _loaded(django_db_setup, django_db_blocker) -> Iterator[None]:  # type: ignore[no-untyped-def]
    with django_db_blocker.unblock(), override_settings(DEMO=True), transaction.atomic():
        load()
        yield
        transaction.set_rollback(True)


@pytest.fixture
def sample_firm(_loaded, db) -> None:  # type: ignore[no-untyped-def]
    """The sample firm; what a test changes is rolled back after it."""
