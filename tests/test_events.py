import pickle
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from sklearn_eeg._events import (
    Event,
    as_events,
    event_samples,
    events_to_mask,
    mask_to_events,
    merge_events,
    overlap,
    overlap_seconds,
)


def times(events):
    return [(event.onset, event.offset) for event in events]


def random_events(rng, n_events, longest=20.0, until=100.0):
    onsets = rng.uniform(-10, until, n_events)
    return [Event(onset, onset + rng.uniform(0, longest)) for onset in onsets]


def test_event_holds_floats():
    event = Event(np.float32(1.5), np.int64(4), confidence=1, channels=["F3", "F4"])
    assert (event.onset, event.offset, event.duration) == (1.5, 4.0, 2.5)
    assert all(type(value) is float for value in (event.onset, event.offset, event.confidence))
    assert event.channels == ("F3", "F4")
    assert pickle.loads(pickle.dumps(event)) == event
    assert len({event, Event(1.5, 4.0, confidence=1.0, channels=("F3", "F4"))}) == 1
    with pytest.raises(AttributeError):
        event.onset = 3


def test_events_are_sorted_where_confidence_and_channels_are_missing():
    same = [
        Event(1, 2, "sz"),
        Event(1, 2, "sz", 0.5),
        Event(1, 2, "sz", 0.5, ("F3",)),
        Event(1, 3, "a"),
        Event(2, 3, "a"),
    ]
    assert sorted([same[3], same[1], same[4], same[0], same[2]]) == same
    assert same[0] < same[1] <= same[2]
    assert Event(1, 2) != (1, 2)
    with pytest.raises(TypeError):
        assert Event(1, 2) < (1, 3)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 10**400])
def test_times_are_finite(value):
    with pytest.raises(ValueError, match="`onset` must be finite, got"):
        Event(value, 3)
    with pytest.raises(ValueError, match="`offset` must be finite, got"):
        Event(0, value)


@pytest.mark.parametrize("value", ["1", None, True, np.True_, 1j])
def test_times_are_numbers(value):
    with pytest.raises(TypeError, match="`offset` must be a number, got"):
        Event(0, value)


def test_offset_before_onset():
    with pytest.raises(ValueError, match=r"`offset` must be at least `onset`, 5.0 s, got 4.0: .* duration"):
        Event(5, 4)
    assert Event(5, 5).duration == 0


def test_other_parameters_of_an_event():
    with pytest.raises(TypeError, match="`label` must be a string, got 1"):
        Event(0, 1, 1)
    with pytest.raises(ValueError, match="`confidence` must lie from 0 to 1, got 1.5"):
        Event(0, 1, confidence=1.5)
    with pytest.raises(TypeError, match="`channels` must be a tuple of names, got 'F3'"):
        Event(0, 1, channels="F3")


def test_as_events_takes_the_usual_forms():
    expected = [Event(1, 2), Event(3, 5)]
    assert as_events(None) == as_events([]) == []
    assert as_events(iter([(3, 5), (1, 2)])) == expected
    assert as_events(np.array([[3, 5], [1, 2]])) == expected
    assert as_events([Event(3, 5), [1.0, 2.0, "sz"]]) == expected
    assert as_events(pd.DataFrame({"onset": [3, 1], "duration": [2, 1]})) == expected
    assert as_events([(0, 5, "bckg"), Event(1, 2, "fnsz"), (0, 1, "bckg_x")]) == [Event(1, 2, "fnsz")]


def test_as_events_takes_a_table_of_szcore():
    table = pd.DataFrame(
        {
            "onset": [10.0, 0.0, 50.5],
            "duration": [5.0, 100.0, 2],
            "eventType": ["sz_foc_ia", "bckg", "sz"],
            "confidence": [0.5, np.nan, "n/a"],
            "channels": ["F3, F4", "all", "n/a"],
        }
    )
    assert as_events(table) == [
        Event(10, 15, "sz_foc_ia", 0.5, ("F3", "F4")),
        Event(50.5, 52.5, "sz"),
    ]


