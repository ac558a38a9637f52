import dataclasses

import numpy as np
import pandas as pd
import pytest

from sklearn_eeg._events import Event
from sklearn_eeg.evaluation import score_events
from sklearn_eeg.evaluation._event_figures import FIGURES
from sklearn_eeg.evaluation._rates import poisson_interval, wilson_interval

HOUR = 3600


@pytest.fixture
def cohort():
    """Three recordings of two patients: the first of Ann's two seizures is found, and Bob's only one."""
    return {
        "reference": {
            "a1": [(100, 160, "sz_foc"), (2000, 2030, "sz_gen")],
            "a2": [],
            "b1": [Event(500, 560, "sz_foc")],
        },
        "hypothesis": {"b1": [(520, 530)], "a2": [(50, 60), (1000, 1010)], "a1": [(110, 120)]},
        "duration": {"a1": HOUR, "a2": 2 * HOUR, "b1": HOUR},
        "groups": {"a1": "ann", "a2": "ann", "b1": "bob"},
    }


def test_figures_are_pooled_over_recordings(cohort):
    scores = score_events(**cohort)
    assert (scores.n_events, scores.n_found, scores.n_alarms, scores.n_false_alarms) == (3, 2, 4, 2)
    assert scores.hours == 4
    assert scores.sensitivity == 2 / 3
    assert scores.precision == 0.5
    assert scores.f1 == pytest.approx(2 * 2 / (2 * 2 + 2 + 1))
    assert scores.false_alarms_per_day == 12
    assert scores.time_in_warning == 40 / (4 * HOUR)
    assert scores.sample_sensitivity == 20 / 150
    assert scores.sample_precision == 0.5
    assert scores.latency_seconds.tolist() == [10, 20]
    assert scores.latency_median == 15
    assert scores.latency_quartiles == (12.5, 17.5)


def test_intervals(cohort):
    scores = score_events(**cohort, confidence_level=0.9)
    assert scores.sensitivity_interval == pytest.approx(np.array(wilson_interval(2, 3, 0.9)).tolist())
    assert scores.precision_interval == pytest.approx(np.array(wilson_interval(2, 4, 0.9)).tolist())
    expected = np.array(poisson_interval(2, 4 / 24, 0.9)).tolist()
    assert scores.false_alarms_interval == pytest.approx(expected)
    table = scores.to_frame()
    assert table.columns.tolist() == [
        "estimate", "low", "high", "patient_low", "patient_high", "patient_mean",
    ]  # fmt: skip
    assert table.index.tolist() == list(FIGURES)
    # Two patients: every draw is Ann twice, Bob twice or both; sensitivity 1/2, 1 or 2/3.
    assert tuple(table.loc["sensitivity", ["patient_low", "patient_high"]]) == (0.5, 1)
    assert table.loc["sensitivity", "patient_mean"] == 0.75


def test_tables_by_type_patient_and_recording(cohort):
    scores = score_events(**cohort)
    types = scores.types
    assert types.index.tolist() == ["sz_foc", "sz_gen"]
    assert types["found"].tolist() == [2, 0]
    assert types.loc["sz_foc", "latency_median"] == 15
    assert np.isnan(types.loc["sz_gen", "latency_median"])
    assert types.loc["sz_gen", "high"] == pytest.approx(wilson_interval(0, 1)[1])
    patients = scores.patients
    assert patients.index.tolist() == ["ann", "bob"]
    assert patients["events"].tolist() == [2, 1]
    assert patients["hours"].tolist() == [3, 1]
    assert patients["false_alarms_per_day"].tolist() == [16, 0]
    recordings = scores.recordings
    assert recordings.index.tolist() == ["a1", "a2", "b1"]
    assert np.isnan(recordings.loc["a2", "sensitivity"])
    assert recordings["found"].sum() == scores.n_found


def test_every_seizure_is_listed(cohort):
    table = score_events(**cohort).seizures
    assert table["recording"].tolist() == ["a1", "a1", "b1"]
    assert table["patient"].tolist() == ["ann", "ann", "bob"]
    assert table["onset"].tolist() == [100, 2000, 500]
    assert table["parts_found"].tolist() == [1, 0, 1]
    np.testing.assert_array_equal(table["latency_seconds"], [10, np.nan, 20])


def test_sequences_equal_dicts(cohort):
    listed = {name: [values[key] for key in cohort["duration"]] for name, values in cohort.items()}
    assert score_events(**listed).to_frame().equals(score_events(**cohort).to_frame())


def test_one_recording_equals_a_list_of_one():
    one = score_events([(100, 160)], [(110, 120)], HOUR)
    listed = score_events([[(100, 160)]], [[(110, 120)]], [HOUR])
    assert one.to_frame().equals(listed.to_frame())
    assert one.patients is None
    assert one.to_frame()[["patient_low", "patient_high", "patient_mean"]].isna().all(axis=None)


def test_forms_of_events_agree():
    pairs = [(100, 160), (2000, 2020)]
    table = pd.DataFrame({"onset": [2000.0, 100.0], "duration": [20.0, 60.0], "eventType": "sz"})
    expected = score_events(pairs, [(110, 120)], HOUR).to_frame()
    for reference in (table, [Event(*pair) for pair in pairs], np.array(pairs), reversed(pairs)):
        assert score_events(reference, [(110, 120)], HOUR).to_frame().equals(expected)


def test_overlapping_annotations_count_once():
    scores = score_events([(100, 160, "long"), (120, 200, "longer"), (130, 140, "short")], [], HOUR)
    assert scores.n_events == 1
    assert scores.seizures.loc[0, ["onset", "offset", "label"]].tolist() == [100, 200, "longer"]
    assert score_events([], [(100, 160), (120, 200)], HOUR).n_false_alarms == 1


