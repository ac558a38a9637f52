import numpy as np
import pytest

from sklearn_eeg.datasets._cut import count_times, cut_windows


@pytest.mark.parametrize(("seconds", "expected"), [(1, 174), (0.5, 87), (23.6, 4097), (1e-2, 2)])
def test_count_rounds_to_the_nearest_sample(seconds, expected):
    assert count_times(seconds, sfreq=173.61, n_times=4097, recording="Z001") == expected


@pytest.mark.parametrize("seconds", [0, -1, -0.5, np.nan, np.inf, True, "1", None])
def test_only_positive_numbers(seconds):
    with pytest.raises(ValueError, match=r"`window_seconds` must be a positive number of seconds, got"):
        count_times(seconds, sfreq=128, n_times=1280, recording="signal-3")


def test_too_long_names_the_recording_and_its_length():
    assert count_times(10, sfreq=128, n_times=1280, recording="signal-3") == 1280
    with pytest.raises(
        ValueError,
        match=r"`window_seconds` must be at most 10, the length of signal-3 .* got 10\.1",
    ):
        count_times(10.1, sfreq=128, n_times=1280, recording="signal-3")


def test_less_than_a_sample():
    with pytest.raises(ValueError, match=r"`window_seconds` must hold at least one time point at 128"):
        count_times(0.001, sfreq=128, n_times=1280, recording="signal-3")


@pytest.mark.parametrize("n_times", [1, 3, 7, 20])
def test_windows_laid_end_to_end_are_the_recording(n_times):
    x = np.random.default_rng(0).normal(size=(4, 20))
    windows = cut_windows(x, n_times)
    n_windows = 20 // n_times
    assert windows.shape == (n_windows, 4, n_times)
    np.testing.assert_array_equal(np.concatenate(list(windows), axis=1), x[:, : n_windows * n_times])
