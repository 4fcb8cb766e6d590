"""An administrator writes the policy on its page, after seeing what it would do."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client

from accord.engagements.models import Policy
from accord.engagements.policies.content import AS_DELIVERED
from accord.engagements.policies.forms import PolicyForm
from accord.people.models import AccessRole
from tests import firm
from tests.engagements.builders import believed, pages_of, said
from tests.engagements.test_policies import asks, put

pytestmark = pytest.mark.django_db
CHANGE = "/policy/change/"


def as_a_browser_sends(seen: int = 0, **changed: Any) -> dict[str, Any]:
    """The form as the page shows it for the delivered policy, with something changed."""
    form = PolicyForm(None, AS_DELIVERED, seen)
    fields = [field for part in (*form.terms.values(), form.in_force, *form.rules) for field in part]
    fields += list(form.rules.management_form)
    told = {field.html_name: field.value() for field in fields if field.value() is not None}
    return told | {"because": "We learned."} | changed


def previewed(browser: Client, sent: dict[str, Any]) -> dict[str, Any]:
    """As it is sent after its effect was shown."""
    return sent | {"previewed": browser.post(CHANGE, sent).context["previewed"]}


@pytest.fixture
def administrator(client: Client) -> Client:
    return pages_of(firm.administrator())


def test_the_preview_shows_what_would_change_and_keeps_nothing(administrator: Client) -> None:
    promise = said(firm.engagement(), firm.a_date())
    believed(promise, 0.85)
    sent = as_a_browser_sends(**{"standard-confidence": "90", "because": ""})
    answer = administrator.post(CHANGE, sent)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "1 promise would not be backed any more" in page
    assert "Nothing was saved yet" in page
    assert not Policy.objects.exists()


def test_the_preview_tells_which_later_version_takes_its_place(administrator: Client, settings: Any) -> None:
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]}}
    put(asks("0.7"), valid_from=dt.date.today() + dt.timedelta(10))
    page = administrator.post(CHANGE, as_a_browser_sends(1)).content.decode()
    assert "then version 1 takes its place" in page


def test_it_is_put_in_force_with_its_reason(administrator: Client) -> None:
    sent = as_a_browser_sends(**{"standard-confidence": "70"})
    administrator.post(CHANGE, sent)
    assert not Policy.objects.exists()  # its effect is shown first
    answer = administrator.post(CHANGE, previewed(administrator, sent), follow=True)
    made = Policy.objects.get()
    assert made.content["profiles"]["standard"]["confidence"] == "0.7"
    assert (made.because, made.valid_from) == ("We learned.", dt.date.today())
    assert "70\u00a0%" in answer.content.decode().replace("\u202f", "\u00a0")


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"because": ""}, "This field is required"),
        ({"standard-confidence": "20"}, "greater than or equal to 50"),
        ({"light-overrides": []}, "This field is required"),
        ({"valid_from": "2020-01-01"}, "from today on or later"),
    ],
)
def test_what_does_not_fit_is_told_at_its_field_and_nothing_is_kept(
    administrator: Client, wrong: dict[str, Any], told: str
) -> None:
    sent = as_a_browser_sends() | {"previewed": ""}
    sent = previewed(administrator, sent) | wrong
    answer = administrator.post(CHANGE, sent)
    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert not Policy.objects.exists()


def test_what_was_changed_after_the_preview_is_shown_again_first(administrator: Client) -> None:
    seen = previewed(administrator, as_a_browser_sends())
    answer = administrator.post(CHANGE, seen | {"standard-confidence": "95"})
    assert "Nothing was saved yet" in answer.content.decode()
    assert not Policy.objects.exists()


def test_a_page_that_shows_an_older_version_puts_nothing_in_force(administrator: Client) -> None:
    put(asks("0.7"))
    answer = administrator.post(CHANGE, previewed(administrator, as_a_browser_sends(0)))
    assert answer.status_code in (409, 422)
    assert Policy.objects.count() == 1


def test_nobody_but_an_administrator_writes_it() -> None:
    other = pages_of(firm.member(AccessRole.EXECUTIVE))
    assert other.get(CHANGE).status_code == 403
    assert other.post(CHANGE, as_a_browser_sends()).status_code == 403
    assert not Policy.objects.exists()
