"""The baseline: a support vector machine on Fourier features and the zero-crossing rate."""

from collections.abc import Sequence

from sklearn.pipeline import FeatureUnion, Pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from ..features import FFTFeatures, TimeFeatures
from ._steps import check_sfreq, make_denoiser

_FFT_FEATURES = (
    "log_power",
    "relative_power",
    "spectral_entropy",
    "spectral_edge_frequency",
    "peak_frequency",
)


def svm_baseline(
    sfreq: float,
    *,
    denoise: bool = True,
    mains: float | None = 50.0,
    ch_names: Sequence[str] | None = None,
) -> Pipeline:
    """Build the baseline: denoise, Fourier features and zero-crossing rate, scale, RBF SVM.

    Parameters
    ----------
    sfreq : float
        Sampling frequency of the windows, in Hz.
    denoise : bool, default=True
        Whether the first step is a :class:`~sklearn_eeg.preprocessing.Denoiser` or nothing.
    mains : float or None, default=50.0
        Frequency of the mains, in Hz; left alone where the rate is too low to hold it.
    ch_names : sequence of str, default=None
        Names of the channels, for the names of the features.

    Returns
    -------
    pipeline : Pipeline
        Steps ``denoise``, ``features``, ``scale`` and ``svm``; a classifier of windows of shape
        (n_windows, n_channels, n_times) or (n_windows, n_times), not fitted. Its `decision_function`
        has one column a class, or for two classes one value, as usual in scikit-learn.

    Raises
    ------
    ValueError
        If `sfreq` is no positive number.

    See Also
    --------
    sklearn_eeg.evaluation.evaluate : Score it patient-wise.

    Notes
    -----
    The denoiser keeps 0.5 to 45 Hz, or all from 0.5 Hz where half the rate is not above 45 Hz. The
    classes are weighted by the inverse of their frequency.

    References
    ----------
    .. [1] Cortes C, Vapnik V (1995) Support-vector networks. Mach. Learn. 20, 273-297.
       https://doi.org/10.1007/BF00994018

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.systems import svm_baseline
    >>> t, rng = np.arange(256) / 128, np.random.default_rng(0)
    >>> y = np.repeat(["rest", "spike-wave"], 20)
    >>> X = rng.normal(scale=10, size=(40, 2, 256))
    >>> X[20:] += 50 * np.sin(2 * np.pi * 3 * t)
    >>> float(svm_baseline(sfreq=128).fit(X, y).score(X, y))
    1.0
    """
    check_sfreq(sfreq)
    union = FeatureUnion(
        [
            ("fft", FFTFeatures(sfreq, list(_FFT_FEATURES), ch_names=ch_names)),
            ("time", TimeFeatures(["zero_crossing_rate"], ch_names=ch_names)),
        ],
        verbose_feature_names_out=False,
    )
    return Pipeline(
        [
            ("denoise", make_denoiser(sfreq, mains, ch_names) if denoise else "passthrough"),
            ("features", union),
            ("scale", StandardScaler()),
            ("svm", SVC(class_weight="balanced")),
        ]
    )
