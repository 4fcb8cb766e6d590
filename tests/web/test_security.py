from __future__ import annotations

import pytest
from django.db import DataError
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


@pytest.mark.parametrize(
    "address",
    [
        "/engagements/?search=%00",
        "/relationships/?search=a%00b",
        "/palette/?q=%00",
        "/engagements/99999999999999999999/",
        "/plans/of/99999999999999999999/",
        "/estimates/99999999999999999999/",
    ],
)
def test_odd_addresses_are_answered_in_words(address: str) -> None:
    client = Client()
    client.force_login(firm.seller())
    answer = client.get(address)
    assert answer.status_code in (400, 404)
    assert "To your desk" in answer.content.decode()


def test_a_form_key_that_is_none_is_not_kept() -> None:
    client = Client()
    seller = firm.seller()
    client.force_login(seller)
    form = {"relationship": firm.relationship(seller).pk, "title": "Portal", "profile": "standard"}
    answer = client.post("/engagements/begin/", form | {"form-key": "\0" * 300})
    assert answer.status_code == 302


def test_a_form_without_its_token_is_told_in_accords_own_words() -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(firm.seller())
    page = client.post("/engagements/begin/", {"title": "Portal"})
    assert page.status_code == 403
    assert "Open the page again" in page.content.decode()
    assert "To your desk" in page.content.decode()
    dialog = client.post("/engagements/begin/", {"title": "Portal"}, headers={"HX-Request": "true"})
    assert "Open the page again" in dialog.content.decode()
    assert "<html" not in dialog.content.decode()
    script = client.post("/engagements/begin/", {}, content_type="application/json")
    assert (script.status_code, script.json()["remedy"]) == (
        403,
        "Open the page again and repeat what you did.",
    )


@pytest.mark.parametrize("way", ["get", "post"])
@pytest.mark.parametrize(
    "address",
    [
        "/plans/of/{}/picture/",
        "/engagements/{}/move/",
        "/estimates/{}/done/",
        "/people/{}/invite/",
    ],
)
@pytest.mark.parametrize("number", ["9" * 25, str(2**63), "9" * 5000])
def test_a_number_that_no_row_can_have_is_an_address_at_which_nothing_is(
    address: str, way: str, number: str
) -> None:
    client = Client()
    client.force_login(firm.seller())
    answer = getattr(client, way)(address.format(number))
    assert answer.status_code in (404, 405)  # some are only sent to


@pytest.mark.parametrize("error", [OverflowError, DataError])
def test_a_value_that_the_database_does_not_take_is_answered_in_words_whatever_was_sent(
    error: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*args: object, **about: object) -> None:
        raise error("too large")

    client = Client()
    client.force_login(firm.seller())
    monkeypatch.setattr("accord.engagements.actions.begin_engagement", fails)
    form = {"relationship": firm.relationship().pk, "title": "Portal", "profile": "standard"}
    answer = client.post("/engagements/begin/", form)
    assert answer.status_code == 400
    assert "Go back and try again" in answer.content.decode()


@pytest.mark.parametrize("encoding", ["unicode_escape", "utf-7", "zlib"])
def test_an_encoding_that_hides_characters_is_not_read(encoding: str) -> None:
    client = Client()
    client.force_login(firm.seller())
    body = b'--x\r\nContent-Disposition: form-data; name="title"\r\n\r\n\\ud800\r\n--x--\r\n'
    kind = f"multipart/form-data; boundary=x; charset={encoding}"
    answer = client.generic("POST", "/engagements/begin/", body, kind)  # as it is, not encoded again
    assert answer.status_code == 400
    assert "Go back and try again" in answer.content.decode()
