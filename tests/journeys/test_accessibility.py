from __future__ import annotations

import datetime as dt

import pytest
from playwright.sync_api import Page, expect

from accord.contracts.signing.content import Worth
from accord.engagements.actions import end_engagement, record_expectation
from accord.engagements.models import Engagement, Outcome, Stage
from accord.people.models import AccessRole, Member
from accord.planning.checking.actions import ask_for_check, try_scenario
from accord.proposals.actions import new_version
from tests import firm
from tests.contracts import builders as reviews
from tests.contracts import handing_over_builders as hand_overs
from tests.contracts import signing_builders as contracts
from tests.estimating import builders as estimates
from tests.journeys.axe import judged
from tests.planning import check_builders as build
from tests.proposals import builders as proposals
from tests.proposals.test_standards import card, clause

pytestmark = pytest.mark.django_db(transaction=True)


def test_axe_finds_no_violation_on_any_page(sits_down) -> None:  # type: ignore[no-untyped-def]
    lead = firm.member(
        AccessRole.SELLER, AccessRole.EXECUTIVE, AccessRole.ADMINISTRATOR, AccessRole.DELIVERY_LEAD
    )
    engagement = firm.engagement(lead)
    said = record_expectation(lead, engagement, firm.a_date())
    record_expectation(lead, engagement, firm.an_amount())
    page = sits_down(lead).page
    addresses = (
        "/",
        "/relationships/",
        f"/relationships/{engagement.relationship_id}/",
        "/relationships/begin/",
        "/engagements/",
        "/engagements/board/",
        f"/engagements/{engagement.pk}/",
        f"/engagements/{engagement.pk}/said/",
        f"/engagements/{engagement.pk}/said/record/",
        f"/engagements/{engagement.pk}/history/",
        f"/engagements/{engagement.pk}/end/",
        f"/engagements/expectations/{said.pk}/",
        f"/estimates/of/{engagement.pk}/",
        f"/plans/of/{engagement.pk}/",
        f"/plans/of/{engagement.pk}/check/",
        "/people/",
        f"/people/{lead.pk}/",
        "/people/account/",
        "/notices/",
        "/notices/undelivered/",
        "/accounts/2fa/",
        "/accounts/sessions/",
        "/accounts/password/change/",
        "/nowhere/",
    )
    found = violations(page, *addresses)
    sits_down.all[0].faults.clear()  # a page that is not there logs that
    assert found == []


def test_nor_where_it_is_estimated(sits_down) -> None:  # type: ignore[no-untyped-def]
    ann, ben = estimates.estimator(), estimates.estimator()
    asked = estimates.asked(None, ann, ben)
    estimates.saved(asked, ann, estimates.two_packages())
    agreed = estimates.asked(None, ann, ben)
    estimates.given(agreed, ann, estimates.two_packages())
    estimates.given(agreed, ben, estimates.two_packages((30, 40, 50)))
    judged = estimates.delivered()
    page = sits_down(ann).page
    found = violations(
        page,
        f"/estimates/of/{asked.engagement_id}/",
        f"/estimates/{asked.pk}/",
        f"/estimates/{asked.pk}/assumptions/",
        f"/estimates/{asked.pk}/risks/",
        f"/estimates/{asked.pk}/import/",
        f"/estimates/{agreed.pk}/",
        f"/estimates/{agreed.pk}/reconcile/",
        f"/estimates/{agreed.pk}/history/",
        f"/estimates/{judged.pk}/",
    )
    lead = sits_down(estimates.delivery_lead()).page
    found += violations(lead, "/", f"/estimates/{judged.pk}/", f"/estimates/{judged.pk}/send-back/")
    assert found == []


def test_nor_where_it_is_planned_and_checked(sits_down) -> None:  # type: ignore[no-untyped-def]
    lead, engagement = planned()
    seller = estimates.seller_of(engagement)
    ask_for_check(seller, engagement)
    tried = try_scenario(seller, engagement, "Without the second", [{"kind": "drop", "codes": ["w2"]}])
    activity = engagement.plan.activities.first()
    ended = firm.engagement(seller)
    record_expectation(seller, ended, firm.a_date())
    end_engagement(seller, ended, Outcome.LOST, "Too dear.")
    page = sits_down(lead).page
    found = violations(
        page,
        "/",
        "/engagements/board/",
        f"/engagements/{engagement.pk}/",
        f"/engagements/{ended.pk}/",
        f"/plans/of/{engagement.pk}/",
        f"/plans/of/{engagement.pk}/add/",
        f"/plans/of/{engagement.pk}/settings/",
        f"/plans/activities/{activity.pk}/",
        f"/plans/of/{engagement.pk}/check/",
        f"/plans/of/{engagement.pk}/check/what-if/",
        f"/plans/scenarios/{tried.pk}/",
        "/plans/load/",
    )
    assert found == []


