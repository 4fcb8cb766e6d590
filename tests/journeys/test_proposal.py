"""A proposal from the approved estimate to the client's mail, in a real browser."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core import mail
from playwright.sync_api import Page, expect

from accord.proposals.models import Proposal, State
from tests.planning import check_builders as planned
from tests.proposals.builders import checked, contact, engagement, seller

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("width", [1440, 375])
def test_a_seller_writes_what_delivery_stands_behind_and_sends_it(sits_down: Any, width: int) -> None:
    of = engagement()
    planned.told_date(of, 1)
    checked(of)
    contact(of)
    page: Page = sits_down(seller(of), width).page
    page.goto(f"/engagements/{of.pk}/")
    page.get_by_role("link", name="Proposal", exact=True).click()
    page.get_by_role("button", name="Begin a proposal").click()
    expect(page.locator("#question")).to_contain_text("Not yet: 1 term is not backed.")
    expect(page.get_by_role("button", name="Send")).to_be_disabled()

    # The date that was told is nobody's plan: the text gets one that is, and a price.
    page.get_by_role("link", name="Change the text").click()
    later = dt.date.today() + dt.timedelta(300)
    page.locator("[name=dates-0-date]").fill(later.isoformat())
    page.locator("[name=prices-0-name]").fill("The portal")
    page.locator("[name=prices-0-rate]").fill("40000")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#question")).to_contain_text("Yes: delivery stands behind each term.")
    expect(page.get_by_text("contradicted")).to_be_visible()  # the client was told tomorrow

    page.get_by_role("link", name="Send").click()
    dialog = page.locator("#dialog")
    dialog.get_by_label("Bea Buyer").check()
    dialog.get_by_role("button", name="Send it").click()
    expect(page.locator("#question")).to_contain_text("Sent on")
    assert Proposal.objects.get().state == State.SENT
    assert [letter.to for letter in mail.outbox] == [["buyer@client.example"]]
