import numpy as np
import pytest
import scipy.signal

from sklearn_eeg.signal import sosfiltfilt
from sklearn_eeg.signal._sosfiltfilt import LANES


def random_sections(rng):
    """Return a filter of 1 to 6 sections of some kind, some of them of the first order."""
    order, kind = int(rng.integers(1, 7)), str(rng.choice(["lowpass", "highpass", "bandpass", "bandstop"]))
    low = rng.uniform(0.05, 0.6)
    edges = [low, low + rng.uniform(0.05, 0.35)]
    design = rng.choice([scipy.signal.butter, scipy.signal.bessel])
    return design(order, edges if kind.startswith("band") else edges[0], kind, output="sos")


@pytest.mark.parametrize("seed", range(60))
def test_equals_scipy(seed):
    rng = np.random.default_rng(seed)
    sections, padtype = random_sections(rng), str(rng.choice(["odd", "even"]))
    n_rows, n_times = int(rng.integers(1, 3 * LANES)), int(rng.integers(1, 300))
    padlen = int(rng.integers(0, n_times))
    x = rng.normal(scale=10, size=(n_rows, n_times)).cumsum(axis=1)
    expected = scipy.signal.sosfiltfilt(sections, x, padtype=padtype, padlen=padlen)
    ours = sosfiltfilt(sections, x, padtype=padtype, padlen=padlen)
    np.testing.assert_allclose(ours, expected, rtol=0, atol=1e-9 * max(np.abs(expected).max(), 1e-6))


@pytest.mark.parametrize("n_rows", [1, LANES - 1, LANES, LANES + 1, 2 * LANES + 3])
def test_rows_are_filtered_alone_however_many(n_rows):
    sections = scipy.signal.butter(3, [0.1, 0.5], "bandpass", output="sos")
    x = np.random.default_rng(0).normal(size=(n_rows, 80))
    whole = sosfiltfilt(sections, x, padtype="odd", padlen=20)
    for row, filtered in zip(x, whole, strict=True):
        alone = sosfiltfilt(sections, row, padtype="odd", padlen=20)
        np.testing.assert_array_equal(filtered, alone)


def test_rows_of_many_dimensions_slices_and_read_only_arrays():
    sections = scipy.signal.butter(2, 0.3, output="sos")
    x = np.random.default_rng(0).normal(size=(3, 4, 90))
    x.setflags(write=False)
    ours = sosfiltfilt(sections, x[..., ::2], padtype="even", padlen=9)
    expected = scipy.signal.sosfiltfilt(sections, x[..., ::2], padtype="even", padlen=9)
    np.testing.assert_allclose(ours, expected, atol=1e-12)


def test_runs_the_same_forward_and_backward():
    # Filtering both ways treats both directions of time alike, but for what the ends were given first.
    sections = scipy.signal.butter(2, 0.3, output="sos")
    x = np.random.default_rng(0).normal(size=4000)
    forward = sosfiltfilt(sections, x, padtype="odd", padlen=200)
    backward = sosfiltfilt(sections, x[::-1], padtype="odd", padlen=200)[::-1]
    np.testing.assert_allclose(forward, backward, atol=1e-9)


def test_scales_and_adds_up():
    sections = scipy.signal.butter(4, [0.02, 0.4], "bandpass", output="sos")
    x, y = np.random.default_rng(0).normal(size=(2, 5, 200))

    def run(x):
        return sosfiltfilt(sections, x, padtype="odd", padlen=27)

    np.testing.assert_allclose(run(3 * x - 2 * y), 3 * run(x) - 2 * run(y), atol=1e-11)


def test_single_precision_is_computed_in_double():
    sections = scipy.signal.butter(4, [0.004, 0.4], "bandpass", output="sos")
    x = np.random.default_rng(0).normal(loc=1000, size=(3, 400)).astype(np.float32)
    ours = sosfiltfilt(sections, x, padtype="even", padlen=100)
    assert ours.dtype == np.float32
    double = sosfiltfilt(sections, x.astype(np.float64), padtype="even", padlen=100)
    np.testing.assert_array_equal(ours, double.astype(np.float32))


def test_nan_stays_in_its_row():
    sections = scipy.signal.butter(2, 0.3, output="sos")
    x = np.random.default_rng(0).normal(size=(5, 60))
    clean = sosfiltfilt(sections, x, padtype="odd", padlen=9)
    x[2, 30] = np.nan
    ours = sosfiltfilt(sections, x, padtype="odd", padlen=9)
    assert np.isnan(ours[2]).all()
    np.testing.assert_array_equal(np.delete(ours, 2, axis=0), np.delete(clean, 2, axis=0))


def test_padtype_not_known():
    with pytest.raises(ValueError, match="`padtype` must be 'odd' or 'even', got 'constant'"):
        sosfiltfilt(scipy.signal.butter(2, 0.3, output="sos"), np.ones(9), padtype="constant", padlen=2)


@pytest.mark.parametrize("padlen", [-1, 9])
def test_padlen_out_of_range(padlen):
    with pytest.raises(ValueError, match=rf"`padlen` must lie between 0 and 8 .* got {padlen}"):
        sosfiltfilt(scipy.signal.butter(2, 0.3, output="sos"), np.ones(9), padtype="odd", padlen=padlen)
