"""An explanation as part of an evaluation report."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from ._attributions import (
    channel_values,
    class_names,
    describe_explanation,
    label_of,
    labels_of,
    player_values,
)
from ._canvas import name_output, open_grid, symmetric_limit
from ._class_maps import mean_by_class
from ._describe import describe
from ._head import place_channels


def add_explanation(
    report: Any,
    explanation: Any,
    faithfulness: Any = None,
    *,
    y: Any = None,
    groups: Any = None,
    title: str = "Explanation",
    n_largest: int = 3,
) -> None:
    """Add an explanation to a report: words, scalp maps, bars, a table, and how far it can be trusted.

    Parameters
    ----------
    report : EvaluationReport
        Anything with ``add_section(title, content, alt=...)`` that takes text, tables and figures.
    explanation : Explanation or Saliency
        What to add.
    faithfulness : Faithfulness, optional
        What happened when the channels it names were replaced.
    y : array-like of shape (n_windows,), optional
        Label of each window, by default that predicted; the map of a class is the mean over its windows.
    groups : array-like of shape (n_windows,), optional
        Patient of each window, for intervals over patients.
    title : str, default="Explanation"
        Heading; those of the pictures begin with it.
    n_largest : int, default=3
        How many players to name for each class.

    Raises
    ------
    ValueError
        If shapes do not fit.

    Notes
    -----
    Classes have the names that the report gives them. Scalp maps are left out where no channel has a place,
    tables of channels by bands where the players do not have both. Each picture comes with its words.
    """
    shown: dict[str, Any] = {"y": y, "target_names": _names_in(report, explanation)}
    words = describe_explanation(explanation, n_largest=n_largest, **shown)
    report.add_section(title, _introduce(explanation, y))
    if _has_places(explanation):
        axes = open_grid(
            len(explanation.classes), needed_by="add_to_report", size=(2.3, 2.4), columns=2, shown=False
        )
        explanation.plot_scalp(None, axes, **shown)
        alt = words
        if not _by_channel(explanation):
            alt = "One map of the scalp for each class, channels being sums over their players."
        report.add_section(f"{title}: scalp maps", axes[0].figure, alt=alt)
    (ax,) = open_grid(1, needed_by="add_to_report", size=(5.6, 5.0), shown=False)
    explanation.plot_bars(ax=ax, groups=groups, target_names=shown["target_names"])
    report.add_section(
        f"{title}: size of the attributions", ax.figure, alt=_say_sizes(explanation, n_largest)
    )
    if _crosses(explanation):
        _add_heat_maps(report, explanation, shown, title)
    table = largest_players(explanation, n_largest=n_largest, **shown)
    report.add_section(f"{title}: what counts most", table)
    if faithfulness is not None:
        names = class_names(explanation, shown["target_names"])
        _add_faithfulness(report, faithfulness, title, dict(zip(explanation.classes, names, strict=True)))


def largest_players(
    explanation: Any, *, y: Any = None, target_names: Sequence[str] | None = None, n_largest: int = 3
) -> pd.DataFrame:
    """Return the players that speak most for and against each class, in the mean over its windows.

    Parameters
    ----------
    explanation : Explanation or Saliency
        The explanation.
    y : array-like of shape (n_windows,), optional
        Label of each window, by default that predicted.
    target_names : sequence of str, optional
        What to call the classes, in their order; by default their labels.
    n_largest : int, default=3
        How many players to name.

    Returns
    -------
    table : DataFrame of shape (n_classes, 3)
        Columns `windows`, `for` and `against`: names and mean attributions, the largest first. Players whose
        mean is 0 are not named.
    """
    values, names = player_values(explanation)
    labels = labels_of(explanation, y)
    maps = mean_by_class(values, explanation.classes, labels)
    rows = []
    for name, row in zip(explanation.classes, maps, strict=True):
        windows = len(values) if labels is None else int((labels == name).sum())
        rows.append(
            (windows, _list_largest(row, names, n_largest), _list_largest(-row, names, n_largest, -1))
        )
    index = pd.Index(class_names(explanation, target_names), name="class")
    return pd.DataFrame(rows, index=index, columns=["windows", "for", "against"])


def _names_in(report: Any, explanation: Any) -> list[str] | None:
    """Return what a report calls the classes of an explanation; None where it does not know them."""
    labels, names = getattr(report, "classes", None), getattr(report, "target_names", None)
    if labels is None or names is None:
        return None
    known = dict(zip(np.asarray(labels).tolist(), names, strict=True))
    classes = np.asarray(explanation.classes).tolist()
    return [known[label] for label in classes] if all(label in known for label in classes) else None


def _list_largest(row: np.ndarray, names: list[str], n_largest: int, sign: int = 1) -> str:
    order = np.argsort(-row, kind="stable")[:n_largest]
    return ", ".join(f"{names[index]} ({sign * row[index]:+.2g})" for index in order if row[index] > 0)


def _introduce(explanation: Any, y: Any) -> str:
    level = getattr(explanation, "level", "channel")
    players = level if isinstance(level, str) else " x ".join(level)
    values, names = player_values(explanation)
    if y is not None:
        windows = "the windows of the class"
    elif labels_of(explanation) is None:
        windows = "all windows"
    else:
        windows = "the windows that were given its label"
    return (
        f"{len(values)} windows, explained by {players} ({len(names)} in all); method: "
        f"{explanation.method}. The values say how much each speaks for a class, in the units of "
        f"{name_output(explanation.output)}: above 0 for it, below 0 against it. Maps and tables are means "
        f"over {windows}.\n\nThey describe what the model answers to, which need not be what causes a "
        "seizure, nor where it begins."
    )


def _say_sizes(explanation: Any, n_largest: int) -> str:
    values, names = player_values(explanation)
    sizes = np.abs(values).mean(axis=0).sum(axis=1)
    order = np.argsort(-sizes, kind="stable")[:n_largest]
    return f"Mean size of the {label_of(explanation)}, the largest first: " + ", ".join(
        names[index] for index in order
    )


def _by_channel(explanation: Any) -> bool:
    return hasattr(explanation, "by_channel") or explanation.level == "channel"


def _has_places(explanation: Any) -> bool:
    """Tell whether each player belongs to a channel, one of which at least has a place."""
    players = getattr(explanation, "players", None)
    if players is not None and ("channel" not in players or players["channel"].isna().any()):
        return False
    return bool(np.isfinite(place_channels(channel_values(explanation)[1])).any())


def _crosses(explanation: Any) -> bool:
    players = getattr(explanation, "players", None)
    return players is not None and all(
        name in players and players[name].nunique() > 1 for name in ("channel", "band")
    )


def _add_heat_maps(report: Any, explanation: Any, shown: dict[str, Any], title: str) -> None:
    """Add a table of channels by bands for each class that has windows, all on one scale of colours."""
    players, output = explanation.players, explanation.output
    size = (2.2 + 0.62 * players["band"].nunique(), 1.2 + 0.24 * players["channel"].nunique())
    maps = mean_by_class(explanation.values, explanation.classes, labels_of(explanation, shown["y"]))
    limit, names = symmetric_limit(maps), class_names(explanation, shown["target_names"])
    for label, name, row in zip(explanation.classes, names, maps, strict=True):
        if np.isfinite(row).all():
            (ax,) = open_grid(1, needed_by="add_to_report", size=size, shown=False)
            explanation.plot_heat_map(label, ax, vmax=limit, **shown)
            alt = describe(row[np.newaxis], explanation.player_names, [name], output=output)
            report.add_section(f"{title}: channels by bands, {name}", ax.figure, alt=alt)


def _add_faithfulness(report: Any, faithfulness: Any, title: str, names: dict[Any, str]) -> None:
    (ax,) = open_grid(1, needed_by="add_to_report", size=(5.6, 4.0), shown=False)
    faithfulness.plot(ax)
    verdict = "below" if faithfulness.better_than_random else "not clearly below"
    alt = (
        "Score of the explained class as channels are replaced by background, those first that count most: "
        f"area {faithfulness.deletion_area:.3g}, {verdict} that of random orders, "
        f"{np.mean(faithfulness.random_areas):.3g} (p = {faithfulness.p_value:.2g})."
    )
    report.add_section(f"{title}: how far it can be trusted", ax.figure, alt=alt)
    table = faithfulness.top_channels.rename(index=names, columns=lambda name: str(name).replace("_", " "))
    table["channels"] = [", ".join(channels) for channels in table["channels"]]
    report.add_section(f"{title}: scores without the channels that count most", table)
