"""What was said is kept as it was said."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import Error, connection, transaction

from accord.actions.call import Call, _current
from accord.actions.refusals import NotAllowed, Refused, WrongInput
from accord.engagements.actions import (
    Said,
    end_engagement,
    record_expectation,
    restate_expectation,
    withdraw_expectation,
)
from accord.engagements.models import Expectation, Outcome
from accord.engagements.queries import chain_of, said_of, statements
from accord.ledger.models import LedgerEntry
from accord.people.models import AccessRole
from tests import firm
from tests.engagements.builders import TODAY, a_scope, amount, believed, pages_of, said

pytestmark = pytest.mark.django_db


def test_a_statement_is_never_changed_not_even_inside_an_action() -> None:
    kept = said(firm.engagement(), firm.a_date())
    kept.subject = "Another"
    token = _current.set(Call("tests"))
    try:
        with pytest.raises(Refused):
            kept.save()
        with pytest.raises(Refused):
            kept.delete()
    finally:
        _current.reset(token)


@pytest.mark.parametrize("table", ["engagements_expectation", "engagements_withdrawal"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET id = id", "DELETE FROM {}"])
def test_the_database_refuses_to_change_the_register(table: str, statement: str) -> None:
    kept = said(firm.engagement(), firm.a_date())
    withdraw_expectation(kept.recorded_by, kept, "It was a mistake.", kept.recorded_by, TODAY)
    with pytest.raises(Error, match="never changed"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(table))


def test_restating_keeps_the_whole_chain_and_counts_once() -> None:
    engagement = firm.engagement()
    first = said(engagement, firm.a_date(60))
    second = restate_expectation(first.recorded_by, first, firm.a_date(70))
    third = restate_expectation(first.recorded_by, second, firm.a_date(80))
    chain = chain_of(first)
    assert (chain.expectation, chain.earlier) == (third, (second, first))
    assert len(statements(engagement)) == 1


def test_what_was_restated_is_neither_restated_nor_withdrawn_again() -> None:
    first = said(firm.engagement(), firm.a_date())
    restate_expectation(first.recorded_by, first, firm.a_date(70))
    first = Expectation.objects.get(pk=first.pk)
    with pytest.raises(Refused):
        restate_expectation(first.recorded_by, first, firm.a_date(80))
    with pytest.raises(Refused):
        withdraw_expectation(first.recorded_by, first, "No longer.", first.recorded_by, TODAY)


def test_a_withdrawal_needs_a_reason_and_is_not_told_in_the_future() -> None:
    kept = said(firm.engagement(), firm.a_date())
    with pytest.raises(WrongInput):
        withdraw_expectation(kept.recorded_by, kept, " ", kept.recorded_by, TODAY)
    with pytest.raises(WrongInput):
        withdraw_expectation(kept.recorded_by, kept, "Why.", kept.recorded_by, TODAY + dt.timedelta(1))


def test_an_auditor_records_nothing() -> None:
    with pytest.raises(NotAllowed):
        record_expectation(firm.member(AccessRole.AUDITOR), firm.engagement(), firm.a_date())


def test_nothing_is_said_in_an_engagement_that_has_ended() -> None:
    engagement = firm.engagement()
    seller = engagement.parts.get().member
    end_engagement(seller, engagement, Outcome.LOST, "Too dear.")
    with pytest.raises(Refused):
        record_expectation(seller, engagement, firm.a_date())


def test_a_contact_of_another_client_is_not_taken() -> None:
    from accord.relationships.actions import add_contact

    engagement, other = firm.engagement(), firm.relationship()
    stranger = add_contact(firm.seller(), other, "Per Holm")
    with pytest.raises(WrongInput):
        said(engagement, Said(Expectation.Kind.SCOPE, "Reports", TODAY, contact=stranger))


def test_each_record_is_in_the_ledger() -> None:
    kept = said(firm.engagement(), firm.a_date())
    withdraw_expectation(kept.recorded_by, kept, "A mistake.", kept.recorded_by, TODAY)
    kinds = list(LedgerEntry.objects.values_list("kind", flat=True))
    assert kinds == ["expectation_recorded", "expectation_withdrawn"]


def test_the_distance_tells_first_now_and_what_delivery_believes() -> None:
    engagement = firm.engagement()
    first = said(engagement, firm.a_date(60))
    now = restate_expectation(first.recorded_by, first, firm.a_date(70))
    believed(now, 0.5, backed_date=TODAY + dt.timedelta(82))
    time, cost, scope, quality = said_of(statements(engagement))
    ((_, distance),) = time.lines
    assert distance is not None
    assert (distance.first, distance.now) == (first.date, now.date)
    assert (distance.believed, distance.days) == (TODAY + dt.timedelta(82), 12)
    assert (cost.lines, scope.lines, quality.lines) == ([], [], [])


def test_what_delivery_believed_before_something_changed_is_not_told() -> None:
    engagement = firm.engagement()
    believed(said(engagement, firm.an_amount()), 0.5, backed_amount=amount(120_000), stale=True)
    ((_, distance),) = said_of(statements(engagement))[1].lines
    assert distance is not None
    assert distance.believed is None


def test_the_page_groups_what_was_said_and_filters_what_was_withdrawn() -> None:
    engagement = firm.engagement()
    seller = engagement.parts.get().member
    said(engagement, firm.a_date())
    scope = said(engagement, a_scope())
    withdraw_expectation(seller, scope, "Not needed.", seller, TODAY)
    page = pages_of(seller)
    everything = page.get(f"/engagements/{engagement.pk}/said/").content.decode()
    order = [everything.index(f'id="about-{kind}"') for kind in ("time", "cost", "scope", "quality")]
    assert order == sorted(order)
    standing = page.get(f"/engagements/{engagement.pk}/said/?state=standing").content.decode()
    withdrawn = page.get(f"/engagements/{engagement.pk}/said/?state=withdrawn").content.decode()
    assert "Single sign-on" in everything
    assert "Single sign-on" in withdrawn
    assert "Single sign-on" not in standing
    assert "Not needed." in withdrawn


def test_recording_from_anywhere_tells_whether_it_is_backed() -> None:
    engagement = firm.engagement()
    seller = engagement.parts.get().member
    sent = {
        "engagement": engagement.pk,
        "engagement_name": "Portal",
        "kind": "time",
        "date": "2099-06-30",
        "direction": "heard",
        "channel": "call",
        "said_on": TODAY,
    }
    answer = pages_of(seller).post("/engagements/record/", sent, headers={"HX-Request": "true"})
    assert "not backed" in answer.content.decode()
    kept = Expectation.objects.get()
    assert (kept.direction, kept.member, kept.subject) == ("heard", seller, "Finish")


def test_the_engagement_is_found_by_its_name_where_there_is_no_script() -> None:
    engagement = firm.engagement(title="Harbour portal")
    sent = {
        "engagement_name": "harbour",
        "kind": "scope",
        "subject": "Reports",
        "direction": "told",
        "channel": "call",
        "said_on": TODAY,
    }
    answer = pages_of(engagement.parts.get().member).post("/engagements/record/", sent)
    assert answer.status_code == 302
    assert Expectation.objects.get().engagement == engagement


@pytest.mark.parametrize("number", ["9" * 25, "9" * 5000, "\x00"])
def test_an_engagement_with_a_number_that_none_has_is_asked_for_again(number: str) -> None:
    client = pages_of(firm.seller())
    answer = client.post("/engagements/record/", {"engagement": number, "contact": number, "kind": "scope"})
    assert answer.status_code == 422
    assert "engagement_name" in answer.context["form"].errors


def test_a_confidential_engagement_is_neither_offered_nor_taken() -> None:
    engagement = firm.engagement(title="Secret merger", confidential=True)
    page = pages_of(firm.seller())
    assert "Secret" not in page.get("/engagements/choices/?q=secret").content.decode()
    sent = {"engagement": engagement.pk, "engagement_name": "Secret merger", "kind": "scope", "subject": "x"}
    sent |= {"direction": "told", "channel": "call", "said_on": TODAY}
    assert page.post("/engagements/record/", sent).status_code == 422
    assert not Expectation.objects.exists()


def test_the_last_engagement_is_suggested_again() -> None:
    engagement = firm.engagement(title="Harbour portal")
    page = pages_of(engagement.parts.get().member)
    sent = {"kind": "scope", "subject": "Reports", "direction": "told", "channel": "call", "said_on": TODAY}
    page.post(f"/engagements/{engagement.pk}/said/record/", sent)
    assert "Harbour portal · " in page.get("/engagements/record/").content.decode()
