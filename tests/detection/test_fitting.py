import copy
import sys
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin

from sklearn_eeg.detection._feeder import WindowFeeder, stretch_sizes
from sklearn_eeg.detection._fitting import fill_card, fit_cleaner, gather_training, hold_out
from sklearn_eeg.detection._frame import Frame
from sklearn_eeg.detection._prepare import prepare_training
from sklearn_eeg.features import TimeFeatures
from sklearn_eeg.preprocessing import BandpassFilter, ChannelScaler, Denoiser

sys.path.insert(0, str(Path(__file__).parent))
from noisy import SFREQ, make

FRAME = Frame(SFREQ, 4, 1)


@pytest.fixture
def training():
    recordings = [make("ann", seconds=60), make("ann", seconds=50), make("bob", seconds=60)]
    return prepare_training(recordings, [[(20, 40)], [], [(30, 40)]], None)


def test_windows_carry_their_class_recording_and_patient(training):
    windows = gather_training(training, WindowFeeder(FRAME, 3), 0.5, None)
    assert windows.X.shape == (57 + 47 + 57, 3, 4 * SFREQ)
    np.testing.assert_array_equal(np.bincount(windows.recording), [57, 47, 57])
    assert windows.patient.tolist() == ["ann"] * 104 + ["bob"] * 57
    start = np.arange(57)
    np.testing.assert_array_equal(windows.y[:57], (start >= 18) & (start <= 38))
    assert not windows.y[57:104].any()
    x = training.recordings[2].read()
    np.testing.assert_array_equal(windows.X[104 + 5], x[:, 5 * SFREQ : 9 * SFREQ])


def test_few_windows_are_spread(training):
    windows = gather_training(training, WindowFeeder(FRAME, 3), 0.5, 20)
    assert np.bincount(windows.y).tolist() == [10, 10]
    assert set(windows.recording[windows.y == 0].tolist()) == {0, 1, 2}


class Told(ClassifierMixin, BaseEstimator):
    """A classifier that knows whether it saw a patient: those of its windows, and no other."""

    def fit(self, X, y, groups=None):
        self.classes_ = np.array([0, 1])
        self.seen_ = {window.tobytes() for window in X}
        self.groups_ = set(groups)
        return self

    def predict(self, X):
        return np.zeros(len(X), dtype=int)

    def predict_proba(self, X):
        seen = np.array([float(window.tobytes() in self.seen_) for window in X])
        return np.column_stack([1 - seen, seen])


def test_no_window_of_a_held_out_patient_was_seen(training):
    windows = gather_training(training, WindowFeeder(FRAME, 3), 0.5, None)
    folds = [np.array([0]), np.array([1])]
    held_out = hold_out(Told(), training, windows, folds, WindowFeeder(FRAME, 3))
    assert [len(own) for own in held_out] == [57, 47, 57]
    assert all((own == 0).all() for own in held_out)


def test_a_feeder_is_copied_not_used_up(training):
    feeder = WindowFeeder(FRAME, 3)
    before = copy.deepcopy(feeder.__dict__)
    gather_training(training, feeder, 0.5, 50)
    assert (feeder.step, feeder.n_pushed) == (before["step"], before["n_pushed"]) == (0, 0)


@pytest.mark.parametrize("cleaner", [BandpassFilter(SFREQ, 1, 25), Denoiser(SFREQ, mains=None, band=(1, 25))])
@pytest.mark.parametrize("seconds", [5, 60])
def test_a_cleaner_is_fitted_to_its_stretches(cleaner, seconds):
    fitted = fit_cleaner(cleaner, make(seconds=seconds, seizures=()), FRAME, 16.0)
    kept, margin = stretch_sizes(FRAME, 16.0)
    assert fitted.n_times_in_ == kept + 2 * margin
    assert not hasattr(cleaner, "n_times_in_")


def test_no_cleaner_is_none():
    assert fit_cleaner(None, make(), FRAME, 16.0) is None


@pytest.mark.parametrize("cleaner", [ChannelScaler(), TimeFeatures()])
def test_what_learns_or_reshapes_is_no_cleaner(cleaner):
    with pytest.raises(ValueError, match="`cleaner` must keep the shape of windows and learn nothing"):
        fit_cleaner(cleaner, make(), FRAME, 16.0)


def test_the_card_counts(training):
    windows = gather_training(training, WindowFeeder(FRAME, 3), 0.5, None)
    card = fill_card(training, windows)
    assert card.pop("date") == date.today().isoformat()
    assert card == {
        "n_recordings": 3, "n_patients": 2, "hours": 170 / 3600, "n_seizures": 2,
        "n_background_windows": int((windows.y == 0).sum()), "n_seizure_windows": int(windows.y.sum()),
    }  # fmt: skip


def test_cleaner_and_windows_carry_the_names_of_the_channels(training):
    names = training.recordings[0].ch_names
    assert gather_training(training, WindowFeeder(FRAME, 3), 0.5, None).X.ch_names == names
    assert fit_cleaner(BandpassFilter(SFREQ, 1, 20), training.recordings[0], FRAME, 16).ch_names_in_ == names
