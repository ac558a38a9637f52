"""Whether synthetic windows are copies of training windows, also shifted, scaled or mixed ones."""

from typing import NamedTuple

import numpy as np
import scipy.fft
from scipy.stats import binomtest

_BY_SPECTRUM, _BY_SHAPE = 20, 10  # training windows that each window is aligned with
_AT_ONCE = 64  # windows, whose candidates' transforms are held in memory
_RARE = 0.01  # share of held-out windows that lie below the threshold of a copy
_TOLERATED = 0.05  # share of synthetic windows there that is not yet called memorised
_SIGNIFICANCE = 0.01


class Nearness(NamedTuple):
    """How near windows lie to training windows, beside held-out windows; made by `compare_nearness`."""

    ratio: float
    copies: float
    memorised: bool


def compare_nearness(synthetic: np.ndarray, held_out: np.ndarray) -> Nearness:
    """Return whether distances of synthetic windows to training windows are those of held-out windows.

    Parameters
    ----------
    synthetic, held_out : ndarray of shape (n_windows,)
        Distance of each window to the nearest training window, at least 0.

    Returns
    -------
    nearness : Nearness
        `ratio`, median distance of the synthetic windows over that of held-out ones (NaN where that is 0);
        `copies`, the share of synthetic windows that are nearer than half the median held-out window and than
        all but 1 % of these; and whether they are `memorised`: more than 5 % copies, and significantly more
        than 1 % (one-sided binomial test, p < 0.01).

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.sampling._fidelity_copies import compare_nearness
    >>> compare_nearness(np.full(20, 0.1), np.full(20, 0.8))
    Nearness(ratio=0.125, copies=1.0, memorised=True)
    """
    median = float(np.median(held_out))
    threshold = min(median / 2, float(np.quantile(held_out, _RARE)))
    n_copies = int(np.sum(synthetic < threshold))
    share = n_copies / len(synthetic)
    chance = binomtest(n_copies, len(synthetic), _RARE, alternative="greater").pvalue
    memorised = bool(share > _TOLERATED and chance < _SIGNIFICANCE)
    return Nearness(float(np.median(synthetic)) / median if median > 0 else np.nan, share, memorised)


def nearest_distances(
    windows: np.ndarray, others: np.ndarray, *, apart: np.ndarray | None = None
) -> np.ndarray:
    """Return the relative distance of each window from the nearest other one.

    Parameters
    ----------
    windows, others : ndarray of shape (n_windows, n_channels, n_times)
        Windows whose neighbours are sought, and those that may be neighbours.
    apart : bool ndarray of shape (n_windows, n_others), optional
        Which pairs may not be neighbours, for example windows of one patient.

    Returns
    -------
    distances : ndarray of shape (n_windows,)
        Smallest of `relative_distances`; infinite where no pair is allowed.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.sampling._fidelity_copies import nearest_distances
    >>> x = np.random.default_rng(0).normal(size=(20, 1, 50))
    >>> nearest_distances(x[:2], x, apart=np.eye(2, 20, dtype=bool)).round() > 0
    array([ True,  True])
    """
    distances = relative_distances(windows, others)
    return (distances if apart is None else np.where(apart, np.inf, distances)).min(axis=1)


