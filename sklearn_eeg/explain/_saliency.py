"""What of a window a network answers to: by gradients, along a path, or by leaving parts out."""

import warnings
from collections.abc import Sequence
from numbers import Integral, Real
from types import ModuleType
from typing import Any, NamedTuple

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils import check_random_state
from sklearn.utils._param_validation import Interval, StrOptions, validate_params
from tqdm import tqdm

from .._optional import import_optional
from .._windows import as_3d, check_ch_names, check_windows
from ._class_maps import place_of
from ._occlusion import occlude
from ._saliency_result import Saliency
from ._unwrap import unwrap

_METHODS = {"integrated_gradients", "gradient", "smoothgrad", "gradcam", "occlusion"}
_FROM_BASELINES = {"integrated_gradients", "occlusion"}
_STEPS = {"integrated_gradients": 8, "smoothgrad": 25}
_LARGEST_GAP = 0.01  # of the sum over channels of absolute values
_MOST_DOUBLINGS = 5
_BLOCK_VALUES = 2**23  # values of maps that are held in double precision


class _Task(NamedTuple):
    """What all methods need."""

    networks: Any
    baselines: np.ndarray
    targets: list[int]
    n_steps: int
    patch: int
    noise: np.ndarray
    layer: str | None


@validate_params(
    {
        "method": [StrOptions(_METHODS)],
        "output": [StrOptions({"log-odds", "margin", "probability"})],
        "n_steps": [Interval(Integral, 1, None, closed="left"), None],
        "n_baselines": [Interval(Integral, 1, None, closed="left")],
        "noise": [Interval(Real, 0, None, closed="neither")],
        "patch": [Interval(Integral, 1, None, closed="left"), None],
        "layer": [str, None],
        "batch_size": [Interval(Integral, 1, None, closed="left"), None],
        "random_state": ["random_state"],
        "verbose": ["verbose"],
    },
    prefer_skip_nested_validation=True,
)
def saliency(
    model: Any,
    X: Any,
    method: str = "integrated_gradients",
    *,
    label: Any = None,
    baseline: Any = None,
    output: str = "log-odds",
    n_steps: int | None = None,
    n_baselines: int = 8,
    noise: float = 0.15,
    patch: int | None = None,
    layer: str | None = None,
    ch_names: Sequence[str] | None = None,
    batch_size: int | None = None,
    random_state: int | np.random.RandomState | None = None,
    verbose: int = 0,
) -> Saliency:
    """Tell which channels speak at which time for a class, by a convolutional network.

    Parameters
    ----------
    model : estimator
        A fitted :class:`~sklearn_eeg.neural.CNNClassifier`, or a pipeline or search that ends in one. Its
        earlier steps are applied to the windows first, and what they give is explained.
    X : array-like of shape (n_windows, n_channels, n_times) or (n_windows, n_times)
        Windows, in microvolts; or :class:`mne.Epochs`.
    method : str, default="integrated_gradients"
        One of

        - ``"integrated_gradients"`` [1]_: the slope along the line from a baseline to the window, times the
          way. The values sum to how far the output departs from its mean over the baselines;
        - ``"gradient"``: the slope at the window, per microvolt;
        - ``"smoothgrad"`` [2]_: the mean of slopes at noisy copies of the window;
        - ``"gradcam"`` [3]_: the network's last activations, weighted by their mean slopes. It tells when,
          not where: the map is the same for all channels;
        - ``"occlusion"``: the fall of the output when a patch of a channel is replaced by that of baselines,
          spread evenly over the time points of the patch.
    label : object, default=None
        The class to explain; None for all.
    baseline : array-like of the shape of `X`, with any number of windows, default=None
        Windows to compare with, best background of the training patients; the results are means over them.
        None draws `n_baselines` of `X`.
    output : {"log-odds", "margin", "probability"}, default="log-odds"
        What is explained: ``log p - log(1 - p)``, the logits, or the probability p itself. The mean over
        several networks is that of p or of the logits.
    n_steps : int, default=None
        Nodes on the line of integrated gradients, doubled up to five times for windows whose values do
        not sum to within 1 % of what they should; or noisy copies. None takes 8 or 25.
    n_baselines : int, default=8
        Number of windows drawn, where no baseline is given.
    noise : float, default=0.15
        Standard deviation of the noise of ``"smoothgrad"``, relative to that of each channel of each window.
    patch : int, default=None
        Time points of a patch of ``"occlusion"``; None for an eighth of the window.
    layer : str, default=None
        The part of the network that gives the activations of ``"gradcam"``, as `named_modules` calls it. None
        takes the last activations with an axis of time that come after a convolution and lead to the logits.
    ch_names : sequence of str, default=None
        Names of the network's channels; None for those that it was fitted with.
    batch_size : int, default=None
        Number of windows that go through the network at once; None for about 16 megabytes.
    random_state : int, RandomState instance or None, default=None
        Seed of the baselines drawn and of the noise; torch's own is left as it is.
    verbose : int, default=0
        Whether to show a bar of progress.

    Returns
    -------
    saliency : Saliency
        Its `values` have the shape (n_windows, n_classes, n_channels, n_times) and the type of `X`; without
        the axis of classes where a `label` is given.

    Raises
    ------
    TypeError
        If the model is no such network.
    ValueError
        If a parameter is out of its range.

    Warns
    -----
    UserWarning
        If integrated gradients do not sum to within 1 % of what they should (of the sum over channels of
        absolute values).

    Notes
    -----
    Baselines are windows and not zeros, since a flat line is no EEG and a network's answer to it is
    arbitrary. With a baseline b, integrated gradients are
    ``(x - b) * integral over u of f'(b + u (x - b))``, by Gauss and Legendre's rule. A channel that is the
    same in the window and all baselines, as a constant one may be, gets 0 by it and by occlusion.

    Plain gradients tell what would change the answer, not what made it, and may hardly depend on the trained
    weights [4]_: run `sanity_checks` before you believe a map.

    References
    ----------
    .. [1] Sundararajan M, Taly A, Yan Q (2017) Axiomatic attribution for deep networks. ICML.
       https://doi.org/10.48550/arXiv.1703.01365
    .. [2] Smilkov D, et al. (2017) SmoothGrad: removing noise by adding noise.
       https://doi.org/10.48550/arXiv.1706.03825
    .. [3] Selvaraju RR, et al. (2017) Grad-CAM: visual explanations from deep networks via gradient-based
       localization. ICCV. https://doi.org/10.1109/ICCV.2017.74
    .. [4] Sujatha Ravindran A, Contreras-Vidal J (2023) An empirical comparison of deep learning
       explainability approaches for EEG using simulated ground truth. Sci. Rep. 13, 17709.
       https://doi.org/10.1038/s41598-023-43871-8

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.explain import saliency
    >>> from sklearn_eeg.neural import CNNClassifier
    >>> t, rng = np.arange(128) / 128, np.random.default_rng(0)
    >>> y = np.repeat(["rest", "seizure"], 40)
    >>> X = rng.normal(scale=10, size=(80, 3, 128))
    >>> X[40:, 2] += 50 * np.sin(2 * np.pi * 6 * t)
    >>> network = CNNClassifier("shallow", sfreq=128, max_epochs=5, random_state=0).fit(X, y)
    >>> found = saliency(network, X[40:45], label="seizure", baseline=X[:5])
    >>> found.values.shape
    (5, 3, 128)
    >>> found.top_channels("seizure", n=1)
    ['ch2']
    """
    network, windows, baselines = _reach(model, X, baseline)
    state = check_random_state(random_state)
    if baselines is None:
        if len(windows) == 1 and method in _FROM_BASELINES:
            raise ValueError(
                "`baseline` must hold windows where X holds only one, got a draw from X: pass windows of the "
                "training patients."
            )
        baselines = windows[state.permutation(len(windows))[:n_baselines]]
    torch_side = _import_torch()
    networks = torch_side.Networks(network.modules_, output, batch_size)
    targets = range(len(network.classes_)) if label is None else [place_of(label, network.classes_)]
    noises = np.zeros((1, *windows.shape[1:]))
    if method == "smoothgrad":
        noises = state.normal(scale=noise, size=(n_steps or _STEPS[method], *windows.shape[1:]))
    task = _Task(
        networks,
        baselines,
        list(targets),
        n_steps or _STEPS.get(method, 1),
        patch or max(1, windows.shape[2] // 8),
        noises,
        layer,
    )
    found = _explain(torch_side, task, method, windows, verbose)
    if label is not None:
        found["values"] = found["values"][:, 0]
    return Saliency(
        classes=np.asarray(network.classes_)[task.targets],
        ch_names=check_ch_names(ch_names or getattr(network, "ch_names_in_", None), windows.shape[1]),
        method=method,
        output=output,
        **found,
    )


def _import_torch() -> ModuleType:
    import_optional("torch", extra="torch", needed_by="saliency")
    from . import _saliency_torch

    return _saliency_torch


def _reach(model: Any, X: Any, baseline: Any) -> tuple[Any, np.ndarray, np.ndarray | None]:
    """Return the network at the end of a model, and the windows and baselines that come to it."""
    core = unwrap(model)
    network = core.final
    if not hasattr(network, "modules_"):
        raise TypeError(
            "`model` must be a fitted CNNClassifier, or a pipeline or search that ends in one, got "
            f"{type(network).__name__}: `explain` takes any model."
        )
    for _, step in core.steps:
        X = step.transform(X)
        baseline = None if baseline is None else step.transform(baseline)
    checker = network if hasattr(network, "window_ndim_in_") else BaseEstimator()
    windows = as_3d(np.asarray(check_windows(checker, X, reset=checker is not network)))
    if baseline is not None:
        baseline = as_3d(np.asarray(check_windows(checker, baseline, reset=False)))
    return network, windows, baseline


def _explain(torch_side: ModuleType, task: _Task, method: str, X: np.ndarray, verbose: int) -> dict[str, Any]:
    """Return the fields of the result, block by block of windows."""
    outputs = task.networks.answer(X)[:, task.targets]
    out: dict[str, Any] = {"values": np.empty((len(X), len(task.targets), *X.shape[1:]), dtype=X.dtype)}
    out |= {"outputs": outputs, "n_steps": task.n_steps}
    gap = np.zeros(outputs.shape)
    departures = outputs
    if method in _FROM_BASELINES:
        out["base_values"] = task.networks.answer(task.baselines)[:, task.targets].mean(axis=0)
        departures = outputs - out["base_values"]
    size = max(1, _BLOCK_VALUES // (len(task.targets) * X.shape[1] * X.shape[2]))
    for start in tqdm(range(0, len(X), size), desc="saliency", disable=not verbose):
        rows = slice(start, start + size)
        block = X[rows].astype(np.float64, copy=False)
        if method == "integrated_gradients":
            values, gap[rows], steps = _integrate(torch_side, task, block, departures[rows])
            out["n_steps"] = max(out["n_steps"], steps)
        else:
            values = _maps(torch_side, task, method, block)
        out["values"][rows] = values
    if method == "integrated_gradients":
        out["completeness"] = gap
        _warn_of_gaps(gap, out["values"])
    return out


def _integrate(
    torch_side: ModuleType, task: _Task, X: np.ndarray, departures: np.ndarray
) -> tuple[np.ndarray, np.ndarray, int]:
    """Return integrated gradients, their gaps, and the most steps; steps double where they are too few."""
    steps, pending = task.n_steps, np.arange(len(X))
    values = np.empty((len(X), len(task.targets), *X.shape[1:]))
    baselines = task.baselines.astype(np.float64, copy=False)
    for doubling in range(_MOST_DOUBLINGS + 1):
        steps = task.n_steps * 2**doubling
        values[pending] = torch_side.integrate(task.networks, X[pending], baselines, task.targets, steps)
        gaps = np.abs(values.sum(axis=(2, 3)) - departures)
        pending = np.flatnonzero(_is_large(gaps, values).any(axis=1))
        if not len(pending):
            break
    return values, gaps, steps


def _is_large(gaps: np.ndarray, values: np.ndarray) -> np.ndarray:
    return gaps > _LARGEST_GAP * np.abs(values.sum(axis=3, dtype=np.float64)).sum(axis=2) + 1e-6


def _warn_of_gaps(gaps: np.ndarray, values: np.ndarray) -> None:
    n_large = int(_is_large(gaps, values).any(axis=1).sum())
    if n_large:
        warnings.warn(
            f"Integrated gradients of {n_large} of {len(gaps)} windows do not sum to within 1 % of what they "
            f"should (the largest gap is {gaps.max():.2g}): raise `n_steps`, or take other baselines.",
            UserWarning,
            stacklevel=4,
        )


def _maps(torch_side: ModuleType, task: _Task, method: str, X: np.ndarray) -> np.ndarray:
    """Return the maps of the other methods, (n_windows, n_targets, n_channels, n_times)."""
    if method == "gradcam":
        times = torch_side.locate(task.networks, X, task.targets, task.layer)
        return np.broadcast_to(times[:, :, np.newaxis], (*times.shape[:2], *X.shape[1:]))
    if method == "occlusion":
        falls = occlude(
            task.networks.answer,
            X,
            task.baselines,
            task.patch,
            columns=task.targets,
            batch_size=task.networks.batch_size,
        )
        patch_of = np.arange(X.shape[2]) // task.patch
        return (falls / np.bincount(patch_of))[..., patch_of]
    return torch_side.differentiate(task.networks, X, task.targets, task.noise)
