"""What networks answer, and the slopes of their answers, window by window and without a trace in them."""

import copy
import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.overrides import TorchFunctionMode

from .._torch import to_tensor

_BLOCK_VALUES = 2**21  # values of windows that go through the networks at once
_NO_ACTIVATION = (
    "Grad-CAM needs an activation (n_windows, n_filters, n_times) of several time points, after a "
    "convolution and on the way to the logits, and found none: name a `layer` that gives one, or use another "
    "method."
)


class Networks:
    """Frozen copies of networks that answer as one.

    Parameters
    ----------
    modules : sequence of torch.nn.Module
        Networks that take windows (n_windows, n_channels, n_times) and give logits (n_windows, n_classes).
        They are copied, so that neither their mode nor their gradients change.
    output : {"log-odds", "margin", "probability"}
        What is answered: from the mean p over the networks of their softmax ``log p - log(1 - p)`` or p
        itself, or the mean of their logits.
    batch_size : int, default=None
        Number of windows at once; None for as many as hold 2 million values.

    Examples
    --------
    >>> import numpy as np, torch
    >>> from sklearn_eeg.explain._saliency_torch import Networks
    >>> pair = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(4, 2, bias=False))
    >>> _ = torch.nn.init.constant_(pair[1].weight, 0.5)
    >>> Networks([pair], "margin").answer(np.ones((3, 2, 2)))[0]
    array([2., 2.])
    """

    def __init__(self, modules: Sequence[nn.Module], output: str, batch_size: int | None = None) -> None:
        self.modules = [copy.deepcopy(module).eval().requires_grad_(False) for module in modules]
        self.output, self.batch_size = output, batch_size
        example = next(self.modules[0].parameters(), torch.empty(0))
        self.device, self.dtype = example.device, example.dtype

    def batches(self, n_windows: int, shape: Sequence[int]) -> Iterator[slice]:
        """Yield the slices of windows of a shape that are worked on at once."""
        size = self.batch_size or max(1, _BLOCK_VALUES // math.prod(shape))
        for start in range(0, n_windows, size):
            yield slice(start, min(start + size, n_windows))

    def tensor(self, array: np.ndarray) -> Tensor:
        """Return an array as the networks take it."""
        return to_tensor(array, self.device, self.dtype)

    def answer(self, X: np.ndarray) -> np.ndarray:
        """Return the answers (n_windows, n_classes) to windows, in double precision."""
        with torch.no_grad():
            found = [
                self._join([module(self.tensor(X[rows])) for module in self.modules])
                for rows in self.batches(len(X), X.shape[1:])
            ]
        return torch.cat(found).numpy()

    def slopes(self, windows: Tensor, targets: Sequence[int]) -> Tensor:
        """Return the derivatives (n_targets, n_windows, n_channels, n_times) of some classes' answers."""
        with torch.enable_grad():
            windows = windows.detach().requires_grad_(True)
            answers = self._join([module(windows) for module in self.modules])
            return torch.stack(
                [found[0] for found in self._derive(answers, [windows], targets) if found[0] is not None]
            )

    def cams(self, windows: Tensor, targets: Sequence[int], layer: str | None) -> Tensor:
        """Return what their last activations tell of some classes, (n_targets, n_windows, n_times).

        The activation of each network is the last one that has an axis of time, comes after a convolution
        and matters to the answer; or that of the module named `layer`.
        """
        with torch.enable_grad():
            windows = windows.detach().requires_grad_(True)
            logits, kept = [], []
            for module in self.modules:
                found, activations = _watch(module, windows, layer)
                logits.append(found)
                kept.append(activations)
            answers = self._join(logits)
            if not all(kept):
                raise ValueError(_NO_ACTIVATION)
            flat = [activation for one in kept for activation in one]
            rows = [_pick(found, kept) for found in self._derive(answers, flat, targets)]
        maps = [[_cam(*pair, windows.shape[-1]) for pair in row] for row in rows]
        return torch.stack([functional.relu(torch.stack(each).mean(0)) for each in maps]).detach()

    def _join(self, logits: Sequence[Tensor]) -> Tensor:
        stacked = torch.stack([each.to("cpu", torch.float64) for each in logits])
        if self.output == "margin":
            return stacked.mean(0)
        logarithms = stacked.log_softmax(2).logsumexp(0) - math.log(len(stacked))
        if self.output == "probability":
            return logarithms.exp()
        own = torch.eye(logarithms.shape[1], dtype=torch.bool)
        others = logarithms[:, None, :].masked_fill(own, -math.inf).logsumexp(2)
        return logarithms - others

    def _derive(
        self, answers: Tensor, inputs: Sequence[Tensor], targets: Sequence[int]
    ) -> list[tuple[Tensor | None, ...]]:
        """Return for each target the derivatives of its answers by the inputs."""
        if not answers.requires_grad:
            raise ValueError(
                "The network gives no gradient with respect to its windows (does its forward run under "
                'torch.no_grad?): use method="occlusion".'
            )
        windows_only = len(inputs) == 1 and inputs[0].is_leaf
        opposite = answers.shape[1] == 2 and self.output != "margin"
        wanted = [0] if opposite and len(targets) == 2 else list(targets)
        found: list[tuple[Tensor | None, ...]] = [
            torch.autograd.grad(
                answers[:, target].sum(),
                inputs,
                retain_graph=target != wanted[-1],
                allow_unused=True,
                materialize_grads=windows_only,
            )
            for target in wanted
        ]
        if len(found) < len(targets):  # of two classes the one's loss is the other's gain
            first, second = targets
            negative = tuple(None if each is None else -each for each in found[0])
            found = [found[0] if target == 0 else negative for target in (first, second)]
        return found


def integrate(
    networks: Networks, X: np.ndarray, baselines: np.ndarray, targets: Sequence[int], n_steps: int
) -> np.ndarray:
    """Return integrated gradients (n_windows, n_targets, n_channels, n_times), the mean over baselines.

    The integral along the line from a baseline to the window is taken by Gauss and Legendre's rule of
    `n_steps` nodes.
    """
    nodes, weights = np.polynomial.legendre.leggauss(n_steps)
    nodes, weights = (nodes + 1) / 2, weights / 2 / len(baselines)
    n_paths = len(baselines) * n_steps
    out = torch.zeros((len(X), len(targets), *X.shape[1:]), dtype=torch.float64)
    for rows in networks.batches(len(X) * n_paths, X.shape[1:]):
        window, path = np.divmod(np.arange(rows.start, rows.stop), n_paths)
        base, node = np.divmod(path, n_steps)
        change = X[window] - baselines[base]
        points = baselines[base] + nodes[node, None, None] * change
        slopes = networks.slopes(networks.tensor(points), targets)
        terms = slopes.cpu().double() * torch.from_numpy(change * weights[node, None, None])
        out.index_add_(0, torch.from_numpy(window), terms.transpose(0, 1))
    return out.numpy()


def differentiate(networks: Networks, X: np.ndarray, targets: Sequence[int], noise: np.ndarray) -> np.ndarray:
    """Return the mean of gradients (n_windows, n_targets, n_channels, n_times) at noisy copies of windows.

    `noise` (n_copies, n_channels, n_times) is added in units of the standard deviation of each channel of
    each window; one copy of zeros gives the plain gradient.
    """
    out = torch.zeros((len(X), len(targets), *X.shape[1:]), dtype=torch.float64)
    spread = X.std(axis=-1, keepdims=True)
    for rows in networks.batches(len(X) * len(noise), X.shape[1:]):
        window, copy_ = np.divmod(np.arange(rows.start, rows.stop), len(noise))
        points = X[window] + noise[copy_] * spread[window]
        slopes = networks.slopes(networks.tensor(points), targets).cpu().double()
        out.index_add_(0, torch.from_numpy(window), slopes.transpose(0, 1) / len(noise))
    return out.numpy()


def locate(networks: Networks, X: np.ndarray, targets: Sequence[int], layer: str | None) -> np.ndarray:
    """Return Grad-CAM (n_windows, n_targets, n_times)."""
    found = [
        networks.cams(networks.tensor(X[rows]), targets, layer).cpu().double()
        for rows in networks.batches(len(X), X.shape[1:])
    ]
    return torch.cat(found, dim=1).transpose(0, 1).numpy()


class _Watch(TorchFunctionMode):
    """Keep all activations with an axis of time that come after the first convolution."""

    def __init__(self, n_windows: int) -> None:
        super().__init__()
        self.n_windows, self.convolved = n_windows, False
        self.found: list[Tensor] = []

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        out = func(*args, **(kwargs or {}))
        self.convolved |= getattr(func, "__name__", "").startswith("conv")
        if self.convolved and isinstance(out, Tensor) and _is_activation(out, self.n_windows):
            self.found.append(out)
        return out


def _is_activation(x: Tensor, n_windows: int) -> bool:
    return x.ndim >= 3 and len(x) == n_windows and x.shape[-1] > 1 and x.requires_grad


def _watch(module: nn.Module, windows: Tensor, layer: str | None) -> tuple[Tensor, list[Tensor]]:
    """Return the logits of windows, and the activations on the way to them."""
    if layer is None:
        with _Watch(len(windows)) as watch:
            logits = module(windows)
        return logits, watch.found
    parts = dict(module.named_modules())
    part = parts.get(layer, parts.get(f"network.{layer}"))
    if part is None or not layer:
        raise ValueError(f"`layer` must be a part of the network, one of {sorted(parts)[1:]}, got {layer!r}.")
    outputs: list[Any] = []
    handle = part.register_forward_hook(lambda _part, _given, out: outputs.append(out))
    try:
        logits = module(windows)
    finally:
        handle.remove()
    return logits, [x for x in outputs if isinstance(x, Tensor) and _is_activation(x, len(windows))]


def _pick(slopes: Sequence[Tensor | None], kept: Sequence[Sequence[Tensor]]) -> list[tuple[Tensor, Tensor]]:
    """Return of each network the last activation that matters to the answer, and its slope."""
    pairs, start = [], 0
    for activations in kept:
        own = slopes[start : start + len(activations)]
        start += len(activations)
        both = [(x, slope) for x, slope in zip(activations, own, strict=True) if slope is not None]
        if not both:
            raise ValueError(_NO_ACTIVATION)
        pairs.append(both[-1])
    return pairs


def _cam(activation: Tensor, slope: Tensor, n_times: int) -> Tensor:
    """Return the sum over filters of activation times mean slope, (n_windows, n_times)."""
    activation, slope = activation.detach().flatten(1, -2), slope.flatten(1, -2)
    coarse = (activation * slope.mean(-1, keepdim=True)).sum(1, keepdim=True)
    return functional.interpolate(coarse, size=n_times, mode="linear")[:, 0]
