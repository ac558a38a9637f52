import pytest
import torch

from sklearn_eeg.sampling import _augment_torch
from sklearn_eeg.sampling._augment_torch import augment


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


def windows(n=40, n_channels=4, n_times=64):
    return torch.randn(n, n_channels, n_times, generator=seeded(1), dtype=torch.float64)


def test_strength_zero_returns_the_windows_and_draws_nothing():
    x, generator = windows(), seeded()
    state = generator.get_state()
    assert augment(x, generator=generator, strength=0) is x
    assert torch.equal(generator.get_state(), state)


def test_a_share_of_the_windows_stays_as_it_is():
    x = windows(4000, 1, 64)
    same = (augment(x, generator=seeded(), strength=0.2) == x).all((1, 2)).double().mean()
    assert same == pytest.approx(0.8**2 * (0.8 + 0.2 / 17), abs=0.03)  # a lone channel is never silenced


def test_the_same_state_alters_alike_and_another_does_not():
    x = windows()
    assert torch.equal(
        augment(x, generator=seeded(3), strength=0.7), augment(x, generator=seeded(3), strength=0.7)
    )
    assert not torch.equal(
        augment(x, generator=seeded(3), strength=0.7), augment(x, generator=seeded(4), strength=0.7)
    )


def test_it_is_differentiable():
    x = windows(5, 2, 16)
    still = x.detach().clone()
    size = still.var(-1, keepdim=True, correction=0).mean(1, keepdim=True).sqrt()
    assert size.min() > 0
    y = x.clone().requires_grad_()
    augment(y, generator=seeded(2), strength=1.0).sum().backward()
    assert torch.isfinite(y.grad).all()
    assert (y.grad.flatten(1).abs().sum(1) > 0).all()


def test_gain_is_one_number_of_up_to_3_decibels_a_window():
    ratio = _augment_torch._scale(windows(500), seeded()) / windows(500)
    torch.testing.assert_close(ratio, ratio[:, :1, :1].expand_as(ratio))
    decibels = 20 * torch.log10(ratio[:, 0, 0])
    assert 2.5 < decibels.max() < 3.05
    assert -3.05 < decibels.min() < -2.5


def test_shift_rolls_all_channels_alike_by_up_to_an_eighth():
    x = windows(300)
    shifted = _augment_torch._shift(x, seeded())
    steps = []
    for before, after in zip(x, shifted, strict=True):
        found = [step for step in range(-8, 9) if torch.equal(torch.roll(before, step, -1), after)]
        assert len(found) == 1
        steps += found
    assert set(steps) == set(range(-8, 9))


def test_noise_is_a_share_of_the_window():
    small, large = windows(), 1000 * windows()
    added = _augment_torch._add_noise(small, seeded()) - small
    torch.testing.assert_close(1000 * added, _augment_torch._add_noise(large, seeded()) - large)
    assert 0.15 < added.std((1, 2)).max() < 0.25
    assert torch.equal(_augment_torch._add_noise(torch.ones(3, 2, 8), seeded()), torch.ones(3, 2, 8))


def test_silence_never_falls_on_all_channels():
    silent = (_augment_torch._silence(windows(3000, 2, 4), seeded()) == 0).all(2)
    assert not silent.all(1).any()
    assert silent.double().mean() == pytest.approx(0.15 * (1 - 0.15 / 2), abs=0.02)


@pytest.mark.parametrize("strength", [-0.1, 1.5, float("nan")])
def test_strength_is_checked(strength):
    with pytest.raises(ValueError, match=r"`strength` must lie between 0 and 1, got"):
        augment(windows(), generator=seeded(), strength=strength)
