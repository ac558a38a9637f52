import numpy as np
import pytest

from sklearn_eeg.preprocessing import Denoiser
from sklearn_eeg.signal import bandpass, notch, wavelet_shrinkage

SFREQ = 256.0
X = np.random.default_rng(0).normal(loc=3, scale=20, size=(20, 3, 512))


def test_stages_run_in_the_order_stated():
    expected = notch(X, SFREQ, 60)
    expected = wavelet_shrinkage(expected, "db4", 3, rule="universal", mode="hard")
    expected = bandpass(expected, SFREQ, 1, 40)
    step = Denoiser(
        SFREQ, mains=60, wavelet="db4", level=3, threshold="universal", threshold_mode="hard",
        band=(1, 40),
    )  # fmt: skip
    np.testing.assert_allclose(step.fit_transform(X), expected, rtol=0, atol=1e-10)


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({"mains": 50.0}, lambda: notch(X, SFREQ, 50)),
        ({"wavelet": "sym4"}, lambda: wavelet_shrinkage(X, "sym4", 5)),
        ({"band": (None, 70.0)}, lambda: bandpass(X, SFREQ, None, 70)),
        ({}, lambda: X),
    ],
    ids=["notch", "shrinkage", "band", "nothing"],
)
def test_each_stage_can_be_switched_off(parameters, expected):
    step = Denoiser(SFREQ, **({"mains": None, "wavelet": None, "band": None} | parameters))
    np.testing.assert_allclose(step.fit_transform(X), expected(), rtol=0, atol=1e-10)


def test_brings_noisy_eeg_nearer_to_the_clean_signal():
    rng, t = np.random.default_rng(0), np.arange(1024) / SFREQ
    clean = 50 * np.sin(2 * np.pi * 3 * t) * np.ones((20, 2, 1))
    noise = rng.normal(scale=10, size=clean.shape) + 20 * np.sin(2 * np.pi * 50 * t) + 100
    error = np.square(Denoiser(SFREQ).fit_transform(clean + noise) - clean)[..., 100:-100].mean()
    assert error < np.square(noise - 100).mean() / 10


@pytest.mark.parametrize(("band", "left"), [((0.5, 70.0), 0.0), ((None, 70.0), 7.25), (None, 7.25)])
def test_constant_channel(band, left):
    out = Denoiser(SFREQ, band=band).fit_transform(np.full((2, 3, 512), 7.25))
    np.testing.assert_array_equal(out, np.full((2, 3, 512), left))


@pytest.mark.parametrize(("n_times", "level"), [(6, 0), (13, 0), (14, 1), (100, 3), (5000, 5)])
def test_level_follows_the_length_of_the_windows(n_times, level):
    assert Denoiser(SFREQ, wavelet="sym4").fit(np.zeros((2, n_times))).level_ == level


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"mains": 128.0}, r"`mains` must lie below half .* \(128 Hz\), got 128: pass mains=None"),
        ({"band": (0.5, 130.0)}, r"`band` \(0.5, 130.0\) cannot be passed.* got 130 Hz"),
        ({"band": (40.0, 1.0)}, "cannot be passed. The lower edge must lie below the upper"),
        ({"band": (1, 2, 3)}, "`band` must hold two edges in Hz"),
        ({"band": ("a", 40)}, "`band` must hold two edges in Hz"),
        ({"level": 9}, "`level` must be at most 6 for sym4 on windows of 512 time points, got 9"),
        ({"wavelet": "mexh"}, "'wavelet' parameter of Denoiser must be"),
        ({"threshold": "magic"}, "'threshold' parameter of Denoiser must be"),
        ({"sfreq": -1.0}, "'sfreq' parameter of Denoiser must be"),
    ],
)
def test_bad_parameters(parameters, message):
    with pytest.raises(ValueError, match=message):
        Denoiser(**({"sfreq": SFREQ} | parameters)).fit(X)


def test_decaying_tail_in_single_precision():
    x = np.zeros((1, 1, 3840), np.float32)
    x[..., -64:] = np.random.default_rng(0).normal(scale=50, size=64)
    single = Denoiser(SFREQ).fit_transform(x)
    np.testing.assert_allclose(single, Denoiser(SFREQ).fit_transform(x.astype(float)), atol=1e-3)
