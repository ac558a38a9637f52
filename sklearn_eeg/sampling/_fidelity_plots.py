"""Pictures of a fidelity report: traces, spectra, and where windows lie."""

from collections.abc import Hashable
from typing import Any

import numpy as np

from .._optional import import_optional
from ._fidelity_gallery import Gallery

_COLOURS = ("#17222d", "#c2410c", "#0d6378", "#5b3a9e", "#4a5a20", "#8a6d00", "#9d174d")  # real first
_STYLES = ("-", "--", ":", "-.")
_NARROW = 0.06  # of the width: bands that have no room for their name
_BAND_COLOURS = ("#f4f7f9", "#e3e9ee")


def draw_traces(
    gallery: Gallery,
    ax: Any = None,
    *,
    system: str | None = None,
    label: Hashable = None,
    channel: int | str = 0,
    n_windows: int = 3,
) -> Any:
    """Draw windows of one channel, real ones above and those of a set below, on one scale.

    Parameters
    ----------
    gallery : Gallery
        What is shown.
    ax : matplotlib.axes.Axes, optional
        Where to draw; by default a new figure.
    system : str, optional
        Name of the set, by default the first.
    label : hashable, optional
        Class, by default the first.
    channel : int or str, default=0
        Channel, by place or name.
    n_windows : int, default=3
        How many windows of either, from 1; at most 6 are kept.

    Returns
    -------
    ax : matplotlib.axes.Axes
        Time in seconds; the lines stand apart by the bar's height, which says its microvolts.

    Raises
    ------
    ValueError
        If there is no such set, class or channel, or `n_windows` is below 1.
    """
    if n_windows < 1:
        raise ValueError(f"`n_windows` must be at least 1, got {n_windows}.")
    name, code, place = (
        _find_set(gallery, system),
        _find_class(gallery, label),
        _find_channel(gallery, channel),
    )
    ax = _find_axes(ax)
    parts = [gallery.traces[key, code][:n_windows, place] for key in ("real", name)]
    step = 2.5 * max(np.ptp(parts[0], axis=-1).max(), 1e-9) / 2
    seconds = np.arange(parts[0].shape[-1]) / gallery.sfreq
    rows = [(title, trace) for title, part in zip(("real", name), parts, strict=True) for trace in part]
    for row, (title, trace) in enumerate(rows):
        ax.plot(seconds, trace - trace.mean() - row * step, color=_colour(gallery, title), lw=0.9)
    ax.plot(seconds[[-1, -1]], [-step, 0], color="#526170", lw=2.5, solid_capstyle="butt")
    ax.annotate(
        f"{step:.3g} µV", (seconds[-1], -step / 2), xytext=(4, 0), textcoords="offset points", va="center"
    )
    ax.set_yticks(-step * np.arange(len(rows)), [title for title, _ in rows])
    ax.set(xlabel="time (s)", title=f"{gallery.ch_names[place]}, class {gallery.labels[code]}")
    return ax


