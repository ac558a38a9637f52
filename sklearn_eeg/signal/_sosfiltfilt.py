"""Second-order sections run forward and backward over many signals at once.

A recursive filter must go through a signal point by point, but it can take several signals abreast: these
are laid as lanes of a block of shape (n_points, LANES), so that one vector instruction works on all.
"""

import numpy as np

from ._flat import restore_type
from ._kernel import as_rows, kernel

LANES = 16  # signals run abreast: two vector registers of AVX-512
_NEUTRAL = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)  # the section that changes nothing
_PADTYPES = ("odd", "even")


def sosfiltfilt(sections: np.ndarray, x: np.ndarray, *, padtype: str, padlen: int) -> np.ndarray:
    """Run a filter of second-order sections forward and backward over signals.

    Parameters
    ----------
    sections : ndarray of shape (n_sections, 6)
        Sections as scipy.signal designs them: ``b0, b1, b2, 1, a1, a2`` of each.
    x : ndarray of shape (..., n_times)
        Signal, in microvolts.
    padtype : {"odd", "even"}
        How the ends are extended: by reflection, turned about the end's value ("odd") or not ("even").
    padlen : int
        Points by which each end is extended, at most ``n_times - 1``.

    Returns
    -------
    filtered : ndarray of shape (..., n_times)
        Filtered signal, in float32 if `x` is and in float64 otherwise. NaN spreads over all
        of its signal.

    Raises
    ------
    ValueError
        If `padtype` is not known or `padlen` is out of range.

    Notes
    -----
    Equal to :func:`scipy.signal.sosfiltfilt` but for rounding: each run begins in the state in which
    the filter would be had the first value of the extended signal lasted for ever.

    References
    ----------
    .. [1] Gustafsson F (1996) Determining the initial states in forward-backward filtering. IEEE Trans.
       Signal Process. 44, 988-992. https://doi.org/10.1109/78.492552

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.signal._sosfiltfilt import sosfiltfilt
    >>> mean_of_two = np.array([[0.5, 0.5, 0.0, 1.0, 0.0, 0.0]])
    >>> sosfiltfilt(mean_of_two, np.array([0.0, 4.0, 0.0]), padtype="even", padlen=1).tolist()
    [2.0, 2.0, 2.0]
    """
    n_times = x.shape[-1]
    if padtype not in _PADTYPES:
        raise ValueError(f"`padtype` must be 'odd' or 'even', got {padtype!r}.")
    if not 0 <= padlen < n_times:
        raise ValueError(f"`padlen` must lie between 0 and {n_times - 1} (n_times - 1), got {padlen}.")
    rows = as_rows(x)
    out = np.empty_like(rows)
    paired, steady = _in_pairs(sections)
    _run(_writeable(rows), paired, steady, padlen, padtype == "odd", out)
    return restore_type(out.reshape(x.shape), x)


def _in_pairs(sections: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return an even number of sections, and the state of each after a signal that is 1 for ever."""
    sections = np.asarray(sections, dtype=np.float64)
    if len(sections) % 2 == 1:
        sections = np.vstack([sections, _NEUTRAL])
    steady, value = np.empty((len(sections), 2)), 1.0
    for state, (b0, b1, b2, _, a1, a2) in zip(steady, sections, strict=True):
        output = value * (b0 + b1 + b2) / (1 + a1 + a2)
        state[1] = b2 * value - a2 * output
        state[0] = b1 * value - a1 * output + state[1]
        value = output
    return np.ascontiguousarray(sections), steady


def _writeable(rows: np.ndarray) -> np.ndarray:
    """Return rows of the one type that kernels are compiled for."""
    return rows if rows.flags.writeable else rows.copy()


@kernel
def _run(
    rows: np.ndarray, sections: np.ndarray, steady: np.ndarray, padlen: int, odd: bool, out: np.ndarray
) -> None:
    """Fill out with the filtered rows, LANES of them at a time."""
    n_rows, n_times = rows.shape
    block = np.zeros((n_times + 2 * padlen, LANES))
    state = np.empty((len(sections), 2, LANES))
    for first in range(0, n_rows, LANES):
        n_lanes = min(LANES, n_rows - first)
        _lay(rows[first : first + n_lanes], padlen, odd, block)
        for back in range(2):
            _pass(block, sections, steady, state, back == 1)
        for lane in range(n_lanes):
            for i in range(n_times):
                out[first + lane, i] = block[padlen + i, lane]


@kernel
def _lay(rows: np.ndarray, padlen: int, odd: bool, block: np.ndarray) -> None:
    """Fill the lanes of a block with signals, extended at both ends; those left over hold what they did."""
    n_lanes, n_times = rows.shape
    last = n_times - 1
    sign = -1.0 if odd else 1.0
    for lane in range(n_lanes):
        row = rows[lane]
        for i in range(n_times):
            block[padlen + i, lane] = row[i]
        before, after = (2.0 * row[0], 2.0 * row[last]) if odd else (0.0, 0.0)
        for i in range(1, padlen + 1):
            block[padlen - i, lane] = before + sign * row[i]
            block[padlen + last + i, lane] = after + sign * row[last - i]


@kernel
def _pass(block: np.ndarray, sections: np.ndarray, steady: np.ndarray, state: np.ndarray, back: bool) -> None:
    """Run the sections over a block in place, two of them at a time, from its end if `back`."""
    n = len(block)
    start, step = (n - 1, -1) if back else (0, 1)
    for lane in range(LANES):
        value = block[start, lane]
        for k in range(len(sections)):
            state[k, 0, lane] = steady[k, 0] * value
            state[k, 1, lane] = steady[k, 1] * value
    for k in range(0, len(sections), 2):
        b0, b1, b2 = sections[k, 0], sections[k, 1], sections[k, 2]
        a1, a2 = sections[k, 4], sections[k, 5]
        d0, d1, d2 = sections[k + 1, 0], sections[k + 1, 1], sections[k + 1, 2]
        c1, c2 = sections[k + 1, 4], sections[k + 1, 5]
        for i in range(n):
            t = start + step * i
            for lane in range(LANES):
                x = block[t, lane]
                y = b0 * x + state[k, 0, lane]
                state[k, 0, lane] = b1 * x - a1 * y + state[k, 1, lane]
                state[k, 1, lane] = b2 * x - a2 * y
                z = d0 * y + state[k + 1, 0, lane]
                state[k + 1, 0, lane] = d1 * y - c1 * z + state[k + 1, 1, lane]
                state[k + 1, 1, lane] = d2 * y - c2 * z
                block[t, lane] = z
