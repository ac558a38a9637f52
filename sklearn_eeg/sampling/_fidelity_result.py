"""The result of a fidelity report: figures, flags and pictures."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from .._files import Written
from ._fidelity_gallery import Gallery
from ._fidelity_html import render_document, render_fragment
from ._fidelity_plots import draw_embedding, draw_spectra, draw_traces
from ._fidelity_scores import METRICS
from ._fidelity_text import render_json, render_markdown, render_text


@dataclass(frozen=True, eq=False, repr=False)
class FidelityReport(Written):
    """Figures, flags and pictures of synthetic windows; made by `fidelity_report`.

    Parameters
    ----------
    figures : DataFrame of shape (n_metrics, n_systems)
        Means over the halvings. Columns: the synthetic set, its rivals, and last "real against real", the
        reference that a perfect generator would reach. NaN where a figure is not known.
    spread : DataFrame of shape (n_metrics, n_systems)
        Standard deviations over the halvings; NaN for one halving, 0 for figures that need none.
    intervals : dict of str to (low, high)
        Interval of `two_sample_auc` of each system.
    by_class : DataFrame of shape (n_classes, n_systems)
        Log-spectrum distance of each class, in dB.
    by_band : DataFrame of shape (n_systems * n_classes * n_bands, n_channels)
        Mean band power above that of the real windows, in dB; of "real against real" the root mean square
        difference of the halves. Rows by system, class and band.
    memorised : dict of str to bool
        Whether a set holds copies of training windows.
    n_matched : int
        Windows of each set, and of the judge, in a halving (the first).
    classes : tuple
        Labels that were compared.
    by_patient : bool
        Whether patients were halved; otherwise windows.
    trained_known : bool
        Whether training windows were given.
    n_halvings : int
        Number of halvings.
    confidence_level : float
        Nominal coverage of the intervals.
    warnings : tuple of str
        What makes the figures doubtful.
    random_state : int or None
        Seed.
    gallery : Gallery
        What the pictures show.

    See Also
    --------
    fidelity_report : Makes the report.

    Notes
    -----
    Without matplotlib the page has no pictures, and says so.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.sampling import fidelity_report
    >>> rng = np.random.default_rng(0)
    >>> X, y, patients = rng.normal(size=(40, 64)), np.tile([0, 1], 20), np.repeat([1, 2, 3, 4], 10)
    >>> report = fidelity_report(X, y, 10 * rng.normal(size=(40, 64)), y, sfreq=64, groups=patients)
    >>> report.systems
    ('synthetic', 'real against real')
    >>> report.to_frame().loc["two_sample_auc", "synthetic"]
    np.float64(1.0)
    """

    figures: pd.DataFrame
    spread: pd.DataFrame
    intervals: dict[str, tuple[float, float]]
    by_class: pd.DataFrame
    by_band: pd.DataFrame
    memorised: dict[str, bool]
    n_matched: int
    classes: tuple
    by_patient: bool
    trained_known: bool
    n_halvings: int
    confidence_level: float
    warnings: tuple[str, ...]
    random_state: int | None
    gallery: Gallery = field(repr=False)

    @property
    def systems(self) -> tuple[str, ...]:
        """Names of what was scored: the synthetic set, its rivals and, last, the reference."""
        return tuple(self.figures.columns)

    def to_frame(self) -> pd.DataFrame:
        """Return the figures with what is best.

        Returns
        -------
        table : DataFrame of shape (n_metrics, n_systems + 1)
            One row a metric; column `better` ("smaller", "larger" or a number to be near), then one a system.
        """
        table = self.figures.copy()
        table.insert(0, "better", [METRICS[name].better for name in table.index])
        return table

    def plot_traces(
        self,
        ax: Any = None,
        *,
        system: str | None = None,
        label: Hashable = None,
        channel: int | str = 0,
        n_windows: int = 3,
    ) -> Any:
        """Draw windows of one channel, real ones above and synthetic ones below, on one scale.

        Parameters
        ----------
        ax : matplotlib.axes.Axes, optional
            Where to draw; by default a new figure.
        system : str, optional
            Name of the set, by default the synthetic one.
        label : hashable, optional
            Class, by default the first.
        channel : int or str, default=0
            Channel, by place or name.
        n_windows : int, default=3
            How many windows of either, at most 6.

        Returns
        -------
        ax : matplotlib.axes.Axes
            The axes.

        Raises
        ------
        ValueError
            If there is no such set, class or channel.
        """
        return draw_traces(self.gallery, ax, system=system, label=label, channel=channel, n_windows=n_windows)

    def plot_spectra(
        self, ax: Any = None, *, label: Hashable = None, channel: int | str | None = None
    ) -> Any:
        """Draw the mean log spectra of the real windows and of every set, with bands.

        Parameters
        ----------
        ax : matplotlib.axes.Axes, optional
            Where to draw; by default a new figure.
        label : hashable, optional
            Class, by default the first.
        channel : int or str, optional
            Channel, by place or name; by default the mean over all.

        Returns
        -------
        ax : matplotlib.axes.Axes
            The axes; shaded, where 90 % of the real windows lie.

        Raises
        ------
        ValueError
            If there is no such class or channel.
        """
        return draw_spectra(self.gallery, ax, label=label, channel=channel)

    def plot_embedding(self, ax: Any = None) -> Any:
        """Draw where windows lie along two principal components of what the classifiers see of real ones.

        Parameters
        ----------
        ax : matplotlib.axes.Axes, optional
            Where to draw; by default a new figure.

        Returns
        -------
        ax : matplotlib.axes.Axes
            The axes.
        """
        return draw_embedding(self.gallery, ax)

    def to_markdown(self) -> str:
        """Return the report as Markdown.

        Returns
        -------
        text : str
            Figures, warnings and verdicts.
        """
        return render_markdown(self)

    def _render_json(self) -> str:
        return render_json(self)

    def _render_html(self) -> str:
        return render_document(self)

    def _repr_html_(self) -> str:
        """Return the report for a notebook."""
        return render_fragment(self)

    def __str__(self) -> str:
        return render_text(self)

    def __repr__(self) -> str:
        return render_text(self)
