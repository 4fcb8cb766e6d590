"""The sample firm's estimates are as wrong as real ones."""

from __future__ import annotations

import statistics

import pytest

from accord.demo import spread


@pytest.mark.parametrize("how_sure", spread.SURE)
def test_three_points_rise_and_reach_further_up_the_less_is_known(how_sure: str) -> None:
    low, likely, high = spread.three_points(80, how_sure)
    assert 0 < low < likely < high
    wider = spread.three_points(80, "new")
    assert wider[0] <= low
    assert wider[2] >= high


def test_ratios_spread_as_those_of_the_software_house() -> None:
    ratios = sorted(spread.ratio_of(str(k)) for k in range(2000))
    assert statistics.median(ratios) == pytest.approx(spread.MEDIAN, rel=0.05)
    # The percentiles 20 and 80 of the data, from scripts/fit_sample_spread.py; the outermost tenths are left out,
    # so they lie at an eighth and seven eighths here.
    assert ratios[250] == pytest.approx(0.50, abs=0.08)
    assert ratios[1750] == pytest.approx(1.42, abs=0.12)


def test_the_same_key_gives_the_same_ratio() -> None:
    assert spread.ratio_of("portal/Build") == spread.ratio_of("portal/Build")
    assert spread.ratio_of("portal/Build") != spread.ratio_of("portal/Test")
