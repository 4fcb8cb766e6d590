"""What a promise check answers, and where its answer goes."""

from __future__ import annotations

import datetime as dt

import pytest

from accord.actions.refusals import NotAllowed
from accord.engagements.actions import Said, record_expectation
from accord.engagements.models import Belief, Engagement, Expectation, Stage
from accord.engagements.queries import statements
from accord.people.models import AccessRole, Member
from accord.planning.checking import actions, queries, wording
from accord.planning.models import Link, PromiseCheck
from tests import firm
from tests.planning import check_builders as build
from tests.planning.check_builders import Work

pytestmark = pytest.mark.django_db
Done = PromiseCheck.State.DONE


@pytest.fixture
def engagement() -> Engagement:
    """Two hundred hours for one developer, who costs 75 an hour."""
    found = build.engagement()
    build.plan(found, Work("w1", 80, build.role("developer")), Work("w2", 120, None, ["w1"]))
    role = build.activity(found.plan, "w1").assignments.get().role
    from accord.planning.models import Assignment

    build.saved(None, Assignment(activity=build.activity(found.plan, "w2"), role=role))
    return found


def check(engagement: Engagement) -> PromiseCheck:
    return actions.ask_for_check(firm.member(AccessRole.MEMBER), engagement)


def certain(engagement: Engagement) -> None:
    """Every estimate is its likely value."""
    for row in engagement.plan.activities.all():
        row.low = row.high = row.likely
        build.saved(None, row)


def promise(found: PromiseCheck, e: Expectation) -> dict[str, object]:
    assert found.result is not None
    return found.result["promises"][f"x{e.pk}"]  # type: ignore[no-any-return]


def test_a_plan_without_uncertainty_is_kept_always_or_never(engagement: Engagement) -> None:
    certain(engagement)
    late, early = build.told_date(engagement, 300), build.told_date(engagement, 14)
    dear, cheap = build.told_price(engagement, 18_751), build.told_price(engagement, 18_749)
    found = check(engagement)
    # 200 hours at 75 an hour cost 15,000; a margin of 20 percent asks for 18,750.
    assert [promise(found, e)["p"] for e in (late, early, dear, cheap)] == [1.0, 0.0, 1.0, 0.0]
    assert promise(found, cheap)["best"] == 18_750


def test_the_best_date_is_backed_and_the_day_before_is_not(engagement: Engagement) -> None:
    e = build.told_date(engagement, 10)
    found = check(engagement)
    assert found.result is not None
    curve = dict(map(tuple, found.result["time"]["curve"]))
    best = str(promise(found, e)["best"])
    before = max(day for day in curve if day < best)
    assert curve[best] >= 0.8 > curve[before]


def test_the_curve_says_at_the_promised_date_what_the_check_says(engagement: Engagement) -> None:
    e = build.told_date(engagement, 45)
    found = check(engagement)
    from accord.planning.checking.curves import share_by

    assert found.result is not None
    assert e.date is not None
    told = share_by(found.result["time"]["curve"], e.date.isoformat())
    assert told == pytest.approx(promise(found, e)["p"])


def test_a_promise_about_one_activity_has_the_curve_of_that_activity(engagement: Engagement) -> None:
    from accord.planning.checking.curves import curve_of, share_by

    e = build.told_date(engagement, 20)
    build.about(e, build.activity(engagement.plan, "w1"))
    found = check(engagement)
    own = curve_of(found.result, f"x{e.pk}", "time")
    assert own["p95"] < found.result["time"]["p5"]  # type: ignore[index]
    assert share_by(own["curve"], e.date.isoformat()) == pytest.approx(promise(found, e)["p"])  # type: ignore[union-attr]


def test_every_expectation_learns_what_delivery_believes(engagement: Engagement) -> None:
    e = build.told_date(engagement, 10)
    found = check(engagement)
    belief = Belief.objects.get(expectation=e)
    assert (belief.probability, belief.digest, belief.stale) == (promise(found, e)["p"], found.digest, False)
    assert belief.from_approved_estimate
    assert belief.backed_date == dt.date.fromisoformat(str(promise(found, e)["best"]))


def test_nothing_is_backed_by_an_estimate_that_nobody_approved() -> None:
    engagement = build.engagement()
    build.plan(engagement, Work("w1", 8, build.role("developer")), approved=False)
    build.told_date(engagement, 300)
    check(engagement)
    assert not statements(engagement)[0].backing.backed


