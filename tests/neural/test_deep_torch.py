import pytest
import torch
from torch import nn
from torch.nn import functional

from sklearn_eeg.neural._deep_torch import DeepConvNet


@pytest.fixture(autouse=True)
def seeded():
    with torch.random.fork_rng():
        torch.manual_seed(0)
        yield


def as_written(net, x):
    """Return the logits by the steps of the paper, one after the other."""
    n_windows, n_channels, n_times = x.shape
    y = functional.conv1d(x.reshape(-1, 1, n_times), net.temporal[:, None], net.temporal_bias)
    y = torch.einsum("ncft,sfc->nst", y.unflatten(0, (n_windows, n_channels)), net.spatial)
    for number, (norm, block) in enumerate(zip(net.norms, net.plan, strict=True)):
        if number:
            y = net.convolutions[number - 1](y)
        y = functional.max_pool1d(functional.elu(norm(y)), block.pool)
    return net.head(y.flatten(1))


def uneven(net):
    for norm in net.norms:
        nn.init.normal_(norm.weight)
        nn.init.normal_(norm.bias)
    nn.init.normal_(net.temporal_bias)
    return net


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize(
    ("n_times", "options"),
    [(130, {}), (90, {"kernel_length": 4, "pool_length": 2}), (40, {"pool_length": 1})],
)
def test_is_what_its_steps_give(n_times, options, training):
    net = uneven(DeepConvNet(3, n_times, 2, dropout=0.0, n_filters=(4, 5, 6, 7), **options)).double()
    net.train(training)
    x = torch.randn(4, 3, n_times, dtype=torch.float64).requires_grad_()
    inputs = [x, *net.parameters()]
    expected = as_written(net, x)
    wanted = torch.autograd.grad(expected.square().sum(), inputs)
    before = {name: value.clone() for name, value in net.named_buffers()}
    got = net(x)
    torch.testing.assert_close(got, expected)
    for one, other in zip(torch.autograd.grad(got.square().sum(), inputs), wanted, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-6, atol=1e-9)
    if training:
        check_running(net, before)


def check_running(net, before):
    """Twice the same batch: the second step of the running mean is nine tenths of the first."""
    for number, norm in enumerate(net.norms):
        after_one = before[f"norms.{number}.running_mean"]
        torch.testing.assert_close(norm.running_mean, 1.9 * after_one)


def test_of_equal_maxima_the_first_takes_the_gradient():
    net = DeepConvNet(2, 130, 2, dropout=0.0).double()
    x = torch.randn(3, 2, 130, dtype=torch.float64)
    x[:, :, 40:] = x[:, :, 40:41]
    net.zero_grad()
    net(x).square().sum().backward()
    got = [parameter.grad.clone() for parameter in net.parameters()]
    net.zero_grad()
    as_written(net, x).square().sum().backward()
    for one, parameter in zip(got, net.parameters(), strict=True):
        torch.testing.assert_close(one, parameter.grad, rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize(
    ("n_times", "sfreq", "expected"),
    [
        (1125, None, [(10, 3, 372), (10, 3, 121), (10, 3, 37), (10, 3, 9)]),
        (441, None, [(10, 3, 144), (10, 3, 45), (10, 3, 12), (10, 3, 1)]),
        (440, None, [(10, 3, 143), (10, 3, 44), (10, 3, 11), (6, 3, 2)]),
        (64, None, [(10, 3, 18), (10, 3, 3), (2, 2, 1), (1, 1, 1)]),
        (1000, 500.0, [(20, 6, 163), (10, 3, 51), (10, 3, 14), (10, 3, 1)]),
        (1, None, [(1, 1, 1)] * 4),
    ],
)
def test_lengths_follow_the_rate_and_the_window(n_times, sfreq, expected):
    assert DeepConvNet(2, n_times, 2, sfreq=sfreq).plan == expected


@pytest.mark.parametrize("n_filters", [(1, 2, 3), (1, 2, 3, 0)])
def test_numbers_of_filters_are_four_and_positive(n_filters):
    with pytest.raises(ValueError, match="`n_filters` must be four positive numbers, got"):
        DeepConvNet(3, 100, 2, n_filters=n_filters)


def test_lengths_must_be_positive():
    with pytest.raises(ValueError, match="`pool_length` must be at least 1, got 0"):
        DeepConvNet(3, 100, 2, pool_length=0)


def test_last_layer_may_be_limited():
    net, x = DeepConvNet(2, 120, 2, dense_max_norm=0.5).eval(), torch.randn(3, 2, 120)
    net.head.weight.data.mul_(1000)
    expected = net(x)
    net.head.weight.data.copy_(net.head.weight.data.renorm(2, 0, 0.5))
    torch.testing.assert_close(net(x), expected)
