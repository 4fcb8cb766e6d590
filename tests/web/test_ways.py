"""Ways through the product: the first steps of an empty firm, the menu, one's own work, and why a row is listed."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
from decimal import Decimal

import pytest

from accord.engagements.actions import begin_engagement, change_engagement, move_to_stage
from accord.engagements.models import Part, Stage
from accord.people.actions import add_role
from accord.people.models import AccessRole
from accord.people.places import countries
from accord.planning.actions import assign
from accord.web.palette import palette
from tests import firm
from tests.engagements.builders import TODAY, a_scope, believed, pages_of, said
from tests.people.builders import a_rate
from tests.planning.builders import a_plan

pytestmark = pytest.mark.django_db


def test_an_empty_firm_shows_its_first_steps_and_ticks_what_is_done() -> None:
    first = firm.administrator()
    page = pages_of(first).get("/").content.decode()
    assert "First steps" in page
    assert "Nothing waits for you" not in page
    assert (page.count("to do</span>"), page.count(" done</span>")) == (4, 0)
    firm.relationship()
    page = pages_of(first).get("/").content.decode()
    assert (page.count("to do</span>"), page.count(" done</span>")) == (2, 2)  # people and a client


def test_the_first_steps_are_gone_when_all_are_done_and_are_not_for_others() -> None:
    first = firm.administrator()
    assert "First steps" not in pages_of(firm.seller()).get("/").content.decode()
    a_rate(add_role(first, "Developer"), "2026-01-01", 50, 100)
    begin_engagement(firm.seller(), firm.relationship(), "Portal")
    assert "First steps" not in pages_of(first).get("/").content.decode()


def test_an_engagement_without_clients_asks_for_a_client_first() -> None:
    page = pages_of(firm.seller()).get("/engagements/begin/").content.decode()
    assert "Add a client first" in page
    assert 'data-dialog="/relationships/begin/"' in page
    assert "<select" not in page


def test_recording_without_an_engagement_says_what_to_do() -> None:
    seller = firm.seller()
    page = pages_of(seller).get("/engagements/record/").content.decode()
    assert 'data-dialog="/engagements/begin/"' in page
    assert 'name="subject"' not in page


@pytest.mark.parametrize(
    ("address", "entry"),
    [
        ("/estimates/of/{}/", "Engagements"),
        ("/plans/of/{}/", "Engagements"),
        ("/plans/of/{}/check/", "Engagements"),
        ("/plans/load/", "People"),
        ("/people/account/", "People"),
        ("/accounts/sessions/", "People"),
        ("/relationships/", "Relationships"),
    ],
)
def test_the_menu_marks_where_one_is(address: str, entry: str) -> None:
    seller = firm.seller()
    answer = pages_of(seller).get(address.format(firm.engagement(seller).pk))
    assert answer.status_code == 200, address
    assert [one.label for one in answer.context["menu"] if one.here] == [entry]


def test_the_palette_finds_ones_own_record_load_and_absence() -> None:
    seller = firm.seller()
    for asked in ("my record", "load", "absence"):
        assert palette(seller, asked), asked
    assert palette(seller, "my record")[0].address == f"/people/{seller.pk}/"
    assert palette(seller, "absence")[0].address == f"/people/{seller.pk}/absences/record/"
    assert f'href="/people/{seller.pk}/"' in pages_of(seller).get("/").content.decode()


def test_a_members_record_shows_the_coming_work_and_hides_what_is_confidential() -> None:
    begins = TODAY + dt.timedelta(7)
    plan, manager = a_plan(["Mend the harbour crane"], begins_on=begins)
    somebody, stranger = firm.member(AccessRole.MEMBER), firm.member(AccessRole.MEMBER)
    work = plan.activities.select_related("plan__engagement").get()
    assign(manager, work, None, somebody, Decimal(1), plan.revision)
    page = f"/people/{somebody.pk}/work/"
    assert f'hx-get="{page}"' in pages_of(stranger).get(f"/people/{somebody.pk}/").content.decode()
    assert "Mend the harbour crane" in pages_of(stranger).get(page).content.decode()
    seller = plan.engagement.parts.get(part=Part.SELLER).member
    change_engagement(seller, plan.engagement, "Secret", None, 50, confidential=True)
    assert "Mend the harbour crane" not in pages_of(stranger).get(page).content.decode()
    assert "/plans/load/" in pages_of(stranger).get(page).content.decode()


def test_the_list_of_what_is_not_backed_says_why_a_row_is_in_it() -> None:
    seller = firm.seller()
    engagement = firm.engagement(seller)
    believed(said(engagement, firm.a_date()), 0.95)
    said(engagement, firm.an_amount())
    said(engagement, a_scope())
    browser = pages_of(seller)
    for page in ("/engagements/", "/engagements/board/"):
        assert "2 not backed: cost, scope" in browser.get(f"{page}?unbacked=on").content.decode()
        assert "2 not backed" not in browser.get(page).content.decode()


@pytest.mark.parametrize(("demo", "name"), [("1", "accord_demo"), ("0", "accord")])
def test_the_sample_firm_and_a_real_one_keep_their_own_cookies(demo: str, name: str) -> None:
    asks = "from accord import settings; print(settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME)"
    answer = subprocess.run(
        [sys.executable, "-c", asks],
        env=os.environ | {"ACCORD_DEMO": demo},
        capture_output=True,
        text=True,
        check=True,
    )
    assert answer.stdout.split() == [f"{name}_session", f"{name}_csrf"]


def test_countries_are_called_by_their_names() -> None:
    assert (countries()["CD"], countries()["GW"]) == ("DR Congo", "Guinea-Bissau")
    names = list(countries().values())
    assert names.index("Åland Islands") < names.index("Albania")


def test_what_is_missing_for_the_next_stage_tells_the_rule_and_for_whom_it_holds() -> None:
    seller = firm.seller()
    engagement = firm.engagement(seller)
    move_to_stage(seller, engagement, Stage.QUALIFIED)
    page = pages_of(seller).get(f"/engagements/{engagement.pk}/").content.decode()
    assert (
        "The rule: An engagement counts as estimated when its estimate is approved. It holds for everybody"
        in page
    )
