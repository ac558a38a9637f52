"""What artifact subspace reconstruction learns from windows: how the clean EEG is mixed, and its limits."""

from typing import NamedTuple

import numpy as np

from ._asr_covariance import block_edges, stretch_covariances, weigh
from ._flat import is_flat

_MAD_OF_UNIT_NORMAL = 0.6744897501960817
_MOST_STRETCHES = 4096  # enough for medians; bounds time and memory
_FEWEST_STRETCHES = 10
_FLOOR = 1e-6  # of a threshold, relative to the largest: what lies below is rounding


class ASRState(NamedTuple):
    """What :func:`asr_calibrate` learns.

    Parameters
    ----------
    mixing : ndarray of shape (n_live, n_live)
        Square root of the robust covariance of the clean EEG, in microvolts, frequencies weighted.
    threshold : ndarray of shape (n_live, n_live)
        A component along the unit vector v is an artefact where its root mean square exceeds
        ``norm(threshold @ v)`` microvolts.
    live : ndarray of bool of shape (n_channels,)
        The channels worked on: those that were flat in fewer than half of the windows.
    sfreq : float
        Sampling frequency, in Hz.

    Examples
    --------
    A state by hand: two independent channels, of which no direction may exceed 50 microvolts.

    >>> import numpy as np
    >>> from sklearn_eeg.signal import asr_clean
    >>> from sklearn_eeg.signal._asr_calibration import ASRState
    >>> state = ASRState(10 * np.eye(2), 50 * np.eye(2), np.array([True, True]), 128.0)
    >>> wave = np.sin(np.arange(256) / 2)
    >>> asr_clean(np.array([[20 * wave, 900 * wave]]), state).std(axis=-1).round().tolist()
    [[0.0, 0.0]]
    >>> asr_clean(np.array([[20 * wave, 30 * wave]]), state).std(axis=-1).round().tolist()
    [[14.0, 21.0]]
    """

    mixing: np.ndarray
    threshold: np.ndarray
    live: np.ndarray
    sfreq: float


def asr_calibrate(
    X: np.ndarray, sfreq: float, *, cutoff: float = 10.0, max_bad_channels: float = 0.2, max_z: float = 3.5
) -> ASRState:
    """Learn from windows, artefacts and all, what clean EEG looks like.

    Parameters
    ----------
    X : ndarray of shape (n_windows, n_channels, n_times)
        Windows, in microvolts; their clean part is found, and at least a quarter must be clean.
    sfreq : float
        Sampling frequency, in Hz.
    cutoff : float, default=10.0
        How many robust standard deviations a component may exceed its usual root mean square by;
        positive. 20 lets much pass [2]_, 5 begins to change clean windows.
    max_bad_channels : float, default=0.2
        Share of channels that may be out of the ordinary in a clean stretch, 0 to 1.
    max_z : float, default=3.5
        How many robust standard deviations the logarithm of a channel's root mean square may lie from
        its median; positive.

    Returns
    -------
    state : ASRState
        Mixing and threshold matrices, for :func:`asr_clean`.

    Raises
    ------
    ValueError
        If a parameter is out of range, or there are fewer than 10 stretches without a constant channel.

    Notes
    -----
    Windows are cut into stretches of 0.5 s that overlap by half; at most about 4096 are used, from
    windows spread evenly. The mean of a window is removed and frequencies are weighted, alpha and theta
    least, as in the original [1]_ but for its boosts at both ends.

    1. A stretch is clean where the root mean square of few channels is out of the ordinary: the
       z-score of its logarithm by median and median absolute deviation (the original fits a truncated
       generalised Gaussian distribution by a grid search, to the same end). A quarter of the stretches
       is kept at the least.
    2. The covariance U is the geometric median of those of the clean stretches, the mixing matrix
       ``M = sqrtm(U)``, with eigenvectors V.
    3. The threshold matrix is ``T = diag(median + cutoff * 1.4826 * mad) V'``, over the root mean
       squares of the components ``V' x`` in the clean stretches.

    A channel that is constant in half of the windows is left out, by `live`, and so are windows in which
    another is constant. With fewer than two channels left there is nothing to reconstruct from: `live` is
    all False and :func:`asr_clean` changes nothing.

    References
    ----------
    .. [1] Mullen TR, Kothe CAE, Chi YM, et al. (2015) Real-time neuroimaging and cognitive monitoring
       using wearable dry EEG. IEEE Trans. Biomed. Eng. 62, 2553-2567.
       https://doi.org/10.1109/TBME.2015.2481482
    .. [2] Chang CY, Hsu SH, Pion-Tonachini L, Jung TP (2020) Evaluation of artifact subspace
       reconstruction for automatic artifact components removal in multi-channel EEG recordings.
       IEEE Trans. Biomed. Eng. 67, 1114-1121. https://doi.org/10.1109/TBME.2019.2930186

    Examples
    --------
    Two channels of white noise of 1 and 10 microvolts: the mixing matrix is diagonal, with their ratio.

    >>> import numpy as np
    >>> from sklearn_eeg.signal import asr_calibrate
    >>> X = np.random.default_rng(0).normal(size=(50, 2, 512)) * [[1.0], [10.0]]
    >>> mixing = asr_calibrate(X, 128.0).mixing
    >>> round(float(mixing[1, 1] / mixing[0, 0]), 1), bool(abs(mixing[0, 1]) < 0.1)
    (10.0, True)
    """
    _check(sfreq, cutoff, max_bad_channels, max_z)
    flat = np.asarray(is_flat(X))
    live = flat.mean(axis=0) < 0.5
    if live.sum() < 2:
        empty = np.empty((0, 0))
        return ASRState(empty, empty, np.zeros(X.shape[1], dtype=bool), float(sfreq))
    usable = ~flat[:, live].any(axis=1)
    covariances = _clean_covariances(X[usable][:, live], sfreq, max_bad_channels, max_z)
    values, vectors = np.linalg.eigh(geometric_median(covariances))
    mixing = (vectors * np.sqrt(np.maximum(values, 0))) @ vectors.T
    size = np.sqrt(np.maximum(np.einsum("ji,njk,ki->ni", vectors, covariances, vectors, optimize=True), 0))
    middle, spread = _robust(size)
    limits = middle + cutoff * spread
    limits = np.maximum(limits, _FLOOR * limits.max())
    return ASRState(mixing, limits[:, np.newaxis] * vectors.T, live, float(sfreq))


