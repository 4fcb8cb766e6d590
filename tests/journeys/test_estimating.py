from __future__ import annotations

import re
from decimal import Decimal

import pytest
from playwright.sync_api import Page, expect

from accord.engagements.models import Part
from accord.estimating import queries
from accord.estimating.actions import keep_as_template, use_template
from accord.estimating.models import Effort, Estimate, State
from tests import firm
from tests.estimating.builders import (
    asked,
    delivered,
    delivery_lead,
    estimator,
    role,
    row,
    saved,
    seller_of,
    two_packages,
)

pytestmark = pytest.mark.django_db(transaction=True)


def grid_of(page: Page, estimate: Estimate) -> None:
    page.goto(f"/estimates/{estimate.pk}/")
    expect(page.locator("#grid[data-ready]")).to_be_visible()
    page.locator("#grid .tabulator-tableholder").focus()


def typed(page: Page, *cells: str) -> None:
    """Type cells with Tab between them; Enter after the last."""
    for cell in cells[:-1]:
        if cell:
            page.keyboard.type(cell)
        page.keyboard.press("Tab")
    page.keyboard.type(cells[-1])
    page.keyboard.press("Enter")


def pasted(page: Page, text: str) -> None:
    page.evaluate(
        """(text) => {
          const data = new DataTransfer();
          data.setData("text/plain", text);
          const event = new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true });
          document.activeElement.dispatchEvent(event);
        }""",
        text,
    )


def cell(page: Page, row: int, field: str):  # type: ignore[no-untyped-def]
    return page.locator("#grid .tabulator-row").nth(row).locator(f"[tabulator-field={field}]")


def kept(estimate: Estimate) -> list[tuple[str, int, Decimal | None]]:
    """Name, level and likely hours of every line, as stored."""
    likely = {e.package_id: e.likely for e in Effort.objects.filter(package__estimate=estimate)}
    return [(p.name, p.level, likely.get(p.pk)) for p in estimate.packages.all()]


def test_an_estimator_types_pastes_undoes_and_saves_with_the_keyboard(sits_down) -> None:  # type: ignore[no-untyped-def]
    role("Developer")
    role("Tester")
    somebody = estimator()
    estimate = asked(None, somebody)
    page = sits_down(somebody).page
    grid_of(page, estimate)
    typed(page, "Portal")
    typed(page, "Form", "dev", "", "8", "10", "20")
    expect(cell(page, 1, "role")).to_have_text("Developer")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Alt+Shift+ArrowRight")
    expect(cell(page, 0, "likely")).to_have_text("10")
    expect(page.get_by_text("Not saved")).to_be_visible()

    cell(page, 1, "name").click()
    page.keyboard.press("Control+Enter")
    pasted(page, "Upload\tDeveloper\t1\t12,5\t16\t1.040,75\nTest\ttester\t2\t4\t8\t12\n")
    expect(cell(page, 2, "high")).to_have_text("1 040.8")
    expect(cell(page, 3, "role")).to_have_text("Tester")
    page.keyboard.press("Control+z")
    expect(page.locator("#grid").get_by_text("Upload")).to_have_count(0)
    page.keyboard.press("Control+y")
    expect(cell(page, 2, "name")).to_have_text("Upload")

    cell(page, 3, "high").click()
    typed(page, "3")
    expect(cell(page, 3, "high")).to_contain_text("less than likely")
    expect(page.locator("[data-left]")).to_have_text("without 1 row that is not complete")
    page.keyboard.press("Control+s")
    expect(page.get_by_role("button", name=re.compile("Row 4, High"))).to_be_visible()
    page.keyboard.press("Control+z")  # the new line that Enter began
    page.keyboard.press("Control+z")  # the 3
    page.keyboard.press("Control+s")
    expect(page.locator("[data-save-state]")).to_have_text("Saved")
    assert kept(estimate) == [
        ("Portal", 0, None),
        ("Form", 1, Decimal(10)),
        ("Upload", 1, Decimal(16)),
        ("Test", 0, Decimal(8)),
    ]
    expect(page.locator("[data-totals] tfoot td").first).to_have_text("34")
    expect(page.locator("[data-sum=likely]")).to_have_text("34")
    headline = page.locator("[data-headline]")
    expect(headline).to_contain_text("By your own hours it takes")
    shown = headline.text_content()
    page.reload()
    expect(headline).to_have_text(shown or "")
    expect(page.locator("#grid[data-ready]")).to_be_visible()
    sums = page.locator("[data-totals] summary b").all_text_contents()
    page.evaluate("fetch(location.href).then((a) => a.text()).then((t) => { window.sent = t; })")
    page.wait_for_function("window.sent")
    for told in sums:  # the grid and the server round alike
        assert f">{told}</b>" in page.evaluate("window.sent")


