"""All figures of one set of windows beside another, and what each of them means."""

from typing import NamedTuple

import numpy as np

from ._fidelity_classifiers import Judged, transfer_score, two_sample_auc, two_sample_scores
from ._fidelity_distances import (
    correlation_distance,
    covariance_distance,
    log_spectrum_distance,
    sliced_wasserstein,
)
from ._fidelity_neighbours import neighbour_scores
from ._fidelity_table import amplitude_statistics

_COPY = 0.5  # relative distance below which a window counts as a copy of a real one


class Metric(NamedTuple):
    """What a figure is called, which value is best ("smaller", "larger", or near a number), what it says."""

    title: str
    better: str
    meaning: str


METRICS: dict[str, Metric] = {
    "log_spectrum_distance": Metric(
        "Log-spectrum distance (dB)",
        "smaller",
        "Root mean square difference of the mean log spectra over channels and frequencies.",
    ),
    "covariance_distance": Metric(
        "Covariance distance (dB)",
        "smaller",
        "Log-Euclidean distance of the mean covariances of the channels; that of a common gain is its own.",
    ),
    "correlation_distance": Metric(
        "Correlation distance",
        "smaller",
        "Root mean square difference of the mean correlations of channels; amplitudes do not matter.",
    ),
    "sliced_wasserstein": Metric(
        "Sliced Wasserstein distance (s.d.)",
        "smaller",
        "Wasserstein-2 distance along random directions, in standard deviations of the real windows.",
    ),
    "two_sample_auc": Metric(
        "Told apart: ROC AUC",
        "near 0.5",
        "How well boosted trees tell the set from real windows of other patients: 1 is without fail. Well "
        "below 0.5 there are copies, or so few patients that those left out are unlike all others: see real "
        "against real.",
    ),
    "precision": Metric(
        "Precision",
        "larger",
        "Share of the set that lies among real windows of other patients. One real outlier can make it "
        "large; density and coverage are not so deceived.",
    ),
    "recall": Metric("Recall", "larger", "Share of real windows of other patients that lie among the set."),
    "density": Metric(
        "Density",
        "larger",
        "How many real neighbourhoods hold a window of the set, over the expected number.",
    ),
    "coverage": Metric(
        "Coverage", "larger", "Share of real neighbourhoods that hold some window of the set: variety."
    ),
    "trained_on": Metric(
        "Trained on it, tested on real: ROC AUC",
        "larger",
        "A classifier of the labels fitted to the set and tested on real windows of other patients (TSTR).",
    ),
    "tested_on": Metric(
        "Trained on real, tested on it: ROC AUC",
        "larger",
        "A classifier of the labels fitted to real windows of other patients and tested on the set (TRTS).",
    ),
    "gain": Metric(
        "Gain from adding it to the training windows",
        "larger",
        "ROC AUC, on real windows of other patients, of a classifier of the labels fitted to the training "
        "windows and the set, less that without the set. Even white noise can have some: put it beside.",
    ),
    "standard_deviation": Metric(
        "Standard deviation, ratio", "near 1", "Median over the windows, over that of the real ones."
    ),
    "line_length": Metric("Line length, ratio", "near 1", "The same of the mean absolute change."),
    "kurtosis": Metric("Kurtosis, ratio", "near 1", "The same of the kurtosis: 3 is that of normal values."),
    "extreme": Metric("Largest value, ratio", "near 1", "The same of the largest distance from the mean."),
    "nearer_to_training": Metric(
        "Nearer to training than to held-out windows",
        "near 0.5",
        "Share of the set that is nearer to a training window than to one of equally many held-out windows; "
        "compare it with the real windows, as patients differ.",
    ),
    "nearest_ratio": Metric(
        "Distance to training windows, ratio",
        "near 1",
        "Median distance to the nearest training window, over that of held-out real windows; copies have 0.",
    ),
    "copies": Metric(
        "Copies",
        "smaller",
        "Share of the set nearer to a training window than half the median held-out window and than all but "
        "1 % of these.",
    ),
    "lagged_ratio": Metric(
        "Distance after alignment, ratio",
        "near 1",
        "As the ratio above, with each window shifted in time and scaled so as to fit best.",
    ),
    "lagged_copies": Metric(
        "Copies, shifted or scaled", "smaller", "As the share above, with the aligned windows."
    ),
}


