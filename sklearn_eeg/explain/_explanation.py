"""What `explain` returns."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from ._attributions import class_names, label_of, labels_of
from ._class_maps import mean_by_class, place_of
from ._pictured import Pictured
from ._players import check_level, group_rows, summarize
from ._plot_heat_map import cross, plot_heat_map
from ._trees import import_shap

_ADDITIVE = ("linear", "tree")


@dataclass(frozen=True, eq=False)
class Explanation(Pictured):
    """How much each player speaks for each class: Shapley values of channels or features.

    Parameters
    ----------
    values : ndarray of shape (n_windows, n_players, n_classes)
        The values, in the unit of `output`; over players they sum to `outputs` less `base_values`.
    base_values : ndarray of shape (n_classes,)
        Mean output over the background (for trees, over the training windows).
    players : DataFrame of shape (n_players, 6)
        What each player is: ``channel``, ``region``, ``hemisphere``, ``band``, ``family``, ``statistic``; NaN
        where it has not one only.
    player_names : list of str
        Names of the players.
    level : str or tuple of str
        What the columns or channels of a player have in common.
    classes : ndarray of shape (n_classes,)
        The labels.
    output : {"margin", "log-odds", "probability", "log-probability"}
        What of the model is explained.
    method : {"exact", "linear", "tree", "sampling"}
        How; with ", summed" where values were added up afterwards.
    outputs : ndarray of shape (n_windows, n_classes)
        The model's output for each window.
    errors : ndarray of shape (n_windows, n_players, n_classes), default=None
        Standard errors of sampled values.
    predictions : ndarray of shape (n_windows,), default=None
        What the model predicts.
    within : str, default=None
        What players have in common that enter together, for Owen values.
    data : ndarray of shape (n_windows, n_players), default=None
        Where each player is a single feature, its value as the classifier gets it.

    See Also
    --------
    explain : Makes it.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> from sklearn_eeg.explain import Explanation
    >>> players = pd.DataFrame({"channel": ["T7", "T8"], "hemisphere": ["left", "right"]})
    >>> values = np.array([[[-3.0, 3.0], [-1.0, 1.0]], [[2.0, -2.0], [0.0, 0.0]]])
    >>> outputs, base = values.sum(axis=1) + [0.5, -0.5], np.array([0.5, -0.5])
    >>> found = Explanation(values, base, players, ["T7", "T8"], "channel", np.array(["rest", "seizure"]),
    ...                     "margin", "exact", outputs, predictions=np.array(["seizure", "rest"]))
    >>> found.top_channels("seizure", n=1)
    ['T7']
    >>> found.mean_absolute()["seizure"].tolist()
    [2.5, 0.5]
    """

    values: np.ndarray = field(repr=False)
    base_values: np.ndarray
    players: pd.DataFrame = field(repr=False)
    player_names: list[str] = field(repr=False)
    level: str | tuple[str, ...]
    classes: np.ndarray
    output: str
    method: str
    outputs: np.ndarray = field(repr=False)
    errors: np.ndarray | None = field(default=None, repr=False)
    predictions: np.ndarray | None = field(default=None, repr=False)
    within: str | None = None
    data: np.ndarray | None = field(default=None, repr=False)

    def by(self, level: str | Sequence[str]) -> "Explanation":
        """Return sums of the values over the players of a coarser level.

        Parameters
        ----------
        level : str or tuple of str
            What the players to add up have in common, as in `explain`.

        Returns
        -------
        explanation : Explanation
            The sums. Of methods "linear" and "tree", and for the level `within`, they are the values that
            `explain` gives for the level; otherwise the method is marked ", summed", since the Shapley
            value of a group is not the sum of those of its members. Standard errors add up to a bound.

        Raises
        ------
        ValueError
            If the players do not have what the level asks for.
        """
        keys = check_level(level)
        shown = keys[0] if len(keys) == 1 else keys
        if shown == self.level:
            return self
        missing = [key for key in keys if key not in self.players or self.players[key].isna().any()]
        if missing:
            known = [name for name in self.players if self.players[name].notna().all()]
            raise ValueError(
                f"`level` must be made of {known} of these players, got {level!r}: explain anew."
            )
        members = group_rows(self.players, keys)
        same = self.method in _ADDITIVE or (shown == self.within and self.method == "exact")
        suffix = "" if same or self.method.endswith(", summed") else ", summed"
        return replace(
            self,
            values=_add(self.values, members),
            errors=None if self.errors is None else _add(self.errors, members),
            players=summarize(self.players, members),
            player_names=[" ".join(str(self.players[key].iloc[m[0]]) for key in keys) for m in members],
            level=shown,
            method=self.method + suffix,
            within=None,
            data=None,
        )

    def to_frame(self) -> pd.DataFrame:
        """Return a table of one row a window, player and class.

        Returns
        -------
        table : DataFrame of shape (n_windows * n_players * n_classes, n_columns)
            Columns ``window`` (its number), ``player``, what the players are, ``class``, ``value`` and, where
            values were sampled, ``error``.
        """
        window, player, label = np.indices(self.values.shape).reshape(3, -1)
        table = pd.DataFrame(
            {"window": window, "player": np.asarray(self.player_names, dtype=object)[player]}
        )
        for name in self.players.columns[self.players.notna().any()]:
            table[name] = self.players[name].to_numpy()[player]
        table["class"] = np.asarray(self.classes)[label]
        table["value"] = self.values.ravel()
        return table if self.errors is None else table.assign(error=self.errors.ravel())

    def to_shap(self, label: Any = None) -> Any:
        """Return the same as shap has it, for its plots.

        Parameters
        ----------
        label : object, default=None
            One of `classes`, which most of shap's plots want; None for all.

        Returns
        -------
        explanation : shap.Explanation
            With values of shape (n_windows, n_players), or (n_windows, n_players, n_classes) of all classes.

        Raises
        ------
        ImportError
            If shap is not installed.
        ValueError
            If the label is not one of the classes.
        """
        place: Any = slice(None) if label is None else place_of(label, self.classes)
        shap = import_shap(needed_by="Explanation.to_shap")
        base = np.tile(self.base_values, (len(self.values), 1))
        return shap.Explanation(
            values=self.values[:, :, place],
            base_values=base[:, place],
            data=self.data,
            feature_names=list(self.player_names),
            output_names=[str(name) for name in self.classes] if label is None else str(label),
        )

    def mean_absolute(self) -> pd.DataFrame:
        """Return the mean size of the values over the windows.

        Returns
        -------
        table : DataFrame of shape (n_players, n_classes)
            One row a player and one column a class, in the unit of `output`.
        """
        return pd.DataFrame(np.abs(self.values).mean(axis=0), index=self.player_names, columns=self.classes)

    def top_channels(self, label: Any, n: int = 3, *, y: Any = None) -> list[str]:
        """Return the channels that speak most for a class, in the mean over its windows.

        Parameters
        ----------
        label : object
            One of `classes`.
        n : int, default=3
            Number of channels.
        y : array-like of shape (n_windows,), default=None
            Label of each window; None for those predicted.

        Returns
        -------
        ch_names : list of str
            Their names, the first one first; where no window has the label, by the mean over all windows.

        Raises
        ------
        ValueError
            If the label is not one of the classes, or players have no channel.

        Notes
        -----
        Over all windows of the background the values of a channel average to about 0, so that only the
        windows of a class tell what speaks for it.
        """
        place, found = place_of(label, self.classes), self.by("channel")
        mean = mean_by_class(found.values, list(self.classes), labels_of(self, y))[place]
        if np.isnan(mean).any():
            mean = found.values[:, :, place].mean(axis=0)
        return [found.player_names[index] for index in np.argsort(-mean, kind="stable")[:n]]

    def plot_heat_map(
        self,
        label: Any,
        ax: Any = None,
        *,
        y: Any = None,
        rows: str = "channel",
        columns: str = "band",
        target_names: Sequence[str] | None = None,
        vmax: float | None = None,
    ) -> Any:
        """Draw the mean values for a class by two properties of the players.

        Parameters
        ----------
        label : object
            One of `classes`.
        ax : matplotlib.axes.Axes, default=None
            Where to draw; None makes a new figure.
        y : array-like of shape (n_windows,), default=None
            Label of each window, None for those predicted; means are over the windows of the class.
        rows, columns : str, default="channel", "band"
            The properties, columns of `players`.
        target_names : sequence of str, default=None
            What to call the classes, in their order; None for their labels.
        vmax : float, default=None
            Value at the upper end of the colours; None for the largest.

        Returns
        -------
        ax : matplotlib.axes.Axes
            Where the table is.

        Raises
        ------
        ValueError
            If the label is not of the classes, or the players lack a property.
        """
        maps = mean_by_class(self.values, self.classes, labels_of(self, y))
        place = place_of(label, self.classes)
        ax = plot_heat_map(
            cross(maps[place], self.players, rows, columns), ax, vmax=vmax, label=label_of(self)
        )
        ax.set_title(class_names(self, target_names)[place])
        return ax


def _add(values: np.ndarray, members: list[np.ndarray]) -> np.ndarray:
    return np.stack([values[:, group].sum(axis=1) for group in members], axis=1)
