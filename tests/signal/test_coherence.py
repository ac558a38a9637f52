import numpy as np
import pytest
import scipy.signal

from sklearn_eeg.signal._coherence import coherence, segment_length

RNG = np.random.default_rng(0)
X = 20 * RNG.standard_normal((4, 5, 400)) + 15 * RNG.standard_normal((4, 1, 400)) + 40
SFREQ, BANDS = 100.0, [(4.0, 8.0), (8.0, 13.0), (30.0, 45.0)]


@pytest.mark.parametrize("segment_seconds", [0.5, 0.99, 1.0])
def test_by_scipy(segment_seconds):
    n_segment = round(segment_seconds * SFREQ)
    squares, imaginary = coherence(X, SFREQ, BANDS, segment_seconds)
    a, b = X[:, :, np.newaxis], X[:, np.newaxis]
    freqs, expected = scipy.signal.coherence(a, b, SFREQ, nperseg=n_segment)
    cross = scipy.signal.csd(a, b, SFREQ, nperseg=n_segment)[1]
    power = scipy.signal.welch(X, SFREQ, nperseg=n_segment)[1]
    part = np.abs(cross.imag) / np.sqrt(power[:, :, np.newaxis] * power[:, np.newaxis])
    for band, (low, high) in enumerate(BANDS):
        inside = (freqs >= low) & (freqs < high)
        np.testing.assert_allclose(squares[:, band], expected[..., inside].mean(axis=-1), atol=1e-12)
        np.testing.assert_allclose(imaginary[:, band], part[..., inside].mean(axis=-1), atol=1e-12)


@pytest.mark.parametrize("lag", [0.0, 0.5, np.pi / 2])
def test_sines_with_a_lag(lag):
    t = 2 * np.pi * 10 * np.arange(400) / SFREQ
    squares, imaginary = coherence(np.stack([np.sin(t), 5 * np.sin(t - lag)]), SFREQ, [(10, 11)])
    np.testing.assert_allclose(squares[0, 0, 1], 1, atol=1e-12)
    np.testing.assert_allclose(imaginary[0, 0, 1], abs(np.sin(lag)), atol=1e-12)


def test_noise_is_coherent_by_the_number_of_segments():
    x = np.random.default_rng(1).standard_normal((50, 2, 4000))
    assert coherence(x, SFREQ, [(5, 45)])[0][:, 0, 0, 1].mean() < 0.03


@pytest.mark.parametrize("level", [0.0, 0.1, -3.3, 4000.1])
def test_flat_channel(level):
    x = X.copy()
    x[:, 2] = level
    squares, imaginary = coherence(x, SFREQ, BANDS)
    np.testing.assert_array_equal(np.delete(squares[:, :, 2], 2, axis=-1), 0)
    np.testing.assert_array_equal(imaginary[:, :, 2], 0)
    assert np.isfinite(squares).all()


def test_a_band_of_rounding_is_a_band_of_nothing():
    t = 2 * np.pi * 10 * np.arange(400) / SFREQ
    squares, imaginary = coherence(np.stack([np.sin(t), np.cos(t)]), SFREQ, [(20, 30)])
    assert squares[0, 0, 1] == imaginary[0, 0, 1] == 0


def test_invariances():
    for values, *others in zip(
        coherence(X, SFREQ, BANDS),
        coherence(1e-9 * X, SFREQ, BANDS),
        coherence(1e9 * X, SFREQ, BANDS),
        strict=True,
    ):
        assert ((values >= 0) & (values <= 1)).all()
        np.testing.assert_array_equal(values, values.swapaxes(2, 3))
        for other in others:
            np.testing.assert_allclose(other, values, atol=1e-12)
    squares, _ = coherence(X, SFREQ, BANDS)
    np.testing.assert_allclose(coherence(X + 1e6, SFREQ, BANDS)[0], squares, atol=1e-8)
    np.testing.assert_allclose([coherence(x, SFREQ, BANDS)[0] for x in X], squares, atol=1e-13)
    order = [3, 1, 4, 0, 2]
    turned = coherence(X[:, order], SFREQ, BANDS)[0]
    np.testing.assert_allclose(turned, squares[:, :, order][..., order], atol=1e-13)


def test_segments_are_at_most_half_the_window():
    assert segment_length(400, SFREQ, 1.0) == 100
    assert segment_length(150, SFREQ, 1.0) == 75
    assert segment_length(2, SFREQ, 1.0) == 1
    short = X[..., :100]
    np.testing.assert_array_equal(coherence(short, SFREQ, BANDS)[0], coherence(short, SFREQ, BANDS, 0.5)[0])


def test_one_channel():
    squares, imaginary = coherence(X[:, :1], SFREQ, BANDS)
    np.testing.assert_array_equal(squares, np.ones((4, 3, 1, 1)))
    np.testing.assert_array_equal(imaginary, np.zeros((4, 3, 1, 1)))


def test_a_band_between_frequencies():
    with pytest.raises(ValueError, match=r"`band` must hold a frequency .* \(steps of 4 Hz\), got 5 to 7 Hz"):
        coherence(X, SFREQ, [(5.0, 7.0)], 0.25)
