"""The work does not start before delivery took it over, or somebody with authority let it pass for all to see."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from accord.actions.refusals import NotAllowed, Refused, WrongInput
from accord.contracts.handing_over.actions import change_hand_over, override_start
from accord.contracts.handing_over.content import Words
from accord.contracts.handing_over.queries import newest, seal_of
from accord.engagements.actions import move_to_stage
from accord.engagements.models import Engagement, Override, Stage
from accord.ledger import chain
from accord.people.actions import deactivate_member, give_role
from accord.people.models import AccessRole, Member
from tests import firm
from tests.contracts.handing_over_builders import (
    accepted,
    engagement,
    manager,
    now,
    offered,
    seller,
    sent_back,
    written,
)
from tests.engagements.builders import pages_of

pytestmark = pytest.mark.django_db
BECAUSE = "Their old system ends on Friday."


def nothing() -> Engagement:
    return engagement()


def a_draft() -> Engagement:
    return written(engagement()).engagement


def an_offer() -> Engagement:
    return offered().engagement


def questions() -> Engagement:
    return sent_back().engagement


def a_newer_draft() -> Engagement:
    made = accepted().hand_over
    change_hand_over(seller(made.engagement), made, Words(why="More"), made.revision)
    return made.engagement


NOT_YET = [nothing, a_draft, an_offer, questions, a_newer_draft]


def starts(of: Engagement) -> Engagement:
    return move_to_stage(manager(of), now(of), Stage.DELIVERY)


def let_pass(of: Engagement, by: Member | None = None, because: str = BECAUSE) -> Override:
    by = by or firm.member(AccessRole.EXECUTIVE)
    return override_start(by, now(of), because, seal_of(of, newest(of)))


@pytest.mark.parametrize("state", NOT_YET)
def test_without_acceptance_of_the_newest_version_nothing_starts(state: Callable[[], Engagement]) -> None:
    of = state()
    with pytest.raises(Refused, match="accepted the hand-over"):
        starts(of)


def test_nor_through_the_form_or_the_board() -> None:
    of = an_offer()
    browser = pages_of(manager(of))
    for address in (f"/engagements/{of.pk}/move/", f"/engagements/{of.pk}/board/"):
        assert browser.post(address, {"stage": "delivery"}).status_code == 409, address
        assert now(of).stage == Stage.CONTRACT


def test_the_page_of_the_engagement_says_what_is_missing() -> None:
    of = an_offer()
    page = pages_of(seller(of)).get(f"/engagements/{of.pk}/").content.decode()
    assert f"waits for {manager(of)}" in page


@pytest.mark.parametrize("state", NOT_YET)
def test_an_override_lets_exactly_this_start(state: Callable[[], Engagement]) -> None:
    of = state()
    made = let_pass(of)
    assert made.facts
    assert starts(of).stage == Stage.DELIVERY
    assert chain.verify().holds


def test_a_change_of_the_hand_over_needs_another_override() -> None:
    of = an_offer()
    let_pass(of)
    row = of.hand_overs.get()
    change_hand_over(seller(of), row, Words(why="Other"), row.revision)
    with pytest.raises(Refused, match="accepted the hand-over"):
        starts(of)


def test_an_override_from_a_stale_page_lets_nothing_pass() -> None:
    of = an_offer()
    with pytest.raises(Refused, match="since you opened the page"):
        override_start(firm.member(AccessRole.EXECUTIVE), of, BECAUSE, "0" * 64)


def gone(_of: Engagement) -> Member:
    made = firm.member(AccessRole.EXECUTIVE)
    deactivate_member(firm.administrator(), made)
    return now(made)  # type: ignore[no-any-return]


def sells_and_leads_the_firm(of: Engagement) -> Member:
    give_role(firm.administrator(), seller(of), AccessRole.EXECUTIVE)
    return now(seller(of))  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    "who", [seller, manager, gone, sells_and_leads_the_firm, lambda _of: firm.administrator()]
)
def test_who_is_not_named_sells_it_or_has_left_overrides_nothing(who: Callable[[Engagement], Member]) -> None:
    of = an_offer()
    with pytest.raises(NotAllowed):
        let_pass(of, who(of))
    assert not Override.objects.exists()


def test_an_override_has_its_reason_and_something_to_let_pass() -> None:
    of = an_offer()
    with pytest.raises(WrongInput):
        let_pass(of, because="  ")
    done = accepted().hand_over.engagement
    with pytest.raises(Refused, match="Delivery has accepted"):
        let_pass(done)
    with pytest.raises(Refused, match="stands at"):
        let_pass(engagement(Stage.REVIEW))


def test_the_same_is_overridden_once() -> None:
    of = an_offer()
    let_pass(of)
    with pytest.raises(Refused, match="overridden once"):
        let_pass(of)
