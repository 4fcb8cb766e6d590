"""Take the guide's pictures anew from the sample firm: docs/guide/*.png. Needs Chromium."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

GUIDE = Path(__file__).parent.parent / "docs" / "guide"
WIDE, PHONE = 1280, 375


def record(page: Page) -> None:
    _open(page, "Claims portal")
    page.keyboard.press("e")
    page.locator("#dialog[open]").wait_for()
    page.locator("#dialog").get_by_label("The words used").fill(
        "Before the half-year closing, that is settled."
    )


def engagement(page: Page) -> None:
    _open(page, "ERP rollout, phase 1")


def tab(title: str, name: str) -> Callable[[Page], None]:
    def go(page: Page) -> None:
        _open(page, title)
        page.get_by_role("link", name=name, exact=True).click()

    return go


def breakdown(page: Page) -> None:
    tab("Broker app", "Estimate")(page)
    page.get_by_role("link", name="Version 1").click()


def address(path: str) -> Callable[[Page], None]:
    return lambda page: page.goto(path)  # type: ignore[return-value]


# (file, who sits there, width, what they do)
PICTURES = (
    ("people-to-be", "Mara Kern", WIDE, address("/demo/")),
    ("desk", "Mara Kern", WIDE, address("/")),
    ("relationships", "Mara Kern", WIDE, address("/relationships/")),
    ("board", "Ruth Alder", WIDE, address("/engagements/board/")),
    ("record", "Mara Kern", WIDE, record),
    ("breakdown", "Elif Demir", WIDE, breakdown),
    ("plan", "Priya Raman", WIDE, tab("Broker app", "Plan")),
    ("engagement", "Ruth Alder", WIDE, engagement),
    ("promise-check", "Jonas Petersen", WIDE, tab("ERP rollout, phase 1", "Promise check")),
    ("proposal", "Mara Kern", WIDE, tab("Broker app", "Proposal")),
    ("review", "Priya Raman", WIDE, tab("Planning applications online", "Review")),
    ("contract", "Mara Kern", WIDE, tab("Berth planning", "Contract")),
    ("hand-over", "Jonas Petersen", WIDE, tab("Migration of the archive", "Hand-over")),
    ("policy", "Ines Albrecht", WIDE, address("/policy/")),
    ("over-sold", "Ruth Alder", WIDE, address("/portfolio/over-sold/")),
    ("load", "Siobhán Keane", WIDE, address("/plans/load/")),
    ("person", "Elena Fischer", WIDE, address("/people/")),
    ("phone", "Mara Kern", PHONE, engagement),
)


def _open(page: Page, title: str) -> None:
    page.goto(f"/engagements/?search={title}")
    page.get_by_role("link", name=title, exact=True).first.click()
    page.wait_for_url("**/engagements/*/")
    page.wait_for_load_state("networkidle")


def take(browser: Browser, base: str) -> None:
    GUIDE.mkdir(exist_ok=True)
    for name, person, width, do in PICTURES:
        context = browser.new_context(base_url=base, viewport={"width": width, "height": 820})
        page = context.new_page()
        page.goto("/demo/")
        page.get_by_role("button", name=f"as {person}").first.click()
        do(page)
        page.wait_for_load_state("networkidle")
        page.screenshot(path=GUIDE / f"{name}.png")
        context.close()
        print(f"docs/guide/{name}.png")


@contextmanager
def sample_firm() -> Iterator[str]:
    """The sample firm on a free port, with its promise checks done."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "accord.cli", "demo", "--port", str(port)]
        server = subprocess.Popen(command, env=os.environ | {"ACCORD_DATA": folder})
        try:
            base = f"http://127.0.0.1:{port}"
            _wait(lambda: "checks" in _read(f"{base}/demo/"), "the sample firm")
            _wait(lambda: "hx-get" not in _read(f"{base}/demo/checks/"), "its promise checks")
            yield base
        finally:
            server.terminate()
            server.wait()


def _read(address: str) -> str:
    try:
        with urllib.request.urlopen(address) as answer:
            return str(answer.read().decode())
    except OSError:
        return ""


def _wait(until: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + 300
    while not until():
        if time.monotonic() > end:
            sys.exit(f"Waited five minutes in vain for {what}.")
        time.sleep(1)


def main() -> None:
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        sys.exit("Pictures need Chromium: install the system's package.")
    with sample_firm() as base, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        take(browser, base)


if __name__ == "__main__":
    main()
