"""Score seizure detection in continuous simulated recordings of patients that were not trained on.

usage: score_detection.py [--patients 20] [--hours 6] [--seizures-per-hour 0.5] [--sfreq 256] [--difficulty 1]
                          [--folds 5] [--systems NAME ...] [--n-jobs N] [--folder DIR] [--cache DIR]
                          [--dry-run]

The recordings take about 35 MB an hour at 256 Hz, and the features of their windows 40 MB an hour for each
kind of denoising; --folder keeps both for the next time.
"""

import argparse
import tempfile
import time
import warnings
from pathlib import Path
from typing import Any

import joblib
import numpy as np
from _results import remember, write_result
from sklearn.base import BaseEstimator, ClassifierMixin, TransformerMixin, clone
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from tqdm import tqdm

from sklearn_eeg.datasets import make_recording, read_events, read_recording
from sklearn_eeg.detection import SeizureDetector
from sklearn_eeg.evaluation import score_events
from sklearn_eeg.features import TimeFeatures
from sklearn_eeg.preprocessing import Denoiser
from sklearn_eeg.systems import svm_baseline

FIGURES = ["f1", "sensitivity", "false_alarms_per_day", "precision"]
MAX_FALSE_ALARMS = 10.0
SECONDS_PER_DAY = 86_400


class RandomScores(ClassifierMixin, BaseEstimator):
    """A classifier that draws probabilities."""

    def __init__(self, seed: int = 0) -> None:
        self.seed = seed

    def fit(self, X: np.ndarray, y: np.ndarray) -> "RandomScores":  # noqa: ARG002
        """Learn nothing."""
        self.classes_ = np.unique(y)
        self.rng_ = np.random.default_rng(self.seed)
        return self

    def predict_proba(self, X: np.ndarray) -> np.ndarray:
        """Draw."""
        drawn = self.rng_.random(len(X))
        return np.column_stack([1 - drawn, drawn])

    def predict(self, X: np.ndarray) -> np.ndarray:
        """Draw a class."""
        return self.classes_[(self.predict_proba(X)[:, 1] >= 0.5).astype(int)]


class Remembered(TransformerMixin, BaseEstimator):
    """Steps that learn nothing, whose answers are kept in files: every fold asks for the same windows."""

    def __init__(self, steps: Any, folder: Path) -> None:
        self.steps = steps
        self.folder = folder

    def fit(self, X: np.ndarray, y: Any = None) -> "Remembered":
        """Fit the steps, which learn no more than the shape of windows."""
        self.fitted_ = clone(self.steps).fit(X, y)
        return self

    def transform(self, X: np.ndarray) -> np.ndarray:
        """Return the answer of the steps, computed or read."""
        key = joblib.hash((self.steps, X))
        return remember(str(self.folder), key, lambda: self.fitted_.transform(X))


def remember_front(system: Pipeline, folder: Path) -> Pipeline:
    """Return a system whose steps before scaling and classifier keep their answers in files."""
    front, tail = system[:-2], system.steps[-2:]
    return Pipeline([("front", Remembered(front, folder)), *tail])


def mean_of_channels(table: np.ndarray) -> np.ndarray:
    """Return the logarithm of the mean line length over the channels."""
    return np.log(np.asarray(table).mean(axis=1, keepdims=True) + 1e-12)


def systems(sfreq: float, n_jobs: int | None, folder: Path) -> dict[str, SeizureDetector]:
    """Return the detectors by the name they have in the table."""
    options: dict[str, Any] = {"max_false_alarms_per_day": MAX_FALSE_ALARMS, "n_jobs": n_jobs}
    length = make_pipeline(
        TimeFeatures(["line_length"]),
        FunctionTransformer(mean_of_channels),
        StandardScaler(),
        LogisticRegression(class_weight="balanced"),
    )
    whole = remember_front(svm_baseline(sfreq), folder)
    bare = remember_front(svm_baseline(sfreq, denoise=False), folder)
    return {
        "SVM baseline, windows denoised": SeizureDetector(whole, sfreq, **options),
        "SVM baseline, stretches denoised": SeizureDetector(bare, sfreq, cleaner=Denoiser(sfreq), **options),
        "SVM baseline, stretches denoised, not smoothed": SeizureDetector(
            bare, sfreq, cleaner=Denoiser(sfreq), smoothing_seconds=0, **options
        ),
        "line length above a threshold": SeizureDetector(length, sfreq, **options),
        f"random, {MAX_FALSE_ALARMS:g} alarms in 24 h": SeizureDetector(
            RandomScores(),
            sfreq,
            threshold=1 - MAX_FALSE_ALARMS / SECONDS_PER_DAY,  # one step a second
            smoothing_seconds=0,
            min_duration_seconds=0,
        ),
    }


def describe(options: argparse.Namespace) -> str:
    """Return what decides over a simulated recording, beside the patient."""
    return f"{options.hours:g}h-{options.seizures_per_hour:g}-{options.sfreq}Hz-{options.difficulty:g}"


