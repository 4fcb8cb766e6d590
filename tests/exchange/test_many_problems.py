"""Files with very much wrong in them: the answer stays quick and small, and no kind of problem hides another."""

from __future__ import annotations

import time
import tracemalloc
from pathlib import Path

import pytest

from accord.exchange.document import parse_document
from accord.exchange.engagement_file import parse_engagement_file
from accord.exchange.problems import InputError

HEAD = "accord: 1\nstart: 2027-01-04\n"
FILE = """\
accord: 1
start: 2027-01-04
capacity:
  - {id: dev, units: 2}
  - {id: ana, role: dev}
engagements:
  - id: portal
    price: 1000
    activities:
      - {id: design, effort: 10, needs: [{of: dev}]}
      - {id: build, effort: 20, needs: [{of: dev}], after: [design]}
      - {id: live, milestone: true, after: [build]}
    risks:
      - {id: late, probability: 0.5, on: build, duration: 3}
    promises:
      - {id: go-live, date: 2027-06-30, of: live}
      - {id: margin, margin: 0.2}
"""


def refused(text: str) -> InputError:
    with pytest.raises(InputError) as error:
        parse_engagement_file(parse_document(text, "f"))
    return error.value


def told(*changes: tuple[str, str]) -> list[str]:
    text = FILE
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return refused(text).lines()


def test_hints_are_worked_out_only_for_the_problems_that_are_shown():
    rows = "".join(f"  - {{id: work{k}, duration: 1, after: [wrok{k}, wirk{k}]}}\n" for k in range(5_000))
    begun = time.process_time()
    error = refused(f"{HEAD}samples: 100\nengagements:\n- id: p\n  activities:\n{rows}")
    assert len(error.lines()) == 51
    assert error.lines()[-1] == "… and 9,950 more problems"
    assert "did you mean" in error.lines()[0]
    assert time.process_time() - begun < 10  # with a hint for each of them it takes minutes


def test_a_small_file_that_aliases_make_millions_of_problems_takes_little_memory():
    row = ",".join("q" * 500)
    text = f"{HEAD}x: &a [{row}]\nengagements:\n" + "- {id: p, activities: *a}\n" * 500
    tracemalloc.start()
    lines = refused(text).lines()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(lines) == 51
    assert "at least" in lines[-1]
    assert peak < 50e6


def test_a_mapping_of_very_many_keys_is_refused_before_it_is_understood():
    keys = "".join(f"k{k}: 1\n" for k in range(1_000))
    assert "more than 100 keys" in refused(HEAD + keys).lines()[-1]


def test_a_value_of_the_wrong_kind_hides_no_unknown_reference_and_no_cycle():
    lines = told(
        ("effort: 10, needs: [{of: dev}]", "effort: ten, needs: [{of: deva}], after: [live]"),
        ("of: live", "of: life"),
        ("on: build", "on: bild"),
        ("units: 2", "units: .nan"),
    )
    assert [line.split(": ")[1] for line in lines] == [
        "capacity[0].units",
        "engagements[0].activities[0].effort",
        "engagements[0].activities[0].needs[0].of",
        "engagements[0].activities[1].after",
        "engagements[0].risks[0].on",
        "engagements[0].promises[0].of",
    ]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("start: 2027-01-04", "start: soon"),
        ("accord: 1", "accord: 2"),
        ("capacity:", "capacty:"),
        ("capacity:", "capacity: none\nx:"),
        ("id: dev, ", ""),
        ("units: 2", "units: two"),
        ("id: ana", "id: 7"),
        ("{id: ana, role: dev}", "ana"),
        ("id: portal", "id: []"),
        ("price: 1000", "price: -1"),
        ("activities:", "activites:"),
        ("activities:", "activities: none\n    x:"),
        ("id: design, ", ""),
        ("{id: design, effort: 10, needs: [{of: dev}]}", "design"),
        ("effort: 10", "efort: 10"),
        ("effort: 20, needs: [{of: dev}]", "effort: 20, needs: dev"),
        ("effort: 20, needs: [{of: dev}]", "effort: 20, needs: [{off: dev, of: dev}]"),
        ("milestone: true", "milestone: false"),
        ("after: [design]", "after: design"),
        ("after: [design]", "after: [{id: design, link: XX}]"),
        ("after: [design]", "after: [5]"),
        ("duration: 3", "duration: three"),
        ("on: build", "on: 5"),
        ("date: 2027-06-30", "date: soon"),
        ("margin: 0.2", "margin: 20"),
        ("start: 2027-01-04", "start: 2027-01-04\nstart: 2027-01-05"),
        ("id: build", "id: build, id: built"),
        ("engagements:", "engagements: none\nx:"),
    ],
)
def test_one_thing_that_is_wrong_has_no_followers(old, new):
    lines = told((old, new))
    named = [line for line in lines if "is not a key" not in line and "is missing" not in line]
    assert len(named) <= 1, lines
    assert len(lines) <= 2, lines


