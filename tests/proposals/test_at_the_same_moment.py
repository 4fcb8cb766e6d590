"""Two offers that begin at the same moment have two numbers, and none is left out."""

from __future__ import annotations

import pytest

from accord.engagements.models import Engagement
from accord.people.models import Member
from accord.proposals.actions import begin_proposal
from accord.proposals.models import OfferNumber, Proposal
from tests.estimating.test_at_the_same_moment import at_once
from tests.proposals.builders import engagement, seller

pytestmark = pytest.mark.django_db(transaction=True)


def test_offers_that_begin_at_once_are_numbered_one_after_the_other() -> None:
    several = [engagement() for _ in range(4)]

    def begins(of: Engagement) -> Proposal:
        return begin_proposal(Member.objects.get(pk=seller(of).pk), Engagement.objects.get(pk=of.pk))

    got = at_once(*(lambda of=of: begins(of) for of in several))  # type: ignore[misc]
    assert all(isinstance(one, Proposal) for one in got), got
    assert sorted(OfferNumber.objects.values_list("serial", flat=True)) == [1, 2, 3, 4]
