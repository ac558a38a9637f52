import numpy as np
import pandas as pd
import pytest

from sklearn_eeg._events import Event
from sklearn_eeg.detection._event_builder import EventBuilder, EventRule
from sklearn_eeg.detection._threshold import choose_threshold, threshold_curve
from sklearn_eeg.evaluation import score_events

RULE = EventRule(0.5, 0.8, 3.0, 10.0, window_seconds=4.0, step_seconds=1.0)


def simulate(n_recordings=4, n_steps=7200):
    rng = np.random.default_rng(0)
    smoothed, events = [], []
    for _ in range(n_recordings):
        own = np.repeat(rng.random(n_steps // 20), 20) ** 3
        seizures = [Event(a, a + 40) for a in (1000, 3000, 6000)]
        for seizure in seizures[:2]:
            own[int(seizure.onset) : int(seizure.offset)] += 0.3
        own[5000:5100] = np.nan
        smoothed.append(own)
        events.append(seizures)
    return smoothed, events, [n_steps + 3.0] * n_recordings


def test_each_threshold_is_scored_as_by_score_events():
    smoothed, events, durations = simulate()
    levels = np.array([0.3, 0.6, 0.9])
    curve = threshold_curve(smoothed, events, durations, RULE, levels)
    for level in levels.tolist():
        rule = EventRule(level, 0.8, 3.0, 10.0, 4.0, 1.0)
        alarms = []
        for own in smoothed:
            builder = EventBuilder(rule)
            alarms.append(builder.push(own) + builder.finish(7203.0))
        scores = score_events(events, alarms, durations, judged_seconds=[7100.0] * 4, n_resamples=0)
        expected = scores.to_frame()["estimate"]
        np.testing.assert_allclose(curve.loc[level], expected[curve.columns], rtol=1e-12)


def test_thresholds_reach_from_the_lowest_to_the_highest_probability():
    smoothed, events, durations = simulate()
    curve = threshold_curve(smoothed, events, durations, RULE)
    pooled = np.concatenate(smoothed)
    assert curve.index.is_monotonic_increasing
    assert curve.index[0] == pytest.approx(np.nanmin(pooled))
    assert curve.index[-1] == pytest.approx(np.nanmax(pooled), rel=0.01)


def test_nothing_to_judge_is_told():
    with pytest.raises(ValueError, match="No window of the recordings could be judged"):
        threshold_curve([np.full(5, np.nan)], [[]], [10.0], RULE)


def curve(sensitivity, rate, f1, index):
    return pd.DataFrame({"sensitivity": sensitivity, "false_alarms_per_day": rate, "sample_f1": f1}, index)


def test_the_most_sensitive_within_the_rate_is_chosen():
    sensitivity, rate = [1.0, 0.9, 0.9, 0.9, 0.9, 0.1], [99.0, 9.0, 3.0, 3.0, 3.0, 0.0]
    table = curve(sensitivity, rate, [0.2, 0.1, 0.5, 0.5, 0.5, 0.9], [0.1, 0.2, 0.4, 0.5, 0.8, 0.9])
    assert choose_threshold(table, 10) == 0.5  # of three with the best F1 the nearest to the middle, 0.6
    assert choose_threshold(table, 100) == 0.1
    assert choose_threshold(table, 1) == 0.9


def test_a_threshold_that_finds_nothing_is_none():
    assert np.isnan(choose_threshold(curve([1.0, 0.0], [99.0, 0.0], [0.1, 0.0], [0.1, 0.9]), 10))
