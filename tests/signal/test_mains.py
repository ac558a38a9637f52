import numpy as np
import pytest

from sklearn_eeg.datasets import load_guinea_bissau
from sklearn_eeg.signal import notch, remove_line

SFREQ = 250.0


def pink(n_rows, n_times, seed=0):
    """Return stretches of longer records whose density falls as f**-1.5, of 20 microvolts."""
    spectrum = np.fft.rfft(np.random.default_rng(seed).standard_normal((n_rows, n_times + 10_000)))
    record = np.fft.irfft(spectrum / np.maximum(np.arange(spectrum.shape[1]), 1) ** 0.75)
    return 20 * record[:, 3000 : 3000 + n_times] / record.std(axis=1, keepdims=True)


def hum(n_rows, n_times, frequency, amplitude=20.0, seed=1):
    phase = np.random.default_rng(seed).uniform(0, 2 * np.pi, (n_rows, 1))
    return amplitude * np.sin(2 * np.pi * frequency * np.arange(n_times) / SFREQ + phase)


def rms(x):
    return np.sqrt(np.square(x).mean())


@pytest.mark.parametrize("seconds", [0.5, 1, 1.37, 2, 4, 8, 9.3, 30])
@pytest.mark.parametrize("frequency", [50.0, 49.95, 50.07])
def test_hum_goes_out_to_the_ends_of_windows_of_any_length(seconds, frequency):
    n_times = round(seconds * SFREQ)
    clean = pink(40, n_times)
    noisy = clean + hum(40, n_times, frequency)
    error = remove_line(noisy, SFREQ, 50) - clean
    beside = rms(remove_line(clean, SFREQ, 50) - clean)
    assert rms(error) < 0.06 * 20 / np.sqrt(2)
    assert rms(error[:, :25]) < 0.08 * 20 / np.sqrt(2)
    assert rms(error) < 0.6 * rms(notch(noisy, SFREQ, 50) - clean)
    assert beside < 0.012 * 20


@pytest.mark.parametrize("n_times", [250, 1000])
def test_what_is_left_is_at_the_level_of_the_spectrum_beside(n_times):
    # 50 Hz is a bin of the transform at both lengths.
    x = pink(200, n_times) + hum(200, n_times, 50.0)
    power = np.square(np.abs(np.fft.rfft(remove_line(x, SFREQ, 50)))).mean(axis=0)
    step = n_times // 250
    line = power[50 * step]
    beside = power[[44 * step, 45 * step, 46 * step, 54 * step, 55 * step, 56 * step]].mean()
    assert 0.3 * beside < line < 2 * beside


@pytest.mark.parametrize("seconds", [1, 4])
def test_notch_at_the_same_frequency_changes_a_window_without_hum_more(seconds):
    clean = pink(40, seconds * 250)
    ours = rms(remove_line(clean, SFREQ, 50) - clean)
    assert 0 < ours < 0.7 * rms(notch(clean, SFREQ, 50) - clean)


@pytest.mark.parametrize("seconds", [1, 4, 10])
def test_slow_waves_that_a_window_cuts_off_do_not_pass_for_hum(seconds):
    times = np.arange(seconds * 250) / SFREQ
    slow = 500 * np.sin(2 * np.pi * 0.7 * times + np.linspace(0, 6, 20)[:, np.newaxis]) + 300 * times
    assert rms(remove_line(slow, SFREQ, 50) - slow) < 5e-4 * rms(slow)


def test_recordings_without_hum_keep_what_they_have_there(eeg_data):
    # From an amplifier that passes nothing above 43 Hz: what a fit found at 50 Hz would be a slow wave's.
    windows = load_guinea_bissau(eeg_data).data[:100]
    freqs = np.fft.rfftfreq(windows.shape[-1], 1 / 128)
    taper = np.hanning(windows.shape[-1])

    def power(x):
        spectrum = np.fft.rfft((x - x.mean(axis=-1, keepdims=True)) * taper)
        return np.square(np.abs(spectrum))[..., (freqs > 49) & (freqs < 51)].mean(axis=-1)

    ratio = power(remove_line(windows, 128.0, 50)) / power(windows)
    assert 0.7 < np.percentile(ratio, 5) < np.percentile(ratio, 95) < 1.1


