"""Score networks patient-wise, beside braindecode's under the same training, MiniRocket and the SVM baseline.

usage: score_neural.py [--data-home DIR] [--sets NAME ...] [--seeds N] [--epochs N] [--windows N]
                       [--cache DIR] [--settings]
"""

import argparse
import importlib.util
import multiprocessing
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from _neural_peers import peer
from _results import remember, write_result
from scipy.special import softmax
from sklearn.base import BaseEstimator
from sklearn.linear_model import RidgeClassifierCV
from sklearn.metrics import f1_score, log_loss, roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

from sklearn_eeg import datasets
from sklearn_eeg.evaluation import bootstrap_by_patient, compare
from sklearn_eeg.model_selection import PatientKFold, fit_by_patient
from sklearn_eeg.neural import CNNClassifier
from sklearn_eeg.systems import svm_baseline

ROCKET = "MiniRocket + ridge"
NAMES = ("eegnet", "shallow", "deep", "inception", "tcn")
OF_BRAINDECODE = {"eegnet": "EEGNet", "shallow": "ShallowFBCSPNet", "deep": "Deep4Net"}
SETTINGS: dict[str, dict[str, Any]] = {
    "lr=1e-3": {"lr": 1e-3},
    "lr=1e-2": {"lr": 1e-2},
    "schedule=None": {"schedule": None},
    "schedule=cosine": {"schedule": "cosine"},
    "weight_decay=0": {"weight_decay": 0.0},
    "validation=None": {"validation": None},
    "clip_norm=None": {"clip_norm": None},
    "class_weight=balanced": {"class_weight": "balanced"},
    "label_smoothing=0.1": {"label_smoothing": 0.1},
    "mixup=0.2": {"mixup": 0.2},
    "ema=0.99": {"ema": 0.99},
    "n_models=3": {"n_models": 3},
    "augmentation=noise, time_shift": {"augmentation": ["noise", "time_shift"]},
    "augmentation=channel_dropout": {"augmentation": ["channel_dropout"]},
    "augmentation=fourier_surrogate": {"augmentation": ["fourier_surrogate"]},
}


class Task(NamedTuple):
    """Windows, labels, whose they are, sampling frequency, and the unit of a split."""

    X: np.ndarray
    y: np.ndarray
    groups: np.ndarray
    sfreq: float
    unit: str


class Figures(NamedTuple):
    """Labels and scores out of fold, and the processor's seconds of a fit."""

    y_pred: np.ndarray
    y_score: np.ndarray
    seconds: float


def load(name: str, data_home: str | None, n_windows: int) -> Task:
    """Return at most so many windows of a set, evenly spread, and of each the first seconds."""
    loaders: dict[str, tuple[Callable[[], Any], str]] = {
        "simulated": (lambda: datasets.make_seizures(random_state=0), "patient"),
        "Helsinki": (lambda: datasets.load_helsinki(data_home), "infant"),
        "Guinea-Bissau": (lambda: datasets.load_guinea_bissau(data_home), "subject"),
        "Bonn": (lambda: datasets.load_bonn(data_home), "file"),
    }
    loader, unit = loaders[name]
    eeg = loader()
    groups = eeg.recording if eeg.groups is None else eeg.groups
    rows = np.unique(np.linspace(0, len(eeg.target) - 1, n_windows).astype(int))
    return Task(eeg.data[rows, :, :256], eeg.target[rows], groups[rows], eeg.sfreq, unit)


def make(system: str, sfreq: float, epochs: int, seed: int) -> BaseEstimator:
    """Return a system by its name."""
    network = partial(CNNClassifier, sfreq=sfreq, max_epochs=epochs, batch_size=32, random_state=seed)
    if system == "SVM baseline":
        return svm_baseline(sfreq)
    if system == ROCKET:
        rocket = importlib.import_module("aeon.transformations.collection.convolution_based").MiniRocket
        return make_pipeline(
            rocket(random_state=seed), StandardScaler(), RidgeClassifierCV(alphas=np.logspace(-3, 3, 10))
        )
    name, _, rest = system.partition(", ")
    if rest == "braindecode":
        return network(partial(peer, name))
    return network(name, **SETTINGS.get(rest, {}))


def list_systems(n_channels: int, *, settings: bool) -> list[str]:
    """Return the names of what can be scored here."""
    if settings:
        return ["eegnet", *(f"eegnet, {name}" for name in SETTINGS)]
    found = ["SVM baseline", *NAMES]
    if importlib.util.find_spec("braindecode") is not None:
        # Its ShallowFBCSPNet and Deep4Net refuse a single channel.
        found += [f"{name}, braindecode" for name in OF_BRAINDECODE if n_channels > 1 or name == "eegnet"]
    if importlib.util.find_spec("aeon") is not None:
        found.append(ROCKET)
    return found


def predict(
    set_name: str, data_home: str | None, n_windows: int, system: str, epochs: int, seed: int
) -> Figures:
    """Return what a system says of each window, fitted on the patients of the other folds."""
    task = load(set_name, data_home, n_windows)
    classes = np.unique(task.y)
    score, seconds = np.zeros((len(task.y), len(classes))), 0.0
    folds = PatientKFold(3, random_state=seed)
    for train, test in folds.split(task.X, task.y, task.groups):
        model, start = make(system, task.sfreq, epochs, seed), time.process_time()
        model = fit_by_patient(model, task.X[train], task.y[train], task.groups[train])
        seconds += (time.process_time() - start) / folds.get_n_splits()
        if hasattr(model, "predict_proba"):
            score[test] = model.predict_proba(task.X[test])
        else:
            decision = model.decision_function(task.X[test])
            odds = np.column_stack([-decision, decision]) / 2 if decision.ndim == 1 else decision
            score[test] = softmax(odds, axis=1)
    return Figures(classes[score.argmax(axis=1)], score, seconds)


