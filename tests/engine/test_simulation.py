"""The simulation against closed forms and against rules that must hold whatever the numbers."""

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from accord.engine import kernels, simulation
from accord.engine.compile import compile_portfolio, scratch_for
from accord.engine.distributions import quantile_table
from accord.engine.plan import (
    Absence,
    Activity,
    Distribution,
    Link,
    LinkType,
    Need,
    Resource,
    Risk,
    ThreePoint,
)
from accord.engine.simulation import simulate
from accord.engine.streams import normal_table
from accord.engine.tables import BLOCK
from tests.builders import MONDAY, a_portfolio, an_engagement, days

UNIFORM = ThreePoint(0, 5, 10, Distribution.UNIFORM)
TRIANGLE = ThreePoint(2, 4, 12, Distribution.TRIANGULAR)
SAMPLES = 40_000


def _finish(*activities, capacity=(), **more):
    portfolio = a_portfolio(an_engagement(*activities, **more), capacity=capacity, samples=SAMPLES)
    return simulate(portfolio).finish[0]


def _close(found, expected, sd):
    """Within four standard errors, which a right answer misses once in 16,000 seeds."""
    assert found == pytest.approx(expected, abs=4 * sd / np.sqrt(SAMPLES))


def test_the_mean_and_spread_of_a_chain_are_the_sums_of_its_parts():
    finish = _finish(Activity("a", duration=TRIANGLE), Activity("b", duration=UNIFORM, after=(Link("a"),)))
    variance = (4 + 16 + 144 - 8 - 24 - 48) / 18 + 100 / 12
    _close(finish.mean(), 6 + 5, np.sqrt(variance))
    assert finish.var() == pytest.approx(variance, rel=0.03)


def test_the_later_of_two_uniform_activities_has_the_distribution_of_their_maximum():
    finish = _finish(Activity("a", duration=UNIFORM), Activity("b", duration=UNIFORM))
    for day in (3, 5, 8):
        _close((finish <= day).mean(), (day / 10) ** 2, 0.5)


def test_pert_moments_are_those_of_its_beta_distribution():
    finish = _finish(Activity("a", duration=ThreePoint(10, 20, 60)))
    beta = stats.beta(1 + 4 * 0.2, 5 - 4 * 0.2, loc=10, scale=50)
    _close(finish.mean(), beta.mean(), beta.std())
    assert finish.std() == pytest.approx(beta.std(), rel=0.02)


def test_one_person_does_two_things_one_after_the_other():
    alone = (Need("ana"),)
    finish = _finish(
        Activity("a", duration=UNIFORM, needs=alone),
        Activity("b", duration=UNIFORM, needs=alone),
        capacity=(Resource("ana"),),
    )
    _close(finish.mean(), 10, np.sqrt(200 / 12))


def test_effort_is_shared_evenly_by_all_units():
    finish = _finish(
        Activity("a", effort=days(96), needs=(Need("dev", 2), Need("ana"))),
        capacity=(Resource("dev", units=2), Resource("ana", named=True, hours_per_day=6)),
    )
    assert finish == pytest.approx(96 / (2 * 8 + 6))


def test_the_rank_correlation_of_efforts_is_the_one_asked_for():
    activities = [Activity(x, duration=ThreePoint(10, 20, 60), after=()) for x in "ab"]
    portfolio = a_portfolio(an_engagement(*activities, correlation=0.6), samples=SAMPLES)
    result = simulate(portfolio)
    found = stats.spearmanr(result.activity_finish[0], result.activity_finish[1]).statistic
    assert found == pytest.approx(0.6, abs=0.02)


def test_a_risk_adds_its_mean_impact_as_often_as_it_occurs():
    risk = Risk("law", 0.25, on="a", duration=UNIFORM, cost=1000)
    portfolio = a_portfolio(an_engagement(Activity("a", duration=days(5)), risks=(risk,)), samples=SAMPLES)
    result = simulate(portfolio)
    _close(result.finish[0].mean(), 5 + 0.25 * 5, 3.5)
    _close(result.cost[0].mean(), 250, 1000 * np.sqrt(0.25 * 0.75))
    occurs = result.occurrence("portal", "law", 0.25)
    assert (occurs == (result.cost[0] > 500)).all()


def test_work_pauses_while_a_named_member_is_away_and_costs_nothing_then():
    away = (Absence(MONDAY + dt.timedelta(days=1), MONDAY + dt.timedelta(days=3)),)
    ana = Resource("ana", named=True, away=away, cost_rate=100)
    portfolio = a_portfolio(
        an_engagement(Activity("a", duration=days(2), needs=(Need("ana"),))), capacity=(ana,), samples=100
    )
    result = simulate(portfolio)
    assert (result.finish == 5).all()
    assert (result.cost == 2 * 8 * 100).all()


