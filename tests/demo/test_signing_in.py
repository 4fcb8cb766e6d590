"""Anybody signs in as anybody where the sample firm runs, and nowhere else."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import NoReverseMatch, reverse

from accord.engagements.actions import record_expectation
from tests import firm
from tests.demo import urls as urls_where_it_runs

pytestmark = pytest.mark.django_db


def test_without_the_sample_firm_there_is_no_such_address(client: Client) -> None:
    member = firm.seller()
    for address in ("/demo/", "/demo/checks/", f"/demo/be/{member.pk}/"):
        assert client.get(address).status_code in (302, 404)
        assert client.post(address).status_code in (302, 404)
    assert "_auth_user_id" not in client.session
    with pytest.raises(NoReverseMatch):
        reverse("demo:people")


def test_signed_in_nobody_finds_the_address_either(client: Client) -> None:
    client.force_login(firm.seller(), backend="accord.people.backends.Backend")
    assert client.get("/demo/").status_code == 404


def test_a_firm_of_ones_own_is_not_opened_by_the_switch_alone(client: Client, settings) -> None:  # type: ignore[no-untyped-def]
    """Somebody sets ACCORD_DEMO=1 on a database that is not the sample firm's."""
    settings.DEMO, settings.ROOT_URLCONF = True, urls_where_it_runs.__name__
    member = firm.seller()
    record_expectation(member, firm.engagement(member), firm.a_date())  # its ledger begins without the mark
    assert client.get("/demo/").status_code == 404
    assert client.post(f"/demo/be/{member.pk}/").status_code == 404
    assert "_auth_user_id" not in client.session


def test_one_click_signs_in_and_leads_to_the_place_of_the_step(client: Client, where_it_runs: None) -> None:
    member = firm.seller()
    answer = client.post(f"/demo/be/{member.pk}/", {"next": "/engagements/"})
    assert answer.headers["Location"] == "/engagements/"
    assert client.session["_auth_user_id"] == str(member.pk)


def test_the_session_of_whoever_one_was_before_is_not_ended(client: Client, where_it_runs: None) -> None:
    """A late part of the page that is left finds it, and does not disturb the page that comes."""
    first, second = firm.seller(), firm.seller()
    client.post(f"/demo/be/{first.pk}/")
    before = client.session.session_key
    client.post(f"/demo/be/{second.pk}/")
    assert client.session.session_key != before
    assert client.session["_auth_user_id"] == str(second.pk)
    assert type(client.session)(before)["_auth_user_id"] == str(first.pk)


def test_it_leads_nowhere_else(client: Client, where_it_runs: None) -> None:
    answer = client.post(f"/demo/be/{firm.seller().pk}/", {"next": "https://elsewhere.example/"})
    assert answer.headers["Location"] == "/"


def test_who_left_is_not_signed_in(client: Client, where_it_runs: None) -> None:
    from accord.people.actions import deactivate_member

    member = firm.seller()
    deactivate_member(firm.administrator(), member)
    assert client.post(f"/demo/be/{member.pk}/").status_code == 404


def test_signing_in_by_a_link_is_refused(client: Client, where_it_runs: None) -> None:
    """A GET changes nothing: no address that somebody is lured to signs them in."""
    assert client.get(f"/demo/be/{firm.seller().pk}/").status_code == 405
