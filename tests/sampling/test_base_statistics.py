import numpy as np
import pytest

from sklearn_eeg.sampling import _base_spectra as spectra
from sklearn_eeg.sampling import _base_statistics as statistics
from sklearn_eeg.sampling._base_spectra import power_of, remove_drift, tapered_spectra
from sklearn_eeg.sampling._base_statistics import _smooth, fit_base
from sklearn_eeg.sampling._base_torch import draw_base


def coloured(n, n_channels=3, n_times=128, *, seed=0, spread=0.5, slope=1.0):
    """Windows whose level differs from window to window, with a falling spectrum and shared activity."""
    rng = np.random.default_rng(seed)
    freqs = np.fft.rfftfreq(2 * n_times)
    shared = rng.normal(size=(n, 1, 2 * n_times)) + 0.7 * rng.normal(size=(n, n_channels, 2 * n_times))
    filtered = np.fft.irfft(np.fft.rfft(shared) / (0.02 + freqs) ** (slope / 2))[..., :n_times]
    return filtered * np.exp(spread * rng.normal(size=(n, 1, 1)))


def decibels(windows):
    return 10 / np.log(10) * np.log(power_of(tapered_spectra(windows)))


def test_drawn_windows_have_the_mean_log_spectrum_of_the_class():
    a, b = coloured(200), 5 * coloured(200, slope=2.0, seed=1)
    labels = np.repeat([0, 1], 200)
    base = fit_base(np.concatenate([a, b]), labels, 2)
    drawn, _ = draw_base(base, labels, seed=9)
    for k, real in enumerate((a, b)):
        difference = decibels(drawn[labels == k]).mean(0) - decibels(real).mean(0)
        assert np.sqrt(np.mean(difference**2)) < 0.8


def test_drawn_windows_differ_in_level_as_the_real_ones():
    real = coloured(300, spread=0.8)
    drawn, _ = draw_base(fit_base(real, np.zeros(300, dtype=int), 1), np.zeros(600, dtype=int), seed=3)
    spread = np.log(real.std(-1)).std(0).mean()
    assert np.log(drawn.std(-1)).std(0).mean() == pytest.approx(spread, rel=0.12)
    together = np.corrcoef(np.log(drawn.std(-1)).T)[0, 1]
    assert together == pytest.approx(np.corrcoef(np.log(real.std(-1)).T)[0, 1], abs=0.08)


def test_drawn_channels_go_together_as_the_real_ones():
    real = coloured(300, spread=0.0)
    drawn, _ = draw_base(fit_base(real, np.zeros(300, dtype=int), 1), np.zeros(300, dtype=int), seed=3)

    def correlation(x):
        return np.mean([np.corrcoef(window) for window in x], axis=0)

    np.testing.assert_allclose(correlation(drawn), correlation(real), atol=0.06)


def test_a_burst_at_the_end_of_the_windows_is_drawn_at_their_end():
    real = coloured(100, n_times=512, spread=0.2) * np.where(np.arange(512) < 400, 1.0, 6.0)
    drawn, _ = draw_base(fit_base(real, np.zeros(100, dtype=int), 1), np.zeros(200, dtype=int), seed=3)

    def ratio(x):
        return np.log(x[..., 440:].std(-1) / x[..., :300].std(-1)).mean()

    assert ratio(real) > 1.5
    assert ratio(drawn) == pytest.approx(ratio(real), rel=0.2)


def test_offsets_are_drawn_too():
    rng = np.random.default_rng(5)
    real = coloured(300) + 30 * rng.normal(size=(300, 1, 1)) * np.array([[1.0], [-1.0], [0.0]])
    drawn, _ = draw_base(fit_base(real, np.zeros(300, dtype=int), 1), np.zeros(400, dtype=int), seed=3)
    offsets = drawn.mean(-1)
    np.testing.assert_allclose(offsets.std(0)[:2], real.mean(-1).std(0)[:2], rtol=0.15)
    assert np.corrcoef(offsets.T)[0, 1] < -0.95


def test_slopes_are_drawn_too():
    slopes = np.random.default_rng(5).normal(size=(300, 1, 1)) * np.array([[1.0], [-1.0], [0.0]])
    real = coloured(300) + slopes * np.linspace(-60, 60, 128)
    drawn, _ = draw_base(fit_base(real, np.zeros(300, dtype=int), 1), np.zeros(400, dtype=int), seed=3)
    change, expected = (x[..., -10:].mean(-1) - x[..., :10].mean(-1) for x in (drawn, real))
    np.testing.assert_allclose(change.std(0)[:2], expected.std(0)[:2], rtol=0.15)
    assert np.corrcoef(change.T)[0, 1] < -0.95