def test_nobody_begins_while_away():
    ana = Resource("ana", named=True, away=(Absence(MONDAY, MONDAY + dt.timedelta(days=1)),))
    result = simulate(
        a_portfolio(
            an_engagement(Activity("a", duration=days(1), needs=(Need("ana"),))), capacity=(ana,), samples=100
        )
    )
    assert (result.activity_start == 2).all()


def test_a_named_member_adds_a_unit_to_the_pool_and_works_her_own_hours():
    capacity = (
        Resource("dev", units=1, cost_rate=60),
        Resource("ana", named=True, role="dev", hours_per_day=4, cost_rate=90),
    )
    works = [Activity(x, effort=days(16), needs=(Need("dev"),)) for x in "ab"]
    result = simulate(a_portfolio(an_engagement(*works), capacity=capacity, samples=100))
    assert sorted(result.activity_finish[:, 0]) == [2, 4]
    assert result.cost[0, 0] == pytest.approx(16 * 60 + 16 * 90)


def test_who_is_taken_by_name_is_not_taken_for_the_pool_of_the_same_activity():
    capacity = (
        Resource("dev", units=0),
        Resource("ana", named=True, role="dev"),
        Resource("bob", named=True, role="dev"),
    )
    both = Activity("both", duration=days(2), needs=(Need("dev"), Need("ana")))
    later = Activity("later", duration=days(1), needs=(Need("bob"),))
    result = simulate(a_portfolio(an_engagement(both, later), capacity=capacity, samples=100))
    assert set(result.activity_start[:, 0]) == {0, 2} or set(result.activity_start[:, 0]) == {0, 1}


def test_the_more_urgent_engagement_goes_first_where_people_are_short():
    def work(name, priority):
        activity = Activity("work", duration=days(3), needs=(Need("dev"),))
        return an_engagement(activity, id=name, priority=priority)

    portfolio = a_portfolio(work("later", 2), work("first", 1), capacity=(Resource("dev"),), samples=100)
    assert simulate(portfolio).finish[:, 0].tolist() == [6, 3]


def test_work_that_has_begun_goes_on_at_the_start_with_what_is_left():
    begun = Activity("b", duration=days(8), after=(Link("a"),), done=0.75, not_before=dt.date(2027, 3, 1))
    finished = Activity("c", duration=days(8), done=1.0)
    result = simulate(
        a_portfolio(an_engagement(Activity("a", duration=days(5)), begun, finished), samples=100)
    )
    assert result.activity_finish[:, 0].tolist() == [5, 2, 0]


def test_an_activity_whose_link_lets_it_start_first_does_so_even_where_people_are_short():
    # The report must finish with the build, which starts late: it begins before the build does.
    build = Activity("build", duration=days(3), needs=(Need("dev"),), not_before=dt.date(2027, 1, 18))
    report = Activity(
        "report", duration=days(8), needs=(Need("writer"),), after=(Link("build", LinkType.FF),)
    )
    rivals = tuple(Activity(f"rival{k}", duration=days(4), needs=(Need("dev"),)) for k in range(3))
    capacity = (Resource("dev"), Resource("writer"))
    result = simulate(a_portfolio(an_engagement(build, report, *rivals), capacity=capacity, samples=100))
    build_finish, report_start = result.activity_finish[0, 0], result.activity_start[1, 0]
    assert report_start == build_finish - 8


def test_the_answer_does_not_depend_on_the_number_of_threads(monkeypatch):
    portfolio = _crowded()
    answers = []
    for count in (1, 3):
        monkeypatch.setattr(simulation, "threads", lambda count=count: count)
        answers.append(simulate(portfolio))
    for name in ("finish", "cost", "criticality", "waiting"):
        assert (getattr(answers[0], name) == getattr(answers[1], name)).all()


def test_what_shares_nobody_does_not_change_by_a_what_if():
    one = an_engagement(Activity("a", duration=UNIFORM), id="one", correlation=0.3)
    other = an_engagement(Activity("a", duration=UNIFORM), id="other", correlation=0.3)
    together = simulate(a_portfolio(one, other, samples=1000))
    alone = simulate(a_portfolio(other, samples=1000))
    assert (together.finish[1] == alone.finish[0]).all()
    assert (together.finish[0] != together.finish[1]).any()


def test_more_samples_keep_the_ones_before():
    few, many = (
        simulate(a_portfolio(an_engagement(Activity("a", duration=UNIFORM)), samples=samples))
        for samples in (100, 1000)
    )
    assert (few.finish[0] == many.finish[0, :100]).all()


def test_another_seed_gives_other_futures():
    first, second = (
        simulate(a_portfolio(an_engagement(Activity("a", duration=UNIFORM)), samples=100, seed=seed))
        for seed in (1, 2**40)
    )
    assert (first.finish != second.finish).any()


