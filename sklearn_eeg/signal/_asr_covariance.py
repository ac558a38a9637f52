"""What artifact subspace reconstruction looks at: weighted covariances of short stretches."""

from functools import lru_cache
from itertools import pairwise

import numpy as np
from scipy.fft import next_fast_len

from ._fft import irfft, rfft

STRETCH_SECONDS = 0.5
_FREQS_HZ = (0.5, 3.0, 13.0, 16.0)
_GAINS = (1.0, 0.33, 0.33, 1.0)


def weigh(x: np.ndarray, sfreq: float) -> np.ndarray:
    """Weigh frequencies by how likely they are to hold artefacts rather than EEG.

    Parameters
    ----------
    x : ndarray of shape (..., n_times)
        Signal, in microvolts.
    sfreq : float
        Sampling frequency, in Hz.

    Returns
    -------
    weighted : ndarray of shape (..., n_times)
        The signal, in microvolts, its phases kept.

    Notes
    -----
    The mean is removed. The gain is 1 up to 0.5 Hz, falls to 0.33 at 3, where EEG and seizures are
    rhythmic, rises again from 13 to 16 Hz and is 1 above, without shift in time. The original [1]_ has
    gains of 3 below 0.5 and above 80 Hz besides; on simulated seizures and artefacts these found less, no
    weighting at all took seizures for artefacts, and a gain of 0 at 0 Hz overlooked drift. The ends are
    extended by even reflection over at most 0.5 s. A constant channel becomes 0.

    References
    ----------
    .. [1] Mullen TR, Kothe CAE, Chi YM, et al. (2015) Real-time neuroimaging and cognitive monitoring
       using wearable dry EEG. IEEE Trans. Biomed. Eng. 62, 2553-2567.
       https://doi.org/10.1109/TBME.2015.2481482

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.signal._asr_covariance import weigh
    >>> x = 7 + np.cos(2 * np.pi * 8 * np.arange(512) / 128)
    >>> round(float(weigh(x, 128.0)[128:384].std() / x.std()), 3)
    0.33
    """
    n_times = x.shape[-1]
    pad = min(round(sfreq / 2), n_times - 1)
    total = next_fast_len(n_times + 2 * pad, real=True)
    before, after = x[..., 1 : pad + 1][..., ::-1], x[..., n_times - pad - 1 : n_times - 1][..., ::-1]
    filled = np.zeros((*x.shape[:-1], total))
    mean = x.mean(axis=-1, keepdims=True)
    for start, part in ((0, before), (pad, x), (pad + n_times, after)):
        np.subtract(part, mean, out=filled[..., start : start + part.shape[-1]])
    spectrum = rfft(filled)
    spectrum *= _gains(total, sfreq)
    return irfft(spectrum, total)[..., pad : pad + n_times]


@lru_cache(maxsize=8)
def _gains(n_times: int, sfreq: float) -> np.ndarray:
    return np.interp(np.fft.rfftfreq(n_times, 1 / sfreq), _FREQS_HZ, _GAINS)


def block_edges(n_times: int, sfreq: float, n_channels: int) -> np.ndarray:
    """Return the edges of the blocks of a window; a stretch is two blocks, or one if there is but one.

    Notes
    -----
    A stretch has about 0.5 s, but at least 1.5 points for each channel, so that its covariance has a
    meaning; a shorter window is one stretch.

    Examples
    --------
    >>> from sklearn_eeg.signal._asr_covariance import block_edges
    >>> block_edges(128, 128.0, 19).tolist()
    [0, 32, 64, 96, 128]
    >>> block_edges(20, 128.0, 19).tolist()
    [0, 20]
    """
    stretch = max(STRETCH_SECONDS * sfreq, 1.5 * n_channels)
    n_blocks = int(2 * n_times / stretch)
    return np.linspace(0, n_times, max(n_blocks, 1) + 1).round().astype(int)


def stretch_covariances(x: np.ndarray, edges: np.ndarray) -> np.ndarray:
    """Return the covariances of the stretches of windows: the mean of products, no mean subtracted.

    Parameters
    ----------
    x : ndarray of shape (n_windows, n_channels, n_times)
        Windows, in microvolts.
    edges : ndarray of int of shape (n_blocks + 1,)
        Edges of the blocks. A stretch is two neighbouring blocks, or the only one.

    Returns
    -------
    covariances : ndarray of shape (n_windows, n_stretches, n_channels, n_channels)
        In square microvolts.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.signal._asr_covariance import stretch_covariances
    >>> x = np.array([[[1.0, 1.0, 2.0, 2.0, 4.0, 4.0]]])
    >>> stretch_covariances(x, np.array([0, 2, 4, 6])).ravel().tolist()
    [2.5, 10.0]
    """
    n_windows, n_channels, _ = x.shape
    sums = np.empty((n_windows, len(edges) - 1, n_channels, n_channels))
    for block, (start, stop) in enumerate(pairwise(edges)):
        part = x[..., start:stop]
        np.matmul(part, part.swapaxes(1, 2), out=sums[:, block])
    if len(edges) == 2:
        return sums / edges[-1]
    sums[:, :-1] += sums[:, 1:]
    return sums[:, :-1] / (edges[2:] - edges[:-2])[:, np.newaxis, np.newaxis]
