"""Batch norms whose statistics are those of the network that predicts."""

import contextlib
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import torch
from torch import nn


def calibrate_norms(
    module: nn.Module, batches: Iterable[tuple[torch.Tensor, Any]], forward: Callable[[torch.Tensor], Any]
) -> None:
    """Replace the running statistics of all batch norms by their means over some batches, without dropout.

    Parameters
    ----------
    module : torch.nn.Module
        The network; it is left in evaluation mode.
    batches : iterable of (Tensor, object)
        Windows, in batches of about the same size; what comes with them is ignored.
    forward : callable
        What is called on the windows of a batch; it shall call the module.

    Notes
    -----
    The running statistics gathered while training are those of weights that have since changed, of other
    weights if these are averaged afterwards [1]_, and of activations that dropout has made more variable than
    they are in a prediction [2]_: a deep network may then be right on every window in training mode, and
    at chance in evaluation mode.

    References
    ----------
    .. [1] Wu Y, Johnson J (2021) Rethinking "batch" in BatchNorm.
       https://doi.org/10.48550/arXiv.2105.07576
    .. [2] Li X, Chen S, Hu X, Yang J (2019) Understanding the disharmony between dropout and batch
       normalization by variance shift. CVPR. https://doi.org/10.1109/CVPR.2019.00279

    Examples
    --------
    >>> import torch
    >>> from sklearn_eeg.neural._calibration_torch import calibrate_norms
    >>> norm = torch.nn.BatchNorm1d(1)
    >>> batches = [(torch.tensor([[1.0], [3.0]]), None), (torch.tensor([[5.0], [7.0]]), None)]
    >>> calibrate_norms(norm, batches, norm)
    >>> norm.running_mean, norm.running_var
    (tensor([4.]), tensor([2.]))
    """
    norms: list[Any] = [part for part in module.modules() if _keeps_statistics(part)]
    if norms:
        momenta = [(norm.momentum, norm.num_batches_tracked.clone()) for norm in norms]
        with _without_dropout(module), torch.no_grad():
            for index, (windows, _) in enumerate(batches):
                for norm in norms:
                    norm.momentum = 1 / (index + 1)
                forward(windows)
        for norm, (momentum, count) in zip(norms, momenta, strict=True):
            norm.momentum, norm.num_batches_tracked = momentum, count
    module.eval()


def _keeps_statistics(part: nn.Module) -> bool:
    return isinstance(part, nn.modules.batchnorm._BatchNorm) and part.track_running_stats


@contextlib.contextmanager
def _without_dropout(module: nn.Module) -> Iterator[None]:
    """Put a module in training mode but for dropout: that of layers, and of rates called ``dropout``."""
    module.train()
    parts: list[Any] = list(module.modules())
    rates = [(part, part.dropout) for part in parts if isinstance(getattr(part, "dropout", None), float)]
    for part in parts:
        if isinstance(part, nn.modules.dropout._DropoutNd):
            part.eval()
    for part, _ in rates:
        part.dropout = 0.0
    try:
        yield
    finally:
        for part, rate in rates:
            part.dropout = rate