def test_phase_is_kept_and_magnitude_is_never_raised():
    x = pink(100, 500) + hum(100, 500, 50.0, amplitude=2.0)
    before, after = (np.fft.rfft(y)[:, 100] for y in (x, remove_line(x, SFREQ, 50)))
    assert (np.abs(after) <= 1.05 * np.abs(before)).all()
    removed = before - after
    strong = np.abs(removed) > 0.5 * np.abs(before)
    assert strong.sum() > 50
    assert np.abs(np.angle(removed[strong] / before[strong])).max() < 0.35


def test_harmonics_on_request():
    clean = pink(20, 500)
    noisy = clean + hum(20, 500, 50.0) + hum(20, 500, 100.0)
    assert rms(remove_line(noisy, SFREQ, 50) - clean) > 12
    assert rms(remove_line(noisy, SFREQ, 50, harmonics=2) - clean) < 1.5
    np.testing.assert_array_equal(
        remove_line(noisy, SFREQ, 50, harmonics=5), remove_line(noisy, SFREQ, 50, harmonics=2)
    )


def test_a_drifting_frequency_in_a_long_record():
    n_times = 60 * 250
    frequency = 50 + 0.08 * np.sin(2 * np.pi * np.arange(n_times) / SFREQ / 20)
    clean = pink(4, n_times)
    noisy = clean + 20 * np.sin(2 * np.pi * frequency.cumsum() / SFREQ)
    assert rms(remove_line(noisy, SFREQ, 50) - clean) < 0.06 * 20 / np.sqrt(2)


def test_tolerance_says_how_far_the_line_may_be_off():
    clean = pink(20, 1000)
    noisy = clean + hum(20, 1000, 50.3)
    narrow, wide = (rms(remove_line(noisy, SFREQ, 50, tolerance=t) - clean) for t in (0.1, 0.4))
    assert wide < 1.5 < 5 < narrow


@pytest.mark.parametrize("n_times", [250, 2500])
def test_constant_scale_batch_and_types(n_times):
    np.testing.assert_array_equal(remove_line(np.full(n_times, 7.25), SFREQ, 50), np.full(n_times, 7.25))
    x = (pink(6, n_times) + hum(6, n_times, 50.0)).reshape(2, 3, -1)
    cleaned = remove_line(x, SFREQ, 50)
    one_by_one = [[remove_line(channel, SFREQ, 50) for channel in window] for window in x]
    np.testing.assert_allclose(cleaned, one_by_one, atol=1e-11)
    np.testing.assert_allclose(remove_line(1e3 * x, SFREQ, 50), 1e3 * cleaned, atol=1e-8)
    np.testing.assert_allclose(remove_line(x + 100, SFREQ, 50), cleaned + 100, atol=1e-10)
    single = remove_line(x.astype(np.float32), SFREQ, 50)
    assert single.dtype == np.float32
    np.testing.assert_allclose(single, cleaned, atol=1e-3)


def test_signals_are_not_changed():
    x = pink(2, 250)
    before = x.copy()
    remove_line(x, SFREQ, 50)
    np.testing.assert_array_equal(x, before)


@pytest.mark.parametrize(
    ("n_times", "parameters", "message"),
    [
        (250, {"frequency": 125}, r"`frequency` must lie between 0 and .*\(125 Hz\), got 125 Hz"),
        (250, {"frequency": 0}, "`frequency` must lie between 0"),
        (250, {"frequency": 50, "harmonics": 0}, "`harmonics` must be at least 1 .* got 0"),
        (250, {"frequency": 50, "tolerance": -0.1}, "`tolerance` must lie between 0 and 1 Hz, got -0.1"),
        (39, {"frequency": 50}, "must have at least 40 time points .* got 39: use `notch`"),
        (249, {"frequency": 5}, "must have at least 250 time points .* got 249"),
    ],
)
def test_what_cannot_be_done(n_times, parameters, message):
    with pytest.raises(ValueError, match=message):
        remove_line(np.zeros(n_times), SFREQ, **parameters)


@pytest.mark.parametrize(("n_times", "frequency"), [(40, 50), (40, 120), (250, 5), (100, 124)])
def test_the_shortest_windows_lowest_and_highest_frequencies(n_times, frequency):
    x = hum(3, n_times, frequency)
    assert rms(remove_line(x, SFREQ, frequency)) < 0.2 * rms(x)