def predict_apart(set_name: str, *options: Any) -> Figures:
    """Call `predict`; for MiniRocket in a process of its own, since torch is many times slower after aeon."""
    if ROCKET not in options:
        return predict(set_name, *options)
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(predict, (set_name, *options))


def summarise(task: Task, runs: list[Figures]) -> list[float]:
    """Return the figures: means over seeds, and an interval that draws patients with all of their seeds."""
    truth, groups = np.tile(task.y, len(runs)), np.tile(task.groups, len(runs))
    drawn = bootstrap_by_patient(
        truth, np.concatenate([run.y_pred for run in runs]), groups, metrics=["balanced_accuracy"]
    )
    accuracy = drawn.figures["balanced_accuracy"]
    scores = [run.y_score[:, 1] if run.y_score.shape[1] == 2 else run.y_score for run in runs]
    area = np.mean([roc_auc_score(task.y, score, multi_class="ovr") for score in scores])
    macro_f1 = np.mean([f1_score(task.y, run.y_pred, average="macro") for run in runs])
    loss = np.mean([log_loss(task.y, run.y_score) for run in runs])
    figures = (accuracy.estimate, accuracy.low, accuracy.high, macro_f1, area, loss)
    return [*map(float, figures), float(np.mean([run.seconds for run in runs]))]


def score_set(set_name: str, options: argparse.Namespace) -> tuple[list[list[Any]], list[list[Any]]]:
    """Return the rows of a set: each system, and ours less braindecode's."""
    task = load(set_name, options.data_home, options.windows)
    budget = (options.data_home, options.windows)
    rows: list[list[Any]] = []
    said: dict[str, list[Figures]] = {}
    for system in list_systems(task.X.shape[1], settings=options.settings):
        try:
            said[system] = [
                remember(
                    options.cache,
                    f"{set_name}-{options.windows}-{system}-{options.epochs}-{seed}",
                    partial(predict_apart, set_name, *budget, system, options.epochs, seed),
                )
                for seed in range(options.seeds)
            ]
        except ValueError as error:  # windows too short for a network of braindecode's
            print(f"{set_name}: {system} is left out: {error}"[:200], flush=True)
            continue
        rows.append([f"{set_name}, by {task.unit}", system, *summarise(task, said[system])])
        print(*rows[-1][:2], *np.round(rows[-1][2:], 3), flush=True)
    return rows, [[set_name, *row] for row in differences(task, said)]


def differences(task: Task, said: dict[str, list[Figures]]) -> Iterator[list[Any]]:
    """Yield our networks' balanced accuracy less that of braindecode's, with interval and p-value."""
    labels = {name: np.concatenate([run.y_pred for run in runs]) for name, runs in said.items()}
    n_seeds = len(next(iter(said.values())))
    truth, groups = np.tile(task.y, n_seeds), np.tile(task.groups, n_seeds)
    for name in OF_BRAINDECODE:
        other = f"{name}, braindecode"
        if name in labels and other in labels:
            pair = {name: labels[name], other: labels[other]}
            table = compare(pair, truth, groups, against=other, metrics=["balanced_accuracy"]).to_frame()
            found = table.iloc[0]
            yield [name, *(float(found[each]) for each in ("difference", "low", "high", "p_value"))]


def main() -> None:
    """Score each system on each set."""
    sets = ("simulated", "Bonn", "Helsinki", "Guinea-Bissau")
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data-home", help="folder of the sets [$SKLEARN_EEG_DATA]")
    parser.add_argument("--sets", nargs="+", default=sets, choices=sets)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--epochs", type=int, default=40)
    parser.add_argument("--windows", type=int, default=600, help="at most so many of a set, evenly spread")
    parser.add_argument(
        "--cache", help="folder in which finished fits are kept, so that a killed run goes on"
    )
    parser.add_argument("--settings", action="store_true", help="score settings of the training instead")
    options = parser.parse_args()
    rows, pairs = [], []
    with threadpool_limits(1):
        for set_name in options.sets:
            of_systems, of_pairs = score_set(set_name, options)
            rows += of_systems
            pairs += of_pairs
    if tuple(options.sets) != sets and not options.settings:
        print("The recorded scores stay as they are, since not every set was scored.")
        return
    how = (
        f"3-fold cross-validation by patient of at most {options.windows} windows of a set (the first 2 s of "
        f"each; of Bonn 1.5 s, of Helsinki all, 1 s), {options.seeds} seeds of folds and weights, at most "
        f"{options.epochs} epochs in batches of 32, early stopping by other patients"
    )
    note = (
        f"{how}; braindecode's networks have the same training and its own default layout. Means over the "
        "seeds of figures out of fold; low and high: 95 % interval of balanced accuracy over patients (files "
        "of Bonn, whose patients are not known). Log loss of SVM and ridge is of a softmax of their "
        "decisions. Seconds of a processor for one fit, on one thread, beside other jobs."
    )
    heads = [
        "set",
        "system",
        "balanced accuracy",
        "low",
        "high",
        "macro F1",
        "ROC AUC",
        "log loss",
        "seconds",
    ]
    name = "score_neural_settings" if options.settings else "score_neural"
    packages = ("torch", "skorch", "braindecode", "aeon")
    write_result(name, heads, rows, note=note, packages=packages)
    if pairs:
        note = f"{how}. Balanced accuracy of ours less braindecode's, 95 % interval, p-value by patient."
        heads = ["set", "network", "difference", "low", "high", "p"]
        write_result("score_neural_pairs", heads, pairs, note=note, packages=packages)


if __name__ == "__main__":
    main()
