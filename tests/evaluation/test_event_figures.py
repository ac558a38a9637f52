import numpy as np
import pytest

from sklearn_eeg.evaluation._event_figures import (
    FIGURES,
    event_figures,
    patient_intervals,
    pooled_intervals,
    sum_by_unit,
)
from sklearn_eeg.evaluation._event_rules import COUNTS
from sklearn_eeg.evaluation._rates import poisson_interval, wilson_interval
from sklearn_eeg.evaluation._resample import draw_units, interval

DAY = 86_400.0


def counts(**values):
    return np.array([values.get(name, 0) for name in COUNTS], dtype=float)


def named(figures):
    return dict(zip(FIGURES, figures, strict=True))


def draw(n_patients=10, seed=0):
    rng = np.random.default_rng(seed)
    sums = rng.integers(1, 20, (n_patients, len(COUNTS))).astype(float)
    sums[:, COUNTS.index("seconds")] = DAY * rng.integers(1, 4, n_patients)
    sums[:, 1] = np.minimum(sums[:, 1], sums[:, 0])
    return sums


def test_figures_in_closed_form():
    got = named(
        event_figures(
            counts(
                events=10, found=6, alarms=9, false_alarms=4, seconds=2 * DAY, warning_seconds=DAY / 50,
                true_samples=100, found_samples=40, false_samples=10,
            )
        )
    )  # fmt: skip
    assert got == pytest.approx(
        {
            "sensitivity": 0.6,
            "precision": 0.6,
            "f1": 2 * 6 / (2 * 6 + 4 + 4),
            "false_alarms_per_day": 2,
            "time_in_warning": 0.01,
            "sample_sensitivity": 0.4,
            "sample_precision": 0.8,
            "sample_f1": 2 * 40 / (2 * 40 + 10 + 60),
        }
    )


def test_figures_that_have_no_value():
    got = named(event_figures(counts(seconds=DAY)))
    assert np.isnan([got[name] for name in ("sensitivity", "precision", "f1", "sample_f1")]).all()
    assert (got["false_alarms_per_day"], got["time_in_warning"]) == (0, 0)
    missed = named(event_figures(counts(events=2, seconds=DAY)))
    assert (missed["sensitivity"], missed["f1"]) == (0, 0)
    assert np.isnan(missed["precision"])


def test_sums_of_patients():
    each = np.arange(12.0).reshape(4, 3)
    np.testing.assert_array_equal(
        sum_by_unit(each, np.array([1, 0, 1, 1]), 3), [each[1], each[[0, 2, 3]].sum(axis=0), [0, 0, 0]]
    )


def test_patient_intervals_equal_a_plain_loop():
    sums = draw()
    loop = []
    for weights in next(draw_units(10, 300, 5, 300)):
        drawn = np.repeat(np.arange(10), weights.astype(int))
        loop.append(event_figures(sums[drawn].sum(axis=0)))
    expected = interval(
        event_figures(sums.sum(axis=0)),
        np.array(loop),
        method="expanded",
        confidence_level=0.9,
        n_units=np.full(8, 10),
    )
    got = patient_intervals(sums, confidence_level=0.9, n_resamples=300, random_state=5)
    np.testing.assert_allclose(got, expected, rtol=1e-12)


def test_patient_intervals_of_many_thresholds_equal_those_of_each():
    sums = np.stack([draw(seed=seed) for seed in range(3)], axis=1)
    how = {"confidence_level": 0.9, "n_resamples": 50, "random_state": 0}
    together = np.array(patient_intervals(sums, **how))
    assert together.shape == (2, 3, len(FIGURES))
    for place in range(3):
        np.testing.assert_allclose(together[:, place], patient_intervals(sums[:, place], **how))


def test_without_draws_there_are_no_limits():
    how = {"confidence_level": 0.9, "n_resamples": 0, "random_state": 0}
    low, high = patient_intervals(np.stack([draw(), draw()], axis=1), **how)
    assert low.shape == high.shape == (2, len(FIGURES))
    assert np.isnan([low, high]).all()


def test_one_patient_has_no_interval():
    got = patient_intervals(draw(1), confidence_level=0.9, n_resamples=10, random_state=0)
    assert np.isnan(got).all()


def test_pooled_intervals_take_events_as_independent():
    table = pooled_intervals(counts(events=10, found=6, false_alarms=4, seconds=2 * DAY), 0.9)
    limits = table[["low", "high"]]
    np.testing.assert_array_equal(limits.loc["sensitivity"], wilson_interval(6, 10, 0.9))
    np.testing.assert_array_equal(limits.loc["precision"], wilson_interval(6, 10, 0.9))
    np.testing.assert_array_equal(limits.loc["false_alarms_per_day"], poisson_interval(4, 2, 0.9))
    assert limits.drop(index=["sensitivity", "precision", "false_alarms_per_day"]).isna().all(axis=None)


def test_what_rests_on_one_patient_has_no_interval():
    sums = draw()
    sums[1:, [COUNTS.index(name) for name in ("events", "found")]] = 0
    low = named(patient_intervals(sums, confidence_level=0.9, n_resamples=300, random_state=0)[0])
    assert np.isnan(low["sensitivity"])
    assert np.isfinite([low["precision"], low["false_alarms_per_day"]]).all()
