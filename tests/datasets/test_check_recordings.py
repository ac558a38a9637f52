import numpy as np
import pandas as pd
import pytest

from sklearn_eeg._events import Event
from sklearn_eeg.datasets import Recording
from sklearn_eeg.datasets._check_recordings import check_patients, pair_up


def make(name="a", sfreq=10, ch_names=("C3", "C4"), patient=None):
    return Recording.from_array(np.zeros((len(ch_names), 100)), sfreq, ch_names, name=name, patient=patient)


def test_one_recording_or_several():
    one, other = make("a"), make("b", sfreq=10 + 1e-7)
    assert pair_up(one, [(1, 2)]) == ([one], [[Event(1, 2)]])
    assert pair_up([one], [[(1, 2)]]) == ([one], [[Event(1, 2)]])
    assert pair_up((one, other), [[(3, 4), (1, 2, "x")], None]) == (
        [one, other],
        [[Event(1, 2, "x"), Event(3, 4)], []],
    )
    assert pair_up([one, other], None) == ([one, other], [[], []])


@pytest.mark.parametrize("recording", [np.zeros((2, 100)), "night.edf", None])
def test_no_recording(recording):
    with pytest.raises(
        TypeError, match=r"`recording` must be a Recording or a list of them, got .*: open a file"
    ):
        pair_up(recording, [])


def test_numbers_of_recordings():
    with pytest.raises(ValueError, match=r"`recording` must hold at least one recording, got none"):
        pair_up([], [])
    with pytest.raises(ValueError, match=r"`events` must hold one list for each of the 2 recordings, got 1"):
        pair_up([make("a"), make("b")], [[(1, 2)]])


def test_recordings_that_differ_are_both_named():
    with pytest.raises(
        ValueError, match=r"one sampling frequency, got a with 10 Hz and b with 20 Hz: resample"
    ):
        pair_up([make("a"), make("b", sfreq=20)], None)
    with pytest.raises(
        ValueError, match=r"same channels, got a with \['C3', 'C4'\] and b with \['C4', 'C3'\]: choose"
    ):
        pair_up([make("a"), make("b", ch_names=("C4", "C3"))], None)
    with pytest.raises(
        ValueError, match=r"different names, got \['a'\] more than once: .*read_recording\(..., name="
    ):
        pair_up([make("a"), make("b"), make("a")], None)


@pytest.mark.parametrize(
    "event", [(10, 10.5), (10, 12), (11, 12), (-5, -1), (5, 11.01), (5, 600), (10.5, 10.7), (12, 12)]
)
def test_events_outside_the_recording(event):
    with pytest.raises(
        ValueError,
        match=r"`events` must lie in the recording: a lasts 10 s, got one from .*another.* cut them off",
    ):
        pair_up(make(), [event])


def test_events_partly_outside():
    assert pair_up(make(), [(-1, 1), (9, 11)])[1] == [[Event(-1, 1), Event(9, 11)]]


def test_a_mark_at_the_very_end():
    """Recorders write such ones as 'Recording ends'."""
    assert pair_up(make(), [(10, 10, "Recording ends")])[1] == [[Event(10, 10, "Recording ends")]]


def test_an_event_of_another_length_names_both():
    with pytest.raises(ValueError, match=r"a lasts 10 s, got one from 5 to 600 s\. Are they"):
        pair_up(make(), [(5, 600)])


def test_an_event_called_background():
    with pytest.raises(ValueError, match=r"`events` must not be labelled 'background'.* at 1 s of a"):
        pair_up(make(), [(1, 2, "Background")])
    assert pair_up(make(), [(1, 2, "bckg")])[1] == [[]]


def test_patients():
    known, unknown = make("a", patient="p1"), make("b")
    assert check_patients(None, [known]) == ["p1"]
    assert check_patients(None, [unknown]) is None
    assert check_patients("p2", [known, unknown]) == ["p2", "p2"]
    assert check_patients(["p2", "p3"], [known, unknown]) == ["p2", "p3"]
    with pytest.raises(
        ValueError, match=r"`patient` must be known for all recordings or for none, got none for b"
    ):
        check_patients(None, [known, unknown])
    with pytest.raises(ValueError, match=r"`patient` must name one for each of the 2 recordings, got 1"):
        check_patients(["p"], [known, unknown])


@pytest.mark.parametrize(
    "kind", [list, tuple, np.array, pd.Series, iter, lambda x: dict(enumerate(x)).values()]
)
def test_patients_in_any_list(kind):
    recordings = [make("a"), make("b")]
    assert check_patients(kind(["p", "q"]), recordings) == ["p", "q"]
    assert check_patients(kind([1, 2]), recordings) == [1, 2]


@pytest.mark.parametrize("patient", ["p2", 7, np.int64(7), np.str_("p2")])
def test_one_patient(patient):
    assert check_patients(patient, [make("a"), make("b")]) == [patient, patient]


def test_keys_are_a_list_of_patients():
    assert check_patients({"p": 1, "q": 2}.keys(), [make("a"), make("b")]) == ["p", "q"]


@pytest.mark.parametrize("missing", [None, np.nan, pd.NA, pd.NaT])
def test_missing_patients(missing):
    recordings = [make("a"), make("b")]
    assert check_patients([missing, missing], recordings) is None
    assert check_patients(missing, recordings) is None
    with pytest.raises(ValueError, match=r"`patient` must be known for all .*, got none for b"):
        check_patients(pd.Series(["p", missing], dtype=object), recordings)
    assert check_patients(None, [make("a", patient=missing)]) is None


@pytest.mark.parametrize(
    "patient", [{"a": "p", "b": "q"}, {"p", "q"}, [["p"], ["q"]], np.array([["p"], ["q"]])]
)
def test_patients_of_another_kind(patient):
    with pytest.raises(
        ValueError, match=r"`patient` must be the name of a patient, or a list of names in the"
    ):
        check_patients(patient, [make("a"), make("b")])


def test_other_units_than_microvolts_are_refused():
    class Source:
        sfreq, n_times, gaps = 10.0, 100, ()

    other = Recording(Source(), ["C3", "SpO2", "Temp"], units=["uV", "%", "degC"], name="b")
    match = r"in microvolts, got other units in b, \{'SpO2': '%', 'Temp': 'degC'\}: pick the EEG first"
    for given in (other, [make("a", ch_names=other.ch_names), other]):
        with pytest.raises(ValueError, match=match):
            pair_up(given, None)
    assert pair_up(other.pick(["C3"]), None)[0][0].ch_names == ["C3"]
