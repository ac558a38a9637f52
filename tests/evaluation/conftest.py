import numpy as np
import pytest

from sklearn_eeg.evaluation import EvaluationReport
from sklearn_eeg.evaluation._prediction import Prediction


@pytest.fixture(scope="session")
def draw_report():
    """Function that makes reports of drawn windows: every patient has every class."""
    return _draw_report


def _draw_report(n_classes=3, n_patients=8, n_windows=30, *, scores=True, seed=0, **changes):
    rng = np.random.default_rng(seed)
    groups = np.repeat([f"pat{number:02d}" for number in range(n_patients)], n_windows)
    y = np.concatenate([rng.permutation(np.arange(n_windows) % n_classes) for _ in range(n_patients)])
    score = rng.dirichlet(np.ones(n_classes), size=len(y)) + 0.4 * np.eye(n_classes)[y]
    score /= score.sum(axis=1, keepdims=True)
    prior = np.bincount(y, minlength=n_classes) / len(y)
    values = {
        "name": "model",
        "classes": np.arange(n_classes),
        "target_names": tuple(f"class {number}" for number in range(n_classes)),
        "y_true": y,
        "groups": groups,
        "fold": np.repeat(np.arange(n_patients) % 2, n_windows),
        "predictions": {
            "model": Prediction(score.argmax(axis=1), score if scores else None),
            "chance": Prediction(np.full(len(y), prior.argmax()), np.tile(prior, (len(y), 1))),
        },
        "split": f"2 folds by patient (PatientKFold), {n_patients} patients",
        "patient_wise": True,
        "warnings": (),
        "estimator": "Model()",
        "versions": {"python": "3.11.0"},
        "random_state": 0,
        "n_resamples": 100,
    }
    return EvaluationReport(**{**values, **changes})
