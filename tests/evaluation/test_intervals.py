import numpy as np
import pytest
from sklearn.metrics import average_precision_score, log_loss

from sklearn_eeg.evaluation import bootstrap_by_patient
from sklearn_eeg.evaluation._intervals import (
    ALL_MEANINGS,
    ALL_TITLES,
    figures_with_intervals,
    show_interval,
    why_no_intervals,
)
from sklearn_eeg.evaluation._prediction import Prediction


def draw(seed=0):
    rng = np.random.default_rng(seed)
    y, patients = rng.integers(3, size=300), np.repeat(np.arange(10), 30)
    score = rng.dirichlet(np.ones(3), size=300) + np.eye(3)[y] / 3
    score /= score.sum(axis=1, keepdims=True)
    return y, patients, score


def run(y, patients, said, n_resamples=800):
    return figures_with_intervals(
        y, said, patients, np.arange(3), n_resamples=n_resamples, confidence_level=0.9, random_state=5
    )


def test_they_are_those_of_the_bootstrap():
    y, patients, score = draw()
    found = run(y, patients, Prediction(score.argmax(axis=1), score))
    options = {"y_score": score, "confidence_level": 0.9, "random_state": 5}
    names = [name for name in ALL_TITLES if name != "average_precision"]
    whole = bootstrap_by_patient(
        y, score.argmax(axis=1), patients, metrics=names, n_resamples=800, **options
    )  # fmt: skip
    fewer = bootstrap_by_patient(
        y, score.argmax(axis=1), patients, metrics=["average_precision"], n_resamples=500, **options
    )
    assert list(found.figures) == list(ALL_TITLES)
    assert found.figures == {**whole.figures, **fewer.figures}
    assert found.class_figures == whole.class_figures
    assert (found.n_resamples, found.n_units, found.unit) == (800, 10, "patient")
    assert found.figures["log_loss"].estimate == pytest.approx(log_loss(y, score))
    areas = [average_precision_score(y == each, score[:, each]) for each in range(3)]
    assert found.figures["average_precision"].estimate == pytest.approx(np.mean(areas))


def test_what_a_system_does_not_give_is_left_out():
    y, patients, score = draw()
    assert "roc_auc" not in run(y, patients, Prediction(y, None)).figures
    values = run(y, patients, Prediction(y, 10 * score)).figures
    assert "average_precision" in values
    assert "log_loss" not in values


@pytest.mark.parametrize("known", [True, False])
def test_without_draws_or_patients_there_are_estimates_only(known):
    y, patients, score = draw()
    said = Prediction(score.argmax(axis=1), score)
    found = run(y, patients if known else None, said, n_resamples=0 if known else 800)
    with_limits = run(y, patients, said)
    for name, each in with_limits.figures.items():
        assert found.figures[name].estimate == pytest.approx(each.estimate, rel=1e-12)
    for each in [*found.figures.values(), *found.class_figures.values()]:
        assert np.isnan([each.low, each.high]).all()
    assert found.n_resamples == 0


def test_one_patient_has_no_limits():
    y, _, score = draw()
    found = run(y, np.zeros(300), Prediction(score.argmax(axis=1), score))
    assert np.isnan(found.figures["accuracy"].low)


def test_the_reason_is_told():
    assert "Patients are unknown" in why_no_intervals(None, 100)
    assert "n_resamples=0" in why_no_intervals(np.arange(3), 0)
    assert "one patient" in why_no_intervals(np.zeros(3), 100)
    assert why_no_intervals(np.arange(3), 100) == ""


def test_titles_and_meanings_are_whole():
    assert list(ALL_TITLES) == list(ALL_MEANINGS)
    assert show_interval(-0.5, 0.25) == "-0.500 to 0.250"
