"""What the networks share: checks of sizes, norms folded into weights, merged convolutions, dropout.

All convolutions of the room are 1-D: on processors with AVX-512 the weight gradient of a 2-D one, with at
most 3 inputs and a kernel as wide as 14 to 19 electrodes laid side by side, is silently wrong.
"""

import bisect
import math
from collections.abc import Callable
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional

_LONGEST = 1 << 24  # time points: longer windows are not searched for
_STEPS = 1 << 16  # of a rate of dropout


def check_sizes(n_channels: int, n_times: int, n_classes: int) -> None:
    """Raise a ValueError unless the three sizes of a network are positive."""
    for name, size in (("n_channels", n_channels), ("n_times", n_times), ("n_classes", n_classes)):
        if size < 1:
            raise ValueError(f"`{name}` must be at least 1, got {size}.")


def check_sfreq(sfreq: float | None) -> None:
    """Raise a ValueError unless a sampling frequency is positive or None."""
    if sfreq is not None and not (math.isfinite(sfreq) and sfreq > 0):
        raise ValueError(f"`sfreq` must be positive, got {sfreq:g}.")


def check_options(**options: float | None) -> None:
    """Raise a ValueError unless lengths and numbers of filters are positive or None."""
    for name, value in options.items():
        if value is not None and value < 1:
            raise ValueError(f"`{name}` must be at least 1, got {value:g}.")


def check_rate(name: str, rate: float) -> None:
    """Raise a ValueError unless a rate of dropout lies in [0, 1)."""
    if not 0 <= rate < 1:
        raise ValueError(f"`{name}` must be at least 0 and below 1, got {rate:g}.")


def samples(seconds: float, sfreq: float) -> int:
    """Return a duration in time points, at least one."""
    return max(1, round(seconds * sfreq))


def shortest_fitting(fits: Callable[[int], bool]) -> int:
    """Return the smallest number of time points that fits, for a condition that longer windows keep."""
    return 1 + bisect.bisect_left(range(1, _LONGEST), True, key=fits)


def refuse_short(network: str, n_times: int, shortest: int) -> None:
    """Raise a ValueError where a window is too short for the given options."""
    if n_times < shortest:
        raise ValueError(
            f"`n_times` must be at least {shortest} for {network} with these options, got {n_times}: take "
            "longer windows, shorter kernels and pools, or leave these options to the network."
        )


def shortest_pooled(
    n_channels: int, *, sfreq: float | None = None, pool_length: int | None = None, **others: object
) -> int:
    """Return the number of time points of the shortest window that a network with a first pool takes.

    Options that do not matter to it are ignored.
    """
    del others
    check_sizes(n_channels, 1, 1)
    check_sfreq(sfreq)
    check_options(pool_length=pool_length)
    return pool_length or 1


def pooled(n_times: int, pool: int, stride: int | None = None) -> int:
    """Return the number of time points after a pool; none or fewer where it does not fit."""
    return (n_times - pool) // (stride or pool) + 1


