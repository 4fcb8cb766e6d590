"""Recording asks before it makes a second statement of what stands already."""

from __future__ import annotations

import datetime as dt

import pytest
from django.http import HttpResponse

from accord.engagements.actions import Said
from accord.engagements.models import Engagement, Expectation
from tests import firm
from tests.engagements.builders import TODAY, a_scope, pages_of, said

pytestmark = pytest.mark.django_db
GO_LIVE = TODAY + dt.timedelta(60)


def typed(engagement: Engagement, to: str = "", /, **about: str) -> HttpResponse:
    seller = engagement.parts.get().member
    form = {
        "kind": "time",
        "subject": "Go-live",
        "date": str(GO_LIVE),
        "direction": "told",
        "channel": "call",
        "said_on": str(TODAY),
    }
    return pages_of(seller).post(to or f"/engagements/{engagement.pk}/said/record/", form | about)  # type: ignore[return-value]


@pytest.mark.parametrize(
    "again", [{"subject": " go-LIVE ", "date": "2040-01-02"}, {"subject": "First flight"}, {}]
)
def test_the_same_subject_or_date_is_asked_about_and_nothing_is_recorded(again: dict[str, str]) -> None:
    engagement = firm.engagement()
    kept = said(engagement, firm.a_date(60))
    page = typed(engagement, **again).content.decode()
    assert "Already recorded:" in page
    assert f"/engagements/expectations/{kept.pk}/restate/" in page
    assert "Record another one" in page
    assert Expectation.objects.count() == 1


def test_the_same_amount_is_asked_about() -> None:
    engagement = firm.engagement()
    said(engagement, firm.an_amount(100_000))
    page = typed(engagement, kind="cost", subject="Price", amount="100000").content.decode()
    assert "Already recorded:" in page


def test_the_dialog_of_every_page_asks_as_well() -> None:
    engagement = firm.engagement()
    said(engagement, firm.a_date(60))
    page = typed(engagement, "/engagements/record/", engagement=str(engagement.pk)).content.decode()
    assert "Already recorded:" in page
    assert Expectation.objects.count() == 1


def test_another_one_is_recorded_when_somebody_says_so() -> None:
    engagement = firm.engagement()
    said(engagement, firm.a_date(60))
    typed(engagement, another="on")
    assert Expectation.objects.count() == 2


def test_what_was_typed_restates_the_first_at_once() -> None:
    engagement = firm.engagement()
    kept = said(engagement, firm.a_date(60))
    typed(engagement, f"/engagements/expectations/{kept.pk}/restate/")
    assert Expectation.objects.get(restates=kept).date == GO_LIVE


def test_what_is_new_is_recorded_without_a_question() -> None:
    engagement = firm.engagement()
    said(engagement, a_scope())
    said(engagement, Said("scope", "Go-live", TODAY))  # the same words about another of the four
    typed(engagement)
    assert Expectation.objects.filter(kind="time").count() == 1
