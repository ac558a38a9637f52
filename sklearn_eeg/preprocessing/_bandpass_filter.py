"""Band-pass of windows."""

from collections.abc import Sequence
from numbers import Integral, Real
from typing import Any, ClassVar

import numpy as np
from sklearn.utils._param_validation import Interval, StrOptions

from ..signal import bandpass, check_edges
from ._base import WindowsTransformer


class BandpassFilter(WindowsTransformer):
    """Pass a band of frequencies, without shift in time.

    Parameters
    ----------
    sfreq : float
        Sampling frequency, in Hz.
    low : float or None, default=0.5
        Lower edge, in Hz; None leaves the side open.
    high : float or None, default=45.0
        Upper edge, in Hz, below ``sfreq / 2``; None leaves the side open.
    order : int, default=4
        Order of the Butterworth filter, which is run twice; the method "fir" does not use it.
    method : {"iir", "fir"}, default="iir"
        A Butterworth filter run forward and backward (gain 1/2 at the edges), or a symmetric finite
        response (gain 1 up to the edges and less beyond).
    ch_names : sequence of str, default=None
        Names of the channels; None takes those of :class:`mne.Epochs`, or ``ch0``, ``ch1``, ...

    Attributes
    ----------
    n_features_in_ : int
        Number of channels (3-D windows) or time points (2-D windows).
    n_channels_in_, n_times_in_ : int
        Shape of a window.
    ch_names_in_ : list of str
        Names of the channels.

    See Also
    --------
    sklearn_eeg.signal.bandpass : The filter, and how its response is designed.
    Denoiser : Does this after taking hum and noise out.

    Notes
    -----
    Each window is filtered alone. Beyond its ends it is extended by reflection, so a slow wave that the
    window cuts off goes back the way it came rather than jumping to 0; still, what lies within about
    1 / `low` seconds of an end is less certain, which on windows of 1 s and an edge of 0.5 Hz is all of
    it. Where the recording is at hand, filter it before cutting windows. A constant channel becomes 0 if
    there is a lower edge and stays as it is if not, but for rounding.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.preprocessing import BandpassFilter
    >>> t = np.arange(1024) / 256
    >>> slow, fast = np.sin(2 * np.pi * 10 * t), np.sin(2 * np.pi * 100 * t)
    >>> X = np.tile(slow + fast, (5, 19, 1))
    >>> error = BandpassFilter(sfreq=256, low=None, high=40).fit_transform(X) - slow
    >>> bool(np.abs(error)[..., 100:-100].max() < 0.01)
    True
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "sfreq": [Interval(Real, 0, None, closed="neither")],
        "low": [Interval(Real, 0, None, closed="neither"), None],
        "high": [Interval(Real, 0, None, closed="neither"), None],
        "order": [Interval(Integral, 1, None, closed="left")],
        "method": [StrOptions({"iir", "fir"})],
        "ch_names": ["array-like", None],
    }

    def __init__(
        self,
        sfreq: float,
        low: float | None = 0.5,
        high: float | None = 45.0,
        *,
        order: int = 4,
        method: str = "iir",
        ch_names: Sequence[str] | None = None,
    ) -> None:
        self.sfreq = sfreq
        self.low = low
        self.high = high
        self.order = order
        self.method = method
        self.ch_names = ch_names

    def _fit(self, X: np.ndarray, y: Any) -> None:  # noqa: ARG002
        try:
            check_edges(self.sfreq, self.low, self.high)
        except ValueError as error:
            raise ValueError(f"`low` {self.low} and `high` {self.high} cannot be passed. {error}") from None

    def _transform(self, X: np.ndarray) -> np.ndarray:
        return bandpass(X, self.sfreq, self.low, self.high, order=self.order, method=self.method)
