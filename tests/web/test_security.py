from __future__ import annotations

import pytest
from django.test import Client

from tests import firm

pytestmark = pytest.mark.django_db


def test_the_policy_allows_neither_inline_script_nor_inline_style() -> None:
    firm.administrator()
    policy = Client().get("/accounts/login/").headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "script-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy


@pytest.mark.parametrize("address", ["/", "/engagements/", "/people/", "/relationships/", "/palette/"])
def test_who_is_not_signed_in_is_asked_to(address: str) -> None:
    firm.administrator()
    answer = Client().get(address)
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/accounts/login/")


def test_an_empty_firm_asks_for_its_first_administrator() -> None:
    answer = Client().get("/engagements/")
    assert answer.headers["Location"] == "/first-administrator/"


def test_a_form_without_its_token_changes_nothing() -> None:
    seller = firm.seller()
    client = Client(enforce_csrf_checks=True)
    client.force_login(seller)
    answer = client.post("/engagements/begin/", {"title": "Portal"})
    assert answer.status_code == 403


def test_the_sample_firms_door_is_not_there_in_a_real_firm() -> None:
    firm.administrator()
    client = Client()
    client.force_login(firm.seller())
    assert client.get("/demo/").status_code == 404
    assert client.post("/demo/be/1/").status_code == 404
