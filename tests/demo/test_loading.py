"""Loading the sample firm is quick, and all or nothing."""

from __future__ import annotations

import time

import pytest

from accord.demo import firm
from accord.ledger.chain import verify
from accord.people.models import Member


def test_a_loading_takes_less_than_twenty_seconds_of_a_processor(db: None, settings: object) -> None:
    settings.DEMO = True  # type: ignore[attr-defined]
    began = time.process_time()
    firm.load()
    assert time.process_time() - began < 20


def test_a_loading_that_fails_leaves_nothing(
    db: None, settings: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.DEMO = True  # type: ignore[attr-defined]

    def fails(*_: object) -> None:
        raise RuntimeError("the world is broken")

    monkeypatch.setattr(firm._Loader, "_engagement", fails)
    with pytest.raises(RuntimeError):
        firm.load()
    assert not Member.objects.exists()
    assert verify().entries == 0
