"""Score synthetic windows: how near they are to real ones of other patients, and what they are worth.

usage: score_synthetic.py [--data-home DIR] [--only fidelity|value] [--sets NAME ...] [--seeds N]
                          [--seconds S] [--steps N] [--epochs N] [--cache DIR]
"""

import argparse
import warnings
from collections.abc import Callable, Iterator
from functools import lru_cache, partial
from typing import Any, NamedTuple

import numpy as np
from _results import remember, write_result
from imblearn.over_sampling import RandomOverSampler
from sklearn.base import BaseEstimator
from threadpoolctl import threadpool_limits

from sklearn_eeg import datasets
from sklearn_eeg.evaluation import bootstrap_by_patient, compare
from sklearn_eeg.neural import CNNClassifier
from sklearn_eeg.sampling import SurrogateOversampler, WGANOversampler, WindowSMOTE, fidelity_report
from sklearn_eeg.systems import svm_baseline

FIDELITY_SETS = ("simulated", "Bonn", "Helsinki", "Guinea-Bissau")
VALUE_SETS = {"score_synthetic": ("simulated", "Helsinki"), "score_synthetic_more": ("Bonn", "Guinea-Bissau")}
RATIOS = (2, 10, 35)
SURROGATES = ("fourier", "iaaft", "noise", "time_shift", "segments", "gaussian")
SMOTES = ("smote", "borderline", "adasyn")
FIGURES = (
    "log_spectrum_distance",
    "covariance_distance",
    "sliced_wasserstein",
    "two_sample_auc",
    "precision",
    "recall",
    "density",
    "coverage",
    "trained_on",
    "tested_on",
    "copies",
)
BANDS = {"delta": (0.5, 4.0), "theta": (4.0, 8.0), "alpha": (8.0, 13.0), "beta": (13.0, 30.0)}


class Windows(NamedTuple):
    """Windows, their labels and patients."""

    X: np.ndarray
    y: np.ndarray
    groups: np.ndarray

    def take(self, rows: np.ndarray) -> "Windows":
        """Return some of the windows."""
        return Windows(self.X[rows], self.y[rows], self.groups[rows])