class WindowSet(NamedTuple):
    """Windows with what is computed of them once: their table, classes (as integers) and units."""

    windows: np.ndarray
    table: np.ndarray
    labels: np.ndarray
    units: np.ndarray

    def take(self, places: np.ndarray) -> "WindowSet":
        """Return the windows at some places."""
        return WindowSet(*(each[places] for each in self))


def pair_scores(
    real: WindowSet,
    other: WindowSet,
    nearest: tuple[np.ndarray, np.ndarray],
    *,
    n_neighbors: int,
    n_directions: int,
    seed: int,
) -> tuple[dict[str, float], Judged]:
    """Return the figures of a set of windows beside real ones of the same classes and number.

    Parameters
    ----------
    real, other : WindowSet
        Real windows, and those that are judged by them; their units must differ.
    nearest : tuple of ndarray of shape (n_windows,)
        Place among `real` of the window nearest to each of `other`, and the relative distance to it. A window
        that is nearer than 0.5 shares its unit in the two-sample test.
    n_neighbors : int
        Rank of the neighbour to which the balls reach, at most the number of windows less one.
    n_directions : int
        Directions of the sliced Wasserstein distance.
    seed : int
        Seed of directions and folds.

    Returns
    -------
    figures : dict of str to float
        Those of `METRICS` that need no training windows.
    judged : Judged
        What the two-sample test said of each window.
    """
    places, distances = nearest
    figures = {
        "log_spectrum_distance": log_spectrum_distance(real.windows, other.windows),
        "covariance_distance": covariance_distance(real.windows, other.windows),
        "correlation_distance": correlation_distance(real.windows, other.windows),
        "sliced_wasserstein": sliced_wasserstein(
            real.windows, other.windows, n_directions=n_directions, random_state=seed
        ),
    }
    units = np.where(distances < _COPY, real.units[places], other.units)
    judged = two_sample_scores(
        real.table, other.table, real_units=real.units, synthetic_units=units, random_state=seed
    )
    figures["two_sample_auc"] = two_sample_auc(judged)
    figures |= neighbour_scores(real.table, other.table, n_neighbors=n_neighbors)
    figures["trained_on"] = transfer_score(other.table, other.labels, real.table, real.labels)
    figures["tested_on"] = transfer_score(real.table, real.labels, other.table, other.labels)
    figures |= amplitude_ratios(real.windows, other.windows)
    return figures, judged


def amplitude_ratios(real: np.ndarray, other: np.ndarray) -> dict[str, float]:
    """Return how many times the amplitudes of real windows others have.

    Parameters
    ----------
    real, other : ndarray of shape (n_windows, n_channels, n_times)
        Windows, in microvolts.

    Returns
    -------
    ratios : dict of str to float
        Of each statistic of `amplitude_statistics`, the median over the windows divided by that of the real
        ones, and of these the median over the channels. Channels where the real median is 0 are left out;
        NaN where all are.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.sampling._fidelity_scores import amplitude_ratios
    >>> x = np.random.default_rng(0).normal(size=(5, 2, 50))
    >>> [round(each, 6) for each in amplitude_ratios(x, 2 * x).values()]
    [2.0, 2.0, 1.0, 2.0]
    """
    ratios = {}
    theirs = amplitude_statistics(other)
    for name, values in amplitude_statistics(real).items():
        a, b = np.median(values, axis=0), np.median(theirs[name], axis=0)
        ratios[name] = float(np.median(b[a > 0] / a[a > 0])) if (a > 0).any() else float("nan")
    return ratios
