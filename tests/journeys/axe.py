"""The rules of WCAG 2.2 AA, as axe judges them, on a page as it stands."""

from __future__ import annotations

from typing import Any, Literal

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
_ONLY = {"resultTypes": ["violations"]}


def judged(page: Page, where: str = "") -> list[str]:
    """All rules in the light theme; in the dark one, where only colours differ, the rule about them."""
    expect(page.locator(".htmx-request")).to_have_count(0)
    _in_theme(page, "light")
    found = _told(where or page.url, Axe().run(page, options=_ONLY | {"runOnly": RULES}).response)
    _in_theme(page, "dark")
    # The library would read in all its rules once more.
    contrast = page.evaluate("options => axe.run(options)", _ONLY | {"runOnly": "color-contrast"})
    return found + _told(f"{where or page.url}, dark", contrast)


def _in_theme(page: Page, theme: Literal["light", "dark"]) -> None:
    page.emulate_media(color_scheme=theme)
    expect(page.locator("html")).to_have_attribute("data-bs-theme", theme)


def _told(where: str, answer: dict[str, Any]) -> list[str]:
    return [f"{where}: {v['id']} at {v['nodes'][0]['html'][:160]}" for v in answer["violations"]]
