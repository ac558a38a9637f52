"""Windows on their way into a network: standardised, on the device, in batches."""

import math
from collections.abc import Iterator

import numpy as np
import torch

from .._torch import to_tensor

_PRELOADED_BYTES = 2**31  # windows larger than this in all are standardised batch by batch, not beforehand

Target = tuple[torch.Tensor, torch.Tensor]


class WindowSet(torch.utils.data.Dataset):
    """Windows, standardised channel by channel, with their labels and weights, ready on a device.

    Parameters
    ----------
    X : ndarray of shape (n_windows, n_channels, n_times)
        Windows, in microvolts.
    rows : ndarray of int
        The windows of `X` that belong to the set.
    center, scale : ndarray of shape (n_channels,)
        What is subtracted from each channel, and what it is then divided by, in microvolts.
    codes : ndarray of int of shape (n_windows,)
        Class of each window of `X`.
    weights : ndarray of shape (n_windows,)
        Weight of each window of `X`; made 1 in the mean over the set.
    device : torch.device
        Where batches are put.
    dtype : torch.dtype
        Type of the windows of a batch.
    """

    def __init__(
        self,
        X: np.ndarray,
        rows: np.ndarray,
        *,
        center: np.ndarray,
        scale: np.ndarray,
        codes: np.ndarray,
        weights: np.ndarray,
        device: torch.device,
        dtype: torch.dtype,
    ) -> None:
        self.X, self.rows, self.center, self.scale = X, rows, center, scale
        self.device, self.dtype = device, dtype
        self.labels = to_tensor(codes[rows], device, torch.int64)
        share = weights[rows] / weights[rows].mean()
        self.weights = to_tensor(share, device, dtype)
        size = len(rows) * X.shape[1] * X.shape[2] * torch.empty(0, dtype=dtype).element_size()
        self.windows = self._standardize(rows) if size <= _PRELOADED_BYTES else None

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, index: int) -> tuple[torch.Tensor, Target]:
        return self.take(torch.tensor([index]))

    def take(self, index: torch.Tensor) -> tuple[torch.Tensor, Target]:
        """Return the windows at some places, and their labels and weights."""
        there = index.to(self.device)
        if self.windows is None:
            windows = self._standardize(self.rows[index.numpy()])
        else:
            windows = self.windows.index_select(0, there)
        return windows, (self.labels.index_select(0, there), self.weights.index_select(0, there))

    def _standardize(self, rows: np.ndarray) -> torch.Tensor:
        windows = torch.empty((len(rows), *self.X.shape[1:]), dtype=self.dtype, device=self.device)
        for start in range(0, len(rows), 256):
            block = rows[start : start + 256]
            windows[start : start + 256] = standardize(self.X[block], self.center, self.scale, self.dtype)
        return windows


def standardize(X: np.ndarray, center: np.ndarray, scale: np.ndarray, dtype: torch.dtype) -> torch.Tensor:
    """Return ``(X - center) / scale`` by channel, computed in double precision, as a tensor."""
    return to_tensor((X - center[:, None]) / scale[:, None], dtype=dtype)


class Batches:
    """Batches of a `WindowSet`, of sizes that differ by no more than one window.

    Parameters
    ----------
    dataset : WindowSet
        The windows.
    batch_size : int
        Largest number of windows of a batch.
    generator : torch.Generator, default=None
        What shuffles the windows before each epoch; None leaves them in order.
    step : int, default=1
        Take every so many windows of the set only.
    """

    def __init__(
        self,
        dataset: WindowSet,
        batch_size: int,
        generator: torch.Generator | None = None,
        *,
        step: int = 1,
    ) -> None:
        self.dataset, self.batch_size, self.generator = dataset, batch_size, generator
        self.rows = torch.arange(0, len(dataset), step)

    def __len__(self) -> int:
        return math.ceil(len(self.rows) / self.batch_size)

    def __iter__(self) -> Iterator[tuple[torch.Tensor, Target]]:
        order = self.rows
        if self.generator is not None:
            order = order[torch.randperm(len(order), generator=self.generator)]
        for index in torch.tensor_split(order, len(self)):
            yield self.dataset.take(index)
