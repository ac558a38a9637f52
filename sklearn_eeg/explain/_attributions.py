"""What an explanation is called, and its values, names and labels, for pictures, tables and sentences.

Each function takes an `Explanation`, or a `Saliency` where channels are enough.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from ._canvas import name_output
from ._class_maps import mean_by_class
from ._describe import describe


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
