import pytest
import torch
from torch import nn

from sklearn_eeg.sampling._critic_torch import Critic, check_network

SIZES = [(1, 64), (19, 500), (23, 1024), (3, 37), (2, 1)]


@pytest.fixture(autouse=True)
def seeded():
    with torch.random.fork_rng():
        torch.manual_seed(0)
        yield


@pytest.mark.parametrize(("n_channels", "n_times"), SIZES)
def test_one_score_a_window_whatever_the_size(n_channels, n_times):
    critic = Critic(n_channels, n_times, 3)
    scores = critic(torch.randn(5, n_channels, n_times), torch.tensor([0, 1, 2, 0, 1]))
    assert scores.shape == (5,)
    assert torch.isfinite(scores).all()


def test_a_score_does_not_depend_on_the_rest_of_the_batch():
    critic, x, labels = (
        Critic(3, 64, 2).double(),
        torch.randn(5, 3, 64).double(),
        torch.tensor([0, 1, 1, 0, 1]),
    )
    torch.testing.assert_close(critic(x, labels)[1:3], critic(x[1:3], labels[1:3]))


def test_the_label_matters():
    critic, x = Critic(3, 64, 2), torch.randn(5, 3, 64)
    zeros = torch.zeros(5, dtype=torch.int64)
    assert (critic(x, zeros) - critic(x, zeros + 1)).abs().min() > 0


def test_all_convolutions_are_one_dimensional_and_nothing_norms_the_batch():
    kinds = {type(module) for module in Critic(19, 500, 2).modules()}
    assert nn.Conv1d in kinds
    assert not kinds & {nn.Conv2d, nn.BatchNorm1d, nn.BatchNorm2d}


@pytest.mark.parametrize("n_channels", [1, 3, 14, 19])
def test_gradients_in_float32_are_those_of_float64(n_channels):
    critic, x = Critic(n_channels, 200, 2), torch.randn(4, n_channels, 200)
    labels, found = torch.tensor([0, 1, 0, 1]), []
    for dtype in (torch.float32, torch.float64):
        critic.to(dtype).zero_grad()
        critic(x.to(dtype), labels).square().sum().backward()
        found.append([p.grad.double().clone() for p in critic.parameters()])
    for single, double in zip(*found, strict=True):
        assert (single - double).norm() <= 1e-4 * double.norm() + 1e-12


def test_state_goes_round():
    a, b = Critic(3, 64, 2), Critic(3, 64, 2)
    x, labels = torch.randn(5, 3, 64), torch.tensor([0, 1, 1, 0, 1])
    assert not torch.equal(a(x, labels), b(x, labels))
    b.load_state_dict(a.state_dict())
    assert torch.equal(a(x, labels), b(x, labels))


@pytest.mark.parametrize(
    ("sizes", "message"),
    [
        ((0, 64, 2, (8,), 9), "`n_channels` must be at least 1, got 0."),
        ((1, 0, 2, (8,), 9), "`n_times` must be at least 1, got 0."),
        ((1, 64, 0, (8,), 9), "`n_classes` must be at least 1, got 0."),
        ((1, 64, 2, (), 9), "`widths` must hold at least one whole number"),
        ((1, 64, 2, (8, 0), 9), "`widths` must hold at least one whole number"),
        ((1, 64, 2, (8, 4.5), 9), r"`widths` must hold at least one whole number.* got \(8, 4.5\)."),
        ((1, 64, 2, (8,), 8), "`kernel` must be odd and positive, got 8: take 9."),
    ],
)
def test_sizes_are_checked(sizes, message):
    with pytest.raises(ValueError, match=message):
        check_network(*sizes)
