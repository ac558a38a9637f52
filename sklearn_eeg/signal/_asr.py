"""Artifact subspace reconstruction: what sticks out of clean EEG in some direction is inferred anew."""

from typing import NamedTuple

import numpy as np

from ._asr_calibration import ASRState
from ._asr_covariance import block_edges, stretch_covariances, weigh
from ._asr_eigen import eigenvectors
from ._asr_kernel import fill_factors, fill_medians, subtract
from ._flat import restore_type

_MOST_REMOVED = 2 / 3  # of the components of a stretch
_BLOCK = 16  # windows worked on at once, so that intermediates stay small
_SMALLEST = 1e-10  # relative: below, the variance of a component counts as 0
_SMALLEST_INVERTED = 1e-6  # relative: below, the inverse would be too coarse


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
        plan = _prepare(state, X.shape[-1])
        for start in range(0, len(X), _BLOCK):
            block = slice(start, start + _BLOCK)
            _clean(cleaned[block], plan)
    return cleaned


class _Plan(NamedTuple):
    """What is the same for all windows of a length."""

    state: ASRState
    edges: np.ndarray  # of the blocks, half a stretch each
    weights: np.ndarray  # (n_stretches, n_points): how stretches are blended
    relative: np.ndarray  # P, the inverse of the threshold matrix
    covariance: np.ndarray  # U
    precision: np.ndarray | None  # U^-1, if it has one


def _prepare(state: ASRState, n_times: int) -> _Plan:
    edges = block_edges(n_times, state.sfreq, len(state.mixing))
    relative = state.threshold.T / np.square(state.threshold).sum(axis=1)
    covariance = state.mixing @ state.mixing
    values = np.linalg.eigvalsh(covariance)
    precision = np.linalg.inv(covariance) if values[0] > _SMALLEST_INVERTED * values[-1] else None
    return _Plan(state, edges, _blend(edges), relative, covariance, precision)


def _blend(edges: np.ndarray) -> np.ndarray:
    """Return the weights of each stretch over its blocks: raised cosines, or 1 at the ends of a window."""
    n_stretches = max(len(edges) - 2, 1)
    weights = np.zeros((n_stretches, 2 * np.diff(edges).max()))
    for stretch, row in enumerate(weights):
        slopes, done = (stretch > 0, stretch < n_stretches - 1), 0
        for length, slope, sign in zip(np.diff(edges[stretch : stretch + 3]), slopes, (-1, 1), strict=False):
            phase = np.pi * (np.arange(length) + 0.5) / length
            row[done : done + length] = 0.5 + sign * 0.5 * np.cos(phase) if slope else 1.0
            done += length
    return weights


def _clean(x: np.ndarray, plan: _Plan) -> None:
    """Clean some windows of shape (n_windows, n_channels, n_times), in place."""
    live = plan.state.live
    signals = np.ascontiguousarray(x if live.all() else x[:, live], dtype=np.float64)
    covariances = stretch_covariances(weigh(signals, plan.state.sfreq), plan.edges)
    suspect = np.argwhere(_may_be_struck(covariances, plan.relative))
    if not len(suspect):
        return
    vectors, kept = _take_apart(covariances[*suspect.T], plan.state)
    struck = ~kept.all(axis=1)
    cleaned, centre = signals.copy(), np.empty(signals.shape[:2])
    fill_medians(signals, np.unique(suspect[struck, 0]), centre)
    losses = _losses(vectors[struck], kept[struck], plan)
    subtract(signals, centre, suspect[struck], *losses, plan.edges, plan.weights, cleaned)
    x[:, live] = cleaned


def _may_be_struck(covariances: np.ndarray, relative: np.ndarray) -> np.ndarray:
    """Return which stretches may hold a component above its threshold, by a bound that costs little.

    With P the inverse of the threshold matrix, the eigenvalues of ``B = P' C P`` are all below 1 if the
    Frobenius norm of ``B**8`` is; then no direction whatever exceeds its threshold.
    """
    power = relative.T @ covariances @ relative
    with np.errstate(over="ignore", invalid="ignore"):
        for _ in range(3):
            power = power @ power
        return ~(np.square(power).sum(axis=(-2, -1)) < 1)


def _take_apart(covariances: np.ndarray, state: ASRState) -> tuple[np.ndarray, np.ndarray]:
    """Return eigenvectors of covariances (n_stretches, n_live, n_live), in rows, and which to keep."""
    variances, vectors = eigenvectors(covariances)
    limits = np.square(vectors @ state.threshold.T).sum(axis=2)
    n_live = len(state.mixing)
    always = np.arange(n_live) < n_live - int(_MOST_REMOVED * n_live)
    return vectors, (variances <= limits) | always


def _losses(vectors: np.ndarray, kept: np.ndarray, plan: _Plan) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return 1 - R for eigenvectors (n_stretches, n_live, n_live), in rows, some of which are kept.

    It comes as how many rows two factors (n_stretches, n_live, n_live) have, and these: ``1 - R = A' B``.
    With ``U = M M'``, V the kept vectors and W the removed ones, ``M (V' M)^+ V' = U V (V' U V)^+ V'``,
    which is ``1 - W (W' U^-1 W)^-1 W' U^-1`` where U has an inverse.
    """
    if plan.precision is not None:
        out, factors = np.empty_like(vectors), np.empty_like(vectors)
        fill_factors(vectors, ~kept, plan.precision, out, factors)
        return (~kept).sum(axis=1), out, factors
    mixed = vectors @ plan.covariance
    clean = mixed @ vectors.swapaxes(1, 2)
    clean *= kept[:, :, np.newaxis] & kept[:, np.newaxis, :]
    inverse = np.linalg.pinv(clean, rcond=_SMALLEST, hermitian=True)
    identity = np.eye(len(plan.covariance))
    loss = identity - mixed.swapaxes(1, 2) @ inverse @ vectors
    return np.full(len(loss), len(identity)), np.broadcast_to(identity, loss.shape).copy(), loss
