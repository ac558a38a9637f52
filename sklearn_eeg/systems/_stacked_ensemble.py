"""The best of several kinds: diverse classifiers of windows, stacked by patient."""

from collections.abc import Callable, Sequence
from typing import Any

from sklearn.ensemble import ExtraTreesClassifier, HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression, RidgeClassifier
from sklearn.pipeline import FeatureUnion, Pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from ..ensemble import GroupStackingClassifier
from ..ensemble._opinion_pool import OpinionPoolClassifier
from ..features import (
    CanonicalFeatures,
    ComplexityFeatures,
    ConnectivityFeatures,
    FFTFeatures,
    RandomKernelFeatures,
    TimeFeatures,
    WaveletFeatures,
)
from ..neural import CNNClassifier
from ..preprocessing import BandpassFilter
from ..signal._bands import choose_bands
from ._steps import check_sfreq, make_denoiser

MEMBERS = ("svm", "trees", "boosting", "tangent", "kernels", "cnn")
DEFAULT_MEMBERS = ("svm", "trees", "tangent", "kernels")


def stacked_ensemble(
    sfreq: float,
    *,
    members: Sequence[str] = DEFAULT_MEMBERS,
    denoise: bool = False,
    mains: float | None = 50.0,
    class_weight: str | None = "balanced",
    ch_names: Sequence[str] | None = None,
    cv: Any = 5,
    n_jobs: int | None = None,
    random_state: int | None = None,
) -> Pipeline:
    """Build an ensemble of diverse classifiers of windows, stacked by patient.

    Parameters
    ----------
    sfreq : float
        Sampling frequency of the windows, in Hz.
    members : sequence of str, default=("svm", "trees", "tangent", "kernels")
        Which classifiers, of

        * ``"svm"``: an RBF support vector machine on all families of features;
        * ``"trees"``: extra trees on the same;
        * ``"boosting"``: gradient boosting on the same;
        * ``"tangent"``: logistic regression on the logarithm of the covariance between channels, of the
          windows as they are and of each clinical band;
        * ``"kernels"``: ridge regression on :class:`~sklearn_eeg.features.RandomKernelFeatures`;
        * ``"cnn"``: :class:`~sklearn_eeg.neural.CNNClassifier`, which needs the extra ``torch``.
    denoise : bool, default=False
        Whether the first step is a :class:`~sklearn_eeg.preprocessing.Denoiser` or nothing.
    mains : float or None, default=50.0
        Frequency of the mains, in Hz, which the denoiser removes; left alone where the rate is too low to
        hold it.
    class_weight : {"balanced", None}, default="balanced"
        Whether members and the final classifier weigh classes by the inverse of their frequency. So they
        do not miss rare classes, and probabilities are those of classes equally frequent; with None they
        are those of classes as frequent as in training.
    ch_names : sequence of str, default=None
        Names of the channels.
    cv : int, splitter or iterable of (train, test), default=5
        Inner folds, as in :class:`~sklearn_eeg.ensemble.GroupStackingClassifier`.
    n_jobs : int or None, default=None
        Number of processes that fit members and inner folds at the same time.
    random_state : int or None, default=None
        Seed of the members.

    Returns
    -------
    pipeline : Pipeline
        Steps ``denoise`` and ``stack``; a classifier of windows of shape (n_windows, n_channels, n_times) or
        (n_windows, n_times), not fitted. Members are set and dropped by name, as in
        ``set_params(stack__svm__svm__C=10, stack__trees="drop")``.

    Raises
    ------
    ValueError
        If `sfreq` is no positive number, or a member is none of those above or comes twice.

    See Also
    --------
    svm_baseline : One support vector machine on a few features, in a twentieth of the time.
    search_space : Spaces to tune it in.

    Notes
    -----
    The final classifier averages the members' standardised scores, with one weight a member, at least 0 and
    drawn towards equal ones, and one constant a class; it learns these from windows of patients that the
    members were not fitted on, and so calibrates, too. Its weights stand in
    ``pipeline["stack"].final_estimator_.weights_``, how much each member matters in
    ``pipeline["stack"].importances_``. On sets of few patients a logistic regression with a weight for each
    score was worse, on Helsinki worse than each of the members. Pass `groups` by
    :func:`~sklearn_eeg.evaluation.evaluate` or :func:`~sklearn_eeg.model_selection.fit_by_patient`, or
    to the step, as ``fit(X, y, stack__groups=patients)``.

    Which members are the default, and how strongly they are averaged, was chosen on Bonn, Helsinki,
    Guinea-Bissau and simulated seizures (other folds and draws): figures on these sets are somewhat
    optimistic.

    References
    ----------
    .. [1] Wolpert DH (1992) Stacked generalization. Neural Netw. 5, 241-259.
       https://doi.org/10.1016/S0893-6080(05)80023-1
    .. [2] Barachant A, Bonnet S, Congedo M, Jutten C (2012) Multiclass brain-computer interface
       classification by Riemannian geometry. IEEE Trans. Biomed. Eng. 59, 920-928.
       https://doi.org/10.1109/TBME.2011.2172210 and, band by band, Ang KK, Chin ZY, Zhang H, Guan C (2008)
       Filter bank common spatial pattern (FBCSP) in brain-computer interface. Proc. IJCNN, 2390-2397.
       https://doi.org/10.1109/IJCNN.2008.4634130
    .. [3] Dempster A, Schmidt DF, Webb GI (2021) MiniRocket: a very fast (almost) deterministic transform for
       time series classification. Proc. KDD, 248-257. https://doi.org/10.1145/3447548.3467231

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.systems import stacked_ensemble
    >>> t, rng = np.arange(256) / 128, np.random.default_rng(0)
    >>> y, patients = np.tile(["rest", "spike-wave"], 20), np.repeat(np.arange(10), 4)
    >>> X = rng.normal(scale=10, size=(40, 2, 256))
    >>> X[1::2] += 50 * np.sin(2 * np.pi * 3 * t)
    >>> ensemble = stacked_ensemble(sfreq=128, members=["svm", "tangent"], cv=2)
    >>> float(ensemble.fit(X, y, stack__groups=patients).score(X, y))
    1.0
    """
    check_sfreq(sfreq)
    known = [name for name in MEMBERS if name in members]
    if not known or len(known) < len(members):
        raise ValueError(f"`members` must be some of {', '.join(MEMBERS)}, each once, got {list(members)!r}.")
    shared: dict[str, Any] = {"class_weight": class_weight}
    make = _makers(sfreq, ch_names, random_state, shared)
    final = OpinionPoolClassifier(**shared)
    stack = GroupStackingClassifier([(name, make[name]()) for name in members], final, cv=cv, n_jobs=n_jobs)
    denoiser = make_denoiser(sfreq, mains, ch_names) if denoise else "passthrough"
    return Pipeline([("denoise", denoiser), ("stack", stack)])


