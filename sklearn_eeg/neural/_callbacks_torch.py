"""What happens between the epochs of a training: records, early stopping, checkpoints, a progress bar."""

from pathlib import Path
from typing import Any

import numpy as np
import torch
from skorch.callbacks import Callback  # type: ignore[import-untyped]
from tqdm.auto import tqdm

from .._files import replacing
from .._torch import load_state
from ._net_torch import TrainingNet

_SAVED = frozenset(
    {"seed", "module", "optimizer", "scaler", "average", "random", "step", "rows", "best"}
)  # what `capture` returns


class StopTraining(Exception):  # noqa: N818
    """Raised by a callback to end a training that has converged."""


class Record(Callback):
    """Write a row of figures after each epoch into `net.rows`."""

    def on_epoch_end(self, net: TrainingNet, **_: Any) -> None:
        """Write the row."""
        last = net.history[-1]
        row = {
            "epoch": len(net.rows) + 1,
            "train_loss": float(last["train_loss"]),
            "lr": float(net.optimizer_.param_groups[0]["lr"]),
            "seconds": float(last["dur"]),
        }
        if "valid_loss" in last:
            row |= {
                "valid_loss": float(last["valid_loss"]),
                "valid_balanced_accuracy": balanced_accuracy(net.counts),
            }
            net.counts[:] = 0
        net.rows.append(row)


def balanced_accuracy(counts: np.ndarray) -> float:
    """Return the mean share of right answers over the classes that occur.

    Parameters
    ----------
    counts : ndarray of int of shape (n_classes, n_classes)
        Number of windows of each class (rows) taken for each class (columns).

    Returns
    -------
    accuracy : float
        Between 0 and 1.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.neural._callbacks_torch import balanced_accuracy
    >>> balanced_accuracy(np.array([[9, 1], [1, 1]]))
    0.7
    """
    present = counts.sum(axis=1) > 0
    return float(np.mean(np.diag(counts)[present] / counts.sum(axis=1)[present]))


class KeepBest(Callback):
    """Keep a copy of the weights of the smallest validation loss; stop when it has long not fallen.

    Without validation windows it keeps the last weights.

    Parameters
    ----------
    patience : int or None
        Number of epochs without a smaller loss after which the training stops; None for never.
    """

    def __init__(self, patience: int | None) -> None:
        self.patience = patience
        self.loss, self.epoch = np.inf, 0
        self.state: dict[str, torch.Tensor] | None = None

    def on_epoch_end(self, net: TrainingNet, **_: Any) -> None:
        """Copy the weights if they are the best, stop if they have not been for long."""
        row = net.rows[-1]
        loss = row.get("valid_loss", -np.inf)
        if loss < self.loss or "valid_loss" not in row:
            self.loss, self.epoch = loss, row["epoch"]
            if "valid_loss" in row:
                self.state = net.final_state()
        elif self.patience is not None and row["epoch"] - self.epoch >= self.patience:
            raise StopTraining


class Checkpoint(Callback):
    """Save all that a training needs to go on, after each epoch.

    Parameters
    ----------
    path : Path
        The file; it is replaced as a whole, so that a kill leaves the last one or the new one.
    best : KeepBest
        The callback whose best weights belong to the training.
    """

    def __init__(self, path: Path, best: KeepBest) -> None:
        self.path, self.best = path, best

    def on_epoch_end(self, net: TrainingNet, **_: Any) -> None:
        """Write the file."""
        with replacing(self.path) as temporary:
            torch.save(capture(net, self.best), temporary)


def capture(net: TrainingNet, best: KeepBest) -> dict[str, Any]:
    """Return all that a training needs to go on, as tensors and plain values."""
    return {
        "seed": net.seed,
        "module": net.module_.state_dict(),
        "optimizer": net.optimizer_.state_dict(),
        "scaler": net.scaler.state_dict(),
        "average": None if net.average is None else [net.average.step, net.average.weights],
        "random": [net.stream.states, net.shuffling.get_state(), net.augmenting.get_state()],
        "step": net.step,
        "rows": net.rows,
        "best": [float(best.loss), best.epoch, best.state],
    }


def restore(net: TrainingNet, best: KeepBest, saved: dict[str, Any]) -> None:
    """Put an initialised net where the one stood that was captured."""
    net.module_.load_state_dict(saved["module"])
    net.optimizer_.load_state_dict(saved["optimizer"])
    net.scaler.load_state_dict(saved["scaler"])
    if net.average is not None:
        net.average.step, net.average.weights = saved["average"]
    net.stream.states = saved["random"][0]
    net.shuffling.set_state(saved["random"][1])
    net.augmenting.set_state(saved["random"][2])
    net.step, net.rows = saved["step"], saved["rows"]
    best.loss, best.epoch, best.state = saved["best"]


def load(path: Path | None, device: torch.device) -> dict[str, Any] | None:
    """Read a checkpoint; None where there is none."""
    saved = load_state(path, _SAVED)
    if saved is not None and saved["average"] is not None:
        saved["average"][1] = {name: tensor.to(device) for name, tensor in saved["average"][1].items()}
    return saved


class Progress(Callback):
    """Show a bar of the epochs on standard error.

    Parameters
    ----------
    label : str
        What stands before the bar.
    max_epochs : int
        Its length.
    """

    def __init__(self, label: str, max_epochs: int) -> None:
        self.label, self.max_epochs = label, max_epochs

    def on_train_begin(self, net: TrainingNet, **_: Any) -> None:
        """Open the bar."""
        self.bar = tqdm(total=self.max_epochs, initial=len(net.rows), desc=self.label, unit="epoch")

    def on_epoch_end(self, net: TrainingNet, **_: Any) -> None:
        """Move the bar, and show the losses."""
        row = net.rows[-1]
        shown = [name for name in ("train_loss", "valid_loss") if name in row]
        self.bar.set_postfix({str(name): f"{row[name]:.4f}" for name in shown}, refresh=False)
        self.bar.update()

    def on_train_end(self, net: TrainingNet, **_: Any) -> None:  # noqa: ARG002
        """Close the bar."""
        self.bar.close()