def test_scope_is_covered_by_a_package_that_the_plan_still_contains(engagement: Engagement) -> None:
    seller = engagement.parts.get(part="seller").member
    said = [
        record_expectation(seller, engagement, Said(Expectation.Kind.SCOPE, name, dt.date.today()))
        for name in ("Reports", "Export")
    ]
    build.covered(said[0], "w2")
    build.covered(said[1], "w9")
    check(engagement)
    assert Belief.objects.get().covered_by == "Work w2"
    assert [s.backing.backed for s in statements(engagement)] == [False, True]


def test_activities_learn_their_dates_and_how_often_they_decide(engagement: Engagement) -> None:
    check(engagement)
    first, second = engagement.plan.activities.all()
    assert first.planned_start is not None
    assert first.planned_finish is not None
    assert first.planned_start <= first.planned_finish <= second.planned_finish <= second.finish_p80
    assert second.criticality == 1.0


def test_the_same_inputs_are_computed_once(engagement: Engagement) -> None:
    assert check(engagement) == check(engagement)


def test_other_inputs_are_computed_anew(engagement: Engagement) -> None:
    first = check(engagement)
    build.told_date(engagement, 30)
    second = check(engagement)
    assert first != second
    assert first.digest != second.digest


def test_who_else_would_feel_it_is_told(engagement: Engagement) -> None:
    other = build.engagement(Stage.DELIVERY)
    role = build.activity(engagement.plan, "w1").assignments.get().role
    build.plan(other, Work("w1", 100, role))
    e = build.told_date(other, 40)
    found = check(engagement)
    assert found.result is not None
    felt = found.result["others"][0]
    assert (felt["engagement"], felt["expectation"]) == (other.pk, e.pk)
    assert felt["after"] < felt["before"]
    assert felt["shared"] == ["developer"]


def test_at_least_three_ways_out_are_computed_each_with_its_price() -> None:
    role = build.role("developer", 3)
    engagement = build.engagement()
    works = [Work("w1", 40, role), Work("w2", 120, role, ["w1"]), Work("w3", 200, role, ["w1"])]
    build.plan(engagement, *works, Work("w4", 40, role, ["w2", "w3"]))
    e = build.told_date(engagement, 46)
    found = check(engagement)
    assert found.result is not None
    ways = found.result["remedies"]
    assert {way["kind"] for way in ways} == {"date", "people", "drop"}
    assert all(way["probabilities"][f"x{e.pk}"] > promise(found, e)["p"] for way in ways)  # type: ignore[operator]
    prices = {way["kind"]: way["price"] for way in ways if not way["changes"][0].get("hired")}
    assert prices["date"] == 0
    assert prices["drop"] < 0
    hired = next(way for way in ways if way["changes"][0].get("hired"))
    assert hired["price"] > 0


def test_what_a_client_expects_by_name_is_not_proposed_to_be_left_out() -> None:
    role = build.role("developer", 3)
    engagement = build.engagement()
    works = [Work("w1", 40, role), Work("w2", 120, role, ["w1"]), Work("w3", 200, role, ["w1"])]
    build.plan(engagement, *works, Work("w4", 40, role, ["w2", "w3"]))
    seller = engagement.parts.get(part="seller").member
    said = record_expectation(seller, engagement, Said(Expectation.Kind.SCOPE, "Reports", dt.date.today()))
    build.covered(said, "w3")
    build.told_date(engagement, 30)
    found = check(engagement)
    assert found.result is not None
    dropped = [c for way in found.result["remedies"] for c in way["changes"] if c["kind"] == "drop"]
    assert all("w3" not in change["codes"] for change in dropped)


def test_a_circle_is_told_in_words(engagement: Engagement) -> None:
    first, second = engagement.plan.activities.all()
    build.saved(None, Link(source=second, target=first))
    found = check(engagement)
    assert found.state == PromiseCheck.State.FAILED
    assert "wait for each other" in found.problem


