"""The shallow network: band power of learned filters, as filter bank common spatial patterns compute it."""

import math
from typing import Any, NamedTuple, cast

import torch
from torch import Tensor, nn
from torch.autograd.function import once_differentiable
from torch.nn import functional

from ._layers_torch import (
    channels_last,
    check_options,
    check_rate,
    check_sfreq,
    check_sizes,
    dropout,
    folded,
    limit_norm,
    merged,
    norm_of,
    paired_filters,
    pooled,
    refuse_short,
    samples,
    shortest_fitting,
    track,
)

_SMALLEST_POWER = 1e-6


class _Plan(NamedTuple):
    """Length of the kernel and the pool, the step of the pool, and the number of time points left."""

    kernel: int
    pool: int
    stride: int
    n_last: int


def _plan(
    n_times: int, sfreq: float | None, kernel: int | None, pool: int | None, stride: int | None
) -> _Plan:
    """Choose what is not given, as the rate asks and the window allows."""
    kernel = kernel or min(25 if sfreq is None else samples(0.1, sfreq), (n_times + 1) // 2)
    n_filtered = n_times - kernel + 1
    stride = stride or (15 if sfreq is None else samples(0.06, sfreq))
    pool = pool or min(5 * stride, max(1, n_filtered))
    return _Plan(kernel, pool, stride, pooled(n_filtered, pool, stride) if n_filtered >= pool else 0)


class ShallowConvNet(nn.Module):
    """Shallow network: one temporal and one spatial convolution, and the log of their mean power.

    Parameters
    ----------
    n_channels, n_times, n_classes : int
        Sizes of the windows, and the number of classes.
    sfreq : float, default=None
        Sampling frequency in Hz, by which the lengths left at None are chosen: a kernel of 0.1 s, a pool of
        0.3 s every 0.06 s, as published for 250 Hz. Without it: 25, 75 and 15 time points.
    n_temporal, n_spatial : int, default=40, 40
        Number of temporal and of spatial filters.
    kernel_length, pool_length, pool_stride : int, default=None
        Time points of the kernel, the pool, and from one pool to the next. None adapts to the window: the
        kernel is cut to half of it and the pool to what the kernel leaves, so that a window of any length
        fits. Given ones are taken as they are.
    dense_max_norm : float or None, default=None
        Largest norm of the weights of a class; None for no limit.
    dropout : float, default=0.5
        Share of the pooled values that training leaves out, at least 0 and below 1.

    Notes
    -----
    The two convolutions are one, so that a window is read once: its weight is the sum over temporal filters
    of both. The power is that of the normed values; a flat window has the smallest, 1e-6 or what the offsets
    of the norm make of it.

    References
    ----------
    .. [1] R. T. Schirrmeister et al., "Deep learning with convolutional neural networks for EEG decoding and
       visualization", Human Brain Mapping 38 (2017) 5391-5420. https://doi.org/10.1002/hbm.23730

    Examples
    --------
    >>> from sklearn_eeg.neural._shallow_torch import ShallowConvNet
    >>> net = ShallowConvNet(n_channels=22, n_times=1125, n_classes=4)
    >>> sum(parameter.numel() for parameter in net.parameters())
    47364
    """

    def __init__(
        self,
        n_channels: int,
        n_times: int,
        n_classes: int,
        *,
        sfreq: float | None = None,
        n_temporal: int = 40,
        n_spatial: int = 40,
        kernel_length: int | None = None,
        pool_length: int | None = None,
        pool_stride: int | None = None,
        dense_max_norm: float | None = None,
        dropout: float = 0.5,
    ) -> None:
        super().__init__()
        check_sizes(n_channels, n_times, n_classes)
        given = {"kernel_length": kernel_length, "pool_length": pool_length, "pool_stride": pool_stride}
        check_options(n_temporal=n_temporal, n_spatial=n_spatial)
        check_rate("dropout", dropout)
        refuse_short("ShallowConvNet", n_times, self.shortest(n_channels, sfreq=sfreq, **given))
        self.plan = plan = _plan(n_times, sfreq, *given.values())
        self.dropout, self.dense_max_norm = dropout, dense_max_norm
        self.temporal, self.temporal_bias, self.spatial = paired_filters(
            n_channels, n_temporal, n_spatial, plan.kernel
        )
        self.norm = norm_of(n_spatial)
        self.head = nn.Linear(n_spatial * plan.n_last, n_classes)
        nn.init.xavier_uniform_(self.head.weight)
        nn.init.zeros_(self.head.bias)

    @classmethod
    def shortest(
        cls,
        n_channels: int,
        *,
        sfreq: float | None = None,
        kernel_length: int | None = None,
        pool_length: int | None = None,
        pool_stride: int | None = None,
        **others: object,
    ) -> int:
        """Return the number of time points of the shortest window that a network of these options takes.

        Options that do not matter to it are ignored.
        """
        del others
        check_sizes(n_channels, 1, 1)
        check_sfreq(sfreq)
        lengths = {"kernel_length": kernel_length, "pool_length": pool_length, "pool_stride": pool_stride}
        check_options(**lengths)
        return shortest_fitting(lambda n_times: _plan(n_times, sfreq, *lengths.values()).n_last > 0)

    def forward(self, x: Tensor) -> Tensor:
        """Return the logits (n_windows, n_classes) of windows (n_windows, n_channels, n_times)."""
        plan = self.plan
        size = math.gcd(plan.pool, plan.stride)
        sums = self._power(channels_last(x), size)
        x = _pool_sums(sums, plan.pool // size, plan.stride // size, plan.n_last) / plan.pool
        x = torch.log(x.clamp(min=_SMALLEST_POWER)).transpose(1, 2)
        x = dropout(x, self.dropout, self.training).flatten(1)
        return functional.linear(x, limit_norm(self.head.weight, self.dense_max_norm), self.head.bias)

    def _power(self, x: Tensor, size: int) -> Tensor:
        """Return sums (n_windows, n_bins, n_filters) over bins of the squares of the normed convolution."""
        weight, bias = merged(self.temporal, self.temporal_bias, self.spatial)
        norm = self.norm
        if not norm.training:
            weight, bias = folded(weight, bias, norm)
        y = functional.conv1d(x, channels_last(weight), bias).to(norm.weight.dtype)
        if not norm.training:
            return _bins(y.transpose(1, 2).square(), size).sum(2)
        power, mean, variance, _ = _NormPower.apply(y, norm.weight, norm.bias, norm.eps, size)
        track(norm, mean, variance, y.shape[0] * y.shape[2])
        return cast(Tensor, power)


def _bins(x: Tensor, size: int) -> Tensor:
    """Return a view (n_windows, n_bins, size, n_filters) of the whole bins of time points."""
    return x[:, : x.shape[1] // size * size].unflatten(1, (-1, size))


def _pool_sums(sums: Tensor, width: int, step: int, n_out: int) -> Tensor:
    """Return the sums over pools of `width` bins, one each `step` bins."""
    last = step * (n_out - 1) + 1
    out = sums[:, :last:step]
    for first in range(1, width):
        out = out + sums[:, first : first + last : step]
    return out


class _NormPower(torch.autograd.Function):
    """Sums over bins of time points of the square of the batch norm of y (n_windows, n_filters, n_times).

    With the deviations d from the mean, z = a d + b has the sum of squares a² D2 + 2 a b D1 + b² size, where
    D1 and D2 are the sums of d and d² over the bin: in both directions y is read few times. It centres y in
    place, so y is returned with its new content, for no further use.
    """

    @staticmethod
    def forward(
        ctx: Any, y: Tensor, gain: Tensor, offset: Tensor, eps: float, size: int
    ) -> tuple[Tensor, ...]:
        mean = y.mean((0, 2))
        deviation = y.sub_(mean[:, None]).transpose(1, 2)
        squares = deviation.square()
        first, second = _bins(deviation, size).sum(2), _bins(squares, size).sum(2)
        variance = squares.mean((0, 1))
        scale = gain * torch.rsqrt(variance + eps)
        power = second * scale.square() + first * (2 * scale * offset) + offset.square() * size
        ctx.save_for_backward(y, first, second, gain, offset, variance + eps)
        ctx.size = size
        ctx.mark_dirty(y)
        ctx.mark_non_differentiable(mean, variance)
        ctx.set_materialize_grads(False)
        return power, mean, variance, y

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor, *_: Tensor | None) -> tuple[Tensor | None, ...]:
        y, first, second, gain, offset, variance = ctx.saved_tensors
        root = torch.rsqrt(variance)
        scale, count = gain * root, y[:, 0].numel()
        total = 2 * (gradient * (first * scale + offset * ctx.size)).sum((0, 1))
        moment = 2 * (gradient * (second * scale + first * offset)).sum((0, 1))
        level, tilt = -scale * total / count, -scale * moment / (variance * count)
        deviation, at_y = y.transpose(1, 2), torch.empty_like(y).transpose(1, 2)
        slopes = (gradient * (2 * scale.square()) + tilt)[:, :, None]
        levels = (gradient * (2 * scale * offset) + level)[:, :, None]
        torch.addcmul(levels, _bins(deviation, ctx.size), slopes, out=_bins(at_y, ctx.size))
        used = gradient.shape[1] * ctx.size
        at_y[:, used:] = deviation[:, used:] * tilt + level
        return at_y.transpose(1, 2), moment * root, total, None, None
