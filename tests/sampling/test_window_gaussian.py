import numpy as np
import pytest
from scipy.signal import lfilter

from sklearn_eeg.sampling._window_gaussian import fit_gaussian, sample_gaussian


def ringing(n_windows=12, n_channels=2, n_times=8, seed=0):
    """Windows whose channels share waves that grow in time."""
    rng = np.random.default_rng(seed)
    shared = rng.normal(size=(n_windows, 1, n_times)).cumsum(axis=-1)
    return 20 + shared * np.linspace(1, 2, n_times) + rng.normal(size=(n_windows, n_channels, n_times))


def stationary_part(x):
    """The covariance by lag that a tapered window of shape (n_channels, n_times) tells of, as a matrix."""
    c, t = x.shape
    taper = np.hanning(t + 2)[1:-1]
    tapered = x * taper / np.linalg.norm(taper)
    out = np.zeros((c, t, c, t))
    for i in range(t):
        for j in range(t):
            early, late = tapered[:, : t - abs(i - j)], tapered[:, abs(i - j) :]
            out[:, i, :, j] = late @ early.T if i >= j else early @ late.T
    return out.reshape(c * t, c * t)


def by_brute_force(X):
    """The shrunk covariance and its shrinkage, all matrices written down."""
    n, c, t = X.shape
    scale = (X - X.mean(axis=0)).std(axis=(0, 2))
    flat = ((X - X.mean(axis=0)) / scale[:, None]).reshape(n, -1)
    each = np.einsum("ia,ib->iab", flat, flat)
    each_stationary = np.stack([stationary_part(one.reshape(c, t)) for one in flat])
    S, T = each.mean(axis=0), each_stationary.mean(axis=0)
    errors = ((each - S) * (each - S - each_stationary + T)).sum() / n**2
    shrinkage = np.clip(errors / np.square(S - T).sum(), 0, 1)
    units = np.repeat(scale, t)
    return ((1 - shrinkage) * S + shrinkage * T) * np.outer(units, units), shrinkage


def covariance_of(gaussian):
    """The covariance that the parts of a Gaussian stand for."""
    n, c, t = gaussian.deviations.shape
    flat = gaussian.deviations.reshape(n, -1)
    impulses = np.fft.rfft(np.eye(2 * c * t).reshape(2 * c * t, c, 2 * t)).transpose(2, 1, 0)
    root = np.fft.irfft((gaussian.factors @ impulses).transpose(2, 1, 0))[..., :t].reshape(2 * c * t, -1)
    return (1 - gaussian.shrinkage) * flat.T @ flat / n + gaussian.shrinkage * root.T @ root


@pytest.mark.parametrize("n_times", [7, 8])
@pytest.mark.parametrize("n_windows", [2, 5, 60])
def test_equals_brute_force(n_windows, n_times):
    X = ringing(n_windows, n_times=n_times)
    covariance, shrinkage = by_brute_force(X)
    gaussian = fit_gaussian(X)
    assert gaussian.shrinkage == pytest.approx(shrinkage, rel=1e-9)
    assert n_windows == 2 or 0.05 < shrinkage < 0.95  # so that both parts count
    np.testing.assert_allclose(covariance_of(gaussian), covariance, rtol=0, atol=1e-10 * covariance.max())
    np.testing.assert_allclose(gaussian.mean, X.mean(axis=0))


def test_windows_drawn_have_its_mean_and_covariance():
    gaussian = fit_gaussian(ringing())
    drawn = sample_gaussian(gaussian, 100_000, np.random.default_rng(0))
    covariance = covariance_of(gaussian)
    largest = covariance.max()
    np.testing.assert_allclose(np.cov(drawn.reshape(len(drawn), -1).T), covariance, atol=0.02 * largest)
    np.testing.assert_allclose(drawn.mean(axis=0), gaussian.mean, atol=0.02 * np.sqrt(largest))


def test_steep_spectra_are_kept_over_their_whole_range():
    """Of windows whose ends do not meet: in a circle the jump would fill the high frequencies."""
    noise = np.random.default_rng(0).normal(size=(100, 1, 640))
    X = lfilter([1], np.poly([0.95, 0.9, 0.5]), noise)[..., -128:]
    gaussian = fit_gaussian(X)
    assert gaussian.shrinkage > 0.5
    drawn = sample_gaussian(gaussian, 4000, np.random.default_rng(1))
    powers = (np.square(np.abs(np.fft.rfft(one * np.hanning(128)))).mean(axis=0)[0, 2:] for one in (X, drawn))
    real, made = powers
    assert real.max() > 1000 * real.min()
    np.testing.assert_allclose(10 * np.log10(made / real), 0, atol=1.5)


def test_scaling_a_channel_scales_its_windows():
    X = ringing()
    gains = np.array([[10.0], [0.1]])
    plain, scaled = fit_gaussian(X), fit_gaussian(gains * X)
    assert scaled.shrinkage == pytest.approx(plain.shrinkage, rel=1e-9)
    np.testing.assert_allclose(
        covariance_of(scaled),
        covariance_of(plain) * np.outer(*2 * [np.repeat(gains, 8)]),
        rtol=1e-7,
        atol=1e-9,
    )


def test_shrinkage_helps_where_windows_are_few():
    """The shrunk covariance is nearer to the true one than that of the windows and than the stationary."""
    ramp = np.linspace(0.5, 1.5, 16)
    truth = np.diag(np.square(ramp))
    misses = np.zeros(3)
    for seed in range(20):
        X = np.random.default_rng(seed).normal(size=(10, 1, 16)) * ramp
        flat = (X - X.mean(axis=0))[:, 0]
        S = flat.T @ flat / len(X)
        T = np.mean([stationary_part(one[np.newaxis]) for one in flat], axis=0)
        candidates = covariance_of(fit_gaussian(X)), S, T
        misses += [np.square(candidate - truth).sum() for candidate in candidates]
    assert misses[0] < 0.97 * misses[1:].min()


def test_constant_channels_and_windows():
    X = ringing()
    X[:, 1] = 4.2
    drawn = sample_gaussian(fit_gaussian(X), 5, np.random.default_rng(0))
    np.testing.assert_allclose(drawn[:, 1], 4.2, rtol=1e-12)
    same = np.repeat(ringing(1), 3, axis=0)
    drawn = sample_gaussian(fit_gaussian(same), 5, np.random.default_rng(0))
    np.testing.assert_allclose(drawn, np.repeat(same[:1], 5, axis=0), atol=1e-6)


def test_more_values_than_memory_has_room_for_in_a_square():
    X = np.random.default_rng(0).normal(size=(6, 19, 2000))  # whose covariance would take 11 GB
    assert sample_gaussian(fit_gaussian(X), 3, np.random.default_rng(0)).shape == (3, 19, 2000)


def test_seeds():
    gaussian = fit_gaussian(ringing())
    a, b, c = (sample_gaussian(gaussian, 2, np.random.default_rng(seed)) for seed in (0, 0, 1))
    np.testing.assert_array_equal(a, b)
    assert not np.isclose(a, c).any()
