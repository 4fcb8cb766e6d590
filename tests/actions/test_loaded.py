"""What a row held when it was read is told only when it changes, and then exactly."""

from __future__ import annotations

import datetime as dt

from accord.actions.call import Call
from accord.engagements.models import Engagement
from accord.planning.models import PromiseCheck, Scenario


def test_a_list_that_was_changed_inside_is_told_as_it_was() -> None:
    scenario = Scenario.from_db("default", ["id", "name", "changes"], [1, "Later", [{"kind": "date"}]])
    scenario.changes[0]["kind"] = "price"
    call = Call("try")
    call.changed(scenario, scenario._stored)
    [change] = call.changes
    assert (change.before, change.after) == (
        {"changes": [{"kind": "date"}]},
        {"changes": [{"kind": "price"}]},
    )


def test_a_date_is_told_as_text_and_what_stays_is_not_told() -> None:
    names = ["id", "title", "next_step_on"]
    engagement = Engagement.from_db("default", names, [1, "Portal", dt.date(2027, 1, 4)])
    engagement.next_step_on = None
    call = Call("plan")
    call.changed(engagement, engagement._stored)
    [change] = call.changes
    assert (change.before, change.after) == ({"next_step_on": "2027-01-04"}, {"next_step_on": None})


def test_what_is_secret_is_never_told() -> None:
    check = PromiseCheck.from_db("default", ["id", "result", "stale"], [1, {"price": 7}, False])
    check.result, check.stale = {"price": 8}, True
    call = Call("finish")
    call.changed(check, check._stored)
    [change] = call.changes
    assert (change.before, change.after) == ({"stale": "False"}, {"stale": "True"})