def test_background_is_no_event():
    assert score_events([(0, 3000, "bckg")], [], HOUR).n_events == 0


def test_nothing_to_find():
    scores = score_events([], [], 24 * HOUR)
    assert np.isnan([scores.sensitivity, scores.precision, scores.f1, scores.latency_median]).all()
    assert scores.false_alarms_per_day == 0
    assert scores.false_alarms_interval == pytest.approx((0, 3.6889), abs=1e-4)
    assert len(scores.types) == len(scores.seizures) == 0


def test_rules_can_be_set():
    scores = score_events([(100, 110), (150, 160)], [(30, 40)], HOUR, min_gap_seconds=10)
    assert scores.n_events == 2
    assert scores.rules.min_gap_seconds == 10
    assert score_events([(100, 110)], [(30, 40)], HOUR, tolerance_before_seconds=61).n_found == 1


@pytest.mark.parametrize("seed", range(10))
def test_time_shift_and_scale_of_day(seed):
    """Moving all events together changes nothing; nor does an empty recording, but for the rates."""
    rng = np.random.default_rng(seed)
    events = [np.sort(rng.integers(1000, 40_000, (6, 2)), axis=1) for _ in range(2)]
    events[1][:, 1] += 1
    plain = score_events(*events, 50_000)
    moved = score_events(*(each + 500 for each in events), 50_000)
    pd.testing.assert_frame_equal(plain.to_frame(), moved.to_frame())
    longer = score_events([events[0], []], [events[1], []], [50_000, 50_000])
    assert longer.n_false_alarms == plain.n_false_alarms
    assert longer.false_alarms_per_day == pytest.approx(plain.false_alarms_per_day / 2)


def test_figures_equal_those_of_timescoring():
    annotations = pytest.importorskip("timescoring.annotations")
    scoring = pytest.importorskip("timescoring.scoring")
    rng = np.random.default_rng(0)
    onsets = np.sort(rng.choice(np.arange(1000, 80_000, 1500), 30, replace=False)) + rng.uniform(0, 99, 30)
    seizures = np.column_stack([onsets, onsets + rng.uniform(10, 700, 30)])
    events = [seizures[:20], seizures[10:] + rng.uniform(0, 50, (20, 1))]
    theirs = [annotations.Annotation([tuple(row) for row in each.tolist()], 10, 864_000) for each in events]
    got, by_event = score_events(*events, 86_400), scoring.EventScoring(*theirs)
    by_sample = scoring.SampleScoring(*theirs)
    assert 10 <= got.n_found < got.n_events
    assert got.n_false_alarms > 5
    expected = [by_event.sensitivity, by_event.precision, by_event.f1, by_event.fpRate]
    np.testing.assert_allclose(
        [got.sensitivity, got.precision, got.f1, got.false_alarms_per_day], expected, rtol=1e-12
    )
    expected = [by_sample.sensitivity, by_sample.precision, by_sample.f1]
    np.testing.assert_allclose(
        [got.sample_sensitivity, got.sample_precision, got.sample_f1], expected, rtol=1e-12
    )


def test_result_is_frozen_and_reads_well(cohort):
    scores = score_events(**cohort)
    with pytest.raises(dataclasses.FrozenInstanceError):
        scores.f1 = 1
    text = str(scores)
    assert text == repr(scores)
    assert text.startswith("2 of 3 seizures found, 2 of 4 alarms false, in 4.0 h; 95% intervals")
    assert text.endswith("Latency: median 15.0 s, quartiles 12.5 to 17.5 s")


def test_refused(cohort):
    with pytest.raises(ValueError, match="`hypothesis` must have the recordings of `duration`, got none for"):
        score_events(**cohort | {"hypothesis": {"a1": [], "a2": []}})
    with pytest.raises(ValueError, match="`reference` must lie within the recording, 0 to 3600 s"):
        score_events([(4000, 4010)], [], HOUR)
    with pytest.raises(ValueError, match="`hypothesis` must hold alarms that last"):
        score_events([], [(40, 40)], HOUR)
    with pytest.raises(ValueError, match="`min_gap_seconds` must be at least 0, got -1"):
        score_events([], [], HOUR, min_gap_seconds=-1)
    with pytest.raises(ValueError, match="`confidence_level` must lie between 0 and 1"):
        score_events([], [], HOUR, confidence_level=1)


def test_rates_are_of_the_time_that_was_judged():
    alarms = [(100, 110), (1000, 1010)]
    whole = score_events([], alarms, HOUR)
    half = score_events([], alarms, HOUR, judged_seconds=HOUR / 2)
    assert half.false_alarms_per_day == 2 * whole.false_alarms_per_day == 96
    assert half.time_in_warning == 2 * whole.time_in_warning
    assert (half.hours, half.n_false_alarms) == (0.5, 2)
    text = "`judged_seconds` must be above 0 and at most the duration, 3600 s, got"
    for wrong in (0, 3700, "60"):
        with pytest.raises(ValueError, match=text):
            score_events([], alarms, HOUR, judged_seconds=wrong)
    with pytest.raises(ValueError, match="`judged_seconds` must have a value for each of the 2 recordings"):
        score_events([[], []], [[], []], [HOUR, HOUR], judged_seconds=[HOUR])


def test_long_seizures_are_told_apart_from_their_pieces():
    scores = score_events([(100, 820, "sz_foc"), (2000, 2060, "sz_gen")], [(100, 110)], HOUR)
    assert scores.types[["seizures", "events", "found"]].to_numpy().tolist() == [[1, 3, 1], [1, 1, 0]]
    assert str(scores).startswith("1 of 4 pieces of 2 seizures found")
