"""Artifact subspace reconstruction: what sticks out of clean EEG in some direction is inferred anew."""

import numpy as np

from ._asr_calibration import ASRState
from ._asr_covariance import block_edges, stretch_covariances, weigh
from ._flat import restore_type

_MOST_REMOVED = 2 / 3  # of the components of a stretch
_BLOCK = 16  # windows worked on at once, so that intermediates stay small
_SMALLEST = 1e-10  # relative: below, the variance of a component counts as 0


def asr_clean(X: np.ndarray, state: ASRState) -> np.ndarray:
    """Remove artefacts by artifact subspace reconstruction.

    Parameters
    ----------
    X : ndarray of shape (n_windows, n_channels, n_times)
        Windows, in microvolts, of the channels and the sampling frequency of the calibration.
    state : ASRState
        What :func:`asr_calibrate` learned.

    Returns
    -------
    cleaned : ndarray of shape (n_windows, n_channels, n_times)
        Windows, in microvolts, in float32 if `X` is and in float64 otherwise. Windows without an
        artefact are the same as before, to the bit.

    Raises
    ------
    ValueError
        If `X` does not have the channels of the calibration.

    Notes
    -----
    In each stretch of 0.5 s the covariance (frequencies weighted, see :func:`asr_calibrate`) is taken
    apart into eigenvectors V. One of them is kept if its variance is below its directional threshold,
    ``norm(T v)**2``; a third of them, those of least variance, are kept always. From the kept ones the
    stretch is inferred anew, after [1]_:

    ``R = M (V_kept' M)^+ V_kept'``,

    with ``M`` the mixing matrix: for a Gaussian source of covariance ``U = M M'`` that is the expected
    signal given the kept components. Stretches overlap by half and are blended by raised cosines. The
    median of a channel over its window passes as it is. The state is not changed: each window is cleaned
    alone, whatever came before.

    One channel, or channels that were constant in the calibration, pass unchanged: there is nothing to
    infer them from. Scaling windows and calibration alike scales the result.

    References
    ----------
    .. [1] Mullen TR, Kothe CAE, Chi YM, et al. (2015) Real-time neuroimaging and cognitive monitoring
       using wearable dry EEG. IEEE Trans. Biomed. Eng. 62, 2553-2567.
       https://doi.org/10.1109/TBME.2015.2481482

    Examples
    --------
    Three channels record one source; a pop of the first is inferred from the others.

    >>> import numpy as np
    >>> from sklearn_eeg.signal import asr_calibrate, asr_clean
    >>> rng = np.random.default_rng(0)
    >>> clean = rng.normal(scale=20, size=(50, 1, 512)) + rng.normal(size=(50, 3, 512))
    >>> state = asr_calibrate(clean, 128.0)
    >>> popped = clean.copy()
    >>> popped[:, 0, 256:] += 300 * np.sin(np.arange(256))
    >>> before, after = np.abs(popped - clean).mean(), np.abs(asr_clean(popped, state) - clean).mean()
    >>> bool(after < before / 5), bool((asr_clean(clean, state) == clean).all())
    (True, True)
    """
    if X.ndim != 3 or X.shape[1] != len(state.live):
        raise ValueError(
            f"`X` must hold windows of the {len(state.live)} channels calibrated on, got shape {X.shape}."
        )
    cleaned = restore_type(X, X).copy()
    if state.live.any():
        for start in range(0, len(X), _BLOCK):
            block = slice(start, start + _BLOCK)
            cleaned[block, state.live] = _clean(cleaned[block, state.live], state)
    return cleaned


def _clean(x: np.ndarray, state: ASRState) -> np.ndarray:
    """Clean some windows of shape (n_windows, n_live, n_times)."""
    edges = block_edges(x.shape[-1], state.sfreq, x.shape[1])
    covariances = stretch_covariances(weigh(x, state.sfreq), edges)
    suspect = np.argwhere(_may_be_struck(covariances, state.threshold))
    if not len(suspect):
        return x
    vectors, kept = _take_apart(covariances[*suspect.T], state)
    struck = ~kept.all(axis=1)
    return _reconstruct(x, edges, suspect[struck], _changes(vectors[struck], kept[struck], state.mixing))


def _may_be_struck(covariances: np.ndarray, threshold: np.ndarray) -> np.ndarray:
    """Return which stretches may hold a component above its threshold, by a bound that costs little.

    With P the inverse of the threshold matrix, the eigenvalues of ``B = P' C P`` are all below 1 if the
    Frobenius norm of ``B**8`` is; then no direction whatever exceeds its threshold.
    """
    inverse = threshold.T / np.square(threshold).sum(axis=1)
    relative = inverse.T @ covariances @ inverse
    with np.errstate(over="ignore", invalid="ignore"):
        for _ in range(3):
            relative = relative @ relative
        return ~(np.square(relative).sum(axis=(-2, -1)) < 1)


def _take_apart(covariances: np.ndarray, state: ASRState) -> tuple[np.ndarray, np.ndarray]:
    """Return the eigenvectors of covariances (n_stretches, n_live, n_live), and which of them to keep."""
    variances, vectors = np.linalg.eigh(covariances)
    limits = np.square(state.threshold @ vectors).sum(axis=1)
    n_live = len(state.mixing)
    always = np.arange(n_live) < n_live - int(_MOST_REMOVED * n_live)
    return vectors, (variances <= limits) | always


def _changes(vectors: np.ndarray, kept: np.ndarray, mixing: np.ndarray) -> np.ndarray:
    """Return R - 1 for eigenvectors (n_stretches, n_live, n_live) and those of them that are kept.

    ``M (V' M)^+ V'`` is ``U V (V' U V)^+ V'``, with ``U = M M'`` and V the kept ones.
    """
    mixed = mixing @ mixing @ vectors
    clean = vectors.swapaxes(1, 2) @ mixed
    clean *= kept[:, :, np.newaxis] & kept[:, np.newaxis, :]
    inverse = np.linalg.pinv(clean, rcond=_SMALLEST, hermitian=True)
    return mixed @ inverse @ vectors.swapaxes(1, 2) - np.eye(len(mixing))


def _reconstruct(x: np.ndarray, edges: np.ndarray, struck: np.ndarray, changes: np.ndarray) -> np.ndarray:
    """Add what the reconstruction changes in each struck stretch, blended at both ends.

    `struck` holds window and stretch of each of the `changes`.
    """
    cleaned = x.astype(np.float64)
    centre = np.zeros((*x.shape[:2], 1))
    windows = np.unique(struck[:, 0])
    centre[windows] = np.median(x[windows], axis=-1, keepdims=True)
    last = max(len(edges) - 3, 0)
    for stretch in np.unique(struck[:, 1]):
        those = struck[:, 1] == stretch
        rows = struck[those, 0]
        part = slice(edges[stretch], edges[min(stretch + 2, len(edges) - 1)])
        weight = _blend(edges[stretch : stretch + 3], rises=stretch > 0, falls=stretch < last)
        cleaned[rows, :, part] += weight * (changes[those] @ (x[rows, :, part] - centre[rows]))
    return cleaned


def _blend(edges: np.ndarray, *, rises: bool, falls: bool) -> np.ndarray:
    """Return the weight of a stretch over its blocks: raised cosines, or 1 at the ends of a window."""
    parts = []
    for length, slopes, sign in zip(np.diff(edges), (rises, falls), (-1, 1), strict=False):
        phase = np.pi * (np.arange(length) + 0.5) / length
        parts.append(0.5 + sign * 0.5 * np.cos(phase) if slopes else np.ones(length))
    return np.concatenate(parts)
