"""What a statistical model learns of windows in closed form: their spectra, and how these vary."""

from typing import Any, NamedTuple

import numpy as np

from ._base_spectra import (
    average_coherence,
    band_levels,
    cross_products,
    drift_basis,
    envelope_levels,
    find_drift,
    hat_bands,
    hermitian_roots,
    log_mixing,
    log_power_of,
    measure_power,
    power_of,
    split_rows,
    tapered_spectra,
    time_bands,
    unit_diagonal,
    whiten_channels,
)

_POOLED = 5.0  # windows: how much the coherence of all classes counts in that of each
_SMOOTHED = 20.0  # windows: a class of this many has its spectrum smoothed over 5 frequency steps
_SIMULATED = 512  # windows of all classes, to calibrate on
_SIMULATED_LEAST = 64  # of each class
_LARGEST_GAIN = 1.5
_SHORTEST = 4  # time points
_WINDOWS_PER_DIRECTION = 8


class Model(NamedTuple):
    """What windows are measured against, class by class."""

    bands: np.ndarray
    """Weights (n_bands, n_freqs)."""
    log_power: np.ndarray
    """Mean log power (n_classes, n_channels, n_freqs)."""
    roots: np.ndarray
    """Roots of the coherence (n_classes, n_bands, n_channels, n_channels)."""
    inverse_roots: np.ndarray
    """Their inverses."""
    stretches: np.ndarray
    """Weights (n_stretches, n_times) of the time points."""


class Directions(NamedTuple):
    """What windows differ in most."""

    levels: np.ndarray
    """Of the levels of channels and bands (rank, n_channels * n_bands)."""
    mixing: np.ndarray
    """Of the logarithms of the mixing of channels (rank, n_channels * n_channels)."""
    envelopes: np.ndarray
    """Of the levels of channels and stretches of time (rank, n_channels * n_stretches)."""


def fit_base(
    windows: np.ndarray,
    labels: np.ndarray,
    n_classes: int,
    *,
    n_bands: int = 40,
    rank: int = 40,
    n_rounds: int = 3,
) -> dict[str, np.ndarray]:
    """Learn the spectra of classes, how channels go together, and how both vary from window to window.

    Parameters
    ----------
    windows : ndarray of shape (n_windows, n_channels, n_times)
        Training windows, scaled; each channel keeps its offset.
    labels : int ndarray of shape (n_windows,)
        Class of each, from 0 to ``n_classes - 1``; each class has at least one window.
    n_classes : int
        Number of classes.
    n_bands : int, default=40
        Largest number of overlapping bands in which the spectrum of a window differs from its class's.
    rank : int, default=40
        Largest number of directions in which levels of bands differ, and envelopes; the mixing of channels
        has half as many. None has more than an eighth of the number of windows.
    n_rounds : int, default=3
        Number of rounds of calibration: windows are drawn and measured as the training windows were, and mean
        spectra and spreads of the directions corrected.

    Returns
    -------
    base : dict of str to ndarray
        What `ShapedNoise` and ``Generator(base=...)`` take.

    Raises
    ------
    ValueError
        If a class has no window, or windows have fewer than four time points.

    Notes
    -----
    A window of class k is ``x = d + e irfft(exp(S / 2) L_k exp(A / 2) w)``: w is white noise; L_k the root
    of the class's coherence, by frequency; A says which channels go together more or less than is usual, S is
    the log power by channel and frequency, and log e**2 the envelope by channel and stretch of time. Each is
    the class's mean plus few directions (principal components over all classes, so that a class of few
    windows borrows them) times scores; d is an offset and a slope by channel. Noise is made at twice the
    length and cut, so that windows are not periodic. The scores and drift of a new window are those of a
    training window of the class drawn at random, moved as far as a kernel density estimate [1]_ with the
    bandwidth ``n**(-1/8)`` says; offset and slope each change sides about the mean of the class with
    probability 1/2. No waveform of a training window is kept. A channel that is silent in all windows stays
    silent. Windows below 128 time points have no envelope.

    References
    ----------
    .. [1] B. W. Silverman, "Density estimation for statistics and data analysis", Chapman and Hall, 1986.
       https://doi.org/10.1201/9781315140919

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.sampling._base_statistics import fit_base
    >>> windows = np.random.default_rng(0).normal(size=(20, 2, 64))
    >>> base = fit_base(windows, np.arange(20) % 2, n_classes=2)
    >>> base["log_power"].shape  # a class, channel and frequency step
    (2, 2, 65)
    """
    labels = np.asarray(labels)
    counts = np.bincount(labels, minlength=n_classes)
    if len(counts) > n_classes or not counts.all():
        raise ValueError(
            f"`labels` must hold each class from 0 to {n_classes - 1}, got {counts.tolist()} windows."
        )
    if windows.shape[-1] < _SHORTEST:
        raise ValueError(
            f"`windows` must have at least {_SHORTEST} time points, got {windows.shape[-1]}: less an offset "
            "and a slope, shorter ones have no spectrum."
        )
    windows = windows.astype(np.float32)
    model = _fit_model(windows, labels, counts, n_bands)
    measured = _measure(windows, labels, model)
    directions = Directions(*_find_directions(measured, labels, counts, _ranks(rank, len(windows))))
    scores = _score(measured, labels, counts, directions)
    mean_envelope = np.stack([measured[2][labels == k].mean(0) for k in range(n_classes)])
    base = _pack(windows, labels, counts, model, directions, scores, mean_envelope)
    for number in range(n_rounds):
        _calibrate(base, model, directions, scores, counts, seed=number)
    return base


