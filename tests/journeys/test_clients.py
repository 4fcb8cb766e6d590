"""Stories of the people who talk with clients."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from accord.engagements.models import Engagement, Expectation, SavedView
from accord.relationships.models import Attachment
from tests import firm
from tests.web.test_pages import HOSTILE, PARTS, hostile_world

pytestmark = pytest.mark.django_db(transaction=True)


def drag(page: Page, card: str, stage: str) -> None:
    page.locator(".board-card", has_text=card).hover(trial=True)  # waits until it stands still
    taken = page.locator(".board-card", has_text=card).bounding_box()
    there = page.locator(f"[data-stage={stage}] .board-cards").bounding_box()
    assert taken is not None
    assert there is not None
    page.mouse.move(taken["x"] + 60, taken["y"] + taken["height"] - 6)
    page.mouse.down()
    page.mouse.move(taken["x"] + 90, taken["y"] + taken["height"] + 10, steps=4)
    page.mouse.move(there["x"] + 80, there["y"] + 40, steps=12)
    page.mouse.up()


def test_what_was_said_is_recorded_from_the_desk_in_few_keystrokes(sits_down) -> None:  # type: ignore[no-untyped-def]
    seller = firm.seller()
    firm.engagement(seller, title="Claims portal")
    harbour = firm.engagement(seller, title="Harbour plan")
    page = sits_down(seller).page
    page.goto("/")
    page.keyboard.press("e")
    field = page.get_by_label("Engagement", exact=True)
    expect(field).to_be_focused()
    page.keyboard.type("harb")
    expect(page.get_by_role("listbox").get_by_role("option")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(field).to_have_value(re.compile("Harbour plan · Client"))
    page.keyboard.press("Tab")  # about: time
    page.keyboard.press("Tab")  # the date
    page.keyboard.type("06302099")
    page.keyboard.press("Enter")
    dialog = page.locator("#dialog")
    expect(dialog.get_by_text("not backed")).to_be_visible()
    expect(dialog.get_by_role("button", name="Close")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Finish, 30 Jun 2099")).to_be_visible()
    kept = Expectation.objects.get()
    assert (kept.engagement, str(kept.date), kept.recorded_by) == (harbour, "2099-06-30", seller)


def test_the_board_tells_the_rule_at_the_column_and_nothing_moves(sits_down) -> None:  # type: ignore[no-untyped-def]
    seller = firm.seller()
    engagement = firm.engagement(seller, title="Harbour plan")
    page = sits_down(seller).page
    page.goto("/engagements/board/")
    drag(page, "Harbour plan", "proposal")
    refusal = page.locator("[data-stage=proposal]").get_by_role("alert")
    expect(refusal).to_contain_text("An engagement takes one step at a time.")
    expect(page.locator("[data-stage=first_talk] .board-card")).to_contain_text("Harbour plan")
    assert Engagement.objects.get().stage == "first_talk"
    drag(page, "Harbour plan", "qualified")
    expect(page.locator("[data-stage=qualified] .board-card")).to_contain_text("Harbour plan")
    expect(page.locator("#announce")).to_have_text("Harbour plan: Qualified")
    # The same by keyboard.
    page.get_by_role("button", name="Move “Harbour plan” or end it").press("Enter")
    page.get_by_role("button", name="Move to “First talk”").press("Enter")
    expect(page.locator("[data-stage=first_talk] .board-card")).to_contain_text("Harbour plan")
    assert Engagement.objects.get(pk=engagement.pk).stage == "first_talk"


def test_a_filter_is_kept_as_a_view(sits_down) -> None:  # type: ignore[no-untyped-def]
    seller = firm.seller()
    firm.engagement(seller, title="Harbour plan")
    firm.engagement(title="Claims portal")
    page = sits_down(seller).page
    page.goto("/engagements/")
    page.get_by_label("mine").check()
    expect(page.get_by_role("link", name="Claims portal")).to_have_count(0)
    page.get_by_role("link", name="Keep this view").click()
    page.locator("#dialog").get_by_label("Name").fill("My own")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="My own")).to_have_attribute("aria-current", "true")
    page.get_by_role("link", name="Everything").click()
    expect(page.get_by_role("link", name="Claims portal")).to_be_visible()
    page.get_by_role("link", name="My own").click()
    expect(page.get_by_role("link", name="Claims portal")).to_have_count(0)
    assert SavedView.objects.get().member == seller


def test_several_engagements_get_a_day_at_once_or_each_refusal_is_told(sits_down) -> None:  # type: ignore[no-untyped-def]
    seller = firm.seller()
    firm.engagement(seller, title="Harbour plan")
    firm.engagement(title="Claims portal")
    page = sits_down(seller).page
    page.goto("/engagements/")
    expect(page.get_by_role("button", name="Set the next step")).to_be_hidden()
    page.get_by_label("Choose Harbour plan").check()
    page.get_by_label("Choose Claims portal").check()
    page.get_by_role("button", name="Set the next step").click()
    dialog = page.locator("#dialog")
    dialog.get_by_label("On (optional)").fill("2099-06-30")
    dialog.get_by_role("button", name="Set the next step").click()
    expect(dialog.get_by_role("alert")).to_contain_text("Claims portal")
    dialog.get_by_role("button", name="Cancel").click()
    page.get_by_label("Choose Claims portal").uncheck()
    page.get_by_role("button", name="Set the next step").click()
    dialog.get_by_label("On (optional)").fill("2099-06-30")
    dialog.get_by_role("button", name="Set the next step").click()
    expect(page.get_by_text("30 Jun 2099")).to_be_visible()
    assert Engagement.objects.exclude(next_step_on=None).count() == 1


def test_a_file_goes_in_with_an_interaction_and_comes_out_again(sits_down, tmp_path: Path, settings) -> None:  # type: ignore[no-untyped-def]
    settings.MEDIA_ROOT = tmp_path / "uploads"
    draft = tmp_path / "Requirements draft 3.pdf"
    draft.write_bytes(b"%PDF-1.4 what they need")
    bond = firm.relationship()
    page = sits_down(bond.owner).page
    page.goto(f"/relationships/{bond.pk}/")
    page.get_by_role("link", name="Record an interaction").click()
    dialog = page.locator("#dialog")
    dialog.get_by_label("What was talked about").fill("They sent their draft.")
    dialog.get_by_label("Files").set_input_files(draft)
    dialog.get_by_role("button", name="Record").click()
    with page.expect_download() as coming:
        page.get_by_role("link", name="Requirements draft 3.pdf").click()
    assert coming.value.suggested_filename == "Requirements draft 3.pdf"
    assert Path(coming.value.path()).read_bytes() == draft.read_bytes()
    assert Attachment.objects.get().size == draft.stat().st_size


def test_the_palette_opens_what_can_be_done_in_a_dialog(sits_down) -> None:  # type: ignore[no-untyped-def]
    page = sits_down(firm.seller()).page
    page.goto("/")
    page.keyboard.press("Control+k")
    page.keyboard.type("add a cl")
    expect(page.locator("#palette").get_by_role("option")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.locator("#dialog").get_by_role("heading", name="Add a client")).to_be_visible()


@pytest.mark.parametrize("text", [HOSTILE[0], HOSTILE[3], HOSTILE[4]])
def test_hostile_text_breaks_no_page_on_a_phone(sits_down, text: str) -> None:  # type: ignore[no-untyped-def]
    seller, pages = hostile_world(text)
    page = sits_down(seller, width=375).page
    too_wide = []
    for address in set(pages) - set(PARTS):
        page.goto(address)
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            too_wide.append(address)
    assert too_wide == []
