import numpy as np
import pytest

from sklearn_eeg.signal import fourier_surrogate, iaaft_surrogate

METHODS = [fourier_surrogate, iaaft_surrogate]
each = pytest.mark.parametrize("method", METHODS)


def rhythms(n_windows=4, n_channels=3, n_times=128, dtype=np.float64):
    """Windows whose channels share a walk, with sharp and skewed waves."""
    rng = np.random.default_rng(5)
    shared, own = rng.normal(size=(n_windows, 1, n_times)), rng.normal(size=(n_windows, n_channels, n_times))
    walk = (shared + 0.5 * own).cumsum(axis=-1)
    return (5 * np.exp(0.1 * walk) + 3).astype(dtype)


def cross_spectra(x):
    spectrum = np.fft.rfft(x)
    return spectrum[:, :, None] * spectrum[:, None].conj()


@pytest.mark.parametrize("n_times", [2, 3, 127, 128])
def test_fourier_keeps_spectra_cross_spectra_and_means(n_times):
    x = rhythms(n_times=n_times)
    made = fourier_surrogate(x, np.random.default_rng(0))
    largest = np.abs(cross_spectra(x)).max()
    np.testing.assert_allclose(cross_spectra(made), cross_spectra(x), rtol=0, atol=1e-10 * largest)
    np.testing.assert_allclose(made.mean(axis=-1), x.mean(axis=-1), rtol=1e-12)
    np.testing.assert_allclose(made.var(axis=-1), x.var(axis=-1), rtol=1e-10)


def test_fourier_turns_each_frequency_of_each_window_by_its_own_angle():
    x = rhythms(n_windows=2)
    made = fourier_surrogate(x, np.random.default_rng(0))
    turn = np.angle(np.fft.rfft(made) / np.fft.rfft(x))
    np.testing.assert_allclose(turn[:, 1], turn[:, 0], atol=1e-8)  # all channels alike
    np.testing.assert_allclose(turn[..., [0, -1]], 0, atol=1e-8)
    angles = turn[:, 0, 1:-1].ravel()
    assert len(np.unique(angles.round(6))) == angles.size
    assert np.abs(np.exp(1j * angles).mean()) < 0.2  # of 126 uniform angles: 0.09 expected


def test_fourier_equals_its_definition():
    """A sine turned by an angle is the sine begun earlier."""
    t = 2 * np.pi * np.arange(64) / 64
    x = np.stack([np.sin(3 * t), np.cos(3 * t)])
    made = fourier_surrogate(x, np.random.default_rng(3))
    angle = np.random.default_rng(3).uniform(0, 2 * np.pi, 31)[2]
    np.testing.assert_allclose(made, [np.sin(3 * t + angle), np.cos(3 * t + angle)], atol=1e-12)


def test_fourier_is_scaled_with_its_windows():
    x = rhythms()
    made = fourier_surrogate(x, np.random.default_rng(0))
    gains = np.array([[2.0], [-1.0], [0.1]])
    np.testing.assert_allclose(
        fourier_surrogate(gains * x, np.random.default_rng(0)), gains * made, atol=1e-10
    )


def test_fourier_makes_amplitudes_normal():
    x = np.random.default_rng(0).exponential(size=(200, 1, 256))
    made = fourier_surrogate(x, np.random.default_rng(1))
    made = (made - made.mean()) / made.std()
    assert abs((made**3).mean()) < 0.1  # skewness, 2 before
    assert abs((made**4).mean() - 3) < 0.2  # kurtosis, 9 before


@pytest.mark.parametrize("n_channels", [1, 3])
def test_iaaft_keeps_the_values_of_each_channel(n_channels):
    x = rhythms(n_channels=n_channels)
    made = iaaft_surrogate(x, np.random.default_rng(0))
    np.testing.assert_array_equal(np.sort(made, axis=-1), np.sort(x, axis=-1))
    assert not np.array_equal(made, x)


@pytest.mark.parametrize("n_channels", [1, 3])
def test_iaaft_nears_the_cross_spectra_the_longer_it_runs(n_channels):
    x = rhythms(n_windows=6, n_channels=n_channels)
    x -= x.mean(axis=-1, keepdims=True)
    true = cross_spectra(x)

    def miss(max_iterations):
        made = iaaft_surrogate(x, np.random.default_rng(0), max_iterations=max_iterations)
        return np.linalg.norm(cross_spectra(made) - true) / np.linalg.norm(true)

    assert miss(1) > 1.5 * miss(200)
    assert miss(200) < 0.1


