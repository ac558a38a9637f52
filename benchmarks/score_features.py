"""Score each family of features: alone, and what all lose without it; by patient.

usage: score_features.py [--data-home DIR] [--sets NAME ...] [--seeds N] [--cache DIR]
"""

import argparse
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from _results import remember, write_result
from sklearn.base import ClassifierMixin
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.model_selection import StratifiedKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC
from threadpoolctl import threadpool_limits

from sklearn_eeg import datasets, features
from sklearn_eeg.evaluation import bootstrap_by_patient, compare
from sklearn_eeg.model_selection import PatientKFold

ALL = "all"


class Task(NamedTuple):
    """Labels, the units that are drawn for intervals, whether these are patients, and the tables."""

    y: np.ndarray
    units: np.ndarray
    by_patient: bool
    tables: dict[str, np.ndarray]


def families(sfreq: float) -> dict[str, Any]:
    """Return what computes each family, with its defaults."""
    return {
        "time": features.TimeFeatures(),
        "Fourier": features.FFTFeatures(sfreq),
        "wavelet": features.WaveletFeatures(),
        "complexity": features.ComplexityFeatures(),
        "connectivity": features.ConnectivityFeatures(sfreq),
        "canonical": features.CanonicalFeatures(),
    }


def loaders(data_home: str | None) -> dict[str, Callable[[], Any]]:
    """Return what loads each set."""
    return {
        "Bonn, 5 classes": partial(datasets.load_bonn, data_home),
        "Helsinki": partial(datasets.load_helsinki, data_home),
        "Guinea-Bissau": partial(datasets.load_guinea_bissau, data_home),
        "simulated": partial(datasets.make_seizures, random_state=0),
    }


def load(loader: Callable[[], Any]) -> Task:
    """Return a set as tables of features, a table a family."""
    eeg = loader()
    units = np.arange(len(eeg.target)) if eeg.groups is None else eeg.groups
    parts = families(eeg.sfreq)
    if eeg.data.shape[1] == 1:
        parts.pop("connectivity")
    tables = {name: np.asarray(each.fit_transform(eeg.data)) for name, each in parts.items()}
    return Task(eeg.target, units, eeg.groups is not None, tables)


def classifiers(seed: int) -> dict[str, ClassifierMixin]:
    """Return the classifiers of tables by name."""
    return {
        "extra trees": ExtraTreesClassifier(300, class_weight="balanced", random_state=seed),
        "RBF SVM": make_pipeline(StandardScaler(), SVC(class_weight="balanced")),
    }


def predict(task: Task, names: tuple[str, ...], classifier: str, seed: int) -> np.ndarray:
    """Return the label that each window gets out of fold from these families."""
    table, answer = np.hstack([task.tables[name] for name in names]), np.empty_like(task.y)
    whole = StratifiedKFold(10, shuffle=True, random_state=seed)
    folds = PatientKFold(5, random_state=seed) if task.by_patient else whole
    for train, test in folds.split(table, task.y, task.units):
        model = classifiers(seed)[classifier].fit(table[train], task.y[train])
        answer[test] = model.predict(table[test])
    return answer


def score_set(name: str, task: Task, classifier: str, options: argparse.Namespace) -> list[list[Any]]:
    """Return a row for all families and a row for each: alone, left out, and what the leaving costs."""
    every = tuple(task.tables)
    choices = {ALL: every} | {each: (each,) for each in every}
    choices |= {f"without {each}": tuple(other for other in every if other != each) for each in every}
    said = {
        choice: np.concatenate(
            [
                remember(
                    options.cache,
                    f"{name}-{classifier}-{choice}-{seed}",
                    partial(predict, task, names, classifier, seed),
                )
                for seed in range(options.seeds)
            ]
        )
        for choice, names in choices.items()
    }
    truth, units = np.tile(task.y, options.seeds), np.tile(task.units, options.seeds)
    rows = [[name, classifier, ALL, *_interval(truth, said[ALL], units), None, None, None]]
    for each in every:
        pair = {ALL: said[ALL], "left out": said[f"without {each}"]}
        table = compare(pair, truth, units, against="left out", metrics=["balanced_accuracy"]).to_frame()
        gain = [float(table.iloc[0][column]) for column in ("difference", "low", "high")]
        rows.append([name, classifier, each, *_interval(truth, said[each], units), *gain])
    for row in rows:
        print(*(each if isinstance(each, str) else np.round(each or 0, 3) for each in row), flush=True)
    return rows


def _interval(truth: np.ndarray, answer: np.ndarray, units: np.ndarray) -> list[float]:
    drawn = bootstrap_by_patient(truth, answer, units, metrics=["balanced_accuracy"])
    figure = drawn.figures["balanced_accuracy"]
    return [float(figure.estimate), float(figure.low), float(figure.high)]


def main() -> None:
    """Score each family on each set by two classifiers."""
    names = list(loaders(None))
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data-home", help="folder of the sets [$SKLEARN_EEG_DATA]")
    parser.add_argument("--sets", nargs="+", choices=names, default=names)
    parser.add_argument("--seeds", type=int, default=3, help="folds and forests to average over")
    parser.add_argument(
        "--cache", help="folder in which finished fits are kept, so that a killed run goes on"
    )
    options = parser.parse_args()
    rows = []
    with threadpool_limits(1):
        for name in options.sets:
            loader = loaders(options.data_home)[name]
            task = remember(options.cache, f"tables-{name}", partial(load, loader))
            for classifier in classifiers(0):
                rows += score_set(name, task, classifier, options)
    if options.sets != names:
        print("The recorded scores stay as they are, since not every set was scored.")
        return
    heads = [
        "set",
        "classifier",
        "family",
        "balanced accuracy",
        "low",
        "high",
        "gain",
        "gain, low",
        "gain, high",
    ]
    note = (
        "Balanced accuracy of each family alone and of all, and the gain: that of all families less that of "
        f"all without this one, with 95 % intervals over patients (files of Bonn). {options.seeds} seeds of "
        "five folds by patient (ten of Bonn's files), not denoised, defaults of each family and classifier."
    )
    write_result("score_features", heads, rows, note=note)


if __name__ == "__main__":
    main()