def _ranks(rank: int, n_windows: int) -> tuple[int, int, int]:
    """Return the largest numbers of directions of levels, mixing and envelopes."""
    most = max(1, n_windows // _WINDOWS_PER_DIRECTION)
    return min(rank, most), min(rank // 2, most), min(rank, most)


def _fit_model(windows: np.ndarray, labels: np.ndarray, counts: np.ndarray, n_bands: int) -> Model:
    bands = hat_bands(windows.shape[-1] + 1, n_bands)
    power = measure_power(windows)
    means = np.stack([log_power_of(power[labels == k]).mean(0) for k in range(len(counts))])
    overall = np.average(means, axis=0, weights=counts)
    log_power = np.stack(
        [
            _smooth(overall, 1) + _smooth(mean - overall, 1 + round(_SMOOTHED / count))
            for mean, count in zip(means, counts, strict=True)
        ]
    )
    own = np.stack(
        [average_coherence(each, bands) for each in _multiply_channels(windows, labels, log_power, bands)]
    )
    pooled = np.average(own, axis=0, weights=counts)
    weight = counts[:, np.newaxis, np.newaxis, np.newaxis]
    shrunk = unit_diagonal((weight * own + _POOLED * pooled) / (weight + _POOLED))
    return Model(bands, log_power, *hermitian_roots(shrunk), time_bands(windows.shape[-1]))


def _multiply_channels(
    windows: np.ndarray, labels: np.ndarray, log_power: np.ndarray, bands: np.ndarray
) -> list[np.ndarray]:
    """Return for each class the products of channels of unit power, added up over its windows by block."""
    found: list[Any] = [0] * len(log_power)
    for rows in split_rows(windows):
        spectra, reference = tapered_spectra(windows[rows]), log_power[labels[rows]]
        levels = band_levels(power_of(spectra), reference, bands)
        whitened = whiten_channels(spectra, reference, levels, bands)
        for k in np.unique(labels[rows]):
            found[k] = found[k] + cross_products(whitened[labels[rows] == k])
    return found


def _smooth(spectra: np.ndarray, reach: int) -> np.ndarray:
    """Return triangular running means over `reach` frequency steps either way, the ends repeated."""
    weights = np.bartlett(2 * reach + 3)[1:-1]
    padded = np.pad(spectra, [(0, 0)] * (spectra.ndim - 1) + [(reach, reach)], mode="edge")
    view = np.lib.stride_tricks.sliding_window_view(padded, 2 * reach + 1, axis=-1)
    return view @ (weights / weights.sum())


def _measure(windows: np.ndarray, labels: np.ndarray, model: Model) -> tuple[np.ndarray, ...]:
    """Return the levels of bands, the log mixing of channels and the levels of stretches of each window."""
    parts = [_measure_block(windows[rows], labels[rows], model) for rows in split_rows(windows)]
    return tuple(np.concatenate(each) for each in zip(*parts, strict=True))


def _measure_block(windows: np.ndarray, labels: np.ndarray, model: Model) -> tuple[np.ndarray, ...]:
    spectra = tapered_spectra(windows)
    reference = model.log_power[labels].astype(np.float32)
    levels = band_levels(power_of(spectra), reference, model.bands)
    whitened = whiten_channels(spectra, reference, levels, model.bands)
    mixing = np.empty((len(windows), *model.roots.shape[-2:]))
    for k in np.unique(labels):
        rows = labels == k
        mixing[rows] = log_mixing(whitened[rows], model.inverse_roots[k], model.bands)
    total = reference + levels @ model.bands.astype(np.float32)
    return levels, mixing, envelope_levels(windows, total, model.stretches)


def _centre(values: np.ndarray, labels: np.ndarray, n_classes: int) -> np.ndarray:
    """Return each window's values, flat, less the mean of its class."""
    flat = values.reshape(len(values), -1).astype(float)
    return flat - np.stack([flat[labels == k].mean(0) for k in range(n_classes)])[labels]


def _find_directions(
    measured: tuple[np.ndarray, ...], labels: np.ndarray, counts: np.ndarray, ranks: tuple[int, ...]
) -> list[np.ndarray]:
    found = []
    for values, largest in zip(measured, ranks, strict=True):
        centred = _centre(values, labels, len(counts))
        _, _, axes = np.linalg.svd(centred, full_matrices=False)
        found.append(axes[: min(largest, len(axes), max(0, len(labels) - len(counts)))])
    return found


def _score(
    measured: tuple[np.ndarray, ...], labels: np.ndarray, counts: np.ndarray, directions: Directions
) -> np.ndarray:
    """Return how far each window lies from its class in all directions."""
    return np.concatenate(
        [
            _centre(values, labels, len(counts)) @ axes.T
            for values, axes in zip(measured, directions, strict=True)
        ],
        axis=1,
    )


def _pack(
    windows: np.ndarray,
    labels: np.ndarray,
    counts: np.ndarray,
    model: Model,
    directions: Directions,
    scores: np.ndarray,
    mean_envelope: np.ndarray,
) -> dict[str, np.ndarray]:
    n_channels = windows.shape[1]
    order = np.argsort(labels, kind="stable")
    drift = find_drift(windows)
    mean_drift = np.stack([drift[labels == k].mean(0) for k in range(len(counts))])
    drift = drift - mean_drift[labels]
    sizes = np.linalg.norm(drift, axis=2, keepdims=True)
    ways = drift / np.where(sizes > 0, sizes, 1)
    drift_roots, _ = hermitian_roots(np.einsum("nkc,nkd->kcd", ways, ways) / len(ways))
    by_frequency = np.einsum("bf,kbcd->kfcd", model.bands, model.roots)
    arrays = {
        "bands": model.bands,
        "log_power": model.log_power,
        "roots": np.stack([by_frequency.real, by_frequency.imag], axis=-1),
        "levels": directions.levels.reshape(-1, n_channels, len(model.bands)),
        "mixing": directions.mixing.reshape(-1, n_channels, n_channels),
        "envelopes": directions.envelopes.reshape(-1, n_channels, len(model.stretches)),
        "mean_envelope": mean_envelope,
        "stretches": model.stretches,
        "scores": scores[order],
        "drift": drift[order],
        "mean_drift": mean_drift,
        "drift_roots": drift_roots,
        "drift_basis": drift_basis(windows.shape[-1]),
        "spread": scores.std(0),
        "gain": np.ones(scores.shape[1]),
        "bandwidth": counts ** (-1 / 8),
    }
    firsts = np.concatenate([[0], np.cumsum(counts)[:-1]])
    return {name: array.astype(np.float32) for name, array in arrays.items()} | {
        "counts": counts.astype(np.int64), "firsts": firsts.astype(np.int64),
    }  # fmt: skip


def _calibrate(
    base: dict[str, np.ndarray],
    model: Model,
    directions: Directions,
    scores: np.ndarray,
    counts: np.ndarray,
    *,
    seed: int,
) -> None:
    """Draw windows, measure them, and correct the mean spectra and the gains of the scores in place."""
    from ._base_torch import draw_base  # needs torch

    n_drawn = np.full(len(counts), max(_SIMULATED_LEAST, _SIMULATED // len(counts)))
    labels = np.repeat(np.arange(len(counts)), n_drawn)
    windows, wanted = draw_base(base, labels, seed=seed)
    log_power = np.log(measure_power(windows) + np.finfo(np.float32).tiny)
    bias = np.stack([(log_power - wanted)[labels == k].mean(0) for k in range(len(counts))])
    base["log_power"][:] = model.log_power - _smooth(bias, 4)
    drawn = _score(_measure(windows, labels, model), labels, n_drawn, directions)
    weight = (counts / counts.sum() / n_drawn)[labels]
    real, made = scores.var(0), weight @ drawn**2
    change = np.divide(real - made, real, out=np.zeros_like(real), where=real > 0)
    base["gain"][:] = np.sqrt(np.clip(base["gain"] ** 2 + change, 0, _LARGEST_GAIN))
