"""What a second file takes from the first, and what it may not say otherwise."""

import json

import pytest

from accord.exchange.document import parse_document
from accord.exchange.engagement_file import parse_engagement_file, to_document
from accord.exchange.problems import InputError
from accord.exchange.what_if import with_engagements_of

WORK = "engagements: [{id: %s, activities: [{id: build, duration: 3, needs: [{of: %s}]}]}]\n"
FIRST = (
    "accord: 1\nstart: 2027-01-04\ncurrency: CHF\n"
    "calendar: {hours_per_day: 7.5, workdays: [mon, tue, wed], holidays: [2027-01-06]}\n"
    "capacity:\n- {id: dev, units: 2, cost_rate: 60}\n- {id: ana, role: dev, cost_rate: 70}\n"
    + WORK
    % ("portal", "dev")
)


def _read(text, first=None):
    return parse_engagement_file(parse_document(text, "f"), first)


def _other(own="", of="ana"):
    return _read("accord: 1\nstart: 2027-02-01\n" + own + WORK % ("harbour", of), _read(FIRST))


def test_nothing_said_means_all_that_the_first_file_says():
    first, other = to_document(_read(FIRST)), to_document(_other())
    assert all(first[key] == other[key] for key in ("currency", "calendar", "capacity"))
    assert other["start"] == "2027-02-01"


@pytest.mark.parametrize(
    "own",
    [
        "calendar: {holidays: [2027-01-06]}\n",
        "capacity: [{id: dev}]\n",
        "capacity: [{id: ana, cost_rate: 70}]\n",
        "capacity: [{id: bob}, {id: ana, role: dev}]\n",
    ],
)
def test_what_is_said_in_part_is_completed_and_goes_together_with_the_first_file(own):
    merged = with_engagements_of(_read(FIRST), _other(own), "other")
    assert merged.capacity[:2] == _read(FIRST).capacity
    assert merged.calendar == _read(FIRST).calendar


@pytest.mark.parametrize(
    ("own", "words"),
    [
        ("currency: EUR\n", "currency: EUR here, CHF in one"),
        ("calendar: {hours_per_day: 8}\n", "8 here, 7.5 in one"),
        ("calendar: {holidays: [2027-01-07]}\n", "2027-01-07 here, 2027-01-06 in one"),
        ("calendar: {holidays: []}\n", "none of them here, 2027-01-06 in one"),
        ("capacity: [{id: dev, units: 3}]\n", "'dev': units is 3 here, 2 in one"),
        ("capacity: [{id: ana, units: 1}]\n", "'ana': role is nothing here, 'dev' in one"),
        (
            "capacity: [{id: ana, away: [{from: 2027-02-01, to: 2027-02-02}]}]\n",
            "'ana': away is 2027-02-01 to 2027-02-02 here, never in one",
        ),
    ],
)
def test_what_is_said_otherwise_is_refused_with_both_values(own, words):
    with pytest.raises(InputError) as error:
        with_engagements_of(_read(FIRST), _other(own), "other", "one")
    assert len(error.value.lines()) == 1
    assert words in error.value.lines()[0]


@pytest.mark.parametrize("own", ["calendar: none\n", "capacity: none\n", "capacity: [none, {id: 5}]\n"])
def test_what_cannot_be_read_is_told_as_in_any_file(own):
    with pytest.raises(InputError) as error:
        _other(own)
    assert "found; must be" in error.value.lines()[0]


def test_no_mapping_at_all_is_told_as_in_any_file():
    with pytest.raises(InputError):
        _read(json.dumps([1]), _read(FIRST))
