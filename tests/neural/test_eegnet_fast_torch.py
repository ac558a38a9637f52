import pytest
import torch
from torch.autograd import gradcheck
from torch.nn import functional

from sklearn_eeg.neural._eegnet_fast_torch import (
    block_size,
    elu_pool,
    filter_rows,
    norm_elu_pool,
    padded,
    shifted_products,
)
from sklearn_eeg.neural._layers_torch import norm_of


@pytest.fixture(autouse=True)
def seeded():
    with torch.random.fork_rng():
        torch.manual_seed(0)
        yield


def double(*shape):
    return torch.randn(*shape, dtype=torch.float64)


@pytest.mark.parametrize(("kernel", "expected"), [(1, 64), (64, 64), (65, 96), (125, 128), (256, 256)])
def test_block_size_holds_the_kernel(kernel, expected):
    assert block_size(kernel) == expected


@pytest.mark.parametrize(
    ("n_times", "kernel", "length"), [(5, 1, 64), (63, 2, 128), (64, 64, 128), (500, 64, 576), (256, 64, 320)]
)
def test_padded_rows_hold_the_windows_with_zeros_around(n_times, kernel, length):
    x, before = double(3, 2, n_times), kernel // 2
    rows = padded(x, kernel, 64)
    assert rows.shape == (2, 3, length)
    assert length - n_times >= kernel
    assert torch.equal(rows[:, :, before : before + n_times], x.transpose(0, 1))
    assert float(rows.abs().sum()) == pytest.approx(float(x.abs().sum()))


@pytest.mark.parametrize(("kernel", "block"), [(1, 4), (2, 4), (4, 4), (3, 8), (64, 64), (50, 64)])
def test_filter_rows_is_a_correlation(kernel, block):
    rows, kernels = double(3, 2, 4 * block), double(3, kernel)
    out = filter_rows(rows, kernels, block)[..., : 4 * block - kernel + 1]
    for group in range(3):
        expected = functional.conv1d(rows[group][:, None], kernels[group][None, None])[:, 0]
        torch.testing.assert_close(out[group], expected)


def test_filter_rows_has_the_gradients_of_a_correlation():
    rows, kernels = double(2, 2, 12).requires_grad_(), double(2, 3).requires_grad_()
    assert gradcheck(lambda *inputs: filter_rows(*inputs, 4), (rows, kernels))
    assert gradcheck(lambda kernels: filter_rows(rows.detach(), kernels, 4), (kernels,))
    assert gradcheck(lambda rows: filter_rows(rows, kernels.detach(), 4), (rows,))


@pytest.mark.parametrize(("n_times", "kernel"), [(20, 1), (20, 6), (20, 7), (5, 5), (1, 1), (3, 8), (70, 64)])
def test_shifted_products_are_sums_over_shifted_rows(n_times, kernel):
    x, before = double(4, 3, n_times) + 2, kernel // 2
    n_out, block = n_times + 2 * before - kernel + 1, block_size(kernel)
    rows = padded(x, kernel, block)
    shifts = torch.stack([rows[..., k : k + n_out].flatten() for k in range(kernel)])
    sums, products = shifted_products(rows, kernel, n_out, block)
    torch.testing.assert_close(sums, shifts.sum(1))
    torch.testing.assert_close(products, shifts @ shifts.T)


def test_shifted_products_in_single_precision_are_close():
    x = torch.randn(32, 8, 500) + 3
    rows = padded(x, 64, 64)
    _, products = shifted_products(rows, 64, 501, 64)
    _, exact = shifted_products(rows.double(), 64, 501, 64)
    torch.testing.assert_close(products.double(), exact, rtol=1e-5, atol=0)


@pytest.mark.parametrize(("n_out", "pool"), [(10, 3), (12, 4), (16, 16), (15, 9), (7, 1)])
def test_norm_elu_pool_is_the_three_in_turn(n_out, pool):
    y, constant, weights = double(3, 5, 16).requires_grad_(), double(3), double(3, 5, n_out // pool)
    norm, ours = norm_of(3).double(), norm_of(3).double()
    torch.nn.init.normal_(norm.weight)
    torch.nn.init.normal_(norm.bias)
    ours.load_state_dict(norm.state_dict())
    plain = norm((y[..., :n_out] + constant.view(-1, 1, 1)).transpose(0, 1))
    expected = functional.avg_pool1d(functional.elu(plain), pool).transpose(0, 1)
    out = norm_elu_pool(y.clone(), constant, ours, n_out, pool)
    torch.testing.assert_close(out, expected)
    for got, wanted in zip(
        torch.autograd.grad((out * weights).sum(), [y, ours.weight, ours.bias]),
        torch.autograd.grad((expected * weights).sum(), [y, norm.weight, norm.bias]),
        strict=True,
    ):
        torch.testing.assert_close(got, wanted)
    for name, value in norm.state_dict().items():
        torch.testing.assert_close(ours.state_dict()[name], value)


def test_a_constant_before_a_norm_has_no_gradient():
    constant = double(3).requires_grad_()
    norm_elu_pool(double(3, 5, 16), constant, norm_of(3).double(), 16, 4).sum().backward()
    assert torch.equal(constant.grad, torch.zeros(3, dtype=torch.float64))


@pytest.mark.parametrize(("n_out", "pool"), [(10, 3), (16, 16), (7, 1)])
def test_elu_pool_is_the_mean_of_elu(n_out, pool):
    y = double(3, 5, 16).requires_grad_()
    expected = functional.avg_pool1d(functional.elu(y[..., :n_out]), pool)
    torch.testing.assert_close(elu_pool(y, n_out, pool), expected)
    (got,) = torch.autograd.grad(elu_pool(y, n_out, pool).square().sum(), y)
    (wanted,) = torch.autograd.grad(expected.square().sum(), y)
    torch.testing.assert_close(got, wanted)
