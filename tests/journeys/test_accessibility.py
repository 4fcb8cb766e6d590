from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe

from accord.engagements.actions import record_expectation
from accord.people.models import AccessRole
from tests import firm

pytestmark = pytest.mark.django_db(transaction=True)

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_no_violation_on_any_page(sits_down, theme: str) -> None:  # type: ignore[no-untyped-def]
    lead = firm.member(
        AccessRole.SELLER, AccessRole.EXECUTIVE, AccessRole.ADMINISTRATOR, AccessRole.DELIVERY_LEAD
    )
    engagement = firm.engagement(lead)
    said = record_expectation(lead, engagement, firm.a_date())
    record_expectation(lead, engagement, firm.an_amount())
    page = sits_down(lead).page
    page.emulate_media(color_scheme=theme)
    found = []
    for address in (
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
        f"/engagements/expectations/{said.pk}/",
        f"/estimates/of/{engagement.pk}/",
        f"/plans/of/{engagement.pk}/",
        f"/plans/of/{engagement.pk}/check/",
        "/people/",
        f"/people/{lead.pk}/",
        "/people/account/",
        "/accounts/2fa/",
        "/accounts/sessions/",
        "/accounts/password/change/",
        "/nowhere/",
    ):
        page.goto(address)
        answer = Axe().run(page, options=RULES)
        found += [
            f"{address}: {v['id']} at {v['nodes'][0]['html'][:160]}" for v in answer.response["violations"]
        ]
    sits_down.all[0].faults.clear()  # a page that is not there logs that
    assert found == []