def test_iaaft_of_one_channel_equals_a_plain_loop():
    """The univariate method of Schreiber and Schmitz, written out."""
    x = rhythms(n_windows=1, n_channels=1)[0]
    made = iaaft_surrogate(x, np.random.default_rng(0), max_iterations=7)[0]
    values, magnitudes = np.sort(x[0]), np.abs(np.fft.rfft(x[0]))
    current = fourier_surrogate(x, np.random.default_rng(0))[0]
    for _ in range(7):
        ranked = values[np.argsort(np.argsort(current))]
        phases = np.exp(1j * np.angle(np.fft.rfft(ranked)))
        current = np.fft.irfft(magnitudes * phases, x.shape[-1])
    np.testing.assert_array_equal(made, ranked)


def test_iaaft_stops_where_nothing_moves():
    x = rhythms(n_windows=1, n_channels=1, n_times=16)
    few, many = (iaaft_surrogate(x, np.random.default_rng(0), max_iterations=n) for n in (500, 1000))
    np.testing.assert_array_equal(few, many)


def test_iaaft_is_not_disturbed_by_a_flat_channel_or_a_gain():
    x = rhythms(n_windows=2)
    x -= x.mean(axis=-1, keepdims=True)
    expected = iaaft_surrogate(x, np.random.default_rng(0))
    flat = np.full((2, 1, x.shape[-1]), 7.1)
    made = iaaft_surrogate(np.concatenate([x, flat], axis=1), np.random.default_rng(0))
    np.testing.assert_array_equal(made, np.concatenate([expected, flat], axis=1))
    gains = np.array([[1.0], [4.0], [0.25]])
    np.testing.assert_array_equal(iaaft_surrogate(gains * x, np.random.default_rng(0)), gains * expected)


@each
def test_constant_channels_stay(method):
    x = rhythms()
    x[:, 1] = 3.7
    x[2] = 0.0
    made = method(x, np.random.default_rng(0))
    np.testing.assert_allclose(made[:2, 1], 3.7, rtol=1e-12)
    np.testing.assert_allclose(made[2], 0, atol=1e-12)
    assert np.isfinite(made).all()


@each
def test_batch_equals_loop_and_windows_are_not_changed(method):
    x = rhythms()
    x.setflags(write=False)
    rng = np.random.default_rng(0)
    one_by_one = np.stack([method(window, rng) for window in x])
    np.testing.assert_allclose(method(x, np.random.default_rng(0)), one_by_one, atol=1e-10)


@each
def test_seeds(method):
    x = rhythms()
    a, b, c = (method(x, np.random.default_rng(seed)) for seed in (0, 0, 1))
    np.testing.assert_array_equal(a, b)
    assert not np.isclose(a, c).all(axis=-1).any()


@each
def test_float32_is_kept_and_near_float64(method):
    x = rhythms(dtype=np.float32)
    single, double = method(x, np.random.default_rng(0)), method(x.astype(float), np.random.default_rng(0))
    assert (single.dtype, double.dtype) == (np.float32, np.float64)
    if method is fourier_surrogate:
        np.testing.assert_allclose(single, double, rtol=1e-5, atol=1e-5)
    assert method(np.arange(8).reshape(1, 8), np.random.default_rng(0)).dtype == np.float64


@each
def test_one_time_point_has_no_phase(method):
    np.testing.assert_array_equal(method(np.array([[3.0], [4.0]]), np.random.default_rng(0)), [[3.0], [4.0]])


def test_no_iterations_are_refused():
    with pytest.raises(ValueError, match="`max_iterations` must be at least 1, got 0"):
        iaaft_surrogate(rhythms(), np.random.default_rng(0), max_iterations=0)


@pytest.mark.parametrize("shape", [(), (8,), (2, 0)])
@pytest.mark.parametrize("surrogate", [fourier_surrogate, iaaft_surrogate])
def test_signals_need_an_axis_of_channels_and_time_points(surrogate, shape):
    with pytest.raises(ValueError, match=r"`x` must have shape \(\.\.\., n_channels, n_times\), got \("):
        surrogate(np.ones(shape), np.random.default_rng(0))
