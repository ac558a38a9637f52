"""A heat map: channels by frequency bands, or by any second property of the players."""

from typing import Any

import numpy as np
import pandas as pd

from ._canvas import DIVERGING, draw_colorbar, open_axes, symmetric_limit

_MOST_NUMBERS = 250
_DARK = 0.6  # of the limit: from here on white letters are read better than black


def plot_heat_map(
    table: pd.DataFrame,
    ax: Any = None,
    *,
    vmax: float | None = None,
    cmap: str = DIVERGING,
    numbers: bool | None = None,
    label: str = "attribution",
) -> Any:
    """Draw a table of attributions in colours.

    Parameters
    ----------
    table : DataFrame of shape (n_rows, n_columns)
        Attributions, for example of channels (rows) by bands (columns); NaN where there is no such player.
    ax : matplotlib.axes.Axes, optional
        Where to draw; by default on a new figure.
    vmax : float, optional
        Value at the upper end of the colours, the lower end being its negative; by default the largest
        distance from 0.
    cmap : str, default="RdBu_r"
        Colours, with a neutral one in the middle.
    numbers : bool, optional
        Whether to write the numbers into the fields; by default where there are at most 250.
    label : str, default="attribution"
        What the colours mean.

    Returns
    -------
    ax : matplotlib.axes.Axes
        Where the table is. Fields without a value are hatched. A field below 0 is written with its minus
        sign, or bears a dash where numbers are left out, so that the sign is also read in grey.

    Raises
    ------
    ValueError
        If the table is empty or `vmax` is not positive.
    """
    values = table.to_numpy(dtype=float)
    if not values.size:
        raise ValueError(f"`table` must hold at least one field, got shape {values.shape}.")
    limit = symmetric_limit(values, vmax)
    n_rows, n_columns = values.shape
    ax = open_axes(ax, needed_by="plot_heat_map", size=(2.2 + 0.62 * n_columns, 1.2 + 0.26 * n_rows))
    ax.set_facecolor("0.92")
    ax.imshow(np.ma.masked_invalid(values), cmap=cmap, vmin=-limit, vmax=limit, aspect="auto")
    ax.set_xticks(range(n_columns), [str(name) for name in table.columns], rotation=45, ha="right")
    ax.set_yticks(range(n_rows), [str(name) for name in table.index])
    ax.set(xlabel=table.columns.name or "", ylabel=table.index.name or "")
    written = values.size <= _MOST_NUMBERS if numbers is None else numbers
    for row, column in np.ndindex(values.shape):
        _fill(ax, row, column, float(values[row, column]), limit, written)
    draw_colorbar(ax, limit, cmap, label)
    return ax


def cross(values: np.ndarray, players: pd.DataFrame, rows: str, columns: str) -> pd.DataFrame:
    """Set the values of players out in rows and columns.

    Parameters
    ----------
    values : ndarray of shape (n_players,)
        One value a player; those of one field are summed.
    players : DataFrame of shape (n_players, n_properties)
        What each player is, for example its channel and its band.
    rows, columns : str
        The properties that make rows and columns, each in order of first appearance.

    Returns
    -------
    table : DataFrame of shape (n_rows, n_columns)
        The values; NaN where there is no player. Players that lack one of the properties are left out.

    Raises
    ------
    ValueError
        If the players lack a property.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> from sklearn_eeg.explain._plot_heat_map import cross
    >>> players = pd.DataFrame({"channel": ["T7", "T7", "Cz"], "band": ["theta", "delta", "theta"]})
    >>> cross(np.array([1.0, 2.0, 3.0]), players, "channel", "band")
    band     theta  delta
    channel
    T7         1.0    2.0
    Cz         3.0    NaN
    """
    for name in (rows, columns):
        if name not in players or players[name].isna().all():
            known = [str(column) for column in players if players[column].notna().any()]
            raise ValueError(
                f"`players` must have a {name} for a heat map, got {known} only: explain at a level that has "
                f"it, for example level=('{rows}', '{columns}')."
            )
    frame = players[[rows, columns]].reset_index(drop=True).assign(value=np.asarray(values, dtype=float))
    frame = frame.dropna(subset=[rows, columns])
    summed = frame.groupby([rows, columns], sort=False)["value"].sum(min_count=1).unstack()
    return summed.reindex(index=frame[rows].unique(), columns=frame[columns].unique())


def _fill(ax: Any, row: int, column: int, value: float, limit: float, written: bool) -> None:
    """Write the number into a field, or what stands for its sign, or hatch it."""
    if np.isnan(value):
        ax.fill_between(
            [column - 0.5, column + 0.5], row - 0.5, row + 0.5, facecolor="none", edgecolor="0.6",
            hatch="///", linewidth=0,
        )  # fmt: skip
        return
    text = f"{value:.2g}" if written else "–" if value < 0 else ""
    if text:
        color = "white" if abs(value) > _DARK * limit else "black"
        ax.text(column, row, text, ha="center", va="center", color=color, fontsize=7)
