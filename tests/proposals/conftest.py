"""A browser of a member."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from accord.people.models import Member


@pytest.fixture
def at(client: Client) -> Any:
    def go(member: Member) -> Client:
        client.force_login(member, backend="accord.people.backends.Backend")
        return client

    return go
