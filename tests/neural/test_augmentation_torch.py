import numpy as np
import pytest
import torch

from sklearn_eeg._montage import CH_NAMES_1020, DOUBLE_BANANA
from sklearn_eeg._torch import make_generator
from sklearn_eeg.neural._augmentation_torch import (
    AUGMENTATIONS,
    add_noise,
    drop_channels,
    flip_sides,
    make_augmentations,
    mask_time,
    mirror_channels,
    scale_amplitude,
    shift_frequency,
    shift_time,
    surrogate,
)

NAMES = ["T7", "Cz", "T8"]


def batch(n_windows=50, n_times=200, dtype=torch.float32):
    x = torch.randn(n_windows, 3, n_times, generator=make_generator(0), dtype=dtype)
    return x + torch.tensor([0.5, -1.0, 2.0], dtype=dtype)[:, None]


def made(name, probability=1.0):
    return make_augmentations([name], sfreq=100.0, ch_names=NAMES, probability=probability)[0]


each = pytest.mark.parametrize("name", sorted(AUGMENTATIONS))


@each
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("n_times", [200, 201, 1])
def test_shape_type_and_the_given_windows_are_kept(name, dtype, n_times):
    x = batch(n_times=n_times, dtype=dtype)
    before = x.clone()
    out = made(name)(x, make_generator(1))
    assert out.shape == x.shape
    assert out.dtype == dtype
    assert torch.isfinite(out).all()
    assert torch.equal(x, before)


@each
def test_the_generator_alone_decides(name):
    x, state = batch(), torch.get_rng_state()
    first, again = (made(name, 0.5)(x, make_generator(1)) for _ in range(2))
    assert torch.equal(first, again)
    assert torch.equal(torch.get_rng_state(), state)
    assert not torch.equal(first, made(name, 0.5)(x, make_generator(2)))


@each
def test_about_half_of_the_windows_are_changed(name):
    x = batch(400)
    changed = (made(name, 0.5)(x, make_generator(3)) != x).any(dim=(1, 2)).float().mean()
    assert 0.2 < changed < 0.6  # some draws (a shift by 0, no channel dropped) change nothing
    assert torch.equal(made(name, 0.0)(x, make_generator(3)), x)


def amplitude(x):
    return torch.fft.rfft(x.double()).abs()


def cross_spectrum(x):
    f = torch.fft.rfft(x.double())
    return f[:, 0] * f[:, 2].conj()


@pytest.mark.parametrize("transform", [shift_time, surrogate])
@pytest.mark.parametrize("n_times", [200, 201])
def test_spectrum_and_coherence_are_kept(transform, n_times):
    x = batch(n_times=n_times, dtype=torch.float64)
    out = transform(x, make_generator(1))
    assert (out - x).abs().mean() > 0.3
    torch.testing.assert_close(amplitude(out), amplitude(x), rtol=1e-9, atol=1e-9)
    torch.testing.assert_close(cross_spectrum(out), cross_spectrum(x), rtol=1e-9, atol=1e-9)


def test_a_shift_rolls_by_no_more_than_its_share():
    x = torch.arange(100.0).expand(300, 2, 100)
    out = shift_time(x, make_generator(0), share=0.1)
    moved = (-out[:, 0, 0]) % 100
    moved = torch.where(moved > 50, moved - 100, moved)
    assert moved.min() == -10
    assert moved.max() == 10
    for window, step in zip(out, moved.int().tolist(), strict=True):
        assert torch.equal(window, x[0].roll(step, dims=1))


def test_a_surrogate_of_strength_0_is_the_window():
    x = batch(dtype=torch.float64)
    torch.testing.assert_close(surrogate(x, make_generator(0), strength=0.0), x)


def test_noise_has_its_scale():
    x = batch()
    difference = add_noise(x, make_generator(0), scale=0.3) - x
    assert abs(difference.std() - 0.3) < 0.005
    assert abs(difference.mean()) < 0.005
    assert abs(float((difference[:, 0] * difference[:, 1]).mean())) < 0.002


def test_a_mask_hides_one_stretch_and_leaves_the_rest():
    x = batch(300) + 10
    out = mask_time(x, make_generator(0), share=0.25)
    hidden = out == 0
    assert torch.equal(hidden[:, 0], hidden[:, 2])
    assert torch.equal(out[~hidden], x[~hidden])
    lengths = hidden[:, 0].sum(dim=1)
    assert lengths.max() <= 51
    assert lengths.max() > 40
    assert lengths.min() < 10
    edges = hidden[:, 0].int().diff(dim=1).abs().sum(dim=1)
    assert edges.max() <= 2
    covered = hidden[:, 0].float().mean(dim=0)
    assert (covered > 0).all()


