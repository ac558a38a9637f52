"""EEGNet's first half, computed exactly and several times faster on a processor.

The temporal filters, their batch norm and the spatial filters are linear, so the spatial ones go first:
16 rows are then filtered over time instead of 8 for each channel. What the norm's statistics would have been
follows from products of the input alone. Filtering over time is matrix products with small Toeplitz
matrices on blocks of the rows. Tensors are (rows, n_windows, n_times) throughout.
"""

from functools import cache
from typing import Any, cast

import torch
from torch import Tensor, nn
from torch.autograd.function import once_differentiable
from torch.nn import functional

from ._layers_torch import track


def block_size(kernel: int) -> int:
    """Return the length of the blocks for a kernel: a multiple of 32 that is no shorter."""
    return max(64, -(-kernel // 32) * 32)


def padded(x: Tensor, kernel: int, block: int) -> Tensor:
    """Return windows as rows of whole blocks, channels first, with zeros around each.

    Parameters
    ----------
    x : Tensor of shape (n_windows, n_channels, n_times)
        Windows.
    kernel : int
        Length of the kernel: half as many zeros stand before each row, and at least so many between the time
        points of one row and of the next, so that no kernel meets both.
    block : int
        Length of the blocks.

    Returns
    -------
    rows : Tensor of shape (n_channels, n_windows, length)
        The windows; `length` is a multiple of `block`.
    """
    n_windows, n_channels, n_times = x.shape
    rows = x.new_zeros(n_channels, n_windows, -(-(n_times + kernel) // block) * block)
    rows[:, :, kernel // 2 : kernel // 2 + n_times] = x.transpose(0, 1)
    return rows


class _BlockFilter(torch.autograd.Function):
    """Correlate rows (n_groups, n_rows, length) with a kernel of each group, by blocks."""

    @staticmethod
    def forward(ctx: Any, rows: Tensor, kernels: Tensor, block: int) -> Tensor:
        blocks = rows.reshape(len(rows), -1, block)
        here, after = _toeplitz(kernels, block)
        rows_out = torch.empty(rows.shape, dtype=rows.dtype, device=rows.device)
        out = rows_out.view(blocks.shape)
        torch.bmm(blocks, here.transpose(1, 2), out=out)
        out[:, :-1].baddbmm_(blocks[:, 1:], after.transpose(1, 2))
        ctx.save_for_backward(blocks, here, after)
        ctx.kernel = kernels.shape[1]
        return rows_out

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor | None, Tensor | None, None]:
        blocks, here, after = ctx.saved_tensors
        at_out = gradient.reshape(blocks.shape)
        at_rows = at_kernels = None
        if ctx.needs_input_grad[0]:
            at_rows = torch.bmm(at_out, here)
            at_rows[:, 1:].baddbmm_(at_out[:, :-1], after)
            at_rows = at_rows.view(gradient.shape)
        if ctx.needs_input_grad[1]:
            turned = at_out.transpose(1, 2)
            both = torch.cat([torch.bmm(turned, blocks), torch.bmm(turned[:, :, :-1], blocks[:, 1:])], dim=2)
            at_kernels = _diagonals(both, ctx.kernel).sum(1)
        return at_rows, at_kernels, None


def _toeplitz(kernels: Tensor, block: int) -> tuple[Tensor, Tensor]:
    """Return what multiplies a block and the block after it, each of shape (n_groups, block, block).

    Row j of the two side by side is the kernel behind j zeros.
    """
    groups, size = kernels.shape
    longer = functional.pad(kernels, (0, 2 * block + 1 - size)).unsqueeze(1).expand(-1, block, -1)
    both = longer.reshape(groups, -1)[:, : 2 * block * block].view(groups, block, 2 * block)
    return both[..., :block], both[..., block:]


def _diagonals(tables: Tensor, number: int) -> Tensor:
    """Return out[..., j, k] = tables[..., j, j + k] for k below a number."""
    tables = functional.pad(tables, (0, max(0, tables.shape[-2] + number - tables.shape[-1]))).contiguous()
    *outer, n_rows, width = tables.shape
    strides = [*tables.stride()[:-2], width + 1, 1]
    return tables.as_strided((*outer, n_rows, number), strides)


def filter_rows(rows: Tensor, kernels: Tensor, block: int) -> Tensor:
    """Correlate rows with the kernel of their group, out[g, r, t] = sum of kernels[g, k] rows[g, r, t + k].

    Parameters
    ----------
    rows : Tensor of shape (n_groups, n_rows, length)
        Rows; `length` is a multiple of `block`.
    kernels : Tensor of shape (n_groups, kernel)
        A kernel for each group, no longer than `block`.
    block : int
        Length of the blocks.

    Returns
    -------
    out : Tensor of shape (n_groups, n_rows, length)
        The last ``kernel - 1`` time points of a row reach into the next row and mean nothing.
    """
    return _BlockFilter.apply(rows, kernels, block)


@torch.no_grad()
def shifted_products(rows: Tensor, kernel: int, n_out: int, block: int) -> tuple[Tensor, Tensor]:
    """Return sums and products of the shifts by 0 to kernel - 1, over all rows and n_out time points.

    Parameters
    ----------
    rows : Tensor of shape (n_channels, n_windows, length)
        Rows as `padded` gives them.
    kernel : int
        Number of shifts.
    n_out : int
        Number of time points t that are summed over.
    block : int
        Length of the blocks of the rows.

    Returns
    -------
    sums : Tensor of shape (kernel,)
        Sum of rows[..., t + k].
    products : Tensor of shape (kernel, kernel)
        Sum of rows[..., t + k] rows[..., t + l].

    Notes
    -----
    Without the ends of the rows the products would depend on l - k alone: they are the rows'
    autocorrelation less the products of time points that a shift leaves behind (at the start) or has not
    reached (at the end). The products of blocks are summed in the kind of the rows, the rest in float64.
    """
    blocks = rows.reshape(-1, block)
    both = torch.cat([blocks.T @ blocks, blocks[:-1].T @ blocks[1:]], dim=1).double()
    lagged = _diagonals(both, kernel).sum(0)
    flat = rows.flatten(0, 1)
    head, tail = flat[:, : kernel - 1], flat[:, n_out : n_out + kernel - 1]
    sums = flat.sum(0).double().sum() - _before(head.sum(0).double()) - _from(tail.sum(0).double())
    skewed = lagged - _before(_lags(head, kernel)) - _from(_lags(tail, kernel))
    return sums.to(rows.dtype), _unskewed(skewed).to(rows.dtype)


def _lags(ends: Tensor, kernel: int) -> Tensor:
    """Return out[i, d] = sum over rows of ends[:, i] ends[:, i + d], zero beyond the ends."""
    return _diagonals((ends.T @ ends).double(), kernel)


def _before(x: Tensor) -> Tensor:
    """Return the sums of the entries before each, and of all."""
    return functional.pad(x.cumsum(0), (0, 0) * (x.ndim - 1) + (1, 0))


def _from(x: Tensor) -> Tensor:
    """Return the sums of each entry and those after it, and of none."""
    return _before(x.flip(0)).flip(0)


def _unskewed(skewed: Tensor) -> Tensor:
    """Return the symmetric table with out[k, k + d] = skewed[k, d]."""
    size = len(skewed)
    rows, columns = _upper(size)
    table = skewed.new_zeros(size, size)
    table[rows, columns] = table[columns, rows] = skewed[rows, columns - rows]
    return table


@cache
def _upper(size: int) -> tuple[Tensor, Tensor]:
    """Return the indices of the upper triangle of a square table."""
    rows, columns = torch.triu_indices(size, size)
    return rows, columns


class _NormEluPool(torch.autograd.Function):
    """Batch norm, ELU and means over pools of the first time points of rows (..., length).

    It centres the rows in place, so they are returned with their new content, for no further use.
    """

    @staticmethod
    def forward(
        ctx: Any, y: Tensor, constant: Tensor, gain: Tensor, offset: Tensor, eps: float, n_out: int, pool: int
    ) -> tuple[Tensor, ...]:
        valid = y.view(len(gain), -1, y.shape[-1])[..., :n_out]
        mean = valid.mean((1, 2))
        deviation = valid.sub_(mean.view(-1, 1, 1))
        active = torch.mul(deviation, deviation)
        variance = active.mean((1, 2))
        scale = gain * torch.rsqrt(variance + eps)
        torch.mul(deviation, scale.view(-1, 1, 1), out=active).add_(offset.view(-1, 1, 1))
        functional.elu(active, inplace=True)
        ctx.save_for_backward(y, active, gain, variance + eps)
        ctx.n_out, ctx.pool = n_out, pool
        mean = mean + constant
        ctx.mark_dirty(y)
        ctx.mark_non_differentiable(mean, variance)
        ctx.set_materialize_grads(False)
        return _pool_means(active, pool), mean, variance, y

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor, *_: Tensor | None) -> tuple[Tensor | None, ...]:
        y, active, gain, variance = ctx.saved_tensors
        rows = y.view(len(gain), -1, y.shape[-1])
        deviation, out = rows[..., : ctx.n_out], torch.empty_like(rows)
        used = gradient.shape[-1] * ctx.pool
        torch.add(active[..., :used], 1, out=out[..., :used]).clamp_(max=1)
        out[..., :used].unflatten(-1, (-1, ctx.pool)).mul_((gradient / ctx.pool).unsqueeze(-1))
        out[..., used:] = 0
        at_norm = out[..., : ctx.n_out]
        total, moment = at_norm.sum((1, 2)), (at_norm * deviation).sum((1, 2))
        root = torch.rsqrt(variance)
        scale, count = gain * root, active[0].numel()
        level, tilt = -scale * total / count, -scale * moment / (variance * count)
        at_norm.mul_(scale.view(-1, 1, 1)).add_(level.view(-1, 1, 1)).addcmul_(deviation, tilt.view(-1, 1, 1))
        return out.view(y.shape), torch.zeros_like(total), moment * root, total, None, None, None


def _pool_means(x: Tensor, pool: int) -> Tensor:
    """Return the means over pools of time points, leaving out an unfilled last one."""
    used = x.shape[-1] // pool * pool
    if pool > 8:
        return x[..., :used].unflatten(-1, (-1, pool)).mean(-1)
    out = x[..., 0:used:pool].clone()
    for phase in range(1, pool):
        out += x[..., phase:used:pool]
    return out.div_(pool)


def norm_elu_pool(y: Tensor, constant: Tensor, norm: nn.BatchNorm1d, n_out: int, pool: int) -> Tensor:
    """Return means over pools of ELU of the batch norm, in training, of rows plus a constant.

    The constant moves the running mean of the norm and nothing else, so its gradient is zero. The rows are
    overwritten.

    Parameters
    ----------
    y : Tensor of shape (..., length)
        Rows, by filter and window, as `filter_rows` gives them; the first `n_out` time points count.
    constant : Tensor of shape (n_filters,)
        What should be added to each row.
    norm : BatchNorm1d
        The norm; its running statistics are renewed.
    n_out, pool : int
        Number of time points, and of time points in a pool.

    Returns
    -------
    pooled : Tensor of shape (n_filters, n_windows, n_out // pool)
        The means.
    """
    out, mean, variance, _ = _NormEluPool.apply(y, constant, norm.weight, norm.bias, norm.eps, n_out, pool)
    track(norm, mean, variance, y.numel() // (y.shape[-1] * len(mean)) * n_out)
    return cast(Tensor, out)


def elu_pool(y: Tensor, n_out: int, pool: int) -> Tensor:
    """Return means over pools of ELU of the first time points of rows, by operations with a gradient."""
    return _pool_means(functional.elu(y[..., :n_out]), pool)
