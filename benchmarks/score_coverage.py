"""Count how often confidence intervals hold the true figure, for simulated patients.

usage: score_coverage.py [--simulations 1500] [--patients 10 30] [--dry-run]

Truth is the figure of 300,000 simulated patients. Each simulation draws few patients, and makes intervals
of their balanced accuracy and ROC AUC, by patient and, beside them, by window.
"""

import argparse
import time
from typing import NamedTuple

import numpy as np
from _results import write_result
from sklearn.metrics import balanced_accuracy_score, roc_auc_score
from threadpoolctl import threadpool_limits
from tqdm import tqdm

from sklearn_eeg.evaluation._coded import Coded, code_predictions
from sklearn_eeg.evaluation._figures import PatientSums, figures
from sklearn_eeg.evaluation._resample import METHODS, draw_units, interval, leave_one_out

NAMES = ["balanced_accuracy", "roc_auc"]
WINDOWS = 20  # of a patient
TRUE_PATIENTS, CHUNK = 300_000, 20_000
RESAMPLES, BY_WINDOW = 1000, 300  # windows are resampled fewer times: they fall short by far more


class Cohort(NamedTuple):
    """How patients differ."""

    with_seizures: float
    """Share of the patients that have any window of seizure."""
    level: float = 0.7
    """Standard deviation among patients of the score in rest."""
    skill: float = 0.7
    """Standard deviation among patients of how much a seizure raises the score, on average by 1.2."""
    carry: float = 0.6
    """Correlation of the noise of a window with that of the next."""


COHORTS = {"all patients have seizures": Cohort(1.0), "two in five have": Cohort(0.4)}


def simulate(
    cohort: Cohort, n_patients: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return class, score and patient of each window; seizures come in one run of random length."""
    length = rng.integers(1, WINDOWS, (n_patients, 1)) * (rng.random((n_patients, 1)) < cohort.with_seizures)
    start = np.floor(rng.random((n_patients, 1)) * (WINDOWS - length + 1))
    place = np.arange(WINDOWS)
    y = ((place >= start) & (place < start + length)).astype(int)
    noise = rng.standard_normal((n_patients, WINDOWS))
    for window in range(1, WINDOWS):
        fresh = np.sqrt(1 - cohort.carry**2) * noise[:, window]
        noise[:, window] = cohort.carry * noise[:, window - 1] + fresh
    level = cohort.level * rng.standard_normal((n_patients, 1))
    rise = 1.2 + cohort.skill * rng.standard_normal((n_patients, 1))
    return y.ravel(), (level + rise * y + noise).ravel(), np.repeat(np.arange(n_patients), WINDOWS)


def true_figures(cohort: Cohort, rng: np.random.Generator) -> np.ndarray:
    """Return balanced accuracy and ROC AUC of the population."""
    parts = [simulate(cohort, CHUNK, rng)[:2] for _ in range(TRUE_PATIENTS // CHUNK)]
    y, score = map(np.concatenate, zip(*parts, strict=True))
    return np.array([balanced_accuracy_score(y, score > 0.6), roc_auc_score(y, score)])


def resampled(coded: Coded, n_resamples: int, rng: np.random.Generator) -> tuple[np.ndarray, ...]:
    """Return the figures of the data, of the resamples, without each patient, and what they rest on."""
    sums, n_units = PatientSums(coded, NAMES), coded.n_units
    rows = sums.rows_per_block
    drawn = [figures(sums.weigh(block), NAMES) for block in draw_units(n_units, n_resamples, rng, rows)]
    whole = figures(sums.weigh(np.ones((1, n_units))), NAMES)[0]
    each_left_out = leave_one_out(n_units, rows) if n_units < len(coded.truth) else []
    left_out = [figures(sums.weigh(block), NAMES) for block in each_left_out]
    return whole, np.concatenate(drawn), np.concatenate([*left_out, np.empty((0, 2))]), sums.support(NAMES)


def run(cohort: Cohort, n_patients: int, n_simulations: int) -> dict[str, np.ndarray]:
    """Return lower and upper limits, (n_simulations, 2, n_figures), by method."""
    rng = np.random.default_rng(n_patients)
    limits: dict[str, list[object]] = {method: [] for method in (*METHODS, "windows as units")}
    for _ in tqdm(range(n_simulations), desc=f"{n_patients} patients", unit="simulation"):
        y, score, patient = simulate(cohort, n_patients, rng)
        said = (score > 0.6).astype(int)
        whole, drawn, left_out, support = resampled(
            code_predictions(y, said, patient, score, [0, 1]), RESAMPLES, rng
        )
        how = {"confidence_level": 0.95, "n_units": support, "left_out": left_out}
        for method in METHODS:
            limits[method].append(interval(whole, drawn, method=method, **how))
        whole, drawn, _, support = resampled(code_predictions(y, said, None, score, [0, 1]), BY_WINDOW, rng)
        how = {"confidence_level": 0.95, "n_units": support, "method": "percentile"}
        limits["windows as units"].append(interval(whole, drawn, **how))
    return {method: np.array(each) for method, each in limits.items()}


def coverage(limits: np.ndarray, truth: np.ndarray) -> list[float]:
    """Return, for each figure, how often intervals hold the truth and how wide they are; NaN is left out."""
    there = limits[~np.isnan(limits).any(axis=(1, 2))]
    held = (there[:, 0] <= truth) & (truth <= there[:, 1])
    widths = (there[:, 1] - there[:, 0]).mean(axis=0)
    return np.column_stack([held.mean(axis=0), widths]).ravel().tolist()


def main() -> None:
    """Fill the table and write it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--simulations", type=int, default=1500)
    parser.add_argument("--patients", type=int, nargs="+", default=[10, 30])
    parser.add_argument("--dry-run", action="store_true", help="print, and write nothing")
    options = parser.parse_args()
    start, rows = time.perf_counter(), []
    with threadpool_limits(1):
        for title, cohort in COHORTS.items():
            truth = true_figures(cohort, np.random.default_rng(0))
            for n_patients in options.patients:
                for method, limits in run(cohort, n_patients, options.simulations).items():
                    rows.append([title, n_patients, method, *coverage(limits, truth)])
                    print(*rows[-1])
    print(f"{time.perf_counter() - start:.0f} s")
    if options.dry_run:
        return
    note = (
        f"Share of {options.simulations} simulations in which a nominal 95 % interval holds the figure of "
        f"the population, and its mean width. {WINDOWS} windows a patient, correlated within the patient; "
        f"{RESAMPLES} resamples of patients, or {BY_WINDOW} of windows. The standard error of a share of "
        f"0.95 is {np.sqrt(0.95 * 0.05 / options.simulations):.3f}. Simulations with one patient with "
        "seizures, which have no interval, are left out."
    )
    heads = [
        "cohort",
        "patients",
        "method",
        "balanced accuracy",
        "mean width",
        "ROC AUC",
        "mean width of AUC",
    ]
    write_result("score_coverage", heads, rows, note=note)


if __name__ == "__main__":
    main()
