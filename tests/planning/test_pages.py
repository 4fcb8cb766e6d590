"""The pages of plans and load."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from itertools import product
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accord.engagements.actions import record_expectation
from accord.engagements.models import Engagement, Part, TakenPart
from accord.people.models import AccessRole, GivenRole, Member
from accord.planning import rules, views
from accord.planning.models import Activity, Link, Plan
from tests import firm
from tests.planning import builders
from tests.planning.test_actions import _grouped

pytestmark = pytest.mark.django_db
BACKEND = "accord.people.backends.Backend"
SCRIPT = "<script>alert(1)</script>"


def _as(member: Member) -> Client:
    client = Client(raise_request_exception=True)
    client.force_login(member, backend=BACKEND)
    return client


def test_an_engagement_without_an_estimate_says_what_a_plan_needs() -> None:
    engagement = firm.engagement()
    page = _as(builders.a_project_manager(engagement)).get(f"/plans/of/{engagement.pk}/")
    assert "A plan is made from an estimate" in page.text


def test_a_plan_is_made_from_its_page() -> None:
    engagement = firm.engagement()
    builders.an_estimate(engagement)
    client = _as(builders.a_project_manager(engagement))
    assert "Make a plan" in client.get(f"/plans/of/{engagement.pk}/").text
    client.post(f"/plans/of/{engagement.pk}/make/", {"begins_on": "2099-06-01"})
    assert "When is it done?" in client.get(f"/plans/of/{engagement.pk}/").text


def test_a_seller_reads_the_plan_and_sees_who_changes_it() -> None:
    seller = firm.seller()
    plan, _ = builders.a_plan(engagement=firm.engagement(seller))
    page = _as(seller).get(f"/plans/of/{plan.engagement_id}/").text
    assert "You may read this plan" in page
    assert "Add an activity" not in page


def test_a_confidential_plan_is_closed_to_others() -> None:
    plan, _ = builders.a_plan(engagement=firm.engagement(confidential=True))
    stranger = _as(firm.seller())
    pk, design = plan.engagement_id, builders.activity(plan, "Design").pk
    for address in (f"of/{pk}/", f"of/{pk}/picture/", f"of/{pk}/undo/", f"activities/{design}/"):
        assert stranger.get(f"/plans/{address}").status_code == 403


def test_load_does_not_name_a_confidential_engagement() -> None:
    builders.a_plan(engagement=firm.engagement(confidential=True, title="Secret merger"))
    role = builders.a_role()
    page = _as(firm.seller()).get(f"/plans/load/role-{role.pk}/{builders.A_MONDAY}/").text
    assert "a confidential engagement" in page
    assert "Secret merger" not in page
    assert "Design" not in page


def test_pages_need_at_most_twelve_queries_and_none_for_a_row() -> None:
    engagement = firm.engagement()
    plan, manager = builders.a_plan([f"Part {k}" for k in range(30)], engagement, people=5)
    record_expectation(firm.seller(), engagement, firm.a_date())
    for _ in range(3):
        builders.a_plan(engagement=firm.engagement())
    client = _as(manager)
    own = f"/plans/of/{engagement.pk}/"
    part = plan.activities.all()[0].pk
    assignment = f"/plans/load/role-{builders.a_role().pk}/{builders.A_MONDAY}/"
    load = f"/plans/load/?first={builders.A_MONDAY}"
    for address in (own, own + "picture/", f"/plans/activities/{part}/", load, assignment):
        assert _queries(client, address) <= 12, address


def _queries(client: Client, address: str) -> int:
    """Without those by which the accounts library notes that somebody was here."""
    with CaptureQueriesContext(connection) as context:
        assert client.get(address).status_code == 200
    noted = ("usersession", "SAVEPOINT")
    return sum(not any(word in query["sql"] for word in noted) for query in context) - 1


def test_names_with_markup_are_shown_as_they_are() -> None:
    plan, manager = builders.a_plan([SCRIPT])
    client = _as(manager)
    for address in (f"of/{plan.engagement_id}/", f"activities/{plan.activities.get().pk}/", "load/"):
        assert SCRIPT not in client.get(f"/plans/{address}").text
    assert SCRIPT not in client.get(f"/plans/of/{plan.engagement_id}/picture/").json()["table"]


def test_moving_answers_in_words_with_the_plan_as_it_is_then() -> None:
    plan, manager = builders.a_plan(["Design"])
    design = builders.activity(plan, "Design")
    answer = _as(manager).post(
        f"/plans/activities/{design.pk}/move/", {"not_before": "2099-06-15", "revision": plan.revision}
    )
    assert "does not begin before 15 Jun 2099" in answer.json()["words"]
    assert answer.json()["activities"][0]["start"] == "2099-06-15"
    assert answer.json()["revision"] == plan.revision + 1


def test_a_step_to_the_right_is_a_working_day_and_one_to_the_left_takes_it_back() -> None:
    plan, manager = builders.a_plan(["Design"], begins_on=dt.date(2099, 6, 5))  # a Friday
    design = builders.activity(plan, "Design")
    client = _as(manager)
    client.post(f"/plans/activities/{design.pk}/move/", {"by": "1", "revision": plan.revision})
    assert builders.activity(plan, "Design").planned_start == dt.date(2099, 6, 8)
    client.post(f"/plans/activities/{design.pk}/move/", {"by": "-1", "revision": plan.revision + 1})
    assert builders.activity(plan, "Design").not_before is None


def test_nonsense_moves_nothing() -> None:
    plan, manager = builders.a_plan(["Design"])
    design = builders.activity(plan, "Design")
    client = _as(manager)
    for sent in ({"by": "x"}, {"not_before": "soon"}, {}):
        answer = client.post(f"/plans/activities/{design.pk}/move/", sent | {"revision": plan.revision})
        assert answer.status_code == 404


def test_linking_a_circle_by_mouse_is_refused_with_the_names() -> None:
    plan, manager = builders.a_plan(["Design", "Build"])
    client = _as(manager)
    pk = {a.name: a.pk for a in Activity.objects.all()}
    sent = {"source": pk["Design"], "target": pk["Build"], "kind": "FS", "lag": 0}
    address, json = f"/plans/of/{plan.engagement_id}/link/", {"accept": "application/json"}
    client.post(address, sent | {"revision": plan.revision}, headers=json)
    back = {
        "source": pk["Build"],
        "target": pk["Design"],
        "kind": "FS",
        "lag": 0,
        "revision": plan.revision + 1,
    }
    answer = client.post(address, back, headers=json)
    assert answer.status_code == 409
    assert "Design" in answer.text
    assert Link.objects.count() == 1


def test_linking_one_to_itself_by_mouse_is_refused_and_not_a_fault() -> None:
    plan, manager = builders.a_plan(["Design", "Build"])
    pk = builders.activity(plan, "Design").pk
    sent = {"source": pk, "target": pk, "kind": "FS", "lag": 0, "revision": plan.revision}
    answer = _as(manager).post(
        f"/plans/of/{plan.engagement_id}/link/", sent, headers={"accept": "application/json"}
    )
    assert answer.status_code == 409
    assert "does not wait for itself" in answer.text


def test_the_dialog_of_an_activity_says_beside_the_field_what_is_wrong() -> None:
    plan, manager = builders.a_plan(["Design"])
    address = f"/plans/activities/{plan.activities.get().pk}/"
    sent = {"name": "Design", "kind": "effort", "low": 9, "likely": 3, "high": 10, "revision": plan.revision}
    page = _as(manager).post(address, sent)
    assert page.status_code == 422
    assert "not below the low one" in page.text


def test_the_load_keeps_to_a_role_and_to_weeks_in_the_address() -> None:
    builders.a_plan(["Design"])
    builders.a_role("Analyst", people=1)
    role = builders.a_role()
    page = _as(firm.member()).get(f"/plans/load/?first=2099-06-03&weeks=4&role={role.pk}").text
    assert 'scope="row">Developer' in page
    assert 'scope="row">Analyst' not in page
    assert "22 Jun" in page
    assert "29 Jun" not in page


@pytest.mark.parametrize("address", ["role-x/2099-06-01", "role-1/2099-99-01", "team-999999/2099-06-01"])
def test_an_address_of_nobody_is_not_found(address: str) -> None:
    assert _as(firm.member()).get(f"/plans/load/{address}/").status_code == 404


def test_the_picture_of_a_plan_asks_the_same_queries_for_any_number_of_activities(
    django_assert_max_num_queries: Any,
) -> None:
    few, _ = builders.a_plan(["Design"])
    many, _ = builders.a_plan([f"Work {k}" for k in range(12)])
    executive = _as(firm.member(AccessRole.EXECUTIVE))
    executive.get("/people/account/")  # the first page of all asks whether the firm has somebody
    for plan in (few, many):
        with django_assert_max_num_queries(12):
            assert executive.get(f"/plans/of/{plan.engagement_id}/picture/").json()["mayEdit"]


def test_the_weeks_causes_are_told_the_largest_first_and_the_rest_counted(
    monkeypatch: pytest.MonkeyPatch, django_assert_max_num_queries: Any
) -> None:
    monkeypatch.setattr(views, "_CAUSES", 1)
    builders.a_plan(["Small"], hours=5)
    builders.a_plan(["Large"], hours=30)
    role = builders.a_role()
    browser = _as(firm.member(AccessRole.EXECUTIVE))
    with django_assert_max_num_queries(12):
        page = browser.get(f"/plans/load/role-{role.pk}/{builders.A_MONDAY.isoformat()}/").text
    assert "Large" in page
    assert "Small" not in page
    assert "and 1 more" in page


def test_a_plan_says_where_its_order_comes_from_and_what_is_linked_to_nothing() -> None:
    plan, manager = _grouped(("Build", ["Screens", "Interface"]), ("Make sure", ["Tests"]), loose="Lead")
    page = _as(manager).get(f"/plans/of/{plan.engagement_id}/").text
    assert "each group waits for the one before it" in page
    assert "1 activity waits for nothing" in page
    assert page.index(">Build<") < page.index(">Screens<") < page.index(">Make sure<") < page.index(">Tests<")


def test_a_promised_date_that_the_plan_keeps_is_shown_as_kept() -> None:
    plan, manager = builders.a_plan()
    seller = firm.seller()
    for day in (dt.date(2099, 1, 1), dt.date(2100, 6, 1)):
        said = replace(firm.a_date(), date=day)
        record_expectation(seller, plan.engagement, said)
    flags = _as(manager).get(f"/plans/of/{plan.engagement_id}/picture/").json()["flags"]
    assert [(flag["late"], flag["kept"]) for flag in flags] == [(True, False), (False, True)]


def test_a_plan_is_given_to_be_edited_to_those_who_may_plan_it() -> None:
    plan, _ = builders.a_plan(["Design"])
    people = [plan.engagement.relationship.owner]
    for role, part in product(AccessRole, [None, *Part]):
        people.append(firm.member(role))
        if part:
            with builders.written():
                TakenPart(engagement=plan.engagement, member=people[-1], part=part).save()
    with builders.written():
        GivenRole(member=people[0], role=AccessRole.EXECUTIVE).save()
    engagement = Engagement.objects.get(pk=plan.engagement_id)
    for somebody in Member.objects.all():
        asked = Plan.objects.annotate(is_ours=rules.planned_by(somebody)).get(pk=plan.pk).is_ours
        assert asked == rules.is_planner(somebody, engagement)


def test_who_may_read_a_plan_is_told_that_they_may_not_edit_it() -> None:
    plan, manager = builders.a_plan(["Design"])
    for member, may in ((firm.member(), False), (manager, True)):
        assert _as(member).get(f"/plans/of/{plan.engagement_id}/picture/").json()["mayEdit"] is may


@pytest.mark.parametrize("priority", ["9" * 25, "32768"])
def test_a_priority_that_no_database_keeps_is_told_beside_its_field(priority: str) -> None:
    plan, manager = builders.a_plan()
    sent = {"revision": plan.revision, "begins_on": plan.begins_on, "priority": priority, "fixed_cost": "0"}
    answer = _as(manager).post(f"/plans/of/{plan.engagement_id}/settings/", sent)
    assert answer.status_code == 422
    assert "priority" in answer.context["form"].errors
