"""Score whole systems, ours and other packages', under the same folds: by patient, and at random beside it.

usage: score_systems.py [--data-home DIR] [--sets NAME ...] [--systems NAME ...] [--trials N] [--cache DIR]
"""

import argparse
import multiprocessing
import time
import warnings
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from _results import remember, write_result
from _system_peers import EPOCHS, FEATURES, OF_AEON, WHOLE, classify_features
from scipy.special import softmax
from sklearn.dummy import DummyClassifier
from sklearn.metrics import accuracy_score, f1_score, roc_auc_score
from sklearn.model_selection import StratifiedKFold
from threadpoolctl import threadpool_limits

from sklearn_eeg import datasets, model_selection, systems
from sklearn_eeg.evaluation import bootstrap_by_patient, compare
from sklearn_eeg.model_selection import PatientKFold, fit_by_patient
from sklearn_eeg.neural import CNNClassifier
from sklearn_eeg.systems._stacked_ensemble import DEFAULT_MEMBERS

BEST = "stacked ensemble"
WITH_NETWORK = "stacked ensemble with a network"
OURS = ("dummy", "SVM baseline", "SVM baseline, tuned", "CNNClassifier", BEST, WITH_NETWORK)
SYSTEMS = (*OURS, *FEATURES, *WHOLE)
AT_RANDOM = ("Helsinki", "Guinea-Bissau", "simulated")  # the sets that are split at random, too
POOLED = "Guinea-Bissau, whole subjects"
Folds = list[tuple[np.ndarray, np.ndarray]]


class Task(NamedTuple):
    """Windows, labels, patients (None where they are not known), rate and names of the channels."""

    X: np.ndarray
    y: np.ndarray
    groups: np.ndarray | None
    sfreq: float
    ch_names: list[str]


class Said(NamedTuple):
    """Labels and scores out of fold, and the processor's seconds of a fit and of a thousand predictions."""

    y_pred: np.ndarray
    y_score: np.ndarray
    fit_seconds: float
    predict_seconds: float


def load_bonn(data_home: str | None, *, binary: bool) -> Task:
    """Return Bonn's files: five sets, or seizure (set S) against the rest."""
    eeg = datasets.load_bonn(data_home)
    target = np.asarray(eeg.target_names)[eeg.target]
    y = (target == eeg.target_names[-1]).astype(int) if binary else eeg.target
    return Task(eeg.data, y, None, eeg.sfreq, eeg.ch_names)


def load_patients(loader: Callable[[], Any]) -> Task:
    """Return the windows of a set whose patients are known."""
    eeg = loader()
    return Task(eeg.data, eeg.target, eeg.groups, eeg.sfreq, eeg.ch_names)


def tasks(data_home: str | None) -> dict[str, Callable[[], Task]]:
    """Return what loads each set."""
    simulated = {
        name: partial(load_patients, partial(datasets.make_seizures, difficulty=difficulty, random_state=0))
        for name, difficulty in {"simulated, easy": 0.5, "simulated": 1.0, "simulated, hard": 2.0}.items()
    }
    return {
        "Bonn, 5 classes": partial(load_bonn, data_home, binary=False),
        "Bonn, seizure or not": partial(load_bonn, data_home, binary=True),
        "Helsinki": partial(load_patients, partial(datasets.load_helsinki, data_home)),
        "Guinea-Bissau": partial(load_patients, partial(datasets.load_guinea_bissau, data_home)),
        **simulated,
    }


def make_folds(task: Task, split: str) -> Folds:
    """Return ten folds of files where patients are not known, else five by patient or at random."""
    if task.groups is None:
        splitter: Any = StratifiedKFold(10, shuffle=True, random_state=0)
    elif split == "by patient":
        splitter = PatientKFold(5, random_state=0)
    else:
        splitter = StratifiedKFold(5, shuffle=True, random_state=0)
    return list(splitter.split(np.zeros((len(task.y), 1)), task.y, task.groups))


def make(system: str, task: Task, n_trials: int) -> Any:
    """Return a classifier of windows by the name of the system."""
    if system in WHOLE:
        return WHOLE[system](task.sfreq, 0)
    if system == "dummy":
        return DummyClassifier(strategy="most_frequent")
    if system == "CNNClassifier":
        return CNNClassifier(sfreq=task.sfreq, max_epochs=EPOCHS, random_state=0)
    if system in (BEST, WITH_NETWORK):
        members = (*DEFAULT_MEMBERS, "cnn") if system == WITH_NETWORK else DEFAULT_MEMBERS
        return systems.stacked_ensemble(task.sfreq, members=members, ch_names=task.ch_names, random_state=0)
    baseline = systems.svm_baseline(task.sfreq, ch_names=task.ch_names)
    if system == "SVM baseline":
        return baseline
    space = systems.search_space(baseline)  # less the denoiser's part, which is computed anew in each trial
    return model_selection.OptunaSearchCV(
        baseline,
        {name: each for name, each in space.items() if not name.startswith("denoise")},
        n_trials=n_trials,
        scoring="balanced_accuracy",
        random_state=0,
    )


