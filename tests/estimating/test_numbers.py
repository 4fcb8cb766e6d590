from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from scipy.stats import beta, norm

from accord.estimating.numbers import (
    COMMON_CAUSE,
    Line,
    Points,
    differences,
    disagreement,
    half_up,
    mean_of,
    totals,
)
from accord.estimating.templatetags.estimating import about, hours

_RISING = (
    st.lists(st.decimals(0, 1_000_000, places=2), min_size=3, max_size=3)
    .map(sorted)
    .map(lambda v: Points(*v))
)


def points(low: float, likely: float, high: float) -> Points:
    return Points(Decimal(str(low)), Decimal(str(likely)), Decimal(str(high)))


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (158.5, "158.5"),
        (1112.54, "1\u202f112.5"),
        (10.25, "10.3"),
        (0.125, "0.1"),
        (12.0, "12"),
        (504.4499999999, "504.5"),
        (-0.25, "-0.3"),
    ],
)
def test_hours_are_rounded_half_up_to_tenths_as_in_the_grid(value: float, shown: str) -> None:
    assert hours(value) == shown


@pytest.mark.parametrize(("value", "told"), [(19.25, "19.3"), (1112.5, "1\u202f113"), (99.96, "100")])
def test_a_sentence_tells_whole_hours_from_a_hundred_on(value: float, told: str) -> None:
    assert about(value) == told


def test_a_mean_is_rounded_half_up() -> None:
    one, other = (
        Points(Decimal(1), Decimal("1.00"), Decimal(3)),
        Points(Decimal(1), Decimal("1.01"), Decimal(3)),
    )
    assert mean_of([one, other]).likely == Decimal("1.01")


def test_the_totals_agree_with_drawing_the_hours_many_times() -> None:
    given_points = [points(8, 10, 30), points(40, 60, 110), points(5, 5, 20), points(16, 24, 60)]
    generator = np.random.default_rng(7)
    drawn = np.zeros(200_000)
    common = generator.standard_normal(len(drawn))
    for p in given_points:
        low, likely, high = float(p.low), float(p.likely), float(p.high)
        mode = (likely - low) / (high - low)
        own = generator.standard_normal(len(drawn))
        rank = norm.cdf(np.sqrt(COMMON_CAUSE) * common + np.sqrt(1 - COMMON_CAUSE) * own)
        drawn += low + (high - low) * beta.ppf(rank, 1 + 4 * mode, 5 - 4 * mode)
    total = totals([("Developer", p) for p in given_points])[-1]
    assert total.p50 == pytest.approx(np.median(drawn), rel=0.015)
    assert total.p80 == pytest.approx(np.quantile(drawn, 0.8), rel=0.015)


def test_totals_are_given_by_role_and_last_of_all() -> None:
    found = totals([("Tester", points(1, 1, 1)), ("Developer", points(2, 2, 2)), ("Tester", points(3, 3, 3))])
    assert [(t.role, t.packages, t.likely, t.p80) for t in found] == [
        ("Developer", 1, 2, 2.0),
        ("Tester", 2, 4, 4.0),
        ("", 3, 6, 6.0),
    ]


@given(st.lists(st.tuples(st.sampled_from("ABC"), _RISING), max_size=8))
@example([("A", Points(Decimal("0.05"), Decimal("0.05"), Decimal("0.05")))])  # whose mean is a hair off
def test_the_total_is_the_sum_of_what_is_shown(given_points: list[tuple[str, Points]]) -> None:
    *roles, whole = totals(given_points)
    assert whole.likely == sum(points.shown.likely for _, points in given_points)
    assert half_up(sum(half_up(t.p50, 1) for t in roles), 1) == whole.p50 <= whole.p80


def test_of_nothing_the_total_is_nothing() -> None:
    assert totals([])[-1].p80 == 0


@pytest.mark.parametrize(
    ("one", "other", "told"),
    [
        (points(8, 10, 20), points(9, 14, 30), ""),
        (points(8, 10, 20), points(9, 15, 30), ""),
        (points(8, 10, 20), points(9, 16, 30), "1.6 times apart"),
        (points(8, 9, 10), points(11, 12, 13), "the ranges do not meet"),
        (points(0, 0, 1), points(0, 1, 2), "one says nothing, another something"),
        (points(0, 0, 0), points(0, 0, 0), ""),
    ],
)
def test_wide_disagreement_is_told(one: Points, other: Points, told: str) -> None:
    assert disagreement([one, other]) == disagreement([other, one]) == told


@given(st.lists(_RISING, min_size=1, max_size=5))
def test_means_of_rising_points_rise(opinions: list[Points]) -> None:
    mean = mean_of(opinions)
    assert mean.low <= mean.likely <= mean.high


def test_differences_tell_what_was_added_removed_and_changed() -> None:
    old = [
        Line("w1", "Build", "Dev", points(1, 10, 20)),
        Line("w2", "Test", "Dev", points(1, 2, 3)),
        Line("w4", "Same", "Dev", None),
    ]
    new = [
        Line("w3", "Migrate", "Dev", points(1, 5, 9)),
        Line("w1", "Build", "Dev", points(1, 12, 20)),
        Line("w4", "Same", "Dev", None),
    ]
    found = [(d.code, d.kind, d.change) for d in differences(old, new)]
    assert found == [("w3", "added", 5), ("w1", "changed", 2), ("w2", "removed", -2)]
