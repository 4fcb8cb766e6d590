from __future__ import annotations

import pytest
from playwright.sync_api import expect

from accord.engagements.models import Expectation
from tests import firm
from tests.engagements.builders import said

pytestmark = pytest.mark.django_db(transaction=True)


def test_one_escape_closes_the_palette_and_the_chosen_tab_is_in_sight_on_a_phone(sits_down) -> None:  # type: ignore[no-untyped-def]
    seller = firm.seller()
    engagement = firm.engagement(seller)
    page = sits_down(seller).page
    page.set_viewport_size({"width": 375, "height": 800})
    page.goto(f"/engagements/{engagement.pk}/history/")
    expect(page.locator(".tabs [aria-current]")).to_be_in_viewport(ratio=1)
    page.keyboard.press("Control+k")
    page.locator("#palette-field").fill("load")
    page.keyboard.press("Escape")
    expect(page.locator("#palette")).to_be_hidden()


def test_what_stands_already_is_restated_out_of_the_question(sits_down) -> None:  # type: ignore[no-untyped-def]
    seller = firm.seller()
    engagement = firm.engagement(seller)
    kept = said(engagement, firm.a_date())
    page = sits_down(seller).page
    page.goto(f"/engagements/{engagement.pk}/")
    page.keyboard.press("e")
    dialog = page.locator("#dialog")
    dialog.get_by_label("What", exact=True).fill("go-live")
    dialog.get_by_label("Date named").fill("2099-06-30")
    dialog.get_by_role("button", name="Record").click()
    expect(dialog.get_by_text("Already recorded:")).to_be_visible()
    dialog.get_by_role("button", name="Restate it").click()
    expect(dialog.get_by_text("No promise check has judged this.")).to_be_visible()
    assert Expectation.objects.get(restates=kept).date.year == 2099  # type: ignore[union-attr]


def test_an_empty_firms_dialogs_lead_from_one_to_the_next(sits_down) -> None:  # type: ignore[no-untyped-def]
    page = sits_down(firm.seller()).page
    page.goto("/")
    page.keyboard.press("e")
    dialog = page.locator("#dialog")
    dialog.get_by_role("link", name="Begin an engagement").click()
    dialog.get_by_role("link", name="Add a client first").click()
    expect(dialog.get_by_role("heading", name="client")).to_be_visible()
