from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.test import Client

from accord.actions.refusals import NotAllowed, WrongInput
from accord.people.actions import set_rate
from accord.people.models import AccessRole, Member, Rate
from accord.people.queries import rates_at
from tests import firm
from tests.people.builders import a_rate, a_role, works_as

pytestmark = pytest.mark.django_db


def test_the_rate_of_a_day_is_the_newest_that_holds_then() -> None:
    role = a_role()
    a_rate(role, "2026-01-01", 60, 110)
    a_rate(role, "2026-07-01", 65, 120)
    found = [rates_at(dt.date(2026, month, 30)).of_role(role) for month in (6, 7)]
    assert [rate.bill for rate in found if rate] == [110, 120]
    assert rates_at(dt.date(2025, 12, 31)).of_role(role) is None


def test_a_members_own_rate_goes_before_that_of_the_role() -> None:
    role = a_role()
    own, other = works_as(firm.member(), role), works_as(firm.member(), role)
    a_rate(role, "2026-01-01", 60, 110)
    a_rate(own, "2026-01-01", 80, 150)
    rates = rates_at(dt.date(2026, 3, 1))
    assert [rates.of_member(m).cost for m in (own, other)] == [80, 60]  # type: ignore[union-attr]


def test_all_rates_take_one_query(django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    role = a_role()
    people = [works_as(firm.member(), role) for _ in range(4)]
    a_rate(role, "2026-01-01", 60, 110)
    with django_assert_num_queries(1):
        rates = rates_at(dt.date(2026, 3, 1))
        assert all(rates.of_member(m) for m in people)


def test_the_same_day_again_corrects_the_rate() -> None:
    role = a_role()
    a_rate(role, "2026-01-01", 60, 110)
    a_rate(role, "2026-01-01", 61, 111)
    assert Rate.objects.get().cost == 61


def test_a_rate_is_not_negative() -> None:
    with pytest.raises(WrongInput):
        set_rate(firm.administrator(), a_role(), dt.date(2026, 1, 1), Decimal(-1), Decimal(10))


def test_a_delivery_lead_sees_rates_and_does_not_set_them() -> None:
    with pytest.raises(NotAllowed, match="finance"):
        set_rate(firm.member(AccessRole.DELIVERY_LEAD), a_role(), dt.date(2026, 1, 1), Decimal(1), Decimal(1))


def _page(looking: Member, client: Client, address: str) -> str:
    client.force_login(looking)
    return client.get(address).content.decode()


@pytest.mark.parametrize("role", AccessRole)
def test_who_sees_what_an_hour_costs(client: Client, role: AccessRole) -> None:
    delivery = a_role()
    somebody = works_as(firm.member(), delivery)
    a_rate(delivery, "2026-01-01", 6173, 11309)
    sees = role in {
        AccessRole.ADMINISTRATOR,
        AccessRole.EXECUTIVE,
        AccessRole.FINANCE,
        AccessRole.DELIVERY_LEAD,
    }
    looking = firm.member(role)
    for address in (f"/people/{somebody.pk}/", "/people/roles/"):
        page = _page(looking, client, address)
        assert ("6\u202f173" in page and "11\u202f309" in page) == sees, address


def test_a_member_sees_what_is_billed_for_their_own_hours_and_no_cost(client: Client) -> None:
    delivery = a_role()
    somebody = works_as(firm.member(AccessRole.MEMBER), delivery)
    a_rate(delivery, "2026-01-01", 6173, 11309)
    page = _page(somebody, client, f"/people/{somebody.pk}/")
    assert "11\u202f309" in page
    assert "6\u202f173" not in page
