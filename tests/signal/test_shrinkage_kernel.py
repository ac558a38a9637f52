import numpy as np
import pytest
import pywt

from sklearn_eeg.signal import wavelet_shrinkage
from sklearn_eeg.signal._shrinkage_kernel import (
    SLACK,
    _median_magnitude,
    _restore,
    _sort_magnitudes,
    inverse_filters,
)
from sklearn_eeg.signal._wavelet_kernel import filters_of, pack, plan_steps, round_up


def buffers(n):
    return np.zeros((2, n)), np.zeros(1025, dtype=np.int64)


def values(kind, n, rng):
    noise = rng.normal(size=n)
    return {
        "noise": noise,
        "one far out": np.r_[1e12, noise[1:]],
        "spread over many orders": noise * 10.0 ** rng.uniform(-300, 300, n),
        "few different": np.round(2 * noise),
        "zeros": np.zeros(n),
        "mostly zeros": noise * (rng.random(n) < 0.2),
        "ascending": np.arange(float(n)),
        "subnormal": noise * 1e-310,
    }[kind]


@pytest.mark.parametrize("n", [1, 2, 3, 10, 503, 5000])
@pytest.mark.parametrize(
    "kind",
    ["noise", "one far out", "spread over many orders", "few different", "zeros", "mostly zeros", "ascending",
     "subnormal"],
)  # fmt: skip
def test_magnitudes_are_sorted_and_halved(kind, n):
    x = values(kind, n, np.random.default_rng(n))
    np.testing.assert_array_equal(_sort_magnitudes(x, *buffers(n)), np.sort(np.abs(x)))
    assert _median_magnitude(x, *buffers(n)) == np.median(np.abs(x))


@pytest.mark.parametrize("n_times", [1, 2, 31, 200])
@pytest.mark.parametrize("wavelet", pywt.wavelist(kind="discrete"))
def test_inverse_is_that_of_pywt(wavelet, n_times):
    n_taps = filters_of(wavelet)[1]
    steps = plan_steps(n_times, n_taps, 3, "symmetric")
    lengths = [steps[-1].n_out, *(step.n_out for step in reversed(steps))]
    starts = np.cumsum([0, *(round_up(length) for length in lengths)])
    rng = np.random.default_rng(0)
    row = rng.normal(size=starts[-1] + SLACK)  # what lies between the sub-bands must not matter
    parts = [row[start : start + length] for start, length in zip(starts[:-1], lengths, strict=True)]
    expected = parts[0]
    for step, details in zip(reversed(steps), parts[1:], strict=True):
        expected = pywt.idwt(expected, details, wavelet)[: step.n_times]
    out = np.zeros(n_times)
    room = max(*lengths, n_times) + 2 * SLACK
    shape = pack(steps)[0]
    _restore(row, shape, starts, inverse_filters(wavelet), rng.normal(size=(4, room)), out)
    np.testing.assert_allclose(out, expected, atol=1e-12 * np.abs(expected).max())


def test_filters_are_padded_at_their_beginning():
    taps = inverse_filters("db3")
    assert taps.shape == (2, 8)
    np.testing.assert_array_equal(taps[0], [0, 0, *pywt.Wavelet("db3").rec_lo])
    assert inverse_filters("db38").shape == (2, 80)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_nan_stays_in_its_row(value):
    x = np.random.default_rng(0).normal(size=(9, 100))
    clean = wavelet_shrinkage(x, "db4", 3)
    x[5, 40] = value
    out = wavelet_shrinkage(x, "db4", 3)
    assert np.isnan(out[5]).all()
    np.testing.assert_array_equal(np.delete(out, 5, axis=0), np.delete(clean, 5, axis=0))


@pytest.mark.parametrize("n_rows", [1, 3, 4, 5, 11])
def test_rows_are_worked_on_alone_however_many(n_rows):
    x = np.random.default_rng(0).normal(size=(n_rows, 100))
    whole = wavelet_shrinkage(x, "sym4", 3)
    for row, denoised in zip(x, whole, strict=True):
        np.testing.assert_array_equal(wavelet_shrinkage(row, "sym4", 3), denoised)
