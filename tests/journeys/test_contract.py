"""From the decision to a contract in force and its amendment, in a real browser."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from accord.contracts.models import Amendment, Contract, Signature
from accord.engagements.models import Engagement
from tests.contracts.signing_builders import decided_on, decided_on_amendment, executive, seller, sent
from tests.journeys.widths import WIDTHS
from tests.planning import check_builders as planned
from tests.proposals import builders as proposals

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("width", WIDTHS)
def test_an_executive_and_the_client_sign_and_later_amend(sits_down: Any, width: int, tmp_path: Path) -> None:
    of = proposals.engagement()
    planned.told_price(of, 30_000)
    text = sent(of=of)
    decided_on(text)
    copy = tmp_path / "signed by the client.pdf"
    copy.write_bytes(b"%PDF-1.7 in ink")
    sells: Page = sits_down(seller(of), width).page
    sells.goto(f"/contracts/of/{of.pk}/")
    sells.get_by_role("link", name="Prepare the contract").click()
    sells.locator("#dialog").get_by_role("button", name="Prepare it").click()
    expect(sells.locator("#question")).to_contain_text("Neither ours nor theirs yet.")
    contract = Contract.objects.get()

    # The executive comes from the desk, and signs what the page shows.
    signs: Page = sits_down(executive("Ruth Alder"), width).page
    signs.goto("/")
    signs.get_by_role("link", name="Read and sign").click()
    signs.get_by_role("link", name="Sign for the firm").click()
    signs.locator("#dialog").get_by_role("button", name="Sign", exact=True).click()
    expect(signs.locator("#question")).to_contain_text("Ours yes, theirs not yet.")

    # The seller uploads what came back; a seal of another text is refused.
    sells.goto(f"/contracts/{contract.pk}/")
    _the_client_signed(sells, "0" * 12, copy)
    expect(sells.locator("#dialog")).to_contain_text("This was not done.")
    sells.goto(f"/contracts/{contract.pk}/")
    _the_client_signed(sells, contract.digest[:12], copy)
    expect(sells.locator("#question")).to_contain_text("Yes, by both sides")
    expect(sells.get_by_text("40\u202f000").first).to_be_visible()
    expect(sells.get_by_role("link", name="signed by the client.pdf")).to_be_visible()

    # It moves on, and what was said beside the contract is seen.
    sells.get_by_role("button", name="Move to “Contract”").click()
    sells.wait_for_load_state()
    assert Engagement.objects.get(pk=of.pk).stage == "contract"
    sells.goto(f"/engagements/{of.pk}/said/")
    expect(sells.get_by_text("contracted otherwise")).to_be_visible()

    # Half a year later it is amended.
    sells.goto(f"/contracts/{contract.pk}/")
    sells.get_by_role("link", name="Amend").click()
    later = dt.date.today() + dt.timedelta(330)
    sells.get_by_label("Why").fill("The client wants the reports as well.")
    sells.get_by_label("Go-live").fill(later.isoformat())
    sells.get_by_label("Difference of the price").fill("5000")
    sells.get_by_role("button", name="Save").click()
    expect(sells.locator("#question")).to_contain_text("Neither ours nor theirs yet.")
    draft = Amendment.objects.get()
    decided_on_amendment(draft)
    signs.goto(f"/contracts/amendments/{draft.pk}/")
    expect(
        signs.get_by_text("Nobody signs it like this")
    ).to_be_visible()  # the check is not current any more
    proposals.checked(of)
    signs.reload()
    expect(signs.get_by_text("Delivery stands behind each term.")).to_be_visible()
    signs.get_by_role("link", name="Sign for the firm").click()
    signs.locator("#dialog").get_by_role("button", name="Sign", exact=True).click()
    sells.goto(f"/contracts/amendments/{draft.pk}/")
    _the_client_signed(sells, draft.seal[:12], copy)
    expect(sells.locator("#question")).to_contain_text("Yes, by both sides")
    sells.get_by_role("link", name="Amendment 1 to").click()
    expect(sells.get_by_text("45\u202f000").first).to_be_visible()
    sells.get_by_role("link", name="Go-live").click()
    expect(sells.get_by_text("by the contract")).to_be_visible()
    assert Signature.objects.count() == 4


def _the_client_signed(page: Page, seal: str, copy: Path) -> None:
    page.get_by_role("link", name="The client signed").click()
    dialog = page.locator("#dialog")
    dialog.get_by_label("Who signed").fill("Bea Buyer")
    dialog.get_by_label("Seal on the signed copy").fill(seal)
    dialog.locator("[name=copy]").set_input_files(copy)
    dialog.get_by_role("button", name="Keep the signature").click()
