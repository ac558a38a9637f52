"""Each artefact lies where it lies on a head, in the band and at the size that it should have."""

import numpy as np
import pytest

from sklearn_eeg._montage import CH_NAMES_1020
from sklearn_eeg.datasets._artefacts import (
    ARTEFACTS,
    add_artefacts,
    blinks,
    mains_hum,
    muscle,
    pops,
)

SFREQ, N_TIMES = 256.0, 1024


def simulated(artefact, n_windows=200, seed=0, sfreq=SFREQ, **options):
    return artefact(n_windows, N_TIMES, sfreq, np.random.default_rng(seed), **options)


def channel(name):
    return CH_NAMES_1020.index(name)


def power_by_frequency(x, sfreq=SFREQ):
    return np.fft.rfftfreq(x.shape[-1], 1 / sfreq), np.abs(np.fft.rfft(x)) ** 2


@pytest.mark.parametrize("artefact", [blinks, muscle, pops])
def test_no_window_gives_no_window(artefact):
    assert simulated(artefact, n_windows=0).shape == (0, 19, N_TIMES)


def test_blinks_are_positive_and_frontal():
    x = simulated(blinks)
    height = x.max(axis=-1)
    assert x.min() >= 0
    np.testing.assert_allclose(height[:, channel("Fp1")], height[:, channel("Fp2")])
    assert np.all(height[:, channel("Fp1")] > 2 * height[:, channel("Cz")])
    assert height[:, channel("O1")].max() < 1
    assert 70 < height[:, channel("Fp1")].min() < height.max() <= 200


def test_blinks_are_slow():
    freqs, power = power_by_frequency(simulated(blinks)[:, channel("Fp1")])
    assert power[:, freqs < 5].sum() > 0.95 * power.sum()


def test_muscle_lies_on_one_temple_between_20_and_60_hz():
    x = simulated(muscle)
    left, right = x[:, channel("T7")].std(axis=-1), x[:, channel("T8")].std(axis=-1)
    ratio = np.maximum(left, right) / np.minimum(left, right)
    assert ratio.min() > 10
    assert 0.3 < (left > right).mean() < 0.7
    freqs, power = power_by_frequency(x[:, channel("T7")])
    assert power[:, (freqs > 18) & (freqs < 62)].sum() > 0.98 * power.sum()


def test_muscle_at_a_low_rate_keeps_what_the_rate_can_hold():
    x = simulated(muscle, sfreq=100.0)
    freqs, power = power_by_frequency(x[:, channel("T7")], 100.0)
    assert power[:, freqs > 18].sum() > 0.95 * power.sum()


def test_pops_strike_one_channel_with_a_step_that_decays():
    x = simulated(pops)
    struck = np.abs(x).max(axis=-1) > 0
    np.testing.assert_array_equal(struck.sum(axis=1), 1)
    assert len(set(struck.argmax(axis=1))) > 10
    for window in x[struck]:
        onset = np.flatnonzero(window)[0]
        after = np.abs(window[onset:])
        assert np.all(window[:onset] == 0)
        assert after[0] == after.max() > 45
        np.testing.assert_allclose(np.diff(np.log(after)), np.log(after[1] / after[0]), atol=1e-8)


@pytest.mark.parametrize("mains", [50.0, 60.0])
def test_mains_is_a_sinusoid_of_its_frequency(mains):
    freqs, power = power_by_frequency(simulated(mains_hum, mains=mains))
    at_mains = power[..., freqs == mains]
    np.testing.assert_allclose(at_mains[..., 0], power.sum(axis=-1), rtol=1e-9)


def test_mains_has_one_amplitude_per_channel_and_one_phase_per_window():
    x = simulated(mains_hum, mains=50.0)
    size = x.std(axis=-1)
    np.testing.assert_allclose(size, np.tile(size[0], (200, 1)))
    assert len(np.unique(size[0].round(9))) == 19
    np.testing.assert_allclose(np.corrcoef(x[0]), 1.0)
    assert np.corrcoef(x[:, 0]).min() < -0.9


def test_added_artefacts_strike_the_stated_share_of_windows():
    added = add_artefacts(np.zeros((2000, 19, 64)), SFREQ, np.random.default_rng(0), mains=None)
    share = (np.abs(added).max(axis=(1, 2)) > 0).mean()
    expected = 1 - np.prod([1 - share for _, share in ARTEFACTS.values()])
    assert share == pytest.approx(expected, abs=0.04)


def test_added_artefacts_leave_the_input_and_add_to_it():
    x = np.random.default_rng(1).normal(size=(30, 19, 256))
    kept = x.copy()
    over_noise = add_artefacts(x, SFREQ, np.random.default_rng(0), mains=50.0)
    over_zeros = add_artefacts(np.zeros_like(x), SFREQ, np.random.default_rng(0), mains=50.0)
    np.testing.assert_array_equal(x, kept)
    np.testing.assert_allclose(over_noise - x, over_zeros, atol=1e-9)


def test_mains_strikes_every_window():
    x = np.zeros((30, 19, 256))
    added = add_artefacts(x, SFREQ, np.random.default_rng(0), mains=50.0)
    assert np.all(added.std(axis=-1) > 0)
