"""How signals are cut and weighted before their spectra are taken: by one taper, Welch's, Slepian."""

from typing import NamedTuple

import numpy as np
import scipy.signal

_STEPS_WIDE = 8  # the default bandwidth of Slepian sequences, in frequency steps
_CONCENTRATION = 0.9  # of a Slepian sequence in its band, below which it leaks too much
_ROUNDING = 1e-9  # of a bandwidth in frequency steps


class Tapering(NamedTuple):
    """How signals are cut and weighted before they are transformed.

    ``tapers`` of shape (n_tapers, n_piece) weight each of the ``n_pieces`` pieces, which start ``hop``
    points apart; they are scaled such that the squared transforms add up to a one-sided density.
    """

    tapers: np.ndarray
    hop: int
    n_pieces: int
    sfreq: float

    @property
    def freqs(self) -> np.ndarray:
        """The frequencies that it gives, in Hz."""
        return np.fft.rfftfreq(self.tapers.shape[1], 1 / self.sfreq)


def single_taper(n_times: int, sfreq: float, window: str) -> Tapering:
    """Return what a periodogram needs."""
    return overlapping_tapers(n_times, n_times, sfreq, window)


def overlapping_tapers(n_times: int, n_piece: int, sfreq: float, window: str) -> Tapering:
    """Return what Welch's estimate needs: pieces that overlap by half (less 1/2 where odd)."""
    taper = scipy.signal.get_window(window, n_piece)
    overlap = n_piece // 2
    hop = n_piece - overlap
    n_pieces = (n_times - overlap) // hop
    scale = np.sqrt(2.0 / (n_pieces * sfreq * (taper * taper).sum()))
    return Tapering(scale * taper[np.newaxis], hop, n_pieces, sfreq)


def slepian_tapers(n_times: int, sfreq: float, bandwidth: float | None) -> Tapering:
    """Return what the multitaper estimate needs: tapers weighted by their concentrations."""
    steps = min(_STEPS_WIDE, n_times / 2) if bandwidth is None else bandwidth * n_times / sfreq
    if not 1 - _ROUNDING <= steps < n_times:
        raise ValueError(
            f"`bandwidth` must be at least {sfreq / n_times:g} Hz (a frequency step of {n_times} time "
            f"points) and less than {sfreq:g} Hz, got {bandwidth:g}."
        )
    tapers, concentrations = _slepian_sequences(n_times, steps)
    scale = np.sqrt(2.0 * concentrations / (sfreq * concentrations.sum()))
    return Tapering(scale[:, np.newaxis] * tapers, n_times, 1, sfreq)


def _slepian_sequences(n_times: int, steps: float) -> tuple[np.ndarray, np.ndarray]:
    """Return well concentrated sequences of unit energy, at least one, and their concentrations."""
    tapers, concentrations = scipy.signal.windows.dpss(
        n_times, steps / 2, int(steps + _ROUNDING), sym=False, norm=2, return_ratios=True
    )
    n_good = max(1, int((concentrations > _CONCENTRATION).sum()))
    return tapers[:n_good], concentrations[:n_good]


def segment_points(n_times: int, sfreq: float, segment_seconds: float) -> int:
    """Return the length of Welch's segments in time points."""
    n_segment = min(round(segment_seconds * sfreq), n_times)
    if n_segment < 2:
        raise ValueError(
            f"`segment_seconds` must hold at least two time points ({2 / sfreq:g} s at {sfreq:g} Hz), "
            f"got {segment_seconds:g}."
        )
    return n_segment
