"""Differentiable augmentation: what a critic sees of real and of synthetic windows alike.

With few real windows a critic learns them by heart; if all it ever sees are altered windows, it cannot. As
each alteration strikes only a share of the windows, the generator still learns the windows as they are.
"""

import math

import torch
from torch import Tensor

_LARGEST_GAIN = 0.35  # natural logarithm: 3 dB
_LARGEST_NOISE = 0.2  # of the s.d. of the window's channels
_LARGEST_SHIFT = 0.125  # of the window
_MASKED = 0.15  # share of the channels


def augment(windows: Tensor, *, generator: torch.Generator, strength: float) -> Tensor:
    """Alter windows at random, in ways that keep their class: gain, noise, shift in time, silent channels.

    Parameters
    ----------
    windows : Tensor of shape (n_windows, n_channels, n_times)
        Real or synthetic windows, in scaled units.
    generator : torch.Generator
        Source of randomness, on the device of the windows. Two calls with generators in the same state alter
        alike.
    strength : float
        Probability that each of the four alterations strikes a window, from 0 (the windows are returned as
        they are, and no random number is drawn) to 1.

    Returns
    -------
    windows : Tensor of shape (n_windows, n_channels, n_times)
        Altered windows, differentiable with respect to the given ones.

    Raises
    ------
    ValueError
        If `strength` is below 0 or above 1.

    Notes
    -----
    The gain is up to 3 dB either way, the same for all channels; the noise is white, of up to 0.2 of the
    window's standard deviation; the shift is up to an eighth of the window, the end coming first; each
    channel is set to 0 with the probability 0.15, but never all. A constant window stays constant.

    References
    ----------
    .. [1] S. Zhao et al., "Differentiable augmentation for data-efficient GAN training", NeurIPS 2020.
       https://doi.org/10.48550/arXiv.2006.10738
    .. [2] T. Karras et al., "Training generative adversarial networks with limited data", NeurIPS 2020.
       https://doi.org/10.48550/arXiv.2006.06676

    Examples
    --------
    >>> import torch
    >>> from sklearn_eeg.sampling._augment_torch import augment
    >>> windows = torch.ones(3, 2, 64)
    >>> torch.equal(augment(windows, generator=torch.Generator(), strength=0.0), windows)
    True
    """
    if not 0 <= strength <= 1:
        raise ValueError(f"`strength` must lie between 0 and 1, got {strength:g}.")
    if strength == 0:
        return windows
    for alter in (_scale, _shift, _add_noise, _silence):
        struck = _uniform(windows, generator) < strength
        windows = torch.where(struck, alter(windows, generator), windows)
    return windows


def _uniform(windows: Tensor, generator: torch.Generator, n_channels: int = 1) -> Tensor:
    """Draw numbers between 0 and 1 for each window, and channel if wanted."""
    shape = (len(windows), n_channels, 1)
    return torch.rand(shape, generator=generator, device=windows.device, dtype=windows.dtype)


def _scale(windows: Tensor, generator: torch.Generator) -> Tensor:
    return windows * torch.exp(_LARGEST_GAIN * (2 * _uniform(windows, generator) - 1))


def _shift(windows: Tensor, generator: torch.Generator) -> Tensor:
    n_times = windows.shape[-1]
    largest = math.floor(_LARGEST_SHIFT * n_times)
    steps = torch.floor((2 * largest + 1) * _uniform(windows, generator)).long() - largest
    index = (torch.arange(n_times, device=windows.device) - steps) % n_times
    return windows.gather(2, index.expand_as(windows))


def _add_noise(windows: Tensor, generator: torch.Generator) -> Tensor:
    noise = torch.randn(windows.shape, generator=generator, device=windows.device, dtype=windows.dtype)
    size = windows.detach().var(-1, keepdim=True, correction=0).mean(1, keepdim=True).sqrt()
    return windows + _LARGEST_NOISE * _uniform(windows, generator) * size * noise


def _silence(windows: Tensor, generator: torch.Generator) -> Tensor:
    draw = _uniform(windows, generator, windows.shape[1])
    return windows * ((draw >= _MASKED) | (draw == draw.amax(1, keepdim=True)))