def test_as_events_leaves_its_input():
    events = [Event(3, 5), Event(1, 2)]
    as_events(events)
    assert events == [Event(3, 5), Event(1, 2)]


@pytest.mark.parametrize("item", [1, "12", (1,), (1, 2, "sz", 3), None])
def test_no_event(item):
    with pytest.raises(ValueError, match=r"Item 1 of `events` must be an Event, \(onset, offset\)"):
        as_events([(0, 1), item])


@pytest.mark.parametrize("events", [3, "sz", Event(0, 1)])
def test_no_list(events):
    with pytest.raises(TypeError, match="`events` must be a list of events, got .* put it in a list"):
        as_events(events)


def test_faults_say_which_event():
    with pytest.raises(ValueError, match="Item 1 of `events` is no event: `offset` must be at least"):
        as_events([(0, 1), (5, 4)])
    with pytest.raises(TypeError, match="Item 0 of `events` is no event: `onset` must be a number"):
        as_events([("a", 1)])
    with pytest.raises(ValueError, match="Row 1 of `events` is no event: `onset` must be finite"):
        as_events(pd.DataFrame({"onset": [0, np.nan], "duration": [1, 1]}))
    with pytest.raises(ValueError, match="Row 0 of `events` is no event: could not convert .*'high'"):
        as_events(pd.DataFrame({"onset": [0], "duration": [1], "confidence": ["high"]}))
    with pytest.raises(ValueError, match=r"must have the columns onset and duration, got no duration among"):
        as_events(pd.DataFrame({"onset": [0], "offset": [1]}))


def test_merge_closed_form():
    events = [(30, 40), (0, 10), (12, 20), (5, 6)]
    assert times(merge_events(events)) == [(0, 10), (12, 20), (30, 40)]
    assert times(merge_events(events, 1.99)) == [(0, 10), (12, 20), (30, 40)]
    assert times(merge_events(events, 2)) == [(0, 20), (30, 40)]
    assert times(merge_events(events, 100)) == [(0, 40)]
    assert times(merge_events([(0, 5), (5, 6)])) == [(0, 6)]
    assert merge_events([]) == []


def test_merged_event_keeps_what_it_can():
    short, long = Event(0, 4, "tcsz", 0.5, ("F3", "C3")), Event(4, 9, "fnsz", None, ("C3", "P3"))
    assert merge_events([short, long]) == [Event(0, 9, "fnsz", 0.5, ("F3", "C3", "P3"))]
    assert merge_events([short, Event(2, 6, "fnsz")]) == [Event(0, 6, "tcsz", 0.5)]
    assert merge_events([short]) == [short]


def test_merge_by_label():
    events = [(0, 10, "a"), (5, 15, "b"), (12, 20, "a")]
    assert merge_events(events, 2, by_label=True) == [Event(0, 20, "a"), Event(5, 15, "b")]
    assert merge_events(events, by_label=True) == as_events(events)


@pytest.mark.parametrize("gap", [-1, np.nan, np.inf])
def test_merge_gap(gap):
    with pytest.raises(ValueError, match="`gap_seconds` must be"):
        merge_events([(0, 1)], gap)


@pytest.mark.parametrize("seed", range(20))
def test_merging_covers_the_same_time_and_leaves_no_overlap(seed):
    rng = np.random.default_rng(seed)
    events = random_events(rng, 12)
    merged = merge_events(events)
    assert all(a.offset < b.onset for a, b in pairwise(merged))
    np.testing.assert_array_equal(events_to_mask(events, 8, 900), events_to_mask(merged, 8, 900))
    assert merge_events(merged) == merged


def test_mask_rounds_to_the_nearest_sample():
    assert np.flatnonzero(events_to_mask([(0.24, 0.76)], 2, 4)).tolist() == [0, 1]
    assert np.flatnonzero(events_to_mask([(0.25, 0.75)], 2, 4)).tolist() == [1]
    assert not events_to_mask([(0.3, 0.7)], 2, 4).any()
    assert event_samples([Event(0.25, 0.75)], 2).tolist() == [[1, 2]]


