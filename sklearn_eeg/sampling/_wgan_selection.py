"""Which generator of a training was the best, told by real windows that it was not trained on."""

from typing import NamedTuple

import numpy as np
from scipy.spatial.distance import cdist
from sklearn.model_selection import GroupShuffleSplit

from ._fidelity_distances import log_spectrum_distance, sliced_wasserstein

_SMALLEST_CLASS = 20  # windows; classes of fewer are trained on as a whole
_MOST_WINDOWS = 96  # of a class, real or synthetic, in a comparison
_N_DIRECTIONS = 64
SHORTEST = 4  # time points; of fewer, windows have no spectrum to speak of
_SMALLEST_DISTANCE = 1e-6  # of the reference: of real windows that are all alike, nothing can be told


def split_windows(
    codes: np.ndarray, groups: np.ndarray | None, share: float | None, random_state: np.random.RandomState
) -> tuple[np.ndarray, np.ndarray]:
    """Split windows into those to train on and those to judge by, class by class.

    Parameters
    ----------
    codes : ndarray of int of shape (n_windows,)
        Class of each window.
    groups : ndarray of shape (n_windows,) or None
        Patient of each window; whole patients are then held out.
    share : float or None
        Share of the windows, or of the patients, that is held out; None holds none out.
    random_state : RandomState
        What draws them.

    Returns
    -------
    train, held_out : ndarray of int
        Rows, ascending. Classes of fewer than 20 windows are trained on as a whole, and so are those that
        would lose more than half of their windows with the patients.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.sampling._wgan_selection import split_windows
    >>> codes = np.repeat([0, 1], [100, 12])
    >>> train, held_out = split_windows(codes, None, 0.2, np.random.RandomState(0))
    >>> np.bincount(codes[train]), np.bincount(codes[held_out], minlength=2)
    (array([80, 12]), array([20,  0]))
    """
    chosen = np.zeros(len(codes), dtype=bool)
    if share is not None and groups is not None and len(np.unique(groups)) > 1:
        splitter = GroupShuffleSplit(1, test_size=share, random_state=random_state)
        chosen[next(splitter.split(codes, groups=groups))[1]] = True
    for code in np.unique(codes):
        rows = np.flatnonzero(codes == code)
        if share is None or len(rows) < _SMALLEST_CLASS:
            chosen[rows] = False
        elif groups is None:
            n_chosen = min(round(share * len(rows)), len(rows) - 1)
            chosen[random_state.permutation(rows)[:n_chosen]] = True
        elif chosen[rows].sum() > len(rows) / 2:
            chosen[rows] = False
    return np.flatnonzero(~chosen), np.flatnonzero(chosen)


class Verdict(NamedTuple):
    """How synthetic windows compare with real ones.

    Parameters
    ----------
    distance : float
        Mean over classes; 1 is the distance of real windows from real windows. Classes of one window, or
        whose windows are all alike, do not count; NaN where none does.
    spread : ndarray of shape (n_classes,)
        How far the synthetic windows of a class lie apart, as a share of how far the real ones do; NaN
        where that is not known.
    """

    distance: float
    spread: np.ndarray


class Judge:
    """Compares synthetic windows with held-out real ones, class by class.

    Parameters
    ----------
    X : ndarray of shape (n_windows, n_channels, n_times)
        Real windows, scaled.
    codes : ndarray of int of shape (n_windows,)
        Class of each.
    train, held_out : ndarray of int
        Rows as split by `split_windows`. A class without held-out windows is compared with those that it
        was trained on.
    n_classes : int
        Number of classes.
    seed : int
        Seed of the directions and of the choice of windows, the same in every comparison.

    Notes
    -----
    The distance of a class is the mean of two, the sliced Wasserstein distance and the distance of mean
    log spectra, each divided by that of as many real training windows (where none are held out: the distance
    between two halves of the class). The spread is the median distance of a window to its nearest neighbour
    in its own set: it falls when a generator collapses to one window, and also when to a few. Windows of
    fewer than four time points have neither spectra nor a spread.
    """

    def __init__(
        self,
        X: np.ndarray,
        codes: np.ndarray,
        train: np.ndarray,
        held_out: np.ndarray,
        *,
        n_classes: int,
        seed: int,
    ) -> None:
        self.seed, self.n_classes = seed, n_classes
        random_state = np.random.RandomState(seed)
        self.real: dict[int, np.ndarray] = {}
        self.reference: dict[int, list[float]] = {}
        self.apart: dict[int, float] = {}
        for code in range(n_classes):
            own = random_state.permutation(train[codes[train] == code])
            other = random_state.permutation(held_out[codes[held_out] == code])
            if len(own) + len(other) < 2:
                continue
            halves = (other, own) if len(other) > 1 else (own[::2], own[1::2])
            size = min(*map(len, halves), _MOST_WINDOWS)
            self.real[code] = X[(other if len(other) > 1 else own)[:_MOST_WINDOWS]]
            self.reference[code] = self._measure(X[halves[0][:size]], X[halves[1][:size]])
            self.apart[code] = nearest_distance(self.real[code]) if X.shape[-1] >= SHORTEST else 0.0

    def judge(self, synthetic: dict[int, np.ndarray]) -> Verdict:
        """Compare scaled windows of each class of `real`, as many as there, with the real ones."""
        distances, spread = [], np.full(self.n_classes, np.nan)
        for code, real in self.real.items():
            found = self._measure(real, synthetic[code])
            distances += [
                value / reference
                for value, reference in zip(found, self.reference[code], strict=True)
                if reference > _SMALLEST_DISTANCE
            ]
            if self.apart[code] > 0:
                spread[code] = nearest_distance(synthetic[code]) / self.apart[code]
        return Verdict(float(np.mean(distances)) if distances else np.nan, spread)

    def _measure(self, a: np.ndarray, b: np.ndarray) -> list[float]:
        slices = sliced_wasserstein(a, b, n_directions=_N_DIRECTIONS, random_state=self.seed)
        return [slices] if a.shape[-1] < SHORTEST else [slices, log_spectrum_distance(a, b)]


def nearest_distance(X: np.ndarray) -> float:
    """Return the median distance of a window to its nearest neighbour among the others.

    Parameters
    ----------
    X : ndarray of shape (n_windows, n_channels, n_times)
        At least two windows.

    Returns
    -------
    distance : float
        Euclidean, in the unit of `X`.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.sampling._wgan_selection import nearest_distance
    >>> nearest_distance(np.array([0.0, 1.0, 3.0, 6.0]).reshape(4, 1, 1))
    1.5
    """
    flat = np.asarray(X, dtype=np.float64).reshape(len(X), -1)
    distances = cdist(flat, flat)
    np.fill_diagonal(distances, np.inf)
    return float(np.median(distances.min(axis=1)))
