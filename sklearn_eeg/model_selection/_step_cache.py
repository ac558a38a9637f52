"""Steps at the front of a pipeline, computed once for all trials that share their parameters."""

from collections import OrderedDict
from collections.abc import Hashable, Iterator
from typing import Any, NamedTuple

import joblib
import numpy as np
from sklearn.base import clone
from sklearn.pipeline import FeatureUnion, Pipeline
from sklearn.utils.validation import _num_samples

from .._windows import NamedWindows, name_windows
from ._parts import has_parameter, iterate_parts
from ._take import take

_N_PROBED = 2  # windows that a step must treat alone as it does among all


class Fold(NamedTuple):
    """The windows to fit on and to test, as they come to the steps behind."""

    train: Any
    test: Any


class StepCache:
    """What the steps at the front of a pipeline made of the windows, the latest of it.

    Parameters
    ----------
    X : sequence of n_windows windows
        All windows.
    y : ndarray of shape (n_windows,) or None
        Their labels.
    splits : list of (ndarray, ndarray)
        Indices of the windows to fit on and to test, by fold.
    max_bytes : int, default=1_000_000_000
        How much is kept; what was not used for longest is dropped first.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.linear_model import LogisticRegression
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn.preprocessing import StandardScaler
    >>> from sklearn_eeg.model_selection._step_cache import StepCache
    >>> cache = StepCache(np.array([[0.0], [2.0], [9.0]]), None, [(np.array([0, 1]), np.array([2]))])
    >>> fold, head, tail = cache.run(make_pipeline(StandardScaler(), LogisticRegression()), 0)
    >>> fold.train.tolist(), fold.test.tolist(), tail
    ([[-1.0], [1.0]], [[8.0]], LogisticRegression())
    """

    def __init__(self, X: Any, y: Any, splits: list[Any], *, max_bytes: int = 1_000_000_000) -> None:
        self.X, self.y, self.splits = X, y, splits
        self.max_bytes = max_bytes
        self._kept: OrderedDict[Any, tuple[Any, Any]] = OrderedDict()
        self._learning: set[Any] = set()  # kinds of steps that must be fitted in the fold
        self._trusted: set[Any] = set()  # kinds that were seen to treat a fold as they do all windows

    def run(self, model: Any, fold: int) -> tuple[Fold, list[tuple[str, Any]], Any]:
        """Return what the front steps make of a fold, these steps fitted, and what is left to be fitted.

        Parameters
        ----------
        model : estimator
            Not fitted; it is not changed.
        fold : int
            Number of the fold.

        Returns
        -------
        windows : Fold
            What is left is to be fitted on and to predict.
        head : list of (str, estimator)
            The fitted steps by name.
        tail : estimator
            The pipeline of the other steps, or the last step where it is the only one; the model itself
            where it is no pipeline.
        """
        X, key, head = self._pass_on(model)
        current = self._cut(X, fold)
        for name, step in list_steps(model)[len(head) : -1]:
            if _is_skipped(step):
                head.append((name, step))
                continue
            digest = _digest(step)
            if digest is None:
                break
            key = (key, digest, fold)
            fitted, current = self._fit_in_fold(key, step, current, fold)
            head.append((name, fitted))
        return Fold(*map(_duplicate, current)), head, _cut_pipeline(model, len(head))

    def share(self, model: Any) -> tuple[Any, list[tuple[str, Any]], Any]:
        """Return what the front steps that learn nothing make of all windows, and what is left to be fitted.

        Parameters
        ----------
        model : estimator
            Not fitted; it is not changed.

        Returns
        -------
        X : sequence of n_windows windows
            What is left is to be fitted on, and to predict.
        head : list of (str, estimator)
            The fitted steps by name.
        tail : estimator
            As in `run`.
        """
        X, _, head = self._pass_on(model)
        return X, head, _cut_pipeline(model, len(head))

    def _pass_on(self, model: Any) -> tuple[Any, Any, list[tuple[str, Any]]]:
        """Return what the steps before the first that learns make of all windows, its key, and them."""
        X = self.X
        key: Any = "windows"
        head: list[tuple[str, Any]] = []
        for name, step in list_steps(model)[:-1]:
            if _is_skipped(step):
                head.append((name, step))
                continue
            digest = _digest(step)
            found = None if digest is None else self._compute_for_all((key, digest), step, X)
            if found is None:
                break
            key = (key, digest)
            fitted, X = found
            head.append((name, fitted))
        return X, key, head

    def _cut(self, X: Any, fold: int) -> Fold:
        train, test = self.splits[fold]
        return Fold(take(X, train), take(X, test))

    def _compute_for_all(self, key: Any, step: Any, X: Any) -> tuple[Any, Any] | None:
        """Return a step and what it makes of all windows, or None if that depends on the other windows."""
        kind = tuple(each for part in iterate_parts(step) for each in _list_code(part))
        if kind in self._learning:
            return None
        if key in self._kept:
            return self._recall(key)
        fitted = clone(step).fit(_duplicate(X), self.y)
        if self._is_same_in_every_fold(step, X, _hash(vars(fitted))):
            answer = fitted.transform(_duplicate(X))
            if _is_per_window(fitted, X, answer) and self._is_trusted(kind, step, X, answer):
                return self._keep(key, fitted, answer)
        self._learning.add(kind)
        return None

    def _is_same_in_every_fold(self, step: Any, X: Any, state: str | None) -> bool:
        """Say whether a step learns from each fold what it learns from all windows: nothing of its own."""
        for train, _ in self.splits:
            y = None if self.y is None else take(self.y, train)
            if state is None or _hash(vars(clone(step).fit(take(X, train), y))) != state:
                return False
        return True

    def _is_trusted(self, kind: tuple[Any, ...], step: Any, X: Any, answer: Any) -> bool:
        """Say whether a kind of step makes of the sides of a fold what it makes of all windows at once.

        Our own need not show it: that each window is treated by itself is a promise which their tests keep.
        """
        if kind in self._trusted or all(_is_of_house(each) for each in kind):
            return True
        train, test = self.splits[0]
        y = None if self.y is None else take(self.y, train)
        alone = clone(step)
        learnt = alone.fit_transform(take(X, train), y)
        if _agree(learnt, take(answer, train)) and _agree(alone.transform(take(X, test)), take(answer, test)):
            self._trusted.add(kind)
            return True
        return False

    def _fit_in_fold(self, key: Any, step: Any, windows: Fold, fold: int) -> tuple[Any, Fold]:
        if key in self._kept:
            return self._recall(key)
        y = None if self.y is None else take(self.y, self.splits[fold][0])
        fitted = clone(step)
        train = fitted.fit_transform(_duplicate(windows.train), y)
        return self._keep(key, fitted, Fold(train, fitted.transform(_duplicate(windows.test))))

    def _recall(self, key: Any) -> tuple[Any, Any]:
        self._kept.move_to_end(key)
        return self._kept[key]

    def _keep(self, key: Any, fitted: Any, answer: Any) -> tuple[Any, Any]:
        self._kept[key] = (fitted, answer)
        total = sum(_count_bytes(each) for _, each in self._kept.values())
        while total > self.max_bytes and len(self._kept) > 1:
            _, (_, dropped) = self._kept.popitem(last=False)
            total -= _count_bytes(dropped)
        return fitted, answer


