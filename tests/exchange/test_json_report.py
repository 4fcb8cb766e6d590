"""The JSON documents keep the contract's keys, their order and their rounding."""

import datetime as dt
import json
from pathlib import Path

from accord.engine.scheduling import Assigned, Schedule, ScheduledActivity, ScheduledEngagement
from accord.exchange.engagement_file import json_schema
from accord.exchange.json_report import check_document, schedule_document
from tests.exchange.handmade_results import portfolio, result


def test_a_check_has_the_keys_of_the_contract_in_their_order():
    document = check_document(result(portfolio("portal")))
    assert list(document) == ["accord", "samples", "seed", "confidence", "currency", "engagements", "all"]
    engagement = document["engagements"][0]
    assert list(engagement) == [
        *("id", "promises", "joint", "finish", "cost", "margin"),
        *("working_days", "activities", "risks", "waiting"),
    ]
    assert list(engagement["activities"][0]) == [
        *("id", "criticality", "sensitivity", "finish_p50", "finish_p80"),
    ]
    json.dumps(document, allow_nan=False)


def test_only_a_date_promise_says_of_what_it_is():
    date, cost = check_document(result(portfolio()))["engagements"][0]["promises"]
    assert list(date) == [
        *("id", "kind", "value", "of", "probability", "standard_error", "backed", "backed_value"),
    ]
    assert date["value"] == "2027-05-11"
    assert "of" not in cost
    assert isinstance(cost["backed_value"], float)


def test_without_a_price_there_is_no_margin():
    assert "margin" not in check_document(result(portfolio(price=None)))["engagements"][0]


def test_only_a_what_if_tells_the_probability_before():
    plain = check_document(result(portfolio()))["engagements"][0]["promises"][0]
    compared = check_document(result(portfolio(), before=0.9))["engagements"][0]["promises"][0]
    assert "probability_before" not in plain
    assert "change" not in plain
    assert compared["probability_before"] == 0.9
    assert compared["change"] == round(compared["probability"] - 0.9, 4)


def test_probabilities_have_four_decimals_and_money_two():
    engagement = check_document(result(portfolio()))["engagements"][0]
    assert engagement["cost"]["mean"] == round(engagement["cost"]["mean"], 2)
    assert engagement["joint"]["standard_error"] == round(engagement["joint"]["standard_error"], 4)


def test_a_schedule_names_members_only_where_there_are_some():
    day = dt.date(2027, 1, 11)
    people = Assigned("dev", 2.0, ("ana",)), Assigned("analyst", 1.0, ())
    activity = ScheduledActivity("design", day, day, 0.0, 1 / 3, True, people)
    schedule = Schedule(93.0, None, None, (ScheduledEngagement("portal", 93.0, (activity,)),))
    document = schedule_document(schedule)
    assert list(document) == ["accord", "makespan_days", "lower_bound_days", "optimal", "engagements"]
    told = document["engagements"][0]["activities"][0]
    assert told["finish_day"] == 0.3333
    assert told["assigned"] == [
        {"of": "dev", "units": 2.0, "members": ["ana"]},
        {"of": "analyst", "units": 1.0},
    ]


def test_the_schema_in_the_docs_is_the_one_that_the_program_prints():
    shipped = Path(__file__).parents[2] / "docs" / "engagement-file.schema.json"
    assert json.loads(shipped.read_text(encoding="utf-8")) == json_schema()
