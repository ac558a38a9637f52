"""Pictures of an explanation: one map, set of bars or table a class, and the words for them.

Each function takes an `Explanation`, or a `Saliency` where channels are enough.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from .._windows import as_3d
from ._canvas import name_output
from ._class_maps import mean_by_class, place_of
from ._describe import describe
from ._plot_bars import plot_bars
from ._plot_heat_map import cross, plot_heat_map
from ._plot_scalp import plot_scalp, plot_scalp_by_class
from ._plot_trace import plot_trace


def draw_scalp(
    explanation: Any,
    label: Any = None,
    ax: Any = None,
    *,
    y: Any = None,
    target_names: Sequence[str] | None = None,
    vmax: float | None = None,
) -> Any:
    """Draw the mean attribution of each channel on the scalp.

    Parameters
    ----------
    explanation : Explanation or Saliency
        What to draw.
    label : object, optional
        One of its classes; by default each class has its map, on one scale of colours.
    ax : matplotlib.axes.Axes or sequence of Axes, optional
        Where to draw, one a map; by default on a new figure.
    y : array-like of shape (n_windows,), optional
        Label of each window, by default that predicted; the map of a class is the mean over its windows.
    target_names : sequence of str, optional
        What to call the classes, in their order; by default their labels.
    vmax : float, optional
        Value at the upper end of the colours, the lower end being its negative.

    Returns
    -------
    ax : matplotlib.axes.Axes or ndarray of Axes
        Where the map is; of all classes, an array.

    Raises
    ------
    ValueError
        If the label is not of the classes, no channel has a place, or shapes do not fit.
    """
    values, names = channel_values(explanation)
    maps = mean_by_class(values, explanation.classes, labels_of(explanation, y))
    text, classes = label_of(explanation), class_names(explanation, target_names)
    if label is None:
        return plot_scalp_by_class(maps, names, classes, ax, vmax=vmax, label=text)
    place = place_of(label, explanation.classes)
    ax = plot_scalp(maps[place], names, ax, vmax=vmax, label=text)
    ax.set_title(classes[place])
    return ax


def draw_bars(
    explanation: Any,
    label: Any = None,
    ax: Any = None,
    *,
    groups: Any = None,
    target_names: Sequence[str] | None = None,
    n_largest: int | None = 20,
) -> Any:
    """Draw the mean size of the attributions of each player as bars.

    Parameters
    ----------
    explanation : Explanation or Saliency
        What to draw.
    label : object, optional
        One of its classes; by default all, one after the other along each bar.
    ax : matplotlib.axes.Axes, optional
        Where to draw; by default on a new figure.
    groups : array-like of shape (n_windows,), optional
        Patient of each window, for an interval over patients.
    target_names : sequence of str, optional
        What to call the classes, in their order; by default their labels.
    n_largest : int, default=20
        How many players to show; None shows all.

    Returns
    -------
    ax : matplotlib.axes.Axes
        Where the bars are.

    Raises
    ------
    ValueError
        If the label is not of the classes, or shapes do not fit.
    """
    values, names = player_values(explanation)
    classes, text = class_names(explanation, target_names), label_of(explanation)
    if label is None:
        return plot_bars(values, names, classes, ax, groups=groups, n_largest=n_largest, label=text)
    place = place_of(label, explanation.classes)
    ax = plot_bars(values[:, :, place], names, ax=ax, groups=groups, n_largest=n_largest, label=text)
    ax.set_title(classes[place])
    return ax


def draw_heat_map(
    explanation: Any,
    label: Any,
    ax: Any = None,
    *,
    y: Any = None,
    rows: str = "channel",
    columns: str = "band",
    target_names: Sequence[str] | None = None,
    vmax: float | None = None,
) -> Any:
    """Draw the mean attributions to a class by two properties of the players.

    Parameters
    ----------
    explanation : Explanation
        What to draw; its players must have both properties.
    label : object
        One of its classes.
    ax : matplotlib.axes.Axes, optional
        Where to draw; by default on a new figure.
    y : array-like of shape (n_windows,), optional
        Label of each window, by default that predicted; means are over the windows of the class.
    rows, columns : str, default="channel", "band"
        The properties.
    target_names : sequence of str, optional
        What to call the classes, in their order; by default their labels.
    vmax : float, optional
        Value at the upper end of the colours, the lower end being its negative.

    Returns
    -------
    ax : matplotlib.axes.Axes
        Where the table is.

    Raises
    ------
    ValueError
        If the label is not of the classes, or the players lack a property.
    """
    maps = mean_by_class(explanation.values, explanation.classes, labels_of(explanation, y))
    place = place_of(label, explanation.classes)
    table = cross(maps[place], explanation.players, rows, columns)
    ax = plot_heat_map(table, ax, vmax=vmax, label=label_of(explanation))
    ax.set_title(class_names(explanation, target_names)[place])
    return ax


def draw_trace(
    explanation: Any,
    X: Any,
    number: int,
    label: Any,
    ax: Any = None,
    *,
    sfreq: float,
    target_names: Sequence[str] | None = None,
    vmax: float | None = None,
) -> Any:
    """Draw a window with its attributions behind the traces.

    Parameters
    ----------
    explanation : Explanation or Saliency
        What to draw: the map of a window, or the values of its channels.
    X : array-like of shape (n_windows, n_channels, n_times) or (n_windows, n_times)
        The windows explained, in microvolts.
    number : int
        Which of them to draw.
    label : object
        One of the classes.
    ax : matplotlib.axes.Axes, optional
        Where to draw; by default on a new figure.
    sfreq : float
        Sampling frequency in Hz.
    target_names : sequence of str, optional
        What to call the classes, in their order; by default their labels.
    vmax : float, optional
        Value at the upper end of the colours, the lower end being its negative.

    Returns
    -------
    ax : matplotlib.axes.Axes
        Where the traces are.

    Raises
    ------
    ValueError
        If the label is not of the classes, the windows are not those explained, or `sfreq` is not positive.
    """
    place = place_of(label, explanation.classes)
    windows = as_3d(np.asarray(X, dtype=float))
    if hasattr(explanation, "of_class"):
        maps, names = explanation.of_class(label), explanation.ch_names
    else:
        values, names = channel_values(explanation)
        maps = values[:, :, place]
    if len(windows) != len(maps) or not -len(maps) <= number < len(maps):
        raise ValueError(
            f"`X` must hold the {len(maps)} windows explained and `number` be one of them, got "
            f"{len(windows)} windows and number {number}."
        )
    ax = plot_trace(
        windows[number], maps[number], sfreq, ch_names=names, ax=ax, vmax=vmax, label=label_of(explanation)
    )
    ax.set_title(class_names(explanation, target_names)[place])
    return ax


def describe_explanation(
    explanation: Any, *, y: Any = None, target_names: Sequence[str] | None = None, n_largest: int = 3
) -> str:
    """Say which players count most for each class, in the mean over its windows.

    Parameters
    ----------
    explanation : Explanation or Saliency
        What to describe.
    y : array-like of shape (n_windows,), optional
        Label of each window, by default that predicted.
    target_names : sequence of str, optional
        What to call the classes, in their order; by default their labels.
    n_largest : int, default=3
        How many players to name for each class.

    Returns
    -------
    text : str
        A sentence on what is shown and one on each class.
    """
    values, names = player_values(explanation)
    maps = mean_by_class(values, explanation.classes, labels_of(explanation, y))
    classes = class_names(explanation, target_names)
    return describe(maps, names, classes, output=explanation.output, n_largest=n_largest)


def player_values(explanation: Any) -> tuple[np.ndarray, list[str]]:
    """Return the values (n_windows, n_players, n_classes) and the names of the players."""
    if hasattr(explanation, "by_channel"):
        return explanation.by_channel(), list(explanation.ch_names)
    return np.asarray(explanation.values), list(explanation.player_names)


def channel_values(explanation: Any) -> tuple[np.ndarray, list[str]]:
    """Return the values (n_windows, n_channels, n_classes) and the names of the channels."""
    if hasattr(explanation, "by_channel"):
        return player_values(explanation)
    by_channel = explanation if explanation.level == "channel" else explanation.by("channel")
    return np.asarray(by_channel.values), [str(name) for name in by_channel.players["channel"]]


def class_names(explanation: Any, target_names: Sequence[str] | None = None) -> list[str]:
    """Return what to call the classes, or raise a ValueError if the names are not as many."""
    names = explanation.classes if target_names is None else target_names
    if len(names) != len(explanation.classes):
        raise ValueError(
            f"`target_names` must name {len(explanation.classes)} classes, got {len(names)} names."
        )
    return [str(name) for name in names]


def labels_of(explanation: Any, y: Any = None) -> np.ndarray | None:
    """Return the label of each window: as given, as predicted, or that of the largest output.

    None where a single class is explained, whose map is then over all windows.
    """
    if y is not None:
        if np.shape(y) != (len(explanation.values),):
            raise ValueError(
                f"`y` must have shape ({len(explanation.values)},), a label for each window explained, got "
                f"{np.shape(y)}."
            )
        return np.asarray(y)
    predictions = getattr(explanation, "predictions", None)
    if predictions is not None:
        return np.asarray(predictions)
    classes = np.asarray(explanation.classes)
    return classes[np.argmax(explanation.outputs, axis=1)] if len(classes) > 1 else None


def label_of(explanation: Any) -> str:
    """Return in words what the values are."""
    what = "attribution"
    if hasattr(explanation, "by_channel"):
        what = str(explanation.method).replace("_", " ")
    return f"{what} to {name_output(explanation.output)}"
