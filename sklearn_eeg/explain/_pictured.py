"""The pictures that an `Explanation` and a `Saliency` have in common."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from .._windows import as_3d
from ._attributions import channel_values, class_names, label_of, labels_of, player_values
from ._class_maps import mean_by_class, place_of
from ._plot_bars import plot_bars
from ._plot_scalp import plot_scalp, plot_scalp_by_class
from ._plot_trace import plot_trace
from ._report_section import add_explanation


class Pictured:
    """Attributions that can be drawn, and put into a report."""

    classes: np.ndarray

    def plot_scalp(
        self,
        label: Any = None,
        ax: Any = None,
        *,
        y: Any = None,
        target_names: Sequence[str] | None = None,
        vmax: float | None = None,
    ) -> Any:
        """Draw the mean values of the channels on the scalp.

        Parameters
        ----------
        label : object, default=None
            One of `classes`; None for a map of each, on one scale of colours.
        ax : matplotlib.axes.Axes or sequence of Axes, default=None
            Where to draw, one a map; None makes a new figure.
        y : array-like of shape (n_windows,), default=None
            Label of each window, None for those predicted (of `saliency`, those with the largest output); the
            map of a class is the mean over its windows, and of a class explained alone, over all.
        target_names : sequence of str, default=None
            What to call the classes, in their order; None for their labels.
        vmax : float, default=None
            Value at the upper end of the colours, the lower end being its negative; None for the largest.

        Returns
        -------
        ax : matplotlib.axes.Axes or ndarray of Axes
            Where the map is; of all classes, an array.

        Raises
        ------
        ValueError
            If the label is not of the classes, no channel has a place, or shapes do not fit.
        """
        values, names = channel_values(self)
        maps = mean_by_class(values, self.classes, labels_of(self, y))
        text, classes = label_of(self), class_names(self, target_names)
        if label is None:
            return plot_scalp_by_class(maps, names, classes, ax, vmax=vmax, label=text)
        place = place_of(label, self.classes)
        ax = plot_scalp(maps[place], names, ax, vmax=vmax, label=text)
        ax.set_title(classes[place])
        return ax

    def plot_bars(
        self,
        label: Any = None,
        ax: Any = None,
        *,
        groups: Any = None,
        target_names: Sequence[str] | None = None,
        n_largest: int | None = 20,
    ) -> Any:
        """Draw the mean size of the values of each player as bars; players of `saliency` are its channels.

        Parameters
        ----------
        label : object, default=None
            One of `classes`; None for all, one after the other along each bar.
        ax : matplotlib.axes.Axes, default=None
            Where to draw; None makes a new figure.
        groups : array-like of shape (n_windows,), default=None
            Patient of each window, for an interval over patients.
        target_names : sequence of str, default=None
            What to call the classes, in their order; None for their labels.
        n_largest : int, default=20
            How many players to show; None shows all.

        Returns
        -------
        ax : matplotlib.axes.Axes
            Where the bars are.

        Raises
        ------
        ValueError
            If the label is not of the classes, or shapes do not fit.
        """
        values, names = player_values(self)
        classes, text = class_names(self, target_names), label_of(self)
        if label is None:
            return plot_bars(values, names, classes, ax, groups=groups, n_largest=n_largest, label=text)
        place = place_of(label, self.classes)
        ax = plot_bars(values[:, :, place], names, ax=ax, groups=groups, n_largest=n_largest, label=text)
        ax.set_title(classes[place])
        return ax

    def plot_trace(
        self,
        X: Any,
        number: int,
        label: Any,
        ax: Any = None,
        *,
        sfreq: float,
        target_names: Sequence[str] | None = None,
        vmax: float | None = None,
    ) -> Any:
        """Draw a window, its map or the values of its channels behind the traces.

        Parameters
        ----------
        X : array-like of shape (n_windows, n_channels, n_times) or (n_windows, n_times)
            The windows explained, in microvolts.
        number : int
            Which of them to draw.
        label : object
            One of `classes`.
        ax : matplotlib.axes.Axes, default=None
            Where to draw; None makes a new figure.
        sfreq : float
            Sampling frequency in Hz.
        target_names : sequence of str, default=None
            What to call the classes, in their order; None for their labels.
        vmax : float, default=None
            Value at the upper end of the colours; None for the largest of the window.

        Returns
        -------
        ax : matplotlib.axes.Axes
            Where the traces are.

        Raises
        ------
        ValueError
            If the label is not of the classes, the windows are not those explained, or `sfreq` is not
            positive.
        """
        place, windows = place_of(label, self.classes), as_3d(np.asarray(X, dtype=float))
        maps, names = self._traced(label)
        if len(windows) != len(maps) or not -len(maps) <= number < len(maps):
            raise ValueError(
                f"`X` must hold the {len(maps)} windows explained and `number` be one of them, got "
                f"{len(windows)} windows and number {number}."
            )
        ax = plot_trace(
            windows[number], maps[number], sfreq, ch_names=names, ax=ax, vmax=vmax, label=label_of(self)
        )
        ax.set_title(class_names(self, target_names)[place])
        return ax

    def add_to_report(
        self,
        report: Any,
        faithfulness: Any = None,
        *,
        y: Any = None,
        groups: Any = None,
        title: str = "Explanation",
    ) -> None:
        """Add words, scalp maps, bars and tables to an evaluation report.

        Parameters
        ----------
        report : EvaluationReport
            Where to add them.
        faithfulness : Faithfulness, default=None
            What `faithfulness` found of these values, to be added too.
        y : array-like of shape (n_windows,), default=None
            Label of each window, as in `plot_scalp`.
        groups : array-like of shape (n_windows,), default=None
            Patient of each window, for intervals over patients.
        title : str, default="Explanation"
            Heading.
        """
        add_explanation(report, self, faithfulness, y=y, groups=groups, title=title)

    def _traced(self, label: Any) -> tuple[np.ndarray, list[str]]:
        """Return what stands behind the traces of each window, and the names of the channels."""
        values, names = channel_values(self)
        return values[:, :, place_of(label, self.classes)], names
