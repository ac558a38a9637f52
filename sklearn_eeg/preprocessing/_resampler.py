"""Windows at another sampling frequency."""

from collections.abc import Sequence
from numbers import Real
from typing import Any, ClassVar

import numpy as np
from sklearn.utils._param_validation import Interval

from ..signal import count_resampled, resample, resampling_ratio
from ._base import WindowsTransformer


class Resampler(WindowsTransformer):
    """Bring windows to another sampling frequency, by a polyphase filter against aliases.

    Parameters
    ----------
    sfreq : float
        Sampling frequency of the windows, in Hz.
    new_sfreq : float
        Sampling frequency of the result, in Hz, at least a hundredth and at most a hundred times `sfreq`.
    ch_names : sequence of str, default=None
        Names of the channels; None takes those of :class:`mne.Epochs`, or ``ch0``, ``ch1``, ...

    Attributes
    ----------
    sfreq_out_ : float
        Sampling frequency of the result, in Hz: what the steps after this one need.
    n_times_out_ : int
        Time points of a window of the result: ``max(1, round(n_times * new_sfreq / sfreq))``.
    n_features_in_ : int
        Number of channels (3-D windows) or time points (2-D windows).
    n_channels_in_, n_times_in_ : int
        Shape of a window.
    ch_names_in_ : list of str
        Names of the channels.

    See Also
    --------
    sklearn_eeg.signal.resample : The filter.

    Notes
    -----
    Each window is resampled alone. Beyond its ends it is extended along the line through its first and its
    last value, which on windows cut from a longer record came nearest to the resampled record. What lies
    above the lower of the two Nyquist frequencies is removed. A constant channel stays as it is, but for
    rounding.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.preprocessing import Resampler
    >>> resampler = Resampler(sfreq=256, new_sfreq=200)
    >>> resampler.fit_transform(np.ones((5, 19, 1024))).shape
    (5, 19, 800)
    >>> resampler.sfreq_out_
    200.0
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "sfreq": [Interval(Real, 0, None, closed="neither")],
        "new_sfreq": [Interval(Real, 0, None, closed="neither")],
        "ch_names": ["array-like", None],
    }

    def __init__(self, sfreq: float, new_sfreq: float, *, ch_names: Sequence[str] | None = None) -> None:
        self.sfreq = sfreq
        self.new_sfreq = new_sfreq
        self.ch_names = ch_names

    def _fit(self, X: np.ndarray, y: Any) -> None:  # noqa: ARG002
        ratio = resampling_ratio(self.sfreq, self.new_sfreq)
        self.n_times_out_ = count_resampled(X.shape[-1], ratio)
        self.sfreq_out_ = float(self.new_sfreq)

    def _count_times_out(self) -> int:
        return self.n_times_out_

    def _transform(self, X: np.ndarray) -> np.ndarray:
        return resample(X, self.sfreq, self.new_sfreq)
