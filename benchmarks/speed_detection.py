"""Time seizure detection in continuous recordings: where the time goes, on one core and on a Dask cluster.

usage: speed_detection.py [--minutes 30] [--recordings 1 10 100] [--workers 1 2] [--repeats 3] [--dry-run]
"""

import argparse
import cProfile
import itertools
import os
import pstats
import tempfile
import time
import warnings
from pathlib import Path
from typing import Any

import numpy as np
from _results import write_result
from threadpoolctl import threadpool_limits

from sklearn_eeg.datasets import make_recording, read_events, read_recording
from sklearn_eeg.datasets._write_edf import write_edf
from sklearn_eeg.detection import SeizureDetector, detect
from sklearn_eeg.detection._matched import match_recording
from sklearn_eeg.preprocessing import Denoiser
from sklearn_eeg.systems import svm_baseline

SFREQ = 256
PAIRS = (
    "Fp1-F7", "F7-T7", "T7-P7", "P7-O1", "Fp1-F3", "F3-C3", "C3-P3", "P3-O1", "Fp2-F4", "F4-C4", "C4-P4",
    "P4-O2", "Fp2-F8", "F8-T8", "T8-P8", "P8-O2", "Fz-Cz", "Cz-Pz", "T7-C3", "C3-Cz", "Cz-C4", "C4-T8",
    "F3-Fz",
)  # fmt: skip
CORPORA = {"CHB-MIT": 980, "TUH seizure corpus": 27_000}
CORES = (16, 256)
TRIM = "distributed.nanny.pre-spawn-environ.MALLOC_TRIM_THRESHOLD_"
MEMORY = {"kept": None, "returned at once": 65_536}  # Dask's default last: it stays in the environment


def write_pairs(path: Path, minutes: float, patient: int) -> Path:
    """Write a simulated recording of 23 bipolar channels, with its events beside it."""
    made = make_recording(
        path.with_name("referential.edf"),
        duration_seconds=round(60 * minutes),
        n_seizures=max(1, round(minutes / 15)),
        seizure_seconds=(20, 60),
        patient=patient,
        random_state=patient,
    )
    pairs = match_recording(read_recording(made.path), PAIRS, SFREQ)
    write_edf(
        path,
        (x for _, x in pairs.blocks(60)),
        made.events,
        ch_names=PAIRS,
        n_times=pairs.n_times,
        sfreq=SFREQ,
        patient="simulated",
        needed_by="speed_detection.py",
    )
    return path


def fit_detectors(folder: Path, minutes: float) -> dict[str, SeizureDetector]:
    """Return the baseline that denoises windows, and the one that denoises stretches."""
    paths = [write_pairs(folder / f"train{patient}.edf", minutes, patient) for patient in range(4)]
    truth = [read_events(path) for path in paths]
    plain = SeizureDetector(svm_baseline(SFREQ), SFREQ, threshold=0.5)
    shared = SeizureDetector(
        svm_baseline(SFREQ, denoise=False), SFREQ, cleaner=Denoiser(SFREQ), threshold=0.5
    )
    return {"windows denoised": plain.fit(paths, truth), "stretches denoised": shared.fit(paths, truth)}


def time_steps(
    detectors: dict[str, SeizureDetector], path: Path, seconds: float, repeats: int
) -> list[list[Any]]:
    """Return rows of both ways at steps of 4, 2 and 1 s."""
    rows = []
    for name, detector in detectors.items():
        n_vectors = int(detector.estimator_[-1].n_support_.sum())
        taken: dict[int, float] = {}
        for step in (4, 2, 1):
            detector.set_params(step_seconds=step)
            detector.predict(path)
            taken[step] = float(np.median([_time(detector, path) for _ in range(repeats)]))
            shares = profile(detector, path)
            rows.append(
                [name, step, n_vectors, seconds / taken[step], taken[step] / taken[4], *shares.values()]
            )
            print(*rows[-1], sep="; ")
    return rows


def _time(detector: SeizureDetector, path: Path) -> float:
    start = time.process_time()
    detector.predict(path)
    return time.process_time() - start


def profile(detector: SeizureDetector, path: Path) -> dict[str, float]:
    """Return the share of the time that each part takes, the rest as "other"."""
    profiler = cProfile.Profile()
    profiler.runcall(detector.predict, path)
    stats = pstats.Stats(profiler).stats  # type: ignore[attr-defined]
    total = sum(own for _, _, own, _, _ in stats.values())
    spent = {
        part: sum(
            cumulated
            for (file, _, function), (_, _, _, cumulated, _) in stats.items()
            if function == key[0] and all(place in file for place in key[1:])
        )
        for part, key in (("denoising", ("_clean", "preprocessing")), ("cutting", ("take", "_feeder")),
                          ("reading", ("read_times", "_recording")), ("SVM", ("_decide_rbf", "_scores")))
    }  # fmt: skip
    scored = next(
        cumulated
        for (file, _, function), (_, _, _, cumulated, _) in stats.items()
        if function == "score_windows" and "_scores" in file
    )
    inside = spent["denoising"] if detector.cleaner_ is None else 0.0
    shares = {
        "reading": spent["reading"],
        "denoising": spent["denoising"],
        "cutting": spent["cutting"],
        "features": scored - spent["SVM"] - inside,
        "SVM": spent["SVM"],
    }
    return {part: value / total for part, value in shares.items()} | {
        "other": 1 - sum(shares.values()) / total
    }


