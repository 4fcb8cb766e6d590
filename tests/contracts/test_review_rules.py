"""What votes decide."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.contracts.models import Choice
from accord.contracts.reviewing.rules import decision_of, is_complete
from accord.engagements.policies.content import Deciding, Seat

S, C, R, D = Choice
SEATS = list(Seat)


def of(*votes: Choice) -> dict[Seat, Choice]:
    return dict(zip(SEATS, votes, strict=False))


@pytest.mark.parametrize(
    ("votes", "strictest", "majority"),
    [
        ((S,), S, S),
        ((S, S, S, R), R, S),
        ((S, S, R, R), R, R),
        ((S, C, D), D, C),
        ((S, S, C, R, D), D, C),
        ((D, D, S), D, D),
    ],
)
def test_the_most_cautious_or_the_majority_decides(
    votes: tuple[Choice, ...], strictest: Choice, majority: Choice
) -> None:
    assert decision_of(of(*votes), Deciding.STRICTEST, 0) == strictest
    assert decision_of(of(*votes), Deciding.MAJORITY, 0) == majority


def test_signing_with_something_open_is_signing_with_conditions() -> None:
    assert decision_of(of(S, S), Deciding.STRICTEST, 1) == C
    assert decision_of(of(S, R), Deciding.STRICTEST, 1) == R


@given(st.lists(st.sampled_from(Choice), min_size=1, max_size=8))
def test_more_than_half_are_at_least_as_bold_as_the_majority(votes: list[Choice]) -> None:
    order = list(Choice)
    found = order.index(decision_of(of(*votes), Deciding.MAJORITY, 0))
    as_bold = sum(order.index(v) <= found for v in votes)
    bolder = sum(order.index(v) < found for v in votes)
    assert as_bold * 2 > len(votes)
    assert bolder * 2 <= len(votes)  # nothing bolder has more than half


def test_a_decision_waits_for_all_that_must_vote_for_the_quorum_and_for_who_sits() -> None:
    must = (Seat.SALES, Seat.DELIVERY)
    assert not is_complete(must, [Seat.SALES], False, 1, True)
    assert not is_complete(must, must, False, 3, True)
    assert not is_complete(must, must, True, 2, False)
    assert is_complete(must, must, True, 2, True)
    assert is_complete(must, must, False, 2, False)
