"""Each kind of seizure has the frequency, the place and the course that the clinic describes."""

from dataclasses import replace

import numpy as np
import pytest

from sklearn_eeg._montage import CH_NAMES_1020, positions_1020
from sklearn_eeg.datasets._seizure_types import (
    SEIZURE_TYPES,
    SeizureTraits,
    _spike_and_wave,
    draw_seizure_traits,
    focal,
    spike_wave,
    subtle,
    tonic,
)

SFREQ, N_TIMES = 128.0, 512
TRAITS = SeizureTraits(
    amplitude=25.0,
    strength=1.0,
    focus="T7",
    spike_wave_hz=3.0,
    theta_hz=6.5,
    beta_hz=20.0,
    delta_hz=2.0,
)
KINDS = list(SEIZURE_TYPES.values())


def laid_over(kind, x=None, gain=1.0, seed=0, sfreq=SFREQ, traits=TRAITS):
    """Return the windows of a seizure, by default over silence: the rhythm alone."""
    x = np.zeros((50, 19, N_TIMES)) if x is None else x
    return kind(x, sfreq, traits, gain, np.random.default_rng(seed))


def noise(seed=1):
    return np.random.default_rng(seed).normal(0.0, 25.0, (50, 19, N_TIMES))


def channel(name):
    return CH_NAMES_1020.index(name)


def peak_hz(x):
    """Return the mean peak of the spectra of windows, padded to a fine grid."""
    spectra = np.abs(np.fft.rfft(x * np.hanning(x.shape[-1]), n=16384)) ** 2
    return np.fft.rfftfreq(16384, 1 / SFREQ)[spectra.argmax(axis=-1)].mean()


def rms(x):
    return np.sqrt(np.mean(x**2, axis=(0, -1)))


def test_table_lists_the_four_kinds_by_their_names():
    assert list(SEIZURE_TYPES) == ["spike_wave", "focal", "tonic", "subtle"]
    assert all(kind.__name__ == name for name, kind in SEIZURE_TYPES.items())


@pytest.mark.parametrize("kind", KINDS)
def test_gain_zero_leaves_the_background(kind):
    x = noise()
    np.testing.assert_array_equal(laid_over(kind, x, gain=0.0), x)


@pytest.mark.parametrize("kind", KINDS)
def test_input_is_not_changed(kind):
    x = noise()
    laid_over(kind, x)
    np.testing.assert_array_equal(x, noise())


@pytest.mark.parametrize("kind", KINDS)
def test_departure_grows_with_the_gain(kind):
    x = noise()
    departure = [np.abs(laid_over(kind, x, gain) - x).mean() for gain in (0.25, 0.5, 1.0, 2.0)]
    assert np.all(np.diff(departure) > 0)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("trait", ["amplitude", "strength"])
def test_rhythm_is_proportional_to_the_amplitude_and_the_strength(kind, trait):
    doubled = laid_over(kind, traits=replace(TRAITS, **{trait: 2 * getattr(TRAITS, trait)}))
    np.testing.assert_allclose(doubled, 2 * laid_over(kind), atol=1e-9)


@pytest.mark.parametrize(
    ("kind", "name", "expected"),
    [(spike_wave, "Fz", 3.0), (subtle, "T7", 2.0)],
)
def test_stationary_rhythms_peak_at_their_frequency(kind, name, expected):
    x = laid_over(kind)[:, channel(name)]
    assert peak_hz(x - x.mean(axis=-1, keepdims=True)) == pytest.approx(expected, rel=0.05)


@pytest.mark.parametrize(
    ("kind", "name", "mean_hz", "drift"),
    [(focal, "T7", 6.5, 0.2), (tonic, "Fz", 20.0, 0.2), (spike_wave, "Fz", 3.0, 0.1)],
)
def test_evolving_rhythms_slow_by_the_stated_share(kind, name, mean_hz, drift):
    """The third and the last quarter have the linear chirp's frequency at their middle."""
    x = laid_over(kind)[:, channel(name)]
    x = x - x.mean(axis=-1, keepdims=True)
    third, last = peak_hz(x[:, 256:384]), peak_hz(x[:, 384:])
    assert third == pytest.approx(mean_hz * (1 + drift * (0.5 - 0.625)), rel=0.05)
    assert last == pytest.approx(mean_hz * (1 + drift * (0.5 - 0.875)), rel=0.05)
    assert last < third


def test_spike_wave_is_in_phase_and_frontal():
    x = laid_over(spike_wave)
    size = rms(x)
    assert size.argmax() == channel("Fz")
    assert size[channel("F3")] > size[channel("P3")] > size[channel("O1")] > 0
    np.testing.assert_allclose(np.corrcoef(x[0]), 1.0)


def test_spike_and_wave_is_a_spike_of_one_then_a_slow_wave_of_1_2():
    phase = np.linspace(0.0, 1.0, 10001)
    complex_ = _spike_and_wave(phase)
    level = complex_.max()
    assert phase[complex_[:2000].argmin()] == pytest.approx(0.12, abs=1e-3)
    assert level - complex_[:2000].min() == pytest.approx(1.0, abs=0.01)
    assert phase[complex_.argmin()] == pytest.approx(0.6, abs=1e-3)
    assert level - complex_.min() == pytest.approx(1.2, abs=0.01)


