"""Other portfolios made of given ones: merged, without somebody, with other promises."""

import datetime as dt
from dataclasses import replace

import pytest

from accord.engine.plan import Calendar, PromiseKind, Resource
from accord.exchange.problems import InputError
from accord.exchange.what_if import with_engagements_of, with_promises, without_engagements
from tests.exchange.handmade_results import START, portfolio


def told(error: pytest.ExceptionInfo[InputError]) -> str:
    return "\n".join(error.value.lines())


def test_the_other_file_brings_its_engagements_with_their_start_and_its_new_people():
    other = replace(
        portfolio("harbour"), start=dt.date(2027, 3, 1), capacity=(Resource("analyst"), Resource("tester"))
    )
    merged = with_engagements_of(portfolio("portal"), other, "other.yaml")
    assert [e.id for e in merged.engagements] == ["portal", "harbour"]
    assert merged.engagements[1].start == dt.date(2027, 3, 1)
    assert merged.start == START
    assert [r.id for r in merged.capacity] == ["dev", "analyst", "tester"]


def test_all_that_does_not_fit_is_told_at_once():
    other = replace(
        portfolio("portal"),
        currency="USD",
        capacity=(Resource("dev", units=4),),
        calendar=Calendar(hours_per_day=7, holidays=frozenset({dt.date(2027, 1, 6)})),
    )
    with pytest.raises(InputError) as error:
        with_engagements_of(portfolio("portal"), other, "other.yaml")
    text = told(error)
    for words in ("USD", "calendar.hours_per_day", "calendar.holidays", "2027-01-06", "'dev'", "'portal'"):
        assert words in text
    assert all(line.startswith("other.yaml") for line in error.value.lines())


def test_an_unknown_engagement_gets_a_suggestion():
    with pytest.raises(InputError) as error:
        without_engagements(portfolio("portal", "harbour"), ["portl"], "file.yaml")
    assert "did you mean 'portal'" in told(error)
    with pytest.raises(InputError) as error:
        without_engagements(portfolio("portal", "harbour"), ["xyz"], "file.yaml")
    assert "known are: portal, harbour" in told(error)


def test_the_last_engagement_stays():
    with pytest.raises(InputError, match="problems"):
        without_engagements(portfolio("portal"), ["portal"], "file.yaml")


def test_promises_of_every_kind_are_added():
    options = ["finish=2027-06-30", "cost=95000", "margin=0.3", "task-1=2027-02-01"]
    promises = with_promises(portfolio(), options, "f").engagements[0].promises
    assert [p.kind for p in promises] == [
        *(PromiseKind.DATE, PromiseKind.COST, PromiseKind.MARGIN, PromiseKind.DATE),
    ]
    assert [p.of for p in promises] == [None, None, None, "task-1"]


def test_a_promise_of_the_same_name_is_replaced():
    once = with_promises(portfolio(), ["finish=2027-06-30"], "f")
    twice = with_promises(once, ["finish=2027-07-30"], "f")
    assert [p.date for p in twice.engagements[0].promises] == [dt.date(2027, 7, 30)]


@pytest.mark.parametrize(
    ("option", "words"),
    [
        ("finish", "NAME=VALUE"),
        ("finish=soon", "no date"),
        ("cost=much", "no number"),
        ("cost=-1", "at least 0"),
        ("cost=nan", "out of bounds"),
        ("margin=30", "at most 1"),
        ("task-11=2027-01-01", "did you mean 'task-1'"),
    ],
)
def test_a_wrong_promise_says_what_is_wrong(option, words):
    with pytest.raises(InputError) as error:
        with_promises(portfolio(), [option], "f")
    assert words in told(error)


def test_a_margin_needs_a_price():
    with pytest.raises(InputError) as error:
        with_promises(portfolio(price=None), ["margin=0.3"], "f")
    assert "needs a price" in told(error)


def test_promises_need_exactly_one_engagement():
    with pytest.raises(InputError) as error:
        with_promises(portfolio("a", "b"), ["cost=1"], "f")
    assert "exactly one engagement" in told(error)
