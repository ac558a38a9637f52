"""The outline of a head seen from above, the nose up."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from .._montage import find_common_reference, positions, split_pair

_NOSE = np.array([[-0.14, 0.99], [0.0, 1.13], [0.14, 0.99]])
_RIGHT_EAR = np.array(
    [[0.985, 0.17], [1.03, 0.2], [1.075, 0.16], [1.085, 0.05], [1.08, -0.1], [1.06, -0.19], [0.98, -0.2]]
)
_LINE = {"color": "black", "linewidth": 1.5, "zorder": 3}


def draw_head(ax: Any) -> None:
    """Draw a head of radius 1 with its nose and ears, and take away the frame.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw.
    """
    angle = np.linspace(0, 2 * np.pi, 181)
    ax.plot(np.cos(angle), np.sin(angle), label="_head", **_LINE)
    ax.plot(*_NOSE.T, label="_nose", **_LINE)
    for side, name in ((1, "_right ear"), (-1, "_left ear")):
        ax.plot(side * _RIGHT_EAR[:, 0], _RIGHT_EAR[:, 1], label=name, **_LINE)
    ax.set(aspect="equal", xlim=(-1.2, 1.2), ylim=(-1.15, 1.2))
    ax.set_axis_off()


def place_channels(ch_names: Sequence[str]) -> np.ndarray:
    """Return the places of channels on the head, NaN for those that have none.

    Parameters
    ----------
    ch_names : sequence of str
        Names in any spelling; bipolar pairs lie midway.

    Returns
    -------
    places : ndarray of shape (n_channels, 2)
        x to the right and y to the front, 1 being the edge of the head.

    Examples
    --------
    >>> from sklearn_eeg.explain._head import place_channels
    >>> (place_channels(["EEG T4-Ref", "T4-Cz", "ECG"]) + 0.0).round(3).tolist()
    [[0.8, 0.0], [0.4, 0.0], [nan, nan]]
    """
    reference = find_common_reference(ch_names)
    places = np.full((len(ch_names), 2), np.nan)
    for index, name in enumerate(ch_names):
        try:
            places[index] = positions([name.removesuffix(reference)])[0]
        except ValueError:
            continue
    return places


def find_pairs(ch_names: Sequence[str]) -> list[np.ndarray]:
    """Return the places of the two electrodes of each bipolar channel, of shape (2, 2) each.

    Examples
    --------
    >>> from sklearn_eeg.explain._head import find_pairs
    >>> [(pair + 0.0).round(3).tolist() for pair in find_pairs(["Cz", "Cz-C4"])]
    [[[0.0, 0.0], [0.4, 0.0]]]
    """
    return [positions(pair) for name in ch_names if (pair := split_pair(name)) is not None]
