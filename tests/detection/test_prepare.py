from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sklearn_eeg._events import Event
from sklearn_eeg.datasets import Recording, make_recording
from sklearn_eeg.detection._prepare import make_folds, open_recording, prepare_training


def make(patient=None, seconds=10):
    return Recording.from_array(np.zeros((1, seconds * 10)), 10, patient=patient)


def test_files_and_recordings_are_opened(tmp_path):
    pytest.importorskip("edfio")
    made = make_recording(
        tmp_path / "a.edf", duration_seconds=120, sfreq=128, n_seizures=1, seizure_seconds=(10, 20),
        random_state=0,
    )  # fmt: skip
    training = prepare_training(
        [made.path, str(made.path), make()], [made.events_path, made.events, None], [1, 1, 2]
    )
    assert [each.duration for each in training.recordings] == [120, 120, 10]
    assert training.events[0] == training.events[1] == made.events
    assert training.patients.tolist() == [1, 2]
    assert training.unit.tolist() == [0, 0, 1]


def test_patients_are_those_of_the_recordings_where_all_say_so():
    both = prepare_training([make("b"), make("a")], [[(1, 2)], []], None)
    assert both.patients.tolist() == ["a", "b"]
    assert both.events == [[Event(1, 2)], []]
    assert prepare_training([make("b"), make()], [[], []], None).patients is None


@pytest.mark.parametrize(
    "events",
    [
        None, [], "a.tsv", Path("a.tsv"), [[], [], []], 3,
        pd.DataFrame({"onset": [1.0, 2.0], "duration": [1.0, 1.0]}),
    ],
)  # fmt: skip
def test_events_must_be_as_many(events):
    with pytest.raises(ValueError, match="`events` must hold the seizures of each of the 2 recordings, got"):
        prepare_training([make(), make()], events, None)


def test_events_may_come_one_by_one():
    training = prepare_training([make(), make()], ([(1, number + 2)] for number in range(2)), None)
    assert training.events == [[Event(1, 2)], [Event(1, 3)]]


def test_what_is_no_list_or_no_recording_is_refused():
    with pytest.raises(TypeError, match="`recordings` must be a list of recordings, got one"):
        prepare_training(make(), [], None)
    with pytest.raises(ValueError, match="`recordings` must hold at least one"):
        prepare_training([], [], None)
    with pytest.raises(TypeError, match="A recording must be a Recording or the path of a file, got ndarray"):
        open_recording(np.zeros((2, 3)))


def test_events_outside_are_refused():
    with pytest.raises(ValueError, match="`events` must lie within the recording, 0 to 10 s, got 20 to 30 s"):
        prepare_training([make()], [[(20, 30)]], None)


def test_folds_hold_each_patient_once_and_spread_those_with_seizures():
    unit, ill = np.array([0, 0, 1, 2, 3, 4, 5]), [False, True, True, False, True, True, False]
    folds = make_folds(unit, ill, 3)
    assert sorted(np.concatenate(folds).tolist()) == list(range(6))
    assert sorted(len(np.intersect1d(fold, [0, 1, 3, 4])) for fold in folds) == [1, 1, 2]
    assert len(make_folds(unit, ill, 99)) == 4


def test_one_patient_with_a_seizure_is_too_few():
    with pytest.raises(
        ValueError, match="`threshold` must be a number unless two patients .* have a seizure, got 1"
    ):
        make_folds(np.array([0, 1]), [True, False], 5)