def test_the_chain_that_decides_the_end_is_critical_and_slack_is_not():
    result = simulate(
        a_portfolio(
            an_engagement(
                Activity("long", duration=days(5)),
                Activity("short", duration=days(2)),
                Activity("end", after=(Link("long"), Link("short"))),
            ),
            samples=100,
        )
    )
    assert result.criticality.tolist() == [1, 0, 1]


def test_two_equal_paths_are_both_critical():
    result = simulate(a_portfolio(an_engagement(*(Activity(x, duration=days(5)) for x in "ab")), samples=100))
    assert result.criticality.tolist() == [1, 1]


def test_waiting_for_people_is_told_and_criticality_follows_whoever_held_them():
    works = [Activity(x, duration=days(4), needs=(Need("dev"),)) for x in "ab"]
    result = simulate(a_portfolio(an_engagement(*works), capacity=(Resource("dev"),), samples=100))
    assert result.criticality.tolist() == [1, 1]
    assert result.waiting.tolist() == [[4.0]]


def test_a_day_on_which_several_activities_of_a_chain_wait_counts_once():
    def works(first: str, second: str, long: float) -> tuple[Activity, ...]:
        return tuple(Activity(x, duration=days(long), needs=(Need("dev"),)) for x in (first, second))

    other = an_engagement(*works("a", "b", 5))
    own = replace(an_engagement(*works("c", "d", 2)), id="own", priority=2)
    result = simulate(a_portfolio(other, own, capacity=(Resource("dev"),), samples=100))
    assert result.waiting.tolist() == [[5.0], [12.0]]  # of 14 days, the last two are work


def test_the_only_uncertain_activity_decides_the_finish_entirely():
    sensitivity = simulate(
        a_portfolio(
            an_engagement(
                Activity("a", duration=UNIFORM), Activity("b", duration=days(3), after=(Link("a"),))
            ),
            samples=5000,
        )
    ).sensitivity()
    assert sensitivity[0] == pytest.approx(1.0, abs=0.001)
    assert sensitivity[1] == 0


def _crowded(seed=3, needs_people=True):
    random = np.random.default_rng(seed)
    engagements = []
    for e in range(3):
        activities = []
        for i in range(25):
            low = float(random.uniform(4, 30))
            of = random.choice(["dev", "analyst", "ana", "tester"], size=random.integers(0, 3), replace=False)
            after = {int(k) for k in random.integers(0, i, size=random.integers(0, 3))} if i else set()
            kinds = list(LinkType)
            links = tuple(
                Link(f"a{k}", kinds[random.integers(4)], float(random.integers(-3, 4))) for k in sorted(after)
            )
            needs = tuple(Need(str(name)) for name in of) if needs_people else ()
            estimate = ThreePoint(low, low * 1.5, low * 3)
            sized = {"effort": estimate} if needs else {"duration": estimate}
            activities.append(Activity(f"a{i}", needs=needs, after=links, **sized))
        engagements.append(an_engagement(*activities, id=f"e{e}", priority=1 + e % 2, correlation=0.2))
    away = (Absence(MONDAY + dt.timedelta(days=9), MONDAY + dt.timedelta(days=20)),)
    capacity = (
        Resource("dev", units=1, cost_rate=50),
        Resource("analyst", units=2),
        Resource("ana", named=True, role="dev", hours_per_day=6, away=away),
        Resource("tess", named=True, role="tester", away=away),
        Resource("tom", named=True, role="tester"),
        Resource("tester", units=0),
    )
    return a_portfolio(*engagements, capacity=capacity, samples=600)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000))
def test_where_nobody_is_needed_the_scheme_and_the_critical_path_agree(seed):
    compiled = compile_portfolio(_crowded(seed, needs_people=False))
    t, s = compiled.tables, scratch_for(compiled.tables)
    kernels.draw(t, s, 0, np.uint64(seed), np.uint64(0), normal_table(), quantile_table())
    kernels.forward_pass(t, s)
    for lane in range(BLOCK):
        assert kernels.generate(t, s, lane) == len(t.engagement)
        assert np.abs(s.end - s.finish[:, lane]).max() < 1e-9


def test_leaving_out_who_can_never_be_short_changes_nothing(monkeypatch):
    chain = [Activity("a0", effort=ThreePoint(20, 30, 60), needs=(Need("dev", 2),))]
    chain += [
        Activity(f"a{k}", effort=ThreePoint(20, 30, 60), needs=(Need("dev", 2),), after=(Link(f"a{k - 1}"),))
        for k in range(1, 5)
    ]
    portfolio = a_portfolio(
        an_engagement(*chain), capacity=(Resource("dev", units=2, cost_rate=70),), samples=500
    )
    assert not compile_portfolio(portfolio).scheduled
    left_out = simulate(portfolio)
    monkeypatch.setattr("accord.engine.compile.CLOSURE_LIMIT", 0)
    assert compile_portfolio(portfolio).scheduled
    held = simulate(portfolio)
    assert np.abs(left_out.finish - held.finish).max() < 1e-9
    assert (left_out.cost == held.cost).all()
