"""The promise check against closed forms, and its remedies carried out."""

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest

from accord.engine.plan import (
    Activity,
    Distribution,
    Link,
    Need,
    Promise,
    PromiseKind,
    Resource,
    Risk,
    ThreePoint,
)
from accord.engine.promise_check import BetterPromise, OneMore, check, remedies, what_if
from accord.engine.simulation import simulate
from tests.builders import MONDAY, a_portfolio, an_engagement, by, days

UNIFORM = ThreePoint(0, 10, 20, Distribution.UNIFORM)
DEV = (Need("dev"),)


def _work(id: str = "portal", day: int = 14, **more):  # noqa: A002
    """Twenty days at most, all equally likely; promised for the evening of a calendar day after the first Monday."""
    promise = by(MONDAY + dt.timedelta(days=day))
    return an_engagement(Activity("work", duration=UNIFORM), id=id, promises=(promise,), **more)


def _first(result):
    return result.engagements[0].promises[0]


def test_the_probability_is_the_share_of_the_distribution_before_the_date():
    kept = _first(check(a_portfolio(_work(day=11)))).kept  # the tenth working day's evening
    assert kept.probability == pytest.approx(0.5, abs=0.02)
    assert kept.standard_error == pytest.approx(0.005, rel=0.01)


def test_independent_engagements_keep_all_promises_with_the_product_of_their_probabilities():
    result = check(a_portfolio(_work("one"), _work("other")))
    single = [e.promises[0].kept.probability for e in result.engagements]
    assert result.all.probability == pytest.approx(single[0] * single[1], abs=0.02)


def test_promises_that_hang_on_the_same_thing_are_kept_together():
    engagement = _work()
    earlier = by(MONDAY + dt.timedelta(days=7), id="earlier")
    result = check(a_portfolio(replace(engagement, promises=(*engagement.promises, earlier))))
    assert result.engagements[0].joint.probability == result.engagements[0].promises[1].kept.probability


def test_the_backed_date_is_backed_and_the_working_day_before_is_not():
    portfolio = a_portfolio(_work())
    best = _first(check(portfolio)).backed_value
    assert best == MONDAY + dt.timedelta(days=21)  # 80 % of 20 days end on the sixteenth: a Monday

    def promised(date):
        return _first(
            check(replace(portfolio, engagements=(_with_promise(portfolio, by(date)),)))
        ).kept.backed

    assert promised(best)
    assert not promised(best - dt.timedelta(days=3))


def _with_promise(portfolio, promise):
    return replace(portfolio.engagements[0], promises=(promise,))


def test_the_backed_budget_and_margin_are_backed():
    work = Activity("work", effort=ThreePoint(80, 100, 200), needs=DEV)
    limits = (
        Promise("budget", PromiseKind.COST, amount=1.0),
        Promise("margin", PromiseKind.MARGIN, amount=0.99),
    )
    engagement = an_engagement(work, price=20_000.0, fixed_cost=500.0, promises=limits)
    portfolio = a_portfolio(engagement, capacity=(Resource("dev", cost_rate=60),))
    found = check(portfolio).engagements[0].promises
    assert not any(p.kept.backed for p in found)
    better = tuple(replace(p.promise, amount=p.backed_value) for p in found)
    again = (
        check(replace(portfolio, engagements=(replace(engagement, promises=better),))).engagements[0].promises
    )
    assert all(p.kept.backed for p in again)
    assert again[0].kept.probability == pytest.approx(0.8, abs=0.001)


@pytest.mark.parametrize("probability", [0.3, 1.0])
def test_a_risk_contributes_its_probability_times_its_mean_impact(probability):
    risk = Risk("law", probability, on="work", duration=UNIFORM, cost=1000)
    engagement = an_engagement(Activity("work", duration=days(5)), risks=(risk,))
    found = check(a_portfolio(engagement, samples=20_000)).engagements[0].risks[0]
    assert found.contribution_days == pytest.approx(probability * 10, rel=0.03)
    assert found.contribution_cost == pytest.approx(probability * 1000, rel=0.03)


def test_a_risk_that_cannot_occur_contributes_nothing():
    engagement = an_engagement(Activity("work", duration=UNIFORM), risks=(Risk("law", 0.0, cost=1000),))
    assert check(a_portfolio(engagement)).engagements[0].risks[0].contribution_cost == 0


def test_what_shares_nobody_is_not_changed_by_signing_something_else():
    before, after = a_portfolio(_work("one")), a_portfolio(_work("one"), _work("other"))
    result = what_if(before, after)
    promise = result.engagements[0].promises[0]
    assert promise.before == promise.kept.probability
    assert result.engagements[1].promises[0].before is None


def _short_of_people():
    works = tuple(Activity(f"w{k}", duration=ThreePoint(4, 5, 8), needs=DEV) for k in range(4))
    promise = by(MONDAY + dt.timedelta(days=17))
    return a_portfolio(an_engagement(*works, promises=(promise,)), capacity=(Resource("dev", cost_rate=60),))


def test_one_more_person_does_what_the_remedy_says():
    portfolio = _short_of_people()
    offered = [r for r in remedies(portfolio, check(portfolio)) if r.change == OneMore("dev", 60)]
    assert len(offered) == 1
    with_two = replace(portfolio, capacity=(Resource("dev", units=2, cost_rate=60),))
    assert _first(check(with_two)).kept.probability == pytest.approx(offered[0].probability, abs=0.03)


