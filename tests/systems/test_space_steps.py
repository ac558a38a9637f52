from collections import Counter
from itertools import pairwise

import numpy as np
import pytest
from sklearn.base import clone

from sklearn_eeg.features import (
    CanonicalFeatures,
    ComplexityFeatures,
    ConnectivityFeatures,
    FFTFeatures,
    RandomKernelFeatures,
    TimeFeatures,
    WaveletFeatures,
)
from sklearn_eeg.preprocessing import BandpassFilter, ChannelRepair, ChannelScaler, Denoiser, NotchFilter
from sklearn_eeg.sampling import SurrogateOversampler, WGANOversampler, WindowSMOTE
from sklearn_eeg.systems import search_space
from sklearn_eeg.systems._space_steps import STEP_SPACES, FillTo, _make_fine_bands

RNG = np.random.default_rng(0)
SFREQ = 128.0
NAMES = ["Fp1", "C3", "O1", "Cz"]
X = np.cumsum(5 * RNG.normal(size=(40, 4, 128)), axis=2)
X -= X.mean(axis=2, keepdims=True)
Y = np.repeat(["focal", "rest", "tonic"], [12, 18, 10])
TINY = {
    "latent": 2,
    "generator_widths": (2, 2),
    "critic_widths": (2, 2),
    "max_steps": 1,
    "batch_size": 4,
    "device": "cpu",
}

STEPS = [
    BandpassFilter(SFREQ),
    CanonicalFeatures(),
    ChannelRepair(ch_names=NAMES),
    ChannelScaler(),
    ComplexityFeatures(),
    ConnectivityFeatures(SFREQ),
    ConnectivityFeatures(SFREQ, ["tangent"]),
    Denoiser(SFREQ),
    Denoiser(64.0, mains=None, band=(0.5, None)),
    FFTFeatures(SFREQ),
    FFTFeatures(SFREQ, ["log_power"]),
    NotchFilter(SFREQ),
    RandomKernelFeatures(random_state=0),
    SurrogateOversampler(random_state=0),
    TimeFeatures(),
    WGANOversampler(random_state=0, **TINY),
    WaveletFeatures(),
    WindowSMOTE(random_state=0),
]


def extremes(distribution):
    """Both ends of a range, or all choices."""
    if isinstance(distribution, list):
        return distribution
    return getattr(distribution, "choices", None) or [distribution.low, distribution.high]


def test_each_is_tried_here():
    assert {type(each) for each in STEPS} == set(STEP_SPACES)


@pytest.mark.parametrize("step", STEPS, ids=lambda step: type(step).__name__)
def test_the_ends_of_each_range_are_taken(step):
    for name, distribution in search_space(step).items():
        for value in extremes(distribution):
            changed = clone(step).set_params(**{name: value})
            if hasattr(changed, "fit_resample"):
                assert len(changed.fit_resample(X[:, :2, :32], Y)[0]) >= len(X)
            else:
                assert np.isfinite(changed.fit(X, Y).transform(X)).all()


@pytest.mark.parametrize(
    "step", [Denoiser(SFREQ), FFTFeatures(SFREQ), WaveletFeatures(), ConnectivityFeatures(SFREQ)]
)
def test_one_channel_will_do(step):
    for name, distribution in search_space(step).items():
        for value in extremes(distribution):
            clone(step).set_params(**{name: value}).fit(X[:, 0]).transform(X[:, 0])


@pytest.mark.parametrize(
    ("sfreq", "highest"), [(64.0, 30.0), (90.0, 30.0), (91.0, 45.0), (140.0, 45.0), (256.0, 70.0)]
)
def test_edges_lie_below_half_the_rate(sfreq, highest):
    edges = search_space(BandpassFilter(sfreq, high=None))["high"].choices
    assert max(edge for edge in edges if edge is not None) == highest
    bands = search_space(Denoiser(sfreq, mains=None, band=(0.5, None)))["band"]
    assert max(band[1] for band in bands if band is not None and band[1] is not None) == highest
    assert bands[0] == (0.5, None)
    assert None in bands


def test_bands_named_by_a_feature_stay():
    assert "bands" in search_space(FFTFeatures(SFREQ, ["log_power"]))
    assert "bands" in search_space(FFTFeatures(SFREQ, "all"))
    assert "bands" not in search_space(FFTFeatures(SFREQ, ["alpha__power"]))


@pytest.mark.parametrize(("nyquist", "number", "last"), [(64.0, 9, 45.0), (32.0, 9, 32.0), (16.0, 7, 16.0)])
def test_fine_bands_follow_one_another_up_to_half_the_rate(nyquist, number, last):
    bands = list(_make_fine_bands(nyquist).values())
    assert len(bands) == number
    assert bands[0][0] == 0.5
    assert bands[-1][1] == last
    assert all(before[1] == after[0] for before, after in pairwise(bands))


@pytest.mark.parametrize(("share", "after"), [(0.25, (12, 18, 10)), (0.6, (12, 18, 11)), (1.0, (18, 18, 18))])
def test_rare_classes_are_filled_to_a_share(share, after):
    sampler = SurrogateOversampler(sampling_strategy=FillTo(share), random_state=0)
    assert Counter(sampler.fit_resample(X, Y)[1]) == dict(zip(("focal", "rest", "tonic"), after, strict=True))


def test_shares_of_two_classes_alike_change_nothing():
    assert FillTo(0.5)([0, 1, 0, 1]) == {1: 2}
