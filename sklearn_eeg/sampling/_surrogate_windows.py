"""Windows made of real ones: with noise, shifted in time, put together from parts."""

import numpy as np


def draw_sources(n_available: int, n_windows: int, random_state: np.random.Generator) -> np.ndarray:
    """Draw the windows to start from: each once, in random order, before any comes again.

    Parameters
    ----------
    n_available : int
        Number of windows there are.
    n_windows : int
        Number of windows wanted.
    random_state : numpy.random.Generator
        Source of the order.

    Returns
    -------
    sources : ndarray of int of shape (n_windows,)
        Indices of windows.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.sampling._surrogate_windows import draw_sources
    >>> sorted(np.bincount(draw_sources(3, 7, np.random.default_rng(0))).tolist())
    [2, 2, 3]
    """
    rounds = -(-n_windows // n_available)
    order = random_state.permuted(np.tile(np.arange(n_available), (rounds, 1)), axis=1)
    return order.ravel()[:n_windows]


def add_noise(windows: np.ndarray, share: float, random_state: np.random.Generator) -> np.ndarray:
    """Add white noise to each channel, as loud as a share of the channel's standard deviation.

    Parameters
    ----------
    windows : ndarray of shape (n_windows, n_channels, n_times)
        Windows, in microvolts.
    share : float
        Standard deviation of the noise over that of the channel in its window.
    random_state : numpy.random.Generator
        Source of the noise.

    Returns
    -------
    noisy : ndarray of shape (n_windows, n_channels, n_times)
        Windows, in microvolts; a constant channel stays.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.sampling._surrogate_windows import add_noise
    >>> windows = np.random.default_rng(0).normal(scale=20, size=(1, 1, 10_000))
    >>> round(add_noise(windows, 0.75, np.random.default_rng(1)).std())  # 20 times (1 + 0.75**2) ** 0.5
    25
    """
    return windows + share * windows.std(axis=-1, keepdims=True) * random_state.normal(size=windows.shape)


def shift_in_time(
    windows: np.ndarray, max_shift: float, boundary: str, random_state: np.random.Generator
) -> np.ndarray:
    """Shift each window in time, all channels together, by a random number of time points other than 0.

    Parameters
    ----------
    windows : ndarray of shape (n_windows, n_channels, n_times)
        Windows, in microvolts.
    max_shift : float
        Largest shift as a share of the window, between 0 and 1; one time point is always allowed.
    boundary : {"reflect", "circular"}
        What fills the time that becomes free: the window mirrored at its end, or what left it at the other.
    random_state : numpy.random.Generator
        Source of the shifts.

    Returns
    -------
    shifted : ndarray of shape (n_windows, n_channels, n_times)
        Windows, in microvolts.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.sampling._surrogate_windows import shift_in_time
    >>> window = np.array([[[1.0, 2.0, 3.0, 4.0]]])
    >>> shift_in_time(window, 0.25, "reflect", np.random.default_rng(0)).tolist()
    [[[2.0, 3.0, 4.0, 4.0]]]
    >>> shift_in_time(window, 0.25, "circular", np.random.default_rng(0)).tolist()
    [[[2.0, 3.0, 4.0, 1.0]]]
    """
    n_times = windows.shape[-1]
    largest = max(1, min(int(max_shift * n_times), n_times - 1))
    shifts = random_state.integers(1, largest + 1, len(windows)) * random_state.choice([-1, 1], len(windows))
    times = np.arange(n_times) + shifts[:, np.newaxis]
    if boundary == "circular":
        times %= n_times
    else:
        times %= 2 * n_times
        times = np.minimum(times, 2 * n_times - 1 - times)
    return np.take_along_axis(windows, times[:, np.newaxis], axis=-1)


def recombine_segments(
    windows: np.ndarray,
    n_windows: int,
    n_segments: int,
    random_state: np.random.Generator,
    *,
    crossfade: float = 0.0,
) -> np.ndarray:
    """Put windows together from segments of several windows, each segment staying at its place in time.

    Parameters
    ----------
    windows : ndarray of shape (n_available, n_channels, n_times)
        Windows of one class, in microvolts.
    n_windows : int
        Number of windows wanted.
    n_segments : int
        Number of segments of (nearly) equal length, all channels together; at most `n_times` count.
    random_state : numpy.random.Generator
        Source of the choice; the segments of a window come from different windows as far as there are enough.
    crossfade : float, default=0.0
        Share of a segment over which it passes into the next, from 0 to 1.

    Returns
    -------
    recombined : ndarray of shape (n_windows, n_channels, n_times)
        Windows, in microvolts.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.sampling._surrogate_windows import recombine_segments
    >>> windows = np.array([[[1.0, 1.0, 1.0, 1.0]], [[2.0, 2.0, 2.0, 2.0]]])
    >>> sorted(recombine_segments(windows, 20, 2, np.random.default_rng(0))[:, 0].tolist())[::19]
    [[1.0, 1.0, 2.0, 2.0], [2.0, 2.0, 1.0, 1.0]]
    """
    n_available, _, n_times = windows.shape
    order = random_state.permuted(np.tile(np.arange(n_available), (n_windows, 1)), axis=1)
    recombined = np.zeros((n_windows, *windows.shape[1:]))
    for index, weights in enumerate(_segment_weights(n_times, min(n_segments, n_times), crossfade)):
        part = slice(*np.flatnonzero(weights)[[0, -1]] + [0, 1])
        recombined[..., part] += windows[order[:, index % n_available], :, part] * weights[part]
    return recombined


def _segment_weights(n_times: int, n_segments: int, crossfade: float) -> np.ndarray:
    """Return how much of each segment is in each time point, of shape (n_segments, n_times), 1 in all."""
    edges = np.ceil(np.arange(n_segments) * n_times / n_segments)[:, np.newaxis] - 0.5
    width = max(crossfade * n_times / n_segments, 1e-9)
    rise = np.sin(np.pi / 2 * np.clip((np.arange(n_times) - edges) / width + 0.5, 0, 1)) ** 2
    rise[0] = 1
    return rise - np.append(rise[1:], np.zeros((1, n_times)), axis=0)
