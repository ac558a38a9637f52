import numpy as np
import pytest

from sklearn_eeg.sampling import SurrogateOversampler


def waves(n_seizure=6, n_rest=12, n_channels=3, n_times=64):
    """Rest, and seizures with a rhythm of 4 cycles in all channels."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(n_seizure + n_rest, n_channels, n_times)).cumsum(axis=-1)
    phase = rng.uniform(0, 6, (n_seizure, 1, 1))
    X[:n_seizure] += 20 * np.sin(2 * np.pi * 4 * np.arange(n_times) / n_times + phase)
    return X, np.array(["seizure"] * n_seizure + ["rest"] * n_rest)


def make(method, n_windows=12, **parameters):
    X, y = waves()
    sampler = SurrogateOversampler(method, random_state=0, **parameters).fit(X, y)
    return X[y == "seizure"], sampler.sample(n_windows, "seizure")


def cross_spectra(X):
    spectra = np.fft.rfft(X)
    return spectra[:, :, None] * spectra[:, None].conj()


def sources_of(made, real):
    """The real window that each made one is like, by any figure, and how unlike it is."""
    distance = np.abs(made[:, None] - real[None]).reshape(len(made), len(real), -1).max(axis=-1)
    return distance.argmin(axis=1), distance.min(axis=1)


def test_fourier_keeps_the_cross_spectra_of_a_real_window_each():
    real, made = make("fourier")
    source, distance = sources_of(cross_spectra(made), cross_spectra(real))
    assert distance.max() < 1e-10 * np.abs(cross_spectra(real)).max()
    np.testing.assert_array_equal(np.bincount(source), [2] * 6)
    assert sources_of(made, real)[1].min() > 1


def test_iaaft_keeps_the_values_of_a_real_window_each():
    real, made = make("iaaft")
    source, distance = sources_of(np.sort(made), np.sort(real))
    assert distance.max() == 0
    np.testing.assert_array_equal(np.bincount(source), [2] * 6)
    nearer = np.abs(make("iaaft", max_iterations=1)[1] - made).max(axis=(1, 2))
    assert nearer.min() > 0


def test_noise_is_near_a_real_window():
    real, made = make("noise", noise_share=1e-3)
    source, distance = sources_of(made, real)
    assert 0 < distance.max() < 5e-3 * real.std(axis=-1).max()
    np.testing.assert_array_equal(np.bincount(source), [2] * 6)
    assert sources_of(make("noise", noise_share=0.5)[1], real)[1].min() > 0.5


@pytest.mark.parametrize("max_shift", [0.1, 0.9])
def test_time_shift_is_a_real_window_elsewhere(max_shift):
    real, made = make("time_shift", boundary="circular", max_shift=max_shift)
    source, distance = sources_of(np.sort(made), np.sort(real))
    assert distance.max() == 0
    shifts = np.array([
        next(s for s in range(64) if (np.roll(real[i], s, axis=-1) == one).all())
        for i, one in zip(source, made, strict=True)
    ])  # fmt: skip
    assert shifts.min() > 0
    assert (np.minimum(shifts, 64 - shifts) <= 6).all() == (max_shift == 0.1)
    reflected = make("time_shift", max_shift=max_shift)[1]
    steps = np.abs(np.diff(reflected)).max(axis=(1, 2))
    assert (steps <= np.abs(np.diff(real)).max()).all()  # no jump


@pytest.mark.parametrize("n_segments", [2, 4])
def test_segments_are_of_real_windows_of_the_class(n_segments):
    real, made = make("segments", n_segments=n_segments, crossfade=0)
    for part in np.split(np.arange(64), n_segments):
        assert sources_of(made[..., part], real[..., part])[1].max() == 0
    assert sources_of(made, real)[1].min() > 0
    faded = make("segments", n_segments=n_segments)[1]
    jumps, fades = (np.abs(np.diff(one)).max(axis=(1, 2)) for one in (made, faded))
    assert np.median(fades) < 0.6 * np.median(jumps)


def test_gaussian_windows_have_the_mean_and_power_of_the_class():
    real, made = make("gaussian", n_windows=20_000)
    np.testing.assert_allclose(made.mean(axis=0), real.mean(axis=0), atol=0.6)
    tapered = (np.abs(np.fft.rfft((one - real.mean(axis=0)) * np.hanning(64))) ** 2 for one in (made, real))
    rhythm, real_rhythm = (power[..., 3:6].sum() / power.sum() for power in tapered)
    assert rhythm == pytest.approx(real_rhythm, abs=0.1)
    assert sources_of(made[:12], real)[1].min() > 1


@pytest.mark.parametrize("method", ["segments", "gaussian"])
def test_classes_of_one_window(method):
    X, y = waves(n_seizure=1)
    sampler = SurrogateOversampler(method, random_state=0)
    with pytest.raises(ValueError, match=f"at least 2 windows for method='{method}', got 1 of class seizure"):
        sampler.fit_resample(X, y)
    sampler.set_params(sampling_strategy={"rest": 15}).fit_resample(X, y)
    assert sampler.is_synthetic_.sum() == 3
    X_resampled, _ = SurrogateOversampler("fourier", random_state=0).fit_resample(X, y)
    assert X_resampled.shape == (24, 3, 64)


@pytest.mark.parametrize(
    ("parameter", "value"),
    [
        ("method", "ifft"),
        ("noise_share", 0),
        ("max_shift", 1.0),
        ("boundary", "zeros"),
        ("n_segments", 1),
        ("crossfade", 1.1),
        ("max_iterations", 0),
    ],
)
def test_parameters_out_of_range(parameter, value):
    with pytest.raises(ValueError, match=f"'{parameter}' parameter of SurrogateOversampler must be"):
        SurrogateOversampler(**{parameter: value}).fit(*waves())


def test_real_windows_keep_their_spectra(eeg_data):
    from sklearn_eeg.datasets import load_bonn

    bonn = load_bonn(data_home=eeg_data)
    X, y = bonn.data[:, ..., :1024], bonn.target
    strategy = {label: int((y == label).sum()) + 20 for label in np.unique(y)}
    sampler = SurrogateOversampler("fourier", sampling_strategy=strategy, random_state=0)
    made, labels = sampler.fit_resample(X, y)
    assert len(made) == len(X) + 20 * len(strategy)
    new = sampler.is_synthetic_
    for label in strategy:
        real = np.square(np.abs(np.fft.rfft(X[y == label]))).reshape((y == label).sum(), -1)
        power = np.square(np.abs(np.fft.rfft(made[new & (labels == label)]))).reshape(20, -1)
        scale = real.max()
        assert all(np.abs(real - one).max(axis=1).min() < 1e-8 * scale for one in power)
