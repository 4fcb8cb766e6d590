"""What people do with an engagement."""

from __future__ import annotations

import pytest

from accord.actions.refusals import NotAllowed, Refused, WrongInput
from accord.engagements.actions import (
    change_engagement,
    end_engagement,
    give_part,
    move_to_stage,
    reopen_engagement,
    take_part,
)
from accord.engagements.models import Engagement, Outcome, Part, Profile, Stage
from accord.engagements.policies.actions import change_profile
from accord.ledger.models import LedgerEntry
from accord.people.actions import deactivate_member
from accord.people.models import AccessRole
from tests import firm
from tests.engagements.builders import amount, pages_of, said

pytestmark = pytest.mark.django_db


def test_who_has_no_part_changes_nothing() -> None:
    engagement = firm.engagement()
    with pytest.raises(NotAllowed):
        change_engagement(firm.seller(), engagement, "Mine", None, 10, False)


def test_a_chance_lies_between_0_and_100() -> None:
    engagement = firm.engagement()
    with pytest.raises(WrongInput):
        change_engagement(engagement.parts.get().member, engagement, "Portal", None, 101, False)


def test_the_seller_does_not_choose_how_much_method_it_needs() -> None:
    engagement = firm.engagement()
    with pytest.raises(NotAllowed):
        change_profile(engagement.parts.get().member, engagement, Profile.LIGHT, "Quicker.")


def test_delivery_decides_the_profile_with_a_reason_in_the_ledger() -> None:
    engagement = firm.engagement()
    lead = firm.with_part(engagement, Part.DELIVERY_LEAD)
    with pytest.raises(WrongInput):
        change_profile(lead, engagement, Profile.HEAVY, " ")
    change_profile(lead, engagement, Profile.HEAVY, "New technology.")
    entry = LedgerEntry.objects.get(kind="profile_changed")
    assert "New technology." in entry.body


def test_the_last_seller_stays() -> None:
    engagement = firm.engagement()
    seller = engagement.parts.get().member
    with pytest.raises(Refused):
        take_part(seller, engagement, seller, Part.SELLER)
    other = firm.with_part(engagement, Part.SELLER, AccessRole.SELLER)
    take_part(seller, engagement, seller, Part.SELLER)
    assert engagement.parts.get().member == other


def test_who_has_left_the_firm_gets_no_part() -> None:
    engagement, gone = firm.engagement(), firm.member()
    deactivate_member(firm.administrator(), gone)
    with pytest.raises(WrongInput):
        give_part(engagement.parts.get().member, engagement, gone, Part.TEAM)


def test_only_an_executive_takes_up_again_what_was_lost() -> None:
    engagement = firm.engagement()
    seller = engagement.parts.get().member
    end_engagement(seller, engagement, Outcome.LOST, "Too dear.")
    with pytest.raises(NotAllowed):
        reopen_engagement(seller, engagement, "They called.")
    executive = firm.member(AccessRole.EXECUTIVE)
    with pytest.raises(WrongInput):
        reopen_engagement(executive, engagement, "")
    reopen_engagement(executive, engagement, "They called.")
    assert Engagement.objects.get().outcome == ""
    assert LedgerEntry.objects.filter(kind="engagement_reopened").count() == 1


def test_what_goes_on_is_not_taken_up_again() -> None:
    with pytest.raises(Refused):
        reopen_engagement(firm.member(AccessRole.EXECUTIVE), firm.engagement(), "Why not.")


def test_a_lost_engagement_keeps_its_reason_on_its_page() -> None:
    engagement = firm.engagement()
    seller = engagement.parts.get().member
    end_engagement(seller, engagement, Outcome.DECLINED, "We cannot keep the date.")
    assert (
        "We cannot keep the date." in pages_of(seller).get(f"/engagements/{engagement.pk}/").content.decode()
    )


def test_a_move_on_the_board_that_a_rule_forbids_tells_the_rule_and_moves_nothing() -> None:
    engagement = firm.engagement()
    page = pages_of(engagement.parts.get().member)
    answer = page.post(
        f"/engagements/{engagement.pk}/board/", {"stage": "review"}, headers={"HX-Request": "true"}
    )
    assert answer.status_code == 409
    assert "one step at a time" in answer.content.decode()
    assert Engagement.objects.get().stage == Stage.FIRST_TALK


def test_a_move_on_the_board_moves() -> None:
    engagement = firm.engagement()
    page = pages_of(engagement.parts.get().member)
    assert page.post(f"/engagements/{engagement.pk}/board/", {"stage": "qualified"}).status_code == 302
    assert Engagement.objects.get().stage == Stage.QUALIFIED


def test_the_history_tells_names_and_values_also_of_what_was_said_and_of_parts_taken_back() -> None:
    engagement = firm.engagement(value=amount(1200))
    seller = engagement.parts.get().member
    helper = firm.with_part(engagement, Part.ESTIMATOR, AccessRole.ESTIMATOR)
    take_part(seller, engagement, helper, Part.ESTIMATOR)
    said(engagement, firm.a_date())
    move_to_stage(seller, engagement, Stage.QUALIFIED)
    text = pages_of(seller).get(f"/engagements/{engagement.pk}/history/").content.decode()
    assert "recorded expectation" in text
    assert "gave part" in text
    assert "took part" in text
    assert helper.name in text
    assert "Qualified" in text
    assert "Go-live" in text


@pytest.mark.parametrize(
    "page",
    ["", "said/", "history/", "change/", "profile/", "parts/give/", "next-step/", "end/", "said/record/"],
)
def test_a_confidential_engagement_is_closed_to_others_on_every_page(page: str) -> None:
    engagement = firm.engagement(title="Secret merger", confidential=True)
    answer = pages_of(firm.seller()).get(f"/engagements/{engagement.pk}/{page}")
    assert answer.status_code == 403
    assert "Secret merger" not in answer.content.decode()


def test_a_statement_of_a_confidential_engagement_is_closed_too() -> None:
    kept = said(firm.engagement(confidential=True), firm.a_date())
    page = pages_of(firm.seller())
    for address in ("", "restate/", "withdraw/"):
        assert page.get(f"/engagements/expectations/{kept.pk}/{address}").status_code == 403
