from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from accord.engagements.models import Expectation
from tests import firm

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_seller_records_what_was_said_with_the_keyboard(sits_down) -> None:  # type: ignore[no-untyped-def]
    seller = firm.seller()
    engagement = firm.engagement(seller)
    page = sits_down(seller).page
    page.goto(f"/engagements/{engagement.pk}/")
    page.keyboard.press("e")
    dialog = page.locator("#dialog")
    dialog.get_by_label("What", exact=True).fill("Go-live")
    dialog.get_by_label("Date named").fill("2099-06-30")
    dialog.get_by_label("The words used").fill("Before the half-year closing, that is settled.")
    dialog.get_by_role("button", name="Record").click()
    expect(dialog.get_by_text("No promise check has judged this.")).to_be_visible()
    dialog.get_by_role("button", name="Close").click()
    expect(page.get_by_role("link", name=re.compile("Go-live"))).to_be_visible()
    expect(page.get_by_text("not backed").first).to_be_visible()
    assert Expectation.objects.get().recorded_by == seller
