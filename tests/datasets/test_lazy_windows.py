import pickle

import numpy as np
import pytest
from sklearn.model_selection import train_test_split
from sklearn.utils import _safe_indexing

from sklearn_eeg.datasets import Recording, _lazy_windows
from sklearn_eeg.datasets._lazy_windows import LazyWindows

PLACES = [(0, 0), (0, 10), (0, 20), (1, 5), (1, 60), (1, 65), (0, 70), (0, 3)]


@pytest.fixture
def recordings():
    rng = np.random.default_rng(0)
    return [Recording.from_array(rng.normal(size=(3, 100)), sfreq=10, name=name) for name in "ab"]


@pytest.fixture
def windows(recordings):
    return LazyWindows(recordings, np.array(PLACES), n_times=20)


@pytest.fixture
def array(recordings):
    return np.stack([recordings[number].read_times(first, first + 20) for number, first in PLACES])


def test_it_looks_like_an_array(windows):
    assert windows.shape == (8, 3, 20)
    assert (windows.ndim, windows.size, len(windows), windows.dtype) == (3, 480, 8, np.float64)
    assert repr(windows) == "LazyWindows(shape=(8, 3, 20), dtype=float64)"


@pytest.mark.parametrize(
    "index",
    [
        0,
        -1,
        np.int64(3),
        slice(None),
        slice(2, 7, 2),
        slice(None, None, -1),
        slice(5, 2),
        [3, 0, 3, -1],
        np.array([[0, 1], [6, 7]]),
        np.arange(8) % 3 == 0,
        np.zeros(8, dtype=bool),
        (0, 1),
        (slice(2, 5), 1, slice(3, 9)),
        (slice(2, 5), slice(None), -1),
        ([2, 4], ...),
        (2, ..., 4),
        (..., 3),
        ...,
        (None, 0),
        (),
        True,
        (True, 0),
        ([0, 1], [0, 1]),
        ([0, 3], slice(None), [3, 4]),
        ([0, 3], 1, [3, 4]),
        ([[0, 3], [1, 1]], [[0], [2]]),
        ([[0, 3], [1, 1]], slice(None), 4),
        np.ix_([0, 5, 2], [2, 0]),
        np.ix_([0, 5], [2, 0], [7, 8, 1]),
        (np.arange(8) > 5, [1, 2]),
        (0, [1, 2]),
        (-1, slice(None), [1, 2]),
        (0, ..., [1, 2]),
        (np.int64(3), [0, 1], [3, 4]),
        (slice(5, 2, -1), [0, 1], [3, 4]),
        (slice(2, 5), slice(None), [3, 4]),
        (range(3), None, [1]),
        (4, None),
    ],
)
def test_indices_are_those_of_numpy(windows, array, index):
    found = windows[index]
    assert type(found) is np.ndarray or np.ndim(found) == 0
    np.testing.assert_array_equal(found, array[index])
    assert np.shape(found) == array[index].shape


@pytest.mark.parametrize(
    "index", [8, -9, [0, 8], np.ones(7, dtype=bool), "a", 1.5, ([0, 1], [0, 1, 2]), (0, 3)]
)
def test_indices_out_of_range(windows, array, index):
    with pytest.raises(IndexError):
        array[index]
    with pytest.raises(IndexError):
        windows[index]


def test_conversion_to_an_array(windows, array):
    np.testing.assert_array_equal(np.asarray(windows), array)
    assert np.asarray(windows, dtype=np.float32).dtype == np.float32
    np.testing.assert_array_equal(list(windows), array)
    with pytest.raises(ValueError, match="a copy must be allowed"):
        np.array(windows, copy=False)


def test_single_precision(recordings, array):
    windows = LazyWindows(recordings, np.array(PLACES), 20, np.float32)
    assert windows[1:3].dtype == windows.dtype == np.float32
    np.testing.assert_array_equal(windows[:], array.astype(np.float32))


@pytest.mark.parametrize("n_windows", [1, 3, 8, 100])
def test_blocks(windows, array, n_windows):
    blocks = list(windows.blocks(n_windows))
    assert {len(block) for block in blocks[:-1]} <= {n_windows}
    np.testing.assert_array_equal(np.concatenate(blocks), array)


def test_blocks_of_nothing(windows):
    with pytest.raises(ValueError, match="`n_windows` must be at least 1, got 0"):
        windows.blocks(0)


def test_pickle(windows, array):
    again = pickle.loads(pickle.dumps(windows))
    assert again.shape == windows.shape
    np.testing.assert_array_equal(again[:], array)


def test_scikit_learn_can_split_it(windows, array):
    rows = [5, 1, 2]
    np.testing.assert_array_equal(_safe_indexing(windows, rows), array[rows])
    train, test = train_test_split(windows, test_size=2, random_state=0)
    assert (train.shape, test.shape) == ((6, 3, 20), (2, 3, 20))


class _Counted:
    """A recording that notes what is read."""

    n_channels, n_times = 1, 1000

    def __init__(self):
        self.read = []

    def read_times(self, first, last):
        self.read.append((first, last))
        return np.arange(first, last, dtype=float)[np.newaxis]


def test_only_what_is_asked_is_read_and_once():
    recording = _Counted()
    windows = LazyWindows([recording], np.array([(0, first) for first in range(0, 900, 10)]), 100)
    assert recording.read == []
    windows[3]
    windows[10:20]
    windows[[40, 0, 41, 0]]
    assert recording.read == [(30, 130), (100, 290), (0, 100), (400, 510)]


def test_long_stretches_are_read_in_pieces(monkeypatch):
    monkeypatch.setattr(_lazy_windows, "_VALUES_AT_ONCE", 150)
    recording = _Counted()
    windows = LazyWindows([recording], np.array([(0, first) for first in range(0, 900, 10)]), 100)
    np.testing.assert_array_equal(windows[:][:, 0, 0], np.arange(0, 900, 10))
    assert max(last - first for first, last in recording.read) == 150
    monkeypatch.setattr(_lazy_windows, "_VALUES_AT_ONCE", 1)
    np.testing.assert_array_equal(windows[5:8][:, 0, -1], [149, 159, 169])
