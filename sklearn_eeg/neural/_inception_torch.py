"""An inception network: at each depth, convolutions of several lengths beside one another."""

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
    samples,
    shortest_pooled,
)

_SHARES = (1.0, 0.5, 0.25)  # of the longest kernel


def _kernels(n_times: int, longest: int | None, sfreq: float | None) -> tuple[int, ...]:
    """Return odd lengths of kernels, none longer than an odd number of the time points."""
    longest = longest or min(39 if sfreq is None else samples(0.6, sfreq), n_times)
    return tuple(max(1, round(share * longest) - 1) // 2 * 2 + 1 for share in _SHARES)


class InceptionNet(nn.Module):
    """Inception network: convolutions of three lengths side by side, in depth, and means over time.

    Parameters
    ----------
    n_channels, n_times, n_classes : int
        Sizes of the windows, and the number of classes.
    sfreq : float, default=None
        Sampling frequency in Hz, by which the lengths left at None are chosen: after a first pool of means,
        to a rate nearest to 64 Hz, the longest kernel spans 0.6 s. Without it: a pool of 4, 39 time points.
    n_filters : int, default=16
        Number of filters of each length.
    depth : int, default=6
        Number of inception modules; each third one adds the input of the three to its output.
    n_spatial : int, default=32
        Number of spatial filters that mix the channels first.
    kernel_length : int, default=None
        Time points of the longest kernel after the pool; the others have a half and a quarter. All are made
        odd. None adapts to the window: a kernel is no longer than its input.
    pool_length : int, default=None
        Time points of the first pool. None adapts to the window: at least 16 time points are kept, where
        there are so many.
    dropout : float, default=0.2
        Share of the features that training leaves out before the last layer, at least 0 and below 1.

    Notes
    -----
    InceptionTime for EEG: a spatial filter and a pool go first, since it was made for fewer channels and
    time points; the number of filters is a half. A module mixes its input to `n_filters` rows, convolves
    them by three kernels, adds the mixed maxima of three neighbours, and ends in a norm and ReLU. As
    features are means over time, the number of weights does not depend on the length of the windows.

    References
    ----------
    .. [1] H. Ismail Fawaz et al., "InceptionTime: finding AlexNet for time series classification", Data
       Mining and Knowledge Discovery 34 (2020) 1936-1962. https://doi.org/10.1007/s10618-020-00710-y

    Examples
    --------
    >>> import torch
    >>> from sklearn_eeg.neural._inception_torch import InceptionNet
    >>> InceptionNet(n_channels=19, n_times=1000, n_classes=2, sfreq=250.0)(torch.zeros(5, 19, 1000)).shape
    torch.Size([5, 2])
    """

    def __init__(
        self,
        n_channels: int,
        n_times: int,
        n_classes: int,
        *,
        sfreq: float | None = None,
        n_filters: int = 16,
        depth: int = 6,
        n_spatial: int = 32,
        kernel_length: int | None = None,
        pool_length: int | None = None,
        dropout: float = 0.2,
    ) -> None:
        super().__init__()
        check_sizes(n_channels, n_times, n_classes)
        check_options(n_filters=n_filters, depth=depth, n_spatial=n_spatial, kernel_length=kernel_length)
        check_rate("dropout", dropout)
        refuse_short("InceptionNet", n_times, self.shortest(n_channels, sfreq=sfreq, pool_length=pool_length))
        self.pool = pool_length or first_pool(n_times, sfreq)
        n_kept = pooled(n_times, self.pool)
        kernels = _kernels(n_kept, kernel_length, None if sfreq is None else sfreq / self.pool)
        self.dropout, width = dropout, (len(kernels) + 1) * n_filters
        self.spatial = nn.Conv1d(n_channels, n_spatial, 1, bias=False)
        self.norm = norm_of(n_spatial)
        widths = [n_spatial, *[width] * depth]
        self.modules_ = nn.ModuleList(_Inception(before, n_filters, kernels) for before in widths[:-1])
        self.shortcuts = nn.ModuleList(_Shortcut(widths[start], width) for start in range(0, depth - 2, 3))
        self.head = nn.Linear(width, n_classes)

    shortest = staticmethod(shortest_pooled)

    def forward(self, x: Tensor) -> Tensor:
        """Return the logits (n_windows, n_classes) of windows (n_windows, n_channels, n_times)."""
        x = functional.avg_pool1d(x, self.pool)
        x = functional.relu(convolve_norm(channels_last(x), self.spatial.weight, None, self.norm))
        start = x
        for number, module in enumerate(self.modules_):
            x = module(x)
            if number % 3 == 2:
                x = start = functional.relu(x + self.shortcuts[number // 3](start))
        x = dropout(x.mean(2), self.dropout, self.training)
        return cast(Tensor, self.head(x))


class _Inception(nn.Module):
    """A module: convolutions of several lengths and the maxima of neighbours, side by side."""

    def __init__(self, n_in: int, n_filters: int, kernels: tuple[int, ...]) -> None:
        super().__init__()
        self.mix = nn.Conv1d(n_in, n_filters, 1, bias=False)
        self.convolutions = nn.ModuleList(
            nn.Conv1d(n_filters, n_filters, kernel, padding=kernel // 2, bias=False) for kernel in kernels
        )
        self.mix_maxima = nn.Conv1d(n_in, n_filters, 1, bias=False)
        self.norm = norm_of((len(kernels) + 1) * n_filters)

    def forward(self, x: Tensor) -> Tensor:
        """Return rows (n_windows, n_rows, n_times) after the norm and ReLU."""
        mixed = self.mix(x)
        rows = [layer(mixed) for layer in self.convolutions]
        rows.append(self.mix_maxima(functional.max_pool1d(x, 3, 1, padding=1)))
        return functional.relu(self.norm(torch.cat(rows, dim=1)))


class _Shortcut(nn.Module):
    """The input of three modules, mixed to the width of their output and normed."""

    def __init__(self, n_in: int, n_out: int) -> None:
        super().__init__()
        self.mix = nn.Conv1d(n_in, n_out, 1, bias=False)
        self.norm = norm_of(n_out)

    def forward(self, x: Tensor) -> Tensor:
        return convolve_norm(x, self.mix.weight, None, self.norm)
