import pytest
import torch

from sklearn_eeg.neural._tcn_torch import TCN, receptive_field


@pytest.fixture(autouse=True)
def seeded():
    with torch.random.fork_rng():
        torch.manual_seed(0)
        yield


def test_features_do_not_see_the_future():
    net, x = TCN(3, 200, 2, pool_length=1).double().eval(), torch.randn(1, 3, 200, dtype=torch.float64)
    changed = x.clone()
    changed[..., 120:] += 1.0
    before, after = net.features(x).detach(), net.features(changed).detach()
    torch.testing.assert_close(after[..., :120], before[..., :120], rtol=0, atol=0)
    assert float((after[..., 120] - before[..., 120]).abs().max()) > 0


@pytest.mark.parametrize(("depth", "kernel"), [(1, 2), (2, 3), (3, 5)])
def test_the_receptive_field_is_as_long_as_said(depth, kernel):
    n_times, length = 120, receptive_field(depth, kernel)
    net = TCN(1, n_times, 2, depth=depth, kernel_length=kernel, pool_length=1).double().eval()
    x = torch.randn(1, 1, n_times, dtype=torch.float64).requires_grad_()
    (gradient,) = torch.autograd.grad(net.features(x)[..., -1].square().sum(), x)
    seen = gradient[0, 0].nonzero().flatten()
    assert n_times - int(seen[0]) == length


@pytest.mark.parametrize(("n_times", "pool"), [(100, 1), (1000, 4), (2560, 4), (5, 1), (1, 1)])
def test_the_last_output_sees_the_whole_window_and_no_block_is_needless(n_times, pool):
    depth = len(TCN(1, n_times, 2, pool_length=pool).blocks)
    assert receptive_field(depth, 5) >= n_times // pool
    assert depth == 1 or receptive_field(depth - 1, 5) < n_times // pool


@pytest.mark.parametrize(("n_times", "sfreq", "pool"), [(1000, None, 4), (1000, 500.0, 8), (40, 500.0, 2)])
def test_first_pool_follows_the_rate_and_the_window(n_times, sfreq, pool):
    assert TCN(2, n_times, 2, sfreq=sfreq).pool == pool


def test_each_weight_takes_part():
    net = TCN(3, 100, 2)
    net(torch.randn(4, 3, 100)).square().sum().backward()
    for name, parameter in net.named_parameters():
        assert float(parameter.grad.abs().sum()) > 0, name


def test_dropout_leaves_out_whole_rows():
    """Without its convolutions' weights a block passes its input on, less what the dropout leaves out."""
    block = TCN(3, 64, 2, dropout=0.5).blocks[0]
    torch.nn.init.ones_(block.norms[1].bias)
    for layer in block.convolutions:
        torch.nn.init.zeros_(layer.weight)
    rows = block(torch.zeros(8, 32, 16))
    assert torch.equal(rows, rows[:, :, :1].expand(-1, -1, 16))
    assert set(rows.detach().unique().tolist()) == {0.0, 2.0}


def test_kernels_have_two_time_points_at_least():
    with pytest.raises(ValueError, match="`kernel_length` must be at least 2, got 1"):
        TCN(3, 100, 2, kernel_length=1)


def test_options_must_be_positive():
    with pytest.raises(ValueError, match="`n_filters` must be at least 1, got 0"):
        TCN(3, 100, 2, n_filters=0)
    with pytest.raises(ValueError, match="`pool_length` must be at least 1, got 0"):
        TCN(3, 100, 2, pool_length=0)
