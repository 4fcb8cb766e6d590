import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats

from accord.engine.distributions import Z90, quantile, variable
from accord.engine.plan import Distribution, Range, ThreePoint

Z = np.linspace(-4, 4, 81)


def _quantiles(estimate: ThreePoint) -> np.ndarray:
    found = variable(estimate)
    return np.array([quantile(found, z) for z in Z])


@pytest.mark.parametrize("likely", [10.0, 11.3, 25.0, 39.99, 50.0])
def test_pert_is_the_beta_distribution_with_shape_four(likely):
    mode = (likely - 10) / 40
    expected = 10 + 40 * stats.beta(1 + 4 * mode, 5 - 4 * mode).ppf(stats.norm.cdf(Z))
    assert np.abs(_quantiles(ThreePoint(10, likely, 50)) - expected).max() < 40 * 1e-4


@pytest.mark.parametrize("likely", [10.0, 11.3, 25.0, 50.0])
def test_triangular_and_uniform_have_their_textbook_quantiles(likely):
    triangular = ThreePoint(10, likely, 50, Distribution.TRIANGULAR)
    expected = 10 + 40 * stats.triang((likely - 10) / 40).ppf(stats.norm.cdf(Z))
    assert np.abs(_quantiles(triangular) - expected).max() < 40 * 3e-4
    uniform = ThreePoint(10, likely, 50, Distribution.UNIFORM)
    assert np.abs(_quantiles(uniform) - (10 + 40 * stats.norm.cdf(Z))).max() < 40 * 1e-4


def test_the_mean_of_pert_is_low_plus_four_likely_plus_high_over_six():
    assert variable(ThreePoint(10, 20, 60)).mean == pytest.approx((10 + 80 + 60) / 6)


@given(
    low=st.floats(1, 100), up=st.floats(0.01, 100), more=st.floats(0.01, 100),
    distribution=st.sampled_from(list(Distribution)),
)  # fmt: skip
def test_percentile_ranges_put_a_tenth_below_low_and_a_tenth_above_high(low, up, more, distribution):
    estimate = ThreePoint(low, low + up, low + up + more, distribution, Range.P10_P90)
    found = variable(estimate)
    assume(distribution is Distribution.LOGNORMAL or found.base >= 0)
    # Between its nodes the quantile table is exact to some 2e-5 of the width.
    close = 5e-5 * (up + more)
    assert quantile(found, -Z90) == pytest.approx(estimate.low, abs=close)
    assert quantile(found, Z90) == pytest.approx(estimate.high, abs=close)


@given(st.tuples(*[st.floats(0, 1000)] * 3), st.sampled_from([Distribution.PERT, Distribution.TRIANGULAR]))
def test_values_stay_between_low_and_high_and_grow_with_their_quantile(points, distribution):
    low, likely, high = sorted(points)
    values = _quantiles(ThreePoint(low, likely, high, distribution))
    assert (np.diff(values) >= -1e-9).all()
    assert values.min() >= low - 1e-9
    assert values.max() <= high + 1e-9
