import math

import numpy as np
import pytest
import torch
from scipy.signal import welch

from sklearn_eeg.sampling._critic_torch import Critic
from sklearn_eeg.sampling._losses_torch import (
    covariance_distance,
    gradient_penalty,
    log_spectra,
    spectral_distance,
)


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


def windows(n, n_channels=3, n_times=64, seed=0, dtype=torch.float64):
    return torch.randn(n, n_channels, n_times, generator=seeded(seed), dtype=dtype)


def small_critic(dtype=torch.float64, n_channels=3, n_times=64, seed=0):
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        return Critic(n_channels, n_times, 2, widths=(8, 8), kernel=5).to(dtype)


LABELS = torch.tensor([0, 1, 0, 1, 1, 0])


def test_penalty_of_a_linear_critic_is_its_norm_over_all_axes_of_a_window():
    weight = windows(1)[0]
    penalty = gradient_penalty(
        lambda x, _: (x * weight).sum((1, 2)), windows(6, seed=1), windows(6, seed=2), LABELS,
        generator=seeded(),
    )  # fmt: skip
    assert penalty.item() == pytest.approx((weight.norm().item() - 1) ** 2, rel=1e-9)


def test_penalty_is_taken_between_the_two_windows_of_a_pair():
    seen = []

    def critic(x, _):
        seen.append(x.detach())
        return x.square().sum((1, 2))

    real, fake = torch.zeros(6, 3, 8), torch.ones(6, 3, 8)
    gradient_penalty(critic, real, fake, LABELS, generator=seeded())
    share = seen[0].flatten(1)
    assert torch.equal(share, share[:, :1].expand_as(share))
    assert ((share > 0) & (share < 1)).all()
    assert len(share[:, 0].unique()) == 6


def test_penalty_depends_on_nothing_but_the_given_generator():
    critic, real, fake = small_critic(), windows(6), windows(6, seed=1)
    torch.manual_seed(0)
    a = gradient_penalty(critic, real, fake, LABELS, generator=seeded(7))
    torch.manual_seed(1)
    b = gradient_penalty(critic, real, fake, LABELS, generator=seeded(7))
    other = gradient_penalty(critic, real, fake, LABELS, generator=seeded(8))
    assert torch.equal(a, b)
    assert not torch.equal(a, other)


def test_gradient_of_the_penalty_is_that_of_finite_differences():
    critic, real, fake = small_critic(), windows(6), windows(6, seed=1)

    def penalty():
        return gradient_penalty(critic, real, fake, LABELS, generator=seeded(3))

    weight = critic.layers[1].weight
    (exact,) = torch.autograd.grad(penalty(), weight)
    direction = torch.randn(weight.shape, generator=seeded(5), dtype=weight.dtype)
    with torch.no_grad():
        values = []
        for step in (1e-6, -2e-6):
            weight += step * direction
            with torch.enable_grad():
                values.append(penalty().item())
    assert (values[0] - values[1]) / 2e-6 == pytest.approx((exact * direction).sum().item(), rel=1e-5)


@pytest.mark.parametrize(("n_channels", "n_times"), [(19, 500), (16, 65), (1, 64)])
def test_gradient_of_the_penalty_in_float32_is_that_of_float64(n_channels, n_times):
    gradients = []
    real, fake = windows(6, n_channels, n_times), windows(6, n_channels, n_times, seed=1)
    share = torch.rand(6, 1, 1, generator=seeded(), dtype=torch.float64)
    between = torch.lerp(fake, real, share)
    for dtype in (torch.float32, torch.float64):
        critic = small_critic(torch.float64, n_channels, n_times).to(dtype)
        points = between.to(dtype)
        gradient_penalty(critic, points, points, LABELS, generator=seeded()).backward()
        found = [p.grad.flatten().double() for p in critic.parameters() if p.grad is not None]
        gradients.append(torch.cat(found))
    assert (gradients[0] - gradients[1]).norm() <= 1e-4 * gradients[1].norm()


def test_a_flat_critic_has_penalty_one_and_finite_slopes():
    critic = small_critic()
    for parameter in critic.parameters():
        torch.nn.init.zeros_(parameter)
    penalty = gradient_penalty(critic, windows(6), windows(6, seed=1), LABELS, generator=seeded())
    penalty.backward()
    assert penalty.item() == pytest.approx(1, abs=1e-5)
    assert all(torch.isfinite(p.grad).all() for p in critic.parameters() if p.grad is not None)


@pytest.mark.parametrize("n_times", [2, 31, 128, 500])
def test_log_spectra_are_those_of_scipy(n_times):
    x = windows(2, n_times=n_times)
    _, expected = welch(x.numpy(), nperseg=min(128, n_times), noverlap=min(128, n_times) // 2, axis=-1)
    difference = log_spectra(x).numpy() - np.log(expected[..., 1:])
    if min(128, n_times) % 2 == 0:
        difference[..., -1] -= math.log(2)  # scipy does not double the highest frequency
    np.testing.assert_allclose(difference, difference[0, 0, 0], atol=2e-3)


def test_log_spectra_of_a_constant_channel_are_finite():
    found = log_spectra(torch.full((1, 1, 200), 5.0, dtype=torch.float64))
    np.testing.assert_allclose(found, math.log(1e-8), rtol=1e-9)


def test_distances_of_a_batch_from_itself_are_zero():
    x = windows(6)
    assert spectral_distance(x, x).item() == 0
    assert covariance_distance(x, x).item() == 0


def test_spectral_distance_sees_a_spread_of_levels():
    x = windows(400, 1)
    gains = torch.exp(torch.randn(400, 1, 1, generator=seeded(9), dtype=torch.float64))
    gains = gains / torch.exp(gains.log().mean())
    spread = log_spectra(x).var(0).mean().item()
    expected = (math.sqrt(spread + 4 * gains.log().var().item()) - math.sqrt(spread)) ** 2
    assert spectral_distance(x, gains * x).item() == pytest.approx(expected, rel=0.05)


def test_covariance_distance_sees_a_change_of_sign_that_spectra_do_not():
    x = windows(50, 2)
    x[:, 1] = x[:, 0]
    turned = x * torch.tensor([[1.0], [-1.0]])
    assert spectral_distance(x, turned).item() == pytest.approx(0, abs=1e-12)
    assert covariance_distance(x, turned).item() == pytest.approx(2, rel=1e-9)


@pytest.mark.parametrize("distance", [spectral_distance, covariance_distance])
def test_distances_of_constant_windows_have_finite_slopes(distance):
    fake = torch.zeros(4, 3, 64, requires_grad=True)
    distance(windows(4, dtype=torch.float32), fake).backward()
    assert torch.isfinite(fake.grad).all()


@pytest.mark.parametrize("distance", [spectral_distance, covariance_distance])
def test_slopes_of_distances_are_those_of_finite_differences(distance):
    real, fake = windows(4, 2, 40), windows(5, 2, 40, seed=1).requires_grad_()
    assert torch.autograd.gradcheck(lambda x: distance(real, x), fake)
