"""Time exact Shapley values of an RBF machine beside shap's KernelExplainer and sampling, in one run.

usage: speed_explain.py [--windows 3] [--repeats 3] [--large 1000] [--jobs 1] [--scratch]

One core where ``--jobs`` is 1 (set OPENBLAS_NUM_THREADS=1); ``--large 0`` leaves the large problem out;
``--scratch`` writes nothing.
"""

import argparse
import logging
import time
import tracemalloc
import warnings
from collections.abc import Callable
from itertools import combinations
from typing import Any

import numpy as np
from _results import write_result
from sklearn.metrics.pairwise import rbf_kernel
from sklearn.svm import SVC

from sklearn_eeg.explain._permutation import explain_by_sampling
from sklearn_eeg.explain._product_kernel import (
    explain_nested,
    explain_product_kernel,
    product_kernel_margins,
)
from sklearn_eeg.explain._svm import KernelMachine, read_svm

HEADS = [
    "problem",
    "method",
    "milliseconds a window",
    "times the exact channels",
    "relative error",
    "peak MB",
]
NOTE = (
    "Shapley values of 19 channels for the class margins of an RBF machine of 300 features. The relative "
    "error is that of the channels' values (Euclidean, over windows, channels and classes) against the exact "
    "ones; of the large problem it is that of their sums. KernelExplainer and the sampling call libsvm, or "
    "margins by matrix products where said. Sampling takes the fewest permutations whose error is at most "
    "1 %, plain sampling as many. The peak is of all arrays beyond the data."
)
GROUPS = np.repeat(np.arange(19), [16] * 15 + [15] * 4)
CHANNELS = [np.flatnonzero(channel == GROUPS) for channel in range(19)]
SINGLE = [[feature] for feature in range(GROUPS.size)]
Method = Callable[[], np.ndarray]


