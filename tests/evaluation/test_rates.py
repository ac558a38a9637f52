import numpy as np
import pytest
from scipy import stats

from sklearn_eeg.evaluation._rates import poisson_interval, wilson_interval


@pytest.mark.parametrize("level", [0.8, 0.95])
@pytest.mark.parametrize(("found", "total"), [(0, 5), (1, 5), (5, 5), (37, 120), (1, 1)])
def test_wilson_equals_scipy(found, total, level):
    expected = stats.binomtest(found, total).proportion_ci(level, method="wilson")
    np.testing.assert_allclose(wilson_interval(found, total, level), expected, atol=1e-12)


def test_wilson_of_many_and_of_none():
    low, high = wilson_interval(np.array([0, 3, 0]), np.array([0, 3, 3]))
    np.testing.assert_array_equal(np.isnan(low), [True, False, False])
    assert high[1] == 1
    assert low[2] == 0


@pytest.mark.parametrize("count", [0, 1, 7, 300])
def test_poisson_limits_leave_half_the_rest_in_each_tail(count):
    low, high = poisson_interval(count, 1.0, 0.9)
    assert stats.poisson.cdf(count, high) == pytest.approx(0.05)
    if count:
        assert stats.poisson.sf(count - 1, low) == pytest.approx(0.05)
    else:
        assert low == 0


def test_poisson_is_a_rate():
    np.testing.assert_allclose(np.multiply(poisson_interval(5, 10.0), 10), np.array(poisson_interval(5, 1.0)))
    low, high = poisson_interval(np.array([0, 4]), np.array([2.0, 2.0]))
    assert (low < high).all()
