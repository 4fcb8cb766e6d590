"""What goes into the simulation, read from the database."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from accord.actions.refusals import Refused
from accord.engagements.actions import restate_expectation, withdraw_expectation
from accord.engagements.models import Engagement, Outcome, Part, Stage
from accord.engine.plan import Activity, Portfolio, PromiseKind, Resource
from accord.estimating.numbers import COMMON_CAUSE
from accord.people.models import AccessRole, Member, Rate, Role
from accord.planning.checking.portfolio import Gathered, gather
from accord.planning.models import Assignment
from tests import firm
from tests.planning import check_builders as build
from tests.planning.check_builders import Work

pytestmark = pytest.mark.django_db
MONDAY = dt.date(2027, 3, 1)


def gathered(engagement: Engagement) -> Gathered:
    return gather(engagement, MONDAY)


def resource(portfolio: Portfolio, member: Member) -> Resource:
    return next(r for r in portfolio.capacity if r.id == f"m{member.pk}")


def activity(portfolio: Portfolio, code: str) -> Activity:
    return next(a for a in portfolio.engagements[0].activities if a.id == code)


def one_engagement(*people: int, likely: float = 40, units: float = 1) -> tuple[Engagement, Role]:
    role = build.role("developer", *people)
    engagement = build.engagement()
    build.plan(engagement, Work("w1", likely, role, units=units))
    return engagement, role


def test_members_belong_to_their_roles_pool_with_their_own_hours() -> None:
    engagement, role = one_engagement(2)
    somebody = build.people_of(role)[0]
    somebody.hours_per_day = Decimal(6)
    build.saved(None, somebody)
    found = resource(gathered(engagement).portfolio, somebody)
    assert (found.role, found.named, found.hours_per_day) == (f"r{role.pk}", True, 6.0)


def test_a_member_is_away_on_absences_and_public_holidays() -> None:
    engagement, role = one_engagement(1)
    somebody = build.people_of(role)[0]
    build.away(somebody, dt.date(2027, 5, 3), dt.date(2027, 5, 7))
    found = resource(gathered(engagement).portfolio, somebody)
    days = {a.start for a in found.away}
    assert dt.date(2027, 5, 3) in days
    assert dt.date(2027, 3, 26) in days  # Good Friday


def test_on_the_firms_holidays_nothing_goes_on() -> None:
    engagement, _ = one_engagement(1)
    holidays = gathered(engagement).portfolio.calendar.holidays
    assert dt.date(2028, 1, 6) in holidays  # Epiphany, in Bavaria only
    assert dt.date(2027, 3, 1) not in holidays


def test_who_never_works_on_fridays_is_away_on_fridays() -> None:
    engagement, role = one_engagement(1)
    somebody = build.people_of(role)[0]
    somebody.workdays = "mon tue wed thu"
    build.saved(None, somebody)
    away = resource(gathered(engagement).portfolio, somebody).away
    assert any(a.start <= dt.date(2027, 3, 5) <= a.end for a in away)
    assert not any(a.start <= dt.date(2027, 3, 4) <= a.end for a in away)


def test_a_members_own_rate_goes_before_the_roles_and_tomorrows_rate_does_not_count_yet() -> None:
    engagement, role = one_engagement(2)
    one, other = build.people_of(role)
    build.saved(None, Rate(member=one, valid_from=dt.date(2026, 1, 1), cost=90, bill=200))
    build.saved(None, Rate(member=one, valid_from=MONDAY + dt.timedelta(1), cost=120, bill=200))
    portfolio = gathered(engagement).portfolio
    assert resource(portfolio, one).cost_rate == 90
    assert resource(portfolio, other).cost_rate == 75


def test_who_has_left_does_not_count() -> None:
    engagement, role = one_engagement(2)
    gone = build.people_of(role)[0]
    gone.is_active = False
    build.saved(None, gone)
    assert f"m{gone.pk}" not in {r.id for r in gathered(engagement).portfolio.capacity}


def test_a_role_that_nobody_has_is_assumed_and_said_in_words() -> None:
    engagement, _ = one_engagement(0)
    found = gathered(engagement)
    assert any("Nobody has the role “developer”" in words for words in found.assumed)
    assert next(r for r in found.portfolio.capacity if r.id[0] == "r").units == 1


def test_more_people_than_there_are_is_said_in_words_and_those_there_count() -> None:
    engagement, role = one_engagement(2, units=3)
    found = gathered(engagement)
    assert any("asks for 3 people" in words for words in found.assumed)
    assert activity(found.portfolio, "w1").needs[0].units == 2
    assert activity(found.portfolio, "w1").needs[0].of == f"r{role.pk}"


def test_work_that_nobody_is_assigned_to_is_said_in_words() -> None:
    build.role("developer")
    engagement = build.engagement()
    build.plan(engagement, Work("w1", 40, None))
    found = gathered(engagement)
    assert any("Nobody is assigned to “Work w1”" in words for words in found.assumed)


def test_an_assignment_to_somebody_who_left_is_said_in_words() -> None:
    engagement, role = one_engagement(2)
    gone = build.people_of(role)[0]
    gone.is_active = False
    row = build.activity(engagement.plan, "w1")
    build.saved(None, gone, Assignment(activity=row, member=gone))
    found = gathered(engagement)
    assert any("somebody who has left" in words for words in found.assumed)


def test_another_engagements_gaps_are_not_told_here() -> None:
    engagement, _ = one_engagement(1)
    other = build.engagement(Stage.DELIVERY)
    build.plan(other, Work("w1", 40, None))
    assert gathered(engagement).assumed == ()


def test_signed_engagements_compete_and_others_do_not() -> None:
    engagement, role = one_engagement(1)
    others: dict[str, Engagement] = {}
    for name, stage in (("talk", Stage.PROPOSAL), ("signed", Stage.CONTRACT), ("running", Stage.DELIVERY)):
        others[name] = build.engagement(stage)
        build.plan(others[name], Work("w1", 10, role))
    others["lost"] = build.engagement(Stage.DELIVERY)
    build.plan(others["lost"], Work("w1", 10, role))
    others["lost"].outcome = Outcome.CLOSED
    build.saved(None, others["lost"])
    build.engagement(Stage.DELIVERY)  # without a plan
    found = {e.id for e in gathered(engagement).portfolio.engagements}
    assert found == {f"e{e.pk}" for e in (engagement, others["signed"], others["running"])}


def test_only_what_still_stands_is_promised() -> None:
    engagement, _ = one_engagement(1)
    seller = engagement.parts.get(part=Part.SELLER).member
    old = build.told_date(engagement, 30)
    now = restate_expectation(seller, old, firm.a_date(60))
    gone = build.told_date(engagement, 90)
    withdraw_expectation(seller, gone, "It was a mistake", seller, dt.date.today())
    promises = gathered(engagement).portfolio.engagements[0].promises
    assert [(p.id, p.date) for p in promises] == [(f"x{now.pk}", now.date)]


def test_a_price_is_kept_if_the_cost_leaves_the_wanted_margin() -> None:
    engagement, _ = one_engagement(1)
    build.told_price(engagement, 100_000)
    promise = gathered(engagement).portfolio.engagements[0].promises[0]
    assert promise.kind is PromiseKind.COST
    assert promise.amount == pytest.approx(80_000)  # the standard profile wants 20 percent


def test_a_promise_may_be_about_one_activity() -> None:
    engagement, _ = one_engagement(1)
    build.about(build.told_date(engagement, 30), build.activity(engagement.plan, "w1"))
    assert gathered(engagement).portfolio.engagements[0].promises[0].of == "w1"


def test_risks_stand_on_the_activity_made_from_their_package() -> None:
    engagement, _ = one_engagement(1)
    build.risk(engagement.plan, "w1", 0.25, hours=20, cost=500)
    risk = gathered(engagement).portfolio.engagements[0].risks[0]
    assert (risk.on, risk.probability, risk.cost) == ("w1", 0.25, 500)
    assert risk.effort is not None
    assert risk.effort.likely == 20


def test_work_begins_with_the_plan_but_not_before_today() -> None:
    engagement, _ = one_engagement(1)
    plan = engagement.plan
    for begins, expected in ((MONDAY - dt.timedelta(50), MONDAY), (MONDAY + dt.timedelta(50), None)):
        plan.begins_on = begins
        build.saved(None, plan)
        found = gathered(engagement).portfolio.engagements[0]
        assert found.start == (expected or begins)
        assert found.correlation == COMMON_CAUSE


def test_without_a_plan_the_remedy_is_told() -> None:
    with pytest.raises(Refused, match="Make a plan"):
        gathered(build.engagement())


def test_an_empty_plan_is_refused_in_words() -> None:
    engagement = build.engagement()
    build.plan(engagement)
    with pytest.raises(Refused, match="no activities"):
        gathered(engagement)


def test_what_is_kept_is_what_is_simulated() -> None:
    engagement, role = one_engagement(3)
    build.plan(build.engagement(Stage.DELIVERY), Work("w1", 20, role), Work("w2", 30, role, ["w1"]))
    build.told_date(engagement, 30)
    build.risk(engagement.plan, "w1", 0.25, hours=20)
    found = gathered(engagement)
    assert Gathered.of_inputs(found.inputs()) == found


def test_the_number_of_queries_does_not_grow(django_assert_max_num_queries: Any) -> None:
    engagement, role = one_engagement(3)
    for _ in range(6):
        other = build.engagement(Stage.DELIVERY)
        build.plan(other, Work("w1", 20, role), Work("w2", 30, role, ["w1"]))
        build.told_date(other, 30)
        firm.member(AccessRole.MEMBER)
    with django_assert_max_num_queries(13):
        gathered(engagement)
