"""From who sold to who delivers, in a real browser: offered, sent back, answered, offered again, accepted, started."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from accord.engagements.models import Engagement, Part, Stage
from accord.people.models import Member
from tests.contracts.handing_over_builders import engagement, manager, now, seller, with_part
from tests.journeys.widths import WIDTHS
from tests.planning.check_builders import told_date

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("width", WIDTHS)
def test_delivery_takes_over_what_was_sold_and_starts(sits_down: Any, width: int) -> None:
    of = engagement()
    told_date(of, 60)
    sells: Page = sits_down(seller(of), width).page
    leads: Page = sits_down(manager(of), width).page
    sells.goto(f"/engagements/{of.pk}/")
    expect(sells.get_by_text("Nobody has handed it over to delivery.")).to_be_visible()
    sells.get_by_role("link", name="Hand-over", exact=True).click()
    sells.get_by_role("button", name="Begin the hand-over").click()
    sells.get_by_label("Why the client wants it").fill("They close two offices.")
    sells.get_by_role("button", name="Save").click()
    expect(sells.locator("#question")).to_contain_text("Not yet: it is being written.")
    _offer(sells, "Offer it")
    expect(sells.locator("#question")).to_contain_text(f"Not yet: {manager(of)} and {lead(of)} have until")

    leads.goto("/")
    leads.get_by_role("link", name="Read it").click()
    expect(leads.get_by_text("They close two offices.")).to_be_visible()
    expect(leads.get_by_role("link", name="Go-live")).to_be_visible()
    leads.get_by_role("link", name="Send it back with questions").click()
    leads.locator("#dialog").get_by_label("What you must know first").fill("Who brings the test data?")
    leads.locator("#dialog").get_by_role("button", name="Send it back").click()
    expect(leads.locator("#question")).to_contain_text("1 question waits for an answer")

    sells.goto(f"/hand-overs/of/{of.pk}/")
    expect(sells.get_by_role("button", name="Offer it again")).to_be_disabled()
    sells.get_by_role("link", name="Answer", exact=True).click()
    sells.locator("#dialog").get_by_label("Answer").fill("Their office, within a week.")
    sells.locator("#dialog").get_by_role("button", name="Answer").click()
    expect(sells.locator("#question")).to_contain_text("all is answered")
    _offer(sells, "Offer it again")
    expect(sells.locator("#question")).to_contain_text("have until")

    leads.goto(f"/hand-overs/of/{of.pk}/")
    leads.get_by_role("button", name="Take it over").click()
    expect(leads.locator("#question")).to_contain_text(f"Yes: {manager(of)} accepted it on")
    leads.get_by_role("button", name="Move to “Delivery”").click()
    expect(leads.get_by_role("button", name="Move to “Closing”")).to_be_visible()
    assert now(of).stage == Stage.DELIVERY


def lead(of: Engagement) -> Member:
    return with_part(of, Part.DELIVERY_LEAD)


def _offer(page: Page, words: str) -> None:
    page.get_by_role("link", name=words).click()
    page.locator("#dialog").get_by_role("button", name="Offer it", exact=True).click()
