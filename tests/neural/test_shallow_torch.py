import pytest
import torch
from torch import nn
from torch.nn import functional

from sklearn_eeg.neural._shallow_torch import ShallowConvNet


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
    y = net.norm(y).square()
    y = functional.avg_pool1d(y, net.plan.pool, net.plan.stride)
    return net.head(torch.log(y.clamp(min=1e-6)).flatten(1))


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"pool_length": 37},
        {"pool_length": 40},
        {"pool_length": 10, "pool_stride": 30},
        {"kernel_length": 1},
    ],
)
def test_is_what_its_steps_give(options, training):
    net = (
        ShallowConvNet(3, 120, 2, dropout=0.0, n_temporal=4, n_spatial=5, **options).double().train(training)
    )
    nn.init.normal_(net.norm.weight)
    nn.init.normal_(net.norm.bias)
    nn.init.normal_(net.temporal_bias)
    x = torch.randn(4, 3, 120, dtype=torch.float64).requires_grad_()
    inputs = [x, *net.parameters()]
    expected = as_written(net, x)
    wanted = torch.autograd.grad(expected.square().sum(), inputs)
    got = net(x)
    torch.testing.assert_close(got, expected)
    for one, other in zip(torch.autograd.grad(got.square().sum(), inputs), wanted, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-6, atol=1e-9)


def test_doubled_amplitude_adds_the_log_of_four():
    net = ShallowConvNet(3, 200, 2, dropout=0.0).double().eval()
    net.norm.running_mean.zero_()
    x = torch.randn(2, 3, 200, dtype=torch.float64) * 10
    change = torch.log(torch.tensor(4.0)) * net.head.weight.sum(1)
    torch.testing.assert_close(net(2 * x) - net(x), change.double().expand(2, 2))


@pytest.mark.parametrize(
    ("n_times", "sfreq", "expected"),
    [
        (1125, None, (25, 75, 15, 69)),
        (1125, 250.0, (25, 75, 15, 69)),
        (1000, 500.0, (50, 150, 30, 27)),
        (99, None, (25, 75, 15, 1)),
        (64, None, (25, 40, 15, 1)),
        (20, None, (10, 11, 15, 1)),
        (1, None, (1, 1, 15, 1)),
    ],
)
def test_lengths_follow_the_rate_and_the_window(n_times, sfreq, expected):
    assert ShallowConvNet(2, n_times, 2, sfreq=sfreq).plan == expected


def test_last_layer_may_be_limited():
    net, x = ShallowConvNet(2, 120, 2, dense_max_norm=0.5).eval(), torch.randn(3, 2, 120)
    net.head.weight.data.mul_(1000)
    expected = net(x)
    net.head.weight.data.copy_(net.head.weight.data.renorm(2, 0, 0.5))
    torch.testing.assert_close(net(x), expected)


def test_options_must_be_positive():
    with pytest.raises(ValueError, match="`n_spatial` must be at least 1, got 0"):
        ShallowConvNet(3, 100, 2, n_spatial=0)
    with pytest.raises(ValueError, match="`pool_stride` must be at least 1, got 0"):
        ShallowConvNet(3, 100, 2, pool_stride=0)


def test_a_batch_of_one_time_point_is_refused_in_training():
    with pytest.raises(ValueError, match="A batch must hold more than one time point"):
        ShallowConvNet(3, 1, 2)(torch.zeros(1, 3, 1))
