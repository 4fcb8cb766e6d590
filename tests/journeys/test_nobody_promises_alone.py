"""The whole way: six people from a proposal to a signed contract and an accepted hand-over; and the
override, wherever it stays visible."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from playwright.sync_api import Page, expect

from accord.contracts.models import Contract, Review
from accord.engagements.models import Engagement, Stage
from accord.ledger import chain
from accord.people.models import AccessRole
from tests import firm
from tests.contracts.builders import judged, people
from tests.contracts.signing_builders import executive
from tests.planning import check_builders as planned
from tests.proposals.builders import contact, says, seller

pytestmark = pytest.mark.django_db(transaction=True)


def _sits_and_votes(page: Page, review: Review) -> None:
    page.goto(f"/reviews/{review.pk}/")
    page.get_by_role("button", name="Take this seat").first.click()
    page.locator("#vote").get_by_label("sign", exact=True).check()
    page.locator("#vote").get_by_label("Why").fill("We can keep it.")
    page.get_by_role("button", name="Cast my vote").click()
    expect(page.locator("#vote")).to_have_count(0)


def test_six_people_go_from_a_proposal_to_a_signed_contract_and_an_accepted_hand_over(
    sits_down: Any, tmp_path: Path
) -> None:
    draft = judged()
    of = draft.engagement
    planned.saved(None, _at(of, Stage.PROPOSAL))
    who, buyer = people(of), contact(of)
    boss = executive("Ruth Alder")

    # The seller sends what delivery backs, and the client accepts it by its link, on a phone.
    sells: Page = sits_down(who.seller).page
    sells.goto(f"/proposals/{draft.pk}/")
    sells.get_by_role("link", name="Send", exact=True).click()
    sells.locator("#dialog").get_by_label(buyer.name).check()
    sells.locator("#dialog").get_by_role("button", name="Send it").click()
    expect(sells.locator("#question")).to_contain_text("Sent on")
    found = re.search(r"/client/\S+", mail.outbox[-1].body)
    assert found is not None
    client: Page = sits_down(None, 375).page
    client.goto(found[0])
    client.get_by_label(re.compile("^I accept version 1")).check()
    client.get_by_role("button", name="Accept version 1").click()
    expect(client.locator("#state")).to_contain_text("Accepted by")

    # Four seats decide on exactly this version.
    sells.goto(f"/reviews/of/{of.pk}/")
    sells.get_by_role("link", name="Call a review of proposal, version 1").click()
    sells.locator("#dialog").get_by_role("button", name="Call it").click()
    expect(sells.locator("#question")).to_contain_text("0 of 4 have voted")
    review = Review.objects.get()
    for member in (who.seller, who.pm, who.lead, who.finance):
        _sits_and_votes(sits_down(member).page, review)

    # The executive signs; with the client's acceptance the contract is in force.
    sells.goto(f"/contracts/of/{of.pk}/")
    sells.get_by_role("link", name="Prepare the contract").click()
    sells.locator("#dialog").get_by_role("button", name="Prepare it").click()
    expect(sells.locator("#question")).to_contain_text("Is it signed?")
    signs: Page = sits_down(boss).page
    signs.goto(f"/contracts/{Contract.objects.get().pk}/")
    signs.get_by_role("link", name="Sign for the firm").click()
    signs.locator("#dialog").get_by_role("button", name="Sign", exact=True).click()
    expect(signs.locator("#question")).to_contain_text("Yes, by both sides")

    # Stage by stage, and over to delivery.
    sells.goto(f"/engagements/{of.pk}/")
    for stage in ("Review", "Contract"):
        sells.get_by_role("button", name=f"Move to “{stage}”").click()
        sells.wait_for_load_state()
    sells.goto(f"/hand-overs/of/{of.pk}/")
    sells.get_by_role("button", name="Begin the hand-over").click()
    sells.get_by_label("Why the client wants it").fill("They close two offices.")
    sells.get_by_role("button", name="Save").click()
    sells.get_by_role("link", name="Offer it").click()
    sells.locator("#dialog").get_by_role("button", name="Offer it", exact=True).click()
    leads: Page = sits_down(who.lead).page
    leads.goto(f"/hand-overs/of/{of.pk}/")
    leads.get_by_role("button", name="Take it over").click()
    leads.get_by_role("button", name="Move to “Delivery”").click()
    expect(leads.get_by_role("button", name="Move to “Closing”")).to_be_visible()
    assert Engagement.objects.get(pk=of.pk).stage == Stage.DELIVERY
    assert chain.verify().holds


def test_an_executive_lets_an_unbacked_text_pass_and_it_stays_visible_everywhere(sits_down: Any) -> None:
    draft = judged(says(days=1))
    of = draft.engagement
    contact(of)
    boss = firm.member(AccessRole.EXECUTIVE)
    sells: Page = sits_down(seller(of)).page
    sells.goto(f"/proposals/{draft.pk}/")
    expect(sells.get_by_role("button", name="Send", exact=True)).to_be_disabled()
    expect(sells.get_by_role("link", name="Override")).to_have_count(0)

    page: Page = sits_down(boss).page
    page.goto(f"/proposals/{draft.pk}/")
    page.get_by_role("link", name="Override").click()
    dialog = page.locator("#dialog")
    dialog.get_by_role("button", name="Override").click()
    expect(dialog.get_by_text("This field is required.")).to_be_visible()
    because = "The client closes its books on Friday."
    dialog.get_by_label("Why the firm does it all the same").fill(because)
    dialog.get_by_role("button", name="Override").click()
    expect(page.locator(".overridden")).to_contain_text(because)

    for address in (
        f"/engagements/{of.pk}/", f"/engagements/{of.pk}/said/", f"/estimates/of/{of.pk}/",
        f"/plans/of/{of.pk}/", f"/plans/of/{of.pk}/check/", f"/proposals/of/{of.pk}/",
        f"/reviews/of/{of.pk}/", f"/contracts/of/{of.pk}/", f"/hand-overs/of/{of.pk}/",
        f"/engagements/{of.pk}/history/", f"/engagements/{of.pk}/profile/",
    ):  # fmt: skip
        sells.goto(address)
        expect(sells.locator(".overridden")).to_contain_text(because)
    page.get_by_role("link", name="Over-sold").click()
    expect(page.locator("section", has_text="Overrides, and what came of them").last).to_contain_text(because)

    sells.goto(f"/proposals/{draft.pk}/")
    sells.get_by_role("link", name="Send", exact=True).click()
    sells.locator("#dialog").get_by_label("Bea").first.check()
    sells.locator("#dialog").get_by_role("button", name="Send it").click()
    expect(sells.locator("#question")).to_contain_text("Sent on")
    assert chain.verify().holds


def _at(of: Engagement, stage: Stage) -> Engagement:
    found = Engagement.objects.get(pk=of.pk)
    found.stage = stage
    return found
