"""The generator of a conditional WGAN: noise and labels in, windows out."""

from collections.abc import Mapping, Sequence
from typing import cast

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from ._base_torch import ShapedNoise
from ._critic_torch import check_network

_LEAK = 0.2
_FIRST_GAIN = 0.05  # of the last weights where there is a base: untrained, little is added to it


class Generator(nn.Module):
    """Conditional generator: alternating resizes and 1-D convolutions, on their own or added to a base.

    Parameters
    ----------
    n_channels, n_times, n_classes : int
        Sizes of the windows, and the number of classes.
    latent : int, default=128
        Number of the random numbers that steer the convolutions.
    widths : sequence of int, default=(96, 80, 64, 48)
        Number of filters of each convolution, from the coarsest to the finest. All but the first work on
        twice as many time points as the one before.
    kernel : int, default=9
        Length of the filters, in time points, odd.
    base : mapping of str to ndarray, default=None
        What `fit_base` learned from the training windows. The convolutions then refine windows drawn from
        that model; without it they make windows from the latent numbers alone.

    Attributes
    ----------
    noise_size : int
        Number of independent standard normal numbers that make a window.

    Raises
    ------
    ValueError
        If a size is not positive, `kernel` is not odd, or `base` was learned from windows of other sizes.

    Notes
    -----
    A window is resized (linearly) before it is convolved: transposed convolutions leave lines at fractions
    of the sampling frequency. Label and latent numbers scale and shift the features of each layer [1]_.

    References
    ----------
    .. [1] E. Perez et al., "FiLM: visual reasoning with a general conditioning layer", AAAI 2018.
       https://doi.org/10.1609/aaai.v32i1.11671

    Examples
    --------
    >>> import torch
    >>> from sklearn_eeg.sampling._generator_torch import Generator
    >>> generator = Generator(n_channels=19, n_times=500, n_classes=4)
    >>> generator(torch.randn(2, generator.noise_size), torch.tensor([0, 3])).shape
    torch.Size([2, 19, 500])
    """

    def __init__(
        self,
        n_channels: int,
        n_times: int,
        n_classes: int,
        *,
        latent: int = 128,
        widths: Sequence[int] = (96, 80, 64, 48),
        kernel: int = 9,
        base: Mapping[str, np.ndarray] | None = None,
    ) -> None:
        super().__init__()
        check_network(n_channels, n_times, n_classes, widths, kernel)
        if latent < 1:
            raise ValueError(f"`latent` must be at least 1, got {latent}.")
        self.n_times, self.latent, self.kernel = n_times, latent, kernel
        self.base = None if base is None else ShapedNoise(base)
        _check_base(self.base, (n_channels, n_times, n_classes))
        self.noise_size = latent + (0 if self.base is None else self.base.noise_size)
        self.n_first = -(-n_times // 2 ** (len(widths) - 1))
        self.label = nn.Embedding(n_classes, latent)
        self.first = nn.Linear(latent, widths[0] * self.n_first)
        inputs = (widths[0], *widths[:-1])
        self.layers = nn.ModuleList(
            nn.Conv1d(n_in, n_out, kernel) for n_in, n_out in zip(inputs, widths, strict=True)
        )
        self.films = nn.ModuleList(nn.Linear(latent, 2 * n_out) for n_out in widths)
        self.last = nn.Conv1d(widths[-1], n_channels, kernel)
        if self.base is not None:
            self.look = nn.Conv1d(n_channels, widths[-1], kernel)
            self.last.weight.data.mul_(_FIRST_GAIN)
            nn.init.zeros_(cast(Tensor, self.last.bias))

    def forward(self, noise: Tensor, labels: Tensor) -> Tensor:
        """Return windows (n, n_channels, n_times) of normal noise (n, noise_size) and labels (n,)."""
        style = functional.leaky_relu(noise[:, : self.latent] + self.label(labels), _LEAK)
        x = self.first(noise[:, : self.latent]).unflatten(1, (-1, self.n_first))
        seen = None
        if self.base is not None:
            with torch.no_grad():
                given = self.base(noise[:, self.latent :], labels)
            seen = self._convolve(self.look, given)
        for index, (layer, film) in enumerate(zip(self.layers, self.films, strict=True)):
            if index:
                x = functional.interpolate(x, scale_factor=2, mode="linear", align_corners=False)
            x = self._convolve(layer, x)
            if seen is not None and index == len(self.layers) - 1:
                x = x[..., : self.n_times] + seen
            scale, shift = film(style)[:, :, None].chunk(2, 1)
            x = functional.leaky_relu(x * (1 + scale) + shift, _LEAK)
        made = self._convolve(self.last, x)[..., : self.n_times]
        return made if seen is None else given + made

    def _convolve(self, layer: nn.Module, x: Tensor) -> Tensor:
        """Convolve after repeating the values at both ends: zeros would mark the edges of each window."""
        return cast(Tensor, layer(functional.pad(x, (self.kernel // 2,) * 2, mode="replicate")))


def _check_base(base: ShapedNoise | None, sizes: tuple[int, int, int]) -> None:
    """Raise a ValueError unless a base was fitted on windows of the sizes of the generator."""
    given = None if base is None else (base.n_channels, base.n_freqs - 1, base.n_classes)
    if given is not None and given != sizes:
        raise ValueError(
            "`base` must be of windows of {} channels x {} time points in {} classes, got {} x {} in {}: fit "
            "it on the training windows.".format(*sizes, *given)
        )