def score_windows(model: Any, X: np.ndarray, classes: np.ndarray) -> np.ndarray:
    """Return one score a class: probabilities, or the softmax of decision values."""
    if hasattr(model, "predict_proba"):
        answer = model.predict_proba(X)
    else:
        decision = model.decision_function(X)
        odds = np.column_stack([-decision, decision]) / 2 if decision.ndim == 1 else decision
        answer = softmax(odds, axis=1)
    score = np.zeros((len(X), len(classes)))
    score[:, np.searchsorted(classes, model.classes_)] = answer
    return score


def predict(system: str, load: Callable[[], Task], split: str, n_trials: int) -> Said:
    """Return what a system says of each window, fitted on the other folds."""
    task = load()
    classes, folds = np.unique(task.y), make_folds(task, split)
    X, extraction = task.X, 0.0
    if system in FEATURES:  # one window at a time: computed once for all folds
        start = time.process_time()
        X = np.nan_to_num(FEATURES[system](task.X, task.sfreq), posinf=0.0, neginf=0.0)
        extraction = (time.process_time() - start) / len(X)
    score, fit_seconds, predict_seconds = np.zeros((len(X), len(classes))), 0.0, 0.0
    y_pred = np.empty_like(task.y)
    patients = task.groups if split == "by patient" else None
    for train, test in folds:
        model = classify_features(system, 0) if system in FEATURES else make(system, task, n_trials)
        start = time.process_time()
        groups = None if patients is None else patients[train]
        model = fit_by_patient(model, X[train], task.y[train], groups)
        fit_seconds += time.process_time() - start + extraction * len(train)
        start = time.process_time()
        y_pred[test] = model.predict(X[test])
        predict_seconds += time.process_time() - start + extraction * len(test)
        score[test] = score_windows(model, X[test], classes)
    return Said(y_pred, score, fit_seconds / len(folds), 1000 * predict_seconds / len(X))


def predict_apart(system: str, *options: Any) -> Said:
    """Call `predict`; for aeon's in a process of its own, since torch is many times slower after aeon."""
    if system not in OF_AEON:
        return predict(system, *options)
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(predict, (system, *options))


def pool(task: Task, said: Said) -> tuple[Task, Said]:
    """Return one answer for each patient: that of the highest mean score over the patient's windows."""
    patients, first, place = np.unique(task.groups, return_index=True, return_inverse=True)
    counts = np.bincount(place)[:, np.newaxis]
    score = np.stack([np.bincount(place, column) for column in said.y_score.T], axis=1) / counts
    of_patients = task._replace(X=task.X[first], y=task.y[first], groups=patients)
    return of_patients, said._replace(y_pred=np.unique(task.y)[score.argmax(axis=1)], y_score=score)


def summarise(task: Task, said: Said) -> list[float]:
    """Return accuracy, balanced accuracy with interval, macro F1, ROC AUC and seconds."""
    units = np.arange(len(task.y)) if task.groups is None else task.groups
    drawn = bootstrap_by_patient(task.y, said.y_pred, units, metrics=["balanced_accuracy"])
    interval = drawn.figures["balanced_accuracy"]
    columns = said.y_score[:, 1] if said.y_score.shape[1] == 2 else said.y_score
    figures = (
        accuracy_score(task.y, said.y_pred),
        interval.estimate,
        interval.low,
        interval.high,
        f1_score(task.y, said.y_pred, average="macro"),
        roc_auc_score(task.y, columns, multi_class="ovr"),
        said.fit_seconds,
        said.predict_seconds,
    )
    return [float(each) for each in figures]


def differences(name: str, task: Task, answers: dict[str, Said]) -> list[list[Any]]:
    """Return the best model's balanced accuracy less each other system's, interval and p-value."""
    if BEST not in answers or len(answers) < 2:
        return []
    units = np.arange(len(task.y)) if task.groups is None else task.groups
    labels = {system: said.y_pred for system, said in answers.items()}
    table = compare(labels, task.y, units, against=BEST, metrics=["balanced_accuracy"]).to_frame()
    rows = []
    for (_, system, _), found in table.iterrows():
        lead = [0.0 - float(found[part]) for part in ("difference", "high", "low")]
        rows.append([name, system, *lead, float(found["p_value"]), float(found["p_holm"])])
    return rows


def answer(name: str, load: Callable[[], Task], split: str, options: argparse.Namespace) -> dict[str, Said]:
    """Return what each system says of a set, less those that refuse it."""
    answers = {}
    for system in options.systems:
        key = f"{split}-{name}-{system}" + (f"-{options.trials}" if "tuned" in system else "")
        try:
            work = partial(predict_apart, system, load, split, options.trials)
            answers[system] = remember(options.cache, key, work)
        except ValueError as error:  # windows or channels too few for a network of another package
            print(f"{name}: {system} is left out: {error}"[:200], flush=True)
    return answers