def test_a_second_key_and_an_endless_number_are_told_with_their_path_beside_the_rest():
    lines = told(("id: dev, units: 2", "id: dev, id: dev, units: .inf"), ("of: live", "of: life"))
    assert lines[0] == "f:4: capacity[0].id: stands here a second time; a key is allowed once"
    assert lines[1] == "f:4: capacity[0].units: .inf found; must be a finite number"
    assert "there is no activity “life”" in lines[2]


def test_an_unknown_reference_lists_what_is_known():
    assert told(("of: live", "of: nowhere"))[0].endswith(
        "there is no activity “nowhere”. Known are: design, build, live"
    )
    assert "did you mean “live”? Known are: design, build, live" in told(("of: live", "of: life"))[0]


def test_of_many_known_ids_only_some_are_listed():
    rows = "".join(f"  - {{id: a{k}, duration: 1}}\n" for k in range(2_000))
    lines = refused(
        f"{HEAD}engagements:\n- id: p\n  activities:\n{rows}  promises: [{{id: x, date: 2027-05-05, of: zz}}]"
    )
    assert lines.lines()[0].endswith("Known are: a0, a1, a2, a3, a4, a5, a6, a7 and 1,992 more")


def test_an_unknown_key_is_named_with_the_keys_of_its_place():
    lines = told(("on: build", '"x[y": build, on: build'))
    assert lines == [
        "f:14: engagements[0].risks[0].x[y: is not a key that this place knows. "
        "Known are: id, probability, on, effort, duration, cost"
    ]
    assert "did you mean price? Known are: id, priority" in told(("price: 1000", "prise: 1000"))[0]


@pytest.mark.parametrize("version", ["true", "1.0", "'1'", "2"])
def test_only_the_whole_number_1_is_the_formats_version(version):
    assert told(("accord: 1", f"accord: {version}"))[0].endswith(
        "found; must be 1, the version of the format"
    )


@pytest.mark.parametrize("value", ["false", "1", "True thing"])
def test_a_milestone_is_true_or_left_out(value):
    assert told(("milestone: true", f"milestone: {value}"))[0].endswith("found; must be true, or be left out")


@pytest.mark.parametrize(
    ("points", "words"),
    [
        ("{low: 1e-300, likely: 1, high: 10", "10 found; for lognormal at most 10,000 times low (1e-300)"),
        ("{low: 0, likely: 1, high: 10", "0 found; must be more than 0 for lognormal"),
    ],
)
def test_a_lognormal_too_wide_to_have_a_mean_is_refused_with_its_place(points, words):
    lines = told(("effort: 10", f"effort: {points}, distribution: lognormal, range: p10-p90}}"))
    assert len(lines) == 1
    assert lines[0].startswith("f:10: engagements[0].activities[0].effort.")
    assert lines[0].endswith(words)


@pytest.mark.parametrize(
    "place", ["calendar: {hours_per_day: 1e-300}\ncapacity:", "capacity:\n  - {id: x, hours_per_day: 0.1}"]
)
def test_a_working_day_has_at_least_a_quarter_of_an_hour(place):
    assert told(("capacity:", place))[0].endswith("found; must be at least 0.25")


def test_one_unit_is_told_as_one():
    assert told(("needs: [{of: dev}], after", "needs: [{of: ana, units: 2}], after"))[0].endswith(
        "takes 2 units of “ana”, which has 1\u00a0unit"
    )


def test_many_activities_still_load_through_aliases():
    rows = "".join(
        f"  - {{id: a{k}, effort: *e, needs: *n}}\n"
        if k
        else "  - {id: a0, effort: &e {low: 1, likely: 2, high: 3}, needs: &n [{of: dev}]}\n"
        for k in range(20_000)
    )
    text = f"{HEAD}samples: 100\ncapacity: [{{id: dev}}]\nengagements:\n- id: p\n  activities:\n{rows}"
    assert parse_engagement_file(parse_document(text, "f")).activity_count == 20_000


def test_a_file_that_cannot_be_read_on_still_tells_what_was_wrong_before(tmp_path: Path):
    lines = refused("accord: .nan\nstart: [").lines()
    assert len(lines) == 2
    assert "finite" in lines[0]
    assert "well-formed" in lines[1]
