"""Bands of frequencies: which there are, and which frequencies they hold."""

from collections.abc import Mapping
from typing import Any

import numpy as np

CLINICAL_BANDS: dict[str, tuple[float, float]] = {
    "delta": (0.5, 4.0),
    "theta": (4.0, 8.0),
    "alpha": (8.0, 13.0),
    "beta": (13.0, 30.0),
    "gamma": (30.0, 45.0),
}
_TOLERANCE = 1e-6  # of a frequency step: what an edge may be off a frequency by rounding


def choose_bands(
    bands: Mapping[str, tuple[float, float]] | None, sfreq: float
) -> dict[str, tuple[float, float]]:
    """Return the bands, or the clinical ones up to half the sampling frequency.

    Raises
    ------
    ValueError
        As `check_bands`, and if a band ends above half the sampling frequency.
    """
    nyquist = sfreq / 2
    if bands is None:
        clinical = CLINICAL_BANDS.items()
        return {name: (low, min(high, nyquist)) for name, (low, high) in clinical if low < nyquist}
    checked = check_bands(bands)
    for name, (low, high) in checked.items():
        if high > nyquist * (1 + 1e-9):
            raise ValueError(
                f"`bands` must end at or below half the sampling frequency ({nyquist:g} Hz), got {name!r} "
                f"({low:g} to {high:g} Hz): lower its upper edge or leave it out."
            )
    return checked


def check_bands(bands: Mapping[str, tuple[float, float]]) -> dict[str, tuple[float, float]]:
    """Return bands as names and pairs of floats.

    Raises
    ------
    ValueError
        If there is none, a name is empty or has underscores that part names of columns, or edges are
        no pair of rising, finite numbers.
    """
    if not bands:
        raise ValueError("`bands` must name at least one band, got none.")
    checked = {}
    for name, edges in bands.items():
        if not isinstance(name, str) or not name or name != name.strip("_") or "__" in name:
            raise ValueError(
                "`bands` must have names that are not empty, hold no double underscore (which parts the "
                f"names of columns) and have none at either end, got {name!r}."
            )
        if not _is_pair(edges):
            raise ValueError(
                f"`bands` must give each name a pair of edges (low, high) in Hz, got {{{name!r}: {edges!r}}}."
            )
        low, high = (float(edge) for edge in edges)
        if not 0 <= low < high < np.inf:
            raise ValueError(
                f"`bands` must have edges 0 <= low < high, got {name!r} ({low:g} to {high:g} Hz)."
            )
        checked[name] = low, high
    return checked


def _is_pair(edges: Any) -> bool:
    """Return whether edges are two real numbers."""
    try:
        low, high = edges
    except (TypeError, ValueError):
        return False
    return all(isinstance(edge, int | float | np.integer | np.floating) for edge in (low, high))


def band_bins(freqs: np.ndarray, low: float, high: float) -> tuple[int, int]:
    """Return the first frequency of a band and that after its last.

    The lower edge belongs to the band; the upper does only where it is the end of the spectrum. An
    edge within 1e-6 frequency steps of a frequency lies on it.
    """
    step = freqs[1] - freqs[0]
    positions = (np.array([low, high]) - freqs[0]) / step
    start, stop = np.clip(np.ceil(positions - _TOLERANCE), 0, len(freqs)).astype(int).tolist()
    return start, len(freqs) if positions[1] >= len(freqs) - 1 - _TOLERANCE else stop


def band_power(freqs: np.ndarray, psd: np.ndarray, low: float, high: float) -> np.ndarray:
    """Return the power in a band: the density summed over ``low <= freqs < high``, times the step.

    Parameters
    ----------
    freqs : ndarray of shape (n_freqs,)
        Evenly spaced frequencies, in Hz, at least two.
    psd : ndarray of shape (..., n_freqs)
        Power spectral density, in square microvolts per Hz.
    low, high : float
        Edges of the band, in Hz; the lower belongs to it, the upper does not, so that neighbouring
        bands share no power. An upper edge at the last frequency does belong to it, so that a band
        up to half the sampling frequency has all of the power there.

    Returns
    -------
    power : ndarray of shape (...)
        Power, in square microvolts.

    Notes
    -----
    An edge within 1e-6 frequency steps of a frequency counts as lying on it: whether a frequency
    belongs to a band does not depend on rounding.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.signal import band_power
    >>> float(band_power(np.arange(5.0), np.ones(5), 1, 3))
    2.0
    >>> float(band_power(np.arange(5.0), np.ones(5), 1, 4))
    4.0
    """
    start, stop = band_bins(freqs, low, high)
    return np.asarray(psd)[..., start:stop].sum(axis=-1) * (freqs[1] - freqs[0])


def span(bins: np.ndarray) -> tuple[int, int]:
    """Return the first frequency of several bands, of shape (n_bands, 2), and that after their last."""
    return int(bins[:, 0].min()), int(bins[:, 1].max())
