import numpy as np

from sklearn_eeg.signal import is_flat
from sklearn_eeg.signal._flat import divide


def test_divide_broadcasts_and_keeps_float32():
    top, bottom = np.ones((2, 3), np.float32), np.array([[2], [0]], np.float32)
    out = divide(top, bottom)
    np.testing.assert_array_equal(out, [[0.5] * 3, [0] * 3])
    assert out.dtype == np.float32


def test_is_flat_looks_at_the_last_axis():
    x = np.arange(12.0).reshape(2, 3, 2)
    x[1, 2] = 5
    assert is_flat(x).tolist() == [[False] * 3, [False, False, True]]


def test_rounding_errors_do_not_make_a_signal():
    x = np.full((3, 512), 4000.1)
    x[1, 100] = np.nextafter(4000.1, 5000)
    x[2, 100] = 4000.2
    assert is_flat(x).tolist() == [True, True, False]
    assert is_flat(np.float32(x)).tolist() == [True, True, False]


def test_scale_does_not_matter():
    x = np.random.default_rng(0).normal(size=64)
    assert [bool(is_flat(scale * x)) for scale in (1e-9, 1.0, 1e9, 1e-160)] == [False, False, False, True]
