"""Score explanations: whether they find what is there, are faithful, and depend on the model.

usage: score_explain.py [--data-home DIR] [--patients N] [--windows N] [--epochs N]
                        [--only truth|faithfulness|sanity]
"""

import argparse
import time
import warnings
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from _confined_seizures import SFREQ, make_confined, mean_auc
from _results import write_result
from sklearn.metrics import balanced_accuracy_score
from sklearn.model_selection import StratifiedGroupKFold
from sklearn.utils import Bunch

from sklearn_eeg import datasets
from sklearn_eeg.explain import explain, faithfulness, saliency, sanity_checks
from sklearn_eeg.neural import CNNClassifier
from sklearn_eeg.systems import svm_baseline

BASELINE, NETWORKS = "svm_baseline", ("eegnet", "shallow")
METHODS = ("integrated_gradients", "occlusion", "smoothgrad", "gradient", "gradcam")
N_BACKGROUND, N_RANDOM = 8, 20
BINS = 16  # of a window, for the scores of times
PACKAGES = ("torch", "skorch", "h5py")


def fit(name: str, eeg: Bunch, epochs: int, seed: int = 0) -> Any:
    """Return a model fitted to a set."""
    if name == BASELINE:
        return svm_baseline(eeg.sfreq).fit(eeg.data, eeg.target)
    network = CNNClassifier(name, sfreq=eeg.sfreq, max_epochs=epochs, random_state=seed, device="cpu")
    return network.fit(eeg.data, eeg.target, groups=eeg.groups)


def explanations(name: str, background: np.ndarray) -> dict[str, Callable[[Any, np.ndarray], Any]]:
    """Return what explains a model, by name; each takes the model and windows."""
    of_channels = partial(explain, background=background, random_state=0)
    if name == BASELINE:
        return {"explain": of_channels}
    others = {each: partial(_saliency, method=each, background=background) for each in METHODS}
    return {"explain": of_channels} | others


def _saliency(model: Any, X: np.ndarray, *, method: str, background: np.ndarray, label: Any = None) -> Any:
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Integrated gradients of")  # the scores show what it costs
        return saliency(model, X, method, baseline=background, label=label, random_state=0)


def take(eeg: Bunch, rows: np.ndarray) -> Bunch:
    """Return some windows of a set."""
    return Bunch(data=eeg.data[rows], target=eeg.target[rows], groups=eeg.groups[rows], sfreq=eeg.sfreq)


def draw(rows: np.ndarray, number: int, seed: int = 0) -> np.ndarray:
    """Return some of the rows, drawn at random and in order."""
    return np.sort(np.random.default_rng(seed).permutation(rows)[:number])


def locate(found: Any, eeg: Bunch, rows: np.ndarray) -> list[float | None]:
    """Return how well the values of the true class tell the channels and the times of seizures."""
    order, own = np.arange(len(rows)), eeg.target[rows]
    if not hasattr(found, "by_channel"):
        return [mean_auc(eeg.channels[rows], found.values[order, :, own]), None]
    when = np.abs(found.values[order, own]).mean(axis=1)
    binned = [each.reshape(len(rows), BINS, -1).mean(axis=2) for each in (eeg.times[rows], when)]
    time_auc = mean_auc(binned[0] > 0.5, binned[1])
    if found.method == "gradcam":
        return [None, time_auc]
    return [mean_auc(eeg.channels[rows], found.by_channel()[order, :, own]), time_auc]


