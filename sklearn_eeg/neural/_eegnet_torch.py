"""EEGNet: a few temporal filters, spatial filters of each, and a separable convolution."""

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from . import _eegnet_fast_torch as fast
from ._layers_torch import (
    channels_last,
    check_options,
    check_rate,
    check_sfreq,
    check_sizes,
    convolve_norm,
    dropout,
    folded,
    glorot,
    limit_norm,
    norm_of,
    pooled,
    refuse_short,
    samples,
    shortest_fitting,
    track,
)

_ENGINES = ("auto", "plain", "fast")
_FEWEST_FAST = 3  # channels: below, the plain form is as fast


class _Plan(NamedTuple):
    """Lengths of the kernels and pools, and the number of time points after each step."""

    kernel: int
    separable_kernel: int
    pool_1: int
    pool_2: int
    n_filtered: int
    n_pooled: int
    n_separated: int
    n_last: int


def _plan(
    n_times: int,
    sfreq: float | None,
    kernel: int | None,
    separable_kernel: int | None,
    pool_1: int | None,
    pool_2: int | None,
) -> _Plan:
    """Choose what is not given, as the rate asks and the window allows."""
    kernel = kernel or min(64 if sfreq is None else samples(0.5, sfreq), n_times)
    n_filtered = n_times + 2 * (kernel // 2) - kernel + 1
    pool_1 = pool_1 or min(4 if sfreq is None else samples(1 / 32, sfreq), n_filtered)
    n_pooled = pooled(n_filtered, pool_1)
    separable_kernel = separable_kernel or min(16, max(1, n_pooled))
    n_separated = n_pooled + 2 * (separable_kernel // 2) - separable_kernel + 1
    pool_2 = pool_2 or min(8, max(1, n_separated))
    n_last = pooled(n_separated, pool_2) if n_pooled > 0 else 0
    return _Plan(kernel, separable_kernel, pool_1, pool_2, n_filtered, n_pooled, n_separated, n_last)


class EEGNet(nn.Module):
    """EEGNet: temporal filters, spatial filters of each and a separable convolution.

    Parameters
    ----------
    n_channels, n_times, n_classes : int
        Sizes of the windows, and the number of classes.
    sfreq : float, default=None
        Sampling frequency in Hz, by which the kernels and pools left at None are chosen: 1/2 s, pools of
        1/32 s and then 8, as published for 128 Hz. Without it: 64, 4 and 8 time points.
    n_filters : int, default=8
        Number of temporal filters.
    depth : int, default=2
        Number of spatial filters of each temporal one.
    n_separable : int, default=None
        Number of filters of the separable convolution; None for ``n_filters * depth``.
    kernel_length, separable_kernel_length, pool_1, pool_2 : int, default=None
        Time points of the kernels and pools. None adapts to the window: what is longer than its input is
        cut to it, so that a window of any length fits. Given ones are taken as they are.
    spatial_max_norm, dense_max_norm : float or None, default=1.0, 0.25
        Largest norm of a spatial filter, and of the weights of a class; None for no limit.
    dropout : float, default=0.25
        Share of the values that training leaves out after each pool, at least 0 and below 1.
    engine : {"auto", "plain", "fast"}, default="auto"
        How the first half is computed, to the same result: as written, or spatial filters first and by
        blocks. "auto" takes the fast way on processors from 3 channels on.

    Notes
    -----
    Batch norms add 0.001 to variances as published; their running statistics move by 0.1 a batch (published:
    0.01), so that they settle in short trainings. A kernel of even length gives one time point more than
    it was given. In training mode the fast way gives no gradient through the first norm's statistics to the
    windows themselves, so windows that ask for a gradient then take the plain one.

    References
    ----------
    .. [1] V. J. Lawhern et al., "EEGNet: a compact convolutional neural network for EEG-based
       brain-computer interfaces", Journal of Neural Engineering 15 (2018) 056013.
       https://doi.org/10.1088/1741-2552/aace8c

    Examples
    --------
    >>> import torch
    >>> from sklearn_eeg.neural._eegnet_torch import EEGNet
    >>> net = EEGNet(n_channels=19, n_times=500, n_classes=4)
    >>> net(torch.zeros(3, 19, 500)).shape
    torch.Size([3, 4])
    """

    def __init__(
        self,
        n_channels: int,
        n_times: int,
        n_classes: int,
        *,
        sfreq: float | None = None,
        n_filters: int = 8,
        depth: int = 2,
        n_separable: int | None = None,
        kernel_length: int | None = None,
        separable_kernel_length: int | None = None,
        pool_1: int | None = None,
        pool_2: int | None = None,
        spatial_max_norm: float | None = 1.0,
        dense_max_norm: float | None = 0.25,
        dropout: float = 0.25,
        engine: str = "auto",
    ) -> None:
        super().__init__()
        check_sizes(n_channels, n_times, n_classes)
        given = {
            "kernel_length": kernel_length,
            "separable_kernel_length": separable_kernel_length,
            "pool_1": pool_1,
            "pool_2": pool_2,
        }
        check_options(n_filters=n_filters, depth=depth, n_separable=n_separable)
        check_rate("dropout", dropout)
        if engine not in _ENGINES:
            raise ValueError(f"`engine` must be one of {_ENGINES}, got {engine!r}.")
        refuse_short("EEGNet", n_times, self.shortest(n_channels, sfreq=sfreq, **given))
        self.plan = _plan(n_times, sfreq, *given.values())
        self.engine, self.dropout = engine, dropout
        self.spatial_max_norm, self.dense_max_norm = spatial_max_norm, dense_max_norm
        self._build(n_channels, n_classes, n_filters, depth, n_separable or n_filters * depth)

    def _build(self, n_channels: int, n_classes: int, n_filters: int, depth: int, n_last: int) -> None:
        rows, plan = n_filters * depth, self.plan
        self.temporal = nn.Parameter(torch.empty(n_filters, plan.kernel))
        self.spatial = nn.Parameter(torch.empty(rows, n_channels))
        self.separable_depth = nn.Parameter(torch.empty(rows, plan.separable_kernel))
        self.separable_point = nn.Parameter(torch.empty(n_last, rows))
        self.norm_0, self.norm_1, self.norm_2 = (norm_of(size, 1e-3) for size in (n_filters, rows, n_last))
        self.head = nn.Linear(n_last * plan.n_last, n_classes)
        glorot(self.temporal, n_filters, 1, plan.kernel)
        glorot(self.spatial, rows, 1, n_channels)
        glorot(self.separable_depth, rows, 1, plan.separable_kernel)
        nn.init.xavier_uniform_(self.separable_point)
        nn.init.xavier_uniform_(self.head.weight)
        nn.init.zeros_(self.head.bias)

    @classmethod
    def shortest(
        cls,
        n_channels: int,
        *,
        sfreq: float | None = None,
        kernel_length: int | None = None,
        separable_kernel_length: int | None = None,
        pool_1: int | None = None,
        pool_2: int | None = None,
        **others: object,
    ) -> int:
        """Return the number of time points of the shortest window that a network of these options takes.

        Options that do not matter to it are ignored.
        """
        del others
        check_sizes(n_channels, 1, 1)
        check_sfreq(sfreq)
        lengths = {
            "kernel_length": kernel_length,
            "separable_kernel_length": separable_kernel_length,
            "pool_1": pool_1,
            "pool_2": pool_2,
        }
        check_options(**lengths)
        return shortest_fitting(lambda n_times: _plan(n_times, sfreq, *lengths.values()).n_last > 0)

    def forward(self, x: Tensor) -> Tensor:
        """Return the logits (n_windows, n_classes) of windows (n_windows, n_channels, n_times)."""
        x = self._first_fast(x) if self._is_fast(x) else self._first_plain(x)
        x = dropout(x, self.dropout, self.training)
        weight = self.separable_point[:, :, None] * self.separable_depth
        x = convolve_norm(
            channels_last(x), weight, None, self.norm_2, padding=self.plan.separable_kernel // 2
        )
        x = functional.avg_pool1d(functional.elu(x), self.plan.pool_2)
        x = dropout(x, self.dropout, self.training).flatten(1)
        return functional.linear(x, limit_norm(self.head.weight, self.dense_max_norm), self.head.bias)

    def _is_fast(self, x: Tensor) -> bool:
        if self.norm_0.training != self.norm_1.training:
            return False
        if self.norm_0.training and torch.is_grad_enabled() and x.requires_grad:
            return False
        if self.engine != "auto":
            return self.engine == "fast"
        return x.device.type == "cpu" and x.shape[1] >= _FEWEST_FAST

    def _first_plain(self, x: Tensor) -> Tensor:
        """Return the first pool's values: temporal filters, norm, spatial filters, norm, ELU, means."""
        n_windows, n_channels, n_times = x.shape
        spatial = limit_norm(self.spatial, self.spatial_max_norm).unflatten(0, (len(self.temporal), -1))
        y = convolve_norm(
            x.reshape(-1, 1, n_times),
            self.temporal[:, None],
            None,
            self.norm_0,
            padding=self.plan.kernel // 2,
        )
        y = y.unflatten(0, (n_windows, n_channels))
        y = torch.einsum("fdc,ncft->nfdt", spatial, y).flatten(1, 2)
        return functional.avg_pool1d(functional.elu(self.norm_1(y)), self.plan.pool_1)

    def _first_fast(self, x: Tensor) -> Tensor:
        """Return the same, spatial filters first (see `_eegnet_fast_torch`)."""
        with torch.autocast(x.device.type, enabled=False):
            plan, spatial = self.plan, limit_norm(self.spatial, self.spatial_max_norm)
            block = fast.block_size(plan.kernel)
            rows = fast.padded(x.to(spatial.dtype), plan.kernel, block)
            mixed = (spatial @ rows.flatten(1)).view(len(self.temporal), -1, rows.shape[-1])
            if not self.norm_1.training:
                return self._evaluate_fast(mixed, spatial, block).transpose(0, 1)
            kernels, constant = self._fold_first_norm(rows, spatial, block)
            y = fast.filter_rows(mixed, kernels, block)
            y = fast.norm_elu_pool(y, constant, self.norm_1, plan.n_filtered, plan.pool_1)
            return y.transpose(0, 1)

    def _fold_first_norm(self, rows: Tensor, spatial: Tensor, block: int) -> tuple[Tensor, Tensor]:
        """Return the temporal filters times the first norm's factors, and what it adds to each spatial row.

        With G and s the products and sums of the shifted windows over n values, a filter w has the mean
        w s / n and the variance w G w / n less the squared mean.
        """
        norm, kernels = self.norm_0, self.temporal
        count = rows.shape[0] * rows.shape[1] * self.plan.n_filtered
        sums, products = fast.shifted_products(rows, kernels.shape[1], self.plan.n_filtered, block)
        mean = kernels @ sums / count
        variance = ((kernels @ products) * kernels).sum(1) / count - mean.square()
        variance = variance.clamp(min=0)
        track(norm, mean, variance, count)
        gain = norm.weight * torch.rsqrt(variance + norm.eps)
        constant = (norm.bias - gain * mean).repeat_interleave(len(spatial) // len(kernels)) * spatial.sum(1)
        return kernels * gain[:, None], constant

    def _evaluate_fast(self, mixed: Tensor, spatial: Tensor, block: int) -> Tensor:
        """Return the first pool's values with both norms folded into the temporal filters."""
        depth = len(spatial) // len(self.temporal)
        kernels, offset = folded(self.temporal, None, self.norm_0)
        constant = offset.repeat_interleave(depth) * spatial.sum(1)
        kernels, constant = folded(kernels.repeat_interleave(depth, 0), constant, self.norm_1)
        rows = mixed.view(len(spatial), -1, mixed.shape[-1])
        y = fast.filter_rows(rows, kernels, block) + constant.view(-1, 1, 1)
        return fast.elu_pool(y, self.plan.n_filtered, self.plan.pool_1)
