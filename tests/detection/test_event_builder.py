from itertools import pairwise

import numpy as np
import pytest

from sklearn_eeg.detection._event_builder import EventBuilder, EventRule

NAN = np.nan


def rule(**changes):
    plain = {
        "threshold": 0.5, "release": 1.0, "min_duration_seconds": 0.0, "merge_gap_seconds": 0.0,
        "window_seconds": 4.0, "step_seconds": 1.0,
    }  # fmt: skip
    return EventRule(**plain | changes)


def build(values, duration=100.0, **changes):
    builder = EventBuilder(rule(**changes))
    events = builder.push(np.array(values, dtype=float)) + builder.finish(duration)
    return [(event.onset, event.offset, event.confidence) for event in events]


def test_a_step_is_the_middle_of_its_window():
    assert build([0, 0, 0.6, 0.9, 0, 0]) == [(3.5, 5.5, 0.9)]
    assert build([0, 0.7, 0], window_seconds=1.0) == [(1.0, 2.0, 0.7)]


def test_first_and_last_windows_reach_the_ends():
    assert build([0.8, 0, 0]) == [(0.0, 2.5, 0.8)]
    assert build([0, 0, 0.8], duration=6.4) == [(3.5, 6.4, 0.8)]


def test_windows_beside_a_gap_count_whole():
    assert build([0, 0, 0.8, NAN, NAN, NAN, NAN, NAN, 0.6, 0, 0]) == [(3.5, 6.0, 0.8), (8.0, 10.5, 0.6)]


def test_threshold_is_reached_by_equality():
    assert build([0, 0.5, 0]) == [(2.5, 3.5, 0.5)]
    assert build([0, 0.4999, 0]) == []


def test_an_event_that_is_on_lasts_until_below_the_release():
    values = [0, 0.3, 0.6, 0.3, 0.25, 0.2, 0.3, 0]
    assert build(values, release=0.5) == [(3.5, 6.5, 0.6)]
    assert build(values) == [(3.5, 4.5, 0.6)]


def test_gaps_are_joined_up_to_the_length():
    values = [0, 0.6, 0, 0, 0.9, 0, 0, 0, 0.7, 0]
    assert build(values, merge_gap_seconds=2.0) == [(2.5, 6.5, 0.9), (9.5, 10.5, 0.7)]
    assert build(values, merge_gap_seconds=3.0) == [(2.5, 10.5, 0.9)]
    assert len(build(values, merge_gap_seconds=1.9)) == 3


def test_short_events_are_dropped_after_joining():
    values = [0, 0.6, 0, 0.9, 0, 0, 0, 0, 0, 0, 0.7, 0, 0]
    assert build(values, merge_gap_seconds=1.0, min_duration_seconds=3.0) == [(2.5, 5.5, 0.9)]
    assert build(values, merge_gap_seconds=1.0, min_duration_seconds=3.1) == []


def test_an_event_comes_out_once_no_other_can_join_it():
    builder = EventBuilder(rule(merge_gap_seconds=3.0))
    assert builder.push(np.array([0, 0.9])) == []
    told = [len(builder.push(np.zeros(1))) for _ in range(8)]
    assert sum(told) == 1
    assert told.index(1) == 4  # step 7 is the next: it begins at 7 s, more than 3 s after the end at 3.5 s


def test_without_steps_there_are_no_events():
    builder = EventBuilder(rule())
    assert builder.push(np.empty(0)) == []
    assert builder.finish(0.0) == []


@pytest.mark.parametrize("seed", range(20))
def test_any_pieces_make_the_same_events(seed):
    rng = np.random.default_rng(seed)
    values = np.repeat(rng.random(60), rng.integers(1, 6, 60))
    values[rng.random(len(values)) < 0.05] = NAN
    changes = {
        "release": rng.choice([1.0, 0.6]),
        "merge_gap_seconds": rng.choice([0.0, 1.0, 5.0]),
        "min_duration_seconds": rng.choice([0.0, 4.0]),
    }
    expected = build(values, duration=len(values) + 3.0, **changes)
    assert expected
    builder, events = EventBuilder(rule(**changes)), []
    for piece in np.split(values, np.sort(rng.integers(0, len(values) + 1, 30))):
        events += builder.push(piece)
    events += builder.finish(len(values) + 3.0)
    assert [(event.onset, event.offset, event.confidence) for event in events] == expected
    apart = [b.onset - a.offset for a, b in pairwise(events)]
    assert all(gap > changes["merge_gap_seconds"] for gap in apart)


@pytest.mark.parametrize("first", range(1, 40))
def test_lengths_are_exact_at_any_step(first):
    """Steps of a tenth of a second, which no float is: rounding neither drops an event nor parts two."""
    values = np.zeros(60)
    values[first : first + 3] = values[first + 6 : first + 9] = 0.9
    tenths = {"window_seconds": 0.1, "step_seconds": 0.1}
    apart = build(values, min_duration_seconds=0.3, merge_gap_seconds=0.2, **tenths)
    assert [round(onset * 10) for onset, _, _ in apart] == [first, first + 6]
    assert len(build(values, min_duration_seconds=0.9, merge_gap_seconds=0.3, **tenths)) == 1
    builder = EventBuilder(rule(merge_gap_seconds=0.3, **tenths))
    assert len([event for value in values for event in builder.push(np.array([value]))]) == 1
