"""Shares of windows above thresholds after short convolutions, of each channel."""

from collections.abc import Sequence
from numbers import Integral
from typing import Any, ClassVar

import numpy as np
from sklearn.utils import Tags, check_random_state
from sklearn.utils._param_validation import Interval

from ..signal._convolution_kernels import (
    KERNEL_LENGTH,
    N_KERNELS,
    Dilations,
    learn_thresholds,
    plan_dilations,
    shares_above,
)
from ._base import Compute, Feature, FeatureTransformer


class RandomKernelFeatures(FeatureTransformer):
    """Compute shares of time points above thresholds after short convolutions, of each channel.

    Windows in, a table of shape (n_windows, n_channels * n_features_per_channel) out, with columns
    ``<channel>__kernel__dilation<d>__<taps>_<threshold>``. The transform of MiniRocket [1]_, channel by
    channel, so that each column belongs to one.

    Parameters
    ----------
    n_features : int, default=10_000
        Number of columns in all, at least 84; each channel gets an equal share, rounded down to a multiple
        of 84 but at least 84.
    random_state : int, RandomState instance or None, default=0
        What draws the windows from which thresholds are taken, the same for every channel.
    n_jobs : int or None, default=None
        Number of threads, as in joblib: None is 1, -1 all processors.
    ch_names : sequence of str, default=None
        Names of the channels; None takes those of :class:`mne.Epochs`, or ``ch0``, ``ch1``, ...

    Attributes
    ----------
    thresholds_ : float32 ndarray of shape (n_channels, n_features_per_channel)
        In microvolts.
    dilations_ : Dilations
        Distances between the taps, in time points, and the number of thresholds of each.
    features_ : list of Feature
        The columns: channel, family, band, statistic.
    n_features_in_ : int
        Number of channels (3-D windows) or time points (2-D windows).
    n_channels_in_, n_times_in_ : int
        Shape of a window.
    ch_names_in_ : list of str
        Names of the channels.

    See Also
    --------
    CanonicalFeatures : Twenty-two features of the same generality, by name.

    Notes
    -----
    The 84 kernels have nine taps, of which three (named in the column) weigh 2 and the others -1; dilations
    d, the distances between taps, are spaced evenly in their logarithm from 1 to what fits the window. The
    thresholds are quantiles of the convolved signals of windows drawn from those of `fit`: fit it inside the
    fold. Of windows of one channel, the columns are those of aeon's ``MiniRocket``, given its thresholds;
    of several channels, that sums random ones instead.

    Shares depend on microvolts and, since dilations are in time points, on the sampling rate. A constant
    channel has shares of 0 or 1 from kernels that count only where all taps lie within the window.

    References
    ----------
    .. [1] Dempster A, Schmidt DF, Webb GI (2021) MiniRocket: a very fast (almost) deterministic transform for
       time series classification. Proc. KDD, 248-257. https://doi.org/10.1145/3447548.3467231

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.features import RandomKernelFeatures
    >>> X = np.random.default_rng(0).normal(size=(4, 2, 100))
    >>> features = RandomKernelFeatures(n_features=168, random_state=0).fit(X)
    >>> features.transform(X).shape
    (4, 168)
    >>> features.get_feature_names_out()[:2].tolist()
    ['ch0__kernel__dilation1__012_0', 'ch0__kernel__dilation1__013_0']
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "n_features": [Interval(Integral, N_KERNELS, None, closed="left")],
        "random_state": ["random_state"],
        "n_jobs": [Integral, None],
        "ch_names": ["array-like", None],
    }

    def __init__(
        self,
        n_features: int = 10_000,
        *,
        random_state: Any = 0,
        n_jobs: int | None = None,
        ch_names: Sequence[str] | None = None,
    ) -> None:
        self.n_features = n_features
        self.random_state = random_state
        self.n_jobs = n_jobs
        self.ch_names = ch_names

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.requires_fit = True
        return tags

    def _prepare(self) -> None:
        self.dilations_: Dilations = plan_dilations(self.n_times_in_, self.n_features // self.n_channels_in_)

    def _learn(self, windows: np.ndarray) -> None:
        seed = check_random_state(self.random_state).randint(2**31)
        self.thresholds_ = np.stack(
            [
                learn_thresholds(each, self.dilations_, np.random.default_rng(seed))
                for each in np.moveaxis(windows, 1, 0)
            ]
        )

    def _list_features(self, channels: list[str]) -> list[Feature]:
        taps = [f"{a}{b}{c}" for a in range(KERNEL_LENGTH) for b in range(a + 1, 9) for c in range(b + 1, 9)]
        return [
            Feature(channel, "kernel", f"dilation{step}", f"{each}_{number}")
            for channel in channels
            for step, n_thresholds in zip(*self.dilations_, strict=True)
            for each in taps
            for number in range(n_thresholds)
        ]

    def _make_compute(self) -> Compute:
        dilations, thresholds = self.dilations_, self.thresholds_

        def compute(X: np.ndarray) -> np.ndarray:
            parts = [shares_above(X[:, i], dilations, each) for i, each in enumerate(thresholds)]
            return np.concatenate(parts, axis=1)

        return compute
