"""Time our filters and the peers' on the same windows, interleaved, on one thread.

usage: speed_denoising.py [--windows 512 64] [--repeats 5] [--rows ROW ...]

Processor time; medians, and the median of the paired ratios. A slow peer is timed on fewer windows, ours
beside it on all: what counts is the time for a channel of a window.
"""

import argparse
import time
import warnings
from functools import partial

import numpy as np
import scipy.signal
from _filter_peers import BAND, LEVEL, NEW_SFREQ, SAME, WAVELET, peers
from _peers import SFREQ, Peer
from _results import write_result
from speed_features import PEER_SECONDS, clock, pink_noise, share_that_takes
from threadpoolctl import threadpool_limits
from tqdm import tqdm

from sklearn_eeg.preprocessing import Denoiser
from sklearn_eeg.signal import (
    asr_calibrate,
    asr_clean,
    bandpass,
    notch,
    remove_line,
    resample,
    sosfiltfilt,
    wavelet_shrinkage,
)

HEADS = ["step", "windows", "microseconds", "peers, times slower", "equals, to"]
NOTE = (
    "Microseconds for one channel of one window of 1000 points (pink noise, 19 channels, float64, 250 Hz, "
    "with hum and, in a tenth of the windows, a blink), one thread; how many times slower each peer is in "
    "the same run. Last, the largest difference from a peer of the same definition, relative to the largest "
    "value. Band-pass of 0.5 to 45 Hz (order 4), by itself with scipy's padding (sosfiltfilt) and with ours; "
    "hum of 50 Hz, shrinkage by db4 to level 5 (soft), resampling to 200 Hz, ASR with a cutoff of 20."
)
BLOCK = 16  # windows given to a function at once, as our estimators do


def windows(n_windows: int) -> np.ndarray:
    """Return pink noise with hum and, in a tenth of the windows, a blink on the first channels."""
    X, times = pink_noise(n_windows), np.arange(1000) / SFREQ
    X += 5 * np.sin(2 * np.pi * 50 * times)
    blink = 200 * np.exp(-np.square((times - 2) / 0.1)) * np.exp(-np.arange(19) / 3)[:, np.newaxis]
    X[::10] += blink
    return X


def ours(train: np.ndarray) -> dict[str, Peer]:
    """Return our function for each row of the table."""
    state = asr_calibrate(train, SFREQ, cutoff=20)
    denoiser = Denoiser(SFREQ).fit(train)
    shrink = partial(wavelet_shrinkage, wavelet=WAVELET, level=LEVEL)
    band = scipy.signal.butter(4, BAND, "bandpass", fs=SFREQ, output="sos")
    steps: dict[str, Peer] = {
        "sosfiltfilt": lambda X: sosfiltfilt(band, X, padtype="odd", padlen=27),
        "band-pass, IIR": lambda X: bandpass(X, SFREQ, *BAND),
        "band-pass, FIR": lambda X: bandpass(X, SFREQ, *BAND, method="fir"),
        "notch": lambda X: notch(X, SFREQ, 50.0),
        "line interpolation": lambda X: remove_line(X, SFREQ, 50.0),
        "shrinkage, universal": partial(shrink, rule="universal"),
        "shrinkage, SURE": partial(shrink, rule="sure"),
        "shrinkage, Bayes": partial(shrink, rule="bayes"),
        "resampling": lambda X: resample(X, SFREQ, NEW_SFREQ),
        "ASR": lambda X: asr_clean(X, state),
    }
    return {name: in_blocks(step) for name, step in steps.items()} | {"Denoiser": denoiser.transform}


def in_blocks(function: Peer) -> Peer:
    """Return a function that works through windows as our estimators do, by blocks."""
    return lambda X: np.concatenate([function(X[i : i + BLOCK]) for i in range(0, len(X), BLOCK)])


def compare(function: Peer, rivals: dict[str, Peer], X: np.ndarray, repeats: int) -> dict:
    """Return microseconds, and how many times slower each peer is."""
    shares = {name: share_that_takes(rival, X, PEER_SECONDS) for name, rival in rivals.items()}
    function(X)
    times: dict[str, list[float]] = {"ours": [], **{name: [] for name in rivals}}
    for _ in range(repeats):
        times["ours"].append(clock(function, X, time.process_time))
        for name, rival in rivals.items():
            times[name].append(clock(rival, shares[name], time.process_time))
    ratios = {name: float(np.median(np.divide(times[name], times["ours"]))) for name in rivals}
    return {"ours": float(np.median(times["ours"])), "ratios": ratios}


def agreement(name: str, function: Peer, rivals: dict[str, Peer], X: np.ndarray) -> str:
    """Return the peer of the same definition and the largest difference from it."""
    if SAME.get(name) not in rivals:
        return ""
    theirs = np.asarray(rivals[SAME[name]](X))
    difference = np.abs(np.asarray(function(X)) - theirs).max() / np.abs(theirs).max()
    return f"{SAME[name]}, {difference:.0e}"


def main() -> None:
    """Fill the table row by row and write it, if all rows were timed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--windows", type=int, nargs="+", default=[512, 64])
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--rows", nargs="+")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    with threadpool_limits(1):
        rows = measure(options)
    if not options.rows:
        packages = ("mne", "scikit-image", "neurokit2", "meegkit")
        write_result("speed_denoising", HEADS, rows, note=NOTE, packages=packages)


def measure(options: argparse.Namespace) -> list[list]:
    """Time every row at every number of windows."""
    train, rows = windows(64), []
    functions, table = ours(train), peers(train)
    for n_windows in options.windows:
        X = windows(n_windows)
        read = float(np.median([clock(np.sum, X, time.process_time) for _ in range(15)]))
        rows.append([f"reading the array once ({n_windows} windows)", n_windows, read, "", ""])
        for name, function in tqdm(functions.items(), desc=f"{n_windows} windows", unit="row"):
            if options.rows and name not in options.rows:
                continue
            rivals = table.get(name, {})
            result = compare(function, rivals, X, options.repeats)
            others = ", ".join(f"{peer} {ratio:.3g}" for peer, ratio in result["ratios"].items())
            same = agreement(name, function, rivals, X[:4])
            rows.append([name, n_windows, result["ours"], others, same])
            tqdm.write(f"{name}: {result['ours']:.2f} us; {others}; {same}")
    return rows


if __name__ == "__main__":
    main()
