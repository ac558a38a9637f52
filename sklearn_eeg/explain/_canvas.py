"""What all pictures of attributions share: axes, colours with 0 in the middle, words."""

from typing import Any

import numpy as np

from .._optional import import_optional

DIVERGING = "RdBu_r"
"""Red for above 0, blue for below, which people with any colour blindness tell apart; in grey both are
dark, so each picture shows the sign in a second way."""

_OF_OUTPUT = {
    "margin": "the margin",
    "log-odds": "the log-odds",
    "probability": "the probability",
    "log-probability": "the log-probability",
}


def open_axes(ax: Any, *, needed_by: str, size: tuple[float, float] | None = None) -> Any:
    """Return the axes to draw on, those of a new figure where none are given.

    Parameters
    ----------
    ax : matplotlib.axes.Axes or None
        Axes of the user's.
    needed_by : str
        Public name that draws; it opens the error message where matplotlib is not installed.
    size : (float, float), optional
        Width and height in inches of a new figure.

    Returns
    -------
    ax : matplotlib.axes.Axes
        Where to draw.

    Examples
    --------
    >>> from sklearn_eeg.explain._canvas import open_axes
    >>> open_axes("my axes", needed_by="an example")
    'my axes'
    """
    if ax is not None:
        return ax
    pyplot = import_optional("matplotlib.pyplot", extra="plot", needed_by=needed_by)
    return pyplot.subplots(figsize=size, layout="constrained")[1]


def open_grid(
    n_axes: int,
    *,
    needed_by: str,
    size: tuple[float, float] = (2.9, 2.8),
    columns: int = 4,
    shown: bool = True,
) -> np.ndarray:
    """Return axes of a new figure, side by side and in several rows where they are many.

    Parameters
    ----------
    n_axes : int
        How many, at least 1.
    needed_by : str
        Public name that draws.
    size : (float, float), default=(2.9, 2.8)
        Width and height in inches of each.
    columns : int, default=4
        How many stand side by side at most.
    shown : bool, default=True
        Whether pyplot shows the figure, for example in a notebook; otherwise it belongs to the caller alone.

    Returns
    -------
    axes : ndarray of Axes, of shape (n_axes,)
        In reading order.

    Examples
    --------
    >>> from sklearn_eeg.explain._canvas import open_grid
    >>> len(open_grid(5, needed_by="an example", shown=False)[0].figure.axes)
    5
    """
    columns = min(n_axes, columns)
    rows = -(-n_axes // columns)
    options: dict[str, Any] = {"figsize": (size[0] * columns, size[1] * rows), "layout": "constrained"}
    module = "matplotlib.pyplot" if shown else "matplotlib.figure"
    drawing = import_optional(module, extra="plot", needed_by=needed_by)
    figure = drawing.figure(**options) if shown else drawing.Figure(**options)
    axes = figure.subplots(rows, columns, squeeze=False).ravel()
    for unused in axes[n_axes:]:
        unused.remove()
    return axes[:n_axes]


def draw_colorbar(axes: Any, limit: float, cmap: str, label: str) -> None:
    """Draw the scale of colours from ``-limit`` to `limit` beside one or several axes."""
    matplotlib = import_optional("matplotlib", extra="plot", needed_by="a scale of colours")
    cm = import_optional("matplotlib.cm", extra="plot", needed_by="a scale of colours")
    scale = cm.ScalarMappable(matplotlib.colors.Normalize(-limit, limit), cmap=cmap)
    several = list(np.atleast_1d(np.asarray(axes, dtype=object)))
    several[0].figure.colorbar(scale, ax=several, label=label, shrink=0.8)


def symmetric_limit(values: np.ndarray, vmax: float | None = None) -> float:
    """Return the value at the upper end of the colours; the lower end is its negative.

    Parameters
    ----------
    values : ndarray of any shape
        What is shown; NaN do not count.
    vmax : float, optional
        The user's limit, positive.

    Returns
    -------
    limit : float
        `vmax`, or the largest distance from 0; 1 where all is 0 or NaN.

    Raises
    ------
    ValueError
        If `vmax` is not positive.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.explain._canvas import symmetric_limit
    >>> symmetric_limit(np.array([-3.0, 2.0, np.nan])), symmetric_limit(np.zeros(2))
    (3.0, 1.0)
    """
    if vmax is not None:
        if not 0 < vmax < np.inf:
            raise ValueError(f"`vmax` must be positive, got {vmax}.")
        return float(vmax)
    finite = np.abs(values[np.isfinite(values)])
    return float(finite.max()) if finite.any() else 1.0


def name_output(output: str) -> str:
    """Return in words what attributions add up to.

    Examples
    --------
    >>> from sklearn_eeg.explain._canvas import name_output
    >>> name_output("margin"), name_output("saliency")
    ('the margin', 'saliency')
    """
    return _OF_OUTPUT.get(output, output)
