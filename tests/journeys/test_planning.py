from __future__ import annotations

import contextlib
import datetime as dt
import re

import pytest
from playwright.sync_api import FloatRect, Locator, Page, expect

from accord.engagements.actions import record_expectation
from accord.planning.models import Link
from tests import firm
from tests.journeys.axe import judged
from tests.journeys.widths import WIDTHS
from tests.planning import builders

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_project_manager_makes_a_plan_and_changes_it_by_mouse_and_keyboard(sits_down) -> None:  # type: ignore[no-untyped-def]
    engagement = firm.engagement()
    builders.an_estimate(engagement, ["Design", "Build", "Test"], role=builders.a_role(people=3))
    record_expectation(firm.seller(), engagement, firm.a_date(30))
    manager = builders.a_project_manager(engagement)
    person = sits_down(manager)
    page: Page = person.page

    page.goto(f"/plans/of/{engagement.pk}/")
    page.get_by_role("link", name="Make a plan").click()
    page.locator("#dialog").get_by_role("button", name="Make it").click()
    expect(page.get_by_role("heading", name=re.compile("When is it done"))).to_be_visible()
    plan = engagement.plan
    words = page.locator("[data-gantt-words]")

    _drag_right(page, plan, "Design", weeks=2)
    expect(words).to_contain_text("“Design” does not begin before")
    moved = builders.activity(plan, "Design")
    # A bar that is dropped on a weekend begins on the Monday.
    assert moved.not_before is not None
    assert moved.planned_start is not None
    assert dt.timedelta(0) <= moved.planned_start - moved.not_before <= dt.timedelta(2)
    assert moved.planned_start > dt.date.today()

    _bar(page, plan, "Build").click()
    started = builders.activity(plan, "Build").planned_start
    page.keyboard.press("ArrowRight")
    expect(words).to_contain_text("“Build” does not begin before")
    told = words.inner_text()
    page.keyboard.press("ArrowRight")
    expect(words).not_to_have_text(told)
    assert builders.activity(plan, "Build").planned_start > started
    page.keyboard.press("Enter")
    expect(page.locator("#dialog").get_by_label("Activity", exact=True)).to_have_value("Build")
    page.keyboard.press("Escape")

    _link(page, plan, "Design", "Build", words, "Linked")
    assert Link.objects.get().target.name == "Build"
    dialog = page.locator("#dialog")
    _link(page, plan, "Build", "Design", dialog, "Activities cannot wait for each other in a circle")
    expect(dialog).to_contain_text("“Design”")
    dialog.get_by_role("button", name="Close").click()
    assert Link.objects.count() == 1

    _bar(page, plan, "Test").click()
    page.keyboard.press("Delete")
    page.locator("#dialog").get_by_role("button", name="Remove it").click()
    expect(page.get_by_role("link", name="Test", exact=True)).to_have_count(0)
    page.get_by_role("link", name="Undo").click()
    page.locator("#dialog").get_by_role("button", name="Undo it").click()
    expect(page.get_by_role("link", name="Test", exact=True)).to_be_visible()


@pytest.mark.parametrize("width", WIDTHS)
def test_plan_and_load_are_open_to_everybody(sits_down, width: int) -> None:  # type: ignore[no-untyped-def]
    plan, manager = builders.a_plan(begins_on=dt.date.today())
    page: Page = sits_down(manager, width).page
    activity = builders.activity(plan, "Design")
    for address in (f"of/{plan.engagement_id}/", "load/", f"activities/{activity.pk}/"):
        page.goto(f"/plans/{address}")
        assert judged(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_at_phone_width_the_plan_is_changed_in_its_table(sits_down) -> None:  # type: ignore[no-untyped-def]
    plan, manager = builders.a_plan(begins_on=dt.date.today())
    page: Page = sits_down(manager, 375).page
    page.goto(f"/plans/of/{plan.engagement_id}/")
    expect(page.locator("#gantt")).to_be_hidden()
    page.get_by_role("link", name="Build", exact=True).click()
    dialog = page.locator("#dialog")
    dialog.get_by_label("Waits for, row 1").select_option(label="Design")
    dialog.get_by_label("Who, row 2").select_option(label=manager.name)
    dialog.get_by_role("button", name="Save").click()
    expect(page.get_by_text(manager.name).first).to_be_attached()
    expect(page.locator("#dialog")).to_be_hidden()
    assert Link.objects.get().source.name == "Design"


def test_names_with_markup_stay_words_in_the_picture(sits_down) -> None:  # type: ignore[no-untyped-def]
    name = "<img src=x onerror=alert(1)>"
    plan, manager = builders.a_plan([name], begins_on=dt.date.today())
    page: Page = sits_down(manager).page
    page.goto(f"/plans/of/{plan.engagement_id}/")
    expect(page.locator("#gantt").get_by_text(name).first).to_be_visible()
    assert page.locator("#gantt img").count() == 0


def _bar(page: Page, plan, name: str):  # type: ignore[no-untyped-def]
    return page.locator(f"#gantt .gantt_task_line[data-task-id='{builders.activity(plan, name).pk}']")


def _once_still(bar: Locator) -> FloatRect:
    """Where it is when the answer to what was done before has moved it."""
    bar.page.wait_for_timeout(300)
    before, box = None, bar.bounding_box()
    while box is None or box != before:
        bar.page.wait_for_timeout(100)
        before, box = box, bar.bounding_box()
    return box


def _drag_right(page: Page, plan, name: str, weeks: int) -> None:  # type: ignore[no-untyped-def]
    bar = _bar(page, plan, name)
    bar.hover()  # scrolls to it
    box = _once_still(bar)
    week = page.locator(".load-row .load").first.bounding_box()
    assert week
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 20, y, steps=3)
    page.mouse.move(x + weeks * week["width"], y, steps=8)
    page.mouse.up()


def _link(page: Page, plan, source: str, target: str, heard: Locator, told: str) -> None:  # type: ignore[no-untyped-def]
    """Dragged from one bar to the other; a hand that misses the small handle on a slow machine tries again."""
    for _attempt in range(4):
        _drag_link(page, plan, source, target)
        with contextlib.suppress(AssertionError):
            expect(heard).to_contain_text(told, timeout=4_000)
            break
    expect(heard).to_contain_text(told)


def _drag_link(page: Page, plan, source: str, target: str) -> None:  # type: ignore[no-untyped-def]
    _once_still(_bar(page, plan, target))
    _bar(page, plan, source).hover()
    handle = _bar(page, plan, source).locator(".gantt_link_control.task_right .gantt_link_point")
    start = handle.bounding_box()
    aim = _once_still(_bar(page, plan, target))
    assert start
    x, y = start["x"] + start["width"] / 2, start["y"] + start["height"] / 2
    page.mouse.move(x, y)
    page.wait_for_function(
        "([x, y]) => document.elementFromPoint(x, y)?.closest('.gantt_link_control')", arg=[x, y]
    )
    page.mouse.down()
    page.mouse.move(aim["x"] + 6, aim["y"] + aim["height"] / 2, steps=8)
    end = _bar(page, plan, target).locator(".gantt_link_control.task_left .gantt_link_point").bounding_box()
    assert end
    page.mouse.move(end["x"] + end["width"] / 2, end["y"] + end["height"] / 2, steps=4)
    page.mouse.up()
