"""What a batch of windows is, and how it is validated.

A batch is an array of shape ``(n_windows, n_channels, n_times)`` in microvolts, float64 or float32.
A 2-D array ``(n_windows, n_times)`` is a batch of one channel.
"""

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np
from sklearn.utils import Tags
from sklearn.utils.validation import validate_data

_MICROVOLTS_PER_VOLT = 1e6
_SMALLEST_EEG = 0.02  # microvolts: 20 millivolts would be no EEG, 0.02 microvolts is below any noise
_VOLTAGE_CHANNELS = {"eeg", "seeg", "ecog", "dbs"}


def check_windows(
    estimator: Any, X: Any, *, reset: bool, min_times: int = 1, finite: bool = True
) -> np.ndarray:
    """Validate a batch of windows for an estimator.

    With ``reset=True`` (in ``fit``) it sets `n_features_in_`, `n_channels_in_`, `n_times_in_`,
    `window_ndim_in_` and `ch_names_in_`; with ``reset=False`` it holds `X` against them.

    Parameters
    ----------
    estimator : estimator
        The estimator that receives `X`. Its parameters `ch_names` and `sfreq`, where it has them,
        are held against the data.
    X : array-like or mne.Epochs
        Windows of shape (n_windows, n_channels, n_times) or (n_windows, n_times), in microvolts.
        Epochs are converted from volts.
    reset : bool
        Whether to learn the shape of the windows or to check it.
    min_times : int, default=1
        Smallest number of time points that the estimator can use.
    finite : bool, default=True
        Whether to look for NaN and infinity; an estimator that works through blocks looks at each
        block itself and calls `check_finite` on finding one.

    Returns
    -------
    X : ndarray of shape (n_windows, n_channels, n_times) or (n_windows, n_times)
        The windows, in float64 or float32 (kept as given; any other type becomes float64), not
        copied unless they must be converted.

    Raises
    ------
    ValueError
        If the shape, the rate or the names do not fit, or if a value is NaN or infinite.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.base import BaseEstimator
    >>> from sklearn_eeg._windows import check_windows
    >>> estimator = BaseEstimator()
    >>> check_windows(estimator, np.zeros((5, 19, 256)), reset=True).shape
    (5, 19, 256)
    >>> estimator.n_channels_in_, estimator.n_times_in_
    (19, 256)
    """
    given_names = getattr(X, "ch_names", None) if isinstance(X, NamedWindows) else None
    if hasattr(X, "get_data"):
        X, given_names = _read_epochs(estimator, X)
    elif isinstance(X, list | tuple) and X and all(hasattr(item, "get_data") for item in X):
        X, given_names = _read_list_of_epochs(estimator, X)
    if not reset:
        shape = X.shape if hasattr(X, "shape") else np.asarray(X).shape
        _check_shape_as_fitted(estimator, shape)
    X = validate_data(
        estimator,
        X,
        reset=reset,
        dtype=[np.float64, np.float32],
        allow_nd=True,
        ensure_all_finite=False,
    )
    _check_shape(X.shape, min_times)
    _warn_of_odd_units(X)
    if reset:
        _warn_of_odd_axes(X)
        estimator.window_ndim_in_ = X.ndim
        estimator.n_channels_in_, estimator.n_times_in_ = as_3d(X).shape[1:]
    _check_names(estimator, given_names, reset=reset)
    if finite:
        check_finite(X, estimator.ch_names_in_)
    return X


class NamedWindows(np.ndarray):
    """Windows that carry the names of their channels from one step to the next.

    Only this very array does: a part or another view of it has `ch_names` None, and what is computed from
    it is a plain array or number.
    """

    ch_names: list[str] | None

    def __array_finalize__(self, origin: Any) -> None:
        self.ch_names = None

    def __array_wrap__(self, array: Any, context: Any = None, return_scalar: bool = False) -> Any:
        if array is self:  # of ``X += 1``
            return self
        return np.asarray(array)[()] if return_scalar else np.asarray(array)

    def __reduce__(self) -> tuple[Any, ...]:
        return name_windows, (np.asarray(self), self.ch_names)