def score_set(
    name: str, load: Callable[[], Task], split: str, options: argparse.Namespace
) -> tuple[list[list[Any]], list[list[Any]]]:
    """Return the rows of a set, with those of whole patients where these are pooled, and the pairs."""
    task, answers = load(), answer(name, load, split, options)
    views = {name: (task, answers)}
    if name == "Guinea-Bissau" and split == "by patient":
        pooled = {system: pool(task, said) for system, said in answers.items()}
        of_patients = next(iter(pooled.values()))[0]
        views[POOLED] = (of_patients, {system: said for system, (_, said) in pooled.items()})
    rows, pairs = [], []
    for label, (view, said) in views.items():
        rows += [[label, system, *summarise(view, each)] for system, each in said.items()]
        pairs += differences(label, view, said)
    for row in rows:
        print(split, *row[:2], *np.round(row[2:], 3), flush=True)
    return rows, pairs


def overview(rows: list[list[Any]]) -> tuple[list[str], list[list[Any]]]:
    """Return balanced accuracy by system and set, and the mean rank among systems scored on every set."""
    table = pd.DataFrame(rows).pivot(index=1, columns=0, values=3)
    table = table.loc[
        list(dict.fromkeys(row[1] for row in rows)), list(dict.fromkeys(row[0] for row in rows))
    ]
    table["mean rank"] = table.dropna().rank(ascending=False).mean(axis=1)
    body = [
        [system, *(None if np.isnan(each) else float(each) for each in numbers)]
        for system, numbers in zip(table.index, table.to_numpy(), strict=True)
    ]
    return ["system", *table.columns], body


def write(rows: list[list[Any]], pairs: list[list[Any]], at_random: list[list[Any]], n_trials: int) -> None:
    """Write the four tables."""
    packages = ("torch", "skorch", "optuna", "braindecode", "aeon", "pyriemann", "mne-features", "tsfel")
    store = partial(write_result, packages=packages)
    how = (
        "One set of folds: five by patient, or ten of whole files of Bonn, whose patients are not known and "
        "whose files of one person may lie on both sides; out-of-fold answers of all windows"
    )
    tuned = f"The tuned baseline takes {n_trials} trials of features and SVM inside each fold."
    heads = ["set", "system", "accuracy", "balanced accuracy", "low", "high", "macro F1", "ROC AUC"]
    heads += ["seconds of a fit", "seconds per 1000 windows"]
    interval = "Low and high: 95 % interval of balanced accuracy over patients (files of Bonn)."
    peers = (
        f"Networks train for at most {EPOCHS} epochs, stopped early by other patients (windows of Bonn), "
        "braindecode's as ours; one that refuses a set's windows is missing there (its ShallowConvNet fails "
        "on a single channel, too, and so sees Bonn's twice)."
    )
    store("score_systems", heads, rows, note=f"{how}. {interval} {tuned} {peers}")
    names, body = overview(rows)
    ranked = "Balanced accuracy, and the mean rank over the sets among the systems that were scored on all."
    store("score_systems_overview", names, body, note=f"{how}. {ranked} {tuned} {peers}")
    columns = ["set", "system", "lead", "low", "high", "p", "p (Holm)"]
    paired = f"Balanced accuracy of the {BEST} less that of the system, 95 % interval and p-value by patient."
    store("score_systems_pairs", columns, pairs, note=f"{how}. {paired}")
    warned = (
        "Five folds of windows at random: windows of one patient lie on both sides, so these figures say "
        "nothing of a new patient. They stand here because such figures are often published."
    )
    if at_random:
        store("score_systems_random", heads, at_random, note=f"{warned} {tuned} {peers}")


def main() -> None:
    """Score each system on each set, by patient and at random."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data-home", help="folder of the sets [$SKLEARN_EEG_DATA]")
    parser.add_argument("--sets", nargs="+", choices=list(tasks(None)), default=list(tasks(None)))
    parser.add_argument("--systems", nargs="+", choices=SYSTEMS, default=SYSTEMS)
    parser.add_argument("--trials", type=int, default=20, help="trials of the tuned baseline")
    parser.add_argument(
        "--splits", nargs="+", choices=["by patient", "random"], default=["by patient", "random"]
    )
    parser.add_argument(
        "--cache", help="folder in which finished fits are kept, so that a killed run goes on"
    )
    options = parser.parse_args()
    loaders = tasks(options.data_home)
    rows: dict[str, list[list[Any]]] = {"by patient": [], "random": []}
    pairs: list[list[Any]] = []
    warnings.filterwarnings("ignore", message=".*`groups`.*")
    with threadpool_limits(1):
        for split in options.splits:
            for name in options.sets:
                if split == "random" and name not in AT_RANDOM:
                    continue  # of Bonn all figures are of that kind
                found, paired = score_set(name, loaders[name], split, options)
                rows[split] += found
                pairs += paired if split == "by patient" else []
    if BEST not in options.systems or "by patient" not in options.splits or len(options.sets) < 2:
        print(f"The recorded scores stay as they are: they want {BEST}, by patient, and some sets.")
        return
    write(rows["by patient"], pairs, rows["random"], options.trials)


if __name__ == "__main__":
    main()
