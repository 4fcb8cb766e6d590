from __future__ import annotations

from collections.abc import Iterator

import pytest
import time_machine

from accord.engagements import desk
from tests import firm
from tests.notices import builders
from tests.notices.builders import MONDAY, Lines, MailServer


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(MONDAY, tick=False) as coordinates:
        yield coordinates


@pytest.fixture
def server(settings: object, monkeypatch: pytest.MonkeyPatch) -> MailServer:
    settings.EMAIL_BACKEND = "tests.notices.builders.Backend"  # type: ignore[attr-defined]
    settings.SITE = "https://accord.firm.example/"  # type: ignore[attr-defined]
    monkeypatch.setattr(builders, "server", MailServer())
    return builders.server


@pytest.fixture
def lines(db: None, clock: object, monkeypatch: pytest.MonkeyPatch) -> Lines:
    found = Lines(firm.engagement())
    monkeypatch.setattr(desk, "_sources", [(1, found)])
    return found
