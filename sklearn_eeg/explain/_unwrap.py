"""What is to be explained of a model: its steps in a row, and the classifier at their end."""

import copy
from typing import Any, NamedTuple

from sklearn.frozen import FrozenEstimator
from sklearn.model_selection import FixedThresholdClassifier, TunedThresholdClassifierCV
from sklearn.utils.validation import check_is_fitted


class Core(NamedTuple):
    """A model taken apart.

    Parameters
    ----------
    steps : list of (str, transformer)
        What windows go through first; steps that do nothing when a model predicts are left out.
    final : classifier
        What is explained, of what the steps give.
    is_whole : bool
        Whether `final` says what the model says, that is, whether nothing comes after it.
    """

    steps: list[tuple[str, Any]]
    final: Any
    is_whole: bool


def unwrap(model: Any, *, keep_calibration: bool = False) -> Core:
    """Take searches, pipelines, frozen, thresholded and calibrated classifiers apart.

    Parameters
    ----------
    model : classifier
        Fitted.
    keep_calibration : bool, default=False
        Whether the classifier at the end shall give calibrated probabilities.

    Returns
    -------
    core : Core
        The steps and the classifier.

    Raises
    ------
    NotFittedError
        If the model is not fitted.
    ValueError
        If it is no classifier.

    Notes
    -----
    A calibrated classifier that holds a single model is looked into: the margin of the model is explained,
    since the calibration is a function of it. Of several models, as in
    ``CalibratedClassifierCV(ensemble=True)`` and in stacks, none is the model's, and the probabilities are
    explained.

    Examples
    --------
    >>> from sklearn.model_selection import GridSearchCV
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn.preprocessing import StandardScaler
    >>> from sklearn.svm import SVC
    >>> from sklearn_eeg.explain._unwrap import unwrap
    >>> search = GridSearchCV(make_pipeline(StandardScaler(), SVC()), {"svc__C": [1]}, cv=2)
    >>> core = unwrap(search.fit([[0.0], [1.0], [2.0], [3.0]], [0, 1, 0, 1]))
    >>> [name for name, _ in core.steps], core.final, core.is_whole
    (['standardscaler'], SVC(C=1), True)
    """
    check_is_fitted(model)
    core = _open(model, keep_calibration)
    if not hasattr(core.final, "classes_"):
        raise ValueError(
            f"`model` must be a fitted classifier, or a pipeline or search that ends in one, got {model!r}."
        )
    return core


def _open(model: Any, keep_calibration: bool) -> Core:
    if hasattr(model, "best_estimator_"):
        return _open(model.best_estimator_, keep_calibration)
    if isinstance(model, FrozenEstimator):
        return _open(model.estimator, keep_calibration)
    if hasattr(model, "steps"):
        core = _open(model.steps[-1][1], keep_calibration)
        steps = [(name, step) for name, step in model.steps[:-1] if hasattr(step, "transform")]
        return core._replace(steps=steps + core.steps)
    if isinstance(model, FixedThresholdClassifier | TunedThresholdClassifierCV):
        return _open(model.estimator_, keep_calibration)._replace(is_whole=False)
    if hasattr(model, "calibration_") and hasattr(model, "estimator_"):
        return _open_calibrated(model, keep_calibration)
    alone: list[Any] = getattr(model, "calibrated_classifiers_", [])
    if len(alone) == 1 and not keep_calibration:
        return _open(alone[0].estimator, keep_calibration)._replace(is_whole=False)
    return Core([], model, True)


def _open_calibrated(model: Any, keep_calibration: bool) -> Core:
    """Take out the one model, or set in its place what is left of it behind its steps."""
    core = _open(model.estimator_, False)
    if not keep_calibration:
        return core._replace(is_whole=False)
    if not core.is_whole:
        return Core([], model, True)
    shortened = copy.copy(model)
    shortened.estimator_ = core.final
    return Core(core.steps, shortened, True)