def test_nothing_is_lost_when_somebody_else_saved_first(sits_down) -> None:  # type: ignore[no-untyped-def]
    ann, ben = estimator(), estimator()
    estimate = asked(None, ann, ben)
    saved(estimate, ann, two_packages())
    person = sits_down(ben)
    page = person.page
    grid_of(page, estimate)
    cell(page, 1, "low").click()
    typed(page, "2", "3", "4")
    saved(estimate, ann, [two_packages()[0], row("Test all", code="w2"), row("Migrate")])
    page.keyboard.press("Control+s")
    expect(page.locator("[data-grid-told]")).to_contain_text("The breakdown was changed by somebody else")
    assert [fault for fault in person.faults if "409" not in fault] == []
    person.faults.clear()  # the browser logs the refusal, as it should be
    expect(cell(page, 1, "likely")).to_have_text("3")
    page.get_by_role("button", name="Take over the newest").click()
    expect(cell(page, 2, "name")).to_have_text("Migrate")
    expect(cell(page, 1, "name")).to_have_text("Test all")
    expect(cell(page, 1, "likely")).to_have_text("3")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("[data-save-state]")).to_have_text("Saved")
    assert Effort.objects.get(contribution__estimator=ben).likely == 3


def test_on_a_phone_the_hours_stand_beside_the_name_and_the_page_begins_at_its_top(sits_down) -> None:  # type: ignore[no-untyped-def]
    ann, ben = estimator(), estimator(name="Ben")
    estimate = saved(asked(None, ann, ben), ann, two_packages())
    page = sits_down(ann, width=375).page
    page.goto(f"/estimates/{estimate.pk}/")
    expect(page.locator("#grid[data-ready]")).to_be_visible()
    assert page.evaluate("scrollY") == 0
    for field in ("name", "low", "likely", "high"):
        box = cell(page, 1, field).bounding_box()
        assert box
        assert box["x"] + box["width"] <= 375
    expect(page.locator("[data-grid-hint]")).to_be_hidden()
    cell(page, 1, "low").click()
    typed(page, "5", "6.25", "7")
    expect(cell(page, 1, "likely")).to_have_text("6.3")
    page.locator("#grid .tabulator-tableholder").evaluate("holder => { holder.scrollLeft = 500; }")
    box = cell(page, 1, "name").bounding_box()
    assert box
    assert box["x"] >= 0
    page.get_by_role("button", name="I am done").click()
    expect(page.get_by_text("You are done with your hours. Waits for the hours of Ben.")).to_be_in_viewport()
    assert Effort.objects.get(package__name="Test").likely == Decimal("6.25")


def test_a_long_breakdown_ends_with_a_whole_row(sits_down) -> None:  # type: ignore[no-untyped-def]
    ann = estimator()
    by = role()
    estimate = saved(asked(None, ann), ann, [row(f"P{k}", (1, 2, 3), by=by) for k in range(60)])
    page = sits_down(ann).page
    grid_of(page, estimate)
    holder = page.locator("#grid .tabulator-tableholder")
    high = cell(page, 0, "name").evaluate("cell => cell.parentElement.offsetHeight")
    assert holder.evaluate("holder => holder.clientHeight") % high == 0