def score_truth(options: argparse.Namespace) -> None:
    """Score all explanations of all models where the channels and times of the seizures are known."""
    rows = []
    for moving in (False, True):
        train = make_confined(options.patients, moving=moving, random_state=1)
        test = make_confined(max(2, options.patients // 3), moving=moving, random_state=2)
        explained = draw(np.flatnonzero(test.target), options.windows)
        background = train.data[draw(np.flatnonzero(train.target == 0), N_BACKGROUND)]
        for name in (BASELINE, *NETWORKS):
            model = fit(name, train, options.epochs)
            score = float(balanced_accuracy_score(test.target, model.predict(test.data)))
            for method, explainer in explanations(name, background).items():
                start = time.perf_counter()
                found = explainer(model, test.data[explained])
                spent = 1e3 * (time.perf_counter() - start) / len(explained)
                where = "any electrode" if moving else "one place a kind"
                rows.append([where, name, score, method, *locate(found, test, explained), spent])
                print(*rows[-1], flush=True)
    note = (
        f"Simulated windows of 4 s, 19 channels and {SFREQ:g} Hz of {options.patients} patients, half of "
        "them with a rhythm of 2.5, 6 or 18 Hz on 4 neighbouring channels for 2 s: at a place of its kind, "
        f"or about any electrode. {options.windows} windows of other patients are explained against "
        f"{N_BACKGROUND} windows of background. Area under the ROC curve, mean over windows, of the "
        "channels' values for the true class against the 4 channels, and of the mean absolute values in "
        f"{BINS} bins of time against those that hold the rhythm."
    )
    heads = ["seizures", "model", "balanced accuracy", "explanation", "AUC of channels", "AUC of times"]
    write_result("score_explain", [*heads, "ms a window"], rows, note=note, packages=PACKAGES)


def sets(data_home: str | None) -> dict[str, Callable[[], Bunch]]:
    """Return the loaders of real sets."""
    return {
        "Helsinki neonates": partial(datasets.load_helsinki, data_home),
        "Guinea-Bissau": partial(datasets.load_guinea_bissau, data_home),
    }


def score_faithfulness(options: argparse.Namespace) -> None:
    """Score on real sets whether masking the channels that explanations name hurts more than others."""
    rows = []
    for set_name, load in sets(options.data_home).items():
        try:
            eeg = load()
        except FileNotFoundError as error:
            print(f"{set_name} is left out, and the recorded scores stay as they are: {error}")
            return
        split = StratifiedGroupKFold(5, shuffle=True, random_state=0)
        train, test = next(split.split(eeg.data, eeg.target, eeg.groups))
        explained = draw(test, options.windows)
        rest = train[eeg.target[train] == 0]
        background = eeg.data[draw(rest, N_BACKGROUND)]
        for name in (BASELINE, NETWORKS[0]):
            model = fit(name, take(eeg, train), options.epochs)
            score = float(balanced_accuracy_score(eeg.target[test], model.predict(eeg.data[test])))
            for method, explainer in explanations(name, background).items():
                if method == "gradcam":
                    continue
                found = explainer(model, eeg.data[explained])
                figures = _mask(model, eeg, explained, found, background)
                rows.append([set_name, name, score, method, *figures])
                print(*rows[-1], flush=True)
    note = (
        f"{options.windows} windows of patients not trained on (a fifth; one split). Channels are replaced "
        "by those of 4 background windows of training patients, in the order of their values for the "
        "predicted class: area under the curve of the model's score for it by the share of channels "
        f"replaced, beside {N_RANDOM} random orders and the reverse one, with the p-value of the order; and "
        "the share of windows still classified as before when their class's 3 first channels, or 3 random "
        "ones, are replaced (mean over predicted classes)."
    )
    heads = ["set", "model", "balanced accuracy", "explanation", "area", "random", "reverse", "p"]
    heads += ["kept, top 3 masked", "kept, random 3 masked"]
    write_result("score_explain_faithfulness", heads, rows, note=note, packages=PACKAGES)


def _mask(model: Any, eeg: Bunch, explained: np.ndarray, found: Any, background: np.ndarray) -> list[float]:
    check = faithfulness(
        model,
        eeg.data[explained],
        found,
        background=background,
        n_random=N_RANDOM,
        n_steps=6,
        random_state=0,
    )
    areas = [check.deletion_area, float(check.random_areas.mean()), check.reverse_area, check.p_value]
    kept = check.top_channels.loc["mean", ["recognised_masked", "recognised_random"]]
    return [*areas, *map(float, kept)]


def score_sanity(options: argparse.Namespace) -> None:
    """Tell which explanations change when the model is spoilt."""
    train = make_confined(options.patients, moving=False, random_state=1)
    background = train.data[draw(np.flatnonzero(train.target == 0), N_BACKGROUND)]
    rows = []
    for name in (BASELINE, NETWORKS[0]):
        model = fit(name, train, options.epochs)
        for method, explainer in explanations(name, background).items():
            if method == "gradcam":
                continue
            checks = sanity_checks(
                model,
                train.data,
                train.target,
                partial(_by_channel, explainer),
                n_windows=min(options.windows, 20),
                depths=[1.0],
                n_repeats=1,
                random_state=0,
            )
            means = checks.to_frame().set_index("check")["correlation"]
            verdict = "passed" if checks.passed else "failed"
            rows.append(
                [name, method, *(_get(means, each) for each in ("seeds", "weights", "labels")), verdict]
            )
            print(*rows[-1], flush=True)
    note = (
        "Mean rank correlation, over windows, of the channels' values for the class of 2.5 Hz before and "
        "after: training again (from another seed; the baseline on other draws of the windows), drawing all "
        "weights anew, and fitting shuffled labels. Passed: the latter two are at most half of the first. "
        f"Simulated seizures of {options.patients} patients, at one place a kind."
    )
    heads = ["model", "explanation", "other seed", "random weights", "shuffled labels", "verdict"]
    write_result("score_explain_sanity", heads, rows, note=note, packages=PACKAGES)


def _by_channel(explainer: Callable[[Any, np.ndarray], Any], model: Any, X: np.ndarray) -> np.ndarray:
    """Return the values (n_windows, n_channels) for the first kind of seizure."""
    found = explainer(model, X)
    return (found.by_channel() if hasattr(found, "by_channel") else found.values)[:, :, 1]


def _get(means: Any, check: str) -> float | None:
    return float(means[check]) if check in means else None


def main() -> None:
    """Score all three, or one."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data-home", help="folder of the sets [$SKLEARN_EEG_DATA]")
    parser.add_argument("--patients", type=int, default=10, help="simulated patients trained on")
    parser.add_argument("--windows", type=int, default=30, help="windows explained")
    parser.add_argument("--epochs", type=int, default=25, help="epochs of each network")
    parser.add_argument("--only", choices=["truth", "faithfulness", "sanity"], help="one of the three parts")
    options = parser.parse_args()
    parts = {"truth": score_truth, "faithfulness": score_faithfulness, "sanity": score_sanity}
    for part, score in parts.items():
        if options.only in (None, part):
            score(options)


if __name__ == "__main__":
    main()
