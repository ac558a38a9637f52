"""Time our features and the peers' on the same windows, interleaved, on one thread and on two.

usage: speed_features.py [--windows 512 64] [--repeats 5] [--rows ROW ...]

Processor time for one thread, wall-clock time for two; medians, and the median of the paired ratios. A
slow peer is timed on fewer windows, ours beside it on all: what counts is the time for a channel of a
window.
"""

import argparse
import time
import warnings
from collections.abc import Callable

import numpy as np
from _agreement import agreement
from _peers import peers
from _plain import BANDS, SFREQ, Peer
from _results import write_result
from sklearn.base import BaseEstimator, clone
from sklearn.pipeline import make_union
from threadpoolctl import threadpool_limits
from tqdm import tqdm

from sklearn_eeg.features import (
    CanonicalFeatures,
    ComplexityFeatures,
    ConnectivityFeatures,
    FFTFeatures,
    TimeFeatures,
    WaveletFeatures,
)
from sklearn_eeg.features._base import FeatureTransformer

NINE = [
    "mean", "standard_deviation", "skewness", "kurtosis", "zero_crossing_rate", "line_length", "rms",
    "hjorth_mobility", "hjorth_complexity",
]  # fmt: skip
PEER_SECONDS = 0.7  # for one repetition of a peer, about


def ours() -> dict[str, BaseEstimator]:
    """Return our transformer for each row of the table."""
    return {
        "time": TimeFeatures(NINE),
        "periodogram": FFTFeatures(SFREQ, ["power"], bands=BANDS),
        "welch": FFTFeatures(SFREQ, ["power"], bands=BANDS, method="welch", segment_seconds=1.0),
        "wavelet": WaveletFeatures("db4", level=5, features=["energy", "standard_deviation", "entropy"]),
        "spectral entropy": FFTFeatures(SFREQ, ["spectral_entropy"]),
        "sample entropy": ComplexityFeatures(["sample_entropy"]),
        "permutation entropy 3": ComplexityFeatures(["permutation_entropy"], permutation_order=3),
        "permutation entropy 5": ComplexityFeatures(["permutation_entropy"], permutation_order=5),
        "Higuchi": ComplexityFeatures(["higuchi_fd"]),
        "Katz, Petrosian": ComplexityFeatures(["katz_fd", "petrosian_fd"]),
        "Hurst": ComplexityFeatures(["hurst_exponent"]),
        "DFA": ComplexityFeatures(["dfa_exponent"]),
        "SVD entropy": ComplexityFeatures(["svd_entropy"], svd_order=10, svd_delay=2),
        "Lempel-Ziv": ComplexityFeatures(["lempel_ziv"]),
        "correlation": ConnectivityFeatures(SFREQ, ["correlation"]),
        "phase-locking value": ConnectivityFeatures(SFREQ, ["phase_locking_value"]),
        "cross-correlation": ConnectivityFeatures(SFREQ, ["maximal_cross_correlation"]),
        "catch22": CanonicalFeatures(),
        "all": make_union(*everything(), n_jobs=None),
    }


def everything() -> list[FeatureTransformer]:
    """Return the transformers of the rows above but pairs of channels and catch22, to be run in one go."""
    return [
        TimeFeatures(NINE),
        FFTFeatures(SFREQ, ["power", "spectral_entropy"], bands=BANDS),
        FFTFeatures(SFREQ, ["power"], bands=BANDS, method="welch"),
        WaveletFeatures("db4", level=5, features=["energy", "standard_deviation", "entropy"]),
        ComplexityFeatures([
            "sample_entropy", "permutation_entropy", "higuchi_fd", "katz_fd", "petrosian_fd",
            "hurst_exponent", "dfa_exponent", "svd_entropy", "lempel_ziv",
        ]),
    ]  # fmt: skip


def with_threads(transformer: BaseEstimator, n_jobs: int) -> BaseEstimator:
    """Return a clone in which every step works by so many threads."""
    names = [name for name in transformer.get_params() if name.endswith("__n_jobs") or name == "n_jobs"]
    steps = [name for name in names if name != "n_jobs" or not hasattr(transformer, "transformer_list")]
    return clone(transformer).set_params(**dict.fromkeys(steps, n_jobs))