def _makers(
    sfreq: float, ch_names: Sequence[str] | None, random_state: int | None, shared: dict[str, Any]
) -> dict[str, Callable[[], Any]]:
    """Return what makes each member."""
    named: dict[str, Any] = {"ch_names": ch_names}
    seeded: dict[str, Any] = {"random_state": random_state}
    return {
        "svm": lambda: Pipeline(
            [
                ("features", _all_features(sfreq, ch_names)),
                ("scale", StandardScaler()),
                ("svm", SVC(C=3.0, **shared)),
            ]
        ),
        "trees": lambda: Pipeline(
            [
                ("features", _all_features(sfreq, ch_names)),
                ("trees", ExtraTreesClassifier(300, **shared, **seeded)),
            ]
        ),
        "boosting": lambda: Pipeline(
            [
                ("features", _all_features(sfreq, ch_names)),
                ("boosting", HistGradientBoostingClassifier(max_features=0.1, **shared, **seeded)),
            ]
        ),
        "tangent": lambda: Pipeline(
            [
                ("features", _covariances(sfreq, ch_names)),
                ("scale", StandardScaler()),
                ("logistic", LogisticRegression(C=0.01, max_iter=1000, **shared)),
            ]
        ),
        "kernels": lambda: Pipeline(
            [
                ("features", RandomKernelFeatures(**named, **seeded)),
                ("scale", StandardScaler()),
                ("ridge", RidgeClassifier(300.0, **shared)),
            ]
        ),
        "cnn": lambda: CNNClassifier(sfreq=sfreq, **named, **shared, **seeded),
    }


def _covariances(sfreq: float, ch_names: Sequence[str] | None) -> FeatureUnion:
    """Return the tangent space of the covariances, of all frequencies and of each clinical band."""
    bands: list[tuple[str, Any]] = [("all", ConnectivityFeatures(sfreq, ["tangent"], ch_names=ch_names))]
    for name, (low, high) in choose_bands(None, sfreq).items():
        band = BandpassFilter(sfreq, low, high if high < sfreq / 2 else None)
        own = ConnectivityFeatures(sfreq, ["tangent"], ch_names=ch_names)
        bands.append((name, Pipeline([("band", band), ("tangent", own)])))
    return FeatureUnion(bands)


def _all_features(sfreq: float, ch_names: Sequence[str] | None) -> FeatureUnion:
    named: dict[str, Any] = {"ch_names": ch_names}
    return FeatureUnion(
        [
            ("time", TimeFeatures(**named)),
            ("fft", FFTFeatures(sfreq, **named)),
            ("wavelet", WaveletFeatures(**named)),
            ("complexity", ComplexityFeatures(**named)),
            ("connectivity", ConnectivityFeatures(sfreq, **named)),
            ("canonical", CanonicalFeatures(**named)),
        ],
        verbose_feature_names_out=False,
    )
