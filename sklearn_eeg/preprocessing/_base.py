"""The base of every step from windows to windows."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin, _fit_context
from sklearn.utils import Tags
from sklearn.utils._set_output import _wrap_data_with_container
from sklearn.utils.validation import _check_feature_names_in, check_is_fitted

from .._windows import as_3d, check_same_names, check_windows, name_windows, tag_as_windows

_BLOCK = 16  # windows worked on at once, so that intermediates stay small


class WindowsTransformer(TransformerMixin, BaseEstimator, ABC, auto_wrap_output_keys=None):  # type: ignore[call-arg]
    """A step from windows to windows of the same shape.

    A subclass names what it learns in ``_fit`` and cleans a block in ``_transform``; both take windows
    of three dimensions. `set_output` makes tables of 2-D windows; 3-D windows stay arrays.
    """

    ch_names: Sequence[str] | None

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: Any, y: Any = None) -> Self:
        """Check the windows and learn what the step needs from them.

        Parameters
        ----------
        X : array-like of shape (n_windows, n_channels, n_times) or (n_windows, n_times)
            Windows, in microvolts; or :class:`mne.Epochs`.
        y : None
            Ignored.

        Returns
        -------
        self : object
            The fitted step.
        """
        X = check_windows(self, X, reset=True)
        self._fit(as_3d(X), y)
        return self

    def transform(self, X: Any) -> np.ndarray:
        """Clean the windows.

        Parameters
        ----------
        X : array-like of shape (n_windows, n_channels, n_times) or (n_windows, n_times)
            Windows of the shape seen in `fit`, in microvolts; or :class:`mne.Epochs`.

        Returns
        -------
        X : ndarray of the shape of `X`
            Cleaned windows, in microvolts; 3-D windows carry the names of their channels to the next
            step.
        """
        check_is_fitted(self)
        windows = check_windows(self, X, reset=False)
        out = np.empty_like(windows, subok=False)
        for start in range(0, len(windows), _BLOCK):
            block = slice(start, start + _BLOCK)
            as_3d(out)[block] = self._transform(as_3d(windows)[block])
        if out.ndim == 2:
            return _wrap_data_with_container("transform", out, X, self)
        return name_windows(out, self.ch_names_in_)

    def fit_transform(self, X: Any, y: Any = None) -> np.ndarray:
        """Fit the step and clean the same windows.

        Parameters
        ----------
        X : array-like of shape (n_windows, n_channels, n_times) or (n_windows, n_times)
            Windows, in microvolts; or :class:`mne.Epochs`.
        y : None
            Ignored.

        Returns
        -------
        X : ndarray of the shape of `X`
            Cleaned windows, in microvolts.
        """
        return self.fit(X, y).transform(X)

    def get_feature_names_out(self, input_features: Sequence[str] | None = None) -> np.ndarray:
        """Return the channel names; for 2-D windows, the names of the time points.

        Parameters
        ----------
        input_features : sequence of str, default=None
            Names of the input, to be checked against those seen in `fit`.

        Returns
        -------
        names : ndarray of str
            One name for each entry of the second axis of the windows.
        """
        check_is_fitted(self)
        if self.window_ndim_in_ == 3:
            check_same_names(self, input_features)
            return np.asarray(self.ch_names_in_, dtype=object)
        return _check_feature_names_in(self, input_features)

    def __sklearn_tags__(self) -> Tags:
        return tag_as_windows(super().__sklearn_tags__())

    def _fit(self, X: np.ndarray, y: Any) -> None:
        """Learn from windows of shape (n_windows, n_channels, n_times)."""

    @abstractmethod
    def _transform(self, X: np.ndarray) -> np.ndarray:
        """Clean windows of shape (n_windows, n_channels, n_times)."""
