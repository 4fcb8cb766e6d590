"""People decide together on one exact version, each at a browser of their own."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from accord.contracts.models import Choice, Review, Vote
from accord.ledger import chain
from tests.contracts.builders import judged, now, people
from tests.journeys.widths import WIDTHS
from tests.proposals.builders import seller

pytestmark = pytest.mark.django_db(transaction=True)


def _vote(page: Page, choice: str, because: str) -> None:
    page.locator("#vote").get_by_label(choice, exact=True).check()
    page.locator("#vote").get_by_label("Why").fill(because)
    page.get_by_role("button", name="Cast my vote").click()


@pytest.mark.parametrize("width", WIDTHS)
def test_four_people_decide_and_one_of_them_has_a_condition(sits_down: Any, width: int) -> None:
    draft = judged()
    of = draft.engagement
    who = people(of)

    page: Page = sits_down(seller(of), width).page
    page.goto(f"/proposals/{draft.pk}/")
    page.get_by_role("link", name="Review", exact=True).click()
    page.get_by_role("link", name="Call a review of proposal, version 1").click()
    page.locator("#dialog").get_by_role("button", name="Call it").click()
    expect(page.locator("#question")).to_have_text("Will we sign? 0 of 4 have voted.")
    page.locator(".seat", has_text="Sales").get_by_role("button", name="Take this seat").click()
    # The seller is offered no seat of delivery.
    expect(page.locator(".seat", has_text="Delivery").get_by_role("button")).to_have_count(0)
    _vote(page, "sign", "They wait for it.")

    lead: Page = sits_down(who.lead, width).page
    lead.goto("/")
    lead.locator(".line", has_text="A seat is free in the review").get_by_role(
        "link", name="See the review"
    ).click()
    lead.locator(".seat", has_text="Delivery").get_by_role("button", name="Take this seat").click()
    expect(lead.get_by_text("They wait for it.")).to_have_count(0)  # not before the own vote
    lead.get_by_role("link", name="Raise one").click()
    dialog = lead.locator("#dialog")
    dialog.get_by_label("What must be so").fill("Test data is there.")
    dialog.get_by_label("Who sees to it").select_option(str(who.pm.pk))
    dialog.get_by_role("button", name="Raise it").click()
    expect(lead.get_by_text("Test data is there.")).to_be_visible()
    _vote(lead, "sign with conditions", "Only with the test data.")
    expect(lead.get_by_text("They wait for it.")).to_be_visible()

    for member in (who.pm, who.finance):
        other: Page = sits_down(member, width).page
        review = Review.objects.get()
        other.goto(f"/reviews/{review.pk}/")
        other.get_by_role("button", name="Take this seat").click()
        _vote(other, "sign", "It fits.")
    expect(other.locator("#question")).to_contain_text("sign with conditions.")
    assert now(review).decision == Choice.CONDITIONS
    assert Vote.objects.count() == 4

    # Its owner is offered no way to confirm the condition; who raised it is.
    pm: Page = sits_down(who.pm, width).page
    pm.goto(f"/reviews/{review.pk}/")
    expect(pm.get_by_role("link", name="Confirm that it is so")).to_have_count(0)
    lead.goto(f"/reviews/{review.pk}/")
    lead.get_by_role("link", name="Confirm that it is so").click()
    lead.locator("#dialog").get_by_label("How you saw it").fill("I opened the file.")
    lead.locator("#dialog").get_by_role("button", name="Confirm it").click()
    expect(lead.get_by_text("I opened the file.")).to_be_visible()
    minutes = lead.request.get(f"/reviews/{review.pk}/minutes/")
    assert minutes.body().startswith(b"%PDF")
    assert lead.evaluate("document.documentElement.scrollWidth") <= width
    assert chain.verify().holds
