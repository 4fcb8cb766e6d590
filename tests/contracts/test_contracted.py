"""What was said is marked as contracted or open, and what waits stands on the desk."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from accord.contracts.models import Choice, Contract
from accord.contracts.signing.actions import record_client_signature, sign_for_firm
from accord.contracts.signing.amending import Wanted, save_amendment, sign_amendment_for_firm
from accord.contracts.signing.content import Worth
from accord.contracts.signing.queries import notice_until, runs_until
from accord.engagements.actions import Said, record_expectation, restate_expectation
from accord.engagements.desk import waiting_for
from accord.engagements.models import Engagement
from accord.engagements.queries import statements
from accord.exchange.wording import day
from accord.people.models import AccessRole, Member
from accord.proposals.actions import new_version
from accord.proposals.content import DateTerm, QualityTerm
from accord.proposals.models import Proposal
from tests import firm
from tests.contracts.signing_builders import (
    TODAY,
    amended,
    amendment,
    by_client,
    condition,
    decided_on,
    decided_on_amendment,
    executive,
    in_force_now,
    prepared,
    seller,
    sent,
)
from tests.planning import check_builders as planned
from tests.proposals import builders as proposals

pytestmark = pytest.mark.django_db


def told(contract_of: Engagement) -> dict[str, tuple[bool, bool]]:
    """Of each statement: whether it stands in the contract, and otherwise than it was said."""
    of = Engagement.objects.get(pk=contract_of.pk)
    return {s.expectation.subject: (s.contracted is not None, s.contracted_otherwise) for s in statements(of)}


def test_each_expectation_is_marked_as_contracted_or_open() -> None:
    of = proposals.engagement()
    date = planned.told_date(of, 300)
    planned.told_price(of, 30_000)
    who = seller(of)
    record_expectation(who, of, Said("scope", "A helpline at night", TODAY))
    scope = record_expectation(who, of, Said("scope", "Reports", TODAY))
    planned.covered(scope, "w1")
    quality = record_expectation(who, of, Said("quality", "No open finding", TODAY))
    planned.covered(quality, "w2")
    text = proposals.says(
        dates=(DateTerm(name=date.subject, date=date.date, expectation=date.pk),),
        quality=(QualityTerm(name="No open finding", code="w2", expectation=quality.pk),),
    )
    contract = prepared(sent(text, of))
    assert set(told(of).values()) == {(False, False)}
    assert not any(s.has_contract for s in statements(of))
    in_force_now(contract)
    assert told(of) == {
        "Go-live": (True, False),
        "Budget": (True, True),  # contracted are 40,000
        "A helpline at night": (False, False),
        "Reports": (True, False),
        "No open finding": (True, False),
    }
    assert contract.constraints.get(kind="time").expectation == date


def test_a_price_that_was_told_is_answered_by_all_contracts_together() -> None:
    of = proposals.engagement()
    planned.told_price(of, 80_000)
    first = in_force_now(prepared(sent(of=of)))
    assert told(of)["Budget"] == (True, True)
    second = proposals.send(
        new_version(seller(of), first.proposal), [proposals.contact(of, "b@client.example")]
    )
    contract = in_force_now(prepared(Proposal.objects.get(pk=second.pk)))
    assert told(of)["Budget"] == (True, False)  # 40,000 each
    budget = next(s for s in statements(Engagement.objects.get(pk=of.pk)) if s.expectation.kind == "cost")
    assert budget.contracted is not None
    assert budget.contracted.number == f"{first.number}, {contract.number}"


def test_a_restated_date_still_stands_in_the_contract_but_otherwise() -> None:
    of = proposals.engagement()
    date = planned.told_date(of, 300)
    text = proposals.says(dates=(DateTerm(name="Go-live", date=date.date, expectation=date.pk),))
    contract = in_force_now(prepared(sent(text, of)))
    restate_expectation(seller(of), date, firm.a_date(280))
    assert told(of)["Go-live"] == (True, True)
    constraint = contract.constraints.get(kind="time")
    amended(amendment(contract, values={constraint.pk: Worth(date=TODAY + dt.timedelta(280))}))
    assert told(of)["Go-live"] == (True, False)


def test_the_overview_and_the_register_say_so(client: Any) -> None:
    of = proposals.engagement()
    planned.told_price(of, 30_000)
    record_expectation(seller(of), of, Said("scope", "A helpline at night", TODAY))
    in_force_now(prepared(sent(of=of)))
    client.force_login(seller(of), backend="accord.people.backends.Backend")
    overview = client.get(f"/engagements/{of.pk}/").content.decode()
    assert "contracted: 40\u202f000" in overview.replace("\xa0", " ")
    assert "in the contract: 0 of 1" in overview
    register = client.get(f"/engagements/{of.pk}/said/").content.decode()
    assert "said, but not in the contract" in register
    assert "contracted otherwise" in register


# The term


@pytest.mark.parametrize(
    ("ends", "months", "today", "until"),
    [
        (dt.date(2026, 1, 31), 1, dt.date(2026, 2, 10), dt.date(2026, 2, 28)),
        (dt.date(2026, 1, 31), 1, dt.date(2026, 3, 1), dt.date(2026, 3, 31)),
        (dt.date(2026, 1, 31), 12, dt.date(2026, 1, 31), dt.date(2026, 1, 31)),
        (dt.date(2024, 2, 29), 12, dt.date(2026, 1, 1), dt.date(2026, 2, 28)),
        (dt.date(2026, 1, 31), None, dt.date(2027, 1, 1), dt.date(2026, 1, 31)),
        (None, None, dt.date(2027, 1, 1), None),
    ],
)
def test_a_term_renews_by_months_of_the_calendar(
    ends: dt.date | None, months: int | None, today: dt.date, until: dt.date | None
) -> None:
    contract = Contract(begins_on=dt.date(2020, 1, 1), ends_on=ends, renews_months=months, notice_days=30)
    assert runs_until(contract, today) == until
    if months and until:
        assert notice_until(contract, today) == until - dt.timedelta(30)


# The desk


def lines(member: Member) -> str:
    return " ".join(line.what for line in waiting_for(Member.objects.get(pk=member.pk)))


def test_an_executive_who_does_not_sell_it_is_asked_to_sign_when_nothing_holds_it() -> None:
    text = sent()
    held = condition(decided_on(text, "conditions"))
    contract, who = prepared(text), executive()
    assert "waits for our signature" not in lines(who)
    held.confirmed_by, held.confirmed_how = firm.member(AccessRole.DELIVERY_LEAD), "Seen"
    planned.saved(None, held)
    assert f"{contract} is prepared: it waits for our signature." in lines(who)
    assert "waits for our signature" not in lines(seller(contract.engagement))


def test_whoever_speaks_with_the_client_is_told_that_theirs_is_missing() -> None:
    contract = prepared()
    sign_for_firm(executive(), contract, contract.digest)
    for who in (seller(contract.engagement), contract.engagement.relationship.owner):
        assert "the client has not yet" in lines(who)
    record_client_signature(seller(contract.engagement), contract, contract.digest, by_client())
    assert "the client has not yet" not in lines(seller(contract.engagement))


@pytest.mark.parametrize(
    ("ends_in", "about", "said"),
    [
        (40, {"renews_months": 12, "notice_days": 30}, "unless notice is given until"),
        (200, {"renews_months": 12, "notice_days": 30}, ""),
        (20, {"renews_months": 12, "notice_days": 30}, ""),  # too late for notice
        (40, {}, " ends on "),
        (200, {}, ""),
    ],
)
def test_ends_and_renewals_are_told_in_time(ends_in: int, about: dict[str, int], said: str) -> None:
    contract = in_force_now(prepared(ends_on=TODAY + dt.timedelta(ends_in), **about))
    for who in (seller(contract.engagement), contract.engagement.relationship.owner):
        found = lines(who)
        assert said in found
        assert bool(said) == (contract.number in found)


def test_what_ran_out_is_told_until_somebody_ends_it() -> None:
    contract = prepared(begins_on=TODAY - dt.timedelta(90), ends_on=TODAY - dt.timedelta(1))
    in_force_now(contract)
    assert "end it here, or renew it" in lines(seller(contract.engagement))


def test_a_decided_amendment_waits_for_our_signature_and_then_for_theirs() -> None:
    contract, who = in_force_now(), executive()
    sells = seller(contract.engagement)
    draft = amendment(contract, price_difference=Decimal(5000))
    assert draft.name not in lines(who)
    held = condition(decided_on_amendment(draft, Choice.CONDITIONS))
    assert draft.name not in lines(who)
    held.confirmed_by, held.confirmed_how = firm.member(AccessRole.DELIVERY_LEAD), "Seen"
    planned.saved(None, held)
    assert f"{draft} is decided: it waits for our signature." in lines(who)
    assert draft.name not in lines(sells)
    sign_amendment_for_firm(who, draft, draft.seal)
    assert draft.name not in lines(who)
    assert f"We signed {draft}; the client has not yet." in lines(sells)


def test_a_decided_amendment_that_was_changed_since_waits_for_nobody_s_signature() -> None:
    draft = amendment(in_force_now(), price_difference=Decimal(5000))
    decided_on_amendment(draft)
    save_amendment(draft.made_by, draft, Wanted("Other", price_difference=Decimal(6000)), draft.revision)
    assert draft.name not in lines(executive())


def test_what_binds_otherwise_than_was_told_last_waits_for_the_seller() -> None:
    of = proposals.engagement()
    date = planned.told_date(of, 300)
    text = proposals.says(dates=(DateTerm(name="Go-live", date=date.date, expectation=date.pk),))
    contract = in_force_now(prepared(sent(text, of)))
    sells = seller(of)
    assert "binds to" not in lines(sells)
    later = Worth(date=TODAY + dt.timedelta(320))
    amended(amendment(contract, values={contract.constraints.get(kind="time").pk: later}))
    assert (
        f"“Go-live” was told as {day(date.date)}, and {contract.number} binds to {day(later.date)}."
        in lines(sells)
    )
    assert "binds to" not in lines(executive())
    restate_expectation(sells, date, firm.a_date(320))
    assert "binds to" not in lines(sells)


def test_the_overview_does_not_say_yes_of_what_binds_otherwise_than_was_told(client: Any) -> None:
    of = proposals.engagement()
    date = planned.told_date(of, 300)
    text = proposals.says(dates=(DateTerm(name="Go-live", date=date.date, expectation=date.pk),))
    contract = in_force_now(prepared(sent(text, of)))
    client.force_login(seller(of), backend="accord.people.backends.Backend")
    assert "was told otherwise" not in client.get(f"/engagements/{of.pk}/").content.decode()
    later = Worth(date=TODAY + dt.timedelta(320))
    amended(amendment(contract, values={contract.constraints.get(kind="time").pk: later}))
    page = client.get(f"/engagements/{of.pk}/").content.decode()
    assert f"“Go-live” was told otherwise than {contract.number} binds to it: restate it" in page


def test_what_an_hour_costs_under_a_master_agreement_answers_no_price_that_was_told() -> None:
    of = proposals.engagement()
    planned.told_price(of, 30_000)
    in_force_now(prepared(sent(of=of), kind=Contract.Kind.MASTER))
    assert told(of)["Budget"] == (False, False)
