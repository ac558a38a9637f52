"""What every room that trains with torch needs: random numbers of its own, a device, arrays and tensors."""

import pickle
import threading
import warnings
from collections.abc import Mapping, Set
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
import torch

_UNREADABLE = (EOFError, OSError, RuntimeError, TypeError, ValueError, pickle.UnpicklingError)
_GLOBAL_STATE = threading.RLock()  # torch has one global generator a device for all threads


class RandomStream:
    """Random numbers for code that can only use torch's global generator, without touching anyone else's.

    Inside ``with stream:`` the global generator continues where this stream stopped; on leaving, it is as
    it was before. Two streams never mix, even if two threads use them at once: the second waits.

    Parameters
    ----------
    seed : int
        Seed of the stream.
    device : str or torch.device, default="cpu"
        Device whose generator is exchanged too, where it has one of its own.

    Examples
    --------
    >>> import torch
    >>> from sklearn_eeg._torch import RandomStream
    >>> before, stream = torch.get_rng_state(), RandomStream(0)
    >>> with stream:
    ...     a = torch.rand(3)
    >>> with RandomStream(0):
    ...     b = torch.rand(3)
    >>> torch.equal(a, b), torch.equal(before, torch.get_rng_state())
    (True, True)
    """

    def __init__(self, seed: int, device: str | torch.device = "cpu") -> None:
        self.device = torch.device(device)
        self.states = [torch.Generator(name).manual_seed(seed).get_state() for name in self._devices()]
        self._outer: list[list[torch.Tensor]] = []

    def __enter__(self) -> Self:
        _GLOBAL_STATE.acquire()
        self._outer.append(self._read())
        self._write(self.states)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.states = self._read()
        self._write(self._outer.pop())
        _GLOBAL_STATE.release()

    def _devices(self) -> list[str]:
        return ["cpu"] if self.device.type != "cuda" else ["cpu", str(self.device)]

    def _read(self) -> list[torch.Tensor]:
        gpu = [torch.cuda.get_rng_state(name) for name in self._devices()[1:]]
        return [torch.get_rng_state(), *gpu]

    def _write(self, states: list[torch.Tensor]) -> None:
        torch.set_rng_state(states[0])
        for name, state in zip(self._devices()[1:], states[1:], strict=True):
            torch.cuda.set_rng_state(state, name)


def make_generator(seed: int, device: str | torch.device = "cpu") -> torch.Generator:
    """Return a generator of its own, seeded, on a device.

    Examples
    --------
    >>> import torch
    >>> from sklearn_eeg._torch import make_generator
    >>> a, b = (torch.rand(2, generator=make_generator(7)) for _ in range(2))
    >>> torch.equal(a, b)
    True
    """
    return torch.Generator(device).manual_seed(seed)


def choose_device(device: str = "auto") -> torch.device:
    """Return the device to compute on.

    Parameters
    ----------
    device : str, default="auto"
        A device as torch writes it ("cpu", "cuda", "cuda:1", "mps"), or "auto": the first graphics card,
        and the processor where there is none.

    Returns
    -------
    device : torch.device
        The device.

    Raises
    ------
    ValueError
        If torch knows no such device, or this machine has none.

    Examples
    --------
    >>> from sklearn_eeg._torch import choose_device
    >>> choose_device("cpu")
    device(type='cpu')
    """
    if device == "auto":
        if torch.cuda.is_available():
            return torch.device("cuda")
        return torch.device("mps" if torch.backends.mps.is_available() else "cpu")
    try:
        chosen = torch.device(device)
        torch.empty(1, device=chosen)
    except (RuntimeError, AssertionError, NotImplementedError) as error:
        raise ValueError(
            f'`device` must be "auto" or a device that torch finds on this machine, got {device!r}: "auto" '
            f"takes {choose_device().type!r} here."
        ) from error
    return chosen


def choose_precision(precision: str, device: torch.device) -> tuple[torch.dtype, torch.dtype | None]:
    """Return the types of numbers of a training: that of the weights, and that of mixed precision if any.

    Parameters
    ----------
    precision : {"float32", "float64", "bfloat16", "float16", "auto"}
        The last three keep the weights in float32; "auto" is bfloat16 on a graphics card that has it,
        float16 on another NVIDIA card, float32 elsewhere.
    device : torch.device
        Where the training runs.

    Returns
    -------
    weights : torch.dtype
        Type of the weights and of the windows.
    mixed : torch.dtype or None
        Type of the products of mixed precision; None for none.

    Examples
    --------
    >>> import torch
    >>> from sklearn_eeg._torch import choose_precision
    >>> choose_precision("bfloat16", torch.device("cpu"))
    (torch.float32, torch.bfloat16)
    """
    if precision == "auto":
        precision = "float32"
        if device.type == "cuda":
            precision = "bfloat16" if torch.cuda.is_bf16_supported() else "float16"
    if precision in ("float32", "float64"):
        return getattr(torch, precision), None
    return torch.float32, getattr(torch, precision)


def to_tensor(
    array: np.ndarray, device: str | torch.device = "cpu", dtype: torch.dtype = torch.float32
) -> torch.Tensor:
    """Return an array as a tensor on a device; the memory is shared where it can be written.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg._torch import to_tensor
    >>> to_tensor(np.arange(3.0))
    tensor([0., 1., 2.])
    """
    array = np.ascontiguousarray(array) if array.ndim else np.asarray(array)
    if not array.flags.writeable:
        array = array.copy()
    return torch.from_numpy(array).to(device=device, dtype=dtype)


def to_arrays(state: Mapping[str, torch.Tensor]) -> dict[str, np.ndarray]:
    """Return copies of named tensors (a ``state_dict``) as arrays.

    Examples
    --------
    >>> import torch
    >>> from sklearn_eeg._torch import to_arrays
    >>> to_arrays(torch.nn.Linear(2, 1, bias=False).state_dict())["weight"].shape
    (1, 2)
    """
    return {name: np.array(tensor.detach().cpu().numpy()) for name, tensor in state.items()}


def to_state(arrays: Mapping[str, Any]) -> dict[str, torch.Tensor]:
    """Return copies of named arrays as tensors, for ``load_state_dict``.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg._torch import to_state
    >>> to_state({"bias": np.ones(2)})
    {'bias': tensor([1., 1.], dtype=torch.float64)}
    """
    return {name: torch.from_numpy(np.array(array)) for name, array in arrays.items()}


def load_state(path: Path | None, names: Set[str]) -> dict[str, Any] | None:
    """Read the state of a training that :func:`torch.save` wrote, its tensors in main memory.

    Parameters
    ----------
    path : Path or None
        The file.
    names : set of str
        What a state must hold.

    Returns
    -------
    state : dict or None
        None where there is no file and, with a warning, where it cannot be read or holds something else.

    Raises
    ------
    PermissionError
        If the file may not be read.

    Examples
    --------
    >>> from pathlib import Path
    >>> from sklearn_eeg._torch import load_state
    >>> load_state(Path("no such file"), {"step"}) is None
    True
    """
    if path is None or not path.exists():
        return None
    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
        if set(state) >= names:
            return state
        problem = "it holds something else"
    except PermissionError:
        raise
    except _UNREADABLE as error:
        problem = type(error).__name__
    warnings.warn(
        f"The checkpoint {path} cannot be read ({problem}): the training begins anew and replaces it.",
        UserWarning,
        stacklevel=2,
    )
    return None