def test_mask_leaves_out_what_lies_outside():
    assert events_to_mask([(-5, 1), (2, 1e300), (-1e300, -3)], 1, 4).tolist() == [True, False, True, True]
    assert events_to_mask([(0, 1)], 1, 0).shape == (0,)


@pytest.mark.parametrize("sfreq", [1, 64, 173.61, 256, 1000 / 3, 511.9999])
@pytest.mark.parametrize("seed", [0, 1])
def test_mask_round_trip(sfreq, seed):
    rng = np.random.default_rng(seed)
    runs = rng.geometric(0.02, 400)
    mask = np.repeat(np.arange(400) % 2 == seed, runs)
    events = mask_to_events(mask, sfreq, "fnsz")
    np.testing.assert_array_equal(events_to_mask(events, sfreq, len(mask)), mask)
    assert len(events) == 200
    assert {event.label for event in events} == {"fnsz"}
    assert events == sorted(events)


def test_mask_round_trip_over_a_day():
    mask = np.zeros(24 * 3600 * 256, dtype=bool)
    mask[[0, 1, -256, -1]] = True
    np.testing.assert_array_equal(events_to_mask(mask_to_events(mask, 256), 256, mask.size), mask)


def test_masks_without_an_event():
    assert mask_to_events([], 256) == []
    assert mask_to_events(np.zeros(9), 256) == []
    assert times(mask_to_events(np.ones(9, dtype=int), 3)) == [(0, 3)]


@pytest.mark.parametrize("mask", [[[True]], [0.5, 1], [np.nan], [2, 0]])
def test_no_mask(mask):
    with pytest.raises(ValueError, match="`mask` must be one row of True and False"):
        mask_to_events(mask, 1)


@pytest.mark.parametrize("sfreq", [0, -1, np.nan])
def test_sfreq(sfreq):
    with pytest.raises(ValueError, match="`sfreq` must be"):
        mask_to_events([True], sfreq)
    with pytest.raises(ValueError, match="`sfreq` must be"):
        events_to_mask([(0, 1)], sfreq, 3)


def test_n_times():
    with pytest.raises(ValueError, match="`n_times` must be at least 0, got -1"):
        events_to_mask([], 1, -1)


def test_overlap_closed_form():
    starts, stops = np.arange(0, 40, 10), np.arange(10, 50, 10)
    assert overlap_seconds([(5, 12), (35, 36), (11, 14)], starts, stops).tolist() == [5, 4, 0, 1]
    assert overlap_seconds([], starts, stops).tolist() == [0, 0, 0, 0]
    assert overlap_seconds([(0, 40)], starts, stops).tolist() == [10, 10, 10, 10]


@pytest.mark.parametrize("seed", range(30))
def test_overlap_equals_a_count_of_samples(seed):
    rng = np.random.default_rng(seed)
    intervals = np.sort(rng.integers(-20, 220, (rng.integers(1, 12), 2)), axis=1)
    starts = rng.integers(-20, 200, 50)
    stops = starts + rng.integers(0, 40, 50)
    points = np.arange(-50, 300)
    inside = ((points >= intervals[:, :1]) & (points < intervals[:, 1:])).any(axis=0)
    counts = [inside[(points >= a) & (points < b)].sum() for a, b in zip(starts, stops, strict=True)]
    np.testing.assert_array_equal(overlap(intervals, starts, stops), counts)
    seconds = overlap_seconds(intervals / 8, starts / 8, stops / 8)
    np.testing.assert_allclose(seconds * 8, counts, atol=1e-12)


@pytest.mark.parametrize("stops", [[1], [2, 0], [2, np.nan]])
def test_overlap_wants_windows(stops):
    with pytest.raises(ValueError, match="`stops` must give one end for each of `starts`"):
        overlap_seconds([(0, 1)], [0, 1], stops)