def name_windows(X: np.ndarray, ch_names: list[str] | None) -> NamedWindows:
    """Return a view of 3-D windows that carries the names of their channels, unless made by number."""
    named = X.view(NamedWindows)
    named.ch_names = None if ch_names == check_ch_names(None, X.shape[1]) else ch_names
    return named


def as_3d(X: np.ndarray) -> np.ndarray:
    """Give windows their channel axis: (n_windows, n_times) becomes (n_windows, 1, n_times)."""
    return X[:, np.newaxis, :] if X.ndim == 2 else X


def tag_as_windows(tags: Tags) -> Tags:
    """Set the scikit-learn tags of an estimator that takes windows of two or three dimensions."""
    tags.input_tags.two_d_array = True
    tags.input_tags.three_d_array = True
    if tags.transformer_tags is not None:
        tags.transformer_tags.preserves_dtype = ["float64", "float32"]
    return tags


def check_ch_names(ch_names: Sequence[str] | None, n_channels: int) -> list[str]:
    """Return the channel names, ``ch0``, ``ch1``, ... where none are given.

    Raises
    ------
    ValueError
        If their number is not `n_channels` or a name occurs twice.
    """
    if ch_names is None:
        return [f"ch{index}" for index in range(n_channels)]
    names = [str(name) for name in ch_names]
    if len(names) != n_channels:
        raise ValueError(
            f"`ch_names` must name each of the {n_channels} channels of X, got {len(names)} names: is X "
            "(n_windows, n_channels, n_times), or (n_windows, n_times) for one channel?"
        )
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise ValueError(f"`ch_names` must not repeat a name, got {repeated} more than once.")
    return names


def check_same_names(estimator: Any, input_features: Sequence[str] | None) -> None:
    """Raise a ValueError if names handed to `get_feature_names_out` are not the channels' of `fit`."""
    unnamed = check_ch_names(None, estimator.n_channels_in_)
    if input_features is not None and list(input_features) not in (estimator.ch_names_in_, unnamed):
        raise ValueError(
            f"input_features is not equal to the channels seen in fit, {estimator.ch_names_in_}, got "
            f"{list(input_features)}: give `ch_names` to the first step, the others take them from it."
        )


def _read_list_of_epochs(estimator: Any, items: Sequence[Any]) -> tuple[np.ndarray, list[str]]:
    """Return the windows of epochs that an index of scikit-learn's took apart."""
    read = [_read_epochs(estimator, item) for item in items]
    for _, names in read:
        if names != read[0][1]:
            raise ValueError(f"The epochs must have the same channels, got {names} and {read[0][1]}.")
    return np.concatenate([windows for windows, _ in read]), read[0][1]


def _read_epochs(estimator: Any, epochs: Any) -> tuple[np.ndarray, list[str]]:
    """Return the windows of epochs in microvolts, and their channel names."""
    if not hasattr(epochs, "events"):
        raise ValueError(
            f"X must be an array of windows or mne.Epochs, got {type(epochs).__name__}: cut it into "
            "epochs first, for example by mne.make_fixed_length_epochs."
        )
    sfreq, expected = float(epochs.info["sfreq"]), getattr(estimator, "sfreq", None)
    if expected is not None and not np.isclose(sfreq, expected, rtol=1e-6):
        raise ValueError(
            f"`sfreq` is {expected} Hz but the epochs were sampled at {sfreq} Hz: "
            f"set sfreq={sfreq} or resample the epochs."
        )
    others = sorted(set(epochs.get_channel_types()) - _VOLTAGE_CHANNELS)
    if others:
        raise ValueError(
            f"The epochs hold channels of type {others}: pick the EEG first, epochs.pick('eeg')."
        )
    return epochs.get_data() * _MICROVOLTS_PER_VOLT, list(epochs.ch_names)