def time_cluster(
    detector: SeizureDetector, path: Path, seconds: float, options: argparse.Namespace
) -> list[list[Any]]:
    """Return rows of ways with freed memory, numbers of workers and of recordings."""
    import dask
    from distributed import Client, LocalCluster

    rows = []
    for memory, n_workers in itertools.product(MEMORY, options.workers):
        with (
            dask.config.set({TRIM: MEMORY[memory]}),
            LocalCluster(n_workers=n_workers, threads_per_worker=1, dashboard_address=None) as cluster,
            Client(cluster) as client,
        ):
            client.wait_for_workers(n_workers)
            for n in (max(options.workers), *options.recordings):  # the first warms the workers up
                took = _time_cluster(detector, path, n, client)
                rows.append([memory, n_workers, n, took, n * seconds / took])
                print(*rows[-1], sep="; ")
            rows.pop(-len(options.recordings) - 1)
    return rows


def _time_cluster(detector: SeizureDetector, path: Path, n: int, client: Any) -> float:
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        paths = [Path(folder, f"r{number}.edf") for number in range(n)]
        for each in paths:
            os.link(path, each)
        start = time.perf_counter()
        manifest = detect(paths, detector, out=Path(folder, "out"), client=client)
        took = time.perf_counter() - start
        if set(manifest["status"]) != {"done"}:
            raise RuntimeError(f"Recordings failed: {manifest['reason'].tolist()[0]}")
    return took


def extrapolate(rate: float) -> list[list[Any]]:
    """Return how long the corpora would take at the rate of one core, were they to scale without loss."""
    return [
        [corpus, hours, cores, hours * 3600 / rate / cores / 60]
        for corpus, hours in CORPORA.items()
        for cores in CORES
    ]


def main() -> None:
    """Measure, print and write the three tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=30, help="length of a recording")
    parser.add_argument("--recordings", type=int, nargs="+", default=[1, 10, 100])
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--dry-run", action="store_true", help="print, and write nothing")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    with tempfile.TemporaryDirectory() as folder, threadpool_limits(1):
        detectors = fit_detectors(Path(folder), options.minutes)
        path = write_pairs(Path(folder, "test.edf"), options.minutes, 9)
        seconds = 60 * options.minutes
        steps = time_steps(detectors, path, seconds, options.repeats)
        detector = detectors["stretches denoised"].set_params(step_seconds=1)
        clusters = time_cluster(detector, path, seconds, options)
    one = [row[4] for row in clusters if row[:3] == ["kept", 1, max(options.recordings)]]
    guesses = extrapolate(one[0] if one else steps[-1][3])
    for row in guesses:
        print(*row, sep="; ")
    if not options.dry_run:
        write_all(steps, clusters, guesses, options)


def write_all(
    steps: list[list[Any]],
    clusters: list[list[Any]],
    guesses: list[list[Any]],
    options: argparse.Namespace,
) -> None:
    """Write the three tables."""
    what = f"recordings of {options.minutes:g} min, 23 channels at {SFREQ} Hz, windows of 4 s"
    packages = ("edfio", "pandas", "distributed", "pyarrow")
    heads = ["way", "step in s", "support vectors", "seconds of EEG a second", "times a step of 4 s"]
    note = (
        f"SVM baseline, simulated {what}, on one thread: seconds of EEG in a second of processor time, "
        "reading included; how many times a step of 4 s takes, in the same way; and the shares of the "
        "time (by a profiler)."
    )
    parts = ["reading", "denoising", "cutting", "features", "SVM", "other"]
    write_result("speed_detection", [*heads, *parts], steps, note=note, packages=packages)
    note = (
        f"`detect` on a dask.distributed.LocalCluster of processes with one thread each, step 1 s, stretches "
        f"denoised; {what}; seconds on the wall clock, tables written to disk included, start of the cluster "
        "not. Freed memory is returned to the system at once, as Dask's workers do unless they are told "
        f"otherwise, or kept (`dask.config.set({{{TRIM!r}: None}})` before the first cluster starts)."
    )
    heads = ["freed memory", "workers", "recordings", "seconds", "seconds of EEG a second"]
    write_result("speed_detection_cluster", heads, clusters, note=note, packages=packages)
    note = (
        "An extrapolation, not a measurement: hours of the corpora, at the rate of one worker that keeps its "
        "memory in the table of clusters, divided by the cores as if nothing were lost to the network, the "
        "file system or the scheduler. Step 1 s, 23 channels at 256 Hz."
    )
    heads = ["corpus", "hours of EEG", "cores", "minutes"]
    write_result("speed_detection_extrapolated", heads, guesses, note=note, packages=packages)


if __name__ == "__main__":
    main()
