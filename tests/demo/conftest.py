"""What tests of the sample firm share."""

from __future__ import annotations

import pytest

from accord.demo import mark

# Imported here, before any test switches the sample firm on, so that the product's own addresses stay without it.
from tests.demo import urls as urls_where_it_runs


@pytest.fixture
def where_it_runs(settings, db) -> None:  # type: ignore[no-untyped-def]
    """The sample firm runs: its addresses are there, and its database is marked."""
    settings.DEMO = True
    settings.ROOT_URLCONF = urls_where_it_runs.__name__
    if not mark.is_there():
        mark.put()
