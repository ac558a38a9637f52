"""Wavelet shrinkage: noise removed by thresholds on the wavelet coefficients.

``THRESHOLD_RULES`` is the table that :class:`sklearn_eeg.preprocessing.Denoiser` reads.
"""

from collections.abc import Callable

import numpy as np
import pywt

from ._flat import divide, restore_type

_MAD_OF_UNIT_NORMAL = 0.6744897501960817


def noise_level(details: np.ndarray) -> np.ndarray:
    """Return the standard deviation of white noise, estimated from the finest wavelet details.

    Parameters
    ----------
    details : ndarray of shape (..., n_coefficients)
        Wavelet details of the first level, in microvolts.

    Returns
    -------
    sigma : ndarray of shape (..., 1)
        ``median(abs(details)) / 0.6745``, in microvolts.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.signal import noise_level
    >>> noise = np.random.default_rng(0).normal(scale=3, size=100_000)
    >>> round(float(noise_level(noise)[0]), 1)
    3.0
    """
    return np.median(np.abs(details), axis=-1, keepdims=True) / _MAD_OF_UNIT_NORMAL


def universal_threshold(details: np.ndarray, sigma: np.ndarray, n_times: int) -> np.ndarray:  # noqa: ARG001
    """Return the universal threshold of VisuShrink, sigma * sqrt(2 log n_times) [1]_.

    References
    ----------
    .. [1] Donoho DL, Johnstone IM (1994) Ideal spatial adaptation by wavelet shrinkage. Biometrika
       81, 425-455. https://doi.org/10.1093/biomet/81.3.425
    """
    return sigma * np.sqrt(2 * np.log(n_times)).astype(sigma.dtype)


def sure_threshold(details: np.ndarray, sigma: np.ndarray, n_times: int) -> np.ndarray:
    """Return the threshold of smallest estimated risk (SURE), at most the universal one [1]_.

    Notes
    -----
    With c the details over sigma, n of them, Stein's unbiased estimate of the risk of soft
    thresholding at t is ``n - 2 #{|c| <= t} + sum(min(|c|, t)**2)``. It is smallest at 0 or at one of
    the |c|, so these are tried.

    References
    ----------
    .. [1] Donoho DL, Johnstone IM (1995) Adapting to unknown smoothness via wavelet shrinkage.
       J. Am. Stat. Assoc. 90, 1200-1224. https://doi.org/10.1080/01621459.1995.10476626
    """
    limit = np.sqrt(2 * np.log(n_times))
    magnitude = np.sort(np.abs(divide(details.astype(np.float64), sigma)), axis=-1)
    magnitude = np.minimum(magnitude, 1e6)  # far above the limit: only keeps squares finite
    n = magnitude.shape[-1]
    rank = np.arange(1, n + 1)
    square = np.square(magnitude)
    risk = n - 2 * rank + square.cumsum(axis=-1) + (n - rank) * square
    best = np.take_along_axis(magnitude, risk.argmin(axis=-1, keepdims=True), axis=-1)
    best = np.where(risk.min(axis=-1, keepdims=True) < n, best, 0)  # n is the risk of t = 0
    return sigma * np.minimum(best, limit).astype(sigma.dtype)


THRESHOLD_RULES: dict[str, Callable[[np.ndarray, np.ndarray, int], np.ndarray]] = {
    "sure": sure_threshold,
    "universal": universal_threshold,
}


def wavelet_shrinkage(
    x: np.ndarray, wavelet: str, level: int, *, rule: str = "sure", mode: str = "soft"
) -> np.ndarray:
    """Remove white noise by thresholding the details of a wavelet transform.

    Parameters
    ----------
    x : ndarray of shape (..., n_times)
        Signal, in microvolts.
    wavelet : str
        Name of a discrete wavelet of PyWavelets.
    level : int
        Number of decompositions; 0 returns the signal as it is.
    rule : {"sure", "universal"}, default="sure"
        How the threshold of each level is found from the noise.
    mode : {"soft", "hard"}, default="soft"
        Whether details above the threshold are drawn towards 0 by it or kept.

    Returns
    -------
    denoised : ndarray of shape (..., n_times)
        Signal, in microvolts, in float32 if `x` is and in float64 otherwise.

    Raises
    ------
    ValueError
        If `rule` or `mode` is not known.

    Notes
    -----
    The noise level is taken from the finest details, so the signal must not have been low-pass
    filtered before.

    References
    ----------
    .. [1] Donoho DL (1995) De-noising by soft-thresholding. IEEE Trans. Inf. Theory 41, 613-627.
       https://doi.org/10.1109/18.382009

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.signal import wavelet_shrinkage
    >>> clean = 50 * np.sin(2 * np.pi * 3 * np.arange(1024) / 256)
    >>> noisy = clean + np.random.default_rng(0).normal(scale=5, size=1024)
    >>> before = np.square(noisy - clean).mean()
    >>> after = np.square(wavelet_shrinkage(noisy, "sym4", 4) - clean).mean()
    >>> bool(after < before / 3)
    True
    """
    if rule not in THRESHOLD_RULES or mode not in ("soft", "hard"):
        raise ValueError(
            f"`rule` must be among {sorted(THRESHOLD_RULES)} and `mode` 'soft' or 'hard', got {rule!r} and "
            f"{mode!r}."
        )
    if level == 0:
        return restore_type(x, x)
    n_times = x.shape[-1]
    approximation, *details = pywt.wavedec(x, wavelet, level=level, axis=-1)
    sigma = noise_level(details[-1])
    shrunk = [_threshold(d, THRESHOLD_RULES[rule](d, sigma, n_times), mode) for d in details]
    restored = pywt.waverec([approximation, *shrunk], wavelet, axis=-1)
    return restore_type(restored[..., :n_times], x)


def _threshold(details: np.ndarray, threshold: np.ndarray, mode: str) -> np.ndarray:
    magnitude = np.abs(details)
    if mode == "hard":
        return np.where(magnitude >= threshold, details, 0)
    return np.sign(details) * np.maximum(magnitude - threshold, 0)
