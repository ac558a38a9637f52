"""Time intervals by patient and event scoring beside plain loops over scikit-learn and timescoring.

usage: speed_evaluation.py [--repeats 5] [--loop 20] [--recordings 100] [--dry-run]

The loop over resamples is timed on a few of them, timescoring on a tenth of the recordings; both times are
scaled up. What is computed is the same, to the difference shown.
"""

import argparse
import time
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
from _results import write_result
from sklearn import metrics
from threadpoolctl import threadpool_limits
from timescoring.annotations import Annotation
from timescoring.scoring import EventScoring, SampleScoring

from sklearn_eeg.evaluation import bootstrap_by_patient, score_events
from sklearn_eeg.evaluation._coded import code_predictions
from sklearn_eeg.evaluation._figures import PatientSums, figures
from sklearn_eeg.evaluation._resample import draw_units

NAMES = ["balanced_accuracy", "macro_f1", "matthews_correlation", "cohen_kappa", "roc_auc"]
N_RESAMPLES, N_WINDOWS, N_CLASSES, N_PATIENTS = 1000, 10_000, 4, 40
DAY = 86_400.0
Row = list[Any]


def median_seconds(function: Callable[[], object], repeats: int) -> float:
    """Return the median processor time of a call."""
    seconds = []
    for _ in range(repeats):
        start = time.process_time()
        function()
        seconds.append(time.process_time() - start)
    return float(np.median(seconds))


def simulate_windows() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return true classes, probabilities and patients."""
    rng = np.random.default_rng(0)
    y = rng.choice(N_CLASSES, N_WINDOWS, p=[0.7, 0.1, 0.1, 0.1])
    score = np.exp(rng.standard_normal((N_WINDOWS, N_CLASSES)) + 1.2 * np.eye(N_CLASSES)[y])
    return y, score / score.sum(axis=1, keepdims=True), rng.integers(N_PATIENTS, size=N_WINDOWS)


def by_scikit_learn(y: np.ndarray, score: np.ndarray) -> list[float]:
    """Return the five figures of the rows drawn."""
    said = score.argmax(axis=1)
    return [
        metrics.balanced_accuracy_score(y, said),
        metrics.f1_score(y, said, average="macro"),
        metrics.matthews_corrcoef(y, said),
        metrics.cohen_kappa_score(y, said),
        metrics.roc_auc_score(y, score, multi_class="ovr"),
    ]


def time_bootstrap(repeats: int, n_loop: int) -> Row:
    """Return the row of `bootstrap_by_patient`."""
    y, score, patient = simulate_windows()
    said = score.argmax(axis=1)
    ours = median_seconds(
        lambda: bootstrap_by_patient(
            y, said, patient, y_score=score, metrics=NAMES, n_resamples=N_RESAMPLES, random_state=0
        ),
        repeats,
    )
    weights = next(draw_units(N_PATIENTS, n_loop, 0, n_loop))
    rows = [np.flatnonzero(patient == number) for number in range(N_PATIENTS)]
    found: list[list[float]] = []

    def loop() -> None:
        for weight in weights.astype(int):
            drawn = np.concatenate([rows[number] for number in np.repeat(np.arange(N_PATIENTS), weight)])
            found.append(by_scikit_learn(y[drawn], score[drawn]))

    theirs = median_seconds(loop, 1) * N_RESAMPLES / n_loop
    sums = PatientSums(code_predictions(y, said, patient, score, None), NAMES)
    gap = np.abs(figures(sums.weigh(weights), NAMES) - found).max()
    title = f"{N_RESAMPLES} resamples, 5 figures, {N_WINDOWS} windows, {N_PATIENTS} patients"
    return [title, ours, "scikit-learn, loop", theirs, theirs / ours, f"{gap:.0e}"]


def draw_events(rng: np.random.Generator, n_events: int) -> np.ndarray:
    """Return events of a day, sorted and apart."""
    times = np.sort(rng.uniform(0, DAY, 2 * n_events)).reshape(-1, 2)
    times[:, 1] = np.minimum(times[:, 1], times[:, 0] + rng.exponential(90, n_events) + 5)
    return times


def time_events(repeats: int, n_recordings: int) -> Row:
    """Return the row of `score_events`."""
    rng = np.random.default_rng(0)
    seizures, alarms = ([draw_events(rng, n) for _ in range(n_recordings)] for n in (8, 40))
    patients = np.arange(n_recordings) // 2
    ours = median_seconds(
        lambda: score_events(seizures, alarms, [DAY] * n_recordings, groups=patients), repeats
    )
    few = max(1, n_recordings // 10)
    found = []

    def loop() -> None:
        for pair in zip(seizures[:few], alarms[:few], strict=True):
            theirs = [Annotation([tuple(row) for row in each.tolist()], 10, int(DAY) * 10) for each in pair]
            by_event, by_sample = EventScoring(*theirs), SampleScoring(*theirs)
            found.append([by_event.refTrue, by_event.tp, by_event.fp, by_sample.tp, by_sample.fp])

    seconds = median_seconds(loop, 1) * n_recordings / few
    scores = score_events(seizures[:few], alarms[:few], [DAY] * few)
    n_events, tp, fp, sample_tp, sample_fp = np.sum(found, axis=0)
    gap = max(
        abs(scores.n_events - n_events),
        abs(scores.n_found - tp),
        abs(scores.n_false_alarms - fp),
        abs(scores.sample_precision - sample_tp / (sample_tp + sample_fp)),
    )
    title = f"{n_recordings} recordings of 24 h, events and seconds"
    return [title, ours, "timescoring", seconds, seconds / ours, f"{gap:.0e}"]


def main() -> None:
    """Fill the table and write it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--loop", type=int, default=20, help="resamples of the plain loop")
    parser.add_argument("--recordings", type=int, default=100)
    parser.add_argument("--dry-run", action="store_true", help="print, and write nothing")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    with threadpool_limits(1):
        rows = [
            time_bootstrap(options.repeats, options.loop),
            time_events(options.repeats, options.recordings),
        ]
    for row in rows:
        print(*row, sep="; ")
    if options.dry_run:
        return
    note = (
        "Seconds of one thread, intervals of each class and by patient included in ours; how many times "
        "slower the peer is (scaled up from a part of the work); and the largest difference of the figures."
    )
    heads = ["what", "seconds", "peer", "its seconds", "times slower", "differs by"]
    write_result("speed_evaluation", heads, rows, note=note, packages=("timescoring", "pandas"))


if __name__ == "__main__":
    main()
