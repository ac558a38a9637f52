import mne
import numpy as np
import pytest
import scipy.signal

from sklearn_eeg.signal import bandpass
from sklearn_eeg.signal._fir import design_fir, run_fir


def gain(taps, sfreq, frequencies):
    return np.abs(scipy.signal.freqz(taps, worN=frequencies, fs=sfreq)[1])


@pytest.mark.parametrize(
    ("sfreq", "low", "high"), [(256, 1, 40), (200, None, 30), (500, 1, None), (250, 0.5, 45), (200, 0.1, 70)]
)
def test_response_is_that_of_mne(sfreq, low, high):
    # MNE rounds the lengths of the two sides otherwise, by a point or two.
    theirs = mne.filter.create_filter(None, sfreq, low, high, verbose="ERROR")
    ours = design_fir(sfreq, low, high)
    assert abs(ours.size - theirs.size) <= 2
    frequencies = np.linspace(0, sfreq / 2, 500)
    np.testing.assert_allclose(gain(ours, sfreq, frequencies), gain(theirs, sfreq, frequencies), atol=1e-2)


@pytest.mark.parametrize(
    ("sfreq", "low", "high"), [(256, 1, 40), (256, None, 40), (256, 12, None), (250, 30, 40)]
)
def test_gain_is_1_in_the_band_a_half_in_the_middle_of_the_transitions_and_0_beyond(sfreq, low, high):
    taps = design_fir(sfreq, low, high)
    assert taps.size % 2 == 1
    np.testing.assert_allclose(taps, taps[::-1], atol=1e-15)
    inner = np.linspace(low or 0, high or sfreq / 2, 300)
    np.testing.assert_allclose(gain(taps, sfreq, inner), 1, atol=6e-3)
    outer = []
    if low is not None:
        width = min(max(low / 4, 2), low)
        assert gain(taps, sfreq, [low - width / 2])[0] == pytest.approx(0.5, abs=5e-3)
        outer.append(np.linspace(0, low - width, 100))
    if high is not None:
        width = min(max(high / 4, 2), sfreq / 2 - high)
        assert gain(taps, sfreq, [high + width / 2])[0] == pytest.approx(0.5, abs=5e-3)
        outer.append(np.linspace(high + width, sfreq / 2, 100))
    assert gain(taps, sfreq, np.concatenate(outer)).max() < 6e-3


def test_length_of_the_response_is_that_stated():
    assert design_fir(256, 0.5, 40).size == 1691  # 3.3 / 0.5 s
    assert design_fir(256, None, 40).size == 85  # 3.3 / 10 s


@pytest.mark.parametrize("n_times", [1, 2, 7, 100, 845, 3000])
def test_equals_convolution_of_the_reflected_signal(n_times):
    taps = design_fir(256, 1, 40)
    half = taps.size // 2
    x = np.random.default_rng(0).normal(size=(3, n_times)).cumsum(axis=1)
    extended = np.pad(x, ((0, 0), (half, half)), mode="symmetric")
    expected = [np.convolve(row, taps, "valid") for row in extended]
    np.testing.assert_allclose(run_fir(taps, x), expected, atol=1e-10)


def test_reflection_serves_short_windows_better_than_zeros():
    rng = np.random.default_rng(0)
    spectrum = np.fft.rfft(rng.standard_normal((30, 60 * 128)))
    record = np.fft.irfft(spectrum / np.maximum(np.arange(spectrum.shape[1]), 1) ** 0.75)
    taps = design_fir(128, 0.5, 40)
    whole = run_fir(taps, record)
    for n_times in (128, 512):
        cut = slice(30 * 128, 30 * 128 + n_times)
        ours = np.square(bandpass(record[:, cut], 128, 0.5, 40, method="fir") - whole[:, cut]).mean()
        padded = np.pad(record[:, cut], ((0, 0), (taps.size // 2, taps.size // 2)))
        zeros = [np.convolve(row, taps, "valid") for row in padded]
        assert ours < 0.5 * np.square(zeros - whole[:, cut]).mean()


def test_nothing_is_shifted_in_time():
    x = np.exp(-np.square((np.arange(4096) / 256 - 8) / 0.02))
    assert np.argmax(bandpass(x, 256, 1, 40, method="fir")) == np.argmax(x)


@pytest.mark.parametrize(("low", "left"), [(1, 0.0), (None, 7.25)])
def test_constant(low, left):
    np.testing.assert_allclose(bandpass(np.full(300, 7.25), 256, low, 40, method="fir"), left, atol=1e-12)


def test_types():
    x = np.random.default_rng(0).normal(scale=50, size=(2, 300))
    double = bandpass(x, 256, 1, 40, method="fir")
    single = bandpass(x.astype(np.float32), 256, 1, 40, method="fir")
    assert single.dtype == np.float32
    np.testing.assert_allclose(single, double, atol=1e-4)
    whole = x.round()
    np.testing.assert_array_equal(
        bandpass(whole.astype(np.int16), 256, 1, 40, method="fir"), bandpass(whole, 256, 1, 40, method="fir")
    )