def _warn_of_odd_axes(X: np.ndarray) -> None:
    if X.ndim == 3 and X.shape[1] > X.shape[2]:
        warnings.warn(
            f"X has more channels ({X.shape[1]}) than time points ({X.shape[2]}): is it (n_windows, "
            "n_channels, n_times)? If not, turn its axes: X.transpose(0, 2, 1).",
            UserWarning,
            stacklevel=4,
        )


def _warn_of_odd_units(X: np.ndarray) -> None:
    """Warn of windows that look like volts, going by the first few."""
    with np.errstate(invalid="ignore"):
        largest = np.abs(X[:8]).max()
    if 0 < largest < _SMALLEST_EEG:
        warnings.warn(
            f"The values of X are all below {_SMALLEST_EEG} (the largest of the first windows is "
            f"{largest:.2g}), though they should be in microvolts: if they are in volts, multiply by 1e6.",
            UserWarning,
            stacklevel=4,
        )


def _check_shape(shape: tuple[int, ...], min_times: int) -> None:
    if len(shape) not in (2, 3):
        raise ValueError(
            "X must have shape (n_windows, n_channels, n_times), or (n_windows, n_times) for one "
            f"channel, got {shape}."
        )
    if 0 in shape:
        raise ValueError(f"X must hold at least one window, channel and time point, got {shape}.")
    if shape[-1] < min_times:
        raise ValueError(
            f"Windows must have at least {min_times} time points, got {shape[-1]} "
            f"(X of shape {shape}, n_features={shape[1]})."
        )


def _check_shape_as_fitted(estimator: Any, shape: tuple[int, ...]) -> None:
    """Refuse windows of another kind than those of fit (2-D sizes are left to scikit-learn)."""
    name, ndim = type(estimator).__name__, estimator.window_ndim_in_
    if len(shape) not in (2, 3) or (len(shape) == 2 and ndim == 2):
        return
    if len(shape) != ndim:
        raise ValueError(
            f"X has {len(shape)} dimensions, but {name} was fitted on windows of {ndim} dimensions."
        )
    fitted = (estimator.n_channels_in_, estimator.n_times_in_)
    if shape[1:] != fitted:
        raise ValueError(
            f"X has windows of {shape[1]} channels x {shape[2]} time points, but {name} was fitted "
            f"on {fitted[0]} channels x {fitted[1]} time points."
        )


def _check_names(estimator: Any, given_names: list[str] | None, *, reset: bool) -> None:
    """Set `ch_names_in_` from the parameter, the windows or by number; or check the windows' names."""
    if reset:
        own = getattr(estimator, "ch_names", None)
        names = check_ch_names(own if own is not None else given_names, estimator.n_channels_in_)
        estimator.ch_names_in_ = names
    if given_names is not None and given_names != estimator.ch_names_in_:
        raise ValueError(
            f"The channels of X are {given_names}, but {type(estimator).__name__} expects "
            f"{estimator.ch_names_in_}: reorder or rename them."
        )


def check_finite(X: np.ndarray, ch_names: list[str]) -> None:
    """Raise a ValueError that names the first window and channel that hold NaN or infinity, if any."""
    with np.errstate(over="ignore", invalid="ignore"):
        if np.isfinite(X.sum()):
            return
    bad = ~np.isfinite(as_3d(X))
    if not bad.any():
        return
    window, channel, time = np.argwhere(bad)[0]
    kind = "NaN" if np.isnan(as_3d(X)[window, channel, time]) else "infinity"
    raise ValueError(
        f"X contains {kind} in window {window}, channel {ch_names[channel]!r} (time point {time}; "
        f"{bad.any(axis=(1, 2)).sum()} of {len(X)} windows hold NaN or infinity): repair or drop "
        "these windows."
    )
