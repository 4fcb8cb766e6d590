"""The sample firm is loaded once for the tests of this folder, and rolled back after them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import transaction
from django.test import override_settings

from accord.demo import mark
from accord.demo.firm import load

# Imported here, before any test switches the sample firm on, so that the product's own addresses stay without it.
from tests.demo import urls as urls_where_it_runs
from tests.demo.content import content_of_all_rows


@pytest.fixture(scope="module")
def first_content(django_db_setup, django_db_blocker) -> list[str]:  # type: ignore[no-untyped-def]
    """What a first loading made; it is rolled back."""
    with django_db_blocker.unblock(), override_settings(DEMO=True), transaction.atomic():
        load()
        content = content_of_all_rows()
        transaction.set_rollback(True)
    return content


@pytest.fixture(scope="module")
def _loaded(django_db_setup, django_db_blocker) -> Iterator[None]:  # type: ignore[no-untyped-def]
    with django_db_blocker.unblock(), override_settings(DEMO=True), transaction.atomic():
        load()
        yield
        transaction.set_rollback(True)


@pytest.fixture
def sample_firm(_loaded, db) -> None:  # type: ignore[no-untyped-def]
    """The sample firm; what a test changes is rolled back after it."""


@pytest.fixture
def where_it_runs(settings, db) -> None:  # type: ignore[no-untyped-def]
    """The sample firm runs: its addresses are there, and its database is marked."""
    settings.DEMO = True
    settings.ROOT_URLCONF = urls_where_it_runs.__name__
    if not mark.is_there():
        mark.put()
