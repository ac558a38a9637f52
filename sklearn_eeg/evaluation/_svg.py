"""Small line plots as SVG inside a page, each with a description for those who cannot see it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape

import numpy as np

_WIDTH, _HEIGHT = 320, 280
_LEFT, _RIGHT, _TOP, _BOTTOM = 46, 12, 10, 42
_KINDS = ("model", "beside", "beside2", "beside3")


@dataclass(frozen=True, eq=False)
class Line:
    """A line of a plot.

    Parameters
    ----------
    x, y : ndarray of shape (n_points,)
        Its points; those with NaN are left out.
    label : str, default=""
        Its name in the legend; without one it is not listed.
    kind : str, default="model"
        Class for the style: ``"model"``, ``"beside"``, ``"beside2"``, ``"beside3"`` or ``"chance"``.
    low, high : ndarray of shape (n_points,), optional
        Limits of a band around the line.
    dots : bool, default=False
        Whether its points are marked.
    """

    x: np.ndarray
    y: np.ndarray
    label: str = ""
    kind: str = "model"
    low: np.ndarray | None = field(default=None)
    high: np.ndarray | None = field(default=None)
    dots: bool = False


def kind_of(place: int) -> str:
    """Return the style of the line of the system at `place`, the evaluated one being at 0."""
    return _KINDS[min(place, len(_KINDS) - 1)]


def line_plot(
    lines: Sequence[Line],
    *,
    x_label: str,
    y_label: str,
    description: str,
    x_range: tuple[float, float] = (0.0, 1.0),
    y_range: tuple[float, float] = (0.0, 1.0),
) -> str:
    """Draw lines over two axes.

    Parameters
    ----------
    lines : sequence of Line
        What to draw, the last on top.
    x_label, y_label : str
        Names of the axes.
    description : str
        The plot in words, with its main numbers; read aloud in its place.
    x_range, y_range : (float, float), default=(0.0, 1.0)
        Ends of the axes. Lines are cut off at them.

    Returns
    -------
    svg : str
        The drawing, an ``<svg>`` that loads nothing.

    Raises
    ------
    ValueError
        If there is no description.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.evaluation._svg import Line, line_plot
    >>> ends = np.array([0.0, 1.0])
    >>> svg = line_plot([Line(ends, ends)], x_label="x", y_label="y", description="y equals x")
    >>> svg.count('class="model"'), 'aria-label="y equals x"' in svg
    (1, True)
    """
    if not description.strip():
        raise ValueError("`description` must say what the plot shows, got nothing: write it in words.")
    parts = [_axes(x_range, y_range, x_label, y_label)]
    for each in lines:
        x, y = _across(each.x, x_range), _down(each.y, y_range)
        if each.low is not None and each.high is not None:
            parts.append(_band(x, _down(each.low, y_range), _down(each.high, y_range), each.kind))
        parts.append(_path(x, y, each.kind))
        if each.dots:
            parts.append(_dots(x, y, each.kind))
    parts.append(_legend([each for each in lines if each.label]))
    height = _HEIGHT + 16 * sum(bool(each.label) for each in lines)
    return (
        f'<svg viewBox="0 0 {_WIDTH} {height}" role="img" aria-label="{escape(description)}">'
        + "".join(parts)
        + "</svg>"
    )


def thin(x: np.ndarray, y: np.ndarray, n_points: int = 200) -> tuple[np.ndarray, np.ndarray]:
    """Leave out points of a line that a small plot cannot show.

    Parameters
    ----------
    x, y : ndarray of shape (n,)
        The points.
    n_points : int, default=200
        How many to keep at most; the first and the last are kept.

    Returns
    -------
    x, y : ndarray of shape (at most n_points,)
        Points about equally spaced along the line.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.evaluation._svg import thin
    >>> thin(np.arange(1001), np.zeros(1001), 3)[0].tolist()
    [0, 500, 1000]
    """
    if len(x) <= n_points:
        return x, y
    way = np.concatenate([[0.0], np.cumsum(np.abs(np.diff(x)) + np.abs(np.diff(y)))])
    keep = np.unique(np.searchsorted(way, np.linspace(0, way[-1], n_points)))
    keep = np.union1d(keep, [0, len(x) - 1])
    return x[keep], y[keep]


def _across(x: np.ndarray, limits: tuple[float, float]) -> np.ndarray:
    share = (np.clip(x, *limits) - limits[0]) / (limits[1] - limits[0])
    return _LEFT + share * (_WIDTH - _LEFT - _RIGHT)


def _down(y: np.ndarray, limits: tuple[float, float]) -> np.ndarray:
    share = (np.clip(y, *limits) - limits[0]) / (limits[1] - limits[0])
    return _HEIGHT - _BOTTOM - share * (_HEIGHT - _TOP - _BOTTOM)


def _pairs(x: np.ndarray, y: np.ndarray) -> list[str]:
    known = ~(np.isnan(x) | np.isnan(y))
    return [f"{a:.1f} {b:.1f}" for a, b in zip(x[known], y[known], strict=True)]


def _path(x: np.ndarray, y: np.ndarray, kind: str) -> str:
    points = _pairs(x, y)
    return f'<path class="{kind}" d="M{" L".join(points)}"/>' if points else ""


def _band(x: np.ndarray, low: np.ndarray, high: np.ndarray, kind: str) -> str:
    known = ~(np.isnan(low) | np.isnan(high))
    there, back = _pairs(x[known], high[known]), _pairs(x[known], low[known])[::-1]
    return f'<path class="band {kind}" d="M{" L".join(there + back)} Z"/>' if there else ""


def _dots(x: np.ndarray, y: np.ndarray, kind: str) -> str:
    pairs = [each.split() for each in _pairs(x, y)]
    return "".join(f'<circle class="{kind}" cx="{a}" cy="{b}" r="3"/>' for a, b in pairs)


def _axes(x_range: tuple[float, float], y_range: tuple[float, float], x_label: str, y_label: str) -> str:
    right, bottom = _WIDTH - _RIGHT, _HEIGHT - _BOTTOM
    parts = []
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        x, y = _LEFT + share * (right - _LEFT), bottom - share * (bottom - _TOP)
        x_text, y_text = (low + share * (high - low) for low, high in (x_range, y_range))
        parts += [
            f'<path class="grid-line" d="M{x:.1f} {_TOP} V{bottom} M{_LEFT} {y:.1f} H{right}"/>',
            f'<text x="{x:.1f}" y="{bottom + 15}" text-anchor="middle">{x_text:g}</text>',
            f'<text x="{_LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{y_text:g}</text>',
        ]
    middle = (_TOP + bottom) / 2
    parts += [
        f'<text x="{(_LEFT + right) / 2}" y="{bottom + 32}" text-anchor="middle">{escape(x_label)}</text>',
        f'<text transform="translate(11 {middle}) rotate(-90)" text-anchor="middle">{escape(y_label)}</text>',
    ]
    return "".join(parts)


def _legend(lines: Sequence[Line]) -> str:
    parts = []
    for place, each in enumerate(lines):
        y = _HEIGHT + 16 * place + 4
        name = each.label if len(each.label) <= 40 else each.label[:39] + "…"
        parts.append(
            f'<path class="{each.kind}" d="M{_LEFT} {y} h24"/>'
            f'<text x="{_LEFT + 30}" y="{y + 4}">{escape(name)}</text>'
        )
    return "".join(parts)
