"""A real browser on a real server: what a journey needs."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

from accord.people.models import Member

# The browser's driver runs an event loop, which Django would take for asynchronous code.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
expect.set_options(timeout=10_000)

_QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker("journey")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The system's Chromium, or Chrome."""
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if found is None:
        assert not os.environ.get("CI"), "journeys need Chromium"
        pytest.skip("journeys need Chromium: install the system's package")
    with sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=found, args=_QUIET)
        yield started
        started.close()


def _is_fault(message: ConsoleMessage) -> bool:
    """The browser also logs refusals and wrong input as errors; for a page they are answers like others."""
    answered = re.search(r"status of (403|409|422) ", message.text)
    return message.type == "error" and not answered


class Person:
    """Somebody at a browser of their own."""

    def __init__(self, browser: Browser, address: str, member: Member | None, width: int = 1440) -> None:
        self.context = browser.new_context(
            base_url=address, viewport={"width": width, "height": 900}, reduced_motion="reduce"
        )
        self.page: Page = self.context.new_page()
        self.faults: list[str] = []
        self.page.on("console", lambda m: self.faults.append(m.text) if _is_fault(m) else None)
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        if member is not None:
            self._sign_in(member)

    def _sign_in(self, member: Member) -> None:
        from django.conf import settings
        from django.test import Client

        client = Client()
        client.force_login(member, backend="accord.people.backends.Backend")
        cookie = {
            "name": settings.SESSION_COOKIE_NAME,
            "value": client.cookies[settings.SESSION_COOKIE_NAME].value,
        }
        self.context.add_cookies([cookie | {"domain": "localhost", "path": "/"}])


class People:
    def __init__(self, browser: Browser, address: str) -> None:
        self.browser, self.address, self.all = browser, address, list[Person]()

    def __call__(self, member: Member | None, width: int = 1440) -> Person:
        person = Person(self.browser, self.address, member, width)
        self.all.append(person)
        return person


@pytest.fixture
def sits_down(browser: Browser, live_server: object) -> Iterator[People]:
    """`sits_down(member)` gives a signed-in person with a browser; the page may not have logged an error by the end."""
    people = People(browser, live_server.url)  # type: ignore[attr-defined]
    yield people
    for person in people.all:
        person.context.close()
    assert [fault for person in people.all for fault in person.faults] == []
