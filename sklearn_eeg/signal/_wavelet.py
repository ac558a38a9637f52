"""The discrete wavelet transform of signals, and its sub-bands."""

from collections.abc import Callable

import numpy as np
import pywt

from ._flat import is_flat
from ._kernel import as_rows
from ._wavelet_kernel import filters_of, pack, plan_steps, round_up, transform, transform_to_packets

_MODES_WITH_A_STEP = {"zero", "antisymmetric"}  # a constant gets edges in these


def max_level(n_times: int, wavelet: str) -> int:
    """Return the deepest level at which a coefficient is free of the boundary.

    Parameters
    ----------
    n_times : int
        Number of time points of the signal.
    wavelet : str
        Name of a discrete wavelet of PyWavelets.

    Returns
    -------
    level : int
        Number of decompositions, 0 if the signal is shorter than the filter.

    Examples
    --------
    >>> from sklearn_eeg.signal import max_level
    >>> max_level(1000, "db4"), max_level(10, "db4")
    (7, 0)
    """
    return pywt.dwt_max_level(n_times, pywt.Wavelet(wavelet).dec_len)


def subband_names(level: int, *, packet: bool = False, sfreq: float | None = None) -> list[str]:
    """Return the names of the sub-bands in the order of :func:`subbands`.

    Parameters
    ----------
    level : int
        Number of decompositions, at least 1.
    packet : bool, default=False
        Whether the sub-bands are wavelet packets.
    sfreq : float, default=None
        Sampling frequency in Hz. If given, the names carry the nominal band of each, its edges rounded
        to three digits.

    Returns
    -------
    names : list of str
        ``a<level>``, ``d<level>``, ..., ``d1``, or ``p0``, ``p1``, ..., ``p<2**level - 1>``; with a
        rate as in ``d3_15.6-31.2Hz``.

    Notes
    -----
    Detail j has the nominal band from ``sfreq / 2**(j + 1)`` to ``sfreq / 2**j``, the approximation of
    level j what lies below ``sfreq / 2**(j + 1)``, packet i of level j that from
    ``i * sfreq / 2**(j + 1)`` to ``(i + 1) * sfreq / 2**(j + 1)``. Neighbours overlap, the more the
    shorter the wavelet.

    Examples
    --------
    >>> from sklearn_eeg.signal import subband_names
    >>> subband_names(2)
    ['a2', 'd2', 'd1']
    >>> subband_names(2, sfreq=250)
    ['a2_0-31.2Hz', 'd2_31.2-62.5Hz', 'd1_62.5-125Hz']
    """
    if packet:
        names = [f"p{index}" for index in range(2**level)]
        edges = np.arange(2**level + 1) / 2**level
    else:
        names = [f"a{level}", *(f"d{depth}" for depth in range(level, 0, -1))]
        edges = np.concatenate([[0.0], 0.5 ** np.arange(level, -1, -1)])
    if sfreq is None:
        return names
    hertz = [
        np.format_float_positional(edge * sfreq / 2, precision=3, fractional=False, trim="-")
        for edge in edges
    ]
    return [f"{name}_{hertz[i]}-{hertz[i + 1]}Hz" for i, name in enumerate(names)]