def pink_noise(n_windows: int) -> np.ndarray:
    """Return windows of 19 channels x 1000 points of pink noise, 20 microvolts of standard deviation."""
    white = np.random.default_rng(0).standard_normal((n_windows, 19, 1000))
    spectrum = np.fft.rfft(white) / np.sqrt(np.maximum(np.arange(501), 1))
    x = np.fft.irfft(spectrum, 1000)
    return 20 * x / x.std(axis=-1, keepdims=True)


def clock(function: Peer, X: np.ndarray, now: Callable[[], float]) -> float:
    """Return the microseconds that a function takes for a channel of a window."""
    start = now()
    function(X)
    return (now() - start) / (len(X) * X.shape[1]) * 1e6


def share_that_takes(function: Peer, X: np.ndarray, seconds: float) -> np.ndarray:
    """Return as many of the windows as the function works through in so many seconds."""
    few = max(1, len(X) // 64)
    function(X[:few])
    start = time.process_time()
    function(X[:few])
    spent = max(time.process_time() - start, 1e-6)
    return X[: int(np.clip(few * seconds / spent, 1, len(X)))]


def compare(transformer: BaseEstimator, rivals: dict[str, Peer], X: np.ndarray, repeats: int) -> dict:
    """Return microseconds for one thread and for two, and how many times slower each peer is."""
    one, two = (with_threads(transformer, n_jobs).fit(X[:2]) for n_jobs in (1, 2))
    shares = {name: share_that_takes(rival, X, PEER_SECONDS) for name, rival in rivals.items()}
    one.transform(X)
    times: dict[str, list[float]] = {"ours": [], "wall": [], "two": [], **{name: [] for name in rivals}}
    for _ in range(repeats):
        times["ours"].append(clock(one.transform, X, time.process_time))
        times["wall"].append(clock(one.transform, X, time.perf_counter))
        times["two"].append(clock(two.transform, X, time.perf_counter))
        for name, rival in rivals.items():
            times[name].append(clock(rival, shares[name], time.process_time))
    ratios = {name: float(np.median(np.divide(times[name], times["ours"]))) for name in rivals}
    gain = float(np.median(np.divide(times["wall"], times["two"])))
    return {"ours": float(np.median(times["ours"])), "gain": gain, "ratios": ratios}


def main() -> None:
    """Fill the table row by row and write it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--windows", type=int, nargs="+", default=[512, 64])
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--rows", nargs="+")
    options = parser.parse_args()
    warnings.simplefilter("ignore")

    with threadpool_limits(1):
        measure(options)


def measure(options: argparse.Namespace) -> None:
    """Time every row at every number of windows, and write the table if all rows were timed."""
    table, rows = peers(), []
    for n_windows in options.windows:
        X = pink_noise(n_windows)
        read = float(np.median([clock(np.sum, X, time.process_time) for _ in range(15)]))
        rows.append([f"reading the array once ({n_windows} windows)", n_windows, read, None, "", ""])
        for name, transformer in tqdm(ours().items(), desc=f"{n_windows} windows", unit="row"):
            if options.rows and name not in options.rows:
                continue
            result = compare(transformer, table.get(name, {}), X, options.repeats)
            others = ", ".join(f"{peer} {ratio:.3g}" for peer, ratio in result["ratios"].items())
            same = agreement(name, transformer, table, X[:2])
            rows.append([name, n_windows, result["ours"], result["gain"], others, same])
            tqdm.write(
                f"{name}: {result['ours']:.2f} us, two threads {result['gain']:.2f}x; {others}; {same}"
            )
    if options.rows:
        return
    note = (
        "Microseconds for one channel of one window of 1000 points (pink noise, 19 channels, float64), one "
        "thread, through `transform`, checks included; the gain of a second thread; and how many times "
        "slower each peer is in the same run. Last, the largest relative difference from a peer of the same "
        "definition."
    )
    heads = [
        "features",
        "windows",
        "microseconds",
        "gain of two threads",
        "peers, times slower",
        "equals, to",
    ]
    names = (
        "mne", "mne-features", "antropy", "eeglib", "EntropyHub", "tsfel", "pycatch22", "eegdash",
        "neurokit2", "nolds", "tsfresh",
    )  # fmt: skip
    write_result("speed_features", heads, rows, note=note, packages=names)


if __name__ == "__main__":
    main()
