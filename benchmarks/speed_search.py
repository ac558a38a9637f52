"""Time searches over the baseline's classifier beside those of scikit-learn and of Optuna.

usage: speed_search.py [--windows 192] [--repeats 3] [--dry-run]

All try the same candidates, scale of the kernel by cost of the margin, on the same folds by patient, in one
process. That the scores are the same is asserted.
"""

import argparse
import tempfile
import time
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import optuna
from _results import write_result
from optuna_integration import OptunaSearchCV as IntegrationSearchCV
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import Pipeline
from threadpoolctl import threadpool_limits

from sklearn_eeg.datasets import make_seizures
from sklearn_eeg.model_selection import OptunaSearchCV, PatientKFold
from sklearn_eeg.systems import svm_baseline

GRID = {"svm__C": [0.1, 1.0, 10.0], "svm__gamma": [0.001, 0.01, 0.1]}
FOLDS = PatientKFold(4, random_state=0)
Row = list[Any]


def choices() -> dict[str, Any]:
    """Return the grid as Optuna's distributions."""
    return {name: optuna.distributions.CategoricalDistribution(each) for name, each in GRID.items()}


def sampler() -> optuna.samplers.GridSampler:
    """Return what tries each candidate once."""
    return optuna.samplers.GridSampler(GRID, seed=0)


def searches(model: Pipeline, folder: str) -> dict[str, Callable[[], Any]]:
    """Return what makes each search, ours first."""
    cached = clone(model).set_params(memory=folder)
    n = int(np.prod([len(each) for each in GRID.values()]))
    return {
        "OptunaSearchCV": lambda: OptunaSearchCV(
            model, choices(), n_trials=n, cv=FOLDS, sampler=sampler(), pruner=None
        ),
        "GridSearchCV": lambda: GridSearchCV(model, GRID, cv=FOLDS),
        "GridSearchCV, Pipeline(memory=)": lambda: GridSearchCV(cached, GRID, cv=FOLDS),
        "optuna_integration": lambda: IntegrationSearchCV(
            model, choices(), cv=FOLDS, n_trials=n, study=optuna.create_study(
                sampler=sampler(), direction="maximize"), error_score="raise",
        ),
    }  # fmt: skip


def scores_by_candidate(search: Any) -> dict[tuple[float, ...], float]:
    """Return the mean score of each candidate."""
    if isinstance(search, IntegrationSearchCV):
        pairs = [(each.params, each.value) for each in search.study_.trials]
    else:
        results = search.cv_results_
        pairs = list(zip(results["params"], results["mean_test_score"], strict=True))
    return {tuple(parameters[name] for name in GRID): float(score) for parameters, score in pairs}


def measure(model: Pipeline, eeg: Any, repeats: int) -> list[Row]:
    """Return a row for each search: seconds, and how many times slower than ours."""
    seconds: dict[str, list[float]] = {}
    expected: dict[tuple[float, ...], float] | None = None
    for _ in range(repeats):
        with tempfile.TemporaryDirectory() as folder:  # a new one for each search
            for name, make in searches(model, folder).items():
                search = make()
                start = time.process_time()
                search.fit(eeg.data, eeg.target, groups=eeg.groups)
                seconds.setdefault(name, []).append(time.process_time() - start)
                found = scores_by_candidate(search)
                expected = expected or found
                assert found == expected, f"{name} scores otherwise"
    medians = {name: float(np.median(each)) for name, each in seconds.items()}
    return [[name, each, each / medians["OptunaSearchCV"]] for name, each in medians.items()]


def main() -> None:
    """Fill the table and write it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--windows", type=int, default=192, help="number of simulated windows, about")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--dry-run", action="store_true", help="print, and write nothing")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    eeg = make_seizures(16, random_state=0)
    keep = np.random.default_rng(0).permutation(len(eeg.data))[: options.windows]
    eeg.data, eeg.target, eeg.groups = eeg.data[keep], eeg.target[keep], eeg.groups[keep]
    model = svm_baseline(eeg.sfreq, ch_names=eeg.ch_names)
    model.fit(eeg.data[:16], eeg.target[:16])  # compiles
    with threadpool_limits(1):
        rows = measure(model, eeg, options.repeats)
    for row in rows:
        print(*row, sep="; ")
    if options.dry_run:
        return
    n_windows, n_channels, n_times = eeg.data.shape
    note = (
        f"Seconds of one thread for 9 candidates x 4 folds by patient and the last fit: the SVM baseline on "
        f"{n_windows} simulated windows ({n_channels} channels x {n_times} times), median of "
        f"{options.repeats}; the scores of all candidates are the same."
    )
    heads = ["search", "seconds", "times ours"]
    write_result("speed_search", heads, rows, note=note, packages=("optuna", "optuna-integration"))


if __name__ == "__main__":
    main()
