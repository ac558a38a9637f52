"""A temporal convolutional network: dilated causal convolutions with shortcuts."""

from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional

from ._layers_torch import (
    channels_last,
    check_options,
    check_rate,
    check_sizes,
    convolve_norm,
    dropout,
    first_pool,
    norm_of,
    pooled,
    refuse_short,
    shortest_pooled,
)


def _depth(n_times: int, kernel: int) -> int:
    """Return the number of blocks whose outputs see at least so many time points."""
    depth = 1
    while receptive_field(depth, kernel) < n_times:
        depth += 1
    return depth


def receptive_field(depth: int, kernel: int) -> int:
    """Return the number of time points that an output of `depth` blocks depends on.

    Notes
    -----
    Block i has two convolutions of dilation 2**i, so it is 1 + 2 (kernel - 1) (2**depth - 1).

    Examples
    --------
    >>> from sklearn_eeg.neural._tcn_torch import receptive_field
    >>> receptive_field(depth=3, kernel=5)
    57
    """
    return 1 + 2 * (kernel - 1) * (2**depth - 1)


class TCN(nn.Module):
    """Temporal convolutional network: dilated causal convolutions with shortcuts.

    Parameters
    ----------
    n_channels, n_times, n_classes : int
        Sizes of the windows, and the number of classes.
    sfreq : float, default=None
        Sampling frequency in Hz, by which the first pool is chosen where left at None: to a rate nearest to
        64 Hz. Without it: a pool of 4.
    n_filters : int, default=32
        Number of filters of each convolution, and of spatial filters that mix the channels first.
    kernel_length : int, default=5
        Time points of each kernel, at least 2.
    depth : int, default=None
        Number of blocks, of two convolutions each, with dilations 1, 2, 4, ...; None for as many as let the
        last output see the whole window.
    pool_length : int, default=None
        Time points of the first pool of means. None adapts to the window: at least 16 time points are kept,
        where there are so many.
    dropout : float, default=0.2
        Share of the rows of a block (a whole row at a time) and of the last features that training leaves
        out, at least 0 and below 1.

    Notes
    -----
    A time point of `features` depends on none after it. Norms are of batches, where the first paper
    normed weights; the features are read at the last time point and as their mean over time, so that an
    early seizure counts as a late one.

    References
    ----------
    .. [1] S. Bai, J. Z. Kolter and V. Koltun, "An empirical evaluation of generic convolutional and recurrent
       networks for sequence modeling", 2018. https://doi.org/10.48550/arXiv.1803.01271

    Examples
    --------
    >>> import torch
    >>> from sklearn_eeg.neural._tcn_torch import TCN
    >>> TCN(n_channels=19, n_times=1000, n_classes=2, sfreq=250.0)(torch.zeros(5, 19, 1000)).shape
    torch.Size([5, 2])
    """

    def __init__(
        self,
        n_channels: int,
        n_times: int,
        n_classes: int,
        *,
        sfreq: float | None = None,
        n_filters: int = 32,
        kernel_length: int = 5,
        depth: int | None = None,
        pool_length: int | None = None,
        dropout: float = 0.2,
    ) -> None:
        super().__init__()
        check_sizes(n_channels, n_times, n_classes)
        check_options(n_filters=n_filters, depth=depth)
        check_rate("dropout", dropout)
        if kernel_length < 2:
            raise ValueError(f"`kernel_length` must be at least 2, got {kernel_length}.")
        refuse_short("TCN", n_times, self.shortest(n_channels, sfreq=sfreq, pool_length=pool_length))
        self.pool, self.dropout = pool_length or first_pool(n_times, sfreq), dropout
        depth = depth or _depth(pooled(n_times, self.pool), kernel_length)
        self.spatial = nn.Conv1d(n_channels, n_filters, 1, bias=False)
        self.norm = norm_of(n_filters)
        self.blocks = nn.ModuleList(
            _Block(n_filters, kernel_length, 2**number, dropout) for number in range(depth)
        )
        self.head = nn.Linear(2 * n_filters, n_classes)

    shortest = staticmethod(shortest_pooled)

    def features(self, x: Tensor) -> Tensor:
        """Return rows (n_windows, n_filters, n_times // pool), each time point by those up to it."""
        x = functional.avg_pool1d(x, self.pool)
        x = functional.elu(convolve_norm(channels_last(x), self.spatial.weight, None, self.norm))
        for block in self.blocks:
            x = block(x)
        return x

    def forward(self, x: Tensor) -> Tensor:
        """Return the logits (n_windows, n_classes) of windows (n_windows, n_channels, n_times)."""
        rows = self.features(x)
        x = torch.cat([rows[:, :, -1], rows.mean(2)], dim=1)
        return cast(Tensor, self.head(dropout(x, self.dropout, self.training)))


class _Block(nn.Module):
    """Two causal convolutions of one dilation, added to their input."""

    def __init__(self, n_filters: int, kernel: int, dilation: int, dropout: float) -> None:
        super().__init__()
        self.dilation, self.dropout, self.before = dilation, dropout, dilation * (kernel - 1)
        self.convolutions = nn.ModuleList(
            nn.Conv1d(n_filters, n_filters, kernel, bias=False, dilation=dilation) for _ in range(2)
        )
        self.norms = nn.ModuleList(norm_of(n_filters) for _ in range(2))

    def forward(self, x: Tensor) -> Tensor:
        """Return rows of the same shape."""
        y = x
        for layer, norm in zip(self.convolutions, self.norms, strict=True):
            y = functional.pad(y, (self.before, 0))
            y = convolve_norm(
                y, cast(Tensor, layer.weight), None, cast(nn.BatchNorm1d, norm), dilation=self.dilation
            )
            y = functional.dropout1d(functional.elu(y), self.dropout, self.training)
        return functional.elu(x + y)
