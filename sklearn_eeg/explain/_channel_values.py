"""What explanations of any kind say of each channel."""

from collections.abc import Sequence
from typing import Any

import numpy as np


def values_by_channel(
    explanation: Any, shape: tuple[int, int], ch_names: Sequence[str], labels: np.ndarray
) -> tuple[np.ndarray, list[int]]:
    """Return one value for each window, channel and class.

    Parameters
    ----------
    explanation : object
        Something with ``by_channel()`` and ``classes`` (a `Saliency`); something with ``players``, ``by``
        and ``classes`` (an `Explanation`); or an array of shape (n_windows, n_channels, n_classes), or
        (n_windows, n_channels) for whatever class the model predicts.
    shape : (int, int)
        Numbers of windows and channels.
    ch_names : sequence of str
        The names of the channels, to put players in order.
    labels : ndarray of shape (n_classes,)
        All labels of the model.

    Returns
    -------
    values : ndarray of shape (n_windows, n_channels, n_explained)
        The values; for two classes of which one has values, the other has their negatives.
    codes : list of int
        Which labels are explained; all where the values are those of the predicted class.

    Raises
    ------
    ValueError
        If the values do not fit the windows, the channels or the labels.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.explain._channel_values import values_by_channel
    >>> values, codes = values_by_channel(np.ones((5, 2)), (5, 2), ["C3", "C4"], np.array([0, 1]))
    >>> values.shape, codes
    ((5, 2, 1), [0, 1])
    """
    classes: Any = labels
    if hasattr(explanation, "by_channel"):
        values, classes = explanation.by_channel(), explanation.classes
    elif hasattr(explanation, "players"):
        values, classes = _order_players(explanation, ch_names), explanation.classes
    else:
        values = np.asarray(explanation, dtype=float)
    given = values.shape
    values = values[:, :, np.newaxis] if values.ndim == 2 else values
    if values.ndim != 3 or values.shape[:2] != shape:
        raise ValueError(
            f"`explanation` must have values for {shape[0]} windows and {shape[1]} channels, got {given}: "
            "explain the same windows, channel by channel; where steps of a pipeline change the channels, "
            "hand over the windows after these steps and the rest of the pipeline."
        )
    if len(given) == 3 and len(classes) == 2 and values.shape[2] == 1:
        values = np.concatenate([-values, values], axis=2)
    if len(given) == 3 and values.shape[2] != len(classes):
        raise ValueError(f"`explanation` must have values for {len(classes)} classes, got {values.shape[2]}.")
    if not np.isfinite(values).all():
        raise ValueError("`explanation` must be finite, got NaN or infinity: explain windows without gaps.")
    return values, _codes(classes, labels)


def _order_players(explanation: Any, ch_names: Sequence[str]) -> np.ndarray:
    """Return the values of an `Explanation` by channel, in the order of the channels."""
    by_channel = explanation if explanation.level == "channel" else explanation.by("channel")
    found = [str(name) for name in by_channel.players["channel"]]
    if sorted(found) != sorted(ch_names):
        raise ValueError(
            f"`explanation` must name the channels of X, {list(ch_names)}, got {found}: explain this model, "
            "or pass the `ch_names` of the explanation."
        )
    return np.asarray(by_channel.values)[:, [found.index(name) for name in ch_names]]


def _codes(classes: Any, labels: np.ndarray) -> list[int]:
    known, found = labels.tolist(), np.asarray(classes).tolist()
    missing = [label for label in found if label not in known]
    if missing or 1 < len(found) < len(known):
        raise ValueError(
            f"`explanation` must explain one or all of the model's classes, {known}, got {found}."
        )
    return [known.index(label) for label in found]