def test_spike_and_wave_has_zero_mean_and_repeats_every_cycle():
    phase = np.arange(10000) / 10000
    assert _spike_and_wave(phase).mean() == pytest.approx(0.0, abs=1e-4)
    np.testing.assert_allclose(_spike_and_wave(phase + 3), _spike_and_wave(phase), atol=1e-9)


def test_fundamental_of_spike_and_wave_is_above_its_harmonics():
    """The harmonics together hold 40 % of the power: sharp, yet of the stated frequency."""
    size = np.abs(np.fft.rfft(_spike_and_wave(np.arange(4000) / 4000)))
    assert size[1] > 1.5 * size[2:].max()
    assert (size[2:] ** 2).sum() / (size[1:] ** 2).sum() == pytest.approx(0.4, abs=0.01)


def test_focal_is_largest_at_its_focus_and_grows():
    x = laid_over(focal)
    assert rms(x).argmax() == channel("T7")
    first, last = rms(x[..., :128]), rms(x[..., -128:])
    assert last[channel("T7")] > 2 * first[channel("T7")]


def test_focal_spreads_to_the_neighbours_by_distance():
    x = laid_over(focal)
    distance = np.linalg.norm(positions_1020() - positions_1020()[channel("T7")], axis=1)
    relative = [rms(x[..., part]) / rms(x[..., part]).max() for part in (slice(128), slice(384, 512))]
    neighbours = [channel(name) for name in ("F7", "P7", "C3")]
    assert np.all(relative[1][neighbours] > 1.5 * relative[0][neighbours])
    order = np.argsort(distance)
    assert np.all(np.diff(relative[1][order]) <= 1e-12)


def test_focal_reaches_distant_electrodes_later():
    """The cross-spectrum with the focus turns by a tenth of a cycle per unit of distance."""
    spectra = np.fft.rfft(laid_over(focal) * np.hanning(N_TIMES))
    cross = spectra[:, channel("T7")] * spectra[:, channel("T8")].conj()
    fundamental = (np.fft.rfftfreq(N_TIMES, 1 / SFREQ) > 5) & (np.fft.rfftfreq(N_TIMES, 1 / SFREQ) < 8)
    turned = np.angle(cross[:, fundamental].sum()) / (2 * np.pi)
    assert turned == pytest.approx(0.1 * 1.6, abs=0.02)


def test_focal_follows_the_focus_of_the_patient():
    x = laid_over(focal, traits=replace(TRAITS, focus="F8"))
    assert rms(x).argmax() == channel("F8")


def test_tonic_first_flattens_the_background_to_half():
    x = noise()
    flat = laid_over(tonic, x, traits=replace(TRAITS, strength=0.0)) / x
    np.testing.assert_allclose(flat[..., 0], 1.0)
    np.testing.assert_allclose(flat[..., N_TIMES // 5 + 1 :], 0.5)
    assert np.all(np.diff(flat, axis=-1) <= 1e-12)


def test_tonic_fast_activity_begins_late_and_grows():
    x = laid_over(tonic)
    np.testing.assert_array_equal(x[..., : N_TIMES // 10], 0.0)
    quarters = [rms(x[..., 128 * i : 128 * (i + 1)])[channel("Fz")] for i in range(4)]
    assert np.all(np.diff(quarters) > 0)


def test_subtle_is_small_slow_and_local():
    x = laid_over(subtle)
    assert rms(x).argmax() == channel("T7")
    assert rms(x)[channel("T7")] < 1.2 * TRAITS.amplitude
    assert rms(x)[channel("T8")] < 0.05 * rms(x)[channel("T7")]
    for larger in (spike_wave, focal):
        assert rms(x).sum() < rms(laid_over(larger)).sum()


def test_subtle_attenuates_the_background_at_the_focus_alone():
    x = noise()
    kept = laid_over(subtle, x, traits=replace(TRAITS, strength=0.0)) / x
    np.testing.assert_allclose(kept[:, channel("T7")], 0.7)
    assert np.all(kept[:, channel("T8")] > 0.98)


def test_half_the_gain_takes_the_root_of_an_attenuation():
    x = noise()
    kept = laid_over(subtle, x, gain=0.5, traits=replace(TRAITS, strength=0.0)) / x
    np.testing.assert_allclose(kept[:, channel("T7")], np.sqrt(0.7))


@pytest.mark.parametrize("kind", KINDS)
def test_windows_begin_at_different_phases(kind):
    x = laid_over(kind)[:, channel("F7" if kind is spike_wave else "T7")]
    correlation = np.corrcoef(x)
    assert correlation[np.triu_indices(50, 1)].min() < -0.3


def test_drawn_frequencies_stay_in_their_bands_through_drift_and_jitter():
    for seed in range(300):
        traits = draw_seizure_traits(25.0, np.random.default_rng(seed))
        assert traits.spike_wave_hz * 0.98 * 0.95 >= 2.5
        assert traits.spike_wave_hz * 1.02 * 1.05 <= 4.0
        assert traits.theta_hz * 0.98 * 0.9 >= 5.0
        assert traits.theta_hz * 1.02 * 1.1 <= 8.0
        assert traits.beta_hz * 0.98 * 0.9 >= 15.0
        assert traits.beta_hz * 1.02 * 1.1 <= 25.0
        assert traits.delta_hz * 0.98 >= 1.5
        assert traits.delta_hz * 1.02 <= 2.5
        assert traits.focus in ("F7", "F8", "T7", "T8")
        assert traits.amplitude == 25.0
