"""The rules of SzCORE, one test each; and equality with timescoring, their reference implementation."""

import math
from types import SimpleNamespace

import numpy as np
import pytest

from sklearn_eeg.evaluation._event_rules import (
    COUNTS,
    EventRules,
    join_events,
    score_recording,
    split_events,
)

HOUR = 3600.0


def times(*events):
    return np.array(events, dtype=float).reshape(-1, 2)


def score(reference, hypothesis, duration=HOUR, **rules):
    result = score_recording(times(*reference), times(*hypothesis), duration, EventRules(**rules))
    named = dict(zip(COUNTS, result.counts.tolist(), strict=True))
    return SimpleNamespace(**result._asdict() | named)


def test_any_overlap_finds_a_seizure():
    got = score([(1000, 1060)], [(1059.9, 1070)])
    assert (got.events, got.found, got.alarms, got.false_alarms) == (1, 1, 1, 0)


def test_an_alarm_in_the_tolerance_finds_the_seizure():
    assert score([(1000, 1060)], [(960, 970.2)]).found == 1
    assert score([(1000, 1060)], [(960, 969.9)]).false_alarms == 1
    assert score([(1000, 1060)], [(1119.8, 1140)]).found == 1
    assert score([(1000, 1060)], [(1120.1, 1140)]).false_alarms == 1


def test_events_closer_than_90_s_are_one():
    assert score([(100, 110), (199.9, 210)], []).events == 1
    assert score([(100, 110), (200, 210)], []).events == 2
    assert score([], [(100, 110), (199.9, 210)]).false_alarms == 1
    assert score([], [(100, 110), (200, 210)]).false_alarms == 2


def test_events_longer_than_5_min_are_cut():
    assert score([(0, 300)], []).events == 1
    assert score([(0, 300.5)], []).events == 2
    got = score([(0, 1000)], [(2000, 2600)])
    assert (got.events, got.parts.tolist(), got.false_alarms) == (4, [4], 2)


def test_a_short_alarm_in_a_status_finds_one_part():
    got = score([(600, 1200)], [(700, 710)])
    assert (got.events, got.found, got.parts_found.tolist()) == (2, 1, [1])


def test_a_long_alarm_over_three_seizures_is_false_where_it_touches_none():
    got = score([(400, 430), (1600, 1630), (2500, 2530)], [(0, 3600)])
    assert (got.found, got.alarms, got.false_alarms) == (3, 12, 9)


def test_an_alarm_at_a_missed_seizure_is_false():
    got = score([(1000, 1060)], [(1000, 1010)], min_overlap=0.5)
    assert (got.found, got.false_alarms) == (0, 1)
    assert score([(1000, 1060)], [(980, 1060)], min_overlap=0.5).found == 1


def test_tolerance_ends_with_the_recording():
    # 10 s of the 50 s from 3550 to the end are covered.
    assert score([(3580, 3600)], [(3550, 3560)], min_overlap=0.19).found == 1
    assert score([(3580, 3600)], [(3550, 3560)], min_overlap=0.21).found == 0
    assert score([(0, 20)], [(70, 80)], min_overlap=0.12).found == 1


def test_samples_are_seconds_of_the_events_as_given():
    got = score([(10, 20), (30, 40)], [(15, 35.4), (100, 101)])
    assert (got.true_samples, got.found_samples, got.false_samples) == (20, 10, 11)


def test_warning_time_counts_overlapping_alarms_once():
    assert score([], [(10, 20), (15, 25), (100, 101.5)]).warning_seconds == 16.5


def test_nothing_at_all():
    got = score([], [])
    assert got.counts.tolist() == [0, 0, 0, 0, HOUR, 0, 0, 0, 0]
    assert len(got.latency) == len(got.parts) == 0
    missed = score([(10, 20)], [])
    assert (missed.events, missed.found) == (1, 0)
    assert np.isnan(missed.latency).all()


@pytest.mark.parametrize("seed", range(20))
def test_order_does_not_matter(seed):
    rng = np.random.default_rng(seed)
    events = [draw(rng, HOUR, 8) for _ in range(2)]
    plain = score_recording(*events, HOUR, EventRules())
    turned = score_recording(*(rng.permutation(each) for each in events), HOUR, EventRules())
    for one, other in zip(plain, turned, strict=True):
        if one is not plain.members:
            np.testing.assert_array_equal(one, other)


