"""The pages of promise checks and scenarios, and the first page of an engagement."""

from __future__ import annotations

import datetime as dt
import json
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accord.engagements.models import Engagement, Part, Stage
from accord.people.models import AccessRole, Member, Role
from accord.planning.checking import actions
from accord.planning.checking.marking import mark
from accord.planning.models import PromiseCheck, Scenario
from tests import firm
from tests.planning import check_builders as build
from tests.planning.check_builders import Work

pytestmark = pytest.mark.django_db
HOSTILE = "<script>alert('x')</script>\"'><img src=x onerror=alert(1)>"


@pytest.fixture
def role(db: Any) -> Role:
    return build.role("developer", 3)


@pytest.fixture
def engagement(role: Role) -> Engagement:
    found = build.engagement()
    works = [Work("w1", 40, role), Work("w2", 120, role, ["w1"]), Work("w3", 200, role, ["w1"])]
    build.plan(found, *works, Work("w4", 40, role, ["w2", "w3"]))
    build.told_date(found, 46)
    build.told_price(found, 60_000)
    return found


def as_(member: Member) -> Client:
    client = Client()
    client.force_login(member, backend="accord.people.backends.Backend")
    return client


def seller(engagement: Engagement) -> Member:
    return engagement.parts.get(part=Part.SELLER).member


def ask(engagement: Engagement) -> PromiseCheck:
    return actions.ask_for_check(seller(engagement), engagement)


def page(engagement: Engagement, member: Member | None = None, name: str = "planning:check") -> str:
    answer = as_(member or seller(engagement)).get(reverse(name, args=[engagement.pk]))
    assert answer.status_code == 200
    return text(answer.content.decode())


def text(html: str) -> str:
    return re.sub(r"\s+", " ", html.replace("\u202f", " "))


def words(html: str) -> str:
    return text(re.sub(r"<[^>]+>", "", html))


def test_before_the_first_check_the_page_says_what_is_missing() -> None:
    empty = build.engagement()
    found = page(empty)
    for name in ("estimating:estimates", "planning:plan", "engagements:record"):
        assert reverse(name, args=[empty.pk]) in found
    assert "Check the promises" not in found


def test_with_a_plan_the_first_check_is_offered(engagement: Engagement) -> None:
    assert "Check the promises" in page(engagement)


def test_asking_computes_and_the_page_answers_first(engagement: Engagement) -> None:
    client = as_(seller(engagement))
    answer = client.post(reverse("planning:ask_check", args=[engagement.pk]), follow=True)
    heading = words(re.findall(r"<h2.*?</h2>", answer.content.decode())[0])
    assert re.fullmatch(r"Will we keep it\? (under )?\d+ % for the date, the policy asks 80 %\.", heading)


def test_the_curve_needs_no_server(engagement: Engagement) -> None:
    check = ask(engagement)
    assert check.result is not None
    found = page(engagement)
    curves = json.loads(re.findall(r'data-curves="(.*?)"', found)[0].replace("&quot;", '"'))
    assert curves["time"]["curve"] == check.result["time"]["curve"]
    assert curves["price"]["said"] == 60_000
    assert "<script>" not in found.replace("<script src", "")


def test_ways_out_stand_with_their_probability_and_price(engagement: Engagement) -> None:
    ask(engagement)
    found = words(page(engagement))
    assert "Promise" in found
    assert "no cost" in found
    assert "Leave out “Work w3”" in found
    assert "EUR less to sell" in found
    assert "Trying one changes nothing until it is adopted." in found


def test_a_stale_check_says_what_changed_and_offers_another(engagement: Engagement) -> None:
    ask(engagement)
    mark(engagement, "an activity was changed")
    found = words(page(engagement))
    assert "Since the promise check something changed: an activity was changed." in found
    assert "Check again" in found


def test_a_running_check_shows_its_progress_and_is_polled(engagement: Engagement) -> None:
    check = ask(engagement)
    PromiseCheckAsItWas(check, result=None).note_progress(0.4)
    address = reverse("planning:check_progress", args=[check.pk])
    found = page(engagement)
    assert f'hx-get="{address}"' in found
    assert 'value="0.40"' in found
    polled = as_(seller(engagement)).get(address, headers={"HX-Request": "true"})
    assert "HX-Refresh" not in polled.headers