def simulate(n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return rows whose features are correlated within a channel, and 3 classes that some channels tell."""
    random = np.random.default_rng(seed)
    y = random.integers(0, 3, n)
    X = 0.7 * random.standard_normal((n, GROUPS.size)) + 0.7 * random.standard_normal((n, 19))[:, GROUPS]
    for label, channels in enumerate([(3, 4), (8, 9, 10), (15,)]):
        X[np.ix_(y == label, np.isin(GROUPS, channels))] += 0.9
    return (X - X.mean(axis=0)) / X.std(axis=0), y


def libsvm_margins(svm: SVC) -> Callable[[np.ndarray], np.ndarray]:
    """Return the function that sums the one-vs-one decisions of each class."""
    pairs = list(combinations(range(len(svm.classes_)), 2))

    def margins(rows: np.ndarray) -> np.ndarray:
        decisions, total = svm.decision_function(rows), np.zeros((len(rows), len(svm.classes_)))
        for column, (first, second) in enumerate(pairs):
            total[:, first] += decisions[:, column]
            total[:, second] -= decisions[:, column]
        return total

    return margins


def kernel_explainer(function: Any, rows: np.ndarray, background: np.ndarray, nsamples: Any) -> np.ndarray:
    """Return the values of shap's KernelExplainer for channels as groups."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import shap
        from shap.utils._legacy import DenseData

        logging.getLogger("shap").setLevel(logging.ERROR)
        names = [f"ch{channel}" for channel in range(19)]
        explainer = shap.KernelExplainer(function, DenseData(background, names, CHANNELS))
        return np.asarray(explainer.shap_values(rows, nsamples=nsamples, silent=True, l1_reg=0))


def plain_sampling(
    function: Any, rows: np.ndarray, background: np.ndarray, n_permutations: int, seed: int
) -> np.ndarray:
    """Return the values by independent permutations, all masked rows of a window in one call."""
    random, values = np.random.default_rng(seed), []
    for row in rows:
        orders = random.random((n_permutations, 19)).argsort(axis=1)
        places = orders.argsort(axis=1)
        masks = places[:, np.newaxis] < np.arange(20)[:, np.newaxis]
        masked = np.where(masks[:, :, np.newaxis, GROUPS], row, background)
        answers = function(masked.reshape(-1, row.size)).reshape(n_permutations, 20, len(background), -1)
        gains = np.diff(answers.mean(axis=2), axis=1)
        values.append(np.take_along_axis(gains, places[..., np.newaxis], axis=1).mean(axis=0))
    return np.stack(values)


def relative_error(values: np.ndarray, exact: np.ndarray) -> float:
    """Return the Euclidean distance over the norm of the exact values."""
    return float(np.linalg.norm(values - exact) / np.linalg.norm(exact))


def fewest_permutations(sample: Callable[[int], np.ndarray], exact: np.ndarray) -> int:
    """Return the first even number of permutations whose error is at most 1 %."""
    return next(n for n in range(4, 400, 2) if relative_error(sample(n), exact) <= 0.01)


def make_methods(
    svm: SVC, machine: KernelMachine, rows: np.ndarray, background: np.ndarray
) -> dict[str, Method]:
    """Return the methods by name, the exact one first."""
    libsvm, given = libsvm_margins(svm), (rows, background, *machine[:4])
    sums = np.array([np.isin(GROUPS, channel) for channel in range(19)], dtype=float)

    def products(table: np.ndarray) -> np.ndarray:
        kernel = rbf_kernel(table, machine.vectors, machine.gamma)
        return kernel @ machine.coefficients.T + machine.intercept

    def sample(n: int, function: Any = libsvm) -> np.ndarray:
        return explain_by_sampling(function, rows, background, CHANNELS, n_permutations=n, random_state=0)[0]

    n = fewest_permutations(lambda n: sample(n, products), explain_product_kernel(*given, CHANNELS)[0])
    return {
        "exact, 19 channels": lambda: explain_product_kernel(*given, CHANNELS)[0],
        "exact, 300 features in channels": lambda: sums @ explain_nested(*given, SINGLE, CHANNELS)[0],
        "exact, 300 features": lambda: sums @ explain_product_kernel(*given, SINGLE)[0],
        f"{n} antithetic permutations": lambda: sample(n),
        f"{n} antithetic permutations, matrix products": lambda: sample(n, products),
        f"{n} plain permutations": lambda: plain_sampling(libsvm, rows, background, n, 0),
        "KernelExplainer, nsamples=200": lambda: kernel_explainer(libsvm, rows, background, 200),
        "KernelExplainer, nsamples=auto": lambda: kernel_explainer(libsvm, rows, background, "auto"),
    }


def timed(method: Method) -> tuple[float, np.ndarray]:
    """Return the seconds that a method takes, and its values."""
    start = time.perf_counter()
    values = method()
    return time.perf_counter() - start, values


def compare(n_windows: int, repeats: int) -> list[list[Any]]:
    """Return the rows of the small problem: each method timed next to the exact one."""
    X, y = simulate(500, seed=0)
    svm = SVC(decision_function_shape="ovo").fit(X[:400], y[:400])
    background = X[np.random.default_rng(1).choice(400, 20, replace=False)]
    methods = make_methods(svm, read_svm(svm), X[400 : 400 + n_windows], background)
    first = next(iter(methods.values()))
    exact, problem = first(), f"{len(svm.support_)} vectors, 20 background rows"
    table: list[list[Any]] = []
    for name, method in methods.items():
        ratios, times = [], []
        for _ in range(repeats):
            reference = min(timed(first)[0] for _ in range(5))
            seconds, values = timed(method)
            ratios.append(seconds / reference)
            times.append(1e3 * seconds / n_windows)
        ratio = None if method is first else float(np.median(ratios))
        table.append([problem, name, float(np.median(times)), ratio, relative_error(values, exact), None])
        print(*table[-1][1:], flush=True)
    return table


def large(n_windows: int, n_jobs: int) -> list[Any]:
    """Return the row of the large problem: labels of chance, so that all windows are support vectors."""
    X, _ = simulate(2_000 + n_windows + 100, seed=2)
    svm = SVC().fit(X[:2_000], np.random.default_rng(3).integers(0, 3, 2_000))
    machine, rows, background = read_svm(svm), X[2_100:], X[2_000:2_100]

    def explain(table: np.ndarray) -> np.ndarray:
        return explain_product_kernel(table, background, *machine[:4], CHANNELS, n_jobs=n_jobs)[0]

    explain(rows[:1])
    tracemalloc.start()
    seconds, values = timed(lambda: explain(rows))
    peak = tracemalloc.get_traced_memory()[1] / 1e6
    tracemalloc.stop()
    margins = product_kernel_margins(rows, *machine[:4])
    base = product_kernel_margins(background, *machine[:4]).mean(axis=0)
    gap = relative_error(values.sum(axis=1) + base, margins)
    problem = f"{len(svm.support_)} vectors, 100 background rows, {n_windows} windows"
    return [problem, f"exact, 19 channels, {n_jobs} threads", 1e3 * seconds / n_windows, None, gap, peak]


def main() -> None:
    """Fill the table row by row and write it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--windows", type=int, default=3)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--large", type=int, default=1_000)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--scratch", action="store_true")
    options = parser.parse_args()
    rows = compare(options.windows, options.repeats)
    if options.large:
        rows.append(large(options.large, options.jobs))
        print(*rows[-1], flush=True)
    if not options.scratch:
        write_result("speed_explain", HEADS, rows, note=NOTE, packages=("shap",))


if __name__ == "__main__":
    main()
