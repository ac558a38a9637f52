"""Channels brought to a common scale."""

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
from sklearn.utils._param_validation import StrOptions
from sklearn.utils.validation import check_is_fitted

from .._windows import as_3d, check_windows, name_windows
from ..signal import is_flat
from ._base import WindowsTransformer

_IQR_OF_UNIT_NORMAL = 1.3489795003921634


class ChannelScaler(WindowsTransformer):
    """Centre and scale each channel by what it was in the training windows.

    Unlike scaling each window by itself it keeps what windows differ in: a seizure stays larger than the
    background.

    Parameters
    ----------
    scaling : {"robust", "standard"}, default="robust"
        Whether a channel's centre and scale are its median and interquartile range, which artefacts
        hardly move, or its mean and standard deviation.
    with_centering : bool, default=True
        Whether to subtract the centre.
    with_scaling : bool, default=True
        Whether to divide by the scale.
    ch_names : sequence of str, default=None
        Names of the channels; None takes those of :class:`mne.Epochs`, or ``ch0``, ``ch1``, ...

    Attributes
    ----------
    center_ : ndarray of shape (n_channels,)
        Centre of each channel over all training windows and time points, in microvolts; 0 without
        centering.
    scale_ : ndarray of shape (n_channels,)
        Scale of each, in microvolts; 1 for a constant channel, and without scaling.
    n_features_in_ : int
        Number of channels (3-D windows) or time points (2-D windows).
    n_channels_in_, n_times_in_ : int
        Shape of a window.
    ch_names_in_ : list of str
        Names of the channels.

    Notes
    -----
    The result is ``(x - center_) / scale_``, without unit. The interquartile range is divided by 1.349,
    that of a normal distribution of standard deviation 1, so that both scalings agree on Gaussian noise.
    A channel that is constant, or of which the middle half is, has the scale 1 and so becomes 0
    wherever it has its usual value.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.preprocessing import ChannelScaler
    >>> X = np.array([[[-20.0, 0.0, 20.0], [100.0, 100.0, 100.0]]])
    >>> scaler = ChannelScaler(scaling="standard").fit(X)
    >>> scaler.center_.tolist(), scaler.scale_.round(2).tolist()
    ([0.0, 100.0], [16.33, 1.0])
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "scaling": [StrOptions({"robust", "standard"})],
        "with_centering": ["boolean"],
        "with_scaling": ["boolean"],
        "ch_names": ["array-like", None],
    }

    def __init__(
        self,
        scaling: str = "robust",
        *,
        with_centering: bool = True,
        with_scaling: bool = True,
        ch_names: Sequence[str] | None = None,
    ) -> None:
        self.scaling = scaling
        self.with_centering = with_centering
        self.with_scaling = with_scaling
        self.ch_names = ch_names

    def inverse_transform(self, X: Any) -> np.ndarray:
        """Return scaled windows to microvolts.

        Parameters
        ----------
        X : array-like of shape (n_windows, n_channels, n_times) or (n_windows, n_times)
            Scaled windows, of the shape seen in `fit`.

        Returns
        -------
        X : ndarray of the shape of `X`
            Windows, in microvolts: ``x * scale_ + center_``.
        """
        check_is_fitted(self)
        windows = check_windows(self, X, reset=False)
        out = np.empty_like(windows, subok=False)
        as_3d(out)[:] = as_3d(windows) * self.scale_[:, np.newaxis] + self.center_[:, np.newaxis]
        return out if out.ndim == 2 else name_windows(out, self.ch_names_in_)

    def _fit(self, X: np.ndarray, y: Any) -> None:  # noqa: ARG002
        self.center_ = np.zeros(X.shape[1])
        self.scale_ = np.ones(X.shape[1])
        for channel in range(X.shape[1]):
            values = X[:, channel].astype(np.float64).ravel()
            center, scale = self._measure(values)
            if self.with_centering:
                self.center_[channel] = center
            if self.with_scaling and scale > 0:
                self.scale_[channel] = scale

    def _measure(self, values: np.ndarray) -> tuple[float, float]:
        """Return the centre and the scale of the values of a channel."""
        if is_flat(values):
            return float(np.median(values)), 0.0
        if self.scaling == "standard":
            return float(values.mean()), float(values.std())
        lower, center, upper = np.percentile(values, [25, 50, 75])
        return float(center), float(upper - lower) / _IQR_OF_UNIT_NORMAL

    def _transform(self, X: np.ndarray) -> np.ndarray:
        return (X - self.center_[:, np.newaxis]) / self.scale_[:, np.newaxis]