def geometric_median(points: np.ndarray, *, tolerance: float = 1e-6, n_iterations: int = 100) -> np.ndarray:
    """Return the point of least summed distance to points of any shape, by Weiszfeld's iteration.

    Parameters
    ----------
    points : ndarray of shape (n_points, ...)
        Points, for example covariance matrices.
    tolerance : float, default=1e-6
        Step at which to stop, relative to the size of the median.
    n_iterations : int, default=100
        Steps at the most.

    Returns
    -------
    median : ndarray of shape (...)
        The median, in the unit of the points. Up to half the points may lie anywhere.

    References
    ----------
    .. [1] Vardi Y, Zhang CH (2000) The multivariate L1-median and associated data depth. Proc. Natl.
       Acad. Sci. 97, 1423-1426. https://doi.org/10.1073/pnas.97.4.1423

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.signal._asr_calibration import geometric_median
    >>> points = np.array([[1.0, 0.0], [-1.0, 0.0], [0.0, 1.0], [0.0, -1.0], [0.0, 0.0], [100.0, 0.0]])
    >>> geometric_median(points).round(1).tolist()
    [0.0, 0.0]
    """
    flat = points.reshape(len(points), -1)
    median = np.median(flat, axis=0)
    for _ in range(n_iterations):
        distance = np.linalg.norm(flat - median, axis=1)
        weight = 1 / np.maximum(distance, tolerance * np.linalg.norm(median) + np.finfo(float).tiny)
        step = weight @ flat / weight.sum() - median
        median = median + step
        if np.linalg.norm(step) <= tolerance * np.linalg.norm(median):
            break
    return median.reshape(points.shape[1:])


def _check(sfreq: float, cutoff: float, max_bad_channels: float, max_z: float) -> None:
    for name, value in (("sfreq", sfreq), ("cutoff", cutoff), ("max_z", max_z)):
        if not 0 < value < np.inf:
            raise ValueError(f"`{name}` must be positive, got {value}.")
    if not 0 <= max_bad_channels <= 1:
        raise ValueError(f"`max_bad_channels` must be between 0 and 1, got {max_bad_channels}.")


def _clean_covariances(X: np.ndarray, sfreq: float, max_bad_channels: float, max_z: float) -> np.ndarray:
    """Return the covariances of the clean stretches, of shape (n_stretches, n_channels, n_channels)."""
    edges = block_edges(X.shape[-1], sfreq, X.shape[1])
    n_stretches = max(len(edges) - 2, 1)
    if n_stretches * len(X) < _FEWEST_STRETCHES:
        raise ValueError(
            f"`X` must hold at least {_FEWEST_STRETCHES} stretches of half a second for artifact subspace "
            f"reconstruction to learn from, got {n_stretches * len(X)}: fit on more windows, or go without."
        )
    step = -(-len(X) * n_stretches // _MOST_STRETCHES)
    covariances = stretch_covariances(weigh(X[::step], sfreq), edges)
    covariances = covariances.reshape(-1, *covariances.shape[2:])
    power = np.diagonal(covariances, axis1=1, axis2=2)
    size = np.log(np.maximum(power, np.finfo(float).tiny)) / 2
    middle, spread = _robust(size)
    bad = (np.abs(size - middle) > max_z * spread).mean(axis=1)
    return covariances[bad <= max(max_bad_channels, np.quantile(bad, 0.25))]


def _robust(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return median and robust standard deviation of each column."""
    middle = np.median(values, axis=0)
    return middle, np.median(np.abs(values - middle), axis=0) / _MAD_OF_UNIT_NORMAL
