"""What `saliency` returns."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ._class_maps import place_of
from ._pictures import draw_bars, draw_scalp, draw_trace
from ._report_section import add_explanation

_ADDITIVE = ("integrated_gradients", "occlusion")


@dataclass(frozen=True, eq=False)
class Saliency:
    """How much each channel at each time speaks for a class, by a network.

    Parameters
    ----------
    values : ndarray of shape (n_windows, n_classes, n_channels, n_times) or (n_windows, n_channels, n_times)
        The maps, without the axis of classes where one class was asked for.
    classes : ndarray of shape (n_classes,)
        The labels explained.
    ch_names : list of str
        Names of the channels of the network.
    method : str
        The method.
    output : str
        What of the network is explained: ``"log-odds"``, ``"margin"`` or ``"probability"``.
    outputs : ndarray of shape (n_windows, n_classes)
        The value of it for each window.
    base_values : ndarray of shape (n_classes,), default=None
        Its mean over the baselines, where the method has these.
    completeness : ndarray of shape (n_windows, n_classes), default=None
        Of integrated gradients: how far their sum is from `outputs` less `base_values`, at least 0.
    n_steps : int, default=1
        The most evaluations on the way from a baseline to a window, or the number of noisy copies.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.explain import Saliency
    >>> values = np.array([[[1.0, 2.0], [0.0, -1.0]]])
    >>> outputs = np.array([[2.0]])
    >>> found = Saliency(values, np.array(["seizure"]), ["C3", "C4"], "occlusion", "margin", outputs)
    >>> found.by_channel()[0, :, 0]
    array([ 3., -1.])
    >>> found.top_channels("seizure", 1)
    ['C3']
    """

    values: np.ndarray = field(repr=False)
    classes: np.ndarray
    ch_names: list[str]
    method: str
    output: str
    outputs: np.ndarray = field(repr=False)
    base_values: np.ndarray | None = None
    completeness: np.ndarray | None = field(default=None, repr=False)
    n_steps: int = 1

    def by_channel(self) -> np.ndarray:
        """Return one value for each channel.

        Returns
        -------
        values : ndarray of shape (n_windows, n_channels, n_classes)
            The sum over time of integrated gradients and of occlusion, in the units of the output; the mean
            over time of the absolute value of gradients, per microvolt.

        Raises
        ------
        ValueError
            For Grad-CAM, whose maps tell when and not where.

        Notes
        -----
        The axes are those of the values of an :class:`Explanation` by channel.
        """
        if self.method == "gradcam":
            raise ValueError(
                'Grad-CAM has no values by channel, since a network mixes the channels first: use method="'
                'integrated_gradients" or "occlusion" to tell where.'
            )
        maps = self._with_classes().astype(np.float64, copy=False)
        found = maps.sum(axis=-1) if self.method in _ADDITIVE else np.abs(maps).mean(axis=-1)
        return np.moveaxis(found, 1, 2)

    def top_channels(self, label: Any, n: int = 3) -> list[str]:
        """Return the channels that speak most for a class, in the mean over the windows.

        Parameters
        ----------
        label : object
            One of `classes`.
        n : int, default=3
            Number of channels.

        Returns
        -------
        ch_names : list of str
            Their names, the first one first.
        """
        values = self.by_channel()[:, :, place_of(label, self.classes)].mean(axis=0)
        return [self.ch_names[index] for index in np.argsort(-values, kind="stable")[:n]]

    def of_class(self, label: Any) -> np.ndarray:
        """Return the maps of one class.

        Parameters
        ----------
        label : object
            One of `classes`.

        Returns
        -------
        values : ndarray of shape (n_windows, n_channels, n_times)
            Its maps.
        """
        return self._with_classes()[:, place_of(label, self.classes)]

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
            Label of each window, None for those with the largest output; the map of a class is the mean over
            its windows, and of a class explained alone, over all.
        target_names : sequence of str, default=None
            What to call the classes, in their order; None for their labels.
        vmax : float, default=None
            Value at the upper end of the colours; None for the largest.

        Returns
        -------
        ax : matplotlib.axes.Axes or ndarray of Axes
            Where the map is; of all classes, an array.
        """
        return draw_scalp(self, label, ax, y=y, target_names=target_names, vmax=vmax)

    def plot_bars(
        self,
        label: Any = None,
        ax: Any = None,
        *,
        groups: Any = None,
        target_names: Sequence[str] | None = None,
        n_largest: int | None = 20,
    ) -> Any:
        """Draw the mean size of the values of each channel as bars.

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
            How many channels to show; None shows all.

        Returns
        -------
        ax : matplotlib.axes.Axes
            Where the bars are.
        """
        return draw_bars(self, label, ax, groups=groups, target_names=target_names, n_largest=n_largest)

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
        """Draw a window, its map behind the traces.

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
        """
        shown: dict[str, Any] = {"sfreq": sfreq, "target_names": target_names, "vmax": vmax}
        return draw_trace(self, X, number, label, ax, **shown)

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
            What `faithfulness` found of these maps, to be added too.
        y : array-like of shape (n_windows,), default=None
            Label of each window, None for those with the largest output; means are over the windows of a
            class.
        groups : array-like of shape (n_windows,), default=None
            Patient of each window, for intervals over patients.
        title : str, default="Explanation"
            Heading.
        """
        add_explanation(report, self, faithfulness, y=y, groups=groups, title=title)

    def _with_classes(self) -> np.ndarray:
        return self.values if self.values.ndim == 4 else self.values[:, np.newaxis]
