"""The story that the sign-in page tells can be played: a promise without a plan becomes one with a plan behind it."""

from __future__ import annotations

import datetime as dt

import pytest

from accord.actions.refusals import Refused
from accord.demo.firm import mail_of
from accord.engagements.actions import Said, record_expectation
from accord.engagements.models import Engagement, Expectation
from accord.engagements.rules import ASKED_CONFIDENCE, Profile
from accord.estimating import actions as estimating
from accord.estimating import queries
from accord.estimating.models import Estimate, Template
from accord.estimating.rules import Row
from accord.people.models import Member
from accord.planning.actions import make_plan
from accord.planning.checking.actions import adopt_scenario, ask_for_check, try_scenario
from accord.planning.models import PromiseCheck


def _member(key: str) -> Member:
    return Member.objects.get(email=mail_of(key))


def _portal() -> Engagement:
    return Engagement.objects.get(title="Claims portal")


def given(estimator: Member, estimate: Estimate, like: Member) -> None:
    """An estimator gives the hours that somebody else thought of too, as their own, and is done."""
    estimate = Estimate.objects.get(pk=estimate.pk)
    thought = {row.package.code: row.points for row in queries.grid(like, estimate).rows if row.points}
    grid = queries.grid(estimator, estimate)
    rows = [
        Row(p.code, p.level, p.name, p.role, p.units, points.low, points.likely, points.high)
        if (points := thought.get(p.code))
        else Row(p.code, p.level, p.name, p.role, p.units)
        for p in (row.package for row in grid.rows)
    ]
    estimating.save_grid(estimator, estimate, rows, grid.revision)


def test_the_story_goes_from_said_to_backed(sample_firm: None) -> None:
    mara, elif_, benedikt, tomasz, priya = map(_member, ("mara", "elif", "benedikt", "tomasz", "priya"))
    said = Said("time", "Pilot with ten handlers", dt.date.today(), date=dt.date.today() + dt.timedelta(80))
    record_expectation(mara, _portal(), said)
    estimate = estimating.ask_for_estimate(
        mara, _portal(), "What does the portal take?", None, [elif_, benedikt], tomasz
    )
    estimate = estimating.use_template(elif_, estimate, Template.objects.get(name="Customer portal"))
    for estimator in (elif_, benedikt):
        given(estimator, estimate, elif_)
    for estimator in (elif_, benedikt):
        estimating.finish_contribution(estimator, estimate)
    estimate = estimating.deliver_estimate(benedikt, estimate)
    with pytest.raises(Refused):
        estimating.approve_estimate(mara, estimate)
    left_out = {e.pk: "It is offered as an option." for e in queries.uncovered(estimate)}
    estimating.approve_estimate(tomasz, estimate, left_out)
    make_plan(priya, _portal(), dt.date.today() + dt.timedelta(7))
    asked = ASKED_CONFIDENCE[Profile(_portal().profile)]
    check = ask_for_check(priya, _portal())
    assert check.state == PromiseCheck.State.DONE, check.problem
    promised = _portal().expectations.get(subject="Go-live")
    assert promised.belief.probability < asked
    ways = check.result["remedies"]
    assert ways
    later = next(way for way in ways if way["changes"][0]["kind"] == "date")
    scenario = try_scenario(priya, _portal(), "Promise a later date", later["changes"])
    adopt_scenario(priya, scenario)
    current = _portal().expectations.filter(kind=Expectation.Kind.TIME, restated_by=None)
    assert any(e.belief.probability >= asked for e in current)


def test_what_was_over_sold_is_red_and_what_is_in_review_is_green(sample_firm: None) -> None:
    found = {}
    for title in ("Customer self-service app", "ERP rollout, phase 1", "Planning applications online"):
        engagement = Engagement.objects.get(title=title)
        check = ask_for_check(_member("tomasz"), engagement)
        assert check.state == PromiseCheck.State.DONE, check.problem
        asked = ASKED_CONFIDENCE[Profile(engagement.profile)]
        promised = engagement.expectations.filter(
            kind__in=["time", "cost"], restated_by=None, withdrawal=None
        )
        found[title] = [e.belief.probability >= asked for e in promised.select_related("belief")]
    assert sum(found["Customer self-service app"]) <= 1
    assert not any(found["ERP rollout, phase 1"])
    assert all(found["Planning applications online"])
