"""Engagement files: everything that is wrong is told at once with its line, and nothing hostile does harm."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accord.engine.plan import (
    Absence,
    Activity,
    Engagement,
    Link,
    LinkType,
    Need,
    Portfolio,
    Promise,
    PromiseKind,
    Resource,
    Risk,
    ThreePoint,
)
from accord.exchange.engagement_file import read_engagement_file, to_document
from accord.exchange.problems import InputError

GOOD = """\
accord: 1
currency: EUR
start: 2027-01-04
capacity:
  - {id: dev, units: 2}
engagements:
  - id: portal
    activities:
      - {id: build, effort: 10, needs: [{of: dev}]}
"""


@pytest.fixture
def lines(tmp_path: Path):
    def refused(text: str | bytes) -> list[str]:
        path = tmp_path / "f.yaml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        with pytest.raises(InputError) as error:
            read_engagement_file(path)
        return [line.removeprefix(str(path)) for line in error.value.lines()]

    return refused


def _with(old: str, new: str) -> str:
    assert old in GOOD
    return GOOD.replace(old, new)


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("accord: 1", "accord: 2", 1),
        ("EUR", "euro", 2),
        ("2027-01-04", "2027-02-30", 3),
        ("2027-01-04", "1899-01-01", 3),
        ("2027-01-04", "2500-01-01", 3),
        ("2027-01-04", "true", 3),
        ("units: 2", "units: .nan", 5),
        ("units: 2", "units: .inf", 5),
        ("units: 2", "units: true", 5),
        ("units: 2", "units: '2'", 5),
        ("units: 2", "units: -1", 5),
        ("units: 2", "unit: 2", 5),
        ("effort: 10", "effort: 1e400", 9),
        ("effort: 10", "effort: yes", 9),
        ("effort: 10", "effort: {low: 3, likely: 2, high: 4}", 9),
        ("effort: 10", "effort: 10, duration: 3", 9),
        ("effort: 10, ", "", 9),
        ("effort: 10", "effort: {low: 1, likely: 2, high: 4, distribution: lognormal}", 9),
        ("of: dev", "of: devs", 9),
        ("of: dev", "of: dev, units: 3", 9),
        ("needs: [{of: dev}]", "needs: [{of: dev}], after: [nothing]", 9),
        ("needs: [{of: dev}]", "needs: [{of: dev}], after: [build]", 9),
        ("needs: [{of: dev}]", "done: 1.5", 9),
        ("id: build", "id: ''", 9),
        ("id: build", "id: build, id: build", 9),
    ],
)
def test_what_is_wrong_is_told_once_with_its_line(lines, old, new, line):
    found = lines(_with(old, new))
    assert len(found) == 1, found
    assert found[0].startswith(f":{line}: ")


def test_all_problems_are_told_together_in_the_files_order(lines):
    found = lines(
        GOOD.replace("EUR", "euro").replace("units: 2", "units: -1").replace("effort: 10", "effort: x")
    )
    assert [line.split(":")[1] for line in found] == ["2", "5", "9"]


def test_a_cycle_is_told_with_its_members(lines):
    text = GOOD + "      - {id: a, duration: 1, after: [b]}\n      - {id: b, duration: 1, after: [a]}\n"
    assert len(lines(text)) == 1
    assert "a" in lines(text)[0]
    assert "b" in lines(text)[0]


BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{b}: &{b} [{','.join(['*' + a] * 9)}]\n" for a, b in zip("abcdefghij", "bcdefghijk", strict=True)
)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "null",
        "text",
        BOMB,
        "a: &a [*a]",
        "[" * 20_000,
        "{a: " * 20_000,
        "!!python/object/apply:os.system [ls]",
        "accord: 1\n\tstart: x",
        "accord: 1\n---\naccord: 1",
        b"\xff\xfe\x00",
        b"caf\xe9: 1",
        "a\x00b: 1",
        "a: " + "9" * 100_000,
        _with("engagements:", "engagements: []\nother:"),
    ],
)
def test_hostile_and_empty_files_are_refused_in_words(lines, text):
    found = lines(text)
    assert found
    assert all(len(line) < 400 for line in found)


def test_too_much_work_is_refused_before_it_is_done(lines):
    many = GOOD.partition("      - ")[0] + "".join(
        f"      - {{id: a{k}, duration: 1}}\n" for k in range(100_001)
    )
    assert "100,000" in lines(many)[0]


_names = st.text(st.characters(codec="utf-8", categories=["L", "N", "S"]), min_size=1, max_size=8)
_dates = st.dates(dt.date(2027, 1, 4), dt.date(2199, 1, 1))
_amounts = st.floats(0, 9_000).map(lambda x: round(x, 3))


@st.composite
def _points(draw):
    low, likely, high = sorted(draw(st.tuples(_amounts, _amounts, _amounts)))
    return ThreePoint(low, likely, high)


@st.composite
def _portfolios(draw):
    ids = draw(st.lists(_names, min_size=3, max_size=6, unique=True))
    role, member = "role", "member"
    activities: list[Activity] = []
    for place, name in enumerate(ids):
        before = draw(st.lists(st.sampled_from(ids[:place]), unique=True)) if place else []
        links = tuple(
            Link(b, draw(st.sampled_from(list(LinkType))), float(draw(st.integers(-9, 9)))) for b in before
        )
        size = draw(st.sampled_from(["effort", "duration", "none"])) if place else "duration"
        needs = (Need(role, draw(st.sampled_from([0.5, 1.0]))),) if size != "none" else ()
        sized = {size: draw(_points())} if size != "none" else {}
        activities.append(
            Activity(
                name,
                needs=needs,
                after=links,
                not_before=draw(st.none() | _dates),
                done=draw(st.sampled_from([0.0, 0.25])) if size != "none" else 0.0,
                **sized,
            )
        )
    begin = draw(_dates)
    capacity = (
        Resource(role, 2.0, draw(_amounts)),
        Resource(member, cost_rate=1.0, named=True, role=role, away=(Absence(begin, begin),)),
    )
    risks = (Risk("r", 0.5, cost=1 + draw(_amounts)), Risk("s", 0.25, on=ids[0], duration=draw(_points())))
    promises = (
        Promise("d", PromiseKind.DATE, date=draw(_dates), of=ids[-1]),
        Promise("c", PromiseKind.COST, amount=draw(_amounts)),
        Promise("m", PromiseKind.MARGIN, amount=0.25),
    )
    engagement = Engagement(
        "e", tuple(activities), 2, draw(st.none() | _dates), 0.5, 10.0, 5000.0, risks, promises
    )
    return Portfolio(dt.date(2027, 1, 4), (engagement,), capacity)


@settings(max_examples=60, deadline=None)
@given(_portfolios())
def test_what_is_written_is_read_back_the_same(tmp_path_factory, portfolio):
    path = tmp_path_factory.mktemp("written") / "f.json"
    path.write_text(json.dumps(to_document(portfolio)), encoding="utf-8")
    assert read_engagement_file(path) == portfolio
