import numpy as np
import pytest

from sklearn_eeg._events import mask_to_events
from sklearn_eeg.evaluation import score_events
from sklearn_eeg.evaluation._event_curve import sensitivity_curve
from sklearn_eeg.evaluation._event_figures import FIGURES
from sklearn_eeg.evaluation._event_rules import EventRules


def draw(n_recordings=6, n_steps=2000, step=5.0, seed=0):
    """Recordings with two seizures each, in which the probability is higher."""
    rng = np.random.default_rng(seed)
    reference, probability = [], []
    for _ in range(n_recordings):
        onsets = rng.choice(np.arange(50, n_steps - 50, 100), 2, replace=False)
        values = rng.beta(1, 6, n_steps)
        for onset in onsets:
            values[onset : onset + 10] += rng.uniform(0, 0.5)
        reference.append([(onset * step, (onset + 10) * step) for onset in onsets])
        probability.append(np.minimum(values, 1))
    return reference, probability


def test_each_point_equals_score_events():
    reference, probability = draw()
    thresholds, groups = [0.3, 0.5, 0.7], list("aabbcc")
    curve = sensitivity_curve(
        reference, probability, step_seconds=5.0, thresholds=thresholds, groups=groups, n_resamples=50
    )
    for place, threshold in enumerate(thresholds):
        alarms = [mask_to_events(values >= threshold, 0.2) for values in probability]
        scores = score_events(reference, alarms, [10_000] * 6, groups=groups, n_resamples=50)
        table = scores.to_frame()
        for name in FIGURES:
            found = [side[name][place] for side in (curve.figures, curve.low, curve.high)]
            expected = table.loc[name, ["estimate", "patient_low", "patient_high"]]
            np.testing.assert_allclose(found, expected.to_numpy(), rtol=1e-12)


def test_default_thresholds_span_the_probabilities():
    reference, probability = draw()
    curve = sensitivity_curve(reference, probability, step_seconds=5.0)
    assert curve.thresholds[0] == np.min(probability)
    assert curve.thresholds[-1] <= np.max(probability)
    assert len(curve.thresholds) > 40
    assert (np.diff(curve.thresholds) > 0).all()
    assert curve.figures["time_in_warning"][0] == 1
    assert curve.figures["sensitivity"][0] == 1
    assert (np.diff(curve.figures["time_in_warning"]) <= 0).all()
    assert np.isnan(curve.low["sensitivity"]).all()
    assert repr(curve).startswith(f"EventCurve({len(curve.thresholds)} thresholds, ")


def test_monotone_scores_give_the_same_curve():
    reference, probability = draw(2)
    plain = sensitivity_curve(reference, probability, step_seconds=5.0, thresholds=[0.2, 0.5])
    stretched = sensitivity_curve(
        reference, [np.exp(values) for values in probability], step_seconds=5.0, thresholds=np.exp([0.2, 0.5])
    )
    np.testing.assert_array_equal(plain.to_frame(), stretched.to_frame())


def test_one_recording_and_dicts():
    (reference,), (probability,) = draw(1)
    one = sensitivity_curve(reference, probability, step_seconds=5.0, thresholds=[0.4])
    named = sensitivity_curve(
        {"x": reference}, {"x": probability}, step_seconds=5.0, thresholds=[0.4], groups={"x": "ann"}
    )
    listed = sensitivity_curve(
        [reference], np.array([probability]), step_seconds=5.0, thresholds=[0.4], groups=["ann"]
    )
    for other in (named, listed):
        assert other.to_frame().equals(one.to_frame())
    by_patient = sensitivity_curve(reference, probability, step_seconds=5.0, thresholds=[0.4], groups="ann")
    assert by_patient.to_frame().equals(one.to_frame())


def test_sensitivity_at_a_rate_of_false_alarms():
    probability = np.zeros(8640)
    probability[[100, 3000, 5000]] = 0.9, 0.3, 0.6
    curve = sensitivity_curve(
        [(1000, 1060), (30_000, 30_060)], probability, step_seconds=10, thresholds=[0.2, 0.5, 0.8]
    )
    assert curve.figures["sensitivity"].tolist() == [1, 0.5, 0.5]
    assert curve.figures["false_alarms_per_day"].tolist() == [1, 1, 0]
    assert (curve.sensitivity_at(1), curve.sensitivity_at(0.5)) == (1, 0.5)
    only_false = sensitivity_curve([(70_000, 70_060)], probability, step_seconds=10, thresholds=[0.5])
    assert only_false.sensitivity_at(0.1) == 0
    with pytest.raises(ValueError, match="`false_alarms_per_day` must be at least 0, got -1"):
        curve.sensitivity_at(-1)


def test_rules_can_be_set():
    probability = np.zeros(360)
    probability[5] = 1
    rules = EventRules(tolerance_before_seconds=60)
    for given, expected in ((None, 0), (rules, 1)):
        curve = sensitivity_curve([(110, 130)], probability, step_seconds=10, thresholds=[0.5], rules=given)
        assert curve.figures["sensitivity"] == expected


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"step_seconds": 0}, "`step_seconds` must be positive, got 0"),
        ({"probability": [[0.1, np.nan]]}, "`probability` must be a finite number .* 1 that are not finite"),
        ({"probability": [[[0.1]]]}, r"`probability` must be .* got shape \(1, 1\)"),
        ({"probability": [[]]}, r"`probability` must be .* got shape \(0,\)"),
        ({"thresholds": []}, r"`thresholds` must be one or more finite numbers, got \[\]"),
        ({"thresholds": [np.nan]}, "`thresholds` must be one or more finite numbers"),
        ({"groups": ["ann", "bob"]}, "`groups` must have a value for each of the 1 recordings"),
        ({"reference": [[], []]}, "`reference` must have a value for each of the 1 recordings"),
        ({"n_resamples": -1}, "`n_resamples` must be an integer of at least 0"),
    ],
)
def test_refused(change, message):
    given = {"reference": [[]], "probability": [[0.1, 0.2]], "step_seconds": 1.0}
    with pytest.raises(ValueError, match=message):
        sensitivity_curve(**given | change)
