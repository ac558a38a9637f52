"""A picture of how a training went."""

from typing import Any

import pandas as pd

from .._optional import import_optional


def plot_history(history: pd.DataFrame, ax: Any = None) -> Any:
    """Draw the losses of a training by epoch.

    Parameters
    ----------
    history : DataFrame
        One row an epoch and model: ``model``, ``epoch``, ``train_loss``, ``best`` and, where there were
        validation windows, ``valid_loss``.
    ax : matplotlib.axes.Axes, default=None
        Where to draw; None makes a new figure.

    Returns
    -------
    ax : matplotlib.axes.Axes
        One line a loss and model, a dot at the epoch whose weights were kept.
    """
    if ax is None:
        pyplot = import_optional("matplotlib.pyplot", extra="plot", needed_by="plot_history")
        ax = pyplot.subplots(layout="constrained")[1]
    styles = {"train_loss": ("training", "--"), "valid_loss": ("validation", "-")}
    several = history["model"].nunique() > 1
    for index, (model, rows) in enumerate(history.groupby("model")):
        color = f"C{index % 10}"
        for column, (name, style) in styles.items():
            if column in rows and rows[column].notna().any():
                label = f"{name}, network {model}" if several else name
                ax.plot(rows["epoch"], rows[column], style, color=color, label=label)
        kept = rows[rows["best"]]
        shown = "valid_loss" if "valid_loss" in rows else "train_loss"
        ax.plot(kept["epoch"], kept[shown], "o", color=color)
    ax.set(xlabel="epoch", ylabel="cross-entropy (nats)")
    ax.legend()
    return ax
