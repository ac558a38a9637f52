"""Networks made by name, kept as arrays, and asked for probabilities."""

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import nn

from .._torch import RandomStream, choose_device, to_state, to_tensor
from ._architectures_torch import ARCHITECTURES
from ._batches_torch import standardize

_BLOCK_VALUES = 2**22  # values of windows predicted at once

# A trained network, in arrays that any pickler can store: "weights" (the state of the module, by name),
# "center" and "scale" (n_channels,), and "optimizer" (its state, to train further batch by batch)
Member = dict[str, Any]


def build_module(
    architecture: str | Callable[..., nn.Module],
    options: dict[str, Any] | None,
    *,
    n_channels: int,
    n_times: int,
    n_classes: int,
    sfreq: float | None,
) -> nn.Module:
    """Return a new network for windows of a shape.

    Parameters
    ----------
    architecture : str or callable
        A name of `ARCHITECTURES`, or what returns a module when called with ``n_channels``, ``n_times``,
        ``n_classes``, the options, and ``sfreq`` if it takes that.
    options : dict or None
        Keyword arguments of the architecture.
    n_channels, n_times, n_classes : int
        Shape of a window, number of classes.
    sfreq : float or None
        Sampling frequency, in Hz.

    Returns
    -------
    module : torch.nn.Module
        Takes windows (n_windows, n_channels, n_times), gives logits (n_windows, n_classes).

    Raises
    ------
    ValueError
        If the architecture takes no such windows or returns something else.
    """
    if isinstance(architecture, str):
        make: Callable[..., nn.Module] = ARCHITECTURES[architecture]
        return make(n_channels, n_times, n_classes, sfreq=sfreq, **(options or {}))
    if isinstance(architecture, nn.Module):
        raise ValueError(
            "`architecture` must be a name, a class or a function that builds a module, got a module of "
            f"{type(architecture).__name__}: give the class, whose shape is then read off the windows."
        )
    takes = inspect.signature(architecture).parameters
    rate = {"sfreq": sfreq} if "sfreq" in takes else {}
    module = architecture(n_channels, n_times, n_classes, **rate, **(options or {}))
    _check_logits(module, n_channels, n_times, n_classes)
    return module


def _check_logits(module: nn.Module, n_channels: int, n_times: int, n_classes: int) -> None:
    weights = next(module.parameters(), torch.empty(0))
    with torch.inference_mode():
        logits = module.eval()(torch.zeros(2, n_channels, n_times, dtype=weights.dtype))
    if tuple(logits.shape) != (2, n_classes):
        raise ValueError(
            f"`architecture` must give logits of shape (n_windows, {n_classes}), got {tuple(logits.shape)} "
            "for 2 windows."
        )


def load_module(build: Callable[[], nn.Module], member: Member, device: str) -> nn.Module:
    """Return the module of a trained network, in evaluation mode, on a device."""
    state = to_state(member["weights"])
    double = any(tensor.dtype == torch.float64 for tensor in state.values())
    with RandomStream(0):  # what it draws at first is replaced by the weights
        module = build()
    module = module.to(device=choose_device(device), dtype=torch.float64 if double else torch.float32)
    module.load_state_dict(state)
    return module.eval()


def predict_log_proba(module: nn.Module, member: Member, X: np.ndarray) -> np.ndarray:
    """Return the logarithms of the probabilities, of shape (n_windows, n_classes), in double precision."""
    size = max(1, _BLOCK_VALUES // (X.shape[1] * X.shape[2]))
    example = next(module.parameters())
    found = []
    with torch.inference_mode():
        for start in range(0, len(X), size):
            windows = standardize(X[start : start + size], member["center"], member["scale"], example.dtype)
            logits = module(windows.to(example.device))
            found.append(logits.cpu().double().log_softmax(dim=1).numpy())
    return np.concatenate(found)


class Standardized(nn.Module):
    """A network that takes windows in microvolts: it standardises each channel first.

    Parameters
    ----------
    network : torch.nn.Module
        Takes standardised windows.
    center, scale : ndarray of shape (n_channels,)
        In microvolts.
    """

    center: torch.Tensor
    scale: torch.Tensor

    def __init__(self, network: nn.Module, center: np.ndarray, scale: np.ndarray) -> None:
        super().__init__()
        self.network = network
        example = next(network.parameters(), torch.empty(0))
        for name, values in (("center", center), ("scale", scale)):
            self.register_buffer(name, to_tensor(values, example.device, example.dtype)[:, None])

    def forward(self, windows: torch.Tensor) -> torch.Tensor:
        """Return the logits, of shape (n_windows, n_classes), of windows in microvolts."""
        return self.network((windows - self.center) / self.scale)
