"""The members of a stack: which are usable, what they are asked, and the table of their answers."""

from typing import Any

import numpy as np
from scipy import sparse
from sklearn.base import is_classifier
from sklearn.utils import InputTags, get_tags

from ._cross_fit import Member

RESPONSES = ("predict_proba", "decision_function", "predict")


def choose_members(estimators: list[tuple[str, Any]], stack_method: str) -> dict[str, Member]:
    """Return the members that are not dropped, by name, with the method that each is asked by.

    Parameters
    ----------
    estimators : list of (str, classifier or "drop")
        Members by name.
    stack_method : {"auto", "predict_proba", "decision_function", "predict"}
        The method; ``"auto"`` is the first that a member has.

    Returns
    -------
    members : dict of str to Member
        In the order given.

    Raises
    ------
    ValueError
        If a member is not a classifier or lacks the method, or all are dropped.

    Examples
    --------
    >>> from sklearn.svm import SVC
    >>> from sklearn_eeg.ensemble._members import choose_members
    >>> choose_members([("svm", SVC()), ("old", "drop")], "auto")
    {'svm': Member(estimator=SVC(), response='decision_function')}
    """
    if not estimators or not all(isinstance(each, tuple | list) and len(each) == 2 for each in estimators):
        raise ValueError(
            f"`estimators` must be a list of at least one (name, classifier), got {estimators!r}."
        )
    members = {}
    for name, estimator in estimators:
        if is_dropped(estimator):
            continue
        if not is_usable(estimator):
            raise ValueError(
                f"Each of `estimators` must be a classifier or 'drop', got {name}={estimator!r}."
            )
        asked = RESPONSES if stack_method == "auto" else (stack_method,)
        response = next((each for each in asked if hasattr(estimator, each)), None)
        if response is None:
            raise ValueError(
                f"Each of `estimators` must have {' or '.join(asked)}, got {name}={estimator!r}: pass "
                "stack_method='auto'."
            )
        members[name] = Member(estimator, response)
    if not members:
        raise ValueError("At least one of `estimators` must be a classifier, got 'drop' for all of them.")
    return members


def is_usable(estimator: Any) -> bool:
    """Return whether something is a classifier (and not, say, the class of one)."""
    return not isinstance(estimator, type) and hasattr(estimator, "fit") and is_classifier(estimator)


def is_dropped(estimator: Any) -> bool:
    """Return whether an entry of a list of members is left out."""
    return isinstance(estimator, str) and estimator == "drop"


def find_input_tags(estimator: Any) -> InputTags:
    """Return what kinds of `X` an estimator takes.

    For a pipeline that is what its first working step takes, for a union what all of its parts take.

    Examples
    --------
    >>> from sklearn.pipeline import make_pipeline, make_union
    >>> from sklearn.svm import SVC
    >>> from sklearn_eeg.ensemble._members import find_input_tags
    >>> from sklearn_eeg.features import TimeFeatures
    >>> find_input_tags(make_pipeline(make_union(TimeFeatures()), SVC())).three_d_array
    True
    """
    for _, step in getattr(estimator, "steps", ()):
        if step is not None and step != "passthrough":
            return find_input_tags(step)
    tags = get_tags(estimator).input_tags
    parts = [part for _, part in getattr(estimator, "transformer_list", ()) if hasattr(part, "transform")]
    return join_input_tags(tags, parts) if parts else tags


def join_input_tags(tags: InputTags, parts: list[Any]) -> InputTags:
    """Set what kinds of `X` all of some parts take; nothing where there is none."""
    for name in ("two_d_array", "three_d_array", "sparse", "allow_nan"):
        setattr(tags, name, bool(parts) and all(getattr(find_input_tags(part), name) for part in parts))
    return tags


def join_scores(scores: list[np.ndarray], responses: list[str]) -> np.ndarray:
    """Put the scores of all members side by side.

    Parameters
    ----------
    scores : list of ndarray of shape (n_windows, n_classes), or (n_windows, 1) for ``"predict"``
        Of each member; NaN for classes that the model of a fold does not know.
    responses : list of str
        The method of each.

    Returns
    -------
    table : ndarray of shape (n_windows, n_columns)
        Of two classes only the second column, since the first follows from it. NaN becomes 0 for
        probabilities and the lowest value of the column for decision values.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.ensemble._members import join_scores
    >>> join_scores([np.array([[0.1, 0.9]]), np.array([[-3.0, 3.0]])], ["predict_proba", "decision_function"])
    array([[0.9, 3. ]])
    """
    columns = []
    for each, response in zip(scores, responses, strict=True):
        filled = each
        if np.isnan(each).any():
            lowest = 0.0 if response == "predict_proba" else np.nanmin(each, axis=0)
            filled = np.where(np.isnan(each), lowest, each)
        columns.append(filled[:, 1:] if filled.shape[1] == 2 else filled)
    return np.hstack(columns)


def check_is_table(X: Any) -> None:
    """Raise a ValueError if `X` cannot stand beside the members' scores: if it is not two-dimensional."""
    if hasattr(X, "get_data") or (not sparse.issparse(X) and np.ndim(X) != 2):
        raise ValueError(
            "`passthrough` must be False for windows that are no table of features, got True: give their "
            "features to the final classifier by stacking classifiers of features."
        )


def append_input(table: np.ndarray, X: Any) -> Any:
    """Return the members' table followed by the columns of `X`; sparse where `X` is.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.ensemble._members import append_input
    >>> append_input(np.array([[0.5]]), [[1.0, 2.0]])
    array([[0.5, 1. , 2. ]])
    """
    return sparse.hstack([table, X], format="csr") if sparse.issparse(X) else np.hstack([table, X])
