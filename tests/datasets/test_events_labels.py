from pathlib import Path

import pytest

from sklearn_eeg._events import Event
from sklearn_eeg.datasets._events_labels import relabel

PATH = Path("night.edf")
EVENTS = [Event(9, 10, "Seizure  A", 0.5, ("F3",)), Event(1, 2, "blink"), Event(20, 21, "fnsz")]


def marks(*labels):
    return [Event(second, second, label) for second, label in enumerate(labels)]


def test_all_labels_are_kept_as_they_are():
    assert relabel(iter(EVENTS), None, PATH) == EVENTS


def test_labels_are_chosen_and_renamed():
    assert relabel(EVENTS, ["BLINK", "none of these"], PATH) == [Event(1, 2, "BLINK")]
    assert relabel(EVENTS, {"seizure a": "sz", "fnsz": "sz"}, PATH) == [
        Event(9, 10, "sz", 0.5, ("F3",)),
        Event(20, 21, "sz"),
    ]
    assert relabel(EVENTS, [], PATH) == []


def test_marks_of_start_and_end():
    found = marks("start", "blink", "END", "start", "end")
    assert relabel(found, {("Start", "end"): "sz"}, PATH) == [Event(0, 2), Event(3, 4)]
    assert relabel(found, {("start", "end"): "sz", "blink": "b"}, PATH) == [
        Event(1, 1, "b"), Event(0, 2), Event(3, 4)
    ]  # fmt: skip
    touching = [Event(0, 0, "start"), Event(2, 2, "stop"), Event(2, 2, "start"), Event(3, 3, "stop")]
    assert relabel(touching, {("start", "stop"): "sz"}, PATH) == [Event(0, 2), Event(2, 3)]


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (
            ["end"],
            r"night.edf must mark each 'start' with a 'end' before the next, got 'end' out of turn at 0 s",
        ),
        (["start", "start", "end"], r"got 'start' out of turn at 1 s"),
        (["start", "end", "end"], r"got 'end' out of turn at 2 s"),
        (["start", "end", "start"], r"night.edf must mark a 'end' after the 'start' at 2 s"),
    ],
)
def test_marks_out_of_turn(labels, message):
    with pytest.raises(ValueError, match=message):
        relabel(marks(*labels), {("start", "end"): "sz"}, PATH)


@pytest.mark.parametrize("labels", ["sz", 3])
def test_labels_that_are_no_list(labels):
    with pytest.raises(
        ValueError, match=r"`labels` must be a list of labels or a mapping, got .* put it in a list"
    ):
        relabel(EVENTS, labels, PATH)


@pytest.mark.parametrize("labels", [[1], {"a": 1}, {1: "a"}, {("a",): "b"}, {("a", 1): "b"}, [("a", "b")]])
def test_labels_of_another_kind(labels):
    with pytest.raises(ValueError, match=r"`labels` must map a label, or a pair of labels"):
        relabel(EVENTS, labels, PATH)
