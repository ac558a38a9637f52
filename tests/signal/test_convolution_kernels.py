from itertools import combinations

import numpy as np
import pytest

from sklearn_eeg.signal._convolution_kernels import (
    convolve,
    learn_thresholds,
    plan_dilations,
    shares_above,
)

CHOSEN = list(combinations(range(9), 3))


def by_hand(signal, dilations, thresholds):
    """Shares by numpy's convolution with kernels that are written out."""
    shares, column = [], 0
    for place, (step, n_thresholds) in enumerate(zip(*dilations, strict=True)):
        for number, chosen in enumerate(CHOSEN):
            taps = np.zeros(8 * step + 1)
            taps[::step] = -1
            taps[[step * tap for tap in chosen]] = 2
            padded = np.pad(signal, 4 * step)
            convolved = np.correlate(padded, taps, mode="valid")
            if (place + number) % 2 and len(signal) > 8 * step:
                convolved = convolved[4 * step : -4 * step]
            for threshold in thresholds[column : column + n_thresholds]:
                shares.append(np.mean(convolved > threshold))
                column += 1
    return np.array(shares)


@pytest.mark.parametrize("n_times", [2, 8, 9, 10, 33, 100])
@pytest.mark.parametrize("n_features", [84, 84 * 7])
def test_shares_are_as_by_hand(n_times, n_features):
    rng = np.random.default_rng(0)
    x = rng.normal(size=(3, n_times))
    dilations = plan_dilations(n_times, n_features)
    thresholds = learn_thresholds(x, dilations, rng)
    # Away from the values, of which quantiles are some: in single precision ties fall either way.
    thresholds = (thresholds + 0.01 * rng.normal(size=len(thresholds))).astype(np.float32)
    expected = np.stack([by_hand(each, dilations, thresholds) for each in x])
    np.testing.assert_allclose(shares_above(x, dilations, thresholds), expected, atol=1e-12)


def test_batches_equal_single_signals():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(2, 3, 40))
    dilations = plan_dilations(40, 168)
    thresholds = learn_thresholds(x[0], dilations, rng)
    together = shares_above(x, dilations, thresholds)
    assert together.shape == (2, 3, 168)
    np.testing.assert_array_equal(together[1, 2], shares_above(x[1, 2], dilations, thresholds))


def test_shares_keep_with_the_unit():
    rng = np.random.default_rng(0)
    x, dilations = rng.normal(size=(2, 64)), plan_dilations(64, 168)
    thresholds = learn_thresholds(x, dilations, rng)
    np.testing.assert_array_equal(
        shares_above(x, dilations, thresholds), shares_above(4 * x, dilations, 4 * thresholds)
    )


def test_a_constant_is_convolved_to_nothing():
    np.testing.assert_allclose(convolve(np.full(50, 7.0), 5, 2)[8:-8], 0, atol=1e-12)
    dilations = plan_dilations(50, 84)
    shares = shares_above(np.full((1, 50), 7.0), dilations, np.full(84, 0.5, dtype=np.float32))[0]
    assert set(shares[1::2]) == {0.0}


def test_an_impulse_shows_the_kernel():
    for number, chosen in enumerate(CHOSEN):
        shown = convolve(np.eye(1, 41, 20)[0], number, 2)
        expected = np.full(9, -1.0)
        expected[list(chosen)] = 2
        np.testing.assert_allclose(shown[12:29:2][::-1], expected)


@pytest.mark.parametrize("n_times", [2, 9, 64, 1000, 4097])
@pytest.mark.parametrize("n_features", [1, 84, 500, 10_000])
def test_dilations_fit_the_window(n_times, n_features):
    steps, n_thresholds = plan_dilations(n_times, n_features)
    assert steps[0] == 1
    assert (np.diff(steps) > 0).all()
    assert 8 * steps[-1] <= max(n_times - 1, 8)
    assert n_thresholds.sum() == max(n_features // 84, 1)
    assert (n_thresholds > 0).all()


def test_dilations_are_those_of_aeon():
    """Of aeon 1.6.0, MiniRocket(10_000) fitted on windows of 1000 time points."""
    steps = [1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 16, 19, 22, 26, 30, 35, 41, 49, 57, 66, 78, 91, 106, 124]
    n_thresholds = [19, 12, 4, 8] + [4] * 13 + [3] * 8
    found = plan_dilations(1000, 10_000)
    assert found.steps.tolist() == steps
    assert found.n_thresholds.tolist() == n_thresholds


def test_thresholds_are_quantiles_and_follow_the_seed():
    x = np.random.default_rng(0).normal(size=(1, 200))
    dilations = plan_dilations(200, 84 * 3)
    one, same = (learn_thresholds(x, dilations, np.random.default_rng(seed)) for seed in (0, 1))
    np.testing.assert_array_equal(one, same)  # of one signal there is nothing to choose
    assert one.dtype == np.float32
    golden = (np.sqrt(5) + 1) / 2
    first = np.quantile(convolve(x[0], 0, 1), [golden % 1])
    np.testing.assert_allclose(one[0], first[0], rtol=1e-6)
    shares = shares_above(x, dilations, one)[0]
    assert 0.4 < shares.mean() < 0.6