def test_drift_turns_its_sign_about_the_mean_of_the_class():
    sizes = np.random.default_rng(5).normal(size=(300, 1, 1))
    real = 0.01 * coloured(300, 1, spread=0) + 100 + np.abs(sizes)
    drawn, _ = draw_base(fit_base(real, np.zeros(300, dtype=int), 1), np.zeros(2000, dtype=int), seed=3)
    offsets = drawn.mean(-1)[:, 0] - real.mean()
    assert np.mean(offsets) == pytest.approx(0, abs=0.05)
    assert np.mean(offsets > 0) == pytest.approx(0.5, abs=0.04)
    assert offsets.std() == pytest.approx(np.abs(sizes).std(), rel=0.1)


def test_no_waveform_is_kept():
    real = coloured(12, spread=0.2)
    drawn, _ = draw_base(fit_base(real, np.zeros(12, dtype=int), 1), np.zeros(200, dtype=int), seed=3)

    def whiten(x):
        flat = remove_drift(x).reshape(len(x), -1)
        return flat / np.linalg.norm(flat, axis=1, keepdims=True)

    likeness = np.abs(whiten(drawn) @ whiten(real).T).max()
    other = np.abs(whiten(coloured(200, spread=0.2, seed=8)) @ whiten(real).T).max()
    assert likeness < other + 0.15


def test_scale_of_the_windows_is_the_scale_of_what_is_drawn():
    real, labels = coloured(60), np.arange(60) % 2
    small, _ = draw_base(fit_base(real, labels, 2), labels, seed=1)
    large, _ = draw_base(fit_base(1024 * real, labels, 2), labels, seed=1)
    assert np.linalg.norm(large / 1024 - small) < 0.02 * np.linalg.norm(small)


def test_the_same_windows_give_the_same_numbers():
    real, labels = coloured(40), np.arange(40) % 2
    first, second = fit_base(real, labels, 2), fit_base(real, labels, 2)
    assert first.keys() == second.keys()
    assert all(np.array_equal(first[name], second[name]) for name in first)


@pytest.mark.parametrize("n_channels", [1, 4])
@pytest.mark.parametrize("n_times", [4, 5, 37])
@pytest.mark.parametrize("counts", [(1,), (1, 1), (2, 1, 30)])
def test_any_size_and_number_of_windows_gives_finite_windows(n_channels, n_times, counts):
    labels = np.repeat(np.arange(len(counts)), counts)
    real = np.random.default_rng(0).normal(size=(len(labels), n_channels, n_times))
    drawn, _ = draw_base(fit_base(real, labels, len(counts), n_rounds=1), labels, seed=0)
    assert drawn.shape == real.shape
    assert np.isfinite(drawn).all()
    assert np.abs(drawn).max() < 1e3


@pytest.mark.parametrize("n_times", [1, 3])
def test_windows_without_a_spectrum_are_refused(n_times):
    with pytest.raises(ValueError, match=f"`windows` must have at least 4 time points, got {n_times}"):
        fit_base(np.ones((5, 2, n_times)), np.zeros(5, dtype=int), 1)


def test_blocks_of_windows_give_the_same_numbers(monkeypatch):
    real, labels = coloured(40), np.arange(40) % 2
    whole = fit_base(real, labels, 2, n_rounds=0)
    monkeypatch.setattr(spectra, "_WHOLE", 0)
    monkeypatch.setattr(spectra, "_BLOCK", 100_000)
    sizes = []
    taper = spectra.tapered_spectra
    for module in (spectra, statistics):
        monkeypatch.setattr(
            module, "tapered_spectra", lambda windows: sizes.append(len(windows)) or taper(windows)
        )
    blocks = fit_base(real, labels, 2, n_rounds=0)
    assert max(sizes) < 20
    for name in whole:
        if name in ("levels", "mixing", "envelopes", "scores"):  # directions have no sign
            continue
        np.testing.assert_allclose(blocks[name], whole[name], rtol=1e-3, atol=1e-3)


def test_a_flat_channel_stays_flat():
    real = coloured(30)
    real[:, 1] = 0
    drawn, _ = draw_base(fit_base(real, np.zeros(30, dtype=int), 1), np.zeros(30, dtype=int), seed=0)
    assert np.abs(drawn[:, 1]).max() < 1e-6 * real.std()
    assert drawn[:, 0].std() > 0.3 * real[:, 0].std()


def test_a_channel_that_is_flat_at_times_does_no_harm():
    real = coloured(100)
    real[:10, 1] = 0
    drawn, _ = draw_base(fit_base(real, np.zeros(100, dtype=int), 1), np.zeros(200, dtype=int), seed=0)
    assert np.abs(drawn).max() < 5 * np.abs(real).max()


def test_smoothing_keeps_constants_and_lines_within():
    np.testing.assert_allclose(_smooth(np.full((2, 30), 3.0), 4), 3.0)
    line = np.arange(30.0)
    np.testing.assert_allclose(_smooth(line, 3)[3:-3], line[3:-3])


@pytest.mark.parametrize(("labels", "n_classes"), [([0, 0, 2], 3), ([0, 1, 2], 2)])
def test_every_class_must_have_windows(labels, n_classes):
    with pytest.raises(ValueError, match="`labels` must hold each class from 0 to"):
        fit_base(np.zeros((3, 2, 16)), np.array(labels), n_classes)
