"""What `faithfulness` returns."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from .._optional import import_optional


@dataclass(frozen=True, eq=False)
class Faithfulness:
    """How a model's scores change as the channels of an explanation are replaced by background.

    Parameters
    ----------
    n_masked : ndarray of shape (n_steps,)
        Number of channels replaced, from 0 to all.
    deletion : ndarray of shape (n_steps,)
        Mean score of the explained class when so many channels are replaced, those first that speak most for
        it.
    insertion : ndarray of shape (n_steps,)
        The same when all but so many are replaced, those kept first that speak most for it.
    random : ndarray of shape (n_random, n_steps)
        The same as `deletion`, in random orders.
    window_areas : ndarray of shape (n_windows, 2)
        Area under `deletion` and under `insertion` of each window.
    top_channels : DataFrame
        One row a class, and ``mean`` over them: the channels that speak most for it, and what is left of
        its mean score and of the share of its windows that score highest in it when these, or as many random
        ones, are masked.

    Notes
    -----
    Areas are taken over the share of channels, by the trapezoidal rule, in the units of the score.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from sklearn_eeg.explain import Faithfulness
    >>> counts, down = np.arange(3), np.array([3.0, 0.0, 0.0])
    >>> random = np.array([[3.0, 2.0, 0.0], [3.0, 1.0, 0.0]])
    >>> areas = np.array([[0.75, 2.25]])
    >>> found = Faithfulness(counts, down, np.array([0.0, 3.0, 3.0]), random, areas, pd.DataFrame())
    >>> found.deletion_area, found.reverse_area, found.random_areas
    (0.75, 2.25, array([1.75, 1.25]))
    >>> round(found.p_value, 3)
    0.333
    """

    n_masked: np.ndarray
    deletion: np.ndarray
    insertion: np.ndarray
    random: np.ndarray = field(repr=False)
    window_areas: np.ndarray = field(repr=False)
    top_channels: pd.DataFrame

    @property
    def reverse(self) -> np.ndarray:
        """The curve of deletion in the reverse order, which is that of insertion read backwards."""
        return self.insertion[::-1]

    @property
    def deletion_area(self) -> float:
        """Area under the curve of deletion: small where the first channels matter most."""
        return float(area(self.deletion, self.n_masked))

    @property
    def insertion_area(self) -> float:
        """Area under the curve of insertion: large where the first channels suffice."""
        return float(area(self.insertion, self.n_masked))

    @property
    def reverse_area(self) -> float:
        """Area under the curve of deletion in the reverse order."""
        return float(area(self.reverse, self.n_masked[-1] - self.n_masked[::-1]))

    @property
    def random_areas(self) -> np.ndarray:
        """Area under the curve of deletion in each random order, of shape (n_random,)."""
        return area(self.random, self.n_masked)

    @property
    def p_value(self) -> float:
        """Share of orders, this one among them, whose deletion area is no larger."""
        return float((1 + np.sum(self.random_areas <= self.deletion_area)) / (1 + len(self.random)))

    @property
    def better_than_random(self) -> bool:
        """Whether the deletion area is below those of random orders, with a p-value up to 0.05."""
        return self.p_value <= 0.05

    def to_frame(self) -> pd.DataFrame:
        """Return the curves as a table.

        Returns
        -------
        frame : DataFrame
            One row a step, by ``n_masked``: ``deletion``, ``reverse``, ``insertion``, and the mean and the
            interval that holds 95 % of the random orders, ``random``, ``random_low``, ``random_high``.
        """
        low, high = np.quantile(self.random, [0.025, 0.975], axis=0)
        columns = {
            "deletion": self.deletion,
            "reverse": self.reverse,
            "insertion": self.insertion,
            "random": self.random.mean(axis=0),
            "random_low": low,
            "random_high": high,
        }
        return pd.DataFrame(columns, index=pd.Index(self.n_masked, name="n_masked"))

    def plot(self, ax: Any = None) -> Any:
        """Draw the curves of deletion: in the order of the explanation, reversed, and random.

        Parameters
        ----------
        ax : matplotlib.axes.Axes, default=None
            Where to draw; None makes a new figure.

        Returns
        -------
        ax : matplotlib.axes.Axes
            Three lines, and a band that holds 95 % of the random orders.
        """
        if ax is None:
            pyplot = import_optional("matplotlib.pyplot", extra="plot", needed_by="Faithfulness.plot")
            ax = pyplot.subplots(layout="constrained")[1]
        frame = self.to_frame()
        ax.fill_between(frame.index, frame["random_low"], frame["random_high"], color="0.85", linewidth=0)
        ax.plot(frame.index, frame["random"], color="0.5", label="random order")
        ax.plot(frame.index, frame["deletion"], color="C0", label="most important first")
        ax.plot(frame.index, frame["reverse"], color="C1", linestyle="--", label="least important first")
        ax.set(xlabel="channels replaced by background", ylabel="score of the explained class")
        ax.legend()
        return ax


def area(curves: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Return the area under curves (..., n_steps) over the share of channels."""
    return np.trapezoid(curves, counts / counts[-1], axis=-1)
