"""What trained networks do: predict, show how they were trained, and go into a pickle."""

from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import logsumexp
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils import Tags
from sklearn.utils.validation import check_is_fitted

from .._optional import import_optional
from .._windows import as_3d, check_windows, tag_as_windows
from ._plot_history import plot_history


class NetworkClassifier(ClassifierMixin, BaseEstimator):
    """A classifier whose fitted state is a list of trained networks, held as arrays.

    A subclass trains them in `fit` and hands them to ``_finish``, with ``_blueprint``, the arguments
    that build a module, and `classes_` set before.
    """

    device: str
    classes_: np.ndarray
    n_channels_in_: int
    n_times_in_: int
    _blueprint: dict[str, Any]
    _members: list[dict[str, Any]]
    _modules: list[Any] | None
    _rows: list[dict[str, Any]]
    _n_calls: int

    def predict(self, X: Any) -> np.ndarray:
        """Return the most probable label of each window.

        Parameters
        ----------
        X : array-like of shape (n_windows, n_channels, n_times) or (n_windows, n_times)
            Windows of the shape seen in `fit`, in microvolts; or :class:`mne.Epochs`.

        Returns
        -------
        y : ndarray of shape (n_windows,)
            Labels.
        """
        best = self.predict_log_proba(X).argmax(axis=1)
        return self.classes_[best]

    def predict_proba(self, X: Any) -> np.ndarray:
        """Return the probability of each class.

        Parameters
        ----------
        X : array-like of shape (n_windows, n_channels, n_times) or (n_windows, n_times)
            Windows of the shape seen in `fit`, in microvolts; or :class:`mne.Epochs`.

        Returns
        -------
        probabilities : ndarray of shape (n_windows, n_classes)
            In the order of `classes_`: the mean over the networks of their softmax.
        """
        return np.exp(self.predict_log_proba(X))

    def predict_log_proba(self, X: Any) -> np.ndarray:
        """Return the logarithm of the probability of each class.

        Parameters
        ----------
        X : array-like of shape (n_windows, n_channels, n_times) or (n_windows, n_times)
            Windows of the shape seen in `fit`, in microvolts; or :class:`mne.Epochs`.

        Returns
        -------
        logarithms : ndarray of shape (n_windows, n_classes)
            In the order of `classes_`.
        """
        check_is_fitted(self)
        windows = as_3d(check_windows(self, X, reset=False))
        _, networks = self._import_torch()
        found = [
            networks.predict_log_proba(module, member, np.asarray(windows))
            for module, member in zip(self._load_modules(), self._members, strict=True)
        ]
        return found[0] if len(found) == 1 else logsumexp(found, axis=0) - np.log(len(found))

    def decision_function(self, X: Any) -> np.ndarray:
        """Return how much speaks for a class.

        Parameters
        ----------
        X : array-like of shape (n_windows, n_channels, n_times) or (n_windows, n_times)
            Windows of the shape seen in `fit`, in microvolts; or :class:`mne.Epochs`.

        Returns
        -------
        decision : ndarray of shape (n_windows,) or (n_windows, n_classes)
            For two classes the log-odds of the second, ``log p1 - log p0``; for more, the logarithm of
            the probability of each.
        """
        logarithms = self.predict_log_proba(X)
        return logarithms[:, 1] - logarithms[:, 0] if logarithms.shape[1] == 2 else logarithms

    def plot_history(self, ax: Any = None) -> Any:
        """Draw the losses by epoch.

        Parameters
        ----------
        ax : matplotlib.axes.Axes, default=None
            Where to draw; None makes a new figure.

        Returns
        -------
        ax : matplotlib.axes.Axes
            A line each for training and validation, and a dot at the epoch whose weights were kept.
        """
        return plot_history(self.history_, ax)

    @property
    def history_(self) -> pd.DataFrame:
        """Figures of the training, one row an epoch and network."""
        check_is_fitted(self)
        return pd.DataFrame(self._rows)

    @property
    def n_iter_(self) -> int:
        """Number of epochs trained, the most of any network."""
        check_is_fitted(self)
        return max(row["epoch"] for row in self._rows)

    @property
    def modules_(self) -> list[Any]:
        """The networks as torch modules in evaluation mode, from microvolts to logits."""
        check_is_fitted(self)
        _, networks = self._import_torch()
        return [
            networks.Standardized(module, member["center"], member["scale"]).eval()
            for module, member in zip(self._load_modules(), self._members, strict=True)
        ]

    def _import_torch(self) -> tuple[ModuleType, ModuleType]:
        """Return what trains networks and what holds them, or say how to install what these need."""
        for package in ("torch", "skorch"):
            import_optional(package, extra="torch", needed_by=type(self).__name__)
        from . import _modules_torch, _training_torch

        return _training_torch, _modules_torch

    def _build(self) -> Any:
        """Return a new module, as fitted."""
        return self._import_torch()[1].build_module(**self._blueprint)

    def _load_modules(self) -> list[Any]:
        """Return the trained modules, built once on the device of `device`."""
        if self._modules is None:
            _, networks = self._import_torch()
            self._modules = [
                networks.load_module(self._build, member, self.device) for member in self._members
            ]
        return self._modules

    def _finish(self, members: list[Any], rows: list[dict[str, Any]], *, anew: bool) -> None:
        """Take over what was trained; unless it is new, its epochs are counted on from the last."""
        before = [] if anew else self._rows
        last = max((row["epoch"] for row in before), default=0)
        self._rows = before + [row | {"epoch": row["epoch"] + last} for row in rows]
        self._n_calls = 1 if anew else self._n_calls + 1
        self._members, self._modules = members, None
        self._load_modules()

    def __getstate__(self) -> dict[str, Any]:
        state = super().__getstate__()
        return {name: None if name == "_modules" else value for name, value in state.items()}

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "_members")

    def __sklearn_tags__(self) -> Tags:
        return tag_as_windows(super().__sklearn_tags__())