def draw_spectra(
    gallery: Gallery, ax: Any = None, *, label: Hashable = None, channel: int | str | None = None
) -> Any:
    """Draw the mean log spectrum of the real windows and of every set, with bands.

    Parameters
    ----------
    gallery : Gallery
        What is shown.
    ax : matplotlib.axes.Axes, optional
        Where to draw; by default a new figure.
    label : hashable, optional
        Class, by default the first.
    channel : int or str, optional
        Channel, by place or name; by default the mean over all.

    Returns
    -------
    ax : matplotlib.axes.Axes
        Density in dB against frequency in Hz; shaded, where 90 % of the real windows lie.

    Raises
    ------
    ValueError
        If there is no such class or channel.
    """
    code = _find_class(gallery, label)
    place = None if channel is None else _find_channel(gallery, channel)
    ax = _find_axes(ax)
    for number, (low, high) in enumerate(gallery.bands.values()):
        ax.axvspan(low, high, color=_BAND_COLOURS[number % 2], lw=0, zorder=0)
    widest = np.log(gallery.freqs[-1] / gallery.freqs[0])
    for band, (low, high) in gallery.bands.items():
        if np.log(high / max(low, gallery.freqs[0])) < _NARROW * widest:
            continue
        middle = (max(low, gallery.freqs[0]) * high) ** 0.5
        ax.annotate(
            band, (middle, 0.99), xycoords=("data", "axes fraction"), ha="center", va="top", fontsize="small"
        )
    for number, name in enumerate(gallery.names):
        spectrum = gallery.spectra[name, code]
        mean, low, high = spectrum.mean(axis=1) if place is None else spectrum[:, place]
        if name == "real":
            ax.fill_between(gallery.freqs, low, high, color=_COLOURS[0], alpha=0.15, lw=0)
        ax.plot(
            gallery.freqs,
            mean,
            _STYLES[number % len(_STYLES)],
            color=_colour(gallery, name),
            lw=1.8,
            label=name,
        )
    where = "mean of all channels" if place is None else gallery.ch_names[place]
    ax.set(xscale="log", xlabel="frequency (Hz)", ylabel="density (dB re 1 µV²/Hz)")
    ax.set(xlim=(gallery.freqs[0], gallery.freqs[-1]), title=f"{where}, class {gallery.labels[code]}")
    ax.legend(loc="lower left", fontsize="small")
    return ax


def draw_embedding(gallery: Gallery, ax: Any = None) -> Any:
    """Draw where windows lie along two principal components of the table of the real ones.

    Parameters
    ----------
    gallery : Gallery
        What is shown.
    ax : matplotlib.axes.Axes, optional
        Where to draw; by default a new figure.

    Returns
    -------
    ax : matplotlib.axes.Axes
        One point a window, at most 500 of each set; the limits hold 96 % of the real windows and half as much
        on either side, and points beyond lie on the edge.
    """
    ax = _find_axes(ax)
    real = gallery.points["real"]
    low, high = np.quantile(real, [0.02, 0.98], axis=0)
    low, high = low - (high - low) / 2 - 1e-9, high + (high - low) / 2 + 1e-9
    for name, points in gallery.points.items():
        shown = np.clip(points, low, high)
        marker = "o" if name == "real" else "x"
        ax.scatter(*shown.T, s=12, marker=marker, color=_colour(gallery, name), alpha=0.6, lw=0.8, label=name)
    labels = [
        f"component {i + 1} ({share:.0%} of real variance)" for i, share in enumerate(gallery.explained)
    ]
    ax.set(xlabel=labels[0], ylabel=labels[1], title="Windows as the classifiers see them")
    ax.legend(loc="best", fontsize="small")
    return ax


def _find_axes(ax: Any) -> Any:
    if ax is not None:
        return ax
    pyplot = import_optional("matplotlib.pyplot", extra="plot", needed_by="FidelityReport")
    return pyplot.subplots(figsize=(6.4, 4.2), layout="constrained")[1]


def _colour(gallery: Gallery, name: str) -> str:
    return _COLOURS[gallery.names.index(name) % len(_COLOURS)]


def _find_set(gallery: Gallery, system: str | None) -> str:
    names = gallery.names[1:]
    if system is not None and system not in names:
        raise ValueError(f"`system` must be one of {names}, got {system!r}.")
    return names[0] if system is None else system


def _find_class(gallery: Gallery, label: Hashable) -> int:
    if label is not None and label not in gallery.labels:
        raise ValueError(f"`label` must be one of {gallery.labels}, got {label!r}.")
    return 0 if label is None else gallery.labels.index(label)


def _find_channel(gallery: Gallery, channel: int | str) -> int:
    names = gallery.ch_names
    if isinstance(channel, str) and channel in names:
        return names.index(channel)
    if isinstance(channel, int | np.integer) and -len(names) <= channel < len(names):
        return int(channel) % len(names)
    raise ValueError(f"`channel` must be one of {names} or its place, got {channel!r}.")
