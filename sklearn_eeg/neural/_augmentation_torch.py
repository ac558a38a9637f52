"""Transforms of a batch that leave its labels true: a network sees no window twice the same.

Each is a function ``(windows, generator, **options) -> windows`` of a tensor of shape (n_windows,
n_channels, n_times), on the device of the tensor. Windows are standardised: 1 is the standard deviation
of the channel in the training windows, 0 its mean.
"""

import math
import re
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import torch

from .._montage import positions, standardize_name

Augmentation = Callable[..., torch.Tensor]


def _uniform(windows: torch.Tensor, generator: torch.Generator, *shape: int) -> torch.Tensor:
    """Draw numbers between 0 and 1 on the device of the windows, in their type."""
    return torch.rand(shape, generator=generator, device=windows.device, dtype=windows.dtype)


def add_noise(windows: torch.Tensor, generator: torch.Generator, *, scale: float = 0.1) -> torch.Tensor:
    """Add white noise of the standard deviation `scale` to every channel."""
    noise = torch.randn(windows.shape, generator=generator, device=windows.device, dtype=windows.dtype)
    return windows + scale * noise


def shift_time(windows: torch.Tensor, generator: torch.Generator, *, share: float = 0.2) -> torch.Tensor:
    """Roll each window by up to `share` of its length either way, all channels alike; the end comes first.

    The amplitude spectrum of each channel and the coherence of any two stay exactly what they were.
    """
    n_windows, _, n_times = windows.shape
    largest = int(share * n_times)
    steps = torch.randint(-largest, largest + 1, (n_windows, 1), generator=generator, device=windows.device)
    index = (torch.arange(n_times, device=windows.device) - steps) % n_times
    return windows.gather(2, index[:, None, :].expand_as(windows))


def mask_time(windows: torch.Tensor, generator: torch.Generator, *, share: float = 0.2) -> torch.Tensor:
    """Set a stretch of up to `share` of each window to 0, in all channels; the rest stays as it is."""
    n_windows, _, n_times = windows.shape
    length = _uniform(windows, generator, n_windows, 1) * share * n_times
    start = (
        _uniform(windows, generator, n_windows, 1) * (n_times + length) - length
    )  # ends are hidden as often
    times = torch.arange(n_times, device=windows.device)
    hidden = (times >= start) & (times < start + length)
    return windows.masked_fill(hidden[:, None, :], 0.0)


def drop_channels(windows: torch.Tensor, generator: torch.Generator, *, share: float = 0.2) -> torch.Tensor:
    """Set each channel to 0 with the probability `share`, but never all of a window."""
    draw = _uniform(windows, generator, *windows.shape[:2])
    kept = (draw >= share) | (draw == draw.amax(dim=1, keepdim=True))
    return windows * kept[:, :, None]


def flip_sides(windows: torch.Tensor, generator: torch.Generator, *, order: Sequence[int]) -> torch.Tensor:  # noqa: ARG001
    """Exchange left and right: channel ``i`` becomes what channel ``order[i]`` was."""
    return windows[:, torch.as_tensor(order, device=windows.device)]


def surrogate(windows: torch.Tensor, generator: torch.Generator, *, strength: float = 1.0) -> torch.Tensor:
    """Turn the phase of each frequency by a random angle of up to ``strength * 2 * pi``, all channels alike.

    The amplitude spectrum of each channel and the coherence of any two stay what they were.
    """
    n_times = windows.shape[2]
    spectrum = torch.fft.rfft(windows)
    angle = 2 * math.pi * strength * _uniform(windows, generator, len(windows), 1, spectrum.shape[2])
    angle[..., 0] = 0  # the mean, and the highest frequency of an even length, have no phase
    if n_times % 2 == 0:
        angle[..., -1] = 0
    return torch.fft.irfft(spectrum * torch.polar(torch.ones_like(angle), angle), n=n_times)


