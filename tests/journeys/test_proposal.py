"""A proposal from the approved estimate to the client's mail, in a real browser."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core import mail
from playwright.sync_api import Page, expect

from accord.people.models import AccessRole
from accord.proposals.models import Proposal, State
from tests import firm
from tests.journeys.widths import WIDTHS
from tests.planning import check_builders as planned
from tests.proposals.builders import checked, contact, engagement, seller

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("width", WIDTHS)
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


@pytest.mark.parametrize("width", WIDTHS)
def test_what_legal_and_finance_keep_stands_in_the_next_proposal(sits_down: Any, width: int) -> None:
    of = engagement()
    checked(of)
    page: Page = sits_down(firm.member(AccessRole.LEGAL), width).page
    page.goto("/proposals/clauses/")
    page.get_by_role("link", name="Add a clause").click()
    dialog = page.locator("#dialog")
    dialog.get_by_label("Title").fill("Changes")
    dialog.get_by_label("Words").fill("Both agree in writing.")
    dialog.get_by_role("button", name="Save").click()
    page.get_by_text("Changes", exact=True).click()
    expect(page.get_by_text("Both agree in writing.")).to_be_visible()

    page = sits_down(firm.member(AccessRole.FINANCE), width).page
    page.goto("/proposals/rate-cards/")
    page.get_by_role("link", name="Add a rate card").click()
    dialog = page.locator("#dialog")
    dialog.get_by_label("Name").fill("Standard")
    dialog.get_by_label("developer, per hour").fill("120")
    dialog.get_by_role("button", name="Save").click()
    expect(page.get_by_role("row", name="developer 120")).to_be_visible()

    page = sits_down(seller(of), width).page
    page.goto(f"/proposals/of/{of.pk}/")
    page.get_by_role("button", name="Begin a proposal").click()
    page.get_by_role("link", name="Change the text").click()
    page.locator("[name=prices-0-card]").select_option(label="developer, 120\u00a0EUR (Standard)")
    expect(page.locator("[name=prices-0-name]")).to_have_value("developer")
    expect(page.locator("[name=prices-0-kind]")).to_have_value("time")
    page.locator("[name=prices-0-rate]").fill("90")
    page.locator("[name=prices-0-quantity]").fill("100")
    page.locator("[name=clauses-0-text]").fill("Nobody agrees.")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("25\u202f% below the rate card")).to_be_visible()
    expect(page.get_by_text("changed by hand")).to_be_visible()
