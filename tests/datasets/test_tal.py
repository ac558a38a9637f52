import pytest

from sklearn_eeg.datasets import Event
from sklearn_eeg.datasets._tal import Annotations, Run, find_runs, parse_annotations
from sklearn_eeg.datasets._unreadable import UnreadableError


def test_time_of_the_record_and_an_event_with_a_length():
    found = parse_annotations(b"+10.5\x14\x14\0+11.25\x152.5\x14seizure\x14\0\0\0")
    assert found == Annotations(10.5, (Event(11.25, 13.75, "seizure"),), 0)


def test_one_list_may_hold_many_texts_and_begin_before_the_start():
    found = parse_annotations(b"+0\x14\x14\0-3.5\x14a\x14b\x14\0")
    assert found.events == (Event(-3.5, -3.5, "a"), Event(-3.5, -3.5, "b"))


def test_texts_in_the_list_that_tells_the_time():
    found = parse_annotations(b"+1.000000\x14\x14+1.140000\x14A1+A2 OFF\x14\0\0")
    assert found.onset == 1
    assert [event.label for event in found.events] == ["+1.140000", "A1+A2 OFF"]


@pytest.mark.parametrize("raw", [b"", b"\0\0\0\0"])
def test_nothing(raw):
    assert parse_annotations(raw) == Annotations(None, (), 0)


def test_only_a_first_list_without_text_tells_the_time():
    assert parse_annotations(b"+3\x14event\x14\0").onset is None
    assert parse_annotations(b"+3\x14event\x14\0+9\x14\x14\0").onset is None


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1"])
def test_text_is_utf8_or_else_latin1(encoding):
    raw = b"+0\x14" + "Augenöffnen".encode(encoding) + b"\x14\0"
    assert parse_annotations(raw).events[0].label == "Augenöffnen"


@pytest.mark.parametrize(
    "item", [b"later\x14a\x14", b"+nan\x14a\x14", b"+1\x15-2\x14a\x14", b"+1\x15inf\x14a\x14", b"\xff"]
)
def test_an_unreadable_list_is_counted_and_the_next_one_read(item):
    found = parse_annotations(item + b"\0+5\x14b\x14\0")
    assert found == Annotations(None, (Event(5, 5, "b"),), 1)


def test_runs_of_a_whole_recording():
    assert find_runs([0, 2, 4], 2.0, 512) == [Run(0, 0, 3)]
    assert find_runs([0.25, 2.25, 4.25], 2.0, 512) == [Run(0, 0, 3)]


def test_runs_around_gaps_are_on_the_clock():
    runs = find_runs([0.5, 1.5, 10.5, 11.5, 12.75], 1.0, 100)
    assert runs == [Run(0, 0, 2), Run(1000, 2, 2), Run(1225, 4, 1)]


def test_a_record_without_a_time_follows_the_one_before():
    assert find_runs([None, None, 7, None], 1.0, 10) == [Run(0, 0, 2), Run(70, 2, 2)]


def test_less_than_half_a_sample_is_no_gap_but_drift_adds_up():
    assert len(find_runs([0, 1.004, 2.004], 1.0, 100)) == 1
    assert find_runs([0, 1.004, 2.008], 1.0, 100) == [Run(0, 0, 2), Run(201, 2, 1)]


def test_a_record_that_begins_in_the_one_before_is_set_behind_it():
    assert find_runs([0, 0.9, 2], 1.0, 100) == [Run(0, 0, 3)]


@pytest.mark.parametrize("onsets", [[0, 0, 0], [5, 4], [0, 10, 3]])
def test_time_that_runs_back(onsets):
    with pytest.raises(UnreadableError, match="run back: record"):
        find_runs(onsets, 1.0, 100)


def test_impossible_length():
    assert len(find_runs([0, 1900], 1.0, 100)) == 2
    with pytest.raises(UnreadableError, match=r"impossible: 2 s of signals would last 2.6e\+06 s"):
        find_runs([0, 2.6e6], 1.0, 100)
