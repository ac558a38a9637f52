"""Wavelet shrinkage: noise removed by thresholds on the wavelet coefficients.

``THRESHOLD_RULES`` and ``THRESHOLD_MODES`` are the tables that :class:`sklearn_eeg.preprocessing.Denoiser`
reads: names, and the numbers by which the kernel knows them.
"""

from functools import lru_cache

import numpy as np

from ._flat import is_flat, restore_type
from ._kernel import as_rows
from ._shrinkage_kernel import BAYES, GARROTE, HARD, SOFT, SURE, UNIVERSAL, inverse_filters, shrink
from ._wavelet_kernel import filters_of, pack, plan_steps, round_up

_MAD_OF_UNIT_NORMAL = 0.6744897501960817

THRESHOLD_RULES: dict[str, int] = {"sure": SURE, "universal": UNIVERSAL, "bayes": BAYES}
THRESHOLD_MODES: dict[str, int] = {"soft": SOFT, "hard": HARD, "garrote": GARROTE}


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
        Number of decompositions; 0 returns the signal as it is. From ``max_level(n_times, wavelet) + 1`` on
        every coefficient depends on the extension at the ends.
    rule : {"sure", "universal", "bayes"}, default="sure"
        How the threshold of each level is found from the noise.
    mode : {"soft", "hard", "garrote"}, default="soft"
        What becomes of details above the threshold: drawn towards 0 by it, kept, or drawn the less the
        larger they are. Those below become 0.

    Returns
    -------
    denoised : ndarray of shape (..., n_times)
        Signal, in microvolts, in float32 if `x` is and in float64 otherwise. NaN spreads over all of its
        signal.

    Raises
    ------
    ValueError
        If `rule`, `mode`, `level` or `wavelet` is not one of the above.

    Notes
    -----
    The noise level sigma is the median magnitude of the finest details over 0.6745, so the signal must
    not have been low-pass filtered before. With d the n details of a level the threshold is

    * "universal" [1]_: ``sigma sqrt(2 log n_times)``, above nearly all of the noise;
    * "sure" [2]_: that of smallest risk by Stein's estimate for soft thresholding, at most the universal
      one: with c the ``abs(d) / sigma``, the t among 0 and the c that makes ``n - 2 #{c <= t} +
      sum(min(c, t)**2)`` smallest;
    * "bayes" [3]_: ``sigma**2 / sqrt(mean(d**2) - sigma**2)``, the variance of the noise over the standard
      deviation of the signal; all details become 0 where that is not positive.

    A detail d above the threshold t becomes ``d - sign(d) t`` ("soft"), d ("hard") or ``d - t**2 / d``
    ("garrote" [4]_). The ends are extended by reflection, the value at the end repeated. The result equals
    that of :func:`pywt.wavedec`, :func:`pywt.threshold` and :func:`pywt.waverec` but for rounding. A
    constant signal, or one without noise (sigma of 0), stays as it is.

    References
    ----------
    .. [1] Donoho DL, Johnstone IM (1994) Ideal spatial adaptation by wavelet shrinkage. Biometrika
       81, 425-455. https://doi.org/10.1093/biomet/81.3.425
    .. [2] Donoho DL, Johnstone IM (1995) Adapting to unknown smoothness via wavelet shrinkage.
       J. Am. Stat. Assoc. 90, 1200-1224. https://doi.org/10.1080/01621459.1995.10476626
    .. [3] Chang SG, Yu B, Vetterli M (2000) Adaptive wavelet thresholding for image denoising and
       compression. IEEE Trans. Image Process. 9, 1532-1546. https://doi.org/10.1109/83.862633
    .. [4] Gao HY (1998) Wavelet shrinkage denoising using the non-negative garrote. J. Comput. Graph.
       Stat. 7, 469-488. https://doi.org/10.1080/10618600.1998.10474789

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
    if rule not in THRESHOLD_RULES or mode not in THRESHOLD_MODES:
        raise ValueError(
            f"`rule` must be among {sorted(THRESHOLD_RULES)} and `mode` among {sorted(THRESHOLD_MODES)}, got "
            f"{rule!r} and {mode!r}."
        )
    if level < 0:
        raise ValueError(f"`level` must be at least 0, got {level}.")
    x = np.asarray(x)
    if level == 0:
        return restore_type(x, x)
    rows = as_rows(x)
    out = np.empty_like(rows)
    plan = _plan(rows.shape[1], wavelet, level)
    # kernels are compiled for arrays that may be written to, and only for these
    writeable = rows if rows.flags.writeable else rows.copy()
    shrink(writeable, *plan, THRESHOLD_RULES[rule], THRESHOLD_MODES[mode], out)
    ends_meet = np.flatnonzero(rows[:, 0] == rows[:, -1])
    flat = ends_meet[is_flat(rows[ends_meet])] if ends_meet.size else ends_meet
    out[flat] = rows[flat]
    return restore_type(out.reshape(x.shape), x)


@lru_cache(maxsize=16)
def _plan(n_times: int, wavelet: str, level: int) -> tuple:
    """Return what the kernel needs to know of the two transforms, which does not change the arrays."""
    filters, n_taps = filters_of(wavelet)
    steps = plan_steps(n_times, n_taps, level, "symmetric")
    starts = np.cumsum([0, round_up(steps[-1].n_out), *(round_up(step.n_out) for step in reversed(steps))])
    return (*pack(steps), filters, starts, inverse_filters(wavelet))
