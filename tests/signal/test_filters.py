import numpy as np
import pytest
import scipy.signal

from sklearn_eeg.signal import bandpass, notch

SFREQ = 256.0
TIMES = np.arange(4096) / SFREQ
INNER = slice(1024, -1024)


def sine(frequency):
    return np.sin(2 * np.pi * frequency * TIMES)


def gain(filtered):
    return np.sqrt(2 * np.square(filtered[..., INNER]).mean(axis=-1))


@pytest.mark.parametrize("frequency", [0.25, 2.0, 10.0, 40.0, 60.0])
@pytest.mark.parametrize(("low", "high"), [(1.0, 40.0), (1.0, None), (None, 40.0)])
def test_gain_is_that_of_butterworth_run_twice(frequency, low, high):
    def warp(f):
        return np.tan(np.pi * f / SFREQ)

    f = warp(frequency)
    if low is None:
        ratio = f / warp(high)
    elif high is None:
        ratio = warp(low) / f
    else:
        ratio = (f**2 - warp(low) * warp(high)) / (f * (warp(high) - warp(low)))
    expected = 1 / (1 + ratio**8)
    measured = gain(bandpass(sine(frequency), SFREQ, low, high))
    np.testing.assert_allclose(measured, expected, atol=2e-3)


def test_nothing_is_shifted_in_time():
    x = np.exp(-np.square((TIMES - 8) / 0.02))
    assert np.argmax(bandpass(x, SFREQ, 1, 40)) == np.argmax(x)
    assert np.argmax(notch(x, SFREQ, 50)) == np.argmax(x)


def test_open_on_both_sides_changes_nothing():
    np.testing.assert_array_equal(bandpass(TIMES, SFREQ, None, None), TIMES)


def test_integers_are_filtered_as_numbers():
    x = np.round(50 * sine(10)).astype(np.int16)
    for run in (lambda x: bandpass(x, SFREQ, 1, 40), lambda x: notch(x, SFREQ, 50)):
        np.testing.assert_array_equal(run(x), run(x.astype(float)))


def test_paddings_are_those_stated():
    x = np.random.default_rng(0).normal(size=600).cumsum()
    sections = scipy.signal.butter(4, (2, 40), "bandpass", fs=SFREQ, output="sos")
    expected = scipy.signal.sosfiltfilt(sections, x, padtype="even", padlen=256)
    np.testing.assert_allclose(bandpass(x, SFREQ, 2, 40), expected, atol=1e-10)
    sections = scipy.signal.tf2sos(*scipy.signal.iirnotch(50, 30, fs=SFREQ))
    expected = scipy.signal.sosfiltfilt(sections, x, padtype="odd", padlen=9)
    np.testing.assert_allclose(notch(x, SFREQ, 50), expected, atol=1e-10)


@pytest.mark.parametrize("mains", [50.0, 60.0])
def test_notch_removes_the_mains_and_spares_the_rest(mains):
    assert gain(notch(sine(mains), SFREQ, mains)) < 1e-3
    assert gain(notch(sine(mains - 5), SFREQ, mains)) > 0.95
    assert gain(notch(sine(10), SFREQ, mains)) > 0.999


def test_even_reflection_serves_short_windows_better_than_scipys_default():
    # 1-s and 4-s windows of pink noise, against the same stretch of the whole record filtered.
    rng = np.random.default_rng(0)
    spectrum = np.fft.rfft(rng.standard_normal((30, 60 * 128)))
    record = np.fft.irfft(spectrum / np.maximum(np.arange(spectrum.shape[1]), 1) ** 0.75)
    sections = scipy.signal.butter(4, (0.5, 40), "bandpass", fs=128, output="sos")
    whole = scipy.signal.sosfiltfilt(sections, record)
    for n_times in (128, 512):
        cut = slice(30 * 128, 30 * 128 + n_times)
        ours = np.square(bandpass(record[:, cut], 128, 0.5, 40) - whole[:, cut]).mean()
        plain = scipy.signal.sosfiltfilt(sections, record[:, cut])
        assert ours < 0.7 * np.square(plain - whole[:, cut]).mean()


@pytest.mark.parametrize("n_times", [1, 2, 7])
def test_shortest_windows_are_filtered(n_times):
    x = np.ones((3, n_times))
    assert bandpass(x, SFREQ, 1, 40).shape == notch(x, SFREQ, 50).shape == x.shape


def test_batch_equals_loop_and_float32_is_kept():
    x = np.random.default_rng(0).normal(size=(3, 2, 200))
    for run in (lambda x: bandpass(x, SFREQ, 1, 40), lambda x: notch(x, SFREQ, 50)):
        one_by_one = [[run(channel) for channel in window] for window in x]
        np.testing.assert_allclose(run(x), one_by_one, rtol=0, atol=1e-12)
        assert run(x.astype(np.float32)).dtype == np.float32


@pytest.mark.parametrize(("low", "high"), [(0, 40), (1, 128), (-1, None), (None, 500)])
def test_edges_beyond_the_rate(low, high):
    with pytest.raises(ValueError, match=r"between 0 and half the sampling frequency \(128 Hz\)"):
        bandpass(TIMES, SFREQ, low, high)


def test_edges_out_of_order():
    with pytest.raises(ValueError, match="lower edge must lie below the upper, got 40 and 1 Hz"):
        bandpass(TIMES, SFREQ, 40, 1)


@pytest.mark.parametrize("frequency", [0, 128, 200])
def test_mains_beyond_the_rate(frequency):
    with pytest.raises(ValueError, match=rf"`frequency` must lie between .* got {frequency} Hz"):
        notch(TIMES, SFREQ, frequency)


def test_flat_constants_are_removed_or_kept():
    x = np.full((2, 300), 7.25)
    np.testing.assert_allclose(bandpass(x, SFREQ, 1, 40), 0, atol=1e-9)
    np.testing.assert_allclose(bandpass(x, SFREQ, None, 40), x, rtol=1e-12)
    np.testing.assert_allclose(notch(x, SFREQ, 50), x, rtol=1e-12)


def test_harmonics_of_the_mains():
    x = sine(50) + sine(100)
    assert gain(notch(x, SFREQ, 50)) > 0.99
    assert gain(notch(x, SFREQ, 50, harmonics=2)) < 2e-3
    np.testing.assert_array_equal(notch(x, SFREQ, 50, harmonics=9), notch(x, SFREQ, 50, harmonics=2))


def test_no_harmonics():
    with pytest.raises(ValueError, match="`harmonics` must be at least 1 .* got 0"):
        notch(TIMES, SFREQ, 50, harmonics=0)


@pytest.mark.parametrize("wrong", [{"method": "fft"}, {"order": 0}])
def test_method_and_order(wrong):
    with pytest.raises(ValueError, match="`method` must be 'iir' or 'fir' and `order` at least 1, got"):
        bandpass(TIMES, SFREQ, 1, 40, **wrong)