def relative_distances(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    r"""Return the distance of each window from each other one, relative to their size.

    Parameters
    ----------
    a, b : ndarray of shape (n_windows, n_channels, n_times)
        Windows, in any unit that both share.

    Returns
    -------
    distances : ndarray of shape (n_windows_a, n_windows_b)
        From 0 of a copy over 1 of unrelated windows to 1.41 of opposites. 1 where either window is constant.

    Notes
    -----
    .. math:: \lVert a - b \rVert / \sqrt{\lVert a \rVert^2 + \lVert b \rVert^2}

    of windows less the mean of each channel: unlike Euclidean distance, it does not call quiet windows close.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.sampling._fidelity_copies import relative_distances
    >>> a = np.array([[[3.0, -3.0]], [[0.0, 0.0]]])
    >>> relative_distances(a, -a).round(4)
    array([[1.4142, 1.    ],
           [1.    , 1.    ]])
    """
    a, b = _centre(a), _centre(b)
    power = np.sum(a**2, axis=1)[:, np.newaxis] + np.sum(b**2, axis=1)
    product = 2 * (a @ b.T)
    share = np.divide(product, power, out=np.zeros_like(product), where=power > 0)
    return np.sqrt(np.maximum(1 - share, 0.0))


def _centre(windows: np.ndarray) -> np.ndarray:
    """Return windows less the mean of each channel, as rows."""
    windows = np.asarray(windows, dtype=float)
    return (windows - windows.mean(axis=-1, keepdims=True)).reshape(len(windows), -1)


def lagged_distances(
    windows: np.ndarray, others: np.ndarray, *, apart: np.ndarray | None = None
) -> np.ndarray:
    r"""Return the distance of each window from the nearest other one, shifted and scaled to fit best.

    Parameters
    ----------
    windows, others : ndarray of shape (n_windows, n_channels, n_times)
        Windows whose neighbours are sought, and those that may be neighbours.
    apart : bool ndarray of shape (n_windows, n_others), optional
        Which pairs may not be neighbours, for example windows of one patient.

    Returns
    -------
    distances : ndarray of shape (n_windows,)
        0 of a copy that is shifted in time, scaled or turned upside down, to 1 of unrelated windows.

    Notes
    -----
    .. math:: \sqrt{1 - \max_l \lvert r_l \rvert}

    where :math:`r_l` is the correlation, over all channels at once, of one window with the other shifted by
    :math:`l`, up to half the window, over the time points that both have. Each window is aligned with the 20
    others whose amplitude spectra, which a shift leaves as they are, resemble its own most and with the 10 of
    largest correlation without a shift.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.sampling._fidelity_copies import lagged_distances
    >>> x = np.random.default_rng(0).normal(size=(50, 2, 100))
    >>> found = lagged_distances(-3 * np.roll(x[:5], 20, axis=-1), x)
    >>> bool(found.max() < 1e-3), bool(lagged_distances(x[:5], x[5:]).min() > 0.5)
    (True, True)
    """
    units, other_units = _units(windows), _units(others)
    allowed = np.ones((len(windows), len(others)), bool) if apart is None else ~apart
    candidates = _choose_candidates(units, other_units, allowed)
    found = np.ones(len(windows))
    for start in range(0, len(windows), _AT_ONCE):
        rows = range(start, min(start + _AT_ONCE, len(windows)))
        places, inverse = np.unique(candidates[rows.start : rows.stop], return_inverse=True)
        transforms = _transform(other_units[places])
        for row, chosen in zip(rows, inverse.reshape(len(rows), -1), strict=True):
            usable = chosen[allowed[row, candidates[row]]]
            if len(usable):
                largest = _largest_correlation(units[row], other_units[places[usable]], transforms[usable])
                found[row] = np.sqrt(max(0.0, 1.0 - largest))
    return found


def _units(windows: np.ndarray) -> np.ndarray:
    """Return windows less the mean of each channel, scaled to norm 1 (a constant one stays 0)."""
    rows = _centre(windows)
    norms = np.linalg.norm(rows, axis=1, keepdims=True)
    rows = np.divide(rows, norms, out=np.zeros_like(rows), where=norms > 0)
    return rows.reshape(np.shape(windows)).astype(np.float32)


def _transform(units: np.ndarray) -> np.ndarray:
    return scipy.fft.rfft(units, scipy.fft.next_fast_len(2 * units.shape[-1], real=True))


def _choose_candidates(units: np.ndarray, others: np.ndarray, allowed: np.ndarray) -> np.ndarray:
    """Return the places of the others that each window is aligned with, (n_windows, n_candidates)."""
    amplitudes = [np.abs(scipy.fft.rfft(each)).reshape(len(each), -1) for each in (units, others)]
    amplitudes = [
        each / np.maximum(np.linalg.norm(each, axis=1, keepdims=True), 1e-12) for each in amplitudes
    ]
    spectra = np.where(allowed, amplitudes[0] @ amplitudes[1].T, -1.0)
    shapes = np.where(
        allowed, np.abs(units.reshape(len(units), -1) @ others.reshape(len(others), -1).T), -1.0
    )
    chosen = [_largest(spectra, _BY_SPECTRUM), _largest(shapes, _BY_SHAPE)]
    return np.concatenate(chosen, axis=1)


def _largest(values: np.ndarray, n: int) -> np.ndarray:
    n = min(n, values.shape[1])
    return np.argpartition(-values, n - 1, axis=1)[:, :n]


def _largest_correlation(unit: np.ndarray, others: np.ndarray, transforms: np.ndarray) -> float:
    """Return the largest absolute correlation of a window with others over lags up to half its length."""
    n_times = unit.shape[-1]
    n_padded = scipy.fft.next_fast_len(2 * n_times, real=True)
    products = np.einsum("cf,kcf->kf", _transform(unit).conj(), transforms)
    sums = scipy.fft.irfft(products, n_padded)
    lags = np.arange(-(n_times // 2), n_times // 2 + 1)
    own, theirs = _energy(unit), _energy(others)
    starts, stops = np.maximum(lags, 0), n_times + np.minimum(lags, 0)
    energy = (own[stops - lags] - own[starts - lags]) * (theirs[:, stops] - theirs[:, starts])
    usable = energy > 1e-8
    return float(np.max(np.abs(sums[:, lags]) / np.sqrt(np.where(usable, energy, np.inf))))


def _energy(windows: np.ndarray) -> np.ndarray:
    """Return the sum of squares over channels before each time point, and in all at the end."""
    squares = np.sum(windows.astype(float) ** 2, axis=-2)
    return np.concatenate([np.zeros((*squares.shape[:-1], 1)), np.cumsum(squares, axis=-1)], axis=-1)