def test_events_within_events_are_part_of_them():
    # timescoring would end the joined event with its last part, at 120 s.
    joined, members = join_events(times((100, 400), (110, 120), (480, 500), (600, 610)), 90)
    assert joined.tolist() == [[100, 500], [600, 610]]
    assert members.tolist() == [0, 0, 0, 1]


def test_touching_events_without_a_gap_stay_apart():
    assert len(join_events(times((0, 10), (10, 20)), 0)[0]) == 2
    assert len(join_events(times((0, 10), (9, 20)), 0)[0]) == 1


def test_events_need_not_be_cut():
    events = times((0, 1e5))
    assert split_events(events, math.inf)[0].tolist() == events.tolist()


@pytest.mark.parametrize(
    ("alarms", "latency"),
    [
        ([(1010, 1020)], 10),
        ([(1010, 1020), (1004, 1005)], 4),
        ([(980, 990)], -20),
        ([(0, 1100)], -30),
        ([(900, 920), (1003, 1100)], 3),
        ([(1100, 1130)], 100),
        ([(900, 965), (1122, 1130)], np.nan),
        ([(2000, 2010)], np.nan),
    ],
)
def test_latency_is_from_the_onset_to_the_first_moment_of_alarm(alarms, latency):
    got = score([(1000, 1060)], alarms, min_gap_seconds=200)
    np.testing.assert_array_equal(got.latency, [latency])


def test_latency_of_a_status_counts_from_its_onset():
    got = score([(1000, 1200), (1250, 1900)], [(1700, 1710)])
    assert got.latency.tolist() == [700]
    assert got.parts.tolist() == [3]


@pytest.mark.parametrize(
    ("rules", "message"),
    [
        ({"min_gap_seconds": -1}, "`min_gap_seconds` must be at least 0, got -1"),
        ({"min_gap_seconds": "a"}, "`min_gap_seconds` must be a number, got 'a'"),
        ({"min_overlap": None}, "`min_overlap` must be a number, got None"),
        ({"tolerance_after_seconds": math.nan}, "`tolerance_after_seconds` must be at least 0, got nan"),
        ({"max_event_seconds": 0}, r"`max_event_seconds` must be at least 1 \(or math.inf\), got 0"),
        ({"min_overlap": 1}, "`min_overlap` must be below 1, got 1"),
    ],
)
def test_rules_out_of_range(rules, message):
    with pytest.raises(ValueError, match=message):
        EventRules(**rules)


def draw(rng, duration, n_events, step=0.0):
    """Draw events that do not overlap, sorted, on a grid of `step` seconds where that is not 0."""
    events = np.sort(rng.uniform(0, duration, 2 * n_events)).reshape(-1, 2)
    longest = rng.exponential(rng.choice([20, 60, 400]), n_events) + 0.1
    events[:, 1] = np.minimum(events[:, 1], events[:, 0] + longest)
    if step:
        events = np.round(events / step) * step
    events = np.minimum(events, duration)
    return events[events[:, 1] - events[:, 0] > 0.05]


@pytest.mark.parametrize("seed", range(300))
def test_counts_equal_those_of_timescoring(seed):
    annotations = pytest.importorskip("timescoring.annotations")
    scoring = pytest.importorskip("timescoring.scoring")
    rng = np.random.default_rng(seed)
    n_steps = int(rng.integers(6000, 200_000))
    step = rng.choice([0, 0.1, 0.25, 0.5, 1])
    events = [draw(rng, n_steps / 10, rng.integers(13), step) for _ in range(2)]
    theirs = [annotations.Annotation([tuple(row) for row in each.tolist()], 10, n_steps) for each in events]
    rules = EventRules() if seed % 2 else EventRules(*rng.choice([1, 20, 45, 100], 4), rng.uniform(0, 0.8))
    parameters = scoring.EventScoring.Parameters(
        rules.tolerance_before_seconds,
        rules.tolerance_after_seconds,
        rules.min_overlap,
        rules.max_event_seconds,
        rules.min_gap_seconds,
    )
    by_event, by_sample = scoring.EventScoring(*theirs, parameters), scoring.SampleScoring(*theirs)
    got = dict(zip(COUNTS, score_recording(*events, n_steps / 10, rules).counts, strict=True))
    names = ("events", "found", "false_alarms")
    assert tuple(got[name] for name in names) == (by_event.refTrue, by_event.tp, by_event.fp)
    names = ("true_samples", "found_samples", "false_samples")
    assert tuple(got[name] for name in names) == (by_sample.refTrue, by_sample.tp, by_sample.fp)
    assert got["seconds"] == by_event.numSamples / by_event.fs
