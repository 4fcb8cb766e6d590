"""What delivery believed is kept for good, so that nobody knows better afterwards."""

from __future__ import annotations

import pytest
from django.utils import timezone

from accord.actions.refusals import Refused
from accord.engagements.believing import keep
from accord.engagements.models import Belief, Expectation, PastBelief
from tests import firm
from tests.engagements.builders import said
from tests.planning import builders as build

pytestmark = pytest.mark.django_db


def believe(promise: Expectation, probability: float, approved: bool = True) -> None:
    belief = Belief.objects.filter(expectation=promise).first() or Belief(expectation=promise)
    belief.probability, belief.from_approved_estimate = probability, approved
    belief.digest, belief.at = f"{probability}", timezone.now()
    with build.written():
        keep(belief)


def told() -> list[tuple[float | None, bool]]:
    return list(PastBelief.objects.values_list("probability", "backed"))


def test_each_change_of_mind_is_noted_once() -> None:
    promise = said(firm.engagement(), firm.a_date())
    for probability in (0.4, 0.4, 0.85, 0.6):
        believe(promise, probability)
    believe(promise, 0.6, approved=False)
    assert told() == [(0.4, False), (0.85, True), (0.6, False), (0.6, False)]
    assert PastBelief.objects.first().because  # type: ignore[union-attr]


def test_what_was_believed_is_never_changed() -> None:
    promise = said(firm.engagement(), firm.a_date())
    believe(promise, 0.4)
    past = PastBelief.objects.get()
    past.probability = 0.9
    with pytest.raises(Refused):
        past.save()
