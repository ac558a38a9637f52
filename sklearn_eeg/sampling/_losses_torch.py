"""Losses of a WGAN-GP on windows: the gradient penalty, and distances of spectra and covariances.

Windows are tensors (n_windows, n_channels, n_times) in scaled units.
"""

from collections.abc import Callable

import torch
from torch import Tensor

_SMALLEST_NORM = 1e-12  # its square is added under the root: at a zero gradient the slope stays finite
_SMALLEST_POWER = 1e-8
_LONGEST_SEGMENT = 128  # time points


def gradient_penalty(
    critic: Callable[[Tensor, Tensor], Tensor],
    real: Tensor,
    fake: Tensor,
    labels: Tensor,
    *,
    generator: torch.Generator,
) -> Tensor:
    """Return how far the critic's slope is from 1 between real and synthetic windows.

    Parameters
    ----------
    critic : callable
        Function ``(windows, labels) -> (n_windows,)``.
    real, fake : Tensor of shape (n_windows, n_channels, n_times)
        Real and synthetic windows of the same labels.
    labels : int64 Tensor of shape (n_windows,)
        Class of each window.
    generator : torch.Generator
        Source of randomness: where between the two of a pair the slope is taken.

    Returns
    -------
    penalty : Tensor, scalar
        Mean over windows of ``(|gradient| - 1)**2``; the norm is over all channels and times of a window.

    Notes
    -----
    A critic that is flat everywhere has the penalty 1 and a slope that is finite (zero, not NaN). Where the
    windows are in half precision the norm is still taken in float32.

    References
    ----------
    .. [1] I. Gulrajani et al., "Improved training of Wasserstein GANs", NeurIPS 2017.
       https://doi.org/10.48550/arXiv.1704.00028

    Examples
    --------
    A critic that is three times the sum over 4 x 4 values has a gradient of norm 12:

    >>> import torch
    >>> from sklearn_eeg.sampling._losses_torch import gradient_penalty
    >>> a, labels = torch.randn(8, 4, 4), torch.zeros(8, dtype=torch.int64)
    >>> critic = lambda windows, labels: 3 * windows.sum((1, 2))
    >>> round(gradient_penalty(critic, a, -a, labels, generator=torch.Generator()).item(), 3)
    121.0
    """
    share = torch.rand(len(real), 1, 1, generator=generator, device=real.device, dtype=real.dtype)
    between = torch.lerp(fake.detach(), real.detach(), share).requires_grad_()
    scores = critic(between, labels).sum()
    (slope,) = torch.autograd.grad(scores, between, create_graph=True)
    slope = slope.flatten(1)
    if slope.dtype not in (torch.float32, torch.float64):
        slope = slope.float()
    norm = (slope.square().sum(1) + _SMALLEST_NORM).sqrt()
    return (norm - 1).square().mean()


def log_spectra(windows: Tensor) -> Tensor:
    """Return the natural logarithm of Welch's power of each window, channel and frequency.

    Segments of up to 128 time points overlap by half, under a Hann window with their mean removed, and
    their powers are averaged. The lowest frequency (the mean) is left out.

    Parameters
    ----------
    windows : Tensor of shape (n_windows, n_channels, n_times)
        Windows of at least two time points.

    Returns
    -------
    log_power : Tensor of shape (n_windows, n_channels, n_segment // 2)
        Log power without a unit: in comparisons its level does not matter. A constant channel has the
        logarithm of 1e-8.

    Examples
    --------
    >>> import torch
    >>> from sklearn_eeg.sampling._losses_torch import log_spectra
    >>> wave = torch.sin(2 * torch.pi * torch.arange(512) / 16).view(1, 1, -1)
    >>> log_spectra(wave).argmax().item() + 1  # of 128 points, a cycle in 16
    8
    """
    n_segment = min(_LONGEST_SEGMENT, windows.shape[-1])
    segments = windows.unfold(-1, n_segment, max(1, n_segment // 2))
    segments = segments - segments.mean(-1, keepdim=True)
    hann = torch.hann_window(n_segment, device=windows.device, dtype=windows.dtype)
    spectrum = torch.fft.rfft(segments * (hann / hann.square().sum().sqrt()), dim=-1)[..., 1:]
    power = spectrum.real.square() + spectrum.imag.square()
    return (power.mean(2) + _SMALLEST_POWER).log()


def spectral_distance(real: Tensor, fake: Tensor) -> Tensor:
    """Return how far the log spectra of two batches differ, in level and in spread.

    Parameters
    ----------
    real, fake : Tensor of shape (n_windows, n_channels, n_times)
        At least two windows each; their numbers may differ.

    Returns
    -------
    distance : Tensor, scalar
        Mean over channels and frequencies of the squared difference of the batches' mean log power plus
        that of its standard deviations over windows; 1 is a difference of 4.3 dB everywhere.

    Examples
    --------
    Windows ten times as large differ by log(100) in level and not in spread:

    >>> import torch
    >>> from sklearn_eeg.sampling._losses_torch import spectral_distance
    >>> real = torch.randn(6, 2, 256, generator=torch.Generator().manual_seed(0))
    >>> round(spectral_distance(real, 10 * real).item() ** 0.5, 3)
    4.605
    """
    a, b = log_spectra(real), log_spectra(fake)
    level = (a.mean(0) - b.mean(0)).square()
    return (level + (_spread(a) - _spread(b)).square()).mean()


def _spread(values: Tensor) -> Tensor:
    """Return the standard deviation over windows, with a finite slope where all are alike."""
    return (values.var(0) + _SMALLEST_POWER).sqrt()


def covariance_distance(real: Tensor, fake: Tensor) -> Tensor:
    """Return how far the mean covariance between channels differs from the real one.

    Parameters
    ----------
    real, fake : Tensor of shape (n_windows, n_channels, n_times)
        Windows; their numbers may differ.

    Returns
    -------
    distance : Tensor, scalar
        ``|A - B|**2 / |A|**2`` with Frobenius' norm, for A the mean over real windows of the covariance of
        their channels and B that of the synthetic ones.

    Examples
    --------
    Windows twice as large have four times the covariance:

    >>> import torch
    >>> from sklearn_eeg.sampling._losses_torch import covariance_distance
    >>> real = torch.randn(6, 2, 256, generator=torch.Generator().manual_seed(0))
    >>> round(covariance_distance(real, 2 * real).item(), 3)
    9.0
    """
    a, b = _covariance(real), _covariance(fake)
    return (a - b).square().sum() / a.square().sum().clamp(min=_SMALLEST_POWER)


def _covariance(windows: Tensor) -> Tensor:
    centred = windows - windows.mean(-1, keepdim=True)
    return (centred @ centred.mT).mean(0) / windows.shape[-1]