class Decomposition:
    """The transform of signals of one length, prepared.

    Parameters
    ----------
    n_times : int
        Number of time points, at least 1.
    wavelet : str
        Name of a discrete wavelet of PyWavelets.
    level : int
        Number of decompositions, at least 1.
    mode : str
        How the signal is extended at its ends.
    packet : bool
        Whether to decompose into the wavelet packets of the level.

    Attributes
    ----------
    bounds : ndarray of int of shape (n_bands, 2)
        Where the coefficients of each sub-band begin and end in a row.
    unit : ndarray of shape (1, n_columns)
        The coefficients of a signal that is 1 throughout: all those of the approximation (or of packet
        0) alike and all others exactly 0, but where the mode makes a step of the ends.
    """

    def __init__(self, n_times: int, wavelet: str, level: int, mode: str, packet: bool) -> None:
        if level < 1:
            raise ValueError(f"`level` must be at least 1, got {level}.")
        if mode not in pywt.Modes.modes:
            raise ValueError(f"`mode` must be one of {sorted(pywt.Modes.modes)}, got {mode!r}.")
        filters, n_taps = filters_of(wavelet)
        steps = plan_steps(n_times, n_taps, level, mode)
        coarsest = steps[-1].n_out
        lengths = [coarsest] * 2**level if packet else [coarsest, *(s.n_out for s in reversed(steps))]
        starts = np.cumsum([0, *(round_up(length) for length in lengths)])
        self.bounds = np.transpose([starts[:-1], starts[:-1] + lengths])
        self._kernel: Callable[..., None] = transform_to_packets if packet else transform
        self._arguments = (*pack(steps), filters, starts)
        self.unit = np.zeros((1, starts[-1]))
        if mode in _MODES_WITH_A_STEP:
            self._kernel(np.ones((1, n_times)), *self._arguments, self.unit)
        else:
            self.unit[:, :coarsest] = filters[0].sum() ** level

    def run(self, rows: np.ndarray, out: np.ndarray) -> np.ndarray:
        """Transform signals.

        Parameters
        ----------
        rows : ndarray of float64 of shape (n_rows, n_times)
            Signals.
        out : ndarray of float64 of shape (n_rows, n_columns)
            Takes the coefficients, the sub-bands one after the other, zeros between them.

        Returns
        -------
        flat : ndarray of int
            Indices of the constant signals.
        """
        # kernels are compiled for arrays that may be written to, and only for these
        self._kernel(rows if rows.flags.writeable else rows.copy(), *self._arguments, out)
        ends_meet = np.flatnonzero(rows[:, 0] == rows[:, -1])
        flat = ends_meet[is_flat(rows[ends_meet])] if ends_meet.size else ends_meet
        out[flat] = rows[flat, :1] * self.unit
        return flat


def subbands(
    x: np.ndarray, wavelet: str, level: int, *, mode: str = "symmetric", packet: bool = False
) -> dict[str, np.ndarray]:
    """Return the wavelet coefficients of each sub-band.

    Parameters
    ----------
    x : ndarray of shape (..., n_times)
        Signal, in microvolts.
    wavelet : str
        Name of a discrete wavelet of PyWavelets.
    level : int
        Number of decompositions, at least 1. From ``max_level(n_times, wavelet) + 1`` on every
        coefficient depends on the extension.
    mode : str, default="symmetric"
        How the signal is extended at its ends, one of :attr:`pywt.Modes.modes`.
    packet : bool, default=False
        Decompose the details as well, into the wavelet packets of the level.

    Returns
    -------
    coefficients : dict of str to ndarray of shape (..., n_coefficients)
        In float64, the approximation ``a<level>`` first, then the details from ``d<level>`` (lowest
        frequencies) to ``d1``; detail j spans about ``sfreq / 2**(j + 1)`` to ``sfreq / 2**j``. For
        packets ``p0``, ``p1``, ... by frequency, each of about the same width,
        ``sfreq / 2**(level + 1)``.

    Raises
    ------
    ValueError
        If the wavelet or the mode is not known, or the level is below 1.

    Notes
    -----
    The coefficients are those of :func:`pywt.wavedec`, or those of :class:`pywt.WaveletPacket` at the
    level in the order "freq". A signal of one point, which PyWavelets refuses in the modes "reflect"
    and "antireflect", is extended by itself.

    All details of a constant signal are exactly 0 and all coefficients of its approximation (or of
    packet 0) alike, with two exceptions: in the modes "zero" and "antisymmetric" the extension makes a
    step at each end, which coefficients near the ends show.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.signal import subbands
    >>> coefficients = subbands(np.ones((19, 64)), "haar", 2)
    >>> {name: c.shape for name, c in coefficients.items()}
    {'a2': (19, 16), 'd2': (19, 16), 'd1': (19, 32)}
    """
    rows = as_rows(x)
    decomposition = Decomposition(rows.shape[1], wavelet, level, mode, packet)
    coefficients = np.empty((len(rows), decomposition.unit.shape[1]))
    decomposition.run(rows, coefficients)
    names = subband_names(level, packet=packet)
    return {
        name: coefficients[:, start:stop].reshape(*np.shape(x)[:-1], stop - start)
        for name, (start, stop) in zip(names, decomposition.bounds, strict=True)
    }
