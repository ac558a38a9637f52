"""Where a training stands, in a file that is whole or absent."""

import contextlib
import os
import tempfile
from pathlib import Path
from typing import Any

import torch


def save(path: Path, state: dict[str, Any]) -> None:
    """Write a state under a temporary name and rename it, so that a kill leaves the last one or this.

    Parameters
    ----------
    path : Path
        The file; its folder must exist.
    state : dict
        Tensors, numbers, texts, and lists and dicts of these.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from sklearn_eeg.sampling._wgan_checkpoint_torch import load, save
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save(Path(folder) / "a.pt", {"step": 3})
    ...     load(Path(folder) / "a.pt")
    {'step': 3}
    """
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".writing-")
    try:
        with os.fdopen(handle, "wb") as file:
            torch.save(state, file)
        Path(temporary).replace(path)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            Path(temporary).unlink()
        raise


def load(path: Path | None) -> dict[str, Any] | None:
    """Read a state, its tensors in main memory; None where there is no file.

    Parameters
    ----------
    path : Path or None
        The file.

    Returns
    -------
    state : dict or None
        What `save` wrote.

    Examples
    --------
    >>> from pathlib import Path
    >>> from sklearn_eeg.sampling._wgan_checkpoint_torch import load
    >>> load(Path("no such file")) is None
    True
    """
    if path is None or not path.exists():
        return None
    return torch.load(path, map_location="cpu", weights_only=True)