class WhiteNoise:
    """Control: noise with the mean and the standard deviation that each channel has in a class."""

    def __init__(self, random_state: int) -> None:
        self.random_state = random_state

    def fit(self, X: np.ndarray, y: np.ndarray) -> "WhiteNoise":
        """Take over mean and standard deviation."""
        self.rng = np.random.default_rng(self.random_state)
        self.shape = X.shape[1:]
        self.moments = {
            label: (X[y == label].mean((0, 2), keepdims=True), X[y == label].std((0, 2), keepdims=True))
            for label in np.unique(y)
        }
        return self

    def sample(self, n_windows: int, label: Any) -> np.ndarray:
        """Draw windows of a class."""
        mean, spread = self.moments[label]
        return mean + spread * self.rng.normal(size=(n_windows, *self.shape))

    def fit_resample(self, X: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Make all classes as frequent as the most frequent one."""
        self.fit(X, y)
        labels, counts = np.unique(y, return_counts=True)
        missing = dict(zip(labels, counts.max() - counts, strict=True))
        made = [self.sample(n, label) for label, n in missing.items()]
        return np.concatenate([X, *made]), np.concatenate([y, *[np.full(n, k) for k, n in missing.items()]])


@lru_cache
def load(name: str, data_home: str | None) -> tuple[Windows, float]:
    """Return a set and its sampling frequency; of Bonn, files stand for the patients, who are not known."""
    if name == "simulated":
        eeg = datasets.make_seizures(
            80, windows_per_patient=30, sfreq=125.0, window_seconds=4.0, seizure_share=0.5, random_state=0
        )
        return Windows(eeg.data, eeg.target, eeg.groups).take(np.flatnonzero(eeg.target < 4)), eeg.sfreq
    if name == "Bonn":
        eeg = datasets.load_bonn(data_home)
        return Windows(eeg.data[..., :500], eeg.target, eeg.recording), eeg.sfreq
    if name == "Helsinki":
        eeg = datasets.load_helsinki(data_home)
        return Windows(eeg.data, eeg.target, eeg.groups), eeg.sfreq
    eeg = datasets.load_guinea_bissau(data_home)
    return Windows(eeg.data[..., :256], eeg.target, eeg.groups), eeg.sfreq


def halve_patients(eeg: Windows, rng: np.random.Generator) -> tuple[Windows, Windows]:
    """Return the windows of one half of the patients of each class, and of the other."""
    first: list[Any] = []
    for label in np.unique(eeg.y):
        names = np.setdiff1d(np.unique(eeg.groups[eeg.y == label]), first)
        other = np.intersect1d(np.unique(eeg.groups[eeg.y == label]), first)
        want = max((len(names) + len(other)) // 2 - len(other), 0)
        first += rng.permutation(names)[:want].tolist()
    chosen = np.isin(eeg.groups, first)
    return eeg.take(np.flatnonzero(chosen)), eeg.take(np.flatnonzero(~chosen))


def draw(eeg: Windows, counts: dict[Any, int], rng: np.random.Generator) -> Windows:
    """Return at most so many windows of each class."""
    rows = [rng.permutation(np.flatnonzero(eeg.y == label))[:n] for label, n in counts.items()]
    return eeg.take(np.concatenate(rows))


def make_samplers(seed: int, **budget: float) -> dict[str, Any]:
    """Return the samplers by name: ours, rivals, and controls that nobody should need."""
    samplers: dict[str, Any] = {
        "WGANOversampler": WGANOversampler(random_state=seed, **budget),
        "control: WGAN, not trained": WGANOversampler(max_steps=1, max_seconds=None, random_state=seed),
        "control: WGAN of white noise, not trained": WGANOversampler(
            noise="white", max_steps=1, max_seconds=None, random_state=seed
        ),
        "control: white noise": WhiteNoise(seed),
    }
    samplers |= {f"surrogate, {name}": SurrogateOversampler(name, random_state=seed) for name in SURROGATES}
    return samplers | {f"SMOTE, {name}": WindowSMOTE(name, random_state=seed) for name in SMOTES}


def score_fidelity(name: str, data_home: str | None, seconds: float) -> list[list[Any]]:
    """Return a row for each sampler: how near its windows are to real ones of other patients."""
    eeg, sfreq = load(name, data_home)
    rng = np.random.default_rng(0)
    own, others = halve_patients(eeg, rng)
    train = draw(own, COUNTS[name], rng)
    judge = draw(others, dict.fromkeys(COUNTS[name], 80), rng)
    made = {}
    for system, sampler in make_samplers(0, max_seconds=seconds).items():
        try:
            sampler.fit(train.X, train.y)
        except ValueError as error:  # no window of a class is near another class
            print(f"{name}: {system} is left out: {error}", flush=True)
            continue
        windows = [sampler.sample(60, label) for label in np.unique(train.y)]
        made[system] = (np.concatenate(windows), np.repeat(np.unique(train.y), 60))
    first, *rivals = made
    report = fidelity_report(
        judge.X, judge.y, *made[first], groups=judge.groups, sfreq=sfreq, X_train=train.X, y_train=train.y,
        beside={rival: made[rival] for rival in rivals},
        bands={band: edges for band, edges in BANDS.items() if edges[1] < sfreq / 2},
    )  # fmt: skip
    table = report.to_frame()
    rows = []
    for system in report.systems:
        column = first if system == "synthetic" else system
        figures = [float(table.loc[each, system]) for each in FIGURES]
        largest = largest_difference(report, system)
        told = {True: "yes", False: "no"}.get(report.memorised.get(system))
        rows.append([name, column, *figures, largest, told])
    return rows


def largest_difference(report: Any, system: str) -> float:
    """Return the largest difference of a band's power from the real one, in dB, of any class."""
    return float(report.by_band.loc[system].mean(axis=1).abs().max())


COUNTS: dict[str, dict[int, int]] = {
    "simulated": {0: 150, 1: 90, 2: 48, 3: 12},
    "Bonn": dict.fromkeys(range(5), 45),
    "Helsinki": {0: 270, 1: 30},
    "Guinea-Bissau": {0: 150, 1: 150},
}


def make_model(name: str, sfreq: float, epochs: int, seed: int, *, weighted: bool) -> BaseEstimator:
    """Return a classifier, with or without weights that make up for rare classes."""
    weight = "balanced" if weighted else None
    if name == "SVM baseline":
        return svm_baseline(sfreq).set_params(svm__class_weight=weight)
    return CNNClassifier(
        "shallow", sfreq=sfreq, max_epochs=epochs, validation=None, class_weight=weight, random_state=seed
    )


def balance(name: str, train: Windows, seed: int, steps: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the training windows with as many of the rare class as of the other, if the method says so."""
    if name in ("nothing", "class weights"):
        return train.X, train.y
    if name == "random over-sampling":
        rows = np.arange(len(train.y))[:, np.newaxis]
        chosen = RandomOverSampler(random_state=seed).fit_resample(rows, train.y)[0][:, 0]
        return train.X[chosen], train.y[chosen]
    return make_samplers(seed, max_steps=steps, max_seconds=None)[name].fit_resample(train.X, train.y)


def split(name: str, data_home: str | None, ratio: int, seed: int) -> tuple[Windows, Windows, float]:
    """Return training windows, so many times fewer of one class, and windows of other patients."""
    eeg, sfreq = load(name, data_home)
    eeg = Windows(eeg.X[..., :250], (eeg.y > 0).astype(int), eeg.groups)
    rng = np.random.default_rng(seed)
    own, others = halve_patients(eeg, rng)
    n_common = min(350, int((own.y == 0).sum()))
    train = draw(own, {0: n_common, 1: n_common // ratio}, rng)
    return train, draw(others, {0: 250, 1: 250}, rng), sfreq


def predict(
    name: str, data_home: str | None, ratio: int, seed: int, method: str, steps: int, epochs: int
) -> dict[str, np.ndarray]:
    """Return what each classifier says of the windows of other patients; nothing where a sampler refuses."""
    train, test, sfreq = split(name, data_home, ratio, seed)
    try:
        X, y = balance(method, train, seed, steps)
    except ValueError:
        return {}
    found = {}
    for model_name in ("SVM baseline", "CNNClassifier"):
        model = make_model(model_name, sfreq, epochs, seed, weighted=method == "class weights")
        found[model_name] = model.fit(X, y).predict(test.X)
    return found


def score_value(name: str, options: argparse.Namespace) -> Iterator[list[Any]]:
    """Yield a row for each imbalance, classifier and method."""
    budget = (options.steps, options.epochs)
    methods = ["nothing", "class weights", "random over-sampling", *make_samplers(0)]
    for ratio in RATIOS:
        truth, groups, said = [], [], {}
        for seed in range(options.seeds):
            _, test, _ = split(name, options.data_home, ratio, seed)
            truth.append(test.y)
            groups.append(test.groups)
            for method in methods:
                key = f"value-{name}-{ratio}-{seed}-{method}-{options.steps}-{options.epochs}"
                run = partial(predict, name, options.data_home, ratio, seed, method, *budget)
                found = remember(options.cache, key, run)
                for model, labels in found.items():
                    said.setdefault((model, method), []).append(labels)
        for model in ("SVM baseline", "CNNClassifier"):
            whole = {
                m: np.concatenate(v) for (k, m), v in said.items() if k == model and len(v) == len(truth)
            }
            for row in compare_methods(whole, np.concatenate(truth), np.concatenate(groups)):
                yield [name, f"1:{ratio}", model, *row]
                print(name, f"1:{ratio}", model, row[0], *np.round(row[1:4], 3), flush=True)


def compare_methods(said: dict[str, np.ndarray], y: np.ndarray, groups: np.ndarray) -> Iterator[list[Any]]:
    """Yield the figures of each method, and how much better it is than doing nothing."""
    gains = compare(said, y, groups, against="nothing", metrics=["balanced_accuracy"]).to_frame()
    gains = gains.reset_index().set_index("system")
    for method, labels in said.items():
        result = bootstrap_by_patient(y, labels, groups, metrics=["balanced_accuracy", "macro_f1"])
        figures = [result.figures[each].estimate for each in ("balanced_accuracy", "macro_f1")]
        recall = result.class_figures[(1, "sensitivity")].estimate
        gain: list[Any] = [None] * 4
        if method != "nothing":
            found = gains.loc[method]
            gain = [float(found[each]) for each in ("difference", "low", "high", "p_holm")]
        yield [method, *map(float, figures), float(recall), *gain]


def write_fidelity(options: argparse.Namespace) -> None:
    """Score fidelity on every set."""
    rows: list[list[Any]] = []
    for name in FIDELITY_SETS:
        if name in options.sets:
            score = partial(score_fidelity, name, options.data_home, options.seconds)
            rows += remember(options.cache, f"fidelity-{name}-{options.seconds}", score)
    for row in rows:
        print(*(np.round(each, 2) if isinstance(each, float) else each for each in row))
    note = (
        "Fitted on windows of one half of the patients (simulated 150, 90, 48 and 12 of a class, Helsinki "
        "270 and 30; files of Bonn stand for patients), the WGAN in at most "
        f"{options.seconds:.0f} s; judged by windows of the other half, of which one half against the other "
        "is the reference, real against real. Trained on, tested on: balanced accuracy of a classifier "
        "trained on the set and tested on real windows, and the reverse. Band: the largest difference of "
        "power, mean over channels, of any class and band, in dB."
    )
    heads = ["set", "windows", *(each.replace("_", " ") for each in FIGURES), "band", "memorised"]
    if set(FIDELITY_SETS) <= set(options.sets):
        write_result(
            "score_synthetic_fidelity", heads, rows, note=note, packages=("torch", "imbalanced-learn")
        )


def write_value(options: argparse.Namespace) -> None:
    """Score what synthetic windows are worth."""
    note = (
        "Two classes (any seizure or none, of Guinea-Bissau epilepsy or none), 350 windows of 2 s (1.4 s of "
        "Bonn, 1 s of Helsinki) of the common one, or as many as there are, and so many times fewer of the "
        f"other; scored on other patients (of Bonn, other files), {options.seeds} seeds of patients, windows "
        f"and models; {options.steps} steps of the WGAN, {options.epochs} epochs of the ShallowConvNet. "
        "Recall of the rare class; gain in balanced accuracy over doing nothing, 95 % interval over "
        "patients, paired, and p-value after Holm. Samplers that refuse so few windows in any seed are left "
        "out."
    )
    heads = ["set", "imbalance", "model", "balanced by", "balanced accuracy", "macro F1", "recall"]
    heads += ["gain", "low", "high", "p"]
    for file_name, sets in VALUE_SETS.items():
        rows = [row for name in sets if name in options.sets for row in score_value(name, options)]
        if set(sets) <= set(options.sets):
            write_result(file_name, heads, rows, note=note, packages=("torch", "imbalanced-learn"))


def main() -> None:
    """Score fidelity and value."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data-home", help="folder of the sets [$SKLEARN_EEG_DATA]")
    parser.add_argument("--only", choices=("fidelity", "value"))
    parser.add_argument("--sets", nargs="+", default=FIDELITY_SETS, choices=FIDELITY_SETS)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=240.0, help="for a WGAN, of fidelity")
    parser.add_argument("--steps", type=int, default=80, help="of a WGAN, of value")
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument(
        "--cache", help="folder in which finished parts are kept, so that a killed run goes on"
    )
    options = parser.parse_args()
    parts: dict[str, Callable[[argparse.Namespace], None]] = {
        "fidelity": write_fidelity,
        "value": write_value,
    }
    with threadpool_limits(1), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*fewer neighbours.*|.*neighbours.*")
        for name, part in parts.items():
            if options.only in (None, name):
                part(options)


if __name__ == "__main__":
    main()
