"""Where to search: a space for every step that is shipped, or often used beside."""

from collections.abc import Callable, Iterator
from typing import Any

from .._optional import import_optional

_LOG, _LINEAR, _WHOLE, _CHOICE = "log", "linear", "whole", "choice"

# By class of a step: its parameters, each with a kind of distribution and its ends, or its choices.
_SPACES: dict[str, dict[str, tuple[str, Any]]] = {
    "SVC": {"C": (_LOG, (0.1, 100.0)), "gamma": (_LOG, (1e-4, 0.1))},
    "LinearSVC": {"C": (_LOG, (1e-3, 10.0))},
    "LogisticRegression": {"C": (_LOG, (1e-3, 10.0))},
    "RidgeClassifier": {"alpha": (_LOG, (1.0, 1e5))},
    "ExtraTreesClassifier": {
        "max_features": (_CHOICE, ("sqrt", 0.1, 0.3)),
        "min_samples_leaf": (_WHOLE, (1, 8)),
    },
    "RandomForestClassifier": {
        "max_features": (_CHOICE, ("sqrt", 0.1, 0.3)),
        "min_samples_leaf": (_WHOLE, (1, 8)),
    },
    "HistGradientBoostingClassifier": {
        "learning_rate": (_LOG, (0.02, 0.3)),
        "max_leaf_nodes": (_WHOLE, (7, 63)),
        "l2_regularization": (_LINEAR, (0.0, 10.0)),
    },
    "KNeighborsClassifier": {"n_neighbors": (_WHOLE, (1, 30))},
    "PCA": {"n_components": (_LINEAR, (0.7, 0.99))},
    "Denoiser": {"wavelet": (_CHOICE, ("sym4", "db4", None)), "clip": (_CHOICE, (None, 8.0))},
    "FFTFeatures": {"method": (_CHOICE, ("periodogram", "welch")), "taper": (_CHOICE, ("hann", "boxcar"))},
    "WaveletFeatures": {"wavelet": (_CHOICE, ("db4", "sym5", "coif3", "haar"))},
    "ComplexityFeatures": {"tolerance": (_LINEAR, (0.1, 0.3)), "permutation_order": (_WHOLE, (3, 5))},
    "ConnectivityFeatures": {"segment_seconds": (_CHOICE, (0.5, 1.0))},
    "RandomKernelFeatures": {"n_features": (_CHOICE, (2_000, 10_000))},
    "CNNClassifier": {
        "architecture": (_CHOICE, ("deep", "eegnet", "inception", "shallow")),
        "lr": (_LOG, (5e-4, 2e-2)),
        "weight_decay": (_LOG, (1e-4, 0.3)),
        "label_smoothing": (_LINEAR, (0.0, 0.2)),
        "mixup": (_CHOICE, (0.0, 0.2)),
    },
    "SurrogateOversampler": {"method": (_CHOICE, ("fourier", "time_shift", "segments", "noise", "gaussian"))},
    "WindowSMOTE": {"kind": (_CHOICE, ("smote", "borderline")), "k_neighbors": (_WHOLE, (2, 8))},
    "WGANOversampler": {"critic_lr": (_LOG, (1e-4, 2e-3)), "augmentation": (_LINEAR, (0.0, 1.0))},
}


def search_space(pipeline: Any) -> dict[str, Any]:
    """Return a space to search for every step of a system that is shipped, by the names of its parameters.

    Parameters
    ----------
    pipeline : estimator
        A system, or any pipeline, union, stack or step; it is looked into at any depth.

    Returns
    -------
    space : dict of str to optuna distribution
        For :class:`~sklearn_eeg.model_selection.OptunaSearchCV`; names as `set_params` takes them. A step
        that is not known has no part in it, nor has one that is dropped or passed through.

    Raises
    ------
    ImportError
        If Optuna is not installed.
    ValueError
        If the estimator has no parameters that can be named.

    See Also
    --------
    sklearn_eeg.model_selection.OptunaSearchCV : Searches it.

    Notes
    -----
    Ranges hold the defaults, and for ``gamma="scale"`` of a support vector machine what it amounts to on some
    ten to thousands of standardised features. Searched are
    the strength of the regularisation, the width of kernels, the size of trees, the learning rate of
    networks, and what features are computed with; not searched is what only costs more, such as the
    number of trees or epochs. Every further parameter needs more trials, and what is searched in front
    of a pipeline must be computed again for every trial: take out what you do not need.

    Examples
    --------
    >>> from sklearn_eeg.systems import search_space, svm_baseline
    >>> space = search_space(svm_baseline(sfreq=128))
    >>> space["svm__C"]
    FloatDistribution(high=100.0, log=True, low=0.1, step=None)
    >>> sorted(name for name in space if name.startswith("features"))
    ['features__fft__method', 'features__fft__taper']
    """
    if not hasattr(pipeline, "get_params"):
        raise ValueError(f"`pipeline` must be an estimator with parameters, got {pipeline!r}.")
    distributions = import_optional("optuna", extra="tune", needed_by="search_space").distributions
    make: dict[str, Callable[..., Any]] = {
        _LOG: lambda ends: distributions.FloatDistribution(*ends, log=True),
        _LINEAR: lambda ends: distributions.FloatDistribution(*ends),
        _WHOLE: lambda ends: distributions.IntDistribution(*ends),
        _CHOICE: distributions.CategoricalDistribution,
    }
    return {
        name: make[kind](ends)
        for prefix, step in _iterate_steps(pipeline)
        for name, (kind, ends) in _name(prefix, step).items()
    }


def _iterate_steps(estimator: Any) -> Iterator[tuple[str, Any]]:
    """Yield the estimator and all within it that have a name, with their prefix."""
    yield "", estimator
    for name, value in estimator.get_params(deep=True).items():
        if hasattr(value, "get_params") and not isinstance(value, type):
            yield f"{name}__", value


def _name(prefix: str, step: Any) -> dict[str, tuple[str, Any]]:
    space = _SPACES.get(type(step).__name__, {})
    known = step.get_params(deep=False)
    return {f"{prefix}{name}": each for name, each in space.items() if _applies(name, known)}


def _applies(name: str, known: dict[str, Any]) -> bool:
    """Say whether a parameter is free: one that is a callable, like a network of the user's own, is not."""
    return name in known and not callable(known[name])