def test_what_breaks_is_told_without_a_traceback(
    engagement: Engagement, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from accord.planning.checking import judging

    def broken(*_args: object) -> None:
        raise ZeroDivisionError("division by zero")

    monkeypatch.setattr(judging, "answer", broken)
    found = check(engagement)
    assert found.state == PromiseCheck.State.FAILED
    assert "division" not in found.problem
    assert "Something broke on our side" in found.problem
    assert "division by zero" in caplog.text  # whoever runs it finds the cause


def test_a_role_that_nobody_has_does_not_stop_the_check() -> None:
    engagement = build.engagement()
    build.plan(engagement, Work("w1", 40, build.role("tester", people=0)))
    found = check(engagement)
    assert found.state == Done
    assert found.result is not None
    assert "Nobody has the role “tester”" in found.result["assumed"][0]


@pytest.mark.parametrize("name", ["note_answer", "finish_check", "finish_scenario", "fail_check"])
def test_nobody_writes_an_answer_in_person(engagement: Engagement, name: str) -> None:
    boss: Member = firm.member(AccessRole.EXECUTIVE)
    with pytest.raises(NotAllowed):
        getattr(actions, name)(boss, check(engagement), {})


def test_who_may_only_read_does_not_ask(engagement: Engagement) -> None:
    with pytest.raises(NotAllowed):
        actions.ask_for_check(firm.member(AccessRole.AUDITOR), engagement)


def test_the_audit_does_not_repeat_the_inputs(engagement: Engagement) -> None:
    from accord.actions.queries import history_of

    changes = history_of(check(engagement))
    assert changes
    assert not any({"inputs", "result"} & {*change.after, *change.before} for change in changes)


def test_two_late_dates_are_moved_together_and_trying_it_gives_what_was_shown() -> None:
    role = build.role("developer", 3)
    engagement = build.engagement()
    build.plan(engagement, Work("w1", 40, role), Work("w2", 200, role, ["w1"]))
    early, late = build.told_date(engagement, 20), build.told_date(engagement, 30)
    found = check(engagement)
    assert found.result is not None
    way = next(way for way in found.result["remedies"] if way["kind"] == "date")
    assert {change["expectation"] for change in way["changes"]} == {early.pk, late.pk}
    seller = engagement.parts.get(part="seller").member
    tried = actions.try_scenario(seller, engagement, "Later", way["changes"]).checks.get().result
    assert tried is not None
    assert tried["after"] == way["probabilities"]
    assert min(tried["after"].values()) >= found.result["asked"]


def test_dates_about_different_work_are_moved_each_alone_and_the_way_says_what_it_leaves() -> None:
    role = build.role("developer", 3)
    engagement = build.engagement()
    plan = build.plan(engagement, Work("w1", 40, role), Work("w2", 200, role, ["w1"]))
    pilot, end = build.told_date(engagement, 2), build.told_date(engagement, 10)
    build.about(pilot, build.activity(plan, "w1"))
    found = check(engagement)
    assert found.result is not None
    dates = [way for way in found.result["remedies"] if way["kind"] == "date"]
    assert sorted(way["about"] for way in dates) == sorted([[f"x{pilot.pk}"], [f"x{end.pk}"]])
    names = queries.names_in(found.result, [pilot, end])
    for way, told in zip(found.result["remedies"], wording.ways(found.result, names), strict=True):
        if way["kind"] == "date":
            assert told.leaves
        assert told.about == pilot.subject  # both are called alike


def test_what_is_enough_comes_first_and_who_is_to_be_hired_is_not_adopted() -> None:
    role = build.role("developer", 3)
    engagement = build.engagement()
    works = [Work("w1", 40, role), Work("w2", 120, role, ["w1"]), Work("w3", 200, role, ["w1"])]
    build.plan(engagement, *works, Work("w4", 40, role, ["w2", "w3"]))
    e = build.told_date(engagement, 40)
    found = check(engagement)
    assert found.result is not None
    told = wording.ways(found.result, queries.names_in(found.result, [e]))
    assert [way.backed for way in told] == sorted((way.backed for way in told), reverse=True)
    assert [way.can_be_adopted for way in told] == [
        not any(change.get("hired") for change in way["changes"]) for way in found.result["remedies"]
    ]
    assert not all(way.can_be_adopted for way in told)


def test_the_price_that_is_proposed_is_kept_as_often_as_the_policy_asks() -> None:
    large = build.engagement()  # so large that two futures' costs are some money apart
    build.plan(large, Work("w1", 8000, build.role("developer", 9)))
    e = build.told_price(large, 500_000)
    found = check(large)
    assert found.result is not None
    (way,) = (way for way in found.result["remedies"] if way["kind"] == "price")
    assert way["probabilities"][f"x{e.pk}"] >= found.result["asked"]
