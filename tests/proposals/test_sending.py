"""What is sent to a client stands on delivery's estimate and check, exactly as it was judged."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.core import mail

from accord.actions.refusals import NotAllowed, Refused, WrongInput
from accord.engagements.actions import Said, end_engagement, record_expectation
from accord.engagements.models import Expectation, Outcome
from accord.estimating.models import Assumption, Estimate
from accord.ledger import chain
from accord.ledger.models import LedgerEntry
from accord.people.models import AccessRole
from accord.planning.checking.marking import mark
from accord.proposals.actions import (
    begin_proposal,
    new_version,
    save_proposal,
    send_proposal,
    withdraw_proposal,
)
from accord.proposals.content import DateTerm, Payment, QualityTerm, digest_of, kept
from accord.proposals.judging import judge
from accord.proposals.models import Proposal, State
from tests import firm
from tests.planning import check_builders as planned
from tests.proposals.builders import SITE, checked, contact, engagement, now, proposal, says, seller, send

pytestmark = pytest.mark.django_db


def sent(**text: object):
    of = engagement()
    checked(of)
    draft = proposal(of, says(**text))  # type: ignore[arg-type]
    return send(draft, [contact(of)])


def test_what_is_backed_is_sent_with_its_pdf_and_stands_in_the_ledger() -> None:
    done = sent()
    assert done.state == State.SENT
    assert done.digest == digest_of(done.content, done.engagement_id, done.version)
    (letter,) = mail.outbox
    assert letter.to == ["buyer@client.example"]
    ((name, content, kind),) = letter.attachments
    assert (name, kind) == (f"{done.number.lower()}-portal-1.pdf", "application/pdf")
    assert content.startswith(b"%PDF")
    assert done.digest in LedgerEntry.objects.get(kind="proposal_sent").body
    assert chain.verify().holds


@pytest.mark.parametrize("what", ["date", "price", "quality"])
def test_a_term_that_is_not_backed_is_not_sent(what: str) -> None:
    of = engagement()
    checked(of)
    wrong = {
        "date": says(days=1),
        "price": says(price=1_000),
        "quality": says(quality=(QualityTerm(name="No open finding", code="w9"),)),
    }[what]
    named = {"date": "Go-live", "price": "Price", "quality": "No open finding"}[what]
    draft = proposal(of, wrong)
    with pytest.raises(Refused, match=named) as refused:
        send(draft, [contact(of)])
    assert refused.value.remedy
    assert (now(draft).state, len(mail.outbox)) == (State.DRAFT, 0)


def test_without_a_check_that_holds_nothing_is_sent() -> None:
    of = engagement()
    draft, to = proposal(of), [contact(of)]
    with pytest.raises(Refused, match="No promise check was made"):
        send(draft, to)
    checked(of)
    mark(of, "somebody will be away")
    with pytest.raises(Refused, match="somebody will be away"):
        send(now(draft), to)


def test_a_plan_that_takes_less_than_was_approved_backs_no_proposal() -> None:
    of = engagement()
    row = planned.activity(of.plan, "w2")
    row.low = row.likely = row.high = Decimal(1)
    planned.saved(None, row)
    checked(of)
    with pytest.raises(Refused, match="takes less for “Work w2”"):
        send(proposal(of), [contact(of)])


def test_an_estimate_that_nobody_approved_begins_no_proposal() -> None:
    of = firm.engagement()
    with pytest.raises(Refused, match="no approved estimate"):
        begin_proposal(seller(of), of)


def test_delivery_does_not_send_and_a_stranger_does_not_write() -> None:
    of = engagement()
    checked(of)
    draft = proposal(of)
    with pytest.raises(NotAllowed, match="speak with the client"):
        send(draft, [contact(of)], planned.delivery_lead(of))
    with pytest.raises(NotAllowed):
        save_proposal(firm.member(AccessRole.MEMBER), draft, says(), draft.revision)


def test_what_says_too_little_is_not_sent() -> None:
    of = engagement()
    checked(of)
    draft = proposal(of, says(payments=(Payment(name="At once", share=Decimal(40)),)))
    with pytest.raises(Refused, match="payments of 100 percent"):
        send(draft, [contact(of)])


def test_it_goes_to_people_of_this_client_only() -> None:
    of, other = engagement(), firm.engagement()
    checked(of)
    draft = proposal(of)
    for to, message in (
        ([], "at least one"),
        ([contact(other)], "another client"),
        ([contact(of, "")], "no mail address"),
    ):
        with pytest.raises(WrongInput, match=message):
            send(draft, to)


def test_what_was_sent_is_not_changed_and_a_new_version_replaces_it() -> None:
    first = sent()
    of = first.engagement
    with pytest.raises(Refused, match="stays as it was"):
        save_proposal(seller(of), first, says(days=200), first.revision)
    second = new_version(seller(of), first)
    assert (second.version, second.says) == (2, first.says)
    with pytest.raises(Refused, match="one draft"):
        new_version(seller(of), first)
    send(second, [of.relationship.client.contacts.get()])
    assert now(first).state == State.REPLACED


def test_a_stale_page_overwrites_nothing() -> None:
    draft = proposal()
    save_proposal(seller(draft.engagement), draft, says(price=50_000), draft.revision)
    with pytest.raises(Refused, match="since you opened it"):
        save_proposal(seller(draft.engagement), now(draft), says(price=10), 0)
    assert now(draft).says.price == 50_000


def test_what_is_withdrawn_keeps_its_reason() -> None:
    done = sent()
    with pytest.raises(WrongInput):
        withdraw_proposal(seller(done.engagement), done, " ")
    withdraw_proposal(seller(done.engagement), done, "The tester left.")
    assert (now(done).state, now(done).withdrawn_because) == (State.WITHDRAWN, "The tester left.")
    with pytest.raises(Refused, match="Only what was sent"):
        withdraw_proposal(seller(done.engagement), now(done), "Again")


def test_what_has_ended_is_offered_no_more() -> None:
    of = engagement()
    checked(of)
    draft = proposal(of)
    end_engagement(seller(of), of, Outcome.LOST, "Too dear")
    with pytest.raises(Refused):
        send(now(draft), [contact(of)])


def test_a_date_about_an_expectation_is_judged_by_the_dates_of_its_activity() -> None:
    of = engagement()
    early = planned.told_date(of, 40)
    planned.about(early, planned.activity(of.plan, "w1"))
    checked(of)
    day = dt.date.today() + dt.timedelta(30)
    whole = proposal(of, says(dates=(DateTerm(name="Half", date=day),)))
    with pytest.raises(Refused, match="Half"):
        send(whole, [contact(of)])
    part = says(dates=(DateTerm(name=early.subject, date=day, expectation=early.pk),))
    draft = save_proposal(seller(of), now(whole), part, now(whole).revision)
    assert send(draft, [contact(of, "b@client.example")]).state == State.SENT


def test_a_date_of_another_name_is_not_judged_by_the_dates_of_an_activity() -> None:
    of = engagement()
    early = planned.told_date(of, 40)
    planned.about(early, planned.activity(of.plan, "w1"))
    checked(of)
    day = dt.date.today() + dt.timedelta(30)
    text = says(dates=(DateTerm(name="Everything", date=day, expectation=early.pk),))
    with pytest.raises(Refused, match="Everything"):
        send(proposal(of, text), [contact(of)])


def test_what_was_changed_since_it_was_looked_at_is_not_sent() -> None:
    of = engagement()
    checked(of)
    draft = proposal(of)
    save_proposal(seller(of), draft, says(price=50_000), draft.revision)
    with pytest.raises(Refused, match="since you opened it"):
        send_proposal(seller(of), now(draft), [contact(of)], now(draft).revision - 1, SITE)


def test_a_long_assumption_of_the_estimate_comes_whole_into_the_text() -> None:
    of = engagement()
    words = "The client names one person who decides. " * 11
    planned.saved(None, Assumption(estimate=of.plan.estimate, kind="assumption", text=words))
    assert begin_proposal(seller(of), of).says.assumptions == (words.strip(),)


def test_a_text_that_is_saved_stands_on_the_estimate_that_is_approved_now() -> None:
    of = engagement()
    draft = proposal(of)
    newer = Estimate.objects.get(pk=draft.estimate_id)
    newer.state = "replaced"
    planned.saved(None, newer)
    newer.pk, newer.version, newer.state, newer._state.adding = None, 2, "approved", True
    planned.saved(None, newer)
    save_proposal(seller(of), draft, says(), draft.revision)
    assert now(draft).estimate.version == 2


def test_who_writes_the_text_does_not_name_the_work_by_which_an_expected_quality_is_reached() -> None:
    of = engagement()
    expected = record_expectation(
        seller(of), of, Said(Expectation.Kind.QUALITY, "No open finding", dt.date.today())
    )
    checked(of)
    for term in (
        QualityTerm(name="No open finding", code="w2"),
        QualityTerm(name="Few findings", code="w2", expectation=expected.pk),
    ):
        told = {t.name: t for t in judge(Proposal(engagement=of, content=kept(says(quality=(term,))))).terms}
        assert not told[term.name].backed
        assert "Delivery names no work for it." in told[term.name].because


def test_a_quality_that_the_register_does_not_hold_is_backed_by_no_package() -> None:
    of = engagement()
    checked(of)
    with pytest.raises(Refused, match="holds no such expectation"):
        send(proposal(of, says(quality=(QualityTerm(name="Never down", code="w2"),))), [contact(of)])