def test_a_templates_hours_become_ones_own_by_saving_them(sits_down) -> None:  # type: ignore[no-untyped-def]
    source = delivered()
    template = keep_as_template(source.contributions.get().estimator, source, "Portals")
    ann, ben = estimator(), estimator()
    estimate = use_template(ann, asked(None, ann, ben), template)
    page = sits_down(ann).page
    grid_of(page, estimate)
    done = page.get_by_role("button", name="I am done")
    expect(done).to_be_disabled()
    expect(page.locator("form [data-missing]")).to_contain_text("unchanged")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("[data-save-state]")).to_have_text("Saved")
    done.click()
    expect(page.get_by_text("Take my hours up again")).to_be_visible()


def test_two_estimators_blind_then_agreed_delivered_and_approved_by_somebody_else(sits_down) -> None:  # type: ignore[no-untyped-def]
    engagement = firm.engagement()
    seller = seller_of(engagement)
    ann, ben, lead = estimator(name="Ann"), estimator(name="Ben"), delivery_lead()
    role()

    page = sits_down(seller).page
    page.goto(f"/estimates/of/{engagement.pk}/")
    page.get_by_role("link", name="Ask for an estimate").click()
    dialog = page.locator("#dialog")
    dialog.get_by_label("What is to be estimated").fill("The portal, without the archive.")
    dialog.get_by_label("Ann").check()
    dialog.get_by_label("Ben").check()
    dialog.get_by_label("Delivery lead").select_option(str(lead.pk))
    dialog.get_by_role("button", name="Ask").click()
    expect(page.get_by_text("Waits for the hours of Ann and Ben")).to_be_visible()
    estimate = Estimate.objects.get()
    assert engagement.parts.filter(member=lead, part=Part.DELIVERY_LEAD).exists()

    at_ann = sits_down(ann).page
    grid_of(at_ann, estimate)
    typed(at_ann, "Build", "Developer", "", "8", "10", "20")
    at_ann.get_by_role("button", name="I am done").click()
    expect(at_ann.get_by_text("You are done with your hours. Waits for the hours of Ben.")).to_be_visible()
    expect(at_ann.get_by_text("Take my hours up again")).to_be_visible()

    at_ben = sits_down(ben).page
    grid_of(at_ben, estimate)
    expect(cell(at_ben, 0, "name")).to_have_text("Build")
    expect(cell(at_ben, 0, "likely")).to_have_text("")
    expect(at_ben.get_by_role("button", name="I am done")).to_be_disabled()
    cell(at_ben, 0, "low").click()
    typed(at_ben, "20", "30", "60")
    at_ben.get_by_role("button", name="I am done").click()
    at_ben.get_by_role("link", name="Compare the estimators").click()
    expect(at_ben.get_by_text("3.0 times apart")).to_be_visible()
    at_ben.locator("[name=w1-likely]").fill("24,5")
    at_ben.get_by_role("button", name="Agree on these hours").click()
    expect(at_ben.get_by_text("The hours are agreed.")).to_be_visible()
    at_ben.get_by_role("button", name="Deliver the estimate").click()
    expect(at_ben.get_by_role("status").filter(has_text="The estimate is delivered.")).to_be_visible()

    page.goto(f"/estimates/{estimate.pk}/")
    expect(page.get_by_role("link", name="Approve")).to_have_count(0)
    at_lead = sits_down(lead).page
    at_lead.goto(f"/estimates/{estimate.pk}/")
    at_lead.get_by_role("link", name="Approve").click()
    at_lead.locator("#dialog").get_by_role("button", name="Approve").click()
    expect(at_lead.get_by_text(f"Approved by {lead.name}")).to_be_visible()
    estimate.refresh_from_db()
    assert estimate.state == State.APPROVED
    assert queries.leaves(estimate)[0].effort.likely == Decimal("24.5")  # type: ignore[union-attr]