def shift_frequency(
    windows: torch.Tensor, generator: torch.Generator, *, sfreq: float, largest: float = 1.0
) -> torch.Tensor:
    """Move the whole spectrum of each window by up to `largest` Hz either way, all channels alike."""
    n_windows, _, n_times = windows.shape
    steps = torch.fft.fftfreq(n_times, device=windows.device)
    half = (steps > 0).to(windows.dtype) * 2
    half[0] = 1
    if n_times % 2 == 0:
        half[n_times // 2] = 1
    analytic = torch.fft.ifft(torch.fft.fft(windows) * half)
    move = (2 * _uniform(windows, generator, n_windows, 1, 1) - 1) * largest
    angle = 2 * math.pi * move * torch.arange(n_times, device=windows.device, dtype=windows.dtype) / sfreq
    return (analytic * torch.polar(torch.ones_like(angle), angle)).real


def scale_amplitude(
    windows: torch.Tensor, generator: torch.Generator, *, factor: float = 1.5
) -> torch.Tensor:
    """Multiply each window by a number between ``1 / factor`` and `factor`, the same for all channels."""
    power = 2 * _uniform(windows, generator, len(windows), 1, 1) - 1
    return windows * factor**power


AUGMENTATIONS: dict[str, Augmentation] = {
    "amplitude_scale": scale_amplitude,
    "channel_dropout": drop_channels,
    "fourier_surrogate": surrogate,
    "frequency_shift": shift_frequency,
    "noise": add_noise,
    "symmetry_flip": flip_sides,
    "time_mask": mask_time,
    "time_shift": shift_time,
}


def make_augmentations(
    items: Sequence[Any] | None, *, sfreq: float | None, ch_names: Sequence[str], probability: float = 0.5
) -> list[Augmentation]:
    """Return the transforms that a list names, ready to be called with windows and a generator.

    Parameters
    ----------
    items : sequence or None
        Each a name of `AUGMENTATIONS`, a pair of a name and a dict of options, or a function of
        windows and a generator, which is called on the whole batch.
    sfreq : float or None
        Sampling frequency, in Hz.
    ch_names : sequence of str
        Names of the channels.
    probability : float, default=0.5
        Probability that a named transform works on a window.

    Returns
    -------
    transforms : list of callable
        Functions ``(windows, generator) -> windows``.

    Raises
    ------
    ValueError
        If a name is unknown, or a transform needs a rate or names that are not there.

    References
    ----------
    .. [1] Rommel C, Paillard J, Moreau T, Gramfort A (2022) Data augmentation for learning predictive
       models on EEG: a systematic comparison. J. Neural Eng. 19, 066020.
       https://doi.org/10.1088/1741-2552/aca220

    Examples
    --------
    >>> import torch
    >>> from sklearn_eeg.neural._augmentation_torch import make_augmentations
    >>> names = ["T7", "Cz", "T8"]
    >>> (flip,) = make_augmentations(["symmetry_flip"], sfreq=None, ch_names=names, probability=1)
    >>> flip(torch.tensor([[[1.0], [2.0], [3.0]]]), torch.Generator()).flatten()
    tensor([3., 2., 1.])
    """
    transforms: list[Augmentation] = []
    for item in items or ():
        if callable(item):
            transforms.append(item)
            continue
        name, options = (item, {}) if isinstance(item, str) else item
        if name not in AUGMENTATIONS:
            raise ValueError(f"`augmentation` must name some of {sorted(AUGMENTATIONS)}, got {name!r}.")
        options = {**_read_needs(name, sfreq, ch_names), **options}
        transforms.append(
            partial(
                _apply_to_some, transform=partial(AUGMENTATIONS[name], **options), probability=probability
            )
        )
    return transforms


def _apply_to_some(
    windows: torch.Tensor, generator: torch.Generator, *, transform: Augmentation, probability: float
) -> torch.Tensor:
    chosen = _uniform(windows, generator, len(windows)) < probability
    return torch.where(chosen[:, None, None], transform(windows, generator), windows)


def _read_needs(name: str, sfreq: float | None, ch_names: Sequence[str]) -> dict[str, Any]:
    """Return what a transform needs to know of the recording."""
    if name == "frequency_shift":
        if sfreq is None:
            raise ValueError('`sfreq` must be given for the augmentation "frequency_shift", got None.')
        return {"sfreq": sfreq}
    return {"order": mirror_channels(ch_names)} if name == "symmetry_flip" else {}


def mirror_channels(ch_names: Sequence[str]) -> list[int]:
    """Return for each channel the index of its twin on the other side of the head, on the midline itself.

    Parameters
    ----------
    ch_names : sequence of str
        Names of the 10-20 or 10-10 system, electrodes or bipolar pairs.

    Returns
    -------
    order : list of int
        Index of each channel's twin.

    Raises
    ------
    ValueError
        If a channel has no known place or no twin.

    Examples
    --------
    >>> from sklearn_eeg.neural._augmentation_torch import mirror_channels
    >>> mirror_channels(["Fp1-F7", "Fz-Cz", "Fp2-F8"])
    [2, 1, 0]
    """
    positions(ch_names)  # refuses names of no known place
    names = [standardize_name(name) for name in ch_names]
    twins = {name: _mirror_name(name) for name in names}
    lonely = [given for given, name in zip(ch_names, names, strict=True) if twins[name] not in names]
    if lonely:
        raise ValueError(
            '`ch_names` must hold both channels of each left-right pair for "symmetry_flip", got no twin '
            f"of {lonely}."
        )
    return [names.index(twins[name]) for name in names]


def _mirror_name(name: str) -> str:
    """Return the name on the other side: odd numbers are left, the next even ones right."""
    return re.sub(r"\d+", lambda found: str(int(found[0]) + (1 if int(found[0]) % 2 else -1)), name)
