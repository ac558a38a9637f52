"""Mains hum out of windows."""

from collections.abc import Callable, Sequence
from numbers import Integral, Real
from typing import Any, ClassVar

import numpy as np
from sklearn.utils._param_validation import Interval, StrOptions

from ..signal import notch, remove_line
from ._base import WindowsTransformer

_METHODS: dict[str, Callable[..., np.ndarray]] = {"notch": notch, "interpolate": remove_line}


class NotchFilter(WindowsTransformer):
    """Remove the hum of the mains and its harmonics.

    Parameters
    ----------
    sfreq : float
        Sampling frequency, in Hz.
    frequency : float, default=50.0
        Frequency of the mains, in Hz (60 in the Americas), below ``sfreq / 2``.
    harmonics : int, default=1
        Number of multiples of `frequency` to remove, itself included; those from ``sfreq / 2`` on are
        left out.
    method : {"notch", "interpolate"}, default="notch"
        A notch filter run forward and backward, or spectral interpolation, which needs windows of 40
        points and 5 periods of the mains.
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
    sklearn_eeg.signal.notch : The notch filter.
    sklearn_eeg.signal.remove_line : The spectral interpolation.

    Notes
    -----
    Each window is cleaned alone. The notch filter reflects a window about its ends, which breaks the
    phase of the hum there, so part of it is left: about a sixth in windows of 1 s, a tenth in windows of
    4 s. The interpolation fits the hum to the window as it is and leaves no more than what the spectrum
    has beside it. A constant channel stays as it is, but for rounding.

    References
    ----------
    .. [1] Leske S, Dalal SS (2019) Reducing power line noise in EEG and MEG data via spectrum
       interpolation. NeuroImage 189, 763-776. https://doi.org/10.1016/j.neuroimage.2019.01.026

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.preprocessing import NotchFilter
    >>> t = np.arange(256) / 256
    >>> brain, hum = np.sin(2 * np.pi * 10 * t), np.sin(2 * np.pi * 50 * t)
    >>> cleaned = NotchFilter(sfreq=256, method="interpolate").fit_transform([brain + hum])
    >>> bool(np.abs(cleaned - brain).max() < 0.05)
    True
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "sfreq": [Interval(Real, 0, None, closed="neither")],
        "frequency": [Interval(Real, 0, None, closed="neither")],
        "harmonics": [Interval(Integral, 1, None, closed="left")],
        "method": [StrOptions(set(_METHODS))],
        "ch_names": ["array-like", None],
    }

    def __init__(
        self,
        sfreq: float,
        frequency: float = 50.0,
        *,
        harmonics: int = 1,
        method: str = "notch",
        ch_names: Sequence[str] | None = None,
    ) -> None:
        self.sfreq = sfreq
        self.frequency = frequency
        self.harmonics = harmonics
        self.method = method
        self.ch_names = ch_names

    def _fit(self, X: np.ndarray, y: Any) -> None:  # noqa: ARG002
        self._transform(X[:1])  # whether the window can hold the hum, and tell it from what lies beside it

    def _transform(self, X: np.ndarray) -> np.ndarray:
        return _METHODS[self.method](X, self.sfreq, self.frequency, harmonics=self.harmonics)