def join_steps(model: Any, head: list[tuple[str, Any]], tail: Any) -> Any:
    """Return the fitted pipeline of which head and tail are fitted; the tail where there is no head.

    Parameters
    ----------
    model : estimator
        The pipeline that was cut, which is not changed.
    head : list of (str, estimator)
        Its first steps, fitted.
    tail : estimator
        The pipeline of the others, or the last one, fitted.

    Examples
    --------
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn.preprocessing import StandardScaler
    >>> from sklearn.svm import SVC
    >>> from sklearn_eeg.model_selection._step_cache import join_steps
    >>> model = make_pipeline(StandardScaler(), SVC())
    >>> scaler, svm = StandardScaler().fit([[0.0], [4.0]]), SVC().fit([[-1.0], [1.0]], ["a", "b"])
    >>> join_steps(model, [("standardscaler", scaler)], svm).predict([[3.0]]).tolist()
    ['b']
    """
    if not head:
        return tail
    joined = clone(model)
    alone = len(head) == len(model.steps) - 1 and type(tail) is type(model.steps[-1][1])
    joined.steps = [*head, *([(model.steps[-1][0], tail)] if alone else tail.steps)]
    return joined


def list_steps(model: Any) -> list[tuple[str, Any]]:
    """Return the steps of a pipeline that can be fitted one by one; none of other estimators.

    Examples
    --------
    >>> from sklearn.svm import SVC
    >>> from sklearn_eeg.model_selection._step_cache import list_steps
    >>> list_steps(SVC())
    []
    """
    known = isinstance(model, Pipeline) and type(model).__module__.startswith(("sklearn.", "imblearn."))
    if not known or getattr(model, "transform_input", None):
        return []
    return model.steps


