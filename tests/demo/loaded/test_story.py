"""The story that the sign-in page tells can be played: a promise without a plan becomes one with a plan behind it."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from accord.actions.refusals import Refused
from accord.demo.firm import mail_of
from accord.engagements.actions import Said, record_expectation, restate_expectation
from accord.engagements.models import Engagement
from accord.engagements.policies.in_force import in_force
from accord.estimating import actions as estimating
from accord.estimating.models import Estimate, Template
from accord.estimating.queries import uncovered
from accord.estimating.rules import Row
from accord.people.models import Member
from accord.planning.actions import make_plan
from accord.planning.checking.actions import adopt_scenario, ask_for_check, try_scenario
from accord.planning.checking.telling import to_tell
from accord.planning.models import PromiseCheck


def _member(key: str) -> Member:
    return Member.objects.get(email=mail_of(key))


def _portal() -> Engagement:
    return Engagement.objects.get(title="Claims portal")


def _own_hours(estimate: Estimate) -> list[Row]:
    """The template's breakdown, with hours a tenth higher."""
    lines = Template.objects.get(name="Customer portal").body["packages"]
    rows = []
    for package, line in zip(estimate.packages.all(), lines, strict=True):
        low, likely, high = (
            Decimal(line[name]) * Decimal("1.1") if "likely" in line else None
            for name in ("low", "likely", "high")
        )
        rows.append(
            Row(package.code, package.level, package.name, package.role, package.units, low, likely, high)
        )
    return rows


def test_the_story_goes_from_said_to_backed(sample_firm: None) -> None:
    mara, elif_, benedikt, tomasz, priya = map(_member, ("mara", "elif", "benedikt", "tomasz", "priya"))
    said = Said("time", "Pilot with ten handlers", dt.date.today(), date=dt.date.today() + dt.timedelta(80))
    record_expectation(mara, _portal(), said)
    estimate = estimating.ask_for_estimate(
        mara, _portal(), "What does the portal take?", None, [elif_, benedikt], tomasz
    )
    estimate = estimating.use_template(elif_, estimate, Template.objects.get(name="Customer portal"))
    for estimator in (elif_, benedikt):
        estimate = estimating.save_grid(estimator, estimate, _own_hours(estimate), estimate.revision)
        estimating.finish_contribution(estimator, estimate)
    estimate = estimating.deliver_estimate(benedikt, estimate)
    with pytest.raises(Refused):
        estimating.approve_estimate(mara, estimate)
    left_out = {e.pk: "It comes in the second phase." for e in uncovered(estimate)}
    estimating.approve_estimate(tomasz, estimate, left_out)
    make_plan(priya, _portal(), dt.date.today() + dt.timedelta(7))
    asked = in_force().asked(_portal().profile)
    check = ask_for_check(priya, _portal())
    assert check.state == PromiseCheck.State.DONE, check.problem
    promised = _portal().expectations.get(subject="Go-live")
    assert promised.belief.probability < asked
    ways = check.result["remedies"]
    assert ways
    later = next(way for way in ways if way["kind"] == "date" and f"x{promised.pk}" in way["about"])
    scenario = try_scenario(priya, _portal(), "Promise a later date", later["changes"])
    adopt_scenario(priya, scenario)
    still_to_tell = to_tell(_portal())
    assert promised in [told.expectation for told in still_to_tell]
    for told in still_to_tell:
        old = told.expectation
        on_the_phone = Said("time", old.subject, dt.date.today(), date=told.date, contact=old.contact)
        restate_expectation(mara, old, on_the_phone)
    current = _portal().expectations.get(subject="Go-live", restated_by=None)
    assert current.belief.probability >= asked
    assert not to_tell(_portal())


def test_what_was_over_sold_is_red_and_what_is_in_review_is_green(sample_firm: None) -> None:
    found = {}
    for title in ("Customer self-service app", "ERP rollout, phase 1", "Planning applications online"):
        engagement = Engagement.objects.get(title=title)
        check = ask_for_check(_member("tomasz"), engagement)
        assert check.state == PromiseCheck.State.DONE, check.problem
        asked = in_force().asked(engagement.profile)
        promised = engagement.expectations.filter(
            kind__in=["time", "cost"], restated_by=None, withdrawal=None
        )
        found[title] = [e.belief.probability >= asked for e in promised.select_related("belief")]
    assert sum(found["Customer self-service app"]) <= 1
    assert not any(found["ERP rollout, phase 1"])
    assert all(found["Planning applications online"])
