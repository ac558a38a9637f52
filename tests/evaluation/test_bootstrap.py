import dataclasses

import numpy as np
import pytest
from scipy import stats
from sklearn.metrics import balanced_accuracy_score, recall_score, roc_auc_score

from sklearn_eeg.evaluation import bootstrap_by_patient
from sklearn_eeg.evaluation._metrics import TITLES
from sklearn_eeg.evaluation._resample import METHODS, draw_units


def draw(seed=0, n_patients=12, windows=20, shift=1.0):
    """Binary windows whose scores have a level of their own in each patient."""
    rng = np.random.default_rng(seed)
    patient = np.repeat(np.arange(n_patients), windows)
    y = rng.integers(2, size=len(patient))
    score = y + shift * rng.standard_normal(n_patients)[patient] + rng.standard_normal(len(patient))
    return y, (score > 0.5).astype(int), patient, score


def test_intervals_equal_a_plain_loop():
    y, said, patient, score = draw()
    result = bootstrap_by_patient(
        y, said, patient, y_score=score, n_resamples=60, method="percentile", random_state=7
    )
    loop = []
    for weight in next(draw_units(12, 60, 7, 60)):
        rows = np.repeat(np.arange(len(y)), weight[patient].astype(int))
        loop.append(
            [
                balanced_accuracy_score(y[rows], said[rows]),
                roc_auc_score(y[rows], score[rows]),
                recall_score(y[rows], said[rows]),
            ]
        )
    low, high = np.quantile(loop, [0.025, 0.975], axis=0)
    figures = [
        result.figures["balanced_accuracy"],
        result.figures["roc_auc"],
        result.class_figures[1, "sensitivity"],
    ]
    np.testing.assert_allclose([figure.low for figure in figures], low, rtol=0, atol=1e-12)
    np.testing.assert_allclose([figure.high for figure in figures], high, rtol=0, atol=1e-12)
    assert figures[1].estimate == pytest.approx(roc_auc_score(y, score), abs=1e-12)


@pytest.mark.parametrize("method", METHODS)
def test_blocks_of_draws_give_the_same(method, monkeypatch):
    y, said, patient, score = draw()
    whole = bootstrap_by_patient(y, said, patient, y_score=score, n_resamples=50, method=method)
    monkeypatch.setattr("sklearn_eeg.evaluation._figures._BLOCK", 12 * 7)
    parts = bootstrap_by_patient(y, said, patient, y_score=score, n_resamples=50, method=method)
    assert parts.to_frame().equals(whole.to_frame())


def test_names_of_patients_and_labels_do_not_matter():
    y, said, patient, score = draw()
    numbers = bootstrap_by_patient(y, said, patient, y_score=score, n_resamples=50)
    names = np.array(["rest", "seizure"])
    named = bootstrap_by_patient(
        names[y], names[said], [f"p{number:02d}" for number in patient], y_score=score, n_resamples=50
    )
    assert named.to_frame().equals(numbers.to_frame())
    assert named.class_figures["seizure", "f1"] == numbers.class_figures[1, "f1"]


def test_expanded_is_the_default_and_wider():
    y, said, patient, _ = draw()
    wide = bootstrap_by_patient(y, said, patient)
    plain = bootstrap_by_patient(y, said, patient, method="percentile")
    assert wide.method == "expanded"
    assert wide.figures["accuracy"].low < plain.figures["accuracy"].low
    assert wide.figures["accuracy"].high > plain.figures["accuracy"].high


def test_windows_as_units_are_too_sure():
    # Every second patient is all right, the others all wrong: there are 12 answers, not 240.
    y, _, patient, _ = draw()
    said = np.where(patient % 2, y, 1 - y)
    by_patient = bootstrap_by_patient(y, said, patient).figures["accuracy"]
    with pytest.warns(UserWarning, match="`groups` is missing: .* too narrow"):
        result = bootstrap_by_patient(y, said)
    by_window = result.figures["accuracy"]
    assert by_window.high - by_window.low < 0.3 * (by_patient.high - by_patient.low)
    assert (result.unit, result.n_units) == ("window", 240)


def test_one_patient_has_no_interval():
    with pytest.warns(UserWarning, match="`groups` holds one patient only: there are no intervals"):
        result = bootstrap_by_patient([0, 1, 1], [0, 1, 0], ["ann"] * 3, n_resamples=10)
    assert result.figures["accuracy"].estimate == pytest.approx(2 / 3)
    assert np.isnan(result.to_frame()[["low", "high"]]).all(axis=None)


