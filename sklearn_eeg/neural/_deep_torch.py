"""The deep network: four convolutions, each followed by a norm, a pool of maxima and ELU."""

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
    refuse_short,
    samples,
    shortest_fitting,
    track,
)


class _Block(NamedTuple):
    """Length of the kernel and the pool of a block, and the number of time points after it."""

    kernel: int
    pool: int
    n_out: int


def _plan(n_times: int, sfreq: float | None, kernel: int | None, pool: int | None) -> list[_Block]:
    """Choose what is not given, block by block, as the rate asks and the window allows."""
    blocks = []
    first_kernel, first_pool = (10, 3) if sfreq is None else (samples(0.04, sfreq), samples(0.012, sfreq))
    for wanted_kernel, wanted_pool in [(first_kernel, first_pool), *[(10, 3)] * 3]:
        fits = n_times >= wanted_kernel + wanted_pool - 1
        here = kernel or (wanted_kernel if fits else max(1, min(wanted_kernel, (n_times + 1) // 2)))
        n_filtered = n_times - here + 1
        over = pool or max(1, min(wanted_pool, n_filtered))
        n_times = max(0, n_filtered // over)
        blocks.append(_Block(here, over, n_times))
    return blocks


class DeepConvNet(nn.Module):
    """Deep network: a temporal and a spatial convolution, three more convolutions, pools of maxima.

    Parameters
    ----------
    n_channels, n_times, n_classes : int
        Sizes of the windows, and the number of classes.
    sfreq : float, default=None
        Sampling frequency in Hz, by which the first kernel and pool are chosen where left at None: 0.04 s
        and 0.012 s, as published for 250 Hz. Without it: 10 and 3 time points, as all later ones.
    n_filters : sequence of 4 int, default=(25, 50, 100, 200)
        Number of filters of each block.
    kernel_length, pool_length : int, default=None
        Time points of all kernels and of all pools. None adapts to the window: where a block's input is too
        short for both, the kernel is cut to half of it and the pool to what is left, so that a window of any
        length fits (from 441 on all have their published lengths, without `sfreq`). Given ones are taken as
        they are.
    dense_max_norm : float or None, default=None
        Largest norm of the weights of a class; None for no limit.
    dropout : float, default=0.5
        Share of the values that training leaves out before each later block, at least 0 and below 1.

    Notes
    -----
    The first two convolutions are one. Each pool of maxima comes before ELU, which never falls, and in
    training before the norm, whose factors are made positive by turning the signs of filters: the values
    are the same, and two thirds of the work are saved.

    References
    ----------
    .. [1] R. T. Schirrmeister et al., "Deep learning with convolutional neural networks for EEG decoding and
       visualization", Human Brain Mapping 38 (2017) 5391-5420. https://doi.org/10.1002/hbm.23730

    Examples
    --------
    >>> from sklearn_eeg.neural._deep_torch import DeepConvNet
    >>> net = DeepConvNet(n_channels=22, n_times=1125, n_classes=4)
    >>> sum(parameter.numel() for parameter in net.parameters())
    284479
    """

    def __init__(
        self,
        n_channels: int,
        n_times: int,
        n_classes: int,
        *,
        sfreq: float | None = None,
        n_filters: tuple[int, int, int, int] = (25, 50, 100, 200),
        kernel_length: int | None = None,
        pool_length: int | None = None,
        dense_max_norm: float | None = None,
        dropout: float = 0.5,
    ) -> None:
        super().__init__()
        check_sizes(n_channels, n_times, n_classes)
        if len(n_filters) != 4 or min(n_filters) < 1:
            raise ValueError(f"`n_filters` must be four positive numbers, got {n_filters}.")
        check_rate("dropout", dropout)
        given = {"kernel_length": kernel_length, "pool_length": pool_length}
        refuse_short("DeepConvNet", n_times, self.shortest(n_channels, sfreq=sfreq, **given))
        self.plan = plan = _plan(n_times, sfreq, *given.values())
        self.dropout, self.dense_max_norm = dropout, dense_max_norm
        self.temporal, self.temporal_bias, self.spatial = paired_filters(
            n_channels, n_filters[0], n_filters[0], plan[0].kernel
        )
        self.convolutions = nn.ModuleList(
            nn.Conv1d(before, after, block.kernel, bias=False)
            for before, after, block in zip(n_filters[:-1], n_filters[1:], plan[1:], strict=True)
        )
        self.norms = nn.ModuleList(norm_of(size) for size in n_filters)
        self.head = nn.Linear(n_filters[-1] * plan[-1].n_out, n_classes)
        for layer in [*self.convolutions, self.head]:
            nn.init.xavier_uniform_(cast(Tensor, layer.weight))
        nn.init.zeros_(self.head.bias)

    @classmethod
    def shortest(
        cls,
        n_channels: int,
        *,
        sfreq: float | None = None,
        kernel_length: int | None = None,
        pool_length: int | None = None,
        **others: object,
    ) -> int:
        """Return the number of time points of the shortest window that a network of these options takes.

        Options that do not matter to it are ignored.
        """
        del others
        check_sizes(n_channels, 1, 1)
        check_sfreq(sfreq)
        check_options(kernel_length=kernel_length, pool_length=pool_length)
        return shortest_fitting(
            lambda n_times: _plan(n_times, sfreq, kernel_length, pool_length)[-1].n_out > 0
        )

    def forward(self, x: Tensor) -> Tensor:
        """Return the logits (n_windows, n_classes) of windows (n_windows, n_channels, n_times)."""
        weight, bias = merged(self.temporal, self.temporal_bias, self.spatial)
        x = self._block(channels_last(x), weight, bias, 0)
        for number, layer in enumerate(self.convolutions, start=1):
            x = dropout(x, self.dropout, self.training)
            x = self._block(x, cast(Tensor, layer.weight), None, number)
        weight = limit_norm(self.head.weight, self.dense_max_norm)
        return functional.linear(x.flatten(1), weight, self.head.bias)

    def _block(self, x: Tensor, weight: Tensor, bias: Tensor | None, number: int) -> Tensor:
        """Return ELU of the pooled maxima of a normed convolution."""
        norm, pool = cast(nn.BatchNorm1d, self.norms[number]), self.plan[number].pool
        if not norm.training:
            weight, bias = folded(weight, bias, norm)
            y = functional.conv1d(x, channels_last(weight), bias)
            return functional.elu(functional.max_pool1d(y, pool))
        sign = torch.where(norm.weight.detach() < 0, -1.0, 1.0).to(weight)
        weight, bias = weight * sign[:, None, None], None if bias is None else bias * sign
        y = functional.conv1d(x, channels_last(weight), bias).to(norm.weight.dtype)
        largest, mean, variance, _ = _NormMax.apply(y, norm.weight * sign, norm.bias, norm.eps, pool)
        track(norm, mean * sign, variance, y.shape[0] * y.shape[2])
        return functional.elu(largest)


class _NormMax(torch.autograd.Function):
    """Maxima over pools of the batch norm, of no negative gain, of y (n_windows, n_filters, n_times).

    It centres y in place, so y is returned with its new content, for no further use.
    """

    @staticmethod
    def forward(
        ctx: Any, y: Tensor, gain: Tensor, offset: Tensor, eps: float, pool: int
    ) -> tuple[Tensor, ...]:
        mean = y.mean((0, 2))
        deviation = y.sub_(mean[:, None]).transpose(1, 2)
        variance = deviation.square().mean((0, 1))
        largest = _pools(deviation, pool).amax(2)
        ctx.save_for_backward(y, largest, gain, variance + eps)
        ctx.pool = pool
        ctx.mark_dirty(y)
        ctx.mark_non_differentiable(mean, variance)
        ctx.set_materialize_grads(False)
        out = (largest * (gain * torch.rsqrt(variance + eps))).add_(offset).transpose(1, 2)
        return out, mean, variance, y

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor, *_: Tensor | None) -> tuple[Tensor | None, ...]:
        y, largest, gain, variance = ctx.saved_tensors
        gradient, deviation = gradient.transpose(1, 2), y.transpose(1, 2)
        total, moment = gradient.sum((0, 1)), (gradient * largest).sum((0, 1))
        root = torch.rsqrt(variance)
        scale, count = gain * root, y[:, 0].numel()
        at_y = torch.addcmul(-scale * total / count, deviation, -scale * moment / (variance * count))
        values, places, left = _pools(deviation, ctx.pool), _pools(at_y, ctx.pool), gradient * scale
        for phase in range(ctx.pool):
            found = left * (values[:, :, phase] == largest)  # of equal maxima the first
            places[:, :, phase].add_(found)
            left.sub_(found)
        return at_y.transpose(1, 2), moment * root, total, None, None


def _pools(x: Tensor, pool: int) -> Tensor:
    """Return a view (n_windows, n_pools, pool, n_filters) of the pools of time points."""
    return x[:, : x.shape[1] // pool * pool].unflatten(1, (-1, pool))
