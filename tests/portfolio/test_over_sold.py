"""The over-sold report: fair, complete, and only for who may know."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from accord.engagements.actions import (
    begin_engagement,
    record_expectation,
    restate_expectation,
    withdraw_expectation,
)
from accord.engagements.believing import keep
from accord.engagements.models import Belief, Engagement, Expectation
from accord.people.models import AccessRole, Member
from accord.portfolio.over_sold import Asked, Quarter, by_quarter, by_seller, contracted_of, overrides, told
from accord.proposals.actions import override_sending
from accord.proposals.content import DateTerm
from tests import firm
from tests.contracts import signing_builders as contracts
from tests.planning import builders as build
from tests.planning import check_builders as planned
from tests.proposals import builders as proposals

pytestmark = pytest.mark.django_db
SAID = dt.datetime(2026, 5, 4, 10, tzinfo=dt.UTC)


@pytest.fixture
def clock() -> Iterator[Any]:
    with time_machine.travel(SAID, tick=False) as travelling:
        yield travelling


def promised(engagement: Engagement, direction: str = Expectation.Direction.TOLD) -> Expectation:
    seller = engagement.parts.get(part="seller").member
    said = firm.a_date()
    return record_expectation(
        seller,
        engagement,
        type(said)(said.kind, said.subject, dt.date.today(), direction=direction, date=said.date),
    )


def judged(promise: Expectation, probability: float) -> None:
    belief = Belief.objects.filter(expectation=promise).first() or Belief(expectation=promise)
    belief.probability, belief.from_approved_estimate = probability, True
    belief.digest, belief.at = str(probability), timezone.now()
    with build.written():
        keep(belief)


def report(by: Member | None = None, **query: str) -> list[Any]:
    return told(by or firm.member(AccessRole.EXECUTIVE), Asked.of(query))


def test_what_delivery_backs_at_once_is_not_over_sold(clock: Any) -> None:
    judged(promised(firm.engagement()), 0.85)
    clock.shift(dt.timedelta(30))
    (one,) = report()
    assert (one.backed_at_once, one.over_sold, one.is_long_unbacked) == (True, False, False)


def test_what_delivery_did_not_back_is_over_sold_even_if_it_backs_it_later(clock: Any) -> None:
    promise = promised(firm.engagement())
    judged(promise, 0.4)
    clock.shift(dt.timedelta(10))
    judged(promise, 0.9)
    clock.shift(dt.timedelta(100))
    (one,) = report()
    assert (one.probability, one.over_sold, one.unbacked) == (0.4, True, 10)


def test_nobody_asked_is_over_sold_after_a_week_and_open_before(clock: Any) -> None:
    promised(firm.engagement())
    clock.shift(dt.timedelta(6))
    (one,) = report()
    assert (one.over_sold, one.backed_at_once) == (False, False)
    clock.shift(dt.timedelta(2))
    (one,) = report()
    assert (one.over_sold, one.is_long_unbacked) == (True, True)


def test_what_is_taken_back_or_restated_within_a_week_is_not_held_against_anybody(clock: Any) -> None:
    first, second = promised(firm.engagement()), promised(firm.engagement())
    clock.shift(dt.timedelta(2))
    withdraw_expectation(first.member, first, "Too early.", first.member, dt.date.today())
    restate_expectation(second.member, second, firm.a_date(90))
    clock.shift(dt.timedelta(4))
    assert [one.over_sold for one in report()] == [False, False, False]
    clock.shift(dt.timedelta(30))
    assert [one.over_sold for one in report()] == [True, False, False]  # the newer words stand unbacked


def test_what_the_client_asked_for_is_no_promise_of_ours(clock: Any) -> None:
    promised(firm.engagement(), Expectation.Direction.HEARD)
    clock.shift(dt.timedelta(30))
    assert report() == []


def test_few_promises_are_marked_as_few(clock: Any) -> None:
    seller = firm.seller()
    for _ in range(5):
        promised(begin_engagement(seller, firm.relationship(), "One"))
    promised(firm.engagement())
    clock.shift(dt.timedelta(30))
    counts = {count.of: count for count in by_seller(report())}
    assert (counts[seller.pk].over_sold, counts[seller.pk].is_small) == (5, False)
    assert [c.is_small for of, c in counts.items() if of != seller.pk] == [True]


def test_a_seller_sees_the_own_promises_only_and_nobody_what_is_confidential(clock: Any) -> None:
    mine, other = firm.engagement(), firm.engagement()
    secret = firm.engagement(confidential=True)
    for engagement in (mine, other, secret):
        promised(engagement)
    seller = mine.parts.get().member
    assert [one.engagement for one in report(seller)] == [mine.pk]
    assert len(report()) == 3
    quality = firm.member(AccessRole.QUALITY_MANAGER)
    assert {one.engagement for one in report(quality)} == {mine.pk, other.pk}


def test_quarters_narrow_the_report_and_nonsense_in_the_address_is_the_last_year(clock: Any) -> None:
    promised(firm.engagement())
    clock.shift(dt.timedelta(70))
    assert [str(c.of) for c in by_quarter(report())] == ["Q2 2026"]
    assert report(since="2026-3", until="2026-3") == []
    assert len(report(since="2026-2", until="2026-2")) == 1
    assert len(report(since="abc", until="²026-1", seller="x" * 50)) == 1


def test_quarters_follow_each_other() -> None:
    quarter = Quarter(2026, 4)
    assert (quarter.after, quarter.before, quarter.first) == (
        Quarter(2027, 1),
        Quarter(2026, 3),
        dt.date(2026, 10, 1),
    )


def test_overrides_stand_in_the_report() -> None:
    of = proposals.engagement()
    proposals.checked(of)
    draft = proposals.proposal(of, proposals.says(days=1))
    made = override_sending(firm.member(AccessRole.EXECUTIVE), draft, "It is urgent.", draft.revision)
    assert list(overrides(firm.member(AccessRole.AUDITOR), Asked.of({}))) == [made]


def test_a_promise_shows_what_the_contract_made_of_it(client: Client) -> None:
    of = proposals.engagement()
    date, seller = planned.told_date(of, 300), contracts.seller(of)
    planned.told_price(of, 30_000)
    later = restate_expectation(seller, date, firm.a_date(320))
    term = DateTerm(name="Go-live", date=later.date, expectation=later.pk)
    undecided = promised(firm.engagement())
    contracts.in_force_now(contracts.prepared(contracts.sent(proposals.says(dates=(term,)), of)))
    said = list(Expectation.objects.filter(kind__in=["time", "cost"]).order_by("pk"))
    found: Any = contracted_of(said)
    first, price = said[0], next(e for e in said if e.kind == "cost")
    assert undecided.pk not in found
    assert (found[first.pk].constraint.value, found[first.pk].otherwise) == (later.date, True)
    assert not found[later.pk].otherwise
    assert (found[price.pk].constraint.value, found[price.pk].otherwise) == (Decimal(40_000), True)
    client.force_login(firm.member(AccessRole.EXECUTIVE), backend="accord.people.backends.Backend")
    page = client.get("/portfolio/over-sold/").content.decode()
    assert page.count("not as told") == 2
    assert "no contract yet" in page


def test_a_promise_that_the_contract_left_out_is_told_as_such(client: Client) -> None:
    of = proposals.engagement()
    planned.told_date(of, 300)
    contracts.in_force_now(contracts.prepared(contracts.sent(of=of)))
    client.force_login(firm.member(AccessRole.EXECUTIVE), backend="accord.people.backends.Backend")
    assert "not in the contract" in client.get("/portfolio/over-sold/").content.decode()


def test_the_page_needs_no_more_queries_for_more_promises(
    client: Client, django_assert_max_num_queries: Any
) -> None:
    for _ in range(8):
        judged(promised(firm.engagement()), 0.4)
    promised(firm.engagement())  # nobody judged it
    client.force_login(firm.member(AccessRole.EXECUTIVE), backend="accord.people.backends.Backend")
    with django_assert_max_num_queries(12):
        page = client.get("/portfolio/over-sold/").content.decode()
    assert "8 of 9 promises were made without delivery behind them." in page
    assert client.get("/portfolio/over-sold/?since=0000-1&until=9999-4&page=x").status_code == 200