def first_pool(n_times: int, sfreq: float | None) -> int:
    """Return a pool to a rate nearest to 64 Hz (4 without a rate) that keeps 16 time points, if there are."""
    return max(1, min(4 if sfreq is None else round(sfreq / 64), n_times // 16))


def glorot(weight: nn.Parameter, *shape: int) -> None:
    """Draw a weight from Glorot's uniform distribution, with the fans of a tensor of another shape."""
    nn.init.xavier_uniform_(weight.data.view(*shape))


def channels_last(x: Tensor) -> Tensor:
    """Return a tensor (n, n_channels, n_times) whose channels lie side by side in memory.

    A processor's convolutions run about a third faster on it than on rows of time points.
    """
    return x.transpose(1, 2).contiguous().transpose(1, 2)


def limit_norm(weight: Tensor, limit: float | None) -> Tensor:
    """Return a weight whose rows have at most this Euclidean norm."""
    return weight if limit is None else weight.renorm(2, 0, limit)


def norm_of(n_filters: int, eps: float = 1e-5) -> nn.BatchNorm1d:
    """Return a batch norm as all networks use it."""
    return nn.BatchNorm1d(n_filters, eps=eps, momentum=0.1)


def folded(weight: Tensor, bias: Tensor | None, norm: nn.BatchNorm1d) -> tuple[Tensor, Tensor]:
    """Return the weight and bias of a convolution that also applies the norm of evaluation after it.

    With running mean m and variance v, gain g and offset b of the norm: w g/s and b + (bias - m) g/s,
    where s is the root of v + eps.
    """
    mean, variance = cast(Tensor, norm.running_mean), cast(Tensor, norm.running_var)
    gain = norm.weight * torch.rsqrt(variance + norm.eps)
    offset = norm.bias - mean * gain
    if bias is not None:
        offset = offset + bias * gain
    return weight * gain.view(-1, *[1] * (weight.ndim - 1)), offset


def convolve_norm(
    x: Tensor,
    weight: Tensor,
    bias: Tensor | None,
    norm: nn.BatchNorm1d,
    *,
    padding: int = 0,
    dilation: int = 1,
) -> Tensor:
    """Return the batch norm of a 1-D convolution; in evaluation it is folded into the weight."""
    if not norm.training:
        weight, bias = folded(weight, bias, norm)
    y = functional.conv1d(x, channels_last(weight), bias, padding=padding, dilation=dilation)
    return cast(Tensor, norm(y)) if norm.training else y


def merged(temporal: Tensor, bias: Tensor, spatial: Tensor) -> tuple[Tensor, Tensor]:
    """Return the one convolution that equals a temporal one followed by a spatial one.

    Parameters
    ----------
    temporal : Tensor of shape (n_temporal, kernel)
        Filters over time, the same for each channel.
    bias : Tensor of shape (n_temporal,)
        Bias of the temporal filters.
    spatial : Tensor of shape (n_spatial, n_temporal, n_channels)
        Filters over temporal filters and channels.

    Returns
    -------
    weight : Tensor of shape (n_spatial, n_channels, kernel)
        Sum over the temporal filters.
    bias : Tensor of shape (n_spatial,)
        What the temporal bias adds.
    """
    return torch.einsum("fk,sfc->sck", temporal, spatial), spatial.sum(2) @ bias


def paired_filters(
    n_channels: int, n_temporal: int, n_spatial: int, kernel: int
) -> tuple[nn.Parameter, nn.Parameter, nn.Parameter]:
    """Return the weight, bias and weight that `merged` takes, drawn as those of two 2-D convolutions."""
    temporal = nn.Parameter(torch.empty(n_temporal, kernel))
    spatial = nn.Parameter(torch.empty(n_spatial, n_temporal, n_channels))
    glorot(temporal, n_temporal, 1, kernel)
    glorot(spatial, n_spatial, n_temporal, n_channels)
    return temporal, nn.Parameter(torch.zeros(n_temporal)), spatial


def dropout(x: Tensor, rate: float, training: bool) -> Tensor:
    """Return values of which training sets a share to zero and divides the others by the share kept.

    On a processor four values share a random number, of 16 bits each: four times faster than torch's. The
    rate is then a multiple of 1/65536, and the values are divided by what is kept at it.
    """
    if not training or rate == 0:
        return x
    if x.device.type != "cpu":
        return functional.dropout(x, rate, training)
    dropped = min(round(rate * _STEPS), _STEPS - 1)
    draws = torch.empty(x.numel() // 4 + 1, dtype=torch.int64).random_(-(2**63), None)
    kept = draws.view(torch.int16)[: x.numel()] >= dropped - _STEPS // 2
    factor = kept.to(x.dtype).mul_(_STEPS / (_STEPS - dropped))
    return x * torch.empty_like(x).copy_(factor.view(x.shape))


@torch.no_grad()
def track(norm: nn.BatchNorm1d, mean: Tensor, variance: Tensor, count: int) -> None:
    """Take the mean and the (biased) variance of `count` values of each filter into the running ones."""
    if count < 2:
        raise ValueError("A batch must hold more than one time point to train on: take a larger batch.")
    momentum = cast(float, norm.momentum)
    running_mean, running_variance = cast(Tensor, norm.running_mean), cast(Tensor, norm.running_var)
    running_mean.lerp_(mean.to(running_mean), momentum)
    running_variance.lerp_((variance * (count / (count - 1))).to(running_variance), momentum)
    cast(Tensor, norm.num_batches_tracked).add_(1)