def simulate(folder: Path, options: argparse.Namespace) -> list[Path]:
    """Return the recordings, one for each patient, simulated where they are not there."""
    paths = []
    for patient in tqdm(range(options.patients), desc="simulating", unit="patient"):
        name = f"p{patient}-{describe(options)}.edf"
        paths.append(folder / name)
        if not paths[-1].exists():
            make_recording(
                paths[-1],
                duration_seconds=round(3600 * options.hours),
                sfreq=options.sfreq,
                n_seizures=max(1, round(options.seizures_per_hour * options.hours)),
                patient=patient,
                difficulty=options.difficulty,
                random_state=patient,
            )
    return paths


def run_fold(detector: SeizureDetector, paths: list[Path], test: np.ndarray) -> dict[str, Any]:
    """Return the alarms in the recordings held out, and what was found on the others."""
    train = np.setdiff1d(np.arange(len(paths)), test)
    recordings = [read_recording(path, patient=f"p{number}") for number, path in enumerate(paths)]
    truth = [read_events(path.with_name(f"{path.stem}_events.tsv")) for path in paths]
    detector.fit([recordings[k] for k in train], [truth[k] for k in train])
    alarms = {int(k): detector.predict_events(recordings[k]) for k in test}
    return {"alarms": alarms, "held_out": detector.held_out_, "threshold": detector.threshold_}


def score(name: str, paths: list[Path], kept: Path, options: argparse.Namespace) -> list[Any]:
    """Return the row of one system, each recording judged by a detector that had not seen its patient."""
    start, alarms, held_out = time.perf_counter(), {}, []
    for fold in range(options.folds):
        test = np.arange(fold, len(paths), options.folds)
        detector = systems(options.sfreq, options.n_jobs, kept)[name]
        key = f"{name}-{options.patients}-{describe(options)}-{options.folds}-{fold}"
        done = remember(options.cache, key, lambda d=detector, t=test: run_fold(d, paths, t))
        alarms |= done["alarms"]
        held_out += [done["held_out"]["false_alarms_per_day"]] if done["held_out"] else []
    truth = [read_events(path.with_name(f"{path.stem}_events.tsv")) for path in paths]
    scores = score_events(
        truth,
        [alarms[k] for k in range(len(paths))],
        [3600.0 * options.hours] * len(paths),
        groups=[f"p{k}" for k in range(len(paths))],
    )
    table = scores.to_frame().loc[FIGURES, ["estimate", "patient_low", "patient_high"]]
    print(f"{name} ({time.perf_counter() - start:.0f} s)\n{scores}\n", flush=True)
    numbers = [*map(float, table.to_numpy().ravel()), scores.latency_median]
    chosen = float(np.mean(held_out)) if held_out else None
    return [name, *(None if np.isnan(number) else number for number in numbers), chosen]


def main() -> None:
    """Simulate, score and write the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--patients", type=int, default=20)
    parser.add_argument("--hours", type=float, default=6)
    parser.add_argument("--seizures-per-hour", type=float, default=0.5)
    parser.add_argument("--sfreq", type=int, default=256)
    parser.add_argument("--difficulty", type=float, default=1.0)
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--systems", nargs="+", help="some of them, by name; all by default")
    parser.add_argument("--n-jobs", type=int, default=None)
    parser.add_argument("--folder", type=Path, help="where the recordings are kept")
    parser.add_argument("--cache", help="folder that keeps results, so that a run that was killed goes on")
    parser.add_argument("--dry-run", action="store_true", help="print, and write nothing")
    options = parser.parse_args()
    warnings.filterwarnings("ignore", message="No threshold finds a seizure")  # the table says so
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.folder or Path(temporary)
        kept = folder / "features"
        kept.mkdir(parents=True, exist_ok=True)
        paths = simulate(folder, options)
        names = options.systems or systems(options.sfreq, None, kept)
        rows = [score(name, paths, kept, options) for name in names]
    if options.dry_run:
        return
    note = (
        f"{options.patients} simulated patients, {options.hours:g} h each of 19 channels at {options.sfreq} "
        f"Hz, difficulty {options.difficulty:g}, {options.seizures_per_hour:g} seizures an hour; "
        f"{options.folds} folds of patients. Thresholds are chosen inside the training patients, for at most "
        f"{MAX_FALSE_ALARMS:g} false alarms in 24 hours. By the rules of SzCORE; 95% intervals by patient. "
        "Simulated signals say nothing of patients: what can be compared is the systems."
    )
    heads = ["system"]
    for figure in ("F1", "sensitivity", "false alarms in 24 h", "precision"):
        heads += [figure, f"{figure}, low", f"{figure}, high"]
    heads += ["latency in s, median", "false alarms in 24 h when the threshold was chosen"]
    write_result("score_detection", heads, rows, note=note, packages=("edfio", "pandas"))


if __name__ == "__main__":
    main()
