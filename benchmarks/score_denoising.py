"""Score denoising: how near it comes to the clean signal, and what it does for classification.

usage: score_denoising.py [--data-home DIR] [--windows N] [--shuffles N] [--only signal|labels]
"""

import argparse
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
from _artefact_shapes import MAINS_HZ, SHAPES, add
from _denoising_methods import PEERS, SLOW, Method, absent, methods, stages, whole
from _results import write_result
from sklearn.base import ClassifierMixin
from sklearn.utils import Bunch

from sklearn_eeg import datasets
from sklearn_eeg.evaluation import evaluate
from sklearn_eeg.preprocessing import Denoiser
from sklearn_eeg.signal import band_power, periodogram
from sklearn_eeg.systems import svm_baseline

SFREQ = 128.0
DECIBELS = (-5, 0, 5, 10)
BANDS = {"delta": (0.5, 4.0), "theta": (4.0, 8.0), "alpha": (8.0, 13.0), "beta": (13.0, 30.0)}
METRICS = ("balanced_accuracy", "roc_auc", "macro_f1")


def centred(X: np.ndarray) -> np.ndarray:
    """Return windows without the mean of each channel, which tells nothing of brain or artefact."""
    return X - X.mean(axis=-1, keepdims=True)


def ratio(clean: np.ndarray, noisy: np.ndarray) -> np.ndarray:
    """Return the signal-to-noise ratio of each window, in decibels."""
    error = np.square(centred(noisy) - centred(clean)).sum(axis=(1, 2))
    return 10 * np.log10(np.square(centred(clean)).sum(axis=(1, 2)) / np.maximum(error, 1e-12))


def correlation(clean: np.ndarray, cleaned: np.ndarray) -> float:
    """Return the mean correlation of a channel with its clean self."""
    a, b = centred(clean), centred(cleaned)
    size = np.sqrt(np.square(a).sum(-1) * np.square(b).sum(-1))
    return float(np.mean((a * b).sum(-1) / np.maximum(size, 1e-12)))


def spectrum_errors(clean: np.ndarray, cleaned: np.ndarray) -> list[float]:
    """Return the mean departure of the power from the clean one, in decibels either way, by band."""
    (freqs, a), (_, b) = periodogram(clean, SFREQ), periodogram(cleaned, SFREQ)
    powers = [[band_power(freqs, psd, *band) for band in BANDS.values()] for psd in (a, b)]
    return [
        float(np.mean(np.abs(10 * np.log10(np.maximum(after, 1e-12) / np.maximum(before, 1e-12)))))
        for before, after in zip(*powers, strict=True)
    ]


def signals(n_windows: int) -> tuple[np.ndarray, np.ndarray]:
    """Return training windows with the simulator's own artefacts, and clean windows of other patients."""
    each = {"sfreq": SFREQ, "windows_per_patient": 20}
    train = datasets.make_seizures(10, random_state=1, **each).data
    clean = datasets.make_seizures(4, artefacts=False, mains=None, random_state=2, **each).data
    return train, clean[np.linspace(0, len(clean) - 1, min(n_windows, len(clean))).astype(int)]


def spoil(clean: np.ndarray, decibels: float) -> dict[str, np.ndarray]:
    """Return the clean windows with each kind of artefact, and with all at once, at one ratio."""
    shapes = {
        name: shape(*clean.shape[::2], SFREQ, np.random.default_rng(seed))
        for seed, (name, shape) in enumerate(SHAPES.items())
    }
    units = [add(clean, shape, 0.0) - clean for shape in shapes.values()]
    return {name: add(clean, shape, decibels) for name, shape in shapes.items()} | {
        "together": add(clean, np.sum(units, axis=0), decibels)
    }


def score_method(clean: np.ndarray, clean_up: Method) -> tuple[list[float], list[float]]:
    """Return the gains by artefact; and the gains by ratio, the correlation and the errors at 0 dB."""
    gains, near = [], []
    for decibels in DECIBELS:
        noisy = spoil(clean, decibels)
        cleaned = {name: clean_up(x) for name, x in noisy.items()}
        gains.append([np.mean(ratio(clean, cleaned[k]) - ratio(clean, noisy[k])) for k in noisy])
        if decibels == 0:
            near = [[correlation(clean, x), *spectrum_errors(clean, x)] for x in cleaned.values()]
    table = np.array(gains, dtype=float)
    kept = float(np.mean(np.minimum(ratio(clean, clean_up(clean)), 99.0)))
    return [*table.mean(axis=0)], [*table.mean(axis=1), *np.mean(near, axis=0), kept]


