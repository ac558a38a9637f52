"""How far probabilities can be taken at their word: reliability curves and calibration errors."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from ._coded import Coded
from ._figures import losses_by_patient
from ._resample import draw_units, interval

N_BINS = 10
_ROWS = 500  # draws of patients handled at a time


class ReliabilityCurve(NamedTuple):
    """Predicted and observed frequency of a class, in bins of about equally many windows."""

    predicted: np.ndarray
    """Mean probability in each bin, of shape (n_bins,)."""
    observed: np.ndarray
    """Share of the windows that are of the class."""
    low: np.ndarray
    """Lower limit of the share, NaN where there is none."""
    high: np.ndarray
    """Upper limit of the share."""
    windows: np.ndarray
    """Numbers of windows."""

    @property
    def error(self) -> float:
        """Mean distance of predicted from observed, over the windows."""
        distance = np.abs(self.predicted - self.observed)
        return float((self.windows * distance).sum() / self.windows.sum())


def reliability_curve(
    probability: np.ndarray,
    hit: np.ndarray,
    *,
    n_bins: int = N_BINS,
    unit: np.ndarray | None = None,
    n_resamples: int = 0,
    confidence_level: float = 0.95,
    random_state: int | None = 0,
) -> ReliabilityCurve:
    r"""Return how often a class occurs where it is given a certain probability.

    Parameters
    ----------
    probability : ndarray of shape (n_windows,)
        Probability of the class, from 0 to 1.
    hit : bool ndarray of shape (n_windows,)
        Whether the window is of the class.
    n_bins : int, default=10
        Number of bins. They hold about equally many windows; equal probabilities stay together, so there
        may be fewer bins.
    unit : int ndarray of shape (n_windows,), optional
        Number of the patient of each window, for the limits. A bin of one patient has none.
    n_resamples : int, default=0
        How many times patients are drawn for the limits; 0 gives none.
    confidence_level : float, default=0.95
        Nominal coverage of the limits, bin by bin.
    random_state : int or None, default=0
        Seed of the draws.

    Returns
    -------
    curve : ReliabilityCurve
        The bins, in ascending order. Its `error` is the expected calibration error
        :math:`\sum_b n_b |o_b - p_b| / n` [1]_.

    References
    ----------
    .. [1] M. Pakdaman Naeini, G. F. Cooper, M. Hauskrecht (2015). Obtaining well calibrated probabilities
       using Bayesian binning. AAAI, 2901-2907. https://doi.org/10.1609/aaai.v29i1.9602

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.evaluation._calibration import reliability_curve
    >>> curve = reliability_curve(np.repeat([0.2, 0.8], 10), np.arange(20) >= 10, n_bins=2)
    >>> curve.predicted.round(2).tolist(), curve.observed.tolist(), round(curve.error, 2)
    ([0.2, 0.8], [0.0, 1.0], 0.2)
    """
    edges = np.unique(np.quantile(probability, np.linspace(0, 1, n_bins + 1)[1:-1], method="lower"))
    number = np.searchsorted(edges, probability)
    number = np.unique(number, return_inverse=True)[1]
    windows = np.bincount(number)
    predicted = np.bincount(number, weights=probability) / windows
    observed = np.bincount(number, weights=hit) / windows
    low = high = np.full(len(windows), np.nan)
    if unit is not None and n_resamples:
        shape = (int(unit.max()) + 1, len(windows))
        cell = unit * len(windows) + number
        own_hits, own_windows = (
            np.bincount(cell, weights=each, minlength=shape[0] * shape[1]).reshape(shape)
            for each in (hit, None)
        )
        low, high = interval(
            observed,
            _shares(own_hits, own_windows, n_resamples, random_state),
            method="expanded",
            confidence_level=confidence_level,
            n_units=np.count_nonzero(own_windows, axis=0),
        )
    return ReliabilityCurve(predicted, observed, low, high, windows)


def calibration_figures(coded: Coded) -> dict[str, float]:
    """Return log loss, Brier score and expected calibration errors; all NaN without probabilities.

    Parameters
    ----------
    coded : Coded
        Truth and predictions.

    Returns
    -------
    figures : dict of str to float
        `log_loss` in nats; `brier_score`, halved for two classes; `top_label_error`, the calibration error
        of the likeliest class; `class_wise_error`, the mean of the errors of each class.

    Notes
    -----
    Errors are taken over ten bins of about equally many windows. They are not 0 for perfect
    probabilities: with few windows chance alone gives each bin a distance.

    References
    ----------
    .. [1] M. Kull et al. (2019). Beyond temperature scaling: obtaining well-calibrated multi-class
       probabilities with Dirichlet calibration. Advances in Neural Information Processing Systems 32.
       https://arxiv.org/abs/1910.12656

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.evaluation._calibration import calibration_figures
    >>> from sklearn_eeg.evaluation._coded import code_predictions
    >>> y = [0, 1, 0, 1]
    >>> coded = code_predictions(y, y, None, np.full((4, 2), 0.5), [0, 1])
    >>> {name: round(value, 3) for name, value in calibration_figures(coded).items()}
    {'log_loss': 0.693, 'brier_score': 0.25, 'top_label_error': 0.0, 'class_wise_error': 0.0}
    """
    names = ("log_loss", "brier_score", "top_label_error", "class_wise_error")
    if coded.score is None or not coded.is_probability:
        return dict.fromkeys(names, float("nan"))
    top = coded.score.argmax(axis=1)
    top_label = reliability_curve(coded.score.max(axis=1), top == coded.truth).error
    of_classes = [
        reliability_curve(column, coded.truth == number).error
        for number, column in enumerate(coded.score.T)
    ]  # fmt: skip
    losses = losses_by_patient(coded).sum(axis=0) / len(coded.truth)
    return dict(zip(names, [*losses.tolist(), top_label, float(np.mean(of_classes))], strict=True))


def _shares(hits: np.ndarray, windows: np.ndarray, n_resamples: int, random_state: Any) -> np.ndarray:
    """Return the share of hits in each bin for draws of patients; NaN where a bin is empty."""

    def blocks() -> Iterator[np.ndarray]:
        for weights in draw_units(len(hits), n_resamples, random_state, _ROWS):
            with np.errstate(invalid="ignore"):
                yield (weights @ hits) / (weights @ windows)

    return np.concatenate(list(blocks()))