def test_nor_where_it_is_offered(sits_down) -> None:  # type: ignore[no-untyped-def]
    kept, made = clause(), card()
    clause("Personal data", mandatory=False)
    of = proposals.engagement()
    build.told_date(of, 30)
    proposals.checked(of)
    first = proposals.proposal(of)
    proposals.send(first, [proposals.contact(of)])
    draft = new_version(proposals.seller(of), first)
    page = sits_down(proposals.seller(of)).page
    addresses = ("", "change/", f"compare/{first.pk}/", "send/")
    found = violations(page, *(f"/proposals/{draft.pk}/{address}" for address in addresses))
    page = sits_down(firm.administrator()).page
    standards = ("clauses/", f"clauses/{kept.pk}/change/", f"clauses/{kept.pk}/retire/")
    cards = ("rate-cards/", f"rate-cards/{made.pk}/change/")
    found += violations(page, *(f"/proposals/{address}" for address in (*standards, *cards)))
    assert found == []


def test_nor_where_it_is_decided_signed_and_handed_over(sits_down) -> None:  # type: ignore[no-untyped-def]
    review = reviews.called()
    who = reviews.sitting(review)
    reviews.vote(who.seller, review)
    contract = contracts.in_force_now(contracts.prepared(contracts.sent()))
    time = contract.constraints.get(kind="time")
    later = Worth(date=dt.date.today() + dt.timedelta(400))
    draft = contracts.amendment(contract, values={time.pk: later})
    letter = hand_overs.sent_back()
    page = sits_down(who.lead).page
    found = violations(page, f"/reviews/{review.pk}/")
    page = sits_down(firm.member(AccessRole.EXECUTIVE)).page
    found += violations(
        page,
        f"/contracts/{contract.pk}/",
        f"/contracts/amendments/{draft.pk}/",
        f"/contracts/amendments/{draft.pk}/change/",
        f"/hand-overs/{letter.pk}/",
        f"/engagements/{contract.engagement_id}/profile/",
        "/policy/",
        "/portfolio/over-sold/",
        "/notices/",
    )
    page = sits_down(firm.administrator()).page
    assert found + violations(page, "/policy/change/") == []


def test_nor_among_people_nor_before_signing_in(sits_down) -> None:  # type: ignore[no-untyped-def]
    admin, other = firm.administrator(), firm.member(AccessRole.ESTIMATOR)
    page = sits_down(admin).page
    own = ("change", "access", "skills/set", "absences/record", "rates/set", "history")
    found = violations(
        page,
        "/people/add/",
        *(f"/people/{other.pk}/{form}/" for form in own),
        "/people/teams/",
        "/people/roles/",
        "/people/skills/",
        "/people/firm/",
        "/people/firm/set-up/",
        "/people/firm/logo/",
        "/accounts/2fa/totp/activate/",
    )
    refused = sits_down(other).page
    found += violations(refused, f"/people/{admin.pk}/change/")
    stranger = sits_down(None).page
    found += violations(stranger, "/accounts/login/", "/accounts/password/reset/")
    assert found == []


def test_nor_in_what_opens_over_a_page(sits_down) -> None:  # type: ignore[no-untyped-def]
    seller = firm.seller()
    firm.engagement(seller)
    page: Page = sits_down(seller).page
    page.goto("/")
    page.keyboard.press("Control+k")
    expect(page.locator("#palette").get_by_role("option").first).to_be_visible()
    found = judged(page, "the palette")
    page.keyboard.press("Escape")
    expect(page.locator("#palette")).to_be_hidden()
    page.get_by_role("link", name="Record what was said").first.click()
    expect(page.locator("#dialog").get_by_role("button", name="Record")).to_be_visible()
    found += judged(page, "the dialog")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Account of").click()
    found += judged(page, "the menu")
    assert found == []


def planned() -> tuple[Member, Engagement]:
    role = build.role("developer", 3)
    engagement = build.engagement(Stage.ESTIMATED)
    works = [build.Work("w1", 40, role), build.Work("w2", 120, role, ["w1"]), build.Work("w3", 200, role)]
    build.plan(engagement, *works)
    build.told_date(engagement, 30)
    build.told_price(engagement, 30_000)
    return build.delivery_lead(engagement), engagement


def violations(page: Page, *addresses: str) -> list[str]:
    found = []
    for address in addresses:
        page.goto(address)
        found += judged(page, address)
    return found