def _is_skipped(step: Any) -> bool:
    return step is None or (isinstance(step, str) and step == "passthrough")


def _cut_pipeline(model: Any, position: int) -> Any:
    """Return a pipeline from a step on, the last step itself, or a model that is no pipeline."""
    if position == 0:
        return clone(model)
    if position == len(model.steps) - 1 and hasattr(model.steps[-1][1], "fit"):
        return clone(model.steps[-1][1])
    return clone(model).set_params(steps=clone(model).steps[position:])


def _digest(step: Any) -> str | None:
    """Return what a transformer is known by, or None where it must be fitted with the steps behind it."""
    if not hasattr(step, "transform"):
        return None
    for part in iterate_parts(step):
        splits = "cv" in part.get_params(deep=False) or has_parameter(part, "groups")
        if splits or hasattr(part, "fit_resample"):
            return None
    return _hash((type(step), _describe(step)))


def _describe(step: Any) -> Any:
    output = getattr(step, "_sklearn_output_config", None)
    return sorted((name, value) for name, value in step.get_params(deep=False).items()), output


def _duplicate(X: Any) -> Any:
    """Return a copy, which a step may change in its place."""
    if isinstance(X, NamedWindows):
        return name_windows(np.array(X), X.ch_names)
    return take(X, np.arange(_num_samples(X)))


def _list_code(part: Any) -> list[Any]:
    """Return the class of an estimator and the functions among its parameters."""
    values = part.get_params(deep=False).values()
    functions = [each for each in values if callable(each) and isinstance(each, Hashable)]
    return [type(part), *functions]


def _is_of_house(code: Any) -> bool:
    module = getattr(code, "__module__", None) or ""
    return code in (Pipeline, FeatureUnion) or module.startswith("sklearn_eeg.")


def _hash(thing: Any) -> str | None:
    """Return what tells a thing from others, or None where it cannot be pickled, like a lambda."""
    try:
        return joblib.hash(thing)
    except Exception:  # whatever pickling raises
        return None


def _is_per_window(fitted: Any, X: Any, answer: Any) -> bool:
    """Say whether a fitted step makes of some windows alone what it makes of them among all."""
    n_windows = _num_samples(X)
    if _num_samples(answer) != n_windows:
        return False
    few = np.unique(np.linspace(0, n_windows - 1, _N_PROBED).astype(int))
    return _agree(fitted.transform(take(X, few)), take(answer, few))


def _agree(alone: Any, among: Any) -> bool:
    """Say whether two tables hold the same, numbers but for rounding."""
    one, other = _as_array(alone), _as_array(among)
    if one.shape != other.shape:
        return False
    if one.dtype.kind in "OUSTM" or other.dtype.kind in "OUSTM":
        return bool(np.all(one == other))
    return bool(np.allclose(one, other, rtol=1e-9, atol=0, equal_nan=True))


def _as_array(table: Any) -> np.ndarray:
    return table.toarray() if hasattr(table, "toarray") else np.asarray(table)


def _count_bytes(answer: Any) -> int:
    return sum(_sizes(answer))


def _sizes(answer: Any) -> Iterator[int]:
    for table in answer if isinstance(answer, Fold) else (answer,):
        yield int(getattr(table, "nbytes", 0) or np.asarray(table, dtype=object).nbytes)
