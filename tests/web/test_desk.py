"""The desk comes in parts, and its headings count what stands below them."""

from __future__ import annotations

import re

import pytest

from accord.engagements.actions import plan_next_step
from accord.engagements.desk import Group
from tests import firm
from tests.engagements.builders import TODAY, pages_of
from tests.web.builders import line_of, waits_in_parts

pytestmark = pytest.mark.django_db


def _counts(text: str) -> dict[str, int]:
    return {group: int(n) for group, n in re.findall(r'desk-count-(\w+)">(\d+)<', text)}


def test_the_first_part_counts_its_own_lines_and_asks_for_the_rest_with_them() -> None:
    seller = firm.seller()
    plan_next_step(seller, firm.engagement(seller), "Call them", TODAY)
    text = pages_of(seller).get("/").content.decode()
    assert _counts(text) == {"decide": 0, "answer": 1, "look": 0}
    assert "/desk/2/?decide=0&amp;answer=1&amp;look=0" in text


def test_a_part_counts_with_what_was_told_before(monkeypatch: pytest.MonkeyPatch) -> None:
    seller = firm.seller()
    engagement = firm.engagement(seller)
    more = [line_of(engagement, Group.DECIDE, "Vote"), line_of(engagement, Group.ANSWER, "Answer them")]
    waits_in_parts(monkeypatch, {2: more})
    text = pages_of(seller).get("/desk/2/?decide=0&answer=4&look=2").content.decode()
    assert _counts(text) == {"decide": 1, "answer": 5}  # of the third there is no news
    assert "/desk/3/?decide=1&amp;answer=5&amp;look=2" in text


def test_the_last_part_says_how_much_waits() -> None:
    text = pages_of(firm.seller()).get("/desk/3/?answer=4").content.decode()
    assert "4 waiting" in text
    assert "Nothing waits for you" not in text


@pytest.mark.parametrize("told", ["decide=-1", "decide=x", "decide=9999999999999999999999"])
def test_a_count_that_is_none_is_taken_for_nothing_or_the_most(told: str) -> None:
    assert pages_of(firm.seller()).get(f"/desk/2/?{told}").status_code == 200
