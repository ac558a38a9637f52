import pytest
import torch
from torch import nn
from torch.nn import functional

from sklearn_eeg.neural._eegnet_torch import EEGNet


@pytest.fixture(autouse=True)
def seeded():
    with torch.random.fork_rng():
        torch.manual_seed(0)
        yield


def pair(n_channels, n_times, dtype=torch.float64, **options):
    """Return the same network computed in both ways."""
    nets = [
        EEGNet(n_channels, n_times, 3, engine=engine, dropout=0.0, **options).to(dtype)
        for engine in ("plain", "fast")
    ]
    for module in nets[0].modules():
        if isinstance(module, nn.BatchNorm1d):
            nn.init.normal_(module.weight)
            nn.init.normal_(module.bias)
    nets[1].load_state_dict(nets[0].state_dict())
    return nets


SHAPES = [
    (1, 178, {}),
    (19, 250, {}),
    (8, 301, {"kernel_length": 63}),
    (5, 600, {"sfreq": 250.0}),
    (4, 100, {"kernel_length": 16, "pool_1": 9, "pool_2": 3, "depth": 3, "n_filters": 4, "n_separable": 5}),
    (3, 1, {}),
]


@pytest.mark.parametrize(("n_channels", "n_times", "options"), SHAPES)
def test_both_ways_are_the_same_function(n_channels, n_times, options):
    plain, fast = pair(n_channels, n_times, **options)
    x, y = torch.randn(5, n_channels, n_times, dtype=torch.float64) * 2 + 0.5, torch.arange(5) % 3
    for net in (plain, fast):
        net.logits = net(x)
        functional.cross_entropy(net.logits, y).backward()
    torch.testing.assert_close(fast.logits, plain.logits)
    for (name, one), other in zip(plain.named_parameters(), fast.parameters(), strict=True):
        torch.testing.assert_close(other.grad, one.grad, msg=name)
    for (name, one), other in zip(plain.named_buffers(), fast.buffers(), strict=True):
        torch.testing.assert_close(other, one, msg=name)
    torch.testing.assert_close(fast.eval()(x), plain.eval()(x))


@pytest.mark.parametrize("offset", [0.0, 3.0, 30.0])
def test_fast_way_bears_windows_far_from_zero(offset):
    x = torch.randn(16, 19, 300, dtype=torch.float64) + offset
    plain, fast = pair(19, 300)
    expected = plain(x)
    torch.testing.assert_close(fast.float()(x.float()).double(), expected, rtol=0, atol=2e-4)


@pytest.mark.parametrize("factor", [1e-3, 1e3])
def test_amplitude_does_not_matter_to_training(factor):
    """The first norm takes it out, up to the constant that it adds to variances."""
    net = EEGNet(6, 200, 2, dropout=0.0)
    for parameter in ("temporal", "spatial"):
        getattr(net, parameter).data.mul_(100)
    net.norm_0.eps = net.norm_1.eps = 0.0
    x = torch.randn(8, 6, 200)
    torch.testing.assert_close(net(factor * x), net(x), rtol=1e-3, atol=1e-3)


def test_channels_may_be_reordered_with_their_filters():
    net, x, order = EEGNet(5, 150, 2).eval(), torch.randn(3, 5, 150), torch.tensor([4, 2, 0, 1, 3])
    expected = net(x)
    net.spatial.data = net.spatial.data[:, order]
    torch.testing.assert_close(net(x[:, order]), expected)


def test_max_norms_hold_in_the_function():
    net, x = EEGNet(5, 150, 2).eval(), torch.randn(3, 5, 150)
    net.spatial.data.mul_(100)
    net.head.weight.data.mul_(100)
    expected = net(x)
    net.spatial.data.copy_(net.spatial.data.renorm(2, 0, 1.0))
    net.head.weight.data.copy_(net.head.weight.data.renorm(2, 0, 0.25))
    torch.testing.assert_close(net(x), expected)
    free = EEGNet(5, 150, 2, spatial_max_norm=None, dense_max_norm=None).eval()
    free.load_state_dict(net.state_dict())
    torch.testing.assert_close(free(x), expected)


@pytest.mark.parametrize(
    ("n_times", "sfreq", "expected"),
    [
        (1000, None, (64, 16, 4, 8)),
        (1280, 128.0, (64, 16, 4, 8)),
        (1000, 250.0, (125, 16, 8, 8)),
        (1, None, (1, 1, 1, 1)),
        (40, None, (40, 10, 4, 8)),
        (20, 250.0, (20, 2, 8, 3)),
    ],
)
def test_lengths_follow_the_rate_and_the_window(n_times, sfreq, expected):
    assert EEGNet(2, n_times, 2, sfreq=sfreq).plan[:4] == expected


def test_way_is_chosen_by_shape():
    assert not EEGNet(2, 100, 2)._is_fast(torch.zeros(1, 2, 100))
    assert EEGNet(3, 100, 2)._is_fast(torch.zeros(1, 3, 100))
    assert EEGNet(3, 100, 2, engine="fast")._is_fast(torch.zeros(1, 2, 100))
    assert not EEGNet(3, 100, 2)._is_fast(torch.zeros(1, 3, 100, requires_grad=True))
    assert EEGNet(3, 100, 2).eval()._is_fast(torch.zeros(1, 3, 100, requires_grad=True))


def test_dropout_is_of_training_alone():
    net, x = EEGNet(4, 200, 2, dropout=0.5), torch.randn(4, 4, 200)
    assert not torch.equal(net(x), net(x))
    net.eval()
    assert torch.equal(net(x), net(x))


def test_a_batch_of_one_time_point_is_refused_in_training():
    net = EEGNet(3, 1, 2, engine="fast", n_filters=1, depth=1)
    with pytest.raises(ValueError, match="more than one"):
        net(torch.zeros(1, 3, 1))


def test_unknown_engine_is_refused():
    message = r"`engine` must be one of \('auto', 'plain', 'fast'\), got 'slow'"
    with pytest.raises(ValueError, match=message):
        EEGNet(3, 100, 2, engine="slow")


def test_options_must_be_positive():
    with pytest.raises(ValueError, match="`depth` must be at least 1, got 0"):
        EEGNet(3, 100, 2, depth=0)
    with pytest.raises(ValueError, match="`kernel_length` must be at least 1, got -2"):
        EEGNet(3, 100, 2, kernel_length=-2)
