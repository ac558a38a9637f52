"""Scalp maps: attributions of channels on a head seen from above."""

import warnings
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from .._montage import split_pair
from .._optional import import_optional
from ..signal import interpolate_scalp
from ._canvas import DIVERGING, draw_colorbar, open_axes, open_grid, symmetric_limit
from ._head import draw_head, find_pairs, place_channels

_PIXELS = 128


class _Channels(NamedTuple):
    """The channels that can be shown: names, indices among all, places, and pairs of electrodes."""

    names: list[str]
    kept: np.ndarray
    places: np.ndarray
    pairs: list[np.ndarray]


def plot_scalp(
    values: np.ndarray,
    ch_names: Sequence[str],
    ax: Any = None,
    *,
    positions: np.ndarray | None = None,
    vmax: float | None = None,
    cmap: str = DIVERGING,
    contours: int = 3,
    names: bool = True,
    colorbar: bool = True,
    label: str = "attribution",
) -> Any:
    """Draw a map of the scalp, the nose up.

    Parameters
    ----------
    values : ndarray of shape (n_channels,)
        One number a channel. All NaN draws an empty head.
    ch_names : sequence of str
        Names of the channels: electrodes or bipolar pairs, in any spelling.
    ax : matplotlib.axes.Axes, optional
        Where to draw; by default on a new figure.
    positions : ndarray of shape (n_channels, 2), optional
        Places of the channels, x to the right and y to the front, 1 being the edge of the head; by default
        those of their names.
    vmax : float, optional
        Value at the upper end of the colours, the lower end being its negative; by default the largest
        distance from 0.
    cmap : str, default="RdBu_r"
        Colours, with a neutral one in the middle.
    contours : int, default=3
        Number of lines of equal value above 0, drawn solid, and below 0, drawn dashed.
    names : bool, default=True
        Whether to write the names beside the electrodes.
    colorbar : bool, default=True
        Whether to draw the scale of the colours.
    label : str, default="attribution"
        What the colours mean.

    Returns
    -------
    ax : matplotlib.axes.Axes
        Where the map is. An electrode is a full dot where its value is at least 0, and an open one where
        it is below, so that the sign is also read in grey.

    Raises
    ------
    ValueError
        If the number of values is not that of the names, no channel has a place, or `vmax` is not positive.

    Warns
    -----
    UserWarning
        If a channel has no place; it is left out.

    Notes
    -----
    The map is that of `sklearn_eeg.signal.interpolate_scalp`, the places those of a flat head on which 1 is
    90 degrees from the vertex. With fewer than three places the dots alone are drawn, in their colours.
    Between the electrodes the map is a guess.
    """
    values = np.asarray(values, dtype=float)
    if values.shape != (len(ch_names),):
        raise ValueError(
            f"`values` must have shape ({len(ch_names)},), one a name in `ch_names`, got {values.shape}."
        )
    channels = _locate(ch_names, positions)
    limit = symmetric_limit(values[channels.kept], vmax)
    ax = open_axes(ax, needed_by="plot_scalp", size=(4.2, 3.6))
    _draw_map(ax, values, channels, limit, cmap=cmap, contours=contours, names=names)
    if colorbar:
        draw_colorbar(ax, limit, cmap, label)
    return ax


def plot_scalp_by_class(
    maps: np.ndarray,
    ch_names: Sequence[str],
    classes: Sequence[Any],
    axes: Any = None,
    *,
    positions: np.ndarray | None = None,
    vmax: float | None = None,
    cmap: str = DIVERGING,
    contours: int = 3,
    names: bool = True,
    label: str = "attribution",
) -> np.ndarray:
    """Draw a map of the scalp for each class, all on one scale of colours.

    Parameters
    ----------
    maps : ndarray of shape (n_classes, n_channels)
        One map a class; NaN draws an empty head.
    ch_names : sequence of str
        Names of the channels.
    classes : sequence of length n_classes
        Titles of the maps.
    axes : sequence of matplotlib.axes.Axes, optional
        One a class; by default those of a new figure, up to four side by side.
    positions, vmax, cmap, contours, names, label
        As in `plot_scalp`.

    Returns
    -------
    axes : ndarray of Axes, of shape (n_classes,)
        Where the maps are; the scale of the colours is drawn once.

    Raises
    ------
    ValueError
        If shapes do not fit, or for what `plot_scalp` refuses.
    """
    maps = np.asarray(maps, dtype=float)
    if maps.shape != (len(classes), len(ch_names)):
        raise ValueError(
            f"`maps` must have shape ({len(classes)}, {len(ch_names)}), classes x channels, got {maps.shape}."
        )
    if axes is None:
        axes = open_grid(len(classes), needed_by="plot_scalp")
    axes = np.asarray(axes, dtype=object).ravel()
    if len(axes) != len(classes):
        raise ValueError(f"`axes` must hold {len(classes)} axes, one a class, got {len(axes)}.")
    channels = _locate(ch_names, positions)
    limit = symmetric_limit(maps[:, channels.kept], vmax)
    for ax, values, name in zip(axes, maps, classes, strict=True):
        _draw_map(ax, values, channels, limit, cmap=cmap, contours=contours, names=names)
        ax.set_title(f"{name}" if np.isfinite(values).any() else f"{name}\n(no windows)")
    draw_colorbar(axes, limit, cmap, label)
    return axes