def PromiseCheckAsItWas(check: PromiseCheck, **fields: Any) -> PromiseCheck:  # noqa: N802  reads as a state
    for name, value in fields.items():
        setattr(check, name, value)
    build.saved(None, check)
    return check


def test_when_the_answer_is_there_the_page_loads_it(engagement: Engagement) -> None:
    check = ask(engagement)
    answer = as_(seller(engagement)).get(reverse("planning:check_progress", args=[check.pk]))
    assert answer.headers["HX-Refresh"] == "true"


def test_the_answer_stands_while_ways_out_are_still_computed(engagement: Engagement) -> None:
    check = ask(engagement)
    check.note_progress(0.6)
    found = page(engagement)
    assert "Will we keep it?" in found
    assert reverse("planning:ways_out", args=[check.pk]) in found


def test_a_failed_check_says_why(engagement: Engagement) -> None:
    PromiseCheckAsItWas(ask(engagement), result=None, state="failed", problem="The plan goes in circles.")
    assert "The plan goes in circles." in page(engagement)


def test_a_way_out_is_tried_and_adopted_with_two_clicks(engagement: Engagement) -> None:
    check = ask(engagement)
    assert check.result is not None
    number = next(k for k, way in enumerate(check.result["remedies"]) if way["kind"] == "drop")
    lead = as_(build.delivery_lead(engagement))
    tried = lead.post(reverse("planning:try_way", args=[check.pk, number]), follow=True)
    assert "The plan is as it was." in tried.content.decode()
    scenario = Scenario.objects.get()
    adopted = lead.post(reverse("planning:adopt_scenario", args=[scenario.pk]), follow=True)
    assert "Adopted: Leave out" in adopted.content.decode()
    assert not engagement.plan.activities.filter(code="w3").exists()


def test_who_may_not_adopt_reads_why_beside_the_button(engagement: Engagement) -> None:
    scenario = actions.try_scenario(
        seller(engagement), engagement, "A try", [{"kind": "drop", "codes": ["w3"]}]
    )
    answer = as_(seller(engagement)).get(reverse("planning:scenario", args=[scenario.pk]))
    found = text(answer.content.decode())
    assert 'disabled aria-describedby="refused"' in found
    assert "sells this engagement" in found
    refused = as_(seller(engagement)).post(reverse("planning:adopt_scenario", args=[scenario.pk]))
    assert refused.status_code == 403


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ({"kind": "drop", "codes": ["w3"]}, "Leave out “Work w3”"),
        ({"kind": "effort", "code": "w2", "percent": 150}, "“Work w2” takes 1.5 times its estimate"),
        ({"kind": "date", "date": "2099-01-01"}, "Promise 1 Jan 2099"),
        ({"kind": "price", "amount": "70000"}, "Ask for 70 000 EUR"),
        ({"kind": "people", "units": 1, "codes": ["w3"]}, "One more developer on “Work w3”"),
    ],
)
def test_anything_else_is_tried_by_a_form(
    engagement: Engagement, role: Role, sent: dict[str, Any], told: str
) -> None:
    time, cost = engagement.expectations.get(kind="time"), engagement.expectations.get(kind="cost")
    data = {"time": time.pk, "cost": cost.pk, "role": role.pk} | sent
    answer = as_(seller(engagement)).post(
        reverse("planning:what_if", args=[engagement.pk]), data, follow=True
    )
    assert told in text(answer.content.decode())


def test_an_empty_form_says_what_is_missing(engagement: Engagement) -> None:
    answer = as_(seller(engagement)).post(reverse("planning:what_if", args=[engagement.pk]), {"kind": "drop"})
    assert answer.status_code == 422
    assert "Say which." in answer.content.decode()


def test_the_line_is_tried_where_it_was_dragged_to(engagement: Engagement) -> None:
    ask(engagement)
    sent = {"expectation": engagement.expectations.get(kind="time").pk, "date": "2099-01-01"}
    answer = as_(seller(engagement)).post(
        reverse("planning:try_line", args=[engagement.pk]), sent, follow=True
    )
    assert "Promise 1 Jan 2099" in answer.content.decode()


def test_a_way_out_of_another_engagement_is_not_found(engagement: Engagement) -> None:
    check = ask(engagement)
    assert as_(seller(engagement)).post(reverse("planning:try_way", args=[check.pk, 99])).status_code == 404


