import numpy as np
import pandas as pd
import pytest

from sklearn_eeg._events import Event
from sklearn_eeg.evaluation._recordings import list_events, list_recordings, match_recordings, times_of


def test_one_recording():
    recordings = list_recordings(np.float64(60), None)
    assert (recordings.names, recordings.durations, recordings.patients) == ([0], [60.0], None)
    assert list_recordings(60, "ann").patients.tolist() == ["ann"]
    assert list_recordings(60, ["ann"]).patients.tolist() == ["ann"]
    assert list_recordings(60, 7).patients.tolist() == [7]


def test_many_recordings():
    recordings = list_recordings([60, 70, 80], ["bob", "ann", "bob"])
    assert recordings.names == [0, 1, 2]
    assert recordings.patients.tolist() == ["ann", "bob"]
    assert recordings.unit.tolist() == [1, 0, 1]
    by_name = list_recordings({"x": 60, "y": 70}, None)
    assert by_name.names == ["x", "y"]
    assert by_name.unit.tolist() == [0, 1]


def test_events_by_name_come_in_the_order_of_the_recordings():
    recordings = list_recordings({"x": 60, "y": 70}, None)
    table = pd.DataFrame({"onset": [5.0], "duration": [2.0]})
    [first, second] = list_events({"y": table, "x": []}, recordings, False, "reference")
    assert first == []
    assert second == [Event(5, 7)]


def test_events_are_cut_to_the_recording():
    recordings = list_recordings(60, None)
    [events] = list_events([(-5, 3, "a"), (55, 65), (10, 10)], recordings, True, "reference")
    assert events == [Event(0, 3, "a"), Event(10, 10), Event(55, 60)]


def test_times_of_no_event():
    assert times_of([]).shape == (0, 2)
    assert times_of([Event(1, 2)]).tolist() == [[1, 2]]


@pytest.mark.parametrize(
    ("events", "message"),
    [
        ([(61, 70)], "must lie within the recording, 0 to 60 s, got 61 to 70 s in recording 0: .* seconds"),
        ([(-5, -1)], "must lie within the recording, 0 to 60 s, got -5 to -1"),
        ([(-5, 0)], "must lie within the recording"),
        ([(5, 4)], "`hypothesis` of recording 0: Item 0 of `events` is no event: `offset` must be at least"),
        ([(5, 5)], "`hypothesis` must hold alarms that last, got 5 to 5 s in recording 0: let an alarm"),
    ],
)
def test_events_refused(events, message):
    with pytest.raises(ValueError, match=message):
        list_events(events, list_recordings(60, None), True, "hypothesis")


def test_types_refused():
    with pytest.raises(TypeError, match="`reference` of recording 'x': `events` must be a list"):
        list_events({"x": 5}, list_recordings({"x": 60}, None), False, "reference")


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"a": 1}, "`groups` must have the recordings of `duration`, got none for 'b'"),
        ({"a": 1, "b": 2, "c": 3}, "got 'c', which has no duration"),
        ([1], "`groups` must have a value for each of the 2 recordings of `duration`, got 1"),
        ("ab", "`groups` must be a sequence or dict with a value for each of the 2 .*, got str"),
        (3, "`groups` must be a sequence or dict with a value for each of the 2 .*, got int"),
    ],
)
def test_recordings_that_do_not_match(values, message):
    with pytest.raises(ValueError, match=message):
        match_recordings(values, ["a", "b"], "groups")


@pytest.mark.parametrize("duration", [0, -5, np.nan, np.inf, 0.5])
def test_durations_refused(duration):
    with pytest.raises(ValueError, match="`duration` must be at least 1, in seconds, got .* recording 'x'"):
        list_recordings({"x": duration}, None)


def test_no_recording():
    with pytest.raises(ValueError, match="`duration` must hold at least one recording, got none"):
        list_recordings([], None)


def test_lengths_that_are_no_numbers():
    for duration in ("60", None, pd.DataFrame({"a": [60.0]})):
        with pytest.raises(ValueError, match="`duration` must be the length of a recording in seconds, or"):
            list_recordings(duration, None)
    with pytest.raises(ValueError, match="`duration` must hold numbers, in seconds, got '60'"):
        list_recordings(["60", 70], None)


@pytest.mark.parametrize("missing", [None, np.nan, pd.NA])
def test_patients_that_are_missing_or_mixed(missing):
    with pytest.raises(ValueError, match="the patient of each recording, got none .* for 1 of 2 recordings"):
        list_recordings([60, 70], ["a", missing])
    with pytest.raises(ValueError, match="`groups` must be all text or all numbers, got numbers and text"):
        list_recordings({"x": 60, "y": 70}, {"x": "a", "y": 1})
    assert list_recordings([60, 70], pd.Series([1, 2], dtype="Int64")).patients.tolist() == [1, 2]
