import pytest
import torch

from sklearn_eeg.neural._inception_torch import InceptionNet


@pytest.fixture(autouse=True)
def seeded():
    with torch.random.fork_rng():
        torch.manual_seed(0)
        yield


def kernels_of(net):
    return [layer.kernel_size[0] for layer in net.modules_[0].convolutions]


@pytest.mark.parametrize(
    ("n_times", "sfreq", "pool", "kernels"),
    [
        (1000, None, 4, [39, 19, 9]),
        (1000, 256.0, 4, [37, 19, 9]),
        (1000, 64.0, 1, [37, 19, 9]),
        (64, None, 4, [15, 7, 3]),
        (1, None, 1, [1, 1, 1]),
    ],
)
def test_lengths_follow_the_rate_and_the_window(n_times, sfreq, pool, kernels):
    net = InceptionNet(2, n_times, 2, sfreq=sfreq)
    assert net.pool == pool
    assert kernels_of(net) == kernels


def test_given_lengths_are_taken():
    net = InceptionNet(2, 300, 2, kernel_length=21, pool_length=2)
    assert net.pool == 2
    assert kernels_of(net) == [21, 9, 5]


def test_number_of_weights_does_not_depend_on_the_length():
    counts = {sum(p.numel() for p in InceptionNet(3, n, 2).parameters()) for n in (400, 800)}
    assert len(counts) == 1


@pytest.mark.parametrize(("depth", "n_shortcuts"), [(1, 0), (2, 0), (3, 1), (5, 1), (6, 2)])
def test_each_third_module_has_a_shortcut(depth, n_shortcuts):
    net, x = InceptionNet(3, 100, 2, depth=depth), torch.randn(4, 3, 100)
    assert (len(net.modules_), len(net.shortcuts)) == (depth, n_shortcuts)
    assert net(x).shape == (4, 2)


def test_each_weight_takes_part():
    net = InceptionNet(3, 100, 2)
    net(torch.randn(4, 3, 100)).square().sum().backward()
    for name, parameter in net.named_parameters():
        assert float(parameter.grad.abs().sum()) > 0, name


def test_a_rhythm_counts_wherever_it_stands():
    """Means over time: away from the ends a burst may stand anywhere on the pool's grid."""
    net, x = (
        InceptionNet(1, 1600, 2, kernel_length=5, depth=2).double().eval(),
        torch.zeros(2, 1, 1600).double(),
    )
    burst = torch.randn(40, dtype=torch.float64)
    x[0, 0, 400:440], x[1, 0, 1000:1040] = burst, burst
    logits = net(x)
    torch.testing.assert_close(logits[0], logits[1])
    assert not torch.allclose(logits[0], net(torch.zeros_like(x))[0])


def test_options_must_be_positive():
    with pytest.raises(ValueError, match="`depth` must be at least 1, got 0"):
        InceptionNet(3, 100, 2, depth=0)
    with pytest.raises(ValueError, match="`pool_length` must be at least 1, got 0"):
        InceptionNet(3, 100, 2, pool_length=0)
