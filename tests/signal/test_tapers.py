import numpy as np
import pytest
import scipy.signal

from sklearn_eeg.signal._tapers import (
    overlapping_tapers,
    segment_points,
    single_taper,
    slepian_tapers,
)


def test_a_single_taper_is_one_piece():
    tapering = single_taper(100, 50.0, "boxcar")
    assert (tapering.n_pieces, tapering.tapers.shape) == (1, (1, 100))
    np.testing.assert_allclose(tapering.tapers, np.sqrt(2 / (50 * 100)))
    np.testing.assert_array_equal(tapering.freqs, np.fft.rfftfreq(100, 1 / 50))


@pytest.mark.parametrize(
    ("n_times", "n_piece", "hop", "n_pieces"),
    [(1000, 250, 125, 7), (1000, 256, 128, 6), (1000, 251, 126, 6), (5, 3, 2, 2), (4, 3, 2, 1), (2, 2, 1, 1)],
)
def test_pieces_overlap_by_half_and_lie_within(n_times, n_piece, hop, n_pieces):
    tapering = overlapping_tapers(n_times, n_piece, 1.0, "hann")
    assert (tapering.hop, tapering.n_pieces) == (hop, n_pieces)
    assert (n_pieces - 1) * hop + n_piece <= n_times


@pytest.mark.parametrize("n_times", [100, 101, 1000])
@pytest.mark.parametrize("bandwidth", [None, 1.0])
def test_slepian_tapers_are_orthogonal_and_scaled(n_times, bandwidth):
    tapers = slepian_tapers(n_times, 10.0, bandwidth).tapers
    products = tapers @ tapers.T
    np.testing.assert_allclose(products, np.diag(np.diag(products)), atol=0.01 * products.max())
    np.testing.assert_allclose(np.trace(products), 2 / 10, rtol=5e-3)


@pytest.mark.parametrize("n_times", [2, 3, 5, 15, 16])
@pytest.mark.parametrize("bandwidth", [None, 5.0, 9.9])
def test_slepian_tapers_of_short_windows(n_times, bandwidth):
    tapers = slepian_tapers(n_times, 10.0, bandwidth).tapers
    assert tapers.shape[1] == n_times
    assert np.isfinite(tapers).all()
    assert tapers.any()


def test_well_concentrated_sequences_are_kept():
    assert len(slepian_tapers(1000, 250.0, None).tapers) == 7
    assert len(slepian_tapers(1000, 250.0, 2.0).tapers) == 7
    assert len(slepian_tapers(1000, 250.0, 0.25).tapers) == 1


@pytest.mark.parametrize(("n_times", "sfreq"), [(999, 173.61), (1000, 1000 / 3), (49, 0.7)])
def test_the_bandwidth_of_one_step_is_allowed_whatever_rounding(n_times, sfreq):
    assert len(slepian_tapers(n_times, sfreq, sfreq / n_times).tapers) == 1


@pytest.mark.parametrize("bandwidth", [0.2, 250.0, 1e9])
def test_bandwidths_that_windows_cannot_have(bandwidth):
    with pytest.raises(ValueError, match=r"`bandwidth` must be at least 0.25 Hz .* less than 250 Hz, got"):
        slepian_tapers(1000, 250.0, bandwidth)


def test_length_of_segments():
    assert segment_points(1000, 250.0, 1.0) == 250
    assert segment_points(100, 250.0, 1.0) == 100
    assert segment_points(1000, 173.61, 1.0) == 174
    message = r"`segment_seconds` must hold at least two time points \(0.02 s at 100 Hz\), got 0.01"
    with pytest.raises(ValueError, match=message):
        segment_points(1000, 100.0, 0.01)


@pytest.mark.parametrize(
    "window", ["hann", "hamming", "blackman", "boxcar", "triang", "flattop", "nuttall", "cosine", "bohman"]
)
@pytest.mark.parametrize("n_times", [2, 3, 50])
def test_scale_is_scipys(window, n_times):
    taper = scipy.signal.get_window(window, n_times)
    expected = taper * np.sqrt(2 / (7 * (taper**2).sum()))
    np.testing.assert_allclose(single_taper(n_times, 7.0, window).tapers[0], expected)
