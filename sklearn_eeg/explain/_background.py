"""What a model is asked about: its windows or tables, and those that stand in for what is absent."""

from collections.abc import Iterator
from numbers import Integral
from typing import Any, NamedTuple

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils import check_random_state

from .._windows import check_ch_names, check_windows

N_BACKGROUND = 50


class Data(NamedTuple):
    """What a model takes.

    Parameters
    ----------
    X, background : ndarray of shape (n, n_channels, n_times), or (n, n_columns)
        Windows, or tables; windows of one channel may have two dimensions.
    ch_names : list of str or None
        Names of the channels of windows; None for tables.
    columns : list of str or None
        Names of the columns of tables, where they are known.
    frame : bool
        Whether the model was given a DataFrame, whose columns it may look for.
    """

    X: np.ndarray
    background: np.ndarray
    ch_names: list[str] | None
    columns: list[str] | None
    frame: bool


def read_data(
    model: Any,
    X: Any,
    background: Any = None,
    *,
    random_state: int | np.random.RandomState | None = None,
) -> Data:
    """Check windows or tables against a model, and draw the background.

    Parameters
    ----------
    model : estimator
        Fitted. Where it begins with a step that keeps the shape of its windows, `X` is checked against it.
    X : array-like, DataFrame or mne.Epochs
        Windows or a table.
    background : array-like like `X`, int or None, default=None
        What stands in for absent channels or features; a number draws so many of `X`, None 50.
    random_state : int, RandomState or None, default=None
        Seed of the draw.

    Returns
    -------
    data : Data
        Both, with names.

    Raises
    ------
    ValueError
        If they do not fit the model or each other.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.svm import SVC
    >>> from sklearn_eeg.explain._background import read_data
    >>> read_data(SVC().fit([[0.0], [1.0]], [0, 1]), np.arange(80.0)[:, np.newaxis]).background.shape
    (50, 1)
    """
    front = next(filter(_takes_windows, iterate_fitted(model, first=True)), None)
    is_flat = np.ndim(X) == 2 and not hasattr(X, "get_data")
    if is_flat and not any(map(_takes_windows, iterate_fitted(model))):
        return _read_tables(model, X, background, random_state)
    checker = BaseEstimator() if front is None else front
    windows = np.asarray(check_windows(checker, X, reset=front is None))
    if _is_drawn(background):
        rows = _draw(background, windows, random_state)
    else:
        rows = np.asarray(check_windows(checker, background, reset=False))
    return Data(windows, rows, _find_names(model, checker.ch_names_in_), None, False)


def iterate_fitted(model: Any, *, first: bool = False) -> Iterator[Any]:
    """Yield a fitted estimator and those that do its work, at any depth.

    Parameters
    ----------
    model : estimator
        Fitted.
    first : bool, default=False
        Whether to take of a pipeline only the first step, to which comes what the model is given.

    Yields
    ------
    part : estimator
        Each before its own parts.

    Examples
    --------
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn.preprocessing import StandardScaler
    >>> from sklearn.svm import SVC
    >>> from sklearn_eeg.explain._background import iterate_fitted
    >>> [type(part).__name__ for part in iterate_fitted(make_pipeline(StandardScaler(), SVC()))]
    ['Pipeline', 'StandardScaler', 'SVC']
    """
    if isinstance(model, type | str) or not hasattr(model, "__dict__"):
        return
    yield model
    for name in ("best_estimator_", "estimator_"):
        if hasattr(model, name):
            yield from iterate_fitted(getattr(model, name), first=first)
            return
    if hasattr(model, "calibrated_classifiers_"):
        for part in model.calibrated_classifiers_:
            yield from iterate_fitted(part.estimator, first=first)
        return
    members = getattr(model, "estimators_", ())
    parts = list(members) if isinstance(members, list) else []
    steps = [step for _, step in getattr(model, "steps", ())]
    working = [step for step in steps[:-1] if hasattr(step, "transform")] + steps[-1:]
    parts += working[:1] if first else steps
    for name in ("transformer_list", "transformers_"):
        parts += [member[1] for member in getattr(model, name, ())]
    for part in parts:
        yield from iterate_fitted(part, first=first)


def _takes_windows(part: Any) -> bool:
    return hasattr(part, "window_ndim_in_")


def _read_tables(
    model: Any, X: Any, background: Any, random_state: int | np.random.RandomState | None
) -> Data:
    """Read tables of features, which have names but no channels of their own."""
    is_frame = hasattr(X, "columns")
    known = X.columns if is_frame else getattr(model, "feature_names_in_", None)
    table = np.asarray(X, dtype=np.float64)
    n_columns = getattr(model, "n_features_in_", table.shape[1])
    if table.shape[1] != n_columns:
        raise ValueError(
            f"X must have the {n_columns} columns that the model was fitted on, got {table.shape[1]}."
        )
    if _is_drawn(background):
        rows = _draw(background, table, random_state)
    else:
        _check_same_columns(X, background)
        rows = np.asarray(background, dtype=np.float64)
        if rows.ndim != 2 or rows.shape[1] != table.shape[1]:
            raise ValueError(
                f"`background` must have shape (n_background, {table.shape[1]}), as X, got {rows.shape}."
            )
    return Data(table, rows, None, None if known is None else [str(name) for name in known], is_frame)


def _check_same_columns(X: Any, background: Any) -> None:
    if not (hasattr(X, "columns") and hasattr(background, "columns")):
        return
    wanted, found = ([str(name) for name in table.columns] for table in (X, background))
    if len(wanted) == len(found) and wanted != found:
        raise ValueError(
            f"`background` must have the columns of X in their order, {wanted[:3]}..., got {found[:3]}...: "
            "select them by background[X.columns]."
        )


def _find_names(model: Any, ch_names: list[str]) -> list[str]:
    """Return the names of the channels; where the first step has none, those of the first step that has."""
    numbered = check_ch_names(None, len(ch_names))
    if ch_names != numbered:
        return ch_names
    known = (getattr(part, "ch_names_in_", numbered) for part in iterate_fitted(model))
    return next((names for names in known if names != numbered and len(names) == len(ch_names)), ch_names)


def _is_drawn(background: Any) -> bool:
    return background is None or isinstance(background, Integral)


def _draw(
    background: int | None, X: np.ndarray, random_state: int | np.random.RandomState | None
) -> np.ndarray:
    n = N_BACKGROUND if background is None else int(background)
    if n < 1:
        raise ValueError(f"`background` must be windows or a number of at least 1, got {n}.")
    if len(X) == 1:
        raise ValueError(
            "`background` must hold windows where X holds only one, got a draw from X: pass windows of the "
            "training patients."
        )
    chosen = check_random_state(random_state).permutation(len(X))[:n]
    return X[np.sort(chosen)]
