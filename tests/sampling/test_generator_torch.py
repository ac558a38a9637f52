import numpy as np
import pytest
import torch
from torch import nn

from sklearn_eeg.sampling._base_statistics import fit_base
from sklearn_eeg.sampling._base_torch import ShapedNoise
from sklearn_eeg.sampling._generator_torch import Generator

SIZES = [(1, 64), (19, 500), (23, 1024), (3, 37), (2, 1)]


@pytest.fixture(autouse=True)
def seeded():
    with torch.random.fork_rng():
        torch.manual_seed(0)
        yield


@pytest.fixture(scope="module")
def base():
    windows = np.random.default_rng(0).normal(size=(40, 3, 64))
    return fit_base(windows, np.arange(40) % 2, 2)


@pytest.mark.parametrize(("n_channels", "n_times"), SIZES)
def test_windows_of_any_size(n_channels, n_times):
    generator = Generator(n_channels, n_times, 3)
    windows = generator(torch.randn(4, generator.noise_size), torch.tensor([0, 1, 2, 0]))
    assert windows.shape == (4, n_channels, n_times)
    assert torch.isfinite(windows).all()
    assert generator.noise_size == 128


@pytest.mark.parametrize(("n_channels", "n_times"), [(1, 64), (3, 37), (2, 4)])
def test_windows_of_any_size_on_a_base(n_channels, n_times):
    real = np.random.default_rng(0).normal(size=(8, n_channels, n_times))
    generator = Generator(n_channels, n_times, 2, base=fit_base(real, np.arange(8) % 2, 2, n_rounds=1))
    windows = generator(torch.randn(4, generator.noise_size), torch.tensor([0, 1, 1, 0]))
    assert windows.shape == (4, n_channels, n_times)


@pytest.mark.parametrize("widths", [(8,), (16, 8), (8, 8, 8, 8, 8, 8)])
def test_any_number_of_layers(widths, base):
    for given in (None, base):
        generator = Generator(3, 64, 2, widths=widths, base=given)
        assert generator(torch.randn(2, generator.noise_size), torch.tensor([0, 1])).shape == (2, 3, 64)


def test_label_and_noise_matter():
    generator, noise = Generator(3, 64, 2), torch.randn(4, 128)
    zeros = torch.zeros(4, dtype=torch.int64)
    windows = generator(noise, zeros)
    assert (windows - generator(noise, zeros + 1)).abs().amax((1, 2)).min() > 1e-4
    assert (windows[0] - windows[1]).abs().max() > 1e-3


def test_untrained_on_a_base_it_is_close_to_the_base(base):
    generator, labels = Generator(3, 64, 2, base=base), torch.arange(50) % 2
    noise = torch.randn(50, generator.noise_size)
    given = ShapedNoise(base)(noise[:, 128:], labels)
    difference = generator(noise, labels) - given
    assert 0 < difference.std() < 0.05 * given.std()


def test_the_convolutions_see_the_base(base):
    generator, labels = Generator(3, 64, 2, base=base), torch.tensor([0, 1])
    noise = torch.randn(2, generator.noise_size)
    other = noise.clone()
    other[:, 128:] = torch.randn(2, generator.noise_size - 128)
    made = [generator(each, labels) - generator.base(each[:, 128:], labels) for each in (noise, other)]
    assert (made[0] - made[1]).abs().max() > 1e-4


def test_untrained_it_has_no_lines_at_fractions_of_the_sampling_frequency():
    generator = Generator(2, 512, 1, widths=(32, 32, 32, 32))
    with torch.no_grad():
        windows = generator(torch.randn(400, 128), torch.zeros(400, dtype=torch.int64)).double()
    inner = windows[..., 32:-32] - windows[..., 32:-32].mean(0)
    power = torch.fft.rfft(inner * torch.hann_window(448), dim=-1).abs().square().mean((0, 1))
    for fraction in (2, 4, 8):
        at = 448 // fraction
        near = torch.cat([power[at - 12 : at - 4], power[at + 5 : at + 13]])
        assert power[at - 1 : at + 2].max() < 2 * near.max()


def test_every_weight_gets_a_finite_slope(base):
    for given in (None, base):
        generator = Generator(3, 64, 2, base=given)
        noise = torch.randn(4, generator.noise_size)
        generator(noise, torch.tensor([0, 1, 0, 1])).square().sum().backward()
        for name, parameter in generator.named_parameters():
            assert torch.isfinite(parameter.grad).all(), name
            assert parameter.grad.abs().max() > 0, name


def test_gradients_in_float32_are_those_of_float64():
    generator, found = Generator(19, 100, 2), []
    noise, labels = torch.randn(4, 128), torch.tensor([0, 1, 0, 1])
    for dtype in (torch.float32, torch.float64):
        generator.to(dtype).zero_grad()
        generator(noise.to(dtype), labels).square().sum().backward()
        found.append([p.grad.double().clone() for p in generator.parameters()])
    for single, double in zip(*found, strict=True):
        assert (single - double).norm() <= 1e-4 * double.norm() + 1e-12


def test_all_convolutions_are_one_dimensional(base):
    kinds = {type(module) for module in Generator(19, 64, 2).modules()}
    assert nn.Conv1d in kinds
    assert not kinds & {nn.Conv2d, nn.ConvTranspose1d, nn.BatchNorm1d}


def test_state_goes_round(base):
    for given in (None, base):
        a, b = Generator(3, 64, 2, base=given), Generator(3, 64, 2, base=given)
        noise, labels = torch.randn(4, a.noise_size), torch.tensor([0, 1, 0, 1])
        assert not torch.equal(a(noise, labels), b(noise, labels))
        b.load_state_dict(a.state_dict())
        assert torch.equal(a(noise, labels), b(noise, labels))


def test_sizes_are_checked(base):
    with pytest.raises(ValueError, match=r"`latent` must be at least 1, got 0\."):
        Generator(3, 64, 2, latent=0)
    with pytest.raises(ValueError, match=r"`kernel` must be odd and positive, got 4: take 5\."):
        Generator(3, 64, 2, kernel=4)
    with pytest.raises(ValueError, match=r"`base` must be of windows of 2 channels x 64 .*got 3 x 64 in 2"):
        Generator(2, 64, 2, base=base)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_mixed_precision_leaves_the_base_as_it_is(base, dtype):
    generator, labels = Generator(3, 64, 2, base=base).to(dtype), torch.tensor([0, 1])
    noise = torch.randn(2, generator.noise_size, dtype=dtype)
    expected = generator(noise, labels)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        found = generator(noise, labels)
    assert found.shape == expected.shape
    assert (found.to(dtype) - expected).abs().max() < 0.05 * expected.std()
