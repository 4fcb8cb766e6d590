"""The client reads, asks, accepts and declines by its link, in a real browser without signing in."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core import mail
from playwright.sync_api import Page, expect

from accord.proposals.answering import actions
from accord.proposals.models import Answer, Proposal
from tests.journeys.axe import judged
from tests.journeys.widths import WIDTHS
from tests.proposals.builders import link, seller, sent

pytestmark = pytest.mark.django_db(transaction=True)


def address() -> str:
    """As it stands in the mail."""
    found = re.search(r"/client/\S+", mail.outbox[-1].body)
    assert found is not None
    return found[0]


def test_on_a_phone_a_client_asks_gets_an_answer_and_accepts(sits_down: Any) -> None:
    done: Proposal = sent()
    client = sits_down(None, 375)
    page: Page = client.page
    page.goto(address())
    expect(page.get_by_role("heading", level=1)).to_have_text("Portal")
    expect(page.locator(".letter-figures")).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth") <= 375

    bar = page.locator(".thumb-bar")
    bar.get_by_role("link", name="Ask").click()
    page.get_by_label("Your question or comment").fill("When can you begin?")
    page.get_by_role("button", name="Send it").click()
    expect(page.locator("#said")).to_contain_text("has it and answers here")

    firm: Page = sits_down(seller(done.engagement)).page
    firm.goto("/")
    firm.get_by_text("When can you begin?").wait_for()
    firm.get_by_role("link", name="Answer", exact=True).click()
    firm.locator("#dialog").get_by_label("Answer").fill("In March.")
    firm.locator("#dialog").get_by_role("button", name="Answer").click()
    expect(firm.get_by_text("In March.")).to_be_visible()

    page.reload()
    expect(page.locator("#said")).to_contain_text("In March.")
    bar.get_by_role("link", name="Accept").click()
    page.get_by_role("button", name="Accept version 1").click()
    expect(page.get_by_text("Tick this: it says what you accept.")).to_be_visible()
    page.get_by_label("Your position").fill("Head of IT")
    page.get_by_label("I accept version 1 of “Portal” for").check()
    page.get_by_role("button", name="Accept version 1").click()
    expect(page.locator("#state")).to_contain_text("Accepted by Bea Buyer")
    expect(bar).to_have_count(0)
    assert client.context.cookies() == []
    assert Answer.objects.get(kind=Answer.Kind.ACCEPT).digest == done.digest

    firm.reload()
    expect(firm.locator("section", has_text="What the client said").first).to_contain_text(
        "Signed as Bea Buyer"
    )
    firm.goto("/")
    expect(firm.get_by_text("accepted version 1")).to_be_visible()


def test_at_a_desk_a_client_declines_and_its_link_is_closed_by_the_firm(sits_down: Any) -> None:
    done: Proposal = sent()
    client = sits_down(None)
    page: Page = client.page
    page.goto(address())
    page.get_by_label("Why").fill("Too dear this year.")
    page.get_by_role("button", name="Decline version 1").click()
    expect(page.locator("#state")).to_contain_text("Declined by Bea Buyer")

    firm: Page = sits_down(seller(done.engagement)).page
    firm.goto(f"/proposals/{done.pk}/")
    expect(firm.get_by_text("Too dear this year.")).to_be_visible()
    firm.get_by_role("button", name="Revoke").click()
    expect(firm.get_by_text("Revoked. The address opens nothing from now on.")).to_be_visible()
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("This link opens nothing.")
    client.faults.clear()  # a page that is over logs that


@pytest.mark.parametrize("width", WIDTHS)
def test_axe_finds_no_violation_on_the_clients_page(sits_down: Any, width: int) -> None:
    done: Proposal = sent("a@client.example", "b@client.example")
    own = link(done, "b@client.example")
    said = actions.comment_by_link(None, own, "When can you begin?")
    actions.answer_comment(seller(done.engagement), said, "In March.")
    client, firm = sits_down(None, width), sits_down(seller(done.engagement), width)
    client.page.goto(address())
    found = judged(client.page)
    client.page.get_by_role("button", name="Accept version 1").click()
    expect(client.page.locator(".wrong").first).to_be_visible()
    found += judged(client.page)
    actions.decline_by_link(None, own, "Too dear")
    client.page.goto(address())
    found += judged(client.page)
    firm.page.goto(f"/proposals/{done.pk}/")
    found += judged(firm.page)
    client.page.goto("/client/nothing/")
    found += judged(client.page)
    client.faults.clear()  # a page that is not there logs that
    assert found == []
