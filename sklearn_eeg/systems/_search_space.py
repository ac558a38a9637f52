"""In what space to tune a pipeline: the ranges of all of its steps that we know."""

from typing import Any

from sklearn.model_selection._search import BaseSearchCV

from ._space_classifiers import CLASSIFIER_SPACES
from ._space_steps import STEP_SPACES

_SPACES = {**STEP_SPACES, **CLASSIFIER_SPACES}


def search_space(pipeline: Any) -> dict[str, Any]:
    """Return what a search may draw for the parameters of a pipeline's steps.

    Parameters
    ----------
    pipeline : estimator
        A pipeline, union, stack or single step, nested as it may be.

    Returns
    -------
    space : dict of str to distribution or list
        For each parameter, named as in ``pipeline.set_params``, one of ``optuna.distributions``; or a list
        of choices where these are more than numbers and texts, such as the edges of a band.

    Raises
    ------
    ImportError
        If Optuna is not installed.
    ValueError
        If `pipeline` is no estimator.

    See Also
    --------
    sklearn_eeg.model_selection.OptunaSearchCV : The search that takes the space.

    Notes
    -----
    A step that is none of these or derived from one contributes nothing, nor does what is within a search,
    which tunes it itself. "(log)" is: drawn evenly in the logarithm.

    ================================== =======================================================================
    step                               ranges
    ================================== =======================================================================
    ``Denoiser``                       clip none or at 6 to 12; artifact subspace reconstruction none or at 5
                                       to 20; wavelet shrinkage none or by three rules and modes; band from
                                       0.5 or 1 Hz to 30, 45 or 70 Hz or open, as far as the rate goes, or
                                       none
    ``BandpassFilter``                 the same edges, order 2 to 6
    ``NotchFilter``                    1 to 3 harmonics, either method
    ``ChannelRepair``                  noise threshold 3 to 8
    ``ChannelScaler``                  either scaling
    ``TimeFeatures``                   all features or the basic ones
    ``FFTFeatures``                    all, logarithms of band powers, or a few; three estimates; two tapers;
                                       clinical bands or about half as wide ones, unless a feature is named by
                                       its band
    ``WaveletFeatures``                five wavelets of at most 8 taps, since longer ones do not suit short
                                       windows; level 3, 4 (from 112 time points on) or what the window allows
    ``ComplexityFeatures``             what is usual: templates of 2 or 3 points, tolerance 0.1 to 0.3,
                                       patterns of 3 to 5, Higuchi's longest interval 5 to 20
    ``ConnectivityFeatures``           ``"compact"``, ``"strengths"`` or ``"tangent"``
    ``CanonicalFeatures``              all 24, or the 22 that are blind to amplitude
    ``RandomKernelFeatures``           2,500 to 10,000 features: fewer are quicker
    ``SurrogateOversampler``           six methods; rarer classes brought to 25, 50 or 100 % of the largest
    ``WindowSMOTE``                    the same shares; 2 to 8 neighbours, two kinds
    ``WGANOversampler``                the same shares; the critic's rate 1e-4 to 1e-3 (log), augmentation 0
                                       to 0.4, spectral weight 0 to 4
    ``SVC``                            C 0.01 to 1000 (log); gamma 1e-5 to 0.1 (log), around 1 divided by the
                                       number of scaled features, where the kernel has it
    ``LogisticRegression``,            C 1e-4 to 100 (log): low, since features outnumber patients
    ``LinearSVC``
    ``RidgeClassifier``                alpha 1 to 1e5 (log), high for thousands of random kernels
    ``ExtraTreesClassifier``,          100 to 600 trees, depth 4 to 16 or no limit, share of features 0.05 to
    ``RandomForestClassifier``         0.4 or their root, leaves of at least 1 to 10 windows (log)
    ``HistGradientBoostingClassifier`` rate 0.02 to 0.3 (log), 50 to 400 rounds, 4 to 63 leaves and at least 5
                                       to 50 windows in each (log), share of features 0.05 to 1 (log), L2 0 to
                                       10
    ``CNNClassifier``                  rate 5e-4 to 0.02 (log), weight decay 1e-4 to 0.3 (log), batches of 16
                                       to 128, label smoothing 0 to 0.2, mixup 0 to 0.4, one augmentation or
                                       none; architecture and dropout, where these are not the user's
    ``KNeighborsClassifier``           1 to 30 neighbours
    ``PCA``                            70 to 99 % of the variance
    ``GroupCalibratedClassifier``      sigmoid, isotonic regression or temperature
    ``OpinionPoolClassifier``          strength 1 to 100 (log), the final classifier of a stacked ensemble
    ================================== =======================================================================

    Choices begin with the present value. The mains' frequency, sampling rates, montages, names, folds,
    weights of classes and seeds are facts or decisions, not tuned. Where windows are too short for a choice,
    the trial fails with the reason, and the search goes on.

    The more parameters, the more trials are needed, and what changes in front of a pipeline is computed again
    for each trial: take the part that you need, as below.

    Examples
    --------
    >>> from sklearn_eeg.systems import search_space, svm_baseline
    >>> space = search_space(svm_baseline(sfreq=128))
    >>> space["svm__C"]
    FloatDistribution(high=1000.0, log=True, low=0.01, step=None)
    >>> [name for name in space if name.startswith("features")]
    ['features__fft__features', 'features__fft__method', 'features__fft__taper', 'features__fft__bands',
     'features__time__features']

    Part of it:

    >>> {name: each for name, each in space.items() if name == "denoise__threshold"}
    {'denoise__threshold': CategoricalDistribution(choices=('sure', 'universal', 'bayes'))}
    """
    if isinstance(pipeline, type) or not hasattr(pipeline, "get_params"):
        raise ValueError(f"`pipeline` must be an estimator with parameters, got {pipeline!r}.")
    space: dict[str, Any] = {}
    searches: list[str] = []
    for name, part in [("", pipeline), *pipeline.get_params().items()]:
        prefix = f"{name}__" if name else ""
        if isinstance(part, BaseSearchCV):
            searches.append(prefix)
        space |= {prefix + parameter: draw for parameter, draw in _list_own(part).items()}
    return {name: draw for name, draw in space.items() if not name.startswith(tuple(searches))}


def _list_own(part: Any) -> dict[str, Any]:
    """Return the space of a step's own parameters, that of the nearest class that has one."""
    known = next((each for each in type(part).__mro__ if each in _SPACES), None)
    return {} if known is None else _SPACES[known](part)
