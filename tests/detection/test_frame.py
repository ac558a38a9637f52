import numpy as np
import pytest

from sklearn_eeg.datasets import Recording, sliding_windows
from sklearn_eeg.detection._frame import Frame


@pytest.mark.parametrize(("sfreq", "step"), [(128, 1), (173.61, 1), (100, 0.333), (64, 4)])
def test_windows_lie_where_sliding_windows_cuts_them(sfreq, step):
    frame = Frame(sfreq, 4, step)
    recording = Recording.from_array(np.zeros((1, round(60.7 * sfreq))), sfreq)
    start = sliding_windows(recording, [], 4, step).start_second
    assert frame.count(recording.n_times) == len(start)
    np.testing.assert_allclose([frame.first(k) / sfreq for k in range(len(start))], start, atol=1e-12)


@pytest.mark.parametrize(("n_times", "count"), [(0, 0), (511, 0), (512, 1), (639, 1), (640, 2)])
def test_number_of_windows(n_times, count):
    assert Frame(128, 4, 1).count(n_times) == count


@pytest.mark.parametrize("step", [0.001, 4.1])
def test_steps_that_are_too_short_or_leave_holes_are_refused(step):
    with pytest.raises(
        ValueError, match=r"`step_seconds` must be at least one sample \(0.00781 s\) and at most"
    ):
        Frame(128, 4, step)


def test_windows_without_a_sample_are_refused():
    with pytest.raises(
        ValueError, match="`window_seconds` must hold at least one sample at 128 Hz, got 0.001"
    ):
        Frame(128, 0.001, 0.001)


@pytest.mark.parametrize("sfreq", [0.0, -1.0, np.nan, np.inf])
def test_rates_are_positive(sfreq):
    with pytest.raises(ValueError, match=f"`sfreq` must be a positive number of Hz, got {sfreq:g}"):
        Frame(sfreq, 4, 1)