def test_each_better_promise_is_backed_once_it_is_made():
    limits = (
        Promise("budget", PromiseKind.COST, amount=1.0),
        Promise("margin", PromiseKind.MARGIN, amount=0.99),
    )
    short = _short_of_people().engagements[0]
    engagement = replace(short, price=20_000.0, promises=(*short.promises, *limits))
    portfolio = replace(_short_of_people(), engagements=(engagement,))
    offered = {
        r.promise: r.change
        for r in remedies(portfolio, check(portfolio))
        if isinstance(r.change, BetterPromise)
    }
    better = (
        replace(engagement.promises[0], date=offered["date"].value),
        *(replace(p, amount=offered[p.id].value) for p in limits),
    )
    made = check(replace(portfolio, engagements=(replace(engagement, promises=better),)))
    assert [p.kept.backed for p in made.engagements[0].promises] == [True, True, True]


def test_a_named_member_who_is_short_is_not_offered_twice():
    portfolio = _short_of_people()
    named = replace(portfolio, capacity=(Resource("dev", cost_rate=60, named=True),))
    assert [type(r.change) for r in remedies(named, check(named))] == [BetterPromise]


def test_looking_for_remedies_tells_how_far_it_is():
    portfolio = _short_of_people()
    told = []
    remedies(portfolio, check(portfolio), told.append)
    assert told == sorted(told)
    assert told[-1] == 1


def test_backed_promises_need_no_remedy():
    portfolio = a_portfolio(_work(day=60))
    assert remedies(portfolio, check(portfolio)) == ()


def test_a_date_before_the_start_is_never_kept():
    assert _first(check(a_portfolio(_work(day=-7)))).kept.probability == 0


def test_the_samples_are_handed_on_for_pictures():
    found = check(a_portfolio(_work())).engagements[0]
    assert np.median(found.finish_samples) == pytest.approx(10, abs=0.3)


def _on(date, *activities, promised=None):
    promise = by(promised or date, of=activities[-1].id)
    return check(a_portfolio(an_engagement(*activities, promises=(promise,)))).engagements[0]


def test_a_milestone_is_not_reached_before_its_date():
    day = MONDAY + dt.timedelta(days=9)  # a Wednesday
    live = Activity("live", not_before=day)
    found = _on(day, live)
    assert (found.finish.p50, found.activities[0].finish_p50) == (day, day)
    assert found.promises[0].kept.probability == 1
    assert found.promises[0].backed_value == day
    assert _on(day, live, promised=day - dt.timedelta(days=1)).promises[0].kept.probability == 0


def test_a_milestones_date_on_a_free_day_means_the_next_working_day():
    saturday = MONDAY + dt.timedelta(days=12)
    assert _on(saturday, Activity("live", not_before=saturday)).finish.p50 == MONDAY + dt.timedelta(days=14)


def test_what_follows_a_dated_milestone_at_once_is_reached_on_that_day_and_work_takes_its_own_days():
    day = MONDAY + dt.timedelta(days=9)
    live = Activity("live", duration=days(0), not_before=day)
    told = Activity("told", after=(Link("live"),))
    assert _on(day, live, told).finish.p50 == day
    assert _on(day, live, Activity("work", duration=days(1), after=(Link("live"),))).finish.p50 == day


def test_a_milestone_after_work_is_reached_on_the_evening_of_that_work():
    engagement = _on(
        MONDAY + dt.timedelta(days=1),
        Activity("work", duration=days(2)),
        Activity("live", after=(Link("work"),), not_before=MONDAY + dt.timedelta(days=1)),
    )
    assert engagement.activities[1].finish_p50 == MONDAY + dt.timedelta(days=1)


@pytest.mark.parametrize("seed", range(5))
def test_a_risk_that_only_costs_adds_no_days_and_its_cost_as_often_as_it_occurs(seed):
    work = Activity("work", effort=ThreePoint(80, 100, 400), needs=DEV)
    risk = Risk("fine", 0.3, cost=1000)
    dev = (Resource("dev", cost_rate=60),)
    portfolio = a_portfolio(an_engagement(work, risks=(risk,)), capacity=dev, samples=500, seed=seed)
    found = check(portfolio).engagements[0].risks[0]
    occurred = simulate(portfolio).occurrence("portal", "fine", 0.3).mean()
    assert (found.contribution_days, found.contribution_cost) == (0, pytest.approx(1000 * occurred))


@pytest.mark.parametrize("seed", range(5))
def test_a_risk_on_what_costs_nothing_adds_no_cost(seed):
    work = Activity("work", effort=ThreePoint(80, 100, 400), needs=DEV)
    engagement = an_engagement(
        work, Activity("wait", duration=days(5)), risks=(Risk("law", 0.3, on="wait", duration=days(50)),)
    )
    dev = (Resource("dev", cost_rate=60),)
    found = check(a_portfolio(engagement, capacity=dev, samples=500, seed=seed)).engagements[0].risks[0]
    assert found.contribution_cost == 0
    assert found.contribution_days > 1


def test_another_promise_is_offered_with_the_probability_that_it_really_has():
    promises = (by(MONDAY + dt.timedelta(days=2)), Promise("budget", PromiseKind.COST, amount=0.5))
    work = Activity("work", effort=ThreePoint(8, 10, 12), needs=DEV)
    engagement = an_engagement(work, Activity("sign", duration=days(4)), promises=promises)
    portfolio = a_portfolio(engagement, capacity=(Resource("dev", cost_rate=0.1),))
    date, budget = remedies(portfolio, check(portfolio))
    assert (date.change.value, date.probability) == (MONDAY + dt.timedelta(days=3), 1)
    assert budget.probability == 1  # of two whole units of money, which is what is told; 80 % of the cents
