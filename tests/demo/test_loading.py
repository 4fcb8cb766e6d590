"""Loading the sample firm is all or nothing, and the same every time."""

from __future__ import annotations

import pytest
from django.db import transaction

from accord.demo import firm
from accord.engagements.models import Engagement, Policy
from accord.engagements.policies import jobs
from accord.ledger.chain import verify
from accord.people.models import Member
from tests.demo.content import content_of_all_rows


def test_two_loadings_give_the_same_firm(db: None, settings: object) -> None:
    settings.DEMO = True  # type: ignore[attr-defined]
    first, second = _loaded_content(), _loaded_content()
    assert first == second


def _loaded_content() -> list[str]:
    """What a loading makes; it is rolled back."""
    with transaction.atomic():
        firm.load()
        content = content_of_all_rows()
        transaction.set_rollback(True)
    return content


def test_no_job_of_the_policy_waits_to_outdate_what_was_checked(
    db: None, settings: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.DEMO = True  # type: ignore[attr-defined]
    monkeypatch.setattr(jobs, "follow_policy_in_force", None)  # whoever asked for it would fail
    with transaction.atomic():
        firm.load()
        (policy,) = Policy.objects.all()
        assert policy.valid_from < Engagement.objects.earliest("begun_on").begun_on
        transaction.set_rollback(True)


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
