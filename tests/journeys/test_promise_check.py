"""From a red promise to a green one, in a real browser."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from accord.engagements.models import Engagement, Stage
from accord.engagements.queries import statements
from accord.people.models import Member
from accord.planning.models import Scenario
from tests.journeys.widths import WIDTHS
from tests.planning import check_builders as build
from tests.planning.check_builders import Work

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def engagement(db: Any) -> Engagement:
    role = build.role("developer", 3)
    found = build.engagement(Stage.ESTIMATED)
    works = [Work("w1", 40, role), Work("w2", 120, role, ["w1"]), Work("w3", 200, role, ["w1"])]
    build.plan(found, *works, Work("w4", 40, role, ["w2", "w3"]))
    build.told_date(found, 46)
    return found


@pytest.fixture
def lead(engagement: Engagement) -> Member:
    return build.delivery_lead(engagement)


def told(page: Page) -> str:
    return page.locator("[data-told]").inner_text()


@pytest.mark.parametrize("width", WIDTHS)
def test_a_red_promise_is_made_green(
    sits_down: Any, engagement: Engagement, lead: Member, width: int
) -> None:
    page: Page = sits_down(lead, width).page
    page.goto(f"/engagements/{engagement.pk}/")
    page.get_by_role("link", name="check the promises").click()
    page.get_by_role("button", name="Check the promises").click()
    expect(page.locator("#question .said-red")).to_contain_text("% for the date")
    expect(page.get_by_text("All numbers as a table")).to_be_visible()

    # Drag the line to the right: the probability follows, and the server is not asked.
    page.wait_for_load_state("networkidle")  # the menu asks how much waits on the desk
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    before, chart = told(page), page.locator("[data-chart]")
    chart.scroll_into_view_if_needed()
    box = chart.bounding_box()
    assert box is not None
    y = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] * 0.4, y)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.8, y, steps=4)
    page.mouse.up()
    assert told(page) != before
    expect(page.locator("[data-told]")).to_contain_text("kept often enough")
    # Besides, a browser fetches a page's icon when it has time for it.
    assert [url for url in asked if not url.endswith("/icon.svg")] == []

    # Try a way out and adopt it.
    way = page.locator(".way-out", has=page.get_by_text(re.compile("^One more developer")))
    way.get_by_role("button", name=re.compile("Try")).click()
    expect(page.get_by_text("The plan is as it was.")).to_be_visible()
    page.get_by_role("button", name="Adopt it").click()
    expect(page.locator("#question .kept-green")).to_contain_text("Yes:")
    expect(page.get_by_role("button", name="Move to “Proposal”")).to_be_enabled()
    assert Scenario.objects.get().adopted_by == lead
    assert statements(engagement)[0].backing.backed


def test_leaving_work_out_keeps_the_date_and_asks_for_an_approval(
    sits_down: Any, engagement: Engagement, lead: Member
) -> None:
    page: Page = sits_down(lead).page
    page.goto(f"/plans/of/{engagement.pk}/check/")
    page.get_by_role("button", name="Check the promises").click()
    way = page.locator(".way-out", has_text="Leave out")
    way.get_by_role("button", name=re.compile("Try")).click()
    page.get_by_role("button", name="Adopt it").click()
    expect(page.locator("#question .kept-green")).to_contain_text("Yes:")
    expect(page.get_by_text("The plan leaves out “Work w3”. So nothing counts as backed")).to_be_visible()
    assert not statements(engagement)[0].backing.backed


def test_the_line_moves_with_the_keyboard_and_its_date_is_tried(
    sits_down: Any, engagement: Engagement, lead: Member
) -> None:
    page: Page = sits_down(lead).page
    page.goto(f"/plans/of/{engagement.pk}/check/")
    page.get_by_role("button", name="Check the promises").click()
    line = page.get_by_label("The promised date")
    expect(page.locator("[data-told]")).not_to_be_empty()  # the picture is drawn
    line.focus()
    before = told(page)
    page.keyboard.press("PageUp")
    page.keyboard.press("ArrowRight")
    assert told(page) != before
    assert line.get_attribute("aria-valuetext") == told(page)
    page.keyboard.press("End")
    page.keyboard.press("PageDown")
    page.get_by_role("button", name=re.compile("^Try \\d")).click()
    expect(page.get_by_text("is what is to be promised")).to_be_visible()
    page.get_by_role("button", name="Adopt it").click()
    expect(page.get_by_text("The client is still to be told.").first).to_be_visible()
    expect(page.locator("#question .said-red")).to_be_visible()  # nobody has told the client yet

    # Green is what the client was told: it is recorded as soon as somebody did.
    page.get_by_role("link", name="Record that it was told").click()
    page.get_by_role("button", name="Record", exact=True).click()
    expect(page.get_by_role("dialog")).to_contain_text("Recorded")
    page.goto(f"/plans/of/{engagement.pk}/check/")
    page.get_by_role("button", name="Check again").click()
    expect(page.locator("#question .kept-green")).to_be_visible()
    assert engagement.expectations.get(restated_by=None).date > dt.date.today() + dt.timedelta(46)  # type: ignore[operator]


def test_the_price_has_its_own_curve_and_the_picture_follows_the_theme(
    sits_down: Any, engagement: Engagement, lead: Member
) -> None:
    build.told_price(engagement, 30_000)
    page: Page = sits_down(lead).page
    page.goto(f"/plans/of/{engagement.pk}/check/")
    page.get_by_role("button", name="Check the promises").click()
    expect(page.locator("[data-chart] canvas").first).to_be_visible()
    page.get_by_role("tab", name="Date").focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("tab", name="Price")).to_have_attribute("aria-selected", "true")
    expect(page.locator("[data-told]")).to_contain_text("30 000 EUR")
    page.get_by_role("button", name=re.compile("Account of")).click()
    page.get_by_role("button", name="Light or dark").click()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", re.compile("dark|light"))