def score_signals(n_windows: int) -> None:
    """Score every method on artefacts of known shape and size."""
    train, clean = signals(n_windows)
    by_artefact, by_ratio = [], []
    for name, clean_up in ({"nothing": lambda X: X} | methods(train, SFREQ, MAINS_HZ)).items():
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # peers warn of short windows
            gains, rest = score_method(clean[: SLOW.get(name)], clean_up)
        by_artefact.append([name, *map(float, gains)])
        by_ratio.append([name, *map(float, rest)])
        print(name, *np.round(gains, 2), "|", *np.round(rest, 2), flush=True)
    missing = f" Not installed: {', '.join(absent())}." if absent() else ""
    note = (
        f"{len(clean)} simulated clean windows of 4 s and {SFREQ:g} Hz, 19 channels, with artefacts added to "
        f"a ratio of {', '.join(map(str, DECIBELS))} dB; against the clean windows, means aside. What learns "
        f"did so on windows of other patients. {', '.join(SLOW)}: on {max(SLOW.values())} windows.{missing} "
    )
    heads = ["method", *SHAPES, "together"]
    tell = note + "Mean gain of the signal-to-noise ratio, in decibels."
    write_result("score_denoising_artefacts", heads, by_artefact, note=tell, packages=tuple(PEERS))
    heads = ["method", *(f"{each} dB" for each in DECIBELS), "correlation", *BANDS, "clean kept"]
    tell = note + (
        "Gain by the ratio before, mean over artefacts; at 0 dB the correlation with the clean channel and "
        "the departure of the power in each band, in decibels; the ratio of clean windows to their change."
    )
    write_result("score_denoising_signal", heads, by_ratio, note=tell, packages=tuple(PEERS))


def sets(data_home: str | None) -> dict[str, tuple[Callable[[], Bunch], float | None]]:
    """Return loader and mains frequency of each set by its name in the table."""
    return {
        "Helsinki neonates": (lambda: datasets.load_helsinki(data_home), None),
        "Guinea-Bissau": (lambda: datasets.load_guinea_bissau(data_home), MAINS_HZ),
        "Bonn, 5 classes": (lambda: datasets.load_bonn(data_home), MAINS_HZ),
        "simulated, 5 classes": (lambda: datasets.make_seizures(random_state=0), MAINS_HZ),
    }


def variants(eeg: Bunch, mains: float | None) -> dict[str, dict | None]:
    """Return the parameters of the denoisers to try; None for no denoising."""
    tried = stages(eeg.sfreq, mains) | whole(eeg.sfreq, mains)
    if eeg.data.shape[1] == 1:
        tried = {name: parameters for name, parameters in tried.items() if "asr" not in parameters}
    return {"none": None} | tried


def score_labels(eeg: Bunch, parameters: dict | None, n_shuffles: int) -> np.ndarray:
    """Return the metrics of the baseline behind a denoiser, by shuffle.

    A denoiser that learns nothing is run once, before the folds, and so are the features; the figures
    are the same.
    """
    model, X = svm_baseline(eeg.sfreq, denoise=False), eeg.data
    denoiser = None if parameters is None else Denoiser(eeg.sfreq, **parameters)
    if denoiser is not None and denoiser.asr is not None:
        model.set_params(denoise=denoiser)
    else:
        X = model[:2].fit_transform(X if denoiser is None else denoiser.fit_transform(X))
        model = model[2:]
    return np.array([_evaluate(model, X, eeg, seed) for seed in range(n_shuffles)])


def _evaluate(model: ClassifierMixin, X: np.ndarray, eeg: Bunch, seed: int) -> list[float]:
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*`groups`.*")  # the table says so
        report = evaluate(model, X, eeg.target, eeg.groups, random_state=seed, n_jobs=2)
    return [float(report.to_frame().loc["model", metric]) for metric in METRICS]


def score_sets(data_home: str | None, n_shuffles: int) -> None:
    """Score the baseline behind every variant on every set."""
    rows: list[list[Any]] = []
    missing = []
    for set_name, (load, mains) in sets(data_home).items():
        try:
            eeg = load()
        except FileNotFoundError as error:
            missing.append(set_name)
            print(f"{set_name} is left out: {error}")
            continue
        for name, parameters in variants(eeg, mains).items():
            scores = score_labels(eeg, parameters, n_shuffles)
            mean, spread = scores.mean(axis=0), scores.std(axis=0, ddof=1)
            rows.append(
                [set_name, name, *(float(v) for pair in zip(mean, spread, strict=True) for v in pair)]
            )
            print(*rows[-1][:2], *np.round(rows[-1][2:], 3), flush=True)
    if missing:
        print(f"The recorded scores stay as they are, since {', '.join(missing)} could not be scored.")
        return
    heads = ["set", "denoising"]
    for metric in METRICS:
        heads += [metric.replace("_", " "), "±"]
    note = (
        "Baseline (Fourier features, zero crossings, SVM) behind each denoiser; mean and standard deviation "
        f"over {n_shuffles} shuffles of 5-fold cross-validation by patient (Bonn: by file, its patients are "
        "not known). The spread is that of the shuffles, not of patients. What learns did so in the training "
        "folds alone."
    )
    write_result("score_denoising", heads, rows, note=note, packages=("h5py", "pandas"))


def main() -> None:
    """Score both, or one."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data-home", help="folder of the sets [$SKLEARN_EEG_DATA]")
    parser.add_argument("--windows", type=int, default=80, help="clean windows, 80 at the most")
    parser.add_argument("--shuffles", type=int, default=3, help="shuffles of the patients, at least 2")
    parser.add_argument("--only", choices=["signal", "labels"], help="one of the two parts")
    options = parser.parse_args()
    if options.only != "labels":
        score_signals(options.windows)
    if options.only != "signal":
        score_sets(options.data_home, options.shuffles)


if __name__ == "__main__":
    main()