def test_dropped_channels_are_0_and_one_always_stays():
    x = batch(1000) + 10
    for share in (0.2, 1.0):
        out = drop_channels(x, make_generator(0), share=share)
        dropped = (out == 0).all(dim=2)
        assert torch.equal(out[~dropped], x[~dropped])
        assert (out[dropped] == 0).all()
        assert dropped.sum(dim=1).max() == 2
        expected = share - share**3 / 3  # of three channels one is spared where all would go
        assert abs(dropped.float().mean() - expected) < 0.02


def test_flipping_twice_is_nothing():
    x = batch()
    out = flip_sides(x, make_generator(0), order=[2, 1, 0])
    assert torch.equal(out[:, 0], x[:, 2])
    assert torch.equal(out[:, 1], x[:, 1])
    assert torch.equal(flip_sides(out, make_generator(0), order=[2, 1, 0]), x)


def test_channels_are_mirrored_by_name():
    names = [CH_NAMES_1020[i] for i in mirror_channels(CH_NAMES_1020)]
    assert names[:7] == ["Fp2", "Fp1", "F8", "F4", "Fz", "F3", "F7"]
    pairs = ["-".join(pair) for pair in DOUBLE_BANANA]
    order = mirror_channels(pairs)
    assert [order[i] for i in order] == list(range(18))
    assert pairs[order[0]] == "Fp2-F8"
    assert mirror_channels(["EEG T3-REF", "EEG T4-REF"]) == [1, 0]
    with pytest.raises(ValueError, match=r"got no twin of \['C3'\]"):
        mirror_channels(["C3", "Cz"])
    with pytest.raises(ValueError, match=r"must be electrodes .* got \['ch1', 'ch2'\]"):
        mirror_channels(["ch1", "ch2"])


@pytest.mark.parametrize("n_times", [500, 501])
def test_a_sine_moves_by_the_shift_and_keeps_its_power(n_times):
    t = torch.arange(n_times, dtype=torch.float64) / 100
    x = (3 * torch.sin(2 * np.pi * 10 * t)).expand(200, 2, n_times)
    out = shift_frequency(x, make_generator(0), sfreq=100.0, largest=2.0)
    inner = out[:, 0, 50:-50].numpy()
    zeros = (np.diff(np.signbit(inner), axis=1)).sum(axis=1) / (2 * inner.shape[1] / 100)
    assert 7.8 < zeros.min() < 8.3
    assert 11.7 < zeros.max() < 12.2
    np.testing.assert_allclose(np.square(inner).mean(axis=1), 4.5, rtol=0.05)
    torch.testing.assert_close(out[:, 0], out[:, 1])
    still = shift_frequency(x, make_generator(0), sfreq=100.0, largest=0.0)
    torch.testing.assert_close(still, x)


def test_amplitudes_are_scaled_alike_in_all_channels():
    x = batch(500)
    ratio = scale_amplitude(x, make_generator(0), factor=2.0) / x
    torch.testing.assert_close(ratio, ratio[:, :1, :1].expand_as(ratio))
    assert 0.5 <= ratio.min() < 0.51
    assert 1.98 < ratio.max() <= 2.0001
    assert abs(ratio.log().mean()) < 0.05


def test_lists_of_names_pairs_and_functions():
    def double(windows, generator):
        return 2 * windows

    transforms = make_augmentations(
        [("noise", {"scale": 0.0}), double], sfreq=None, ch_names=NAMES, probability=1.0
    )
    x = batch()
    for transform in transforms:
        x = transform(x, make_generator(0))
    assert torch.equal(x, 2 * batch())
    assert make_augmentations(None, sfreq=None, ch_names=NAMES) == []


def test_what_is_missing_is_said():
    with pytest.raises(
        ValueError, match=r"`augmentation` must name some of \['amplitude_scale', .* got 'hum'"
    ):
        make_augmentations(["hum"], sfreq=1.0, ch_names=NAMES)
    with pytest.raises(ValueError, match="`sfreq` must be given for .*frequency_shift"):
        make_augmentations(["frequency_shift"], sfreq=None, ch_names=NAMES)
