"""The rules of WCAG 2.2 AA, as axe judges them, on a page as it stands."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


def judged(page: Page, where: str = "") -> list[str]:
    """All rules in the light theme; in the dark one, where only colours differ, the rule about them."""
    page.wait_for_load_state("networkidle")
    found = []
    for theme, rules in (("light", RULES), ("dark", ["color-contrast"])):
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        expect(page.locator("html")).to_have_attribute("data-bs-theme", theme)
        wrong = Axe().run(page, options={"runOnly": rules}).response["violations"]
        found += [f"{where or page.url}, {theme}: {v['id']} at {v['nodes'][0]['html'][:160]}" for v in wrong]
    return found
