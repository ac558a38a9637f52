"""Bad channels: found window by window, and interpolated from the good ones."""

from collections.abc import Sequence
from numbers import Real
from typing import Any, ClassVar

import numpy as np
from sklearn.utils._param_validation import Interval
from sklearn.utils.validation import check_is_fitted

from .._montage import positions, split_pair
from .._windows import as_3d, check_finite, check_windows
from ..signal import (
    clipped_share,
    correlation,
    loudness,
    nearest_channel_distance,
    roughness,
    silent_share,
    spherical_spline,
)
from ._base import WindowsTransformer

_FAULTS = ("nan", "flat", "railed", "bridged", "noisy")
_FEWEST_COMPARED = 4  # channels among which one can be called noisy or bridged
_FEWEST_TIMES = 64  # by which a channel can be called quiet; among fewer, chance makes some so
_SHARED = 0.5  # correlation to what the other channels tell, from which on loud activity is believed


class ChannelRepair(WindowsTransformer):
    """Find the bad channels of each window and interpolate them from the good ones.

    Parameters
    ----------
    detect : sequence of {"nan", "flat", "railed", "bridged", "noisy"}, default=all of them
        What makes a channel bad in a window:

        * "nan": it holds NaN or infinity (without this, such windows are refused);
        * "flat": for `flat_share` of the time it stays within `flat_microvolts`, for a tenth of the window
          or longer at once; or it is quieter than the other channels by `noise_threshold`;
        * "railed": it rests at its largest or smallest value for `railed_share` of the time;
        * "bridged": it differs from another channel by less than `bridge_ratio` times the median of
          what the channels differ from those nearest to them; both are bad;
        * "noisy": it is louder or rougher than the other channels by `noise_threshold`, and what it
          shows is not shared: its correlation to its interpolation from the others is below 0.5, that of
          second differences if it is rough.
    flat_microvolts : float, default=0.5
        Largest range of a flat part, in microvolts, at least 0.
    flat_share : float, default=0.25
        Share of the time points, above 0 and at most 1.
    railed_share : float, default=0.25
        Share of the time points, above 0 and at most 1.
    bridge_ratio : float, default=0.1
        Distance relative to the median distance, between 0 and 1.
    noise_threshold : float, default=5.0
        Robust deviations of the logarithm of the amplitude, positive; for a quiet channel below, for a
        noisy one above the median of the channels.
    min_good_share : float, default=0.5
        Share of the channels that must be good in a window for the others to be interpolated, above
        0 and at most 1.
    ch_names : sequence of str, default=None
        Names of the channels, electrodes of the 10-10 system in any usual spelling; None takes those
        of :class:`mne.Epochs` or of the step before.

    Attributes
    ----------
    bad_channels_ : ndarray of bool of shape (n_windows, n_channels)
        Which channels were bad in the windows of `fit`.
    positions_ : ndarray of shape (n_channels, 2)
        Places of the channels on the flat head; of no rows for one channel.
    n_features_in_ : int
        Number of channels (3-D windows) or time points (2-D windows).
    n_channels_in_, n_times_in_ : int
        Shape of a window.
    ch_names_in_ : list of str
        Names of the channels.

    Raises
    ------
    ValueError
        In `fit`, if a channel's place is not known. In `transform`, if a window holds NaN or infinity
        but too few good channels.

    See Also
    --------
    Rereference : Comes after, since a bad channel spoils an average reference.
    sklearn_eeg.signal.spherical_spline : The interpolation.

    Notes
    -----
    Each window is judged alone, and nothing is learned in `fit`. Windows with fewer good channels than
    `min_good_share` or than 3 are left as they are; `find_bad_channels` tells them. A single channel
    has no neighbours: it is left as it is, and NaN in it is refused; hence scikit-learn's tag
    `allow_nan`, which speaks of 2-D input, is False.

    A constant channel is replaced where "flat" is looked for. Leave a channel that is flat because it
    is the reference out of `X`. "bridged" and "noisy" need 4 channels free of other faults, and so does
    the comparison for "flat", which needs 64 time points besides.

    On simulated EEG of 19 channels, 4 s at 128 Hz, a channel was found in every window if it was constant,
    missing, clipped, dead for half of the time, a twentieth of its size, or noise alone of 0.3 or 50
    microvolts; with hum of 30 microvolts in 0.92 of them, at 256 Hz in 0.36: a
    :class:`NotchFilter` before is better. No good channel was called bad, seizures included. In real
    windows of 14 channels (Guinea-Bissau, range below 1 mV) 0.95, 0.77 and 1.0 were found of channels of
    0.3 microvolts of noise, a twentieth of their size, and dead for half of the time; 0.008 of the
    channels were called bad as they came, nearly all noisy ones at the temples.

    On simulated EEG of 19 channels the interpolated channels had a correlation of 0.73 (median) to
    the true ones and 0.7 of their amplitude as error, which is as much as clipping for 0.45 of the
    time does; on denser nets the error is smaller. The faults are those of [1]_ and [2]_, judged in
    each window instead of in the recording.

    References
    ----------
    .. [1] Bigdely-Shamlo N, Mullen T, Kothe C, Su KM, Robbins KA (2015) The PREP pipeline: standardized
       preprocessing for large-scale EEG analysis. Front. Neuroinform. 9:16.
       https://doi.org/10.3389/fninf.2015.00016
    .. [2] Alschuler DM, Tenke CE, Bruder GE, Kayser J (2014) Identifying electrode bridging from
       electrical distance distributions. Clin. Neurophysiol. 125, 484-490.
       https://doi.org/10.1016/j.clinph.2013.08.024

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.preprocessing import ChannelRepair
    >>> names = ["F3", "Fz", "F4", "C3", "Cz", "C4", "P3", "Pz", "P4"]
    >>> rng = np.random.default_rng(0)
    >>> X = rng.normal(scale=20, size=(5, 1, 256)) + rng.normal(scale=2, size=(5, 9, 256))
    >>> true = X[2, 4].copy()
    >>> X[2, 4] = np.nan
    >>> repair = ChannelRepair(ch_names=names).fit(X)
    >>> np.argwhere(repair.bad_channels_).tolist()
    [[2, 4]]
    >>> bool(np.corrcoef(repair.transform(X)[2, 4], true)[0, 1] > 0.98)
    True
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "detect": [list, tuple],
        "flat_microvolts": [Interval(Real, 0, None, closed="left")],
        "flat_share": [Interval(Real, 0, 1, closed="right")],
        "railed_share": [Interval(Real, 0, 1, closed="right")],
        "bridge_ratio": [Interval(Real, 0, 1, closed="neither")],
        "noise_threshold": [Interval(Real, 0, None, closed="neither")],
        "min_good_share": [Interval(Real, 0, 1, closed="right")],
        "ch_names": ["array-like", None],
    }

    def __init__(
        self,
        detect: Sequence[str] = _FAULTS,
        *,
        flat_microvolts: float = 0.5,
        flat_share: float = 0.25,
        railed_share: float = 0.25,
        bridge_ratio: float = 0.1,
        noise_threshold: float = 5.0,
        min_good_share: float = 0.5,
        ch_names: Sequence[str] | None = None,
    ) -> None:
        self.detect = detect
        self.flat_microvolts = flat_microvolts
        self.flat_share = flat_share
        self.railed_share = railed_share
        self.bridge_ratio = bridge_ratio
        self.noise_threshold = noise_threshold
        self.min_good_share = min_good_share
        self.ch_names = ch_names

    def find_bad_channels(self, X: Any) -> np.ndarray:
        """Return which channels are bad in each window.

        Parameters
        ----------
        X : array-like of shape (n_windows, n_channels, n_times) or (n_windows, n_times)
            Windows of the shape seen in `fit`, in microvolts; or :class:`mne.Epochs`.

        Returns
        -------
        bad : ndarray of bool of shape (n_windows, n_channels)
            Which are bad; none for a single channel.
        """
        check_is_fitted(self)
        windows = check_windows(self, X, reset=False, finite=not self._takes_nan())
        return self._find(as_3d(windows))

    def _takes_nan(self) -> bool:
        return "nan" in self.detect

    def _fit(self, X: np.ndarray, y: Any) -> None:  # noqa: ARG002
        unknown = [fault for fault in self.detect if fault not in _FAULTS]
        if unknown:
            raise ValueError(f"`detect` must hold words of {list(_FAULTS)}, got {unknown}.")
        self.positions_ = self._locate() if self.n_channels_in_ > 1 else np.empty((0, 2))
        self.bad_channels_ = self._find(X)

    def _locate(self) -> np.ndarray:
        names = self.ch_names_in_
        if any(split_pair(name) for name in names):
            raise ValueError(
                f"ChannelRepair must have channels that share one reference, got pairs among {names}: "
                "repair the channels before pairs are derived."
            )
        try:
            places = positions(names)
        except ValueError as error:
            raise ValueError(
                f"ChannelRepair must know where the channels lie: pass `ch_names`. {error}"
            ) from None
        apart = np.linalg.norm(places[:, np.newaxis] - places, axis=-1) + np.eye(len(places))
        first, second = np.unravel_index(apart.argmin(), apart.shape)
        if apart[first, second] < 1e-6:
            raise ValueError(
                f"`ch_names` must lie at different places, got {names[first]!r} and {names[second]!r}."
            )
        return places

    def _find(self, X: np.ndarray) -> np.ndarray:
        if self.n_channels_in_ == 1:
            check_finite(X, self.ch_names_in_)
            return np.zeros((len(X), 1), dtype=bool)
        return np.stack([self._judge(window) for window in X])

    def _judge(self, window: np.ndarray) -> np.ndarray:
        """Return which channels of one window are bad."""
        bad = ~np.isfinite(window).all(axis=-1)
        x = np.where(bad[:, np.newaxis], 0.0, window.astype(np.float64, copy=False))
        if "flat" in self.detect:
            bad |= silent_share(x, self.flat_microvolts) >= self.flat_share
        if "railed" in self.detect and x.shape[-1] >= 3:
            bad |= clipped_share(x) >= self.railed_share
        if "flat" in self.detect and x.shape[-1] >= _FEWEST_TIMES and (~bad).sum() >= _FEWEST_COMPARED:
            bad[~bad] = loudness(x[~bad]) < -self.noise_threshold
        if "bridged" in self.detect and (~bad).sum() >= _FEWEST_COMPARED:
            bad[~bad] = nearest_channel_distance(x[~bad]) < self.bridge_ratio
        if "noisy" in self.detect and x.shape[-1] >= 3 and (~bad).sum() >= _FEWEST_COMPARED:
            good = np.flatnonzero(~bad)
            fast = np.diff(x, n=2, axis=-1)
            self._mark_noisy(x, good[loudness(x[good]) > self.noise_threshold], good, bad)
            self._mark_noisy(fast, good[roughness(x[good]) > self.noise_threshold], good, bad)
        return bad

    def _mark_noisy(self, x: np.ndarray, suspect: np.ndarray, good: np.ndarray, bad: np.ndarray) -> None:
        """Mark those suspect channels whose activity the other good ones do not share."""
        for channel in suspect:
            others = good[good != channel]
            told = spherical_spline(self.positions_[others], self.positions_[[channel]]) @ x[others]
            bad[channel] |= correlation(np.stack([x[channel], told[0]]))[0, 1] < _SHARED

    def _transform(self, X: np.ndarray) -> np.ndarray:
        return self._repair(X, self._find(X))

    def _transform_fitted(self, X: np.ndarray, block: slice) -> np.ndarray:
        return self._repair(X, self.bad_channels_[block])

    def _repair(self, X: np.ndarray, bad: np.ndarray) -> np.ndarray:
        """Interpolate the bad channels of windows (n_windows, n_channels, n_times)."""
        out = X.copy()
        fewest = max(3, self.min_good_share * self.n_channels_in_)
        self._refuse_lost_windows(X, bad, fewest)
        for pattern in np.unique(bad, axis=0):
            if pattern.any() and (~pattern).sum() >= fewest:
                rows = np.flatnonzero((bad == pattern).all(axis=1))
                weights = spherical_spline(self.positions_[~pattern], self.positions_[pattern])
                out[np.ix_(rows, np.flatnonzero(pattern))] = weights @ X[rows][:, ~pattern]
        return out

    def _refuse_lost_windows(self, X: np.ndarray, bad: np.ndarray, fewest: float) -> None:
        few = (~bad).sum(axis=1) < fewest
        lost = few & ~np.isfinite(X).all(axis=(1, 2))
        if lost.any() and self.n_channels_in_ > 1:
            good = (~bad[lost][0]).sum()
            raise ValueError(
                f"X contains NaN or infinity in a window with {good} good channels of "
                f"{self.n_channels_in_}, too few to repair the others: drop the windows in which "
                "`find_bad_channels` finds so many, or lower `min_good_share`."
            )
