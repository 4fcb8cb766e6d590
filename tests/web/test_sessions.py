"""Parts of a page, asked for when the session is over or another one has begun."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.test import Client

from tests import firm

pytestmark = pytest.mark.django_db

PART = {"HX-Request": "true"}
BACKEND = "accord.people.backends.Backend"


@pytest.mark.parametrize("address", ["/desk/2/", "/desk/count/", "/palette/?q=a"])
def test_a_part_without_a_session_has_the_whole_page_loaded_anew(address: str) -> None:
    firm.administrator()
    answer = Client().get(address, headers=PART)
    assert answer.status_code == 401
    assert answer.headers["HX-Refresh"] == "true"
    assert not answer.content


def _with_a_session_that_is_over() -> Client:
    client = Client()
    client.force_login(firm.seller(), backend=BACKEND)
    client.session.flush()
    return client


def test_a_late_part_leaves_the_session_that_has_begun_meanwhile() -> None:
    answer = _with_a_session_that_is_over().get("/desk/count/", headers=PART)
    assert settings.SESSION_COOKIE_NAME not in answer.cookies


def test_a_whole_page_takes_away_the_cookie_of_a_session_that_is_over() -> None:
    answer = _with_a_session_that_is_over().get("/")
    assert answer.cookies[settings.SESSION_COOKIE_NAME]["max-age"] == 0
