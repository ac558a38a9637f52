"""Mains hum taken out by spectral interpolation."""

import math
from functools import lru_cache

import numpy as np
from numpy.polynomial.legendre import legvander

from ._flat import divide, restore_type
from ._kernel import as_rows

_LONGEST_SECONDS = 5.0  # of a signal that is treated in one piece
_PIECE_SECONDS = 3.0  # about what longer ones are cut into
_NEIGHBOURS = (-2, -1, 1, 2)  # bands to both sides from which the magnitude is interpolated
_FEWEST_POINTS, _FEWEST_PERIODS = 40, 5


def remove_line(
    x: np.ndarray, sfreq: float, frequency: float, *, harmonics: int = 1, tolerance: float = 0.1
) -> np.ndarray:
    """Bring a spectral line, such as mains hum, down to the level of the spectrum beside it.

    Parameters
    ----------
    x : ndarray of shape (..., n_times)
        Signal, in microvolts, of at least 40 points and 5 periods of the line.
    sfreq : float
        Sampling frequency, in Hz.
    frequency : float
        Frequency of the line, in Hz; need not be a multiple of ``sfreq / n_times``.
    harmonics : int, default=1
        Number of multiples of `frequency` to treat, itself included; those from the Nyquist frequency
        on are left out.
    tolerance : float, default=0.1
        How far the line may be off its frequency, in Hz.

    Returns
    -------
    cleaned : ndarray of shape (..., n_times)
        Signal, in microvolts, in float32 if `x` is and in float64 otherwise. NaN spreads over all of
        its signal (or its piece of it, see below).

    Raises
    ------
    ValueError
        If a parameter is out of range, or the signal too short.

    Notes
    -----
    Spectral interpolation [1]_: what lies in the band about the line keeps its phase and gets the mean
    magnitude of two bands on either side; where it is not above that it is not changed. So a signal
    without hum hardly changes, and one with hum keeps something of what the brain has there.

    In short windows hum does not fall on one frequency of the discrete Fourier transform and leaks over
    all, so the bands here are not made of these but fitted by least squares: sinusoids at exactly
    `frequency` whose cosine and sine parts are polynomials over the window, of degrees up to
    ``2 + round(3 * tolerance * seconds)``; the magnitudes are those of each degree. That takes hum of
    steady amplitude out to the very ends. Points weigh in the fit as half a period of a sine, least at the
    ends: else slow waves, which the window cuts off, would pass for hum. Signals longer than 5 s are
    treated in pieces of about 3 s that overlap by half.

    A constant signal stays as it is.

    References
    ----------
    .. [1] Leske S, Dalal SS (2019) Reducing power line noise in EEG and MEG data via spectrum
       interpolation. NeuroImage 189, 763-776. https://doi.org/10.1016/j.neuroimage.2019.01.026

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.signal import remove_line
    >>> t = np.arange(250) / 250
    >>> brain, hum = np.sin(2 * np.pi * 10 * t), np.sin(2 * np.pi * 50.05 * t)
    >>> bool(np.abs(remove_line(brain + hum, 250, 50) - brain).max() < 0.05)
    True
    """
    x = np.asarray(x)
    n_times = x.shape[-1]
    _check(n_times, sfreq, frequency, harmonics, tolerance)
    lines = [k * frequency for k in range(1, harmonics + 1) if k * frequency < sfreq / 2]
    rows = as_rows(x)
    excess = _excess_in_pieces if n_times > _LONGEST_SECONDS * sfreq else _excess
    return restore_type((rows - excess(rows, sfreq, lines, tolerance)).reshape(x.shape), x)


