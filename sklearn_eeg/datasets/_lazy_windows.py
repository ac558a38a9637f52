"""Windows that are read from their recordings when they are asked for."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

_VALUES_AT_ONCE = 2**24  # read in one piece: 128 MB in float64


class LazyWindows:
    """Windows of recordings, as an array that is read piece by piece.

    It has the shape of an array (n_windows, n_channels, n_times), in microvolts. An index gives an
    array, for which only the recordings' samples in question are read; windows that overlap are read
    together, each sample once.

    Parameters
    ----------
    recordings : sequence of Recording
        The recordings, all of the same channels.
    places : int ndarray of shape (n_windows, 2)
        For each window the number of its recording, and its first sample in it.
    n_times : int
        Number of samples of a window.
    dtype : dtype, default=numpy.float64
        Type of the values.

    Attributes
    ----------
    shape : tuple of int
        ``(n_windows, n_channels, n_times)``.
    ndim : int
        3.
    size : int
        Number of values.
    dtype : numpy.dtype
        Type of the values.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.datasets import Recording
    >>> from sklearn_eeg.datasets._lazy_windows import LazyWindows
    >>> recording = Recording.from_array(np.arange(10.0)[np.newaxis], sfreq=1)
    >>> windows = LazyWindows([recording], np.array([[0, 0], [0, 2], [0, 4]]), n_times=4)
    >>> windows.shape
    (3, 1, 4)
    >>> windows[1:]
    array([[[2., 3., 4., 5.]],
           [[4., 5., 6., 7.]]])
    """

    ndim = 3

    def __init__(
        self, recordings: Sequence[Any], places: np.ndarray, n_times: int, dtype: DTypeLike = np.float64
    ) -> None:
        self._recordings = tuple(recordings)
        self._places = np.asarray(places, dtype=np.int64).reshape(-1, 2)
        self.dtype = np.dtype(dtype)
        self.shape = (len(self._places), int(self._recordings[0].n_channels), int(n_times))

    @property
    def size(self) -> int:
        """Number of values."""
        return int(np.prod(self.shape))

    def __len__(self) -> int:
        return self.shape[0]

    def __repr__(self) -> str:
        return f"LazyWindows(shape={self.shape}, dtype={self.dtype})"

    def __getitem__(self, index: Any) -> np.ndarray:
        parts = index if isinstance(index, tuple) else (index,)
        if not parts or parts[0] is Ellipsis or parts[0] is None or isinstance(parts[0], bool | np.bool_):
            return self._read(np.arange(len(self)))[index]
        first, *rest = parts
        chosen = np.asarray(np.arange(len(self))[first])
        windows = self._read(chosen.ravel())
        if not rest:
            return windows.reshape(*chosen.shape, *self.shape[1:])
        places = slice(None) if isinstance(first, slice) else np.arange(chosen.size).reshape(chosen.shape)
        return windows[(places, *rest)]

    def __iter__(self) -> Iterator[np.ndarray]:
        return (self[place] for place in range(len(self)))

    def __array__(self, dtype: DTypeLike | None = None, copy: bool | None = None) -> np.ndarray:
        if copy is False:
            raise ValueError("Lazy windows have no array to share: a copy must be allowed.")
        windows = self._read(np.arange(len(self)))
        return windows if dtype is None else windows.astype(dtype, copy=False)

    def blocks(self, n_windows: int) -> Iterator[np.ndarray]:
        """Go through the windows in order, some at a time.

        Parameters
        ----------
        n_windows : int
            How many windows to read at a time, at least 1.

        Yields
        ------
        windows : ndarray of shape (at most n_windows, n_channels, n_times)
            The next windows, in microvolts.

        Raises
        ------
        ValueError
            If `n_windows` is below 1.
        """
        if n_windows < 1:
            raise ValueError(f"`n_windows` must be at least 1, got {n_windows}.")
        return (self[first : first + n_windows] for first in range(0, len(self), n_windows))

    def _read(self, chosen: np.ndarray) -> np.ndarray:
        """Return some windows, by number, in the order asked for."""
        windows = np.empty((len(chosen), *self.shape[1:]), dtype=self.dtype)
        places = self._places[chosen]
        order = np.lexsort((places[:, 1], places[:, 0]))
        for rows in np.split(order, self._cuts(places[order])):
            if not len(rows):
                continue
            number, first = places[rows[0]].tolist()
            last = int(places[rows[-1], 1]) + self.shape[2]
            stretch = self._recordings[number].read_times(first, last)
            for row in rows:
                offset = places[row, 1] - first
                windows[row] = stretch[:, offset : offset + self.shape[2]]
        return windows

    def _cuts(self, places: np.ndarray) -> list[int]:
        """Return where to cut sorted places into stretches without a hole, none of them too long."""
        longest = max(self.shape[2], _VALUES_AT_ONCE // self.shape[1])
        apart = (np.diff(places[:, 0]) != 0) | (np.diff(places[:, 1]) > self.shape[2])
        cuts, begin = [], 0
        for row in range(1, len(places)):
            if apart[row - 1] or places[row, 1] + self.shape[2] - places[begin, 1] > longest:
                cuts.append(row)
                begin = row
        return cuts
