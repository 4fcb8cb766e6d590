"""What promise checks put on the desk of those who have to keep them."""

from __future__ import annotations

from typing import Any

import pytest

from accord.engagements.actions import end_engagement
from accord.engagements.desk import Group
from accord.engagements.models import Engagement, Outcome, Part, Stage
from accord.engagements.policies.in_force import in_force, remembered
from accord.people.models import AccessRole, Member, Role
from accord.planning.checking import actions
from accord.planning.checking.desk import promises
from accord.planning.checking.marking import mark
from accord.planning.models import PromiseCheck
from tests import firm
from tests.planning import check_builders as build
from tests.planning.check_builders import Work

pytestmark = pytest.mark.django_db
WITHOUT = [{"kind": "drop", "codes": ["w2"]}]


@pytest.fixture
def role(db: Any) -> Role:
    return build.role("developer", 2)


def promised(role: Role, stage: Stage = Stage.ESTIMATED, days: int = 10, **about: Any) -> Engagement:
    found = build.engagement(stage, **about)
    build.plan(found, Work("w1", 120, role), Work("w2", 120, role, ["w1"]))
    build.told_date(found, days)
    return found


def seller(engagement: Engagement) -> Member:
    return engagement.parts.get(part=Part.SELLER).member


def checked(engagement: Engagement) -> PromiseCheck:
    return actions.ask_for_check(seller(engagement), engagement)


def test_what_is_signed_and_turned_red_is_told_to_those_who_have_to_keep_it(role: Role) -> None:
    engagement = promised(role, Stage.DELIVERY)
    lead = build.delivery_lead(engagement)
    checked(engagement)
    (line,) = promises(lead)
    assert (line.group, line.engagement) == (Group.LOOK, engagement)
    assert line.what.replace("\u202f", " ") == ("“Go-live” is kept with 0 % only; the policy asks 80 %.")
    assert line.address == f"/plans/of/{engagement.pk}/check/"
    assert promises(seller(engagement)) == []
    assert promises(firm.member(AccessRole.DELIVERY_LEAD)) == []


def test_what_is_kept_often_enough_does_not_wait(role: Role) -> None:
    engagement = promised(role, Stage.DELIVERY, days=400)
    lead = build.delivery_lead(engagement)
    checked(engagement)
    assert promises(lead) == []


def test_an_answer_that_is_out_of_date_asks_to_be_checked_again(role: Role) -> None:
    engagement = promised(role, days=400)
    lead = build.delivery_lead(engagement)
    checked(engagement)
    mark(engagement, "the plan")
    (line,) = promises(lead)
    assert (line.group, line.button) == (Group.LOOK, "Check again")
    assert "something changed: the plan" in line.what
    checked(engagement)
    assert promises(lead) == []


def test_a_scenario_of_somebody_else_waits_to_be_adopted(role: Role) -> None:
    engagement = promised(role)
    lead = build.delivery_lead(engagement)
    checked(engagement)
    actions.try_scenario(lead, engagement, "My own", WITHOUT)
    assert promises(lead) == []
    tried = actions.try_scenario(seller(engagement), engagement, "Without reports", WITHOUT)
    (line,) = promises(lead)
    assert (line.group, line.address) == (Group.DECIDE, f"/plans/scenarios/{tried.pk}/")
    assert "Without reports" in line.what
    actions.adopt_scenario(lead, tried)
    assert [waiting.group for waiting in promises(lead)] == []


def test_nothing_of_what_has_ended_waits(role: Role) -> None:
    engagement = promised(role)
    lead = build.delivery_lead(engagement)
    checked(engagement)
    actions.try_scenario(seller(engagement), engagement, "Without reports", WITHOUT)
    mark(engagement, "the plan")
    end_engagement(seller(engagement), engagement, Outcome.LOST, "Too dear.")
    assert promises(lead) == []


def test_three_queries_whatever_waits(role: Role, django_assert_num_queries: Any) -> None:
    first = promised(role, Stage.DELIVERY)
    lead = build.delivery_lead(first)
    for _ in range(3):
        other = promised(role, Stage.DELIVERY)
        build.saved(None, _part(other, lead))
    for engagement in Engagement.objects.all():
        checked(engagement)
    lead.access_roles  # noqa: B018  asked once for each request
    with remembered():
        in_force()  # read once for each request
        with django_assert_num_queries(3):
            lines = promises(lead)
    assert len([line for line in lines if line.group == Group.LOOK]) >= 4


def _part(engagement: Engagement, member: Member) -> Any:
    from accord.engagements.models import TakenPart

    return TakenPart(engagement=engagement, member=member, part=Part.DELIVERY_LEAD)
