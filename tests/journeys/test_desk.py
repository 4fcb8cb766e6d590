"""The desk at a browser: its parts come one after the other, and stand as if they had come at once."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from playwright.sync_api import expect

from accord.engagements.desk import Group
from tests import firm
from tests.web.builders import line_of, waits_in_parts

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_headings_count_all_parts_and_what_is_due_first_stands_first(
    sits_down: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    seller, today = firm.seller(), dt.date.today()
    engagement = firm.engagement(seller)
    later, soon = today + dt.timedelta(9), today + dt.timedelta(2)
    parts = {
        1: [line_of(engagement, Group.ANSWER, "Call them", later)],
        2: [
            line_of(engagement, Group.DECIDE, "Vote on the proposal"),
            line_of(engagement, Group.ANSWER, "Say when", soon),
        ],
        3: [line_of(engagement, Group.ANSWER, "Answer the client")],
    }
    waits_in_parts(monkeypatch, parts)
    page = sits_down(seller).page
    page.goto("/")
    expect(page.get_by_role("status").get_by_text("4 waiting")).to_be_attached()
    expect(page.get_by_role("heading", level=2)).to_have_count(2)
    for counted in ("Decide 1 waiting", "Answer 3 waiting"):
        expect(page.get_by_role("heading", name=counted, exact=True)).to_be_visible()
    answers = page.get_by_role("region", name="Answer").locator(".desk-what")
    assert answers.all_inner_texts() == ["Say when", "Call them", "Answer the client"]
