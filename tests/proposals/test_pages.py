"""The pages of a proposal, as people use them."""

from __future__ import annotations

from typing import Any

import pytest

from accord.people.models import AccessRole
from accord.proposals.answering.links import usual_end
from accord.proposals.models import Proposal, State
from tests import firm
from tests.planning import check_builders as planned
from tests.proposals.builders import checked, contact, engagement, now, proposal, says, seller

pytestmark = pytest.mark.django_db
MOST = 12


def sent_form(draft: Proposal, **changed: str) -> dict[str, str]:
    """What a browser sends of the form as it stands, with something changed."""
    from accord.proposals.forms import ProposalForm

    form = ProposalForm(draft)
    data = {"revision": str(draft.revision)}
    for field in form.text:
        data.setdefault(field.html_name, str(field.value() or ""))
    for rows in (form.scope, form.dates, form.prices, form.payments, form.quality, form.clauses):
        for field in (*rows.management_form, *(field for row in rows for field in row)):
            value = field.value()
            data[field.html_name] = "" if value is None else str(value)
    return data | changed


def test_the_tab_leads_from_nothing_to_a_draft_with_what_was_estimated_and_said(at: Any) -> None:
    of = engagement()
    planned.told_date(of, 60)
    client = at(seller(of))
    assert "Begin a proposal" in client.get(f"/proposals/of/{of.pk}/").content.decode()
    page = client.post(f"/proposals/of/{of.pk}/begin/", follow=True).content.decode()
    assert "Work w1" in page
    assert "Not yet: " in page
    assert "Go-live" in page


def test_without_an_approved_estimate_the_tab_leads_to_the_estimate(at: Any) -> None:
    of = firm.engagement()
    assert "To the estimate" in at(seller(of)).get(f"/proposals/of/{of.pk}/").content.decode()


def test_the_text_is_changed_in_one_form_and_judged_at_once(at: Any) -> None:
    of = engagement()
    checked(of)
    draft = proposal(of)
    client, address = at(seller(of)), f"/proposals/{draft.pk}/"
    assert "Yes: delivery stands behind each term." in client.get(address).content.decode()
    changed = sent_form(draft, **{"prices-0-rate": "1000", "discount": "10", "dates-1-name": "Pilot"})
    answer = client.post(f"{address}change/", changed)
    assert answer.status_code == 422
    assert "Give a date." in answer.content.decode()
    page = client.post(f"{address}change/", changed | {"dates-1-name": ""}, follow=True).content.decode()
    assert "Not yet: 1 term is not backed." in page
    assert "Discount of 10\xa0%" in page
    assert now(draft).says.price == 900


def test_a_row_goes_by_emptying_its_name(at: Any) -> None:
    draft = proposal()
    client = at(seller(draft.engagement))
    client.post(f"/proposals/{draft.pk}/change/", sent_form(draft, **{"quality-0-name": ""}))
    assert now(draft).says.quality == ()


def test_it_is_sent_from_its_page(at: Any) -> None:
    of = engagement()
    checked(of)
    draft, to = proposal(of), contact(of)
    client = at(seller(of))
    assert client.post(f"/proposals/{draft.pk}/send/").status_code == 422
    page = client.post(
        f"/proposals/{draft.pk}/send/",
        {"contacts": [to.pk], "revision": draft.revision, "expires_on": usual_end()},
        follow=True,
    ).content.decode()
    assert now(draft).state == State.SENT
    assert "Bea Buyer" in page
    assert "Begin a new version" in page


def test_a_refusal_names_what_is_not_backed(at: Any) -> None:
    of = engagement()
    checked(of)
    draft, to = proposal(of, says(days=1)), contact(of)
    answer = at(seller(of)).post(
        f"/proposals/{draft.pk}/send/",
        {"contacts": [to.pk], "revision": draft.revision, "expires_on": usual_end()},
    )
    assert answer.status_code == 409
    assert "“Go-live”: It would be kept with" in answer.content.decode()


def test_what_was_said_stands_beside_the_text(at: Any) -> None:
    of = engagement()
    planned.told_price(of, 30_000)
    planned.told_date(of, 60)
    draft = proposal(of)
    page = at(seller(of)).get(f"/proposals/{draft.pk}/").content.decode()
    assert "contradicted" in page  # the text asks for 40,000
    assert "The text names no date for it." in page


def test_the_pdf_is_one_and_holds_what_people_wrote_as_text(at: Any) -> None:
    draft = proposal(content=says(opening='#panic("no markup") $x^2$ <script>', closing="Bye"))
    answer = at(seller(draft.engagement)).get(f"/proposals/{draft.pk}/pdf/")
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF")


def test_versions_are_compared(at: Any) -> None:
    of = engagement()
    checked(of)
    draft, to = proposal(of), contact(of)
    client = at(seller(of))
    client.post(
        f"/proposals/{draft.pk}/send/",
        {"contacts": [to.pk], "revision": draft.revision, "expires_on": usual_end()},
    )
    client.post(f"/proposals/{draft.pk}/new-version/")
    second = Proposal.objects.get(version=2)
    client.post(f"/proposals/{second.pk}/change/", sent_form(second, **{"prices-0-rate": "45000"}))
    page = client.get(f"/proposals/{second.pk}/compare/{draft.pk}/").content.decode()
    assert "45\u202f000" in page
    assert "40\u202f000" in page


def test_where_it_cannot_be_sent_nobody_is_asked_to_whom(at: Any) -> None:
    of = engagement()
    draft = proposal(of)  # no promise check stands behind it
    answer = at(seller(of)).get(f"/proposals/{draft.pk}/send/")
    assert answer.status_code == 409
    assert "is backed by an approved estimate" in answer.content.decode()


def test_a_confidential_proposal_is_closed_to_others(at: Any) -> None:
    of = engagement()
    draft = proposal(of)
    of.confidential = True
    planned.saved(None, of)
    client = at(firm.member(AccessRole.SELLER))
    for page in ("", "change/", "pdf/", "send/", "withdraw/", f"compare/{draft.pk}/"):
        assert client.get(f"/proposals/{draft.pk}/{page}").status_code == 403


def test_no_page_asks_more_for_more_rows(at: Any, django_assert_max_num_queries: Any) -> None:
    of = engagement()
    checked(of)
    for days in range(60, 70):
        planned.told_date(of, days)
    draft = proposal(of)
    client = at(seller(of))
    for page in (f"of/{of.pk}/", f"{draft.pk}/", f"{draft.pk}/change/"):
        with django_assert_max_num_queries(MOST):
            assert client.get(f"/proposals/{page}").status_code == 200


def test_scripts_in_every_text_are_text(at: Any) -> None:
    evil = "<script>alert(1)</script>"
    draft = proposal(content=says(opening=evil, closing=evil, excluded=(evil,), assumptions=(evil,)))
    client = at(seller(draft.engagement))
    for page in ("", "change/"):
        assert evil not in client.get(f"/proposals/{draft.pk}/{page}").content.decode()


def test_a_form_without_its_rows_is_told_and_changes_nothing(at: Any) -> None:
    draft = proposal()
    answer = at(seller(draft.engagement)).post(f"/proposals/{draft.pk}/change/", {"revision": draft.revision})
    assert answer.status_code == 422
    assert now(draft).says == draft.says
