"""Which parts of an estimator can be told the patients, and how."""

import numbers
from typing import Any

from sklearn import config_context
from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import StackingClassifier
from sklearn.frozen import FrozenEstimator
from sklearn.model_selection._search import BaseSearchCV
from sklearn.model_selection._split import GroupsConsumerMixin
from sklearn.utils.metadata_routing import MetadataRouter, get_routing_for_object

from ._folds_inside import DEFAULT_FOLDS, FoldsInside
from ._parts import has_parameter, iterate_parts

_METHODS = ("fit", "fit_transform", "fit_resample")
_PROBE = "sklearn_eeg_probe"  # a name that nobody else asks for


def tell_by_routing(model: Any) -> list[Any]:
    """Let each part ask for the patients to which metadata routing leads them from the model's `fit`.

    Parameters
    ----------
    model : estimator
        It is changed: the parts request `groups`, and where `cv` is a number or None, it becomes so many
        folds by patient.

    Returns
    -------
    told : list of estimator
        The parts that get the patients; none behind a sampler, whose synthetic windows have no patient.

    Raises
    ------
    NotImplementedError
        If a part does not support routing; nothing is changed then.

    Notes
    -----
    scikit-learn says where a name is led to, so each part asks for one of its own, in turn. Said, but not
    done, is that it reaches the folds of ``CalibratedClassifierCV(ensemble=False)``, members of a
    StackingClassifier, and parts of what takes no such argument.

    Examples
    --------
    >>> from sklearn.linear_model import LogisticRegressionCV
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn.preprocessing import StandardScaler
    >>> from sklearn_eeg.model_selection._tell import tell_by_routing
    >>> tell_by_routing(make_pipeline(StandardScaler(), LogisticRegressionCV(cv=3)))
    [LogisticRegressionCV(cv=FoldsInside(n_splits=3))]
    """
    with config_context(enable_metadata_routing=True):
        get_routing_for_object(model)
        told, late = [], {id(each) for each in _list_behind_samplers(model)}
        for part in list(iterate_parts(model, closed=_is_closed)):
            if id(part) in late:
                if _has_groups(part):
                    _request(part, False)
                continue
            if _has_groups(part):
                _request(part, _PROBE)
                reached = part is model or _is_led(model)
                _request(part, True)
            else:
                reached = _reaches_folds(model, part)
            if reached:
                told.append(part)
        return told


def tell_by_step(model: Any) -> dict[str, Any]:
    """Find the parts that can be told the patients without routing: steps of pipelines, at any depth.

    Parameters
    ----------
    model : estimator
        It is changed: searches among its steps, where `cv` is a number or None, get so many folds by patient.

    Returns
    -------
    told : dict of str to estimator
        The parts by the name that the model's `fit` has for their patients.

    Examples
    --------
    >>> from sklearn.model_selection import GridSearchCV
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn.preprocessing import StandardScaler
    >>> from sklearn.svm import SVC
    >>> from sklearn_eeg.model_selection._tell import tell_by_step
    >>> list(tell_by_step(make_pipeline(StandardScaler(), GridSearchCV(SVC(), {}))))
    ['gridsearchcv__groups']
    """
    if _has_groups(model):
        return {"groups": model}
    if isinstance(model, BaseSearchCV):
        if _counts_folds(model):
            _split_by_patient(model)
        return {"groups": model} if isinstance(model.cv, GroupsConsumerMixin) else {}
    return {
        f"{name}__{key}": part
        for name, step in _list_until_sampler(model)
        if hasattr(step, "fit")
        for key, part in tell_by_step(step).items()
    }


