"""SMOTE and its kin on windows."""

import warnings
from numbers import Integral
from typing import Any, ClassVar

import numpy as np
from imblearn.over_sampling import ADASYN, SMOTE, BorderlineSMOTE
from sklearn.utils._param_validation import Interval, StrOptions

from ._base import SamplingStrategy, WindowOversampler


class WindowSMOTE(WindowOversampler):
    """Make windows of the rarer classes by interpolation between neighbouring ones: SMOTE on windows.

    Parameters
    ----------
    kind : {"smote", "borderline", "adasyn"}, default="smote"
        Which windows are interpolated: any of the class [1]_; those near the border, half or more of whose
        `m_neighbors` are of other classes, though not all [2]_; or any, the more the more of its
        `k_neighbors` are of other classes [3]_.
    k_neighbors : int, default=5
        Number of neighbours of its class that a window is interpolated with one of, at least 1.
    m_neighbors : int, default=10
        For "borderline": number of neighbours of any class that tell whether a window is near the border, at
        least 1.
    sampling_strategy : float, str, dict or callable, default="auto"
        Which classes get how many windows, as in imbalanced-learn; see :class:`SurrogateOversampler`.
    random_state : int, RandomState instance or None, default=None
        Source of random numbers; with an int, the same windows come from each `fit_resample`.

    Attributes
    ----------
    sampling_strategy_ : dict
        How many windows each class gets.
    classes_ : ndarray of shape (n_classes,)
        Labels of the classes.
    is_synthetic_ : ndarray of bool of shape (n_resampled,)
        Which windows of the last `fit_resample` are synthetic.
    n_features_in_ : int
        Number of channels (3-D windows) or time points (2-D windows).
    n_channels_in_, n_times_in_ : int
        Shape of a window.
    ch_names_in_ : list of str
        Names of the channels.

    Raises
    ------
    ValueError
        If there is one class only; if a class to be made has one window; or if no window of it is near
        another class, by "borderline" or "adasyn".

    Warns
    -----
    UserWarning
        If a class to be made has `k_neighbors` windows or fewer: all of the others are its neighbours then.

    See Also
    --------
    SurrogateOversampler : Keeps the spectra of windows.

    Notes
    -----
    A window is taken as a point of ``n_channels * n_times`` values, and imbalanced-learn's samplers do the
    work: a window x and one of its neighbours z make ``x + u (z - x)``, with u uniform from 0 to 1. Exactly
    as many windows are made as are asked for, also by "adasyn", which by itself rounds the number for each
    window: more are made, and some of them are left out at random.

    Rhythms of two windows have no common phase, and so partly cancel: where the windows are independent, of
    mean 0 and equal power, ``u**2 + (1 - u)**2`` of the power is left, two thirds on average. Every synthetic
    window is near to real ones, so measures of likeness favour it: it is as much a copy as a new window.

    For a sampler as a step of a pipeline see :class:`SurrogateOversampler`. A channel that is constant in all
    windows stays so.

    References
    ----------
    .. [1] Chawla NV, Bowyer KW, Hall LO, Kegelmeyer WP (2002) SMOTE: synthetic minority over-sampling
       technique. J. Artif. Intell. Res. 16, 321-357. https://doi.org/10.1613/jair.953
    .. [2] Han H, Wang WY, Mao BH (2005) Borderline-SMOTE: a new over-sampling method in imbalanced data sets
       learning. ICIC 2005, LNCS 3644, 878-887. https://doi.org/10.1007/11538059_91
    .. [3] He H, Bai Y, Garcia EA, Li S (2008) ADASYN: adaptive synthetic sampling approach for imbalanced
       learning. IJCNN 2008, 1322-1328. https://doi.org/10.1109/IJCNN.2008.4633969

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.sampling import WindowSMOTE
    >>> levels = np.array([0.0, 1.0, 50.0, 50.0, 50.0])
    >>> X = levels[:, np.newaxis, np.newaxis] * np.ones((5, 2, 100))
    >>> smote = WindowSMOTE(k_neighbors=1, random_state=0)
    >>> X_resampled, y_resampled = smote.fit_resample(X, ["seizure"] * 2 + ["rest"] * 3)
    >>> y_resampled[-1], bool(0 < X_resampled[-1].min() == X_resampled[-1].max() < 1)
    ('seizure', True)
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        **WindowOversampler._parameter_constraints,
        "kind": [StrOptions({"smote", "borderline", "adasyn"})],
        "k_neighbors": [Interval(Integral, 1, None, closed="left")],
        "m_neighbors": [Interval(Integral, 1, None, closed="left")],
    }

    def __init__(
        self,
        kind: str = "smote",
        *,
        k_neighbors: int = 5,
        m_neighbors: int = 10,
        sampling_strategy: SamplingStrategy = "auto",
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        self.kind = kind
        self.k_neighbors = k_neighbors
        self.m_neighbors = m_neighbors
        self.sampling_strategy = sampling_strategy
        self.random_state = random_state

    def _fit_windows(self, X: np.ndarray, codes: np.ndarray) -> None:
        self._points, self._codes = X.reshape(len(X), -1).copy(), codes

    def _sample_windows(self, n_windows: int, code: int, random_state: np.random.Generator) -> np.ndarray:
        n_own = int((self._codes == code).sum())
        # adasyn rounds a number for each window of the class, and so makes up to n_own / 2 too few
        n_asked = n_windows + (n_own + 1) // 2 if self.kind == "adasyn" else n_windows
        seed = int(random_state.integers(np.iinfo(np.int32).max))
        sampler = self._make_sampler({code: n_own + n_asked}, self._count_neighbors(code, n_own), seed)
        try:
            points, _ = sampler.fit_resample(self._points, self._codes)
        except RuntimeError as error:  # adasyn's, where no neighbour is of another class
            raise ValueError(self._say_no_border(code)) from error
        made = points[len(self._points) :]
        if not len(made):
            raise ValueError(self._say_no_border(code))
        if self.kind == "adasyn":
            made = made[random_state.choice(len(made), n_windows, replace=False)]
        return made.reshape(n_windows, self.n_channels_in_, self.n_times_in_)

    def _make_sampler(self, strategy: dict[int, int], k_neighbors: int, seed: int) -> Any:
        common = {"sampling_strategy": strategy, "random_state": seed}
        if self.kind == "adasyn":
            return ADASYN(**common, n_neighbors=k_neighbors)
        if self.kind == "smote":
            return SMOTE(**common, k_neighbors=k_neighbors)
        m_neighbors = min(self.m_neighbors, len(self._points) - 1)
        return BorderlineSMOTE(**common, k_neighbors=k_neighbors, m_neighbors=m_neighbors)

    def _count_neighbors(self, code: int, n_own: int) -> int:
        """Return how many neighbours to look for, not more than there are."""
        name = self.classes_[code]
        if n_own < 2:
            raise ValueError(
                f"A class needs at least 2 windows to interpolate between, got 1 of class {name}: give more, "
                "leave the class out of `sampling_strategy`, or use SurrogateOversampler."
            )
        if n_own <= self.k_neighbors:
            warnings.warn(
                f"Class {name} has {n_own} windows, too few for k_neighbors={self.k_neighbors}: "
                f"{n_own - 1} are used. Set k_neighbors={n_own - 1} or give more windows.",
                UserWarning,
                stacklevel=2,
            )
        return min(self.k_neighbors, n_own - 1)

    def _say_no_border(self, code: int) -> str:
        return (
            f"kind={self.kind!r} must have windows near another class, got none in class "
            f"{self.classes_[code]}: use kind='smote', or more neighbours."
        )
