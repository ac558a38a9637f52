"""A window of EEG with the attributions behind its traces."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from .._windows import check_ch_names
from ._canvas import DIVERGING, draw_colorbar, open_axes, symmetric_limit


def plot_trace(
    window: np.ndarray,
    attribution: np.ndarray,
    sfreq: float,
    *,
    ch_names: Sequence[str] | None = None,
    ax: Any = None,
    vmax: float | None = None,
    cmap: str = DIVERGING,
    spacing: float | None = None,
    label: str = "attribution",
) -> Any:
    """Draw a window of EEG, the channels below each other, with what each moment counts.

    Parameters
    ----------
    window : ndarray of shape (n_channels, n_times)
        The EEG in microvolts.
    attribution : ndarray of shape (n_channels, n_times) or (n_channels,)
        Attribution of each sample, or of each whole channel.
    sfreq : float
        Sampling frequency in Hz.
    ch_names : sequence of str, optional
        Names of the channels, by default ``ch0``, ``ch1``, ...
    ax : matplotlib.axes.Axes, optional
        Where to draw; by default on a new figure.
    vmax : float, optional
        Value at the upper end of the colours, the lower end being its negative; by default the largest
        distance from 0.
    cmap : str, default="RdBu_r"
        Colours, with a neutral one in the middle.
    spacing : float, optional
        Microvolts from one channel to the next; by default what the loudest channel needs.
    label : str, default="attribution"
        What the colours mean.

    Returns
    -------
    ax : matplotlib.axes.Axes
        Where the traces are. Attributions above 0 colour the upper half of a channel's lane, those below
        0 the lower half, so that the sign is also read in grey.

    Raises
    ------
    ValueError
        If shapes do not fit, or `sfreq`, `vmax` or `spacing` is not positive.

    Notes
    -----
    Each trace is drawn about its median. A constant channel is a straight line.
    """
    window, lanes = _check(window, attribution, sfreq, spacing)
    names = check_ch_names(ch_names, len(window))
    limit = symmetric_limit(lanes, vmax)
    n_channels, n_times = window.shape
    centered = window - np.median(window, axis=1, keepdims=True)
    step = spacing or 2 * float(np.abs(centered).max()) or 1.0
    ax = open_axes(ax, needed_by="plot_trace", size=(7.5, 1.0 + 0.32 * n_channels))
    halves = np.empty((2 * n_channels, lanes.shape[1]))
    halves[0::2], halves[1::2] = np.maximum(lanes, 0), np.minimum(lanes, 0)
    times = np.arange(n_times) / sfreq
    ends = (-0.5 / sfreq, (n_times - 0.5) / sfreq)
    ax.imshow(
        halves, cmap=cmap, vmin=-limit, vmax=limit, aspect="auto", interpolation="nearest",
        extent=(*ends, n_channels - 0.5, -0.5),
    )  # fmt: skip
    for row, x in enumerate(centered):
        ax.plot(times, row - x / step, color="black", linewidth=0.7, label=f"_{names[row]}")
    ax.set(xlabel="time (s)", xlim=ends, ylim=(n_channels - 0.5, -0.5))
    ax.set_yticks(range(n_channels), names)
    ax.set_title(f"{step:.3g} µV from lane to lane", loc="right", fontsize=8)
    draw_colorbar(ax, limit, cmap, label)
    return ax


def _check(
    window: np.ndarray, attribution: np.ndarray, sfreq: float, spacing: float | None
) -> tuple[np.ndarray, np.ndarray]:
    """Return the window, and the attribution with an axis of time."""
    window, attribution = np.asarray(window, dtype=float), np.asarray(attribution, dtype=float)
    if window.ndim != 2 or not window.size:
        raise ValueError(
            f"`window` must have shape (n_channels, n_times), got {window.shape}: pass one window."
        )
    if attribution.shape not in (window.shape, window.shape[:1]):
        raise ValueError(
            f"`attribution` must have shape {window.shape} or {window.shape[:1]}, got {attribution.shape}."
        )
    for name, value in (("sfreq", sfreq), ("spacing", spacing)):
        if value is not None and not 0 < value < np.inf:
            raise ValueError(f"`{name}` must be positive, got {value}.")
    return window, attribution[:, np.newaxis] if attribution.ndim == 1 else attribution
