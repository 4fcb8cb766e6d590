"""Making and changing plans, through the door."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest

from accord.actions.refusals import NotAllowed, Refused, WrongInput
from accord.engagements.actions import Outcome, end_engagement, record_expectation
from accord.engagements.models import Part
from accord.estimating.actions import approve_estimate
from accord.estimating.models import State
from accord.people.models import AccessRole, Member
from accord.planning import actions
from accord.planning.actions import Draft, Takes, WaitsFor
from accord.planning.models import Activity, Assignment, Link, Plan, Target
from tests import firm
from tests.estimating import builders as estimates
from tests.planning import builders

pytestmark = pytest.mark.django_db
ONE = Decimal(1)


def test_a_plan_has_one_activity_with_its_role_for_each_leaf_of_the_estimate() -> None:
    plan, _ = builders.a_plan(["Design", "Build"])
    assert [(a.name, a.low, a.likely, a.high) for a in plan.activities.all()] == [
        ("Design", 20, 40, 80),
        ("Build", 20, 40, 80),
    ]
    assert [str(a.role) for a in Assignment.objects.all()] == ["Developer", "Developer"]


def test_the_approved_estimate_goes_before_a_newer_delivered_one() -> None:
    engagement = firm.engagement()
    approved = builders.an_estimate(engagement, ["Old"])
    builders.an_estimate(engagement, ["New"], state=State.DELIVERED)
    plan = actions.make_plan(builders.a_project_manager(engagement), engagement, builders.A_MONDAY)
    assert plan.estimate == approved


def test_without_an_estimate_there_is_nothing_to_plan() -> None:
    engagement = firm.engagement()
    builders.an_estimate(engagement, state=State.IN_WORK)
    with pytest.raises(Refused, match="delivered or approved"):
        actions.make_plan(builders.a_project_manager(engagement), engagement, builders.A_MONDAY)


def test_an_engagement_has_one_plan() -> None:
    plan, manager = builders.a_plan()
    with pytest.raises(Refused, match="has a plan already"):
        actions.make_plan(manager, plan.engagement, builders.A_MONDAY)


def test_the_seller_is_told_by_name_who_may_plan() -> None:
    seller = firm.seller()
    engagement = firm.engagement(seller)
    plan, manager = builders.a_plan(engagement=engagement)
    design = builders.activity(plan, "Design")
    for attempt in (
        lambda: actions.move_activity(seller, design, None, plan.revision),
        lambda: actions.remove_activity(seller, design, plan.revision),
        lambda: actions.undo_last_change(seller, plan, plan.revision),
        lambda: actions.assign(seller, design, None, manager, ONE, plan.revision),
    ):
        with pytest.raises(NotAllowed, match=manager.name):
            attempt()


@pytest.mark.parametrize("role", [AccessRole.DELIVERY_LEAD, AccessRole.EXECUTIVE])
def test_delivery_leads_and_executives_may_plan(role: AccessRole) -> None:
    plan, _ = builders.a_plan()
    actions.move_activity(firm.member(role), builders.activity(plan, "Design"), None, plan.revision)


def test_a_project_manager_of_another_engagement_may_not_plan() -> None:
    plan, _ = builders.a_plan()
    _, other = builders.a_plan(engagement=firm.engagement())
    with pytest.raises(NotAllowed):
        actions.move_activity(other, builders.activity(plan, "Design"), None, plan.revision)


def test_a_delivery_lead_without_a_part_does_not_get_into_a_confidential_plan() -> None:
    plan, _ = builders.a_plan(engagement=firm.engagement(confidential=True))
    with pytest.raises(NotAllowed, match="confidential"):
        actions.move_activity(
            firm.member(AccessRole.DELIVERY_LEAD), builders.activity(plan, "Design"), None, plan.revision
        )


def test_what_has_ended_is_not_planned_any_more() -> None:
    seller = firm.seller()
    engagement = firm.engagement(seller)
    plan, manager = builders.a_plan(engagement=engagement)
    end_engagement(seller, engagement, Outcome.LOST, "Too dear.")
    with pytest.raises(Refused, match="ended"):
        actions.add_activity(manager, plan, Draft("Late idea"), plan.revision)


def test_a_stale_page_is_refused_and_changes_nothing() -> None:
    plan, manager = builders.a_plan()
    seen = plan.revision
    actions.add_activity(manager, plan, Draft("Training"), seen)
    with pytest.raises(Refused, match="Somebody changed this plan"):
        actions.remove_activity(manager, builders.activity(plan, "Design"), seen)
    assert plan.activities.filter(name="Design").exists()


def test_a_circle_is_refused_with_its_members_in_order() -> None:
    plan, manager = builders.a_plan(["Design", "Build", "Test"])
    _link(manager, plan, "Design", "Build")
    _link(manager, plan, "Build", "Test")
    with pytest.raises(Refused) as refused:
        _link(manager, plan, "Test", "Design")
    assert all(name in refused.value.because for name in ("“Design”", "“Build”", "“Test”"))
    assert Link.objects.count() == 2


def test_a_circle_through_the_dialog_is_refused_and_leaves_all_as_it_was() -> None:
    plan, manager = builders.a_plan(["Design", "Build"])
    _link(manager, plan, "Design", "Build")
    plan = builders.fresh(plan)
    circle = Draft("Changed", waits_for=(WaitsFor(builders.activity(plan, "Build")),))
    with pytest.raises(Refused, match="circle"):
        actions.change_activity(manager, builders.activity(plan, "Design"), circle, plan.revision)
    assert builders.activity(plan, "Design").likely == 40


@pytest.mark.parametrize("kind", Link.Kind.values)
def test_an_activity_does_not_wait_for_itself(kind: str) -> None:
    plan, manager = builders.a_plan()
    design = builders.activity(plan, "Design")
    with pytest.raises(WrongInput, match="itself"):
        actions.link_activities(manager, design, design, kind, Decimal(0), plan.revision)


def test_two_activities_are_linked_once_in_a_way() -> None:
    plan, manager = builders.a_plan()
    _link(manager, plan, "Design", "Build")
    with pytest.raises(WrongInput, match="twice"):
        _link(manager, plan, "Design", "Build")
    _link(manager, plan, "Design", "Build", Link.Kind.FF)


def test_activities_of_another_plan_cannot_be_linked() -> None:
    plan, manager = builders.a_plan()
    other, _ = builders.a_plan(engagement=firm.engagement())
    with pytest.raises(WrongInput, match="same plan"):
        actions.link_activities(
            manager,
            builders.activity(plan, "Design"),
            builders.activity(other, "Build"),
            Link.Kind.FS,
            Decimal(0),
            plan.revision,
        )


def test_a_planner_of_one_plan_cannot_pull_in_an_activity_of_another_as_the_source() -> None:
    plan, manager = builders.a_plan()
    other, _ = builders.a_plan(engagement=firm.engagement())
    with pytest.raises(NotAllowed):
        actions.link_activities(
            manager,
            builders.activity(other, "Build"),
            builders.activity(plan, "Design"),
            Link.Kind.FS,
            Decimal(0),
            builders.fresh(other).revision,
        )


@pytest.mark.parametrize(
    ("field", "points"),
    [("likely", (10, 5, 20)), ("high", (1, 5, 4)), ("low", (-1, 5, 20))],
)
def test_three_points_rise(field: str, points: tuple[int, int, int]) -> None:
    plan, manager = builders.a_plan()
    low, likely, high = map(Decimal, points)
    with pytest.raises(WrongInput) as wrong:
        actions.add_activity(manager, plan, Draft("X", low=low, likely=likely, high=high), plan.revision)
    assert field in wrong.value.messages


def test_a_milestone_takes_no_time_and_nobody() -> None:
    plan, manager = builders.a_plan()
    draft = Draft("Go-live", Activity.Kind.MILESTONE, ONE, ONE, ONE, takes=(Takes(member=manager),))
    made = actions.add_activity(manager, plan, draft, plan.revision)
    assert (made.high, made.assignments.count()) == (0, 0)


def test_one_member_is_not_asked_for_twice_at_once() -> None:
    plan, manager = builders.a_plan()
    design = builders.activity(plan, "Design")
    with pytest.raises(WrongInput, match="one person"):
        actions.assign(manager, design, None, manager, Decimal(2), plan.revision)
    with pytest.raises(WrongInput, match="role or a member"):
        actions.assign(manager, design, None, None, ONE, plan.revision)


def test_the_dialog_makes_people_and_links_as_it_says() -> None:
    plan, manager = builders.a_plan(["Design", "Build", "Test"])
    _link(manager, plan, "Design", "Test")
    plan = builders.fresh(plan)
    draft = Draft(
        "Test it",
        low=ONE,
        likely=ONE,
        high=ONE,
        takes=(Takes(member=manager),),
        waits_for=(WaitsFor(builders.activity(plan, "Build"), Link.Kind.SS, Decimal(2)),),
    )
    changed = actions.change_activity(manager, builders.activity(plan, "Test"), draft, plan.revision)
    assert [str(a.member) for a in changed.assignments.all()] == [manager.name]
    assert [(link.source.name, link.kind, link.lag) for link in changed.incoming.all()] == [
        ("Build", "SS", 2)
    ]


def test_what_has_begun_is_not_moved() -> None:
    plan, manager = builders.a_plan()
    half = Draft("Design", low=ONE, likely=ONE, high=ONE, done=Decimal("0.5"))
    begun = actions.change_activity(manager, builders.activity(plan, "Design"), half, plan.revision)
    with pytest.raises(Refused, match="has begun"):
        actions.move_activity(manager, begun, builders.A_MONDAY, builders.fresh(plan).revision)


def test_a_promised_time_is_aimed_at_an_activity_and_back_at_the_whole() -> None:
    plan, manager = builders.a_plan()
    said = record_expectation(firm.seller(), plan.engagement, firm.a_date())
    actions.aim_promise(manager, plan, said, builders.activity(plan, "Build"), plan.revision)
    assert Target.objects.get().activity.name == "Build"
    actions.aim_promise(manager, plan, said, None, builders.fresh(plan).revision)
    assert not Target.objects.exists()


def test_a_cost_is_not_aimed_at_an_activity() -> None:
    plan, manager = builders.a_plan()
    said = record_expectation(firm.seller(), plan.engagement, firm.an_amount())
    with pytest.raises(WrongInput):
        actions.aim_promise(manager, plan, said, builders.activity(plan, "Build"), plan.revision)


# A newer estimate


def test_a_plan_follows_a_newer_estimate_and_keeps_links_and_people() -> None:
    plan, manager = builders.a_plan(["Design", "Build", "Test"])
    _link(manager, plan, "Design", "Build")
    builders.an_estimate(plan.engagement, ["Design", "Build better"], hours=80)
    followed = actions.follow_estimate(manager, plan, builders.fresh(plan).revision)
    assert [(a.name, a.likely) for a in plan.activities.all()] == [("Design", 80), ("Build better", 80)]
    assert followed.estimate.version == 2
    assert Link.objects.get().target.name == "Build better"
    assert Assignment.objects.count() == 2


def test_what_has_begun_stays_though_the_newer_estimate_has_it_not() -> None:
    plan, manager = builders.a_plan(["Design", "Build"])
    begun = Draft("Build", low=ONE, likely=ONE, high=ONE, done=Decimal("0.5"))
    actions.change_activity(manager, builders.activity(plan, "Build"), begun, plan.revision)
    builders.an_estimate(plan.engagement, ["Design"])
    actions.follow_estimate(manager, plan, builders.fresh(plan).revision)
    assert {a.name for a in plan.activities.all()} == {"Design", "Build"}


def test_what_somebody_added_to_the_plan_stays_when_it_follows_an_estimate() -> None:
    plan, manager = builders.a_plan(["Design"])
    actions.add_activity(manager, plan, Draft("Go-live", Activity.Kind.MILESTONE), plan.revision)
    builders.an_estimate(plan.engagement, ["Design", "Build"])
    actions.follow_estimate(manager, plan, builders.fresh(plan).revision)
    assert {a.name for a in plan.activities.all()} == {"Design", "Build", "Go-live"}


def test_following_an_estimate_can_be_undone() -> None:
    plan, manager = builders.a_plan(["Design", "Build"])
    before = _content(plan)
    newer = builders.an_estimate(plan.engagement, ["Design"], hours=8)
    actions.follow_estimate(manager, plan, builders.fresh(plan).revision)
    actions.undo_last_change(manager, plan, builders.fresh(plan).revision)
    assert _content(plan) == before
    assert builders.fresh(plan).estimate != newer


def test_there_is_nothing_to_follow_without_a_newer_estimate() -> None:
    plan, manager = builders.a_plan()
    with pytest.raises(Refused, match="none newer"):
        actions.follow_estimate(manager, plan, plan.revision)


# Undo


def test_undo_brings_back_a_removed_activity_with_its_links_and_people() -> None:
    plan, manager = builders.a_plan(["Design", "Build", "Test"])
    _link(manager, plan, "Design", "Build")
    _link(manager, plan, "Build", "Test")
    before = _content(plan)
    plan = builders.fresh(plan)
    actions.remove_activity(manager, builders.activity(plan, "Build"), plan.revision)
    assert _content(plan) != before
    actions.undo_last_change(manager, plan, builders.fresh(plan).revision)
    assert _content(plan) == before


def test_undo_takes_back_an_added_activity_and_twice_brings_it_again() -> None:
    plan, manager = builders.a_plan(["Design"])
    draft = Draft("Build", waits_for=(WaitsFor(builders.activity(plan, "Design")),))
    actions.add_activity(manager, plan, draft, plan.revision)
    after = _content(plan)
    actions.undo_last_change(manager, plan, builders.fresh(plan).revision)
    assert [a.name for a in plan.activities.all()] == ["Design"]
    actions.undo_last_change(manager, plan, builders.fresh(plan).revision)
    assert _content(plan) == after


def test_undo_of_a_move_computes_the_dates_anew() -> None:
    plan, manager = builders.a_plan(["Design"])
    started = builders.activity(plan, "Design").planned_start
    actions.move_activity(
        manager, builders.activity(plan, "Design"), builders.A_MONDAY + dt.timedelta(28), plan.revision
    )
    assert builders.activity(plan, "Design").planned_start != started
    actions.undo_last_change(manager, plan, builders.fresh(plan).revision)
    found = builders.activity(plan, "Design")
    assert (found.not_before, found.planned_start) == (None, started)


def test_an_undo_does_not_reach_behind_a_change_that_it_cannot_take_back() -> None:
    plan, manager = builders.a_plan()
    actions.add_activity(manager, plan, Draft("More"), plan.revision)
    with builders.written("planning.adopt_scenario"):
        changed = builders.fresh(plan)
        changed.revision += 1
        changed.save()
    with pytest.raises(Refused, match="scenario"):
        actions.undo_last_change(manager, plan, builders.fresh(plan).revision)


def test_making_the_plan_is_not_undone() -> None:
    plan, manager = builders.a_plan()
    with pytest.raises(Refused, match="Nothing was changed"):
        actions.undo_last_change(manager, plan, plan.revision)


def test_a_lead_by_part_may_plan_and_a_member_of_the_team_may_not() -> None:
    plan, _ = builders.a_plan()
    engagement = plan.engagement
    lead = firm.with_part(engagement, Part.DELIVERY_LEAD)
    actions.add_activity(lead, builders.fresh(plan), Draft("More"), plan.revision)
    team = firm.with_part(engagement, Part.TEAM)
    with pytest.raises(NotAllowed):
        actions.add_activity(team, builders.fresh(plan), Draft("More"), plan.revision + 1)


def _link(actor, plan: Plan, source: str, target: str, kind: str = Link.Kind.FS) -> Link:  # type: ignore[no-untyped-def]
    now = builders.fresh(plan)
    return actions.link_activities(
        actor,
        builders.activity(plan, source),
        builders.activity(plan, target),
        kind,
        Decimal(0),
        now.revision,
    )


def _content(plan: Plan) -> list[object]:
    """All that somebody entered, and the dates that follow."""
    activities = plan.activities.values_list(
        "pk", "code", "position", "name", "likely", "not_before", "planned_start"
    )
    links = Link.objects.values_list("pk", "source", "target", "kind", "lag").order_by("pk")
    people = Assignment.objects.values_list("pk", "activity", "role", "member", "units").order_by("pk")
    return [list(activities), list(links), list(people)]


def _grouped(*groups: tuple[str, list[str]], loose: str = "") -> tuple[Plan, Member]:
    """A plan as it is made from a breakdown with these headings."""
    engagement, role = firm.engagement(), builders.a_role()
    rows, number = [], 0
    for heading, names in groups:
        for name, level in ((heading, 0), *((name, 1) for name in names)):
            number += 1
            points = (20, 40, 80) if level else None
            rows.append(estimates.row(name, points, level, f"w{number}", role))
    if loose:
        rows.append(estimates.row(loose, (20, 40, 80), 0, f"w{number + 1}", role))
    lead = firm.with_part(engagement, Part.DELIVERY_LEAD, AccessRole.DELIVERY_LEAD)
    approve_estimate(lead, estimates.delivered(engagement, rows))
    manager = builders.a_project_manager(engagement)
    return actions.make_plan(manager, engagement, builders.A_MONDAY), manager


def test_each_group_of_the_breakdown_waits_for_the_one_before_it() -> None:
    plan, _ = _grouped(("Build", ["Screens", "Interface"]), ("Make sure", ["Tests"]), loose="Lead")
    names = [a.name for a in plan.activities.all()]
    assert names == ["Screens", "Interface", "Done: Build", "Tests", "Done: Make sure", "Lead"]
    assert {(link.source.name, link.target.name, link.kind) for link in Link.objects.all()} == {
        ("Screens", "Done: Build", "FS"),
        ("Interface", "Done: Build", "FS"),
        ("Done: Build", "Tests", "FS"),
        ("Tests", "Done: Make sure", "FS"),
    }
    tests, build = builders.activity(plan, "Tests"), builders.activity(plan, "Done: Build")
    assert tests.planned_start >= build.planned_finish


def test_leading_goes_along_with_the_rest() -> None:
    engagement, role = firm.engagement(), builders.a_role()
    rows = [estimates.row("Build", code="w1", by=role), estimates.row("Screens", (1, 2, 3), 1, "w2", role)]
    rows += [
        estimates.row("Bring in", code="w3", by=role),
        estimates.row("Go-live", (1, 2, 3), 1, "w4", role),
    ]
    rows.append(replace(estimates.row("Lead", (20, 40, 80), 1, "w5", role), units=Decimal("0.2")))
    lead = firm.with_part(engagement, Part.DELIVERY_LEAD, AccessRole.DELIVERY_LEAD)
    approve_estimate(lead, estimates.delivered(engagement, rows))
    plan = actions.make_plan(builders.a_project_manager(engagement), engagement, builders.A_MONDAY)
    led, live = builders.activity(plan, "Lead"), builders.activity(plan, "Go-live")
    assert (led.incoming.count(), led.outgoing.count()) == (0, 0)
    assert live.incoming.get().source.name == "Done: Build"


def test_whoever_wants_no_order_gets_none() -> None:
    plan, _ = builders.a_plan(["Design", "Build"])  # under one heading
    assert not Link.objects.filter(source__plan=plan).exists()


def test_whose_work_goes_first_is_not_for_one_project_manager_to_decide() -> None:
    plan, manager = builders.a_plan()

    def change(actor: Member, priority: int) -> Plan:
        plan.refresh_from_db()
        return actions.change_plan(actor, plan, plan.begins_on, priority, Decimal(500), plan.revision)

    assert change(manager, plan.priority).fixed_cost == 500
    with pytest.raises(NotAllowed, match="goes first"):
        change(manager, plan.priority + 1)
    for role in (AccessRole.DELIVERY_LEAD, AccessRole.EXECUTIVE):
        assert change(firm.member(role), plan.priority + 1).priority == plan.priority + 1
