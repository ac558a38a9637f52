"""The discrete wavelet transform of a signal and the statistics of its sub-bands.

``WAVELET_STATISTICS`` is the table that :class:`sklearn_eeg.features.WaveletFeatures` reads.
"""

from collections.abc import Callable

import numpy as np
import pywt

from ._flat import divide, is_flat

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


def subbands(x: np.ndarray, wavelet: str, level: int, *, mode: str = "symmetric") -> dict[str, np.ndarray]:
    """Return the wavelet coefficients of each sub-band.

    Parameters
    ----------
    x : ndarray of shape (..., n_times)
        Signal, in microvolts.
    wavelet : str
        Name of a discrete wavelet of PyWavelets.
    level : int
        Number of decompositions, at least 1.
    mode : str, default="symmetric"
        How PyWavelets extends the signal at its ends.

    Returns
    -------
    coefficients : dict of str to ndarray of shape (..., n_coefficients)
        The approximation ``a<level>`` first, then the details from ``d<level>`` (lowest
        frequencies) to ``d1``; detail j spans about sfreq / 2**(j+1) to sfreq / 2**j. The details
        of a constant signal are exactly 0.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.signal import subbands
    >>> coefficients = subbands(np.ones((19, 64)), "haar", 2)
    >>> {name: c.shape for name, c in coefficients.items()}
    {'a2': (19, 16), 'd2': (19, 16), 'd1': (19, 32)}
    """
    approximation, *details = pywt.wavedec(x, wavelet, mode=mode, level=level, axis=-1)
    if mode not in _MODES_WITH_A_STEP:
        flat = is_flat(x)
        for detail in details:
            detail[flat] = 0
    return dict(zip(subband_names(level), [approximation, *details], strict=True))


def subband_names(level: int) -> list[str]:
    """Return the names of the sub-bands in the order of :func:`subbands`.

    Parameters
    ----------
    level : int
        Number of decompositions, at least 1.

    Returns
    -------
    names : list of str
        ``a<level>``, ``d<level>``, ..., ``d1``.

    Examples
    --------
    >>> from sklearn_eeg.signal import subband_names
    >>> subband_names(2)
    ['a2', 'd2', 'd1']
    """
    return [f"a{level}", *(f"d{depth}" for depth in range(level, 0, -1))]


def energy(coefficients: np.ndarray, total: np.ndarray) -> np.ndarray:  # noqa: ARG001
    """Return the sum of squares of the sub-band, in square microvolts."""
    return np.square(coefficients).sum(axis=-1)


def relative_energy(coefficients: np.ndarray, total: np.ndarray) -> np.ndarray:
    """Return the energy of the sub-band over that of all; 0 if all are 0."""
    return divide(np.square(coefficients).sum(axis=-1), total)


def mean_absolute_value(coefficients: np.ndarray, total: np.ndarray) -> np.ndarray:  # noqa: ARG001
    """Return the mean of the absolute coefficients, in microvolts."""
    return np.abs(coefficients).mean(axis=-1)


def standard_deviation(coefficients: np.ndarray, total: np.ndarray) -> np.ndarray:  # noqa: ARG001
    """Return the standard deviation of the coefficients, in microvolts."""
    return coefficients.std(axis=-1)


def entropy(coefficients: np.ndarray, total: np.ndarray) -> np.ndarray:  # noqa: ARG001
    """Return the Shannon entropy, in bits, of the energy's distribution over the coefficients [1]_.

    0 for a sub-band whose coefficients are all 0.

    References
    ----------
    .. [1] Coifman RR, Wickerhauser MV (1992) Entropy-based algorithms for best basis selection.
       IEEE Trans. Inf. Theory 38, 713-718. https://doi.org/10.1109/18.119732
    """
    square = np.square(coefficients)
    share = divide(square, square.sum(axis=-1, keepdims=True))
    logarithm = np.log2(share, out=np.zeros_like(share), where=share > 0)
    return np.abs(-(share * logarithm).sum(axis=-1))


WAVELET_STATISTICS: dict[str, Callable[[np.ndarray, np.ndarray], np.ndarray]] = {
    "energy": energy,
    "relative_energy": relative_energy,
    "mean_absolute_value": mean_absolute_value,
    "standard_deviation": standard_deviation,
    "entropy": entropy,
}