def _check(n_times: int, sfreq: float, frequency: float, harmonics: int, tolerance: float) -> None:
    if not 0 < frequency < sfreq / 2:
        raise ValueError(
            f"`frequency` must lie between 0 and half the sampling frequency ({sfreq / 2:g} Hz), "
            f"got {frequency:g} Hz."
        )
    if harmonics < 1:
        raise ValueError(f"`harmonics` must be at least 1 (the line itself), got {harmonics}.")
    if not 0 <= tolerance <= 1:
        raise ValueError(f"`tolerance` must lie between 0 and 1 Hz, got {tolerance:g}.")
    fewest = math.ceil(max(_FEWEST_POINTS, _FEWEST_PERIODS * sfreq / frequency))
    if n_times < fewest:
        raise ValueError(
            f"`x` must have at least {fewest} time points to tell a line at {frequency:g} Hz from what lies "
            f"beside it, got {n_times}: use `notch`, or longer windows."
        )


def _excess_in_pieces(rows: np.ndarray, sfreq: float, lines: list[float], tolerance: float) -> np.ndarray:
    """Return the excess found in pieces that overlap by half, each weighted by a squared sine."""
    n_times = rows.shape[1]
    n_halves = round(2 * n_times / (_PIECE_SECONDS * sfreq))
    bounds = np.round(np.linspace(0, n_times, n_halves + 1)).astype(int)
    length = int(np.max(bounds[2:] - bounds[:-2]))
    found, total = np.zeros_like(rows), np.zeros(n_times)
    weight = np.sin(np.pi * (np.arange(length) + 0.5) / length) ** 2
    for start in np.minimum(bounds[:-2], n_times - length):
        piece = slice(start, start + length)
        found[:, piece] += weight * _excess(rows[:, piece], sfreq, lines, tolerance)
        total[piece] += weight
    return found / total


def _excess(rows: np.ndarray, sfreq: float, lines: list[float], tolerance: float) -> np.ndarray:
    """Return by how much the bands about lines exceed those beside them, in their own phase."""
    n_times = rows.shape[1]
    degree = 2 + round(3 * tolerance * n_times / sfreq)
    step = (degree + 1) * sfreq / n_times
    rest = rows - rows[:, :1]  # of a constant exactly 0
    rest -= rest.mean(axis=1, keepdims=True)
    found = np.zeros_like(rows)
    for line in lines:
        weights, waves = _bands(n_times, sfreq, (line,), degree)
        parts = rest @ weights
        rest -= parts @ waves
        beside = tuple(line + k * step for k in _NEIGHBOURS if 0 < line + k * step < sfreq / 2)
        others = rest @ _bands(n_times, sfreq, beside, degree)[0]
        level = _magnitudes(others).mean(axis=1, keepdims=True)
        kept = np.minimum(divide(level, _magnitudes(parts)), 1)
        found += (parts * np.repeat(1 - kept, 2, axis=1)) @ waves
        rest += (parts * np.repeat(kept, 2, axis=1)) @ waves
    return found


def _magnitudes(parts: np.ndarray) -> np.ndarray:
    """Return the magnitude of each pair of columns, cosine and sine."""
    return np.linalg.norm(parts.reshape(len(parts), -1, 2), axis=2)


@lru_cache(maxsize=32)
def _bands(
    n_times: int, sfreq: float, frequencies: tuple[float, ...], degree: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return weights (n_times, n_parts) that find the parts of signals about each frequency, and these.

    For each frequency there is a pair of waves (n_parts, n_times), cosine and sine, for every degree of
    the polynomial that shapes them; they are orthonormal where points weigh as much as in the fit.
    """
    shapes = legvander(np.linspace(-1, 1, n_times), degree)
    root = np.sqrt(np.sin(np.pi * (np.arange(n_times) + 0.5) / n_times))[:, np.newaxis]
    weights, waves = [], []
    for frequency in frequencies:
        phase = 2 * np.pi * frequency / sfreq * np.arange(n_times)
        pair = np.stack([np.cos(phase), np.sin(phase)], axis=-1)
        columns = root * (shapes[:, :, np.newaxis] * pair[:, np.newaxis]).reshape(n_times, -1)
        basis = np.linalg.qr(columns)[0]
        weights.append(root * basis)
        waves.append((basis / root).T)
    return np.concatenate(weights, axis=1), np.concatenate(waves)
