"""The base of every sampler of windows."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from numbers import Integral
from typing import Any, Self

import numpy as np
from imblearn.over_sampling.base import BaseOverSampler
from imblearn.utils import check_sampling_strategy, check_target_type
from sklearn.base import _fit_context
from sklearn.utils import Tags, assert_all_finite, check_random_state
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_consistent_length, check_is_fitted

from .._windows import as_3d, check_same_names, check_windows, name_windows, tag_as_windows

SamplingStrategy = float | str | Mapping[Any, int] | Callable[[np.ndarray], Mapping[Any, int]]


class WindowOversampler(BaseOverSampler, ABC):
    """A sampler of imbalanced-learn that makes windows.

    A subclass learns from the windows in ``_fit_windows`` and makes windows of one class in
    ``_sample_windows``; both are handed and return windows of three dimensions in float64, and codes of
    labels, which index `classes_`. Random numbers for the learning are those of ``self._generator``, so that
    all that follows `fit` hangs on `random_state`.
    """

    sampling_strategy: SamplingStrategy
    random_state: int | np.random.RandomState | None
    sampling_strategy_: dict[Any, int]
    classes_: np.ndarray
    is_synthetic_: np.ndarray
    n_features_in_: int
    n_channels_in_: int
    n_times_in_: int
    ch_names_in_: list[str]
    window_ndim_in_: int
    _generator: np.random.Generator
    _dtype: np.dtype

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: Any, y: Any) -> Self:
        """Learn to make windows, without making any.

        Parameters
        ----------
        X : array-like of shape (n_windows, n_channels, n_times) or (n_windows, n_times)
            Windows, in microvolts; or :class:`mne.Epochs`.
        y : array-like of shape (n_windows,)
            Labels, of at least two classes.

        Returns
        -------
        self : object
            The fitted sampler, ready for `sample`.
        """
        assert_all_finite(y, input_name="y")
        check_classification_targets(y)
        windows, labels, _ = self._check_X_y(X, y)
        self.sampling_strategy_ = check_sampling_strategy(self.sampling_strategy, labels, self._sampling_type)
        self._learn(windows, labels)
        return self

    def fit_resample(self, X: Any, y: Any) -> tuple[Any, Any]:
        """Learn to make windows, and append as many as `sampling_strategy` asks for.

        Parameters
        ----------
        X : array-like of shape (n_windows, n_channels, n_times) or (n_windows, n_times)
            Windows, in microvolts; or :class:`mne.Epochs`.
        y : array-like of shape (n_windows,)
            Labels, of at least two classes.

        Returns
        -------
        X_resampled : array-like of shape (n_resampled, n_channels, n_times) or (n_resampled, n_times)
            The windows of `X`, and after them the synthetic ones, in microvolts: a list if `X` is one, a
            DataFrame if `X` is one, an array otherwise, of the type of numbers of `X`.
        y_resampled : array-like of shape (n_resampled,)
            Their labels, in a container of the kind of `y`.
        """
        assert_all_finite(y, input_name="y")
        windows, labels = super().fit_resample(X, y)
        if isinstance(windows, np.ndarray) and windows.ndim == 3:
            named = name_windows(windows, self.ch_names_in_)
            windows = windows if named.ch_names is None else named
        return windows, labels

    def sample(self, n_windows: int, label: Any) -> np.ndarray:
        """Make more windows of a class.

        Parameters
        ----------
        n_windows : int
            How many, at least 1.
        label : label
            The class, one of `classes_`.

        Returns
        -------
        X : ndarray of shape (n_windows, n_channels, n_times) or (n_windows, n_times)
            Synthetic windows, in microvolts, of as many dimensions and of the type of numbers as in `fit`.
            Each call gives others; after a `fit` with a number as `random_state` always the same in turn.

        Raises
        ------
        ValueError
            If `n_windows` is no positive whole number, or there is no such class.
        """
        check_is_fitted(self)
        if not isinstance(n_windows, Integral) or n_windows < 1:
            raise ValueError(f"`n_windows` must be a whole number of at least 1, got {n_windows}.")
        known = self.classes_.tolist()
        if label not in known:
            raise ValueError(f"`label` must be one of the classes of fit, {known}, got {label!r}.")
        made = self._make(int(n_windows), known.index(label))
        return made[:, 0] if self.window_ndim_in_ == 2 else made

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
        if self.window_ndim_in_ == 2:
            return super().get_feature_names_out(input_features)
        check_same_names(self, input_features)
        return np.asarray(self.ch_names_in_, dtype=object)

    def _check_X_y(  # noqa: N802 - the name is imbalanced-learn's
        self,
        X: Any,
        y: Any,
        accept_sparse: Any = None,  # noqa: ARG002
    ) -> tuple[np.ndarray, np.ndarray, bool]:
        """Validate windows and labels; tell whether the labels came as one column a class."""
        labels, one_column_a_class = check_target_type(y, indicate_one_vs_all=True)
        windows = np.asarray(check_windows(self, X, reset=True))
        check_consistent_length(windows, labels)
        return windows, labels, one_column_a_class

    def _fit_resample(self, X: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        self._learn(X, y)
        wanted = {label: count for label, count in self.sampling_strategy_.items() if count > 0}
        known = self.classes_.tolist()
        made = [self._make(count, known.index(label)) for label, count in wanted.items()]
        self.is_synthetic_ = np.arange(len(X) + sum(wanted.values())) >= len(X)
        codes = np.repeat([known.index(label) for label in wanted], list(wanted.values())).astype(int)
        synthetic = [part[:, 0] if X.ndim == 2 else part for part in made]
        return np.concatenate([X, *synthetic]), np.concatenate([y, self.classes_[codes]])

    def _learn(self, X: np.ndarray, y: np.ndarray) -> None:
        seed = check_random_state(self.random_state).randint(np.iinfo(np.int32).max)
        self._generator, self._dtype = np.random.default_rng(seed), X.dtype
        self.classes_, codes = np.unique(y, return_inverse=True)
        self._fit_windows(as_3d(X).astype(np.float64, copy=False), codes)

    def _make(self, n_windows: int, code: int) -> np.ndarray:
        made = self._sample_windows(n_windows, code, self._generator)
        return made.astype(self._dtype, copy=False)

    @abstractmethod
    def _fit_windows(self, X: np.ndarray, codes: np.ndarray) -> None:
        """Learn from windows of shape (n_windows, n_channels, n_times), not to be changed."""

    @abstractmethod
    def _sample_windows(self, n_windows: int, code: int, random_state: np.random.Generator) -> np.ndarray:
        """Return so many windows of a class, of shape (n_windows, n_channels, n_times)."""

    def __sklearn_tags__(self) -> Tags:
        tags = tag_as_windows(super().__sklearn_tags__())
        tags.input_tags.sparse = False
        return tags