def _locate(ch_names: Sequence[str], positions: np.ndarray | None) -> _Channels:
    """Return the channels that have a place; warn of the others."""
    places = place_channels(ch_names) if positions is None else np.asarray(positions, dtype=float)
    if places.shape != (len(ch_names), 2):
        raise ValueError(f"`positions` must have shape ({len(ch_names)}, 2), got {places.shape}.")
    placed = np.isfinite(places).all(axis=1)
    missing = [name for name, has in zip(ch_names, placed, strict=True) if not has]
    if not placed.any():
        raise ValueError(
            f"`ch_names` must hold electrodes of the 10-10 system or pairs of these, got {missing}: rename "
            "the channels, or give `positions`."
        )
    if missing:
        warnings.warn(
            f"The scalp map leaves out {missing}, whose place is not known: rename these channels, or give "
            "`positions`.",
            UserWarning,
            stacklevel=3,
        )
    names = [name for name, has in zip(ch_names, placed, strict=True) if has]
    pairs = find_pairs(names) if positions is None else []
    return _Channels(names, np.flatnonzero(placed), places[placed], pairs)


def _draw_map(
    ax: Any, values: np.ndarray, channels: _Channels, limit: float, *, cmap: str, contours: int, names: bool
) -> None:
    values, places = values[channels.kept], channels.places
    draw_head(ax)
    for pair in channels.pairs:
        ax.plot(*pair.T, color="0.5", linewidth=0.8, zorder=3, label="_pair")
    known = np.isfinite(values)
    if len(np.unique(places[known].round(9), axis=0)) >= 3:
        _draw_surface(ax, values[known], places[known], limit, cmap, contours)
        _draw_electrodes(ax, values, places)
    else:
        ax.scatter(
            *places[known].T, c=values[known], cmap=cmap, vmin=-limit, vmax=limit, edgecolors="black",
            s=80, zorder=4, label="_electrodes",
        )  # fmt: skip
    if names:
        _write_names(ax, channels.names, places)


def _draw_surface(
    ax: Any, values: np.ndarray, places: np.ndarray, limit: float, cmap: str, contours: int
) -> None:
    reach = max(1.0, 1.05 * float(np.linalg.norm(places, axis=1).max()))
    image, _ = interpolate_scalp(values, places, resolution=_PIXELS, radius=reach)
    half_pixel = reach / (_PIXELS - 1)
    ends = (-reach - half_pixel, reach + half_pixel)
    drawn = ax.imshow(
        image, cmap=cmap, vmin=-limit, vmax=limit, origin="lower", extent=(*ends, *ends),
        interpolation="bilinear", zorder=1,
    )  # fmt: skip
    edge = ax.add_patch(_circle(reach))
    drawn.set_clip_path(edge)
    steps = limit * np.arange(1, contours + 1) / (contours + 1)
    levels = np.concatenate([-steps[::-1], steps])
    levels = levels[(levels > image.min()) & (levels < image.max())]
    if len(levels):
        axis = np.linspace(-reach, reach, _PIXELS)
        dashes = ["dashed" if level < 0 else "solid" for level in levels]
        lines = ax.contour(
            axis, axis, image, levels=levels, colors="black", linewidths=0.6, linestyles=dashes, zorder=2
        )
        lines.set_clip_path(edge)
    if reach > 1.0:
        ax.set(xlim=(-reach - 0.2, reach + 0.2), ylim=(-reach - 0.15, reach + 0.2))


def _circle(radius: float) -> Any:
    patches = import_optional("matplotlib.patches", extra="plot", needed_by="plot_scalp")
    return patches.Circle((0, 0), radius, facecolor="none", edgecolor="none")


def _draw_electrodes(ax: Any, values: np.ndarray, places: np.ndarray) -> None:
    """Mark electrodes: full at 0 and above, open below, crossed out where unknown."""
    style: dict[str, Any] = {"linestyle": "none", "color": "black", "markersize": 4, "zorder": 4}
    full = {"markeredgecolor": "white", "markeredgewidth": 0.5, "markersize": 5}
    ax.plot(*places[values >= 0].T, marker="o", label="_at least 0", **(style | full))
    ax.plot(*places[values < 0].T, marker="o", markerfacecolor="white", label="_below 0", **style)
    ax.plot(*places[np.isnan(values)].T, marker="x", label="_unknown", **style)


def _write_names(ax: Any, ch_names: Sequence[str], places: np.ndarray) -> None:
    """Write the names above the electrodes with a halo, those of pairs in two lines."""
    effects = import_optional("matplotlib.patheffects", extra="plot", needed_by="plot_scalp")
    halo = [effects.withStroke(linewidth=1.5, foreground="white")]
    for name, place in zip(ch_names, places, strict=True):
        pair = split_pair(name)
        ax.annotate(
            name if pair is None else "-\n".join(pair), place, xytext=(0, 3.5), textcoords="offset points",
            ha="center", fontsize=7 if pair is None and len(ch_names) <= 32 else 5, linespacing=0.9,
            path_effects=halo, zorder=5,
        )  # fmt: skip
