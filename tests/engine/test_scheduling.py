import datetime as dt
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accord.engine.optimiser import OptimiserMissing
from accord.engine.plan import Activity, Link, LinkType, Need, Resource
from accord.engine.scheduling import schedule
from tests.builders import BEST_KNOWN, MONDAY, a_portfolio, an_engagement, days, psplib, violations
from tests.engine.test_simulation import _crowded


@pytest.mark.parametrize("name", BEST_KNOWN)
def test_published_instances_are_scheduled_feasibly_and_not_better_than_the_best_known(name):
    portfolio = psplib(name)
    found = schedule(portfolio)
    assert violations(portfolio, found) == []
    assert BEST_KNOWN[name] <= found.makespan_days <= 1.1 * BEST_KNOWN[name]


def test_the_solver_proves_an_easy_published_instance_optimal():
    portfolio = psplib("j90_1_1")
    found = schedule(portfolio, optimise_seconds=20)
    assert violations(portfolio, found) == []
    assert found.lower_bound_days <= BEST_KNOWN["j90_1_1"] <= found.makespan_days
    assert found.optimal == (found.makespan_days == found.lower_bound_days)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000))
def test_every_schedule_keeps_its_links_and_nobody_is_in_two_places(seed):
    portfolio = _crowded(seed)
    assert violations(portfolio, schedule(portfolio)) == []


@settings(max_examples=4, deadline=None)
@given(st.integers(0, 10_000))
def test_the_solver_is_never_worse_and_its_bound_never_above_its_plan(seed):
    portfolio = _crowded(seed)
    found = schedule(portfolio, optimise_seconds=1)
    assert violations(portfolio, found) == []
    assert found.lower_bound_days <= found.makespan_days + 1e-9
    assert found.makespan_days <= schedule(portfolio).makespan_days


def test_what_one_person_has_to_do_is_the_bound():
    works = [Activity(x, duration=days(n), needs=(Need("dev"),)) for x, n in (("a", 2), ("b", 3), ("c", 4))]
    found = schedule(a_portfolio(an_engagement(*works), capacity=(Resource("dev"),)), optimise_seconds=5)
    assert (found.makespan_days, found.lower_bound_days, found.optimal) == (9, 9, True)


def test_without_the_solver_nothing_is_guessed(monkeypatch):
    monkeypatch.setitem(sys.modules, "ortools.sat.python", None)
    with pytest.raises(OptimiserMissing, match=r"\.venv/bin/pip install ortools$"):
        schedule(psplib("j90_1_1"), optimise_seconds=1)


def test_a_priority_is_kept_even_where_the_whole_would_be_shorter():
    def work(name, priority, length):
        return an_engagement(
            Activity("work", duration=days(length), needs=(Need("dev"),)), id=name, priority=priority
        )

    portfolio = a_portfolio(work("b", 2, 1), work("a", 1, 5), capacity=(Resource("dev"),))
    for found in (schedule(portfolio), schedule(portfolio, optimise_seconds=1)):
        assert [e.makespan_days for e in found.engagements] == [6, 5]


def test_the_plan_says_who_is_taken_from_a_role():
    capacity = (Resource("dev", units=1), Resource("ana", named=True, role="dev"))
    works = [Activity(x, duration=days(2), needs=(Need("dev"),)) for x in "ab"]
    found = schedule(a_portfolio(an_engagement(*works), capacity=capacity))
    assert sorted(a.assigned[0].members for a in found.engagements[0].activities) == [(), ("ana",)]


def test_a_member_who_serves_a_need_of_their_own_is_not_listed_for_their_role_too():
    capacity = (Resource("dev", units=1), *(Resource(x, named=True, role="dev") for x in ("ana", "ben")))
    work = Activity("work", duration=days(2), needs=(Need("dev", 2), Need("ana")))
    found = schedule(a_portfolio(an_engagement(work), capacity=capacity))
    assert [a.members for a in found.engagements[0].activities[0].assigned] == [("ben",), ()]


def test_a_milestone_is_scheduled_on_its_date():
    day = MONDAY + dt.timedelta(days=9)
    found = (
        schedule(a_portfolio(an_engagement(Activity("live", not_before=day)))).engagements[0].activities[0]
    )
    assert (found.start, found.finish, found.finish_day) == (day, day, 7)


def test_what_the_end_depends_on_is_critical():
    found = schedule(
        a_portfolio(
            an_engagement(
                Activity("long", duration=days(5)),
                Activity("short", duration=days(2)),
                Activity("end", after=(Link("long"), Link("short", LinkType.SS, 1))),
            )
        )
    )
    assert [a.critical for a in found.engagements[0].activities] == [True, False, True]


def test_half_people_can_do_two_things_at_once():
    works = [Activity(x, duration=days(2), needs=(Need("ana", 0.5),)) for x in "abc"]
    found = schedule(a_portfolio(an_engagement(*works), capacity=(Resource("ana", named=True),)))
    assert found.makespan_days == 4
    assert np.isclose(sorted(a.start_day for a in found.engagements[0].activities), [0, 0, 2]).all()