@pytest.fixture
def secret(role: Role) -> Engagement:
    """A signed engagement that only its own people may see, with a date that cannot bear company."""
    found = build.engagement(Stage.DELIVERY, title="Merger", confidential=True)
    build.plan(found, *(Work(f"w{k}", 100, role) for k in range(6)))
    build.told_date(found, 45)
    return found


def test_confidential_pages_are_closed_to_others(secret: Engagement) -> None:
    check, stranger = ask(secret), as_(firm.seller())
    scenario = actions.try_scenario(seller(secret), secret, "A try", [{"kind": "drop", "codes": ["w0"]}])
    of_engagement = ("planning:check", "planning:what_if", "web:engagement")
    addresses = [reverse(name, args=[secret.pk]) for name in of_engagement]
    addresses += [reverse(name, args=[check.pk]) for name in ("planning:check_progress", "planning:ways_out")]
    addresses.append(reverse("planning:scenario", args=[scenario.pk]))
    assert [stranger.get(address).status_code for address in addresses] == [403] * len(addresses)
    for name, args in (("ask_check", [secret.pk]), ("try_line", [secret.pk]), ("try_way", [check.pk, 0])):
        assert stranger.post(reverse(f"planning:{name}", args=args)).status_code == 403
    assert stranger.post(reverse("planning:adopt_scenario", args=[scenario.pk])).status_code == 403


def test_a_confidential_engagement_that_feels_it_has_no_name(
    engagement: Engagement, secret: Engagement
) -> None:
    check = ask(engagement)
    assert check.result is not None
    assert check.result["others"], "the test needs somebody who feels it"
    found = page(engagement)
    assert "A confidential engagement" in found
    assert "Merger" not in found
    assert "Merger" in page(engagement, firm.member(AccessRole.EXECUTIVE))


def test_scripts_in_names_are_text(engagement: Engagement) -> None:
    row = build.activity(engagement.plan, "w3")
    row.name = HOSTILE
    build.saved(None, row)
    check = ask(engagement)
    assert check.result is not None
    number = next(k for k, way in enumerate(check.result["remedies"]) if way["kind"] == "drop")
    pages = [page(engagement), page(engagement, name="web:engagement")]
    tried = as_(seller(engagement)).post(reverse("planning:try_way", args=[check.pk, number]), follow=True)
    pages.append(tried.content.decode())
    for found in pages:
        assert "<script>alert" not in found
        assert "<img" not in found


@pytest.mark.parametrize("name", ["planning:check", "web:engagement"])
def test_no_page_asks_more_for_more_rows(
    engagement: Engagement, role: Role, name: str, settings: Any, django_assert_max_num_queries: Any
) -> None:
    settings.USERSESSIONS_TRACK_ACTIVITY = False  # that a session was seen is not written with every page
    for k in range(4):
        other = build.engagement(Stage.DELIVERY)
        build.plan(other, Work("w1", 200, role))
        build.told_date(other, 50 + k)
        build.told_date(engagement, 40 + k)
    ask(engagement)
    for _ in range(3):
        actions.try_scenario(seller(engagement), engagement, "A try", [{"kind": "drop", "codes": ["w3"]}])
    client = as_(seller(engagement))
    address = reverse(name, args=[engagement.pk])
    client.get(address)
    with django_assert_max_num_queries(12):
        client.get(address)


# The first page of an engagement


def test_the_first_page_answers_in_its_first_line(engagement: Engagement) -> None:
    ask(engagement)
    heading = words(re.findall(r"<h2.*?</h2>", page(engagement, name="web:engagement"))[0])
    assert re.fullmatch(r"Will we keep it\? (under )?\d+ % for the date, the policy asks 80 %\.", heading)


def test_the_first_page_of_what_has_ended_says_what_became_of_it(engagement: Engagement) -> None:
    from accord.engagements.actions import end_engagement
    from accord.engagements.models import Outcome

    end_engagement(seller(engagement), engagement, Outcome.LOST, "Too dear.")
    found = page(engagement, name="web:engagement")
    assert "We did not win it." in found
    for asked in ("Will we keep it?", "Nobody has computed it", "No promise check has judged this"):
        assert asked not in found