def clone_told(estimator: Any) -> tuple[Any, list[Any]]:
    """Return a clone, whose parts ask for the patients, and those parts that nobody can tell them.

    Parameters
    ----------
    estimator : estimator
        It is not changed.

    Returns
    -------
    model : estimator
        The clone.
    untold : list of estimator
        The parts of it that split their windows by a number of folds, or a share, all the same.

    Examples
    --------
    >>> from sklearn.ensemble import AdaBoostClassifier
    >>> from sklearn.linear_model import LogisticRegressionCV
    >>> from sklearn_eeg.model_selection._tell import clone_told
    >>> clone_told(AdaBoostClassifier(LogisticRegressionCV(cv=3)))[1]
    [LogisticRegressionCV(cv=3)]
    """
    model = clone(estimator, safe=False)
    try:
        tell_by_routing(model)
    except NotImplementedError:
        tell_by_step(model)
    parts = iterate_parts(model, closed=lambda part: _has_groups(part) or isinstance(part, FrozenEstimator))
    untold = [part for part in parts if not _has_groups(part) and _has_cv(part, numbers.Real, type(None))]
    return model, untold


def _list_until_sampler(model: Any) -> list[tuple[str, Any]]:
    """Return the steps of a pipeline, up to and with the first sampler: synthetic windows have no patient."""
    steps = list(getattr(model, "steps", None) or [])
    last = next((i for i, (_, step) in enumerate(steps) if hasattr(step, "fit_resample")), len(steps))
    return steps[: last + 1]


def _list_behind_samplers(model: Any) -> list[Any]:
    """Return the parts, at any depth, of steps that come after a sampler in a pipeline."""
    found: list[Any] = []
    for part in iterate_parts(model):
        steps = getattr(part, "steps", None) or []
        for _, step in steps[len(_list_until_sampler(part)) :]:
            found += iterate_parts(step)
    return found


def _has_groups(part: Any) -> bool:
    """Say whether a part takes the patients itself; what it has within is then its own affair."""
    return any(has_parameter(part, "groups", method) for method in _METHODS)


def _is_closed(part: Any) -> bool:
    takes = has_parameter(part, "groups", by_name=False)
    return not takes or isinstance(part, FrozenEstimator | StackingClassifier)


def _has_cv(part: Any, *kinds: Any) -> bool:
    """Say whether a part has a parameter `cv`, of one of these kinds."""
    return "cv" in part.get_params(deep=False) and isinstance(part.cv, kinds)


def _counts_folds(part: Any) -> bool:
    return _has_cv(part, numbers.Integral, type(None))


def _split_by_patient(part: Any) -> None:
    part.set_params(cv=FoldsInside(DEFAULT_FOLDS if part.cv is None else int(part.cv)))


def _reaches_folds(model: Any, part: Any) -> bool:
    """Replace a number of folds by folds by patient, if patients are led there, and say whether they are."""
    by_patient = _has_cv(part, GroupsConsumerMixin)
    if not (by_patient or _counts_folds(part)) or not _leads_on(part):
        return False
    own = part.cv
    part.set_params(cv=FoldsInside().set_split_request(groups=_PROBE))
    reached = _is_led(model)
    part.set_params(cv=own)
    if reached and not by_patient:
        _split_by_patient(part)
    return reached


def _leads_on(part: Any) -> bool:
    """Say whether a part that splits hands to its folds what it says, and takes folds at all."""
    if isinstance(part, CalibratedClassifierCV) and part.ensemble == "auto":
        return not isinstance(part.estimator, FrozenEstimator)
    if isinstance(part, CalibratedClassifierCV):
        return bool(part.ensemble)
    return not getattr(part, "store_cv_results", False)  # RidgeClassifierCV then must leave one out


def _is_led(model: Any) -> bool:
    """Say whether routing leads the name that is probed with to any part."""
    routing = get_routing_for_object(model)
    if not isinstance(routing, MetadataRouter):
        return bool(routing.consumes("fit", [_PROBE]))
    methods = routing.route_params(caller="fit", params={_PROBE: True}).values()
    return any(led for each in methods for led in each.values())


def _request(part: Any, name: str | bool) -> None:
    for method in _METHODS:
        if has_parameter(part, "groups", method) and hasattr(part, f"set_{method}_request"):
            getattr(part, f"set_{method}_request")(groups=name)
