"""When a check does not hold any more, and what may not be done then."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
import time_machine

from accord.actions.door import obstacles
from accord.actions.refusals import Refused
from accord.engagements.actions import (
    end_engagement,
    move_to_stage,
    restate_expectation,
    withdraw_expectation,
)
from accord.engagements.models import Belief, Engagement, Outcome, Part, Stage
from accord.engagements.queries import statements
from accord.people.actions import deactivate_member
from accord.people.models import AccessRole, Member, Role
from accord.planning.checking import actions, following
from accord.planning.checking.marking import engagement_of, mark
from accord.planning.models import PromiseCheck, Target
from tests import firm
from tests.planning import check_builders as build
from tests.planning.check_builders import Work

pytestmark = pytest.mark.django_db


@pytest.fixture
def role(db: Any) -> Role:
    return build.role("developer", 2)


def checked(role: Role, stage: Stage = Stage.ESTIMATED, days: int = 60) -> Engagement:
    engagement = build.engagement(stage)
    build.plan(engagement, Work("w1", 80, role))
    build.told_date(engagement, days)
    actions.ask_for_check(firm.member(AccessRole.MEMBER), engagement)
    return engagement


def newest(engagement: Engagement) -> PromiseCheck:
    return engagement.checks.filter(scenario=None)[0]


def seller(engagement: Engagement) -> Member:
    return engagement.parts.get(part=Part.SELLER).member


def test_when_somebody_leaves_every_check_is_stale_and_says_why(role: Role) -> None:
    one, other = checked(role), checked(role)
    assert not newest(one).stale
    deactivate_member(firm.administrator(), build.people_of(role)[0])
    for engagement in (one, other):
        assert newest(engagement).stale_because == "somebody left the firm"
    assert all(belief.stale for belief in Belief.objects.all())


def test_a_change_of_an_unsigned_plan_concerns_its_own_check_only(role: Role) -> None:
    one, other = checked(role), checked(role)
    mark(one, "an activity was changed")
    assert (newest(one).stale, newest(other).stale) == (True, False)


def test_a_change_of_a_signed_plan_concerns_all(role: Role) -> None:
    one, signed = checked(role), checked(role, Stage.DELIVERY)
    mark(signed, "an activity was changed")
    assert newest(one).stale


def test_a_signature_concerns_all(role: Role) -> None:
    one, other = checked(role), checked(role, Stage.REVIEW)
    build.contracted(other)
    move_to_stage(firm.member(AccessRole.EXECUTIVE), other, Stage.CONTRACT)
    assert newest(one).stale_because == "an engagement was signed"


def test_the_end_of_what_was_never_signed_concerns_nobody(role: Role) -> None:
    one, other = checked(role), checked(role)
    end_engagement(seller(other), other, Outcome.LOST, "Too dear")
    assert not newest(one).stale


def test_what_is_said_now_is_judged_at_once_by_what_was_computed(role: Role) -> None:
    engagement = checked(role)
    late = build.told_date(engagement, 200)
    assert Belief.objects.get(expectation=late).probability == 1.0
    dear = build.told_price(engagement, 1_000_000)
    assert Belief.objects.get(expectation=dear).probability == 1.0  # only words are newer than the check
    assert newest(engagement).stale_because == "what the client was told"


def test_a_restated_date_is_judged_at_once(role: Role) -> None:
    engagement = checked(role, days=1)
    assert not statements(engagement)[0].backing.backed
    restate_expectation(seller(engagement), engagement.expectations.get(), firm.a_date(200))
    assert statements(engagement)[0].backing.backed


def test_each_of_several_restated_dates_is_judged_at_once_and_stands_in_the_check(role: Role) -> None:
    engagement = checked(role, days=1)
    build.told_date(engagement, 2)
    for said in list(engagement.expectations.all()):
        restate_expectation(seller(engagement), said, firm.a_date(200))
    new = engagement.expectations.filter(restated_by=None)
    assert all(s.backing.backed for s in statements(engagement))
    result = newest(engagement).result
    assert result is not None
    assert result["promises"].keys() == {f"x{e.pk}" for e in new}


def test_other_words_are_not_about_the_activity_of_the_earlier_ones(role: Role) -> None:
    engagement = checked(role)
    early = build.told_date(engagement, 40)
    milestone = build.saved_milestone(engagement.plan)
    build.about(early, milestone)
    same = restate_expectation(seller(engagement), early, firm.a_date(41))
    assert Target.objects.get(expectation=same).activity == milestone
    everything = replace(firm.a_date(41), subject="Everything live")
    other = restate_expectation(seller(engagement), same, everything)
    assert not Target.objects.filter(expectation=other).exists()


def test_after_a_change_of_the_plan_new_words_wait_for_the_next_check(role: Role) -> None:
    engagement = checked(role)
    mark(engagement, "an activity was changed")
    late = build.told_date(engagement, 200)
    assert not Belief.objects.filter(expectation=late).exists()


def test_what_is_taken_back_leaves_what_is_believed_of_the_rest(role: Role) -> None:
    engagement = checked(role)
    other = build.told_date(engagement, 90)
    actions.ask_for_check(seller(engagement), engagement)
    withdraw_expectation(seller(engagement), other, "A mistake", seller(engagement), dt.date.today())
    assert newest(engagement).stale
    assert not Belief.objects.filter(stale=True).exists()


def test_marking_takes_two_statements_however_many_checks_there_are(
    role: Role, django_assert_num_queries: Any
) -> None:
    for _ in range(4):
        checked(role)
    with django_assert_num_queries(2):
        following.mark_all("somebody came to the firm")


def test_a_check_that_was_overtaken_while_it_was_computed_is_stale(role: Role) -> None:
    engagement = checked(role)
    check = newest(engagement)
    mark(engagement, "an activity was changed")
    actions.note_answer(None, check, check.result)
    actions.finish_check(None, check, {})
    assert newest(engagement).stale
    assert Belief.objects.get().stale


def test_the_same_inputs_again_make_it_hold_again(role: Role) -> None:
    engagement = checked(role)
    mark(engagement, "an activity was changed")
    again = actions.ask_for_check(seller(engagement), engagement)
    assert (again, again.stale) == (newest(engagement), False)
    assert not Belief.objects.get().stale


def test_a_lost_job_does_not_block_the_next_one(role: Role) -> None:
    engagement = checked(role)
    check = newest(engagement)
    check.note_progress(0.3)
    with time_machine.travel(dt.datetime.now(dt.UTC) + dt.timedelta(minutes=1)):
        assert actions.ask_for_check(seller(engagement), engagement) == check
    with time_machine.travel(dt.datetime.now(dt.UTC) + dt.timedelta(minutes=4)):
        assert actions.ask_for_check(seller(engagement), engagement) != check


# Forward to the proposal


def forbids(engagement: Engagement) -> list[str]:
    found = obstacles("engagements.move_to_stage", seller(engagement), engagement, Stage.PROPOSAL)
    return [refused.because for refused in found]


def test_a_proposal_needs_a_plan() -> None:
    assert forbids(build.engagement()) == ["There is no plan."]


def test_a_proposal_needs_a_check(role: Role) -> None:
    engagement = build.engagement()
    build.plan(engagement, Work("w1", 80, role))
    assert forbids(engagement) == ["No promise check was made."]


def test_a_proposal_needs_a_check_that_still_holds(role: Role) -> None:
    engagement = checked(role)
    assert forbids(engagement) == []
    with time_machine.travel(dt.datetime.now(dt.UTC) + dt.timedelta(days=8)):
        assert forbids(engagement) == ["The promise check is older than a week."]
    mark(engagement, "an activity was changed")
    with pytest.raises(Refused, match="an activity was changed"):
        move_to_stage(seller(engagement), engagement, Stage.PROPOSAL)


def test_back_from_the_review_needs_no_new_check(role: Role) -> None:
    engagement = build.engagement(Stage.REVIEW)
    assert forbids(engagement) == []


def test_the_engagement_of_whatever_an_action_is_about(role: Role) -> None:
    engagement = checked(role)
    row = build.activity(engagement.plan, "w1")
    about = (
        engagement,
        engagement.plan,
        row,
        row.assignments.get(),
        row.package,
        engagement.expectations.get(),
    )
    assert [engagement_of(one) for one in about] == [engagement] * len(about)
    assert engagement_of("something else") is None


def test_every_action_that_is_followed_exists() -> None:
    from accord.actions.door import registry

    names = following.OF_PEOPLE | following.OF_ESTIMATES | following.OF_PLANS | following.OF_ENGAGEMENTS
    assert set(names) <= set(registry)
