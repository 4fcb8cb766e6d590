"""Scenarios: tried on a copy, adopted by those who have to keep the promise."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from accord.actions.refusals import NotAllowed, Refused, WrongInput
from accord.engagements.actions import withdraw_expectation
from accord.engagements.desk import Group, waiting_for
from accord.engagements.models import Engagement, Expectation, Part
from accord.engagements.queries import statements
from accord.ledger.models import LedgerEntry
from accord.people.models import AccessRole, Member, Role
from accord.planning.checking import actions
from accord.planning.checking.marking import mark
from accord.planning.checking.telling import to_tell
from accord.planning.models import Link, Scenario
from tests import firm
from tests.planning import check_builders as build
from tests.planning.check_builders import Work

pytestmark = pytest.mark.django_db


@pytest.fixture
def role(db: Any) -> Role:
    return build.role("developer", 3)


@pytest.fixture
def engagement(role: Role) -> Engagement:
    found = build.engagement()
    works = [Work("w1", 40, role), Work("w2", 120, role, ["w1"]), Work("w3", 200, role, ["w1"])]
    build.plan(found, *works, Work("w4", 40, role, ["w2", "w3"]))
    build.told_date(found, 46)
    return found


@pytest.fixture
def lead(engagement: Engagement) -> Member:
    return build.delivery_lead(engagement)


def tried(actor: Member, engagement: Engagement, *changes: dict[str, Any]) -> Scenario:
    return actions.try_scenario(actor, engagement, "A try", changes)


def said(engagement: Engagement) -> Expectation:
    return engagement.expectations.get(restated_by=None)


def probabilities(scenario: Scenario) -> tuple[float, float]:
    result = scenario.checks.get().result
    assert result is not None
    (before,), (after,) = result["before"].values(), result["after"].values()
    return before, after


def test_trying_changes_nothing(engagement: Engagement, lead: Member, role: Role) -> None:
    rows = list(engagement.plan.activities.values())
    tried(lead, engagement, {"kind": "drop", "codes": ["w3"]})
    tried(lead, engagement, {"kind": "effort", "code": "w1", "factor": 2})
    tried(lead, engagement, {"kind": "people", "role": role.pk, "codes": ["w3"]})
    assert list(engagement.plan.activities.values()) == rows
    assert engagement.expectations.count() == 1


@pytest.mark.parametrize(
    ("change", "likelier"),
    [
        ({"kind": "drop", "codes": ["w3"]}, True),
        ({"kind": "effort", "code": "w3", "factor": 0.5}, True),
        ({"kind": "effort", "code": "w1", "factor": 3}, False),
    ],
)
def test_less_work_is_likelier_done_in_time(
    engagement: Engagement, lead: Member, change: dict[str, Any], likelier: bool
) -> None:
    before, after = probabilities(tried(lead, engagement, change))
    assert (after > before) is likelier


def test_more_people_are_likelier_done_in_time(engagement: Engagement, lead: Member, role: Role) -> None:
    before, after = probabilities(
        tried(lead, engagement, {"kind": "people", "role": role.pk, "codes": ["w3"]})
    )
    assert after > before


def test_a_later_date_is_likelier_kept_as_the_curve_says(engagement: Engagement, lead: Member) -> None:
    date = (dt.date.today() + dt.timedelta(200)).isoformat()
    scenario = tried(lead, engagement, {"kind": "date", "expectation": said(engagement).pk, "date": date})
    assert probabilities(scenario)[1] == 1.0
    assert scenario.price == 0


def test_work_that_is_left_out_takes_its_margin_with_it(engagement: Engagement, lead: Member) -> None:
    for row in engagement.plan.activities.all():
        row.low = row.high = row.likely
        build.saved(None, row)
    scenario = tried(lead, engagement, {"kind": "drop", "codes": ["w3"]})
    assert scenario.price == Decimal("-18750.00")  # 200 hours at 75, with a margin of 20 percent


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "miracle"},
        {"kind": "drop", "codes": []},
        {"kind": "drop", "codes": ["w99"]},
        {"kind": "drop", "codes": ["w1", "w2", "w3", "w4"]},
        {"kind": "effort", "code": "w1", "factor": -1},
        {"kind": "effort", "code": "w1", "factor": "much"},
        {"kind": "people", "role": 999, "units": 1, "hired": True},
        {"kind": "people", "role": 1, "units": 0},
        {"kind": "date", "expectation": 999, "date": "2030-01-01"},
        {"kind": "date", "expectation": 1, "date": "soon"},
        {"kind": "drop", "codes": ["w1"], "also": "this"},
        "drop",
    ],
)
def test_what_does_not_fit_is_said(engagement: Engagement, lead: Member, change: Any) -> None:
    with pytest.raises(WrongInput):
        tried(lead, engagement, change)
    assert not Scenario.objects.exists()


def test_nothing_is_no_scenario(engagement: Engagement, lead: Member) -> None:
    with pytest.raises(WrongInput):
        tried(lead, engagement)


def test_what_is_promised_by_name_cannot_be_left_out(engagement: Engagement, lead: Member) -> None:
    build.about(said(engagement), build.activity(engagement.plan, "w3"))
    with pytest.raises(WrongInput):
        tried(lead, engagement, {"kind": "drop", "codes": ["w3"]})


def test_adopting_leaves_out_and_closes_the_gap(engagement: Engagement, lead: Member) -> None:
    adopted = actions.adopt_scenario(lead, tried(lead, engagement, {"kind": "drop", "codes": ["w2", "w3"]}))
    assert list(engagement.plan.activities.values_list("code", flat=True)) == ["w1", "w4"]
    link = Link.objects.get()
    assert (link.source.code, link.target.code) == ("w1", "w4")
    assert adopted.adopted_by == lead
    engagement.plan.refresh_from_db()
    assert engagement.plan.revision == 1


def test_adopting_assigns_more(engagement: Engagement, lead: Member, role: Role) -> None:
    actions.adopt_scenario(
        lead, tried(lead, engagement, {"kind": "people", "role": role.pk, "codes": ["w3"]})
    )
    assert build.activity(engagement.plan, "w3").assignments.get().units == 2


def test_adopting_corrects_the_three_points(engagement: Engagement, lead: Member) -> None:
    actions.adopt_scenario(lead, tried(lead, engagement, {"kind": "effort", "code": "w2", "factor": 1.5}))
    row = build.activity(engagement.plan, "w2")
    assert (row.low, row.likely, row.high) == (135, 180, 270)


def adopted_date(engagement: Engagement, lead: Member, days: int = 200) -> dt.date:
    date = dt.date.today() + dt.timedelta(days)
    change = {"kind": "date", "expectation": said(engagement).pk, "date": date.isoformat()}
    actions.adopt_scenario(lead, tried(lead, engagement, change))
    return date


def test_adopting_a_date_does_not_make_up_that_somebody_said_it(engagement: Engagement, lead: Member) -> None:
    before = said(engagement).date
    date = adopted_date(engagement, lead)
    assert said(engagement).date == before
    (told,) = to_tell(engagement)
    assert (told.expectation, told.date) == (said(engagement), date)
    assert not statements(engagement)[0].backing.backed  # the verdict is about what was said


def test_who_speaks_with_the_client_is_asked_to_tell_what_was_adopted(
    engagement: Engagement, lead: Member
) -> None:
    seller, owner = engagement.parts.get(part=Part.SELLER).member, engagement.relationship.owner
    date = adopted_date(engagement, lead)
    for member in (seller, owner):
        (line,) = [line for line in waiting_for(member) if "instead of" in line.what]
        assert line.group == Group.ANSWER
        assert f"date={date.isoformat()}" in line.address
    assert not [line for line in waiting_for(lead) if "instead of" in line.what]


def test_once_it_was_told_nothing_is_left_to_tell_and_the_promise_is_backed(
    engagement: Engagement, lead: Member
) -> None:
    build.about(said(engagement), build.activity(engagement.plan, "w4"))
    actions.ask_for_check(lead, engagement)
    date, seller = adopted_date(engagement, lead), engagement.parts.get(part=Part.SELLER).member
    (told,) = to_tell(engagement)
    client = Client()
    client.force_login(seller, backend="accord.people.backends.Backend")
    form = client.get(told.address).context["form"]
    assert form["date"].value() == date.isoformat()
    sent = {name: form[name].value() or "" for name in form.fields} | {"channel": "call"}
    client.post(told.address, sent)
    new = said(engagement)
    assert (new.date, new.channel, new.member) == (date, "call", seller)
    assert new.target.activity.code == "w4"
    assert statements(engagement)[0].backing.backed
    assert not to_tell(engagement)


def test_what_was_adopted_last_is_what_is_to_be_told(engagement: Engagement, lead: Member) -> None:
    adopted_date(engagement, lead, 200)
    date = adopted_date(engagement, lead, 150)
    assert [told.date for told in to_tell(engagement)] == [date]


def test_what_was_taken_back_is_not_adopted(engagement: Engagement, lead: Member) -> None:
    seller, old = engagement.parts.get(part=Part.SELLER).member, said(engagement)
    change = {"kind": "date", "expectation": old.pk, "date": "2099-01-01"}
    scenario = tried(lead, engagement, change)
    withdraw_expectation(seller, old, "A mistake", seller, dt.date.today())
    with pytest.raises(Refused):
        actions.adopt_scenario(lead, scenario)


def test_after_adopting_the_promises_are_checked_again(engagement: Engagement, lead: Member) -> None:
    actions.ask_for_check(lead, engagement)
    change = {"kind": "drop", "codes": ["w3"]}
    actions.adopt_scenario(lead, tried(lead, engagement, change))
    check = engagement.checks.filter(scenario=None)[0]
    assert (check.state, check.stale) == ("done", False)
    assert check.result is not None
    assert "w3" not in {a["code"] for a in check.result["activities"]}


def test_adopting_stands_in_the_ledger_with_what_was_known(engagement: Engagement, lead: Member) -> None:
    scenario = tried(lead, engagement, {"kind": "drop", "codes": ["w3"]})
    actions.adopt_scenario(lead, scenario)
    entry = LedgerEntry.objects.get(kind="scenario_adopted")
    assert entry.actor_id == lead.pk
    assert scenario.checks.get().digest in entry.body


@pytest.mark.parametrize(
    "role_of_actor", [AccessRole.SELLER, AccessRole.ESTIMATOR, AccessRole.MEMBER, AccessRole.AUDITOR]
)
def test_who_need_not_keep_it_does_not_adopt(
    engagement: Engagement, lead: Member, role_of_actor: AccessRole
) -> None:
    scenario = tried(lead, engagement, {"kind": "drop", "codes": ["w3"]})
    with pytest.raises(NotAllowed):
        actions.adopt_scenario(firm.member(role_of_actor), scenario)


def test_the_seller_of_it_does_not_adopt(engagement: Engagement, lead: Member) -> None:
    scenario = tried(lead, engagement, {"kind": "drop", "codes": ["w3"]})
    with pytest.raises(NotAllowed):
        actions.adopt_scenario(engagement.parts.get(part=Part.SELLER).member, scenario)


def test_its_project_manager_and_an_executive_adopt(engagement: Engagement) -> None:
    manager = firm.with_part(engagement, Part.PROJECT_MANAGER, AccessRole.PROJECT_MANAGER)
    for actor, code in ((manager, "w2"), (firm.member(AccessRole.EXECUTIVE), "w3")):
        scenario = tried(actor, engagement, {"kind": "drop", "codes": [code]})
        assert actions.adopt_scenario(actor, scenario).adopted_by == actor


def test_a_scenario_is_adopted_once(engagement: Engagement, lead: Member) -> None:
    scenario = tried(lead, engagement, {"kind": "effort", "code": "w1", "factor": 2})
    actions.adopt_scenario(lead, scenario)
    with pytest.raises(Refused, match="once"):
        actions.adopt_scenario(lead, scenario)


def test_a_stale_scenario_is_not_adopted(engagement: Engagement, lead: Member) -> None:
    scenario = tried(lead, engagement, {"kind": "drop", "codes": ["w3"]})
    mark(engagement, "an activity was changed")
    with pytest.raises(Refused, match="an activity was changed"):
        actions.adopt_scenario(lead, scenario)


def test_a_plan_does_not_hire(engagement: Engagement, lead: Member, role: Role) -> None:
    change = {"kind": "people", "role": role.pk, "codes": ["w3"], "hired": True, "cost": 75}
    scenario = tried(lead, engagement, change)
    assert scenario.price > 0
    with pytest.raises(Refused, match="still to be found"):
        actions.adopt_scenario(lead, scenario)
