"""Two people at the same moment: one hand-over, one acceptance, and nothing accepted that was just changed."""

from __future__ import annotations

import pytest

from accord.contracts.handing_over.actions import (
    accept_hand_over,
    begin_hand_over,
    change_hand_over,
    send_back,
)
from accord.contracts.handing_over.content import Words
from accord.contracts.models import Acceptance, HandOver
from accord.engagements.models import Part
from accord.ledger import chain
from tests.contracts.handing_over_builders import engagement, manager, now, offered, seller, with_part
from tests.estimating.test_at_the_same_moment import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_who_begin_at_once_write_one() -> None:
    of = engagement()
    got = at_once(*(lambda: begin_hand_over(now(seller(of)), now(of)) for _ in range(2)))
    assert sum(isinstance(one, HandOver) for one in got) == 1
    assert HandOver.objects.count() == 1


def test_two_who_accept_at_once_accept_once() -> None:
    made = offered()
    of = made.engagement
    both = [manager(of), with_part(of, Part.DELIVERY_LEAD)]
    got = at_once(*(lambda one=one: accept_hand_over(now(one), now(made), made.digest) for one in both))  # type: ignore[misc]
    assert sum(isinstance(one, Acceptance) for one in got) == 1
    assert Acceptance.objects.count() == 1
    assert chain.verify().holds


def test_it_is_accepted_or_changed_or_sent_back_and_never_accepted_unread() -> None:
    made = offered()
    of = made.engagement
    one, lead, sold = manager(of), with_part(of, Part.DELIVERY_LEAD), seller(of)
    at_once(
        lambda: accept_hand_over(now(one), now(made), made.digest),
        lambda: send_back(now(lead), now(made), ["Who pays?"], made.digest),
        lambda: change_hand_over(now(sold), now(made), Words(why="Other"), made.revision),
    )
    first = HandOver.objects.get(version=1)
    assert Acceptance.objects.exists() == (first.state == HandOver.State.ACCEPTED)
    assert first.questions.exists() <= (not Acceptance.objects.exists())
    assert chain.verify().holds
