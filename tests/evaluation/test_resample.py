import numpy as np
import pytest
from scipy import stats

from sklearn_eeg.evaluation._resample import (
    METHODS,
    check_resampling,
    draw_units,
    interval,
    leave_one_out,
)


def limits(estimate, replicates, method="percentile", level=0.9, n_units=20, left_out=None):
    return interval(
        np.atleast_1d(estimate).astype(float),
        np.asarray(replicates, dtype=float).reshape(len(replicates), -1),
        method=method,
        confidence_level=level,
        n_units=n_units,
        left_out=left_out,
    )


def test_draws_are_multinomial():
    weights = np.concatenate(list(draw_units(5, 20_000, 0, 3000)))
    assert weights.shape == (20_000, 5)
    np.testing.assert_array_equal(weights.sum(axis=1), 5)
    np.testing.assert_allclose(weights.mean(axis=0), 1, atol=0.03)
    covariance = np.eye(5) - 1 / 5
    np.testing.assert_allclose(np.cov(weights.T), covariance, atol=0.03)


def test_draws_are_reproducible():
    one, two, other = (next(draw_units(9, 4, seed, 10)) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one, two)
    assert (one != other).any()


def test_leave_one_out_in_blocks():
    np.testing.assert_array_equal(np.concatenate(list(leave_one_out(7, 3))), 1 - np.eye(7))


def test_percentiles_leave_out_what_is_undefined():
    drawn = np.r_[np.arange(101.0), np.full(50, np.nan)]
    assert limits(50, drawn) == (pytest.approx([5]), pytest.approx([95]))


@pytest.mark.parametrize("n_units", [2, 5, 30, 10_000])
def test_expanded_reaches_as_much_further_as_student(n_units):
    drawn = stats.norm.ppf((np.arange(100_000) + 0.5) / 100_000)
    low, high = limits(0, drawn, "expanded", 0.9, n_units)
    reach = stats.t.ppf(0.95, n_units - 1) * np.sqrt(n_units / (n_units - 1))
    np.testing.assert_allclose([low[0], high[0]], np.clip([-reach, reach], drawn[0], drawn[-1]), atol=2e-3)


def test_expanded_interval_of_a_mean_is_that_of_student():
    # The variance of resampled means is (n - 1) / n of the usual one: the widening makes up for it.
    x = np.random.default_rng(0).standard_normal(12)
    means = np.concatenate(list(draw_units(12, 200_000, 0, 10_000))) @ x / 12
    low, high = limits(x.mean(), means, "expanded", 0.9, 12)
    expected = stats.t.interval(0.9, 11, x.mean(), stats.sem(x))
    np.testing.assert_allclose([low[0], high[0]], expected, atol=0.06 * np.ptp(expected))


@pytest.mark.parametrize("seed", range(3))
def test_bca_equals_scipy_but_for_the_draws(seed):
    x = np.random.default_rng(seed).exponential(size=25)
    means = np.concatenate(list(draw_units(25, 100_000, seed, 20_000))) @ x / 25
    left_out = np.concatenate(list(leave_one_out(25, 25))) @ x[:, np.newaxis] / 24
    low, high = limits(x.mean(), means, "bca", 0.9, 25, left_out)
    expected = stats.bootstrap(
        (x,), np.mean, method="BCa", n_resamples=100_000, confidence_level=0.9, random_state=seed
    ).confidence_interval
    np.testing.assert_allclose([low[0], high[0]], expected, rtol=0.01)
    plain = limits(x.mean(), means)
    assert low > plain[0] + 0.01
    assert high > plain[1] + 0.01


@pytest.mark.parametrize("method", METHODS)
def test_no_spread_gives_an_interval_of_no_width(method):
    left_out = np.ones((20, 1)) if method == "bca" else None
    assert limits(1, np.ones(100), method, left_out=left_out) == (1, 1)


def test_bca_of_an_estimate_beyond_all_draws_is_finite():
    low, high = limits(200, np.arange(101.0), "bca", left_out=np.arange(20.0)[:, np.newaxis])
    assert np.isfinite([low, high]).all()


def test_no_interval():
    drawn = np.r_[np.arange(49.0), np.full(51, np.nan)]
    assert np.isnan(limits(20, drawn)).all()
    assert np.isnan(limits(np.nan, np.arange(9.0))).all()
    assert np.isnan(limits(4, np.arange(9.0), n_units=1)).all()
    none_left = np.full((20, 1), np.nan)
    assert np.isfinite(limits(4, np.arange(9.0), "bca", left_out=none_left)).all()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"n_resamples": 0}, "`n_resamples` must be an integer of at least 1, got 0"),
        ({"n_resamples": 10.0}, "`n_resamples` must be an integer of at least 1, got 10.0"),
        ({"confidence_level": 95}, "`confidence_level` must lie between 0 and 1, got 95"),
        ({"confidence_level": "0.9"}, "`confidence_level` must lie between 0 and 1, got '0.9'"),
        ({"method": "BC"}, r"`method` must be one of \['percentile', 'bca', 'expanded'\], got 'BC'"),
    ],
)
def test_refused(change, message):
    given = {"n_resamples": 10, "confidence_level": 0.9, "method": "bca"}
    with pytest.raises(ValueError, match=message):
        check_resampling(**given | change)


def test_each_figure_may_rest_on_patients_of_its_own():
    drawn = np.column_stack([np.arange(101.0)] * 3)
    together = limits([50, 50, 50], drawn, "expanded", n_units=np.array([1, 4, 30]))
    for column, n_units in enumerate([1, 4, 30]):
        alone = limits(50, drawn[:, column], "expanded", n_units=n_units)
        np.testing.assert_array_equal(np.array(together)[:, [column]], alone)
    assert np.isnan(together[0][0])
    assert together[0][1] < together[0][2]
