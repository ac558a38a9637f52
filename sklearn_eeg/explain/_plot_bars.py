"""Bars: how much each channel, band or family of features counts."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy.stats import t as student

from ._canvas import open_axes

# Okabe and Ito's colours, which people with any colour blindness tell apart; the hatches serve in grey.
_COLORS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#F0E442", "#999999")
_HATCHES = ("", "///", "...", "xxx", "\\\\\\", "ooo", "++", "**")
_CONFIDENCE = 0.95


def plot_bars(
    values: np.ndarray,
    names: Sequence[str],
    classes: Sequence[Any] | None = None,
    ax: Any = None,
    *,
    groups: Any = None,
    n_largest: int | None = 20,
    label: str = "attribution",
) -> Any:
    """Draw the mean size of the attributions of each player as horizontal bars, the largest on top.

    Parameters
    ----------
    values : ndarray of shape (n_windows, n_players) or (n_windows, n_players, n_classes)
        Attributions. Classes are drawn one after the other along a bar; two that are each other's
        negatives, as with margins of two classes, are drawn once.
    names : sequence of str, of length n_players
        Names of the players.
    classes : sequence of length n_classes, optional
        Names of the classes.
    ax : matplotlib.axes.Axes, optional
        Where to draw; by default on a new figure.
    groups : array-like of shape (n_windows,), optional
        Patient of each window. With patients a bar is the mean of the patients' means, and a line on it
        its 95 % confidence interval.
    n_largest : int, default=20
        How many players to show; None shows all.
    label : str, default="attribution"
        What the values are.

    Returns
    -------
    ax : matplotlib.axes.Axes
        Where the bars are.

    Raises
    ------
    ValueError
        If shapes do not fit, `n_largest` is below 1, or `groups` holds one patient.

    Notes
    -----
    The interval is mean ± t s / sqrt(n) over the n patients' means of the whole bar, t of Student's
    distribution with n - 1 degrees of freedom. There is none without patients: windows of one patient are
    too much alike to count one by one.
    """
    sizes = np.abs(_check(values, names, classes, n_largest))
    sizes, classes = _drop_mirrored(np.asarray(values, dtype=float), sizes, classes)
    bars, error = _average(sizes, groups)
    order = np.argsort(-bars.sum(axis=1), kind="stable")[:n_largest]
    ax = open_axes(ax, needed_by="plot_bars", size=(5.2, 1.1 + 0.24 * len(order)))
    left, rows = np.zeros(len(order)), np.arange(len(order))
    for k in range(bars.shape[1]):
        ax.barh(
            rows, bars[order, k], left=left, color=_COLORS[k % len(_COLORS)], edgecolor="black",
            linewidth=0.5, hatch=_HATCHES[k % len(_HATCHES)],
            label=str(classes[k]) if classes is not None else f"_{k}",
        )  # fmt: skip
        left = left + bars[order, k]
    if error is not None:
        below = np.minimum(error[order], left)  # a mean size cannot be negative
        ax.errorbar(left, rows, xerr=[below, error[order]], fmt="none", ecolor="black", capsize=2)
    ax.set_yticks(rows, [names[index] for index in order])
    ax.invert_yaxis()
    ax.set(xlabel=f"mean |{label}|", xlim=(0, None))
    if classes is not None and bars.shape[1] > 1:
        ax.legend(title="class")
    return ax


def _check(
    values: np.ndarray, names: Sequence[str], classes: Sequence[Any] | None, n_largest: int | None
) -> np.ndarray:
    """Return the values with an axis of classes."""
    values = np.asarray(values, dtype=float)
    if values.ndim not in (2, 3) or values.shape[1] != len(names) or len(values) == 0:
        raise ValueError(
            f"`values` must have shape (n_windows, {len(names)}) or (n_windows, {len(names)}, n_classes), "
            f"got {values.shape}."
        )
    values = values[..., np.newaxis] if values.ndim == 2 else values
    if classes is not None and len(classes) != values.shape[2]:
        raise ValueError(f"`classes` must name {values.shape[2]} classes, got {len(classes)}.")
    if n_largest is not None and n_largest < 1:
        raise ValueError(f"`n_largest` must be at least 1, got {n_largest}.")
    return values


def _drop_mirrored(
    values: np.ndarray, sizes: np.ndarray, classes: Sequence[Any] | None
) -> tuple[np.ndarray, Sequence[Any] | None]:
    """Leave out the first of two classes whose attributions are the other's negatives."""
    if sizes.shape[2] == 2 and np.allclose(values[..., 0], -values[..., 1], atol=1e-9 * sizes.max()):
        return sizes[..., 1:], None if classes is None else classes[1:]
    return sizes, classes


def _average(sizes: np.ndarray, groups: Any) -> tuple[np.ndarray, np.ndarray | None]:
    """Return the length of the bars (n_players, n_classes), and half the width of the intervals."""
    if groups is None:
        return sizes.mean(axis=0), None
    groups = np.asarray(groups)
    if groups.shape != (len(sizes),):
        raise ValueError(f"`groups` must have shape ({len(sizes)},), one a window, got {groups.shape}.")
    patients = np.unique(groups)
    if len(patients) < 2:
        raise ValueError("`groups` must hold at least two patients for an interval, got 1: leave it out.")
    means = np.stack([sizes[groups == patient].mean(axis=0) for patient in patients])
    spread = means.sum(axis=2).std(axis=0, ddof=1) / np.sqrt(len(patients))
    return means.mean(axis=0), spread * student.ppf((1 + _CONFIDENCE) / 2, len(patients) - 1)
