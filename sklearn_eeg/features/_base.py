"""The base of every step from windows to a table of features."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, Self

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin, _fit_context
from sklearn.utils import Tags
from sklearn.utils.validation import _check_feature_names_in, check_is_fitted

from .._windows import as_3d, check_same_names, check_windows, tag_as_windows

_BLOCK = 8  # windows worked on at once, so that intermediates stay in the processor's cache


class Feature(NamedTuple):
    """What a column says of its channel; `band` is "" where there is none."""

    family: str
    band: str
    statistic: str

    def name(self, channel: str) -> str:
        """Return the column's name."""
        return "__".join(part for part in (channel, *self) if part)


class FeatureTransformer(TransformerMixin, BaseEstimator, ABC):
    """A step from windows to a table, channel by channel.

    A subclass lists the features of a channel in ``_list_features`` and computes them for a block of
    windows in ``_compute``; columns are ordered by channel, then as listed.
    """

    ch_names: Sequence[str] | None
    _min_times = 2

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
        check_windows(self, X, reset=True, min_times=self._min_times)
        features = self._list_features()
        names = [feature.name("") for feature in features]
        if len(set(names)) < len(names):
            raise ValueError(f"`features` must not name a feature twice, got {names}.")
        self.features_ = features
        return self

    def transform(self, X: Any) -> np.ndarray:
        """Compute the features.

        Parameters
        ----------
        X : array-like of shape (n_windows, n_channels, n_times) or (n_windows, n_times)
            Windows of the shape seen in `fit`, in microvolts; or :class:`mne.Epochs`.

        Returns
        -------
        table : ndarray of shape (n_windows, n_channels * n_features)
            One row a window, in the type of `X`; columns as `get_feature_names_out` names them.
        """
        check_is_fitted(self)
        windows = as_3d(check_windows(self, X, reset=False))
        table = np.empty((*windows.shape[:2], len(self.features_)), dtype=windows.dtype)
        for start in range(0, len(windows), _BLOCK):
            block = slice(start, start + _BLOCK)
            for column, values in enumerate(self._compute(np.asarray(windows[block]))):
                table[block, :, column] = values
        return table.reshape(len(windows), -1)

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
        channels = self._name_channels(input_features)
        names = [feature.name(channel) for channel in channels for feature in self.features_]
        return np.asarray(names, dtype=object)

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
        names = self.get_feature_names_out(input_features)
        channels = self._name_channels(input_features)
        rows = [(channel, *feature) for channel in channels for feature in self.features_]
        return pd.DataFrame(rows, index=names, columns=["channel", *Feature._fields])

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

    @abstractmethod
    def _list_features(self) -> list[Feature]:
        """Return the features of one channel, or raise where the windows cannot give them."""

    @abstractmethod
    def _compute(self, X: np.ndarray) -> list[np.ndarray]:
        """Return, in the order listed, arrays of shape (n_windows, n_channels)."""


def choose_statistics(
    features: str | Sequence[str | Callable], table: Mapping[str, Callable]
) -> dict[str, Callable]:
    """Return the statistics that `features` asks for, by name.

    Parameters
    ----------
    features : "all" or sequence of (str or callable)
        Names in the table; a callable goes by its ``__name__``.
    table : mapping of str to callable
        What there is.

    Returns
    -------
    statistics : dict of str to callable
        In the order asked for.

    Raises
    ------
    ValueError
        If a name is not in the table, occurs twice, or nothing is asked for.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.features._base import choose_statistics
    >>> list(choose_statistics(["mean", np.ptp], {"mean": np.mean, "sd": np.std}))
    ['mean', 'ptp']
    """
    if isinstance(features, str) and features == "all":
        return dict(table)
    chosen: dict[str, Callable] = {}
    for item in [features] if isinstance(features, str) else list(features):
        if isinstance(item, str) and item not in table:
            raise ValueError(
                f"`features` must name features among {sorted(table)} or be callables, got {item!r}."
            )
        name, function = (item, table[item]) if isinstance(item, str) else (item.__name__, item)
        if name in chosen:
            raise ValueError(f"`features` must not name a feature twice, got {name!r} twice.")
        chosen[name] = function
    if not chosen:
        raise ValueError("`features` must name at least one feature, got none.")
    return chosen