def test_resamples_without_a_class_are_counted():
    # Only one of four patients has class 1; it is missing from (3 / 4) ** 4 of the draws.
    y, patient = [0, 0, 0, 1, 0, 0, 0, 0], [1, 1, 2, 2, 3, 3, 4, 4]
    result = bootstrap_by_patient(y, [0, 1] * 4, patient, n_resamples=4000)
    table = result.to_frame()
    assert table.loc["balanced_accuracy", "undefined"] / 4000 == pytest.approx(0.75**4, abs=0.02)
    assert table.loc["accuracy", "undefined"] == 0
    per_class = result.per_class()
    assert per_class.loc[(1, "sensitivity"), "undefined"] == table.loc["balanced_accuracy", "undefined"]
    assert per_class.loc[(0, "sensitivity"), "undefined"] == 0


def test_perfect_predictions():
    y, _, patient, _ = draw()
    result = bootstrap_by_patient(y, y, patient, y_score=np.eye(2)[y], metrics=[*TITLES, "log_loss"])
    table = result.to_frame()
    assert (table.loc[list(TITLES), ["estimate", "low", "high"]] == 1).all(axis=None)
    assert table.loc["log_loss", "high"] < 1e-12
    assert (result.per_class()[["estimate", "low", "high"]] == 1).all(axis=None)


def test_result_is_frozen_and_reads_well():
    y, said, patient, score = draw()
    result = bootstrap_by_patient(y, said, patient, y_score=score, n_resamples=20, confidence_level=0.9)
    with pytest.raises(dataclasses.FrozenInstanceError):
        result.n_units = 3
    assert str(result).startswith("90% intervals from 20 resamples of 12 patients (expanded)")
    assert repr(result) == str(result)
    assert result.to_frame().columns.tolist() == ["estimate", "low", "high", "undefined"]
    assert list(result.figures) == list(TITLES)
    assert result.per_class().index.names == ["class", "metric"]


def test_refused():
    y, said, patient, _ = draw()
    with pytest.raises(ValueError, match="`confidence_level` must lie between 0 and 1, got 95"):
        bootstrap_by_patient(y, said, patient, confidence_level=95)
    with pytest.raises(ValueError, match="must do without 'roc_auc' where `y_score` is None: pass it"):
        bootstrap_by_patient(y, said, patient, metrics=["roc_auc"])


def test_what_rests_on_one_patient_has_no_interval():
    y, patient = np.array([0, 0, 1, 1, 0, 0, 0, 0]), np.repeat(np.arange(4), 2)
    result = bootstrap_by_patient(y, [0, 1, 1, 0, 0, 0, 0, 0], patient, method="percentile")
    table, per_class = result.to_frame(), result.per_class()
    assert np.isnan(table.loc["balanced_accuracy", "low"])
    assert np.isfinite(table.loc["accuracy", "low"])
    assert np.isnan(per_class.loc[(1, "sensitivity"), "low"])
    assert np.isnan(per_class.loc[(0, "specificity"), "low"])
    assert np.isfinite(per_class.loc[(0, "sensitivity"), "low"])
    assert np.isfinite(per_class.loc[(1, "ppv"), "low"])


def test_a_class_of_few_patients_widens_its_intervals_more():
    y, said, patient, _ = draw()
    y[patient > 2] = 0  # class 1 is left in three of the twelve patients
    result = bootstrap_by_patient(y, said, patient, n_resamples=200, confidence_level=0.8)
    loop = []
    for weight in next(draw_units(12, 200, 0, 200)):
        rows = np.repeat(np.arange(len(y)), weight[patient].astype(int))
        present = y[rows].any()
        loop.append([np.mean(y[rows] == said[rows]), said[rows][y[rows] == 1].mean() if present else np.nan])
    for column, (n, got) in enumerate(
        [(12, result.figures["accuracy"]), (3, result.class_figures[1, "sensitivity"])]
    ):
        tail = stats.norm.cdf(np.sqrt(n / (n - 1)) * stats.t.ppf(0.1, n - 1))
        expected = np.nanquantile([row[column] for row in loop], [tail, 1 - tail])
        np.testing.assert_allclose([got.low, got.high], expected, rtol=0, atol=1e-12)