def test_the_first_page_draws_what_was_said_believed_and_backed(engagement: Engagement) -> None:
    ask(engagement)
    found = page(engagement, name="web:engagement")
    assert found.count('class="scale"') == 2
    for drawn in ('class="wide"', 'class="middle"', '<line class="said', '<line class="backed"'):
        assert found.count(drawn) == 2


def test_the_four_promises_stand_in_their_order(engagement: Engagement) -> None:
    found = page(engagement, name="web:engagement")
    assert re.findall(r'<span class="kind">(\w+)</span>', found) == ["Time", "Cost", "Scope", "Quality"]


def test_the_first_page_leads_to_what_is_missing() -> None:
    empty = build.engagement()
    assert "Record the first thing that was said" in page(empty, name="web:engagement")
    build.told_date(empty, 50)
    assert "ask for an estimate" in page(empty, name="web:engagement")
    build.plan(empty, Work("w1", 8, build.role("developer")))
    assert "check the promises" in page(empty, name="web:engagement")


def test_the_first_page_says_when_the_check_does_not_hold(engagement: Engagement) -> None:
    ask(engagement)
    mark(engagement, "an activity was changed")
    assert "something changed: an activity was changed" in page(engagement, name="web:engagement")


def test_the_verdict_of_a_check_that_does_not_hold_is_neither_green_nor_red(engagement: Engagement) -> None:
    ask(engagement)
    mark(engagement, "an activity was changed")
    for name in ("planning:check", "web:engagement"):
        found = page(engagement, name=name)
        verdict = found[found.index('id="question"') :].partition("</h2>")[0]
        assert "It was " in verdict
        assert "said-red" not in verdict
        assert "kept-green" not in verdict
        assert re.search(r'<button class="btn btn-primary">.{0,300}Check again', found)
    plan_page = words(page(engagement, name="planning:plan"))
    assert "With 80 % it was done by" in plan_page
    ask(engagement)
    assert "With 80 % it is done by" in words(page(engagement, name="planning:plan"))


def test_the_scenario_page_says_that_the_client_is_still_to_be_told(engagement: Engagement) -> None:
    lead, said = build.delivery_lead(engagement), engagement.expectations.get(kind="time")
    ask(engagement)
    change = {"kind": "date", "expectation": said.pk, "date": "2099-01-05"}
    scenario = actions.adopt_scenario(lead, actions.try_scenario(lead, engagement, "Later", [change]))
    answer = as_(lead).get(reverse("planning:scenario", args=[scenario.pk]))
    assert "Adopted; the client is still to be told." in text(answer.content.decode())
    assert "With the adopted 5 Jan 2099 it is kept with 100 %; the client is still to be told." in words(
        page(engagement)
    )


def test_who_records_what_was_adopted_reads_that_it_is_backed(engagement: Engagement) -> None:
    said, check = engagement.expectations.get(kind="time"), ask(engagement)
    assert check.result is not None
    client = as_(seller(engagement))
    sent = {
        "kind": "time", "subject": said.subject, "date": check.result["promises"][f"x{said.pk}"]["best"],
        "direction": "told", "said_on": dt.date.today().isoformat(), "channel": "call", "member": seller(engagement).pk,
    }  # fmt: skip
    answer = client.post(
        f"/engagements/expectations/{said.pk}/restate/", sent, headers={"HX-Request": "true"}
    )
    assert '<span class="tag good">backed' in answer.content.decode()


def test_an_adopted_way_is_not_offered_again(engagement: Engagement) -> None:
    check = ask(engagement)
    assert check.result is not None
    number = next(k for k, way in enumerate(check.result["remedies"]) if way["kind"] == "date")
    lead = as_(build.delivery_lead(engagement))
    tried = lead.post(f"/plans/checks/{check.pk}/try/{number}/")
    lead.post(tried.url + "adopt/")  # type: ignore[attr-defined]
    found = words(page(engagement))
    assert "adopted The client is still to be told." in found
    assert found.count("Try “Promise") == 0


def test_the_page_of_a_stale_check_waits_for_the_next_one(engagement: Engagement) -> None:
    check = ask(engagement)
    mark(engagement, "an activity was changed")
    client, address = as_(seller(engagement)), f"/plans/checks/{check.pk}/renewed/"
    assert client.get(address).status_code == 204
    ask(engagement)
    assert client.get(address).headers["HX-Refresh"] == "true"
