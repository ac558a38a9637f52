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
    """A step from windows to windows.

    A subclass names what it learns in ``_fit`` and cleans a block in ``_transform``; both take windows
    of three dimensions. Where it changes the channels it lists those of its output in
    ``_list_channels_out``, and where it changes the length of a window ``_count_times_out`` tells the
    new one. Where `fit` has told windows apart, ``_transform_fitted`` may spare to do it again. Where
    ``_takes_nan`` is true it is handed NaN and infinity. `set_output` makes tables of 2-D windows; 3-D
    windows stay arrays.
    """

    ch_names: Sequence[str] | None
    n_channels_in_: int
    n_times_in_: int
    ch_names_in_: list[str]
    window_ndim_in_: int

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
        X = check_windows(self, X, reset=True, finite=not self._takes_nan())
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
        X : ndarray of shape (n_windows, n_channels_out, n_times_out) or (n_windows, n_times_out)
            Cleaned windows, in microvolts, of as many dimensions as `X`; 3-D windows carry the names of
            their channels to the next step.
        """
        check_is_fitted(self)
        return self._clean(X, fitted=False)

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
        X : ndarray of shape (n_windows, n_channels_out, n_times_out) or (n_windows, n_times_out)
            Cleaned windows, in microvolts.
        """
        return self.fit(X, y)._clean(X, fitted=True)

    def get_feature_names_out(self, input_features: Sequence[str] | None = None) -> np.ndarray:
        """Return the channel names; for 2-D windows, the names of the time points.

        Time points have the names of the input's, or ``t0``, ``t1``, ... where the step changes their
        number.

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
            return np.asarray(self._list_channels_out(), dtype=object)
        names = _check_feature_names_in(self, input_features)
        n_times = self._count_times_out()
        if n_times == self.n_times_in_:
            return names
        return np.asarray([f"t{index}" for index in range(n_times)], dtype=object)

    def __sklearn_tags__(self) -> Tags:
        return tag_as_windows(super().__sklearn_tags__())

    def _fit(self, X: np.ndarray, y: Any) -> None:
        """Learn from windows of shape (n_windows, n_channels, n_times)."""

    def _takes_nan(self) -> bool:
        """Return whether the step looks after NaN and infinity itself."""
        return False

    def _list_channels_out(self) -> list[str]:
        """Return the names of the channels that a fitted step gives."""
        return self.ch_names_in_

    def _count_times_out(self) -> int:
        """Return the number of time points of a window that a fitted step gives."""
        return self.n_times_in_

    def _clean(self, X: Any, *, fitted: bool) -> np.ndarray:
        windows = check_windows(self, X, reset=False, finite=not self._takes_nan())
        names = self._list_channels_out()
        out = np.empty((len(windows), len(names), self._count_times_out()), windows.dtype)
        for start in range(0, len(windows), _BLOCK):
            block = slice(start, start + _BLOCK)
            part = as_3d(windows)[block]
            out[block] = self._transform_fitted(part, block) if fitted else self._transform(part)
        if windows.ndim == 2:
            return _wrap_data_with_container("transform", out[:, 0], X, self)
        return name_windows(out, names)

    def _transform_fitted(self, X: np.ndarray, block: slice) -> np.ndarray:  # noqa: ARG002
        """Clean a block of the very windows of `fit`."""
        return self._transform(X)

    @abstractmethod
    def _transform(self, X: np.ndarray) -> np.ndarray:
        """Clean windows of shape (n_windows, n_channels, n_times), to the shape of the output."""
