"""Fit an estimator so that whatever it splits inside, it splits by patient."""

from typing import Any

import numpy as np
from sklearn import config_context, get_config
from sklearn.base import clone
from sklearn.model_selection._search import BaseSearchCV

from ._parts import find_last_step, has_parameter
from ._tell import tell_by_routing, tell_by_step


def fit_by_patient(estimator: Any, X: Any, y: Any, groups: Any, *, sample_weight: Any = None) -> Any:
    """Fit a clone of an estimator, handing the patients to all of its parts that can use them.

    A search within a cross-validation, or as the last step of a pipeline, then splits its windows by
    patient too, and no metadata routing need be switched on.

    Parameters
    ----------
    estimator : estimator
        Any scikit-learn estimator: a search, a pipeline, a classifier, or one inside another. It is
        not changed.
    X : array-like of n_windows windows
        The windows to fit on.
    y : array-like of shape (n_windows,)
        Label of each window.
    groups : array-like of shape (n_windows,) or None
        Patient of each window; None fits a plain clone.
    sample_weight : array-like of shape (n_windows,), default=None
        Weight of each window, for the classifier at the end of pipelines and searches.

    Returns
    -------
    fitted : estimator
        The fitted clone.

    Raises
    ------
    ValueError
        If something inside must split by patient and there is one patient only; or if there are weights
        and the classifier takes none, or they and the patients cannot both get where they should.

    See Also
    --------
    PatientKFold : The folds inside.

    Notes
    -----
    `groups` goes to every part whose `fit` has a parameter of that name, and to every splitter by patient.
    Where `cv` is a number or None in a search, in
    :class:`~sklearn.calibration.CalibratedClassifierCV`,
    :class:`~sklearn.model_selection.TunedThresholdClassifierCV`,
    :class:`~sklearn.linear_model.LogisticRegressionCV`, :class:`~sklearn.feature_selection.RFECV`,
    :class:`~sklearn.feature_selection.SequentialFeatureSelector` or whatever else scikit-learn routes
    patients to, the clone gets that many (None: 5) stratified folds by patient, but no more than the
    rarest class has patients among the windows to fit on (where it has only one,
    :class:`~sklearn.model_selection.StratifiedGroupKFold`). A splitter of your own is kept.

    Out of reach, since scikit-learn hands them no patients: the folds and the members of a
    :class:`~sklearn.ensemble.StackingClassifier`, the folds of ``CalibratedClassifierCV(ensemble=False)``,
    what is within :class:`~sklearn.ensemble.AdaBoostClassifier` and others without metadata routing, a
    `cv` that is a share of the windows, and held-out shares such as `validation_fraction`. These are
    fitted as ever, and :func:`check_leakage` names them.

    Metadata routing is on while the clone is fitted, in this thread only, and as it was afterwards. Where
    you have it on, requests (``set_fit_request(sample_weight=True)``) decide who gets weights. Where it is
    off, weights and patients of what is within a search, say, cannot both be handed on, and are refused.

    Examples
    --------
    The search never sees a patient on both sides, and so finds that these features identify patients:

    >>> import numpy as np
    >>> from sklearn.model_selection import GridSearchCV
    >>> from sklearn.neighbors import KNeighborsClassifier
    >>> from sklearn_eeg.model_selection import fit_by_patient
    >>> patients = np.tile(np.arange(8), 10)
    >>> X, y = patients[:, np.newaxis] + 0.0, np.tile([0, 1, 1, 0], 2)[patients]
    >>> search = GridSearchCV(KNeighborsClassifier(), {"n_neighbors": [1]}, cv=4)
    >>> float(search.fit(X, y).best_score_)
    1.0
    >>> float(fit_by_patient(search, X, y, patients).best_score_) < 0.7
    True
    """
    model = clone(estimator)
    routed = get_config()["enable_metadata_routing"]
    metadata = {} if groups is None else {"groups": np.asarray(groups)}
    if sample_weight is not None:
        _check_takes_weights(model)
        metadata["sample_weight"] = np.asarray(sample_weight)
    told = _tell(model) if groups is not None else []
    if told is not None and (routed or sample_weight is None):
        if not told:
            metadata.pop("groups", None)
        with config_context(enable_metadata_routing=routed or bool(told)):
            return model.fit(X, y, **metadata)
    with config_context(enable_metadata_routing=False):
        return model.fit(X, y, **_name_by_step(model, told or [], **metadata))


def _tell(model: Any) -> list[Any] | None:
    """Return the parts to which routing leads the patients, or None where a part does not route."""
    try:
        return tell_by_routing(model)
    except NotImplementedError:
        return None


def _name_by_step(
    model: Any, told: list[Any], groups: Any = None, sample_weight: Any = None
) -> dict[str, np.ndarray]:
    """Return patients and weights under the names that `fit` takes without routing."""
    named = {} if groups is None else tell_by_step(model)
    for part in told:
        if not any(part is each for each in named.values()):
            raise ValueError(
                f"`sample_weight` must be None for this {type(model).__name__}, whose {type(part).__name__} "
                "needs `groups` beside it: leave the weights out, or switch metadata routing on "
                "(sklearn.set_config) and request them (set_fit_request)."
            )
    metadata = dict.fromkeys(named, groups)
    if sample_weight is not None:
        metadata[_name_weight(model)] = sample_weight
    return metadata


def _name_weight(model: Any) -> str:
    if has_parameter(model, "sample_weight"):
        return "sample_weight"
    if isinstance(model, BaseSearchCV):
        return _name_weight(model.estimator)
    if hasattr(model, "steps"):
        name, last = model.steps[-1]
        return f"{name}__{_name_weight(last)}"
    return "sample_weight"


def _check_takes_weights(model: Any) -> None:
    last = find_last_step(model)
    if not has_parameter(last, "sample_weight", by_name=False):
        raise ValueError(
            f"`sample_weight` must be None with {type(last).__name__}, whose fit takes no weights: leave "
            "it out, or use another classifier."
        )
