"""Each line of the desk has a key of its own: notices tell things apart by it."""

from __future__ import annotations

import pytest

from accord.engagements.desk import waiting_for
from accord.people.models import Member


@pytest.mark.usefixtures("sample_firm")
def test_no_two_things_that_wait_for_somebody_share_their_key() -> None:
    for member in Member.objects.filter(is_active=True):
        keys = [line.key for line in waiting_for(member)]
        assert len(keys) == len(set(keys)), member
