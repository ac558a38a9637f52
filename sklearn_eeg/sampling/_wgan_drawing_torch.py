"""A trained generator, and the windows that it makes."""

from typing import Any

import numpy as np
import torch

from .._torch import RandomStream, to_state
from ._generator_torch import Generator

_SAMPLED_AT_ONCE = 128  # windows


def load_generator(
    blueprint: dict[str, Any], weights: dict[str, np.ndarray], device: torch.device
) -> Generator:
    """Return a trained generator on a device, ready to draw from."""
    with RandomStream(0):  # the weights that it is built with are drawn, though they are replaced
        generator = Generator(**blueprint)
    generator.load_state_dict(to_state(weights))
    return generator.to(device, torch.float32).eval().requires_grad_(False)


@torch.no_grad()
def draw_windows(generator: Any, n_windows: int, code: int, noise: torch.Generator) -> np.ndarray:
    """Draw windows of a class, a few at a time.

    Parameters
    ----------
    generator : Generator
        A trained generator.
    n_windows : int
        How many.
    code : int
        Class.
    noise : torch.Generator
        Source of the random numbers, on the processor so that they are the same for every device.

    Returns
    -------
    windows : ndarray of shape (n_windows, n_channels, n_times)
        In scaled units.
    """
    like = next(generator.parameters())
    blocks = []
    for start in range(0, n_windows, _SAMPLED_AT_ONCE):
        size = min(_SAMPLED_AT_ONCE, n_windows - start)
        numbers = torch.randn((size, generator.noise_size), generator=noise, dtype=torch.float32)
        labels = torch.full((size,), code, dtype=torch.int64)
        blocks.append(generator(numbers.to(like), labels.to(like.device)).cpu().numpy())
    return np.concatenate(blocks)
