"""The base of every step from windows to a table of features."""

from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple, Self

import numpy as np
import pandas as pd
from joblib import effective_n_jobs
from sklearn.base import BaseEstimator, TransformerMixin, _fit_context
from sklearn.utils import Tags
from sklearn.utils.validation import _check_feature_names_in, check_is_fitted

from .._windows import as_3d, check_finite, check_same_names, check_windows, tag_as_windows
from ..signal._kernel import all_finite, as_rows

_BLOCK_BYTES = 4_000_000  # of windows worked on at once: few enough for a cache, enough for a kernel call

# From float64 windows (n_windows, n_channels, n_times) to their columns, in order, of any shape.
Compute = Callable[[np.ndarray], np.ndarray]


class Feature(NamedTuple):
    """What a column is; parts that it does not have are ""."""

    channel: str
    family: str
    band: str
    statistic: str

    @property
    def name(self) -> str:
        """The column's name: the parts joined by two underscores."""
        return "__".join(part for part in self if part)


class FeatureTransformer(TransformerMixin, BaseEstimator, ABC):
    """A step from windows to a table.

    A subclass checks its parameters in ``_prepare``, lists its columns in ``_list_features`` and returns
    the function that computes them for a few windows from ``_make_compute``.
    """

    ch_names: Sequence[str] | None
    n_jobs: int | None
    _min_times = 2
    _bears_nan = False  # whether kernels may meet NaN; looking for it after them is a little faster
    n_channels_in_: int
    n_times_in_: int
    ch_names_in_: list[str]
    window_ndim_in_: int

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: Any, y: Any = None) -> Self:  # noqa: ARG002
        """Check the windows and list the features.

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
        windows = check_windows(self, X, reset=True, min_times=self._min_times)
        self._prepare()
        self.features_ = self._list_features(self.ch_names_in_)
        self._learn(as_3d(windows))
        return self

    def transform(self, X: Any) -> np.ndarray:
        """Compute the features.

        Parameters
        ----------
        X : array-like of shape (n_windows, n_channels, n_times) or (n_windows, n_times)
            Windows of the shape seen in `fit`, in microvolts; or :class:`mne.Epochs`.

        Returns
        -------
        table : ndarray of shape (n_windows, n_columns)
            One row a window, in the type of `X`; columns as `get_feature_names_out` names them.
        """
        check_is_fitted(self)
        windows = as_3d(check_windows(self, X, reset=False, finite=False))
        table = np.empty((len(windows), len(self.features_)), dtype=windows.dtype)
        n_jobs, check_first = effective_n_jobs(self.n_jobs), not self._bears_nan
        if not _fill_in_threads(windows, table, self._make_compute(), n_jobs, check_first=check_first):
            check_finite(windows, self.ch_names_in_)
        return table

    def get_feature_names_out(self, input_features: Sequence[str] | None = None) -> np.ndarray:
        """Return the names of the columns.

        Parameters
        ----------
        input_features : sequence of str, default=None
            For 3-D windows the names of the channels, for 2-D windows of the time points; held
            against those of `fit`.

        Returns
        -------
        names : ndarray of str
            ``<channel>__<family>__<statistic>``, or ``<channel>__<family>__<band>__<statistic>``.
        """
        check_is_fitted(self)
        features = self._list_features(self._name_channels(input_features))
        return np.asarray([feature.name for feature in features], dtype=object)

    def get_feature_info(self, input_features: Sequence[str] | None = None) -> pd.DataFrame:
        """Return what each column is, to group columns by.

        Parameters
        ----------
        input_features : sequence of str, default=None
            As in `get_feature_names_out`.

        Returns
        -------
        info : DataFrame of shape (n_columns, 4)
            Columns ``channel``, ``family``, ``band`` ("" where there is none) and ``statistic``;
            the index holds the names.
        """
        check_is_fitted(self)
        features = self._list_features(self._name_channels(input_features))
        names = [feature.name for feature in features]
        return pd.DataFrame(features, index=names, columns=list(Feature._fields))

    def __sklearn_tags__(self) -> Tags:
        return tag_as_windows(super().__sklearn_tags__())

    def _name_channels(self, input_features: Sequence[str] | None) -> list[str]:
        if input_features is None:
            return self.ch_names_in_
        if self.window_ndim_in_ == 2:
            _check_feature_names_in(self, input_features)
            return self.ch_names_in_
        check_same_names(self, input_features)
        return self.ch_names_in_

    def _prepare(self) -> None:
        """Set what follows from the parameters and the windows' shape, or raise where they do not fit."""

    def _learn(self, windows: np.ndarray) -> None:
        """Learn from windows (n_windows, n_channels, n_times); most families learn nothing."""

    @abstractmethod
    def _list_features(self, channels: list[str]) -> list[Feature]:
        """Return the columns, given the names of the channels."""

    @abstractmethod
    def _make_compute(self) -> Compute:
        """Return a function that computes the columns of a few windows, safe to call in threads."""


def _fill_in_threads(
    windows: np.ndarray, table: np.ndarray, compute: Compute, n_jobs: int, *, check_first: bool
) -> bool:
    """Fill the table block by block in `n_jobs` threads, this one included; return False on NaN or infinity.

    Threads take the next block when they are done with one, and copy nothing.
    """
    step = max(1, _BLOCK_BYTES // (8 * windows[0].size))
    blocks = deque(slice(start, start + step) for start in range(0, len(windows), step))

    def work() -> bool:
        while blocks:
            try:
                part = blocks.popleft()
            except IndexError:  # another thread was faster
                break
            if not _fill(windows[part], table[part], compute, check_first):
                blocks.clear()
                return False
        return True

    n_helpers = min(n_jobs, len(blocks)) - 1
    if n_helpers < 1:
        return work()
    # The executor of the standard library starts in 0.2 ms where joblib's pool of threads takes 12.
    with ThreadPoolExecutor(n_helpers) as pool:
        helpers = [pool.submit(work) for _ in range(n_helpers)]
        return all([work(), *(helper.result() for helper in helpers)])


def _fill(windows: np.ndarray, table: np.ndarray, compute: Compute, check_first: bool) -> bool:
    """Fill the rows of the table for a block of windows; return False on finding NaN or infinity."""
    block = np.ascontiguousarray(windows, dtype=np.float64)
    if check_first and not all_finite(as_rows(block)):
        return False
    values = compute(block)
    if not check_first and not all_finite(as_rows(block)):
        return False
    table[:] = values.reshape(len(block), -1)
    return True
