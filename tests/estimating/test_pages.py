"""The pages: few queries whatever the rows, what waits for whom, nothing of confidential engagements."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from accord.actions.door import action, obstacles
from accord.engagements.actions import Said, give_part, move_to_stage, record_expectation
from accord.engagements.desk import Group
from accord.engagements.models import Part, Stage
from accord.estimating import queries
from accord.estimating.actions import (
    approve_estimate,
    cover,
    deliver_estimate,
    finish_contribution,
    keep_as_template,
    note_assumption,
    use_template,
)
from accord.estimating.desk import estimates
from accord.estimating.forms import AskForm, CoverForm
from accord.people.models import AccessRole
from tests import firm
from tests.estimating.builders import (
    approved,
    asked,
    delivered,
    delivery_lead,
    estimator,
    given,
    role,
    row,
    saved,
    seller_of,
    two_packages,
)

pytestmark = pytest.mark.django_db
MOST = 12


@action(permission=lambda actor, about: None)
def change_role(member: Any, name: str) -> None:
    member.role = role(name)
    member.save()


@pytest.fixture
def at(client: Any, settings: Any) -> Any:
    # Noting when a session was last used is the accounts library's business, the same on every page.
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if "usersessions" not in name]

    def come(member: Any) -> Any:
        client.force_login(member, backend="accord.people.backends.Backend")
        client.get("/")  # what is asked once for a process or a session
        return client

    return come


def test_the_page_of_an_estimate_needs_few_queries(at: Any, django_assert_max_num_queries: Any) -> None:
    somebody = estimator()
    by = row("x").role
    estimate = saved(
        asked(None, somebody, estimator()), somebody, [row(f"P{k}", (1, 2, 3), by=by) for k in range(60)]
    )
    client = at(somebody)
    with django_assert_max_num_queries(MOST):
        answer = client.get(f"/estimates/{estimate.pk}/")
    assert b"P59" in answer.content


def test_the_list_of_versions_needs_few_queries(at: Any, django_assert_max_num_queries: Any) -> None:
    estimate = approved()
    seller = seller_of(estimate.engagement)
    for k in range(5):
        said = record_expectation(seller, estimate.engagement, Said("scope", f"Scope {k}", dt.date.today()))
        cover(delivery_lead(), said, "w1")
    client = at(seller)
    with django_assert_max_num_queries(MOST):
        answer = client.get(f"/estimates/of/{estimate.engagement_id}/")
    assert answer.content.count(b"in the approved estimate") == 5


def test_reconciling_and_comparing_need_few_queries(at: Any, django_assert_max_num_queries: Any) -> None:
    ann, ben = estimator(), estimator()
    estimate = asked(None, ann, ben)
    given(estimate, ann, two_packages())
    given(estimate, ben, two_packages((30, 40, 50)))
    client = at(ann)
    for page in ("reconcile/", f"compare/{estimate.pk}/"):
        with django_assert_max_num_queries(MOST):
            assert client.get(f"/estimates/{estimate.pk}/{page}").status_code == 200


def test_a_confidential_estimate_is_open_to_nobody_else(at: Any) -> None:
    estimate = delivered(firm.engagement(confidential=True))
    client = at(estimator())
    for page in ("", "rows/", "history/", "reconcile/", "export.xlsx", "compare/1/"):
        assert client.get(f"/estimates/{estimate.pk}/{page}").status_code == 403


def test_an_empty_engagement_offers_to_ask(at: Any) -> None:
    engagement = firm.engagement()
    assert b"Ask for an estimate" in at(seller_of(engagement)).get(f"/estimates/of/{engagement.pk}/").content
    assert b"can ask for one" in at(firm.member()).get(f"/estimates/of/{engagement.pk}/").content


def test_the_seller_who_presses_approve_is_refused_in_words(at: Any) -> None:
    both = firm.member(AccessRole.SELLER, AccessRole.DELIVERY_LEAD)
    estimate = delivered(firm.engagement(both))
    client = at(both)
    assert b"sells this engagement" in client.get(f"/estimates/{estimate.pk}/").content
    seen = {"delivered_at": estimate.delivered_at.isoformat()}
    answer = client.post(f"/estimates/{estimate.pk}/approve/", seen)
    assert answer.status_code == 403
    assert b"decides nothing for delivery" in answer.content


def test_the_seller_reads_who_can_approve(at: Any) -> None:
    firm.member(AccessRole.DELIVERY_LEAD, name="Tomasz Wilk")
    estimate = delivered()
    told = at(seller_of(estimate.engagement)).get(f"/estimates/{estimate.pk}/").content.decode()
    assert "Waits for Tomasz Wilk to approve it or send it back." in told


def test_approving_in_the_dialog_asks_for_each_thing_that_is_left_out(at: Any) -> None:
    estimate, lead = delivered(), delivery_lead()
    said = Said("scope", "Archive search", dt.date.today())
    scope = record_expectation(seller_of(estimate.engagement), estimate.engagement, said)
    client, address = at(lead), f"/estimates/{estimate.pk}/"
    assert b"no package delivers it" in client.get(address).content
    assert b"Archive search\xe2\x80\x9d. Why it is left out" in client.get(f"{address}approve/").content
    seen = {"delivered_at": estimate.delivered_at.isoformat()}
    assert client.post(f"{address}approve/", seen).status_code == 422
    client.post(f"{address}approve/", seen | {f"because_{scope.pk}": "Bought later"})
    estimate.refresh_from_db()
    assert estimate.approved_by == lead


def test_what_was_left_out_is_told_with_its_reason_and_by_whom(at: Any) -> None:
    estimate, lead = delivered(), firm.member(AccessRole.DELIVERY_LEAD, name="Lena")
    engagement = estimate.engagement
    said = Said("scope", "Archive search", dt.date.today())
    scope = record_expectation(seller_of(engagement), engagement, said)
    approve_estimate(lead, estimate, {scope.pk: "Bought later"})
    client = at(lead)
    tab = client.get(f"/estimates/of/{engagement.pk}/").content.decode()
    assert "Left out: “Bought later”, Lena, " in tab
    assert "in no estimate" not in tab
    assert "left out: “Bought later”, Lena, " in client.get(f"/estimates/{estimate.pk}/").content.decode()


def test_choosing_a_package_is_confirmed_and_can_be_taken_back(at: Any) -> None:
    estimate, lead = delivered(), delivery_lead()
    said = Said("scope", "Archive search", dt.date.today())
    scope = record_expectation(seller_of(estimate.engagement), estimate.engagement, said)
    client, address = at(lead), f"/estimates/covers/{scope.pk}/?estimate"
    dialog = client.get(address).content.decode()
    assert "Choose a work package" in dialog
    assert "(optional)" not in dialog
    assert "Take it back" not in dialog
    assert client.post(address, {"code": ""}).status_code == 422
    page = client.post(address, {"code": "w2"}, follow=True).content.decode()
    assert "“Archive search” is delivered by “Test”." in page
    assert "and no package delivers it:" not in page
    assert "and it is delivered by:" in page
    assert "Take it back" in client.get(address).content.decode()
    page = client.post(address, {"code": CoverForm.TAKEN_BACK}, follow=True).content.decode()
    assert "“Archive search” is delivered by no package." in page
    assert "and no package delivers it:" in page


def test_what_the_client_expects_stands_in_the_order_it_was_said() -> None:
    engagement = firm.engagement()
    said = [Said("scope", name, dt.date.today()) for name in ("Z", "M", "A")]
    noted = [record_expectation(seller_of(engagement), engagement, one) for one in said]
    assert [c.expectation for c in queries.covered(engagement, None)] == noted


def test_big_actions_say_what_happened_and_who_is_next(at: Any) -> None:
    ann, ben = estimator(name="Ann"), estimator(name="Ben")
    lead = firm.member(AccessRole.DELIVERY_LEAD, name="Lena")
    estimate = asked(None, ann, ben)
    address = f"/estimates/{estimate.pk}/"

    def told(member: Any, deed: str, **typed: str) -> str:
        return str(at(member).post(f"{address}{deed}/", typed, follow=True).content.decode())

    saved(estimate, ann, two_packages())
    assert "You are done with your hours. Waits for the hours of Ben." in told(ann, "done")
    saved(estimate, ben, two_packages())
    assert "You are done with your hours. All estimators are done: agree on" in told(ben, "done")
    assert "The estimate is delivered. Waits for Lena to approve it" in told(ann, "deliver")
    back = told(lead, "send-back", because="Once more")
    assert "Version 1 is sent back. Next, Ann and Ben mend it and deliver it again." in back
    told(ann, "deliver")
    estimate.refresh_from_db()
    approval = told(lead, "approve", delivered_at=estimate.delivered_at.isoformat())
    seller = seller_of(estimate.engagement).name
    assert f"Version 1 is approved and counts from now on: {seller}, who asked for it, can go on." in approval


def test_who_still_estimates_with_others_reads_both() -> None:
    ann, ben = estimator(name="Ann"), estimator(name="Ben")
    estimate = asked(None, ann, ben)
    assert queries.waits_for(estimate, ann) == "Waits for your hours and those of Ben."
    assert queries.waits_for(estimate) == "Waits for the hours of Ann and Ben."


def test_an_empty_grid_offers_the_templates_if_there_are_any(at: Any) -> None:
    ann = estimator()
    estimate = asked(None, ann)
    page = f"/estimates/{estimate.pk}/"
    shown = b"data-when-empty"
    assert shown in at(ann).get(page).content
    assert at(ann).get(page).content.count(b"Begin with a template") == 1  # in the menu
    source = delivered()
    keep_as_template(source.contributions.get().estimator, source, "Portals")
    assert at(ann).get(page).content.count(b"Begin with a template") == 2
    saved(estimate, ann, two_packages())
    assert shown not in at(ann).get(page).content


def test_the_sum_of_a_group_is_the_sum_of_the_hours_that_are_shown(at: Any) -> None:
    ann = estimator()
    quarters = [replace(row(f"P{k}", (1, 2, 3), level=1), likely=Decimal("2.25")) for k in range(3)]
    estimate = saved(asked(None, ann), ann, [row("Group"), *quarters])
    top, *under = queries.grid(ann, estimate).rows
    assert [r.shown.likely for r in under] == [Decimal("2.3")] * 3  # type: ignore[union-attr]
    assert top.shown.likely == queries.grid(ann, estimate).totals[-1].likely == Decimal("6.9")  # type: ignore[union-attr]


@pytest.mark.parametrize("what", ["assumptions", "estimators"])
def test_what_cannot_be_undone_is_asked_first(at: Any, what: str) -> None:
    ann, lead = estimator(), delivery_lead()
    estimate = saved(asked(None, ann, estimator()), ann, two_packages())
    noted = note_assumption(ann, estimate, "assumption", "One language")
    addresses = {
        "assumptions": f"assumptions/{noted.pk}/drop/",
        "estimators": f"estimators/{ann.pk}/release/",
    }
    client, address = at(lead), f"/estimates/{estimate.pk}/{addresses[what]}"
    assert client.get(address).status_code == 200
    assert (estimate.assumptions.count(), estimate.contributions.count()) == (1, 2)
    client.post(address)
    assert estimate.assumptions.count() + estimate.contributions.count() == 2


def test_the_versions_offer_the_next_step_to_whom_it_waits_for(at: Any) -> None:
    ann, ben, lead = estimator(), estimator(), delivery_lead()
    estimate = asked(None, ann, ben)
    page = f"/estimates/of/{estimate.engagement_id}/"
    steps = ("Give your hours", "Compare and agree", "Judge it<")

    def offered(member: Any) -> list[str]:
        content = at(member).get(page).content.decode()
        return [step for step in steps if step in content]

    assert (offered(ann), offered(seller_of(estimate.engagement))) == ([steps[0]], [])
    given(estimate, ann, two_packages())
    assert offered(ann) == []
    given(estimate, ben, two_packages())
    assert offered(ann) == [steps[1]]
    deliver_estimate(ann, estimate)
    assert (offered(lead), offered(seller_of(estimate.engagement))) == ([steps[2]], [])


def test_a_templates_hours_are_shown_as_such_and_saved_before_one_is_done(at: Any) -> None:
    source = delivered()
    template = keep_as_template(source.contributions.get().estimator, source, "Portals")
    ann, ben = estimator(), estimator()
    estimate = use_template(ann, asked(None, ann, ben), template)
    assert b"data-untouched>" not in at(ben).get(f"/estimates/{estimate.pk}/").content
    client, rows = at(ann), f"/estimates/{estimate.pk}/rows/"
    page = client.get(f"/estimates/{estimate.pk}/").content
    assert b"template&#x27;s hours, unchanged: look at each" in page
    assert "By the template’s hours it would take 19.3 hours" in page.decode()
    assert b"By your own hours" not in page
    before = client.get(rows).json()
    answer = client.post(rows, {"revision": before["revision"], "rows": before["rows"]}, "application/json")
    assert answer.json()["missing"] == ""
    assert "By your own hours it takes 19.3 hours in the middle" in answer.json()["headline"]


def test_who_asks_finds_the_delivery_lead_filled_in_and_people_under_their_roles(at: Any) -> None:
    engagement, developer = firm.engagement(), estimator(name="Dora")
    lead = firm.member(AccessRole.DELIVERY_LEAD, name="Lena")
    give_part(seller_of(engagement), engagement, lead, Part.DELIVERY_LEAD)
    change_role(developer, "Developer")
    form = AskForm(engagement=engagement)
    assert form.fields["delivery_lead"].initial == lead.pk
    assert lead in form.fields["delivery_lead"].queryset  # type: ignore[attr-defined]
    page = at(lead).get(f"/estimates/of/{engagement.pk}/ask/").content.decode()
    assert page.index('aria-label="Developer"') < page.index("Dora</label>")


def test_the_stage_no_longer_asks_for_what_was_asked_for() -> None:
    estimate = delivered()
    engagement = estimate.engagement
    seller = seller_of(engagement)
    move_to_stage(seller, engagement, Stage.QUALIFIED)
    (refused,) = obstacles("engagements.move_to_stage", seller, engagement, Stage.ESTIMATED)
    assert refused.because == "Version 1 is delivered, not approved."
    assert "Ask delivery" not in refused.remedy


def test_asking_opens_from_the_overview_and_leads_to_what_is_open_already(at: Any) -> None:
    engagement = firm.engagement()
    client = at(seller_of(engagement))
    record_expectation(seller_of(engagement), engagement, firm.a_date())
    ask = f"/estimates/of/{engagement.pk}/ask/"
    assert f'data-dialog="{ask}"'.encode() in client.get(f"/engagements/{engagement.pk}/").content
    assert client.get(ask).status_code == 200
    estimate = asked(engagement)
    assert client.get(ask).url == f"/estimates/{estimate.pk}/"
    assert client.get(ask, headers={"HX-Request": "true"}).status_code == 409
    assert at(firm.member()).get(ask).status_code == 403


def test_what_is_far_apart_comes_first_and_can_stand_alone(at: Any) -> None:
    ann, ben = estimator(), estimator()
    estimate = asked(None, ann, ben)
    given(estimate, ann, two_packages((8, 10, 20), (4, 8, 12)))
    given(estimate, ben, two_packages((8, 10, 20), (40, 80, 120)))
    client = at(ann)
    page = client.get(f"/estimates/{estimate.pk}/reconcile/").content.decode()
    assert "far apart on one package of 2" in page
    assert page.index("<legend>Test") < page.index("<legend>Build")
    only = client.get(f"/estimates/{estimate.pk}/reconcile/?only=apart").content.decode()
    assert "<legend>Test" in only
    assert "<legend>Build" not in only
    answer = client.post(f"/estimates/{estimate.pk}/reconcile/?only=apart", {}, follow=True)
    assert "The next step: deliver the estimate." in answer.content.decode()


def test_the_grid_saves_by_one_post_and_tells_a_stale_page(at: Any) -> None:
    somebody = estimator()
    estimate = asked(None, somebody)
    client = at(somebody)
    address = f"/estimates/{estimate.pk}/rows/"
    body = {"revision": 0, "rows": [{"name": "Build", "level": 0, "low": "1", "likely": "2", "high": "3.5"}]}
    answer = client.post(address, body, content_type="application/json").json()
    assert (answer["revision"], answer["rows"][0]["code"]) == (1, "w1")
    stale = client.post(address, body, content_type="application/json")
    assert stale.status_code == 409
    assert "Nothing of yours is lost" in stale.json()["remedy"]
    wrong = client.post(address, {"revision": 1, "rows": [{"name": ""}]}, content_type="application/json")
    assert wrong.json()["problems"] == [
        {"row": 0, "field": "name", "message": "Give the work package a name."}
    ]


def test_the_grid_leaves_out_characters_that_no_database_and_no_page_can_hold(at: Any) -> None:
    somebody = estimator()
    estimate = asked(None, somebody)
    row = {"name": "Bu\ud800ild\x00", "level": 0, "low": "1", "likely": "2", "high": "3", "note": "a\udfffb"}
    body = json.dumps({"revision": 0, "rows": [row]})
    answer = at(somebody).post(f"/estimates/{estimate.pk}/rows/", body, content_type="application/json")
    assert [(r["name"], r["note"]) for r in answer.json()["rows"]] == [("Build", "ab")]


def test_a_form_that_is_sent_to_the_grid_is_refused_in_words() -> None:
    somebody = estimator()
    address = f"/estimates/{asked(None, somebody).pk}/"
    client = Client(enforce_csrf_checks=True)
    client.force_login(somebody, backend="accord.people.backends.Backend")
    client.get(address)
    token = {"X-CSRFToken": client.cookies["accord_csrf"].value}
    answer = client.post(f"{address}rows/", {"a": "b"}, headers=token)
    assert answer.status_code == 422
    assert answer.json()["because"] == "A breakdown is sent as JSON."


def test_an_estimator_with_a_number_that_nobody_has_is_an_invalid_choice(at: Any) -> None:
    engagement = firm.engagement()
    address = f"/estimates/of/{engagement.pk}/ask/"
    for number in ("9" * 25, "9" * 5000, "\x00", "x"):
        form = {"question": "How long?", "estimators": number, "delivery_lead": number}
        answer = at(seller_of(engagement)).post(address, form)
        assert answer.status_code == 422
        assert answer.context["form"].errors.keys() == {"estimators", "delivery_lead"}


def test_agreeing_takes_commas_and_tells_what_is_wrong(at: Any) -> None:
    ann, ben = estimator(), estimator()
    estimate = asked(None, ann, ben)
    given(estimate, ann, two_packages())
    given(estimate, ben, two_packages((30, 40, 50)))
    client = at(ann)
    address = f"/estimates/{estimate.pk}/reconcile/"
    wrong = client.post(address, {"w1-low": "9", "w1-likely": "8", "w1-high": "20"})
    assert wrong.status_code == 422
    assert b"Likely is not less than low" in wrong.content
    client.post(address, {"w1-low": "9", "w1-likely": "12,5", "w1-high": "20"})
    assert str(queries.leaves(estimate)[0].effort.likely) == "12.50"  # type: ignore[union-attr]


def test_what_waits_follows_the_estimate_from_hand_to_hand() -> None:
    engagement = firm.engagement()
    ann, ben, lead = estimator(), estimator(), delivery_lead()
    estimate = asked(engagement, ann, ben)
    assert [(w.group, w.button) for w in estimates(ann)] == [(Group.ANSWER, "Estimate")]
    assert estimates(lead) == []
    given(estimate, ann, two_packages())
    assert estimates(ann) == []
    saved(estimate, ben, two_packages())
    finish_contribution(ben, estimate)
    assert [w.button for w in estimates(ann)] == ["Agree and deliver"]
    deliver_estimate(ben, estimate)
    waiting = estimates(lead)
    assert [(w.group, w.button, w.engagement, w.address) for w in waiting] == [
        (Group.DECIDE, "Judge the estimate", engagement, f"/estimates/{estimate.pk}/")
    ]
    assert estimates(seller_of(engagement)) == []


def test_what_waits_needs_few_queries(django_assert_max_num_queries: Any) -> None:
    lead = delivery_lead()
    for _ in range(4):
        delivered()
    with django_assert_max_num_queries(4):
        assert len(estimates(lead)) == 4
