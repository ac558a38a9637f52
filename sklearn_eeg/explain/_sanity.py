"""Whether explanations depend on what a model has learnt: spoil the model, and explain again."""

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from numbers import Integral, Real
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import rankdata
from sklearn.base import clone
from sklearn.utils import check_random_state
from sklearn.utils._param_validation import Interval, validate_params
from sklearn.utils.validation import check_consistent_length

from .._optional import import_optional
from ._unwrap import unwrap

_LARGEST_SEED = 2**31 - 1


@dataclass(frozen=True, eq=False)
class SanityChecks:
    """How alike explanations are before and after a model was spoilt.

    Parameters
    ----------
    table : DataFrame
        One row a check: ``check`` (``"seeds"``, ``"weights"`` or ``"labels"``), ``depth`` (share of the
        layers drawn anew, counted from the output), the mean rank correlation over the windows with the
        explanation of the model as it was, ``correlation``, the interval that holds 95 % of the windows,
        ``low`` and ``high``, and ``passed``.
    threshold : float
        Largest correlation, relative to that between seeds, with which a check is passed.

    Examples
    --------
    >>> import pandas as pd
    >>> from sklearn_eeg.explain import SanityChecks
    >>> table = pd.DataFrame({"check": ["seeds", "labels"], "passed": [None, True]})
    >>> SanityChecks(table, 0.5).passed
    True
    """

    table: pd.DataFrame
    threshold: float

    @property
    def passed(self) -> bool:
        """Whether all checks are passed: of weights, where all layers were drawn anew, and of labels."""
        return all(value for value in self.table["passed"] if value is not None)

    def to_frame(self) -> pd.DataFrame:
        """Return the table.

        Returns
        -------
        frame : DataFrame
            A copy of it.
        """
        return self.table.copy()


@validate_params(
    {
        "n_windows": [Interval(Integral, 1, None, closed="left")],
        "depths": ["array-like"],
        "n_repeats": [Interval(Integral, 1, None, closed="left")],
        "threshold": [Interval(Real, 0, 1, closed="neither")],
        "random_state": ["random_state"],
    },
    prefer_skip_nested_validation=True,
)
def sanity_checks(
    model: Any,
    X: Any,
    y: Any,
    attribute: Callable[[Any, Any], Any],
    *,
    n_windows: int = 40,
    depths: Sequence[float] = (0.5, 1.0),
    n_repeats: int = 2,
    threshold: float = 0.5,
    random_state: int | np.random.RandomState | None = None,
) -> SanityChecks:
    """Compare explanations with those of the same model with random weights, or fitted to random labels.

    Parameters
    ----------
    model : classifier
        A fitted classifier, which is left as it is.
    X : array-like of shape (n_windows, n_channels, n_times)
        The windows that it was fitted to.
    y : array-like of shape (n_windows,)
        Their labels.
    attribute : callable
        Explains windows, ``attribute(model, X)`` -> array of shape (n_windows, ...), for example
        ``lambda model, X: saliency(model, X, label=1, baseline=background).by_channel()``. It shall explain
        the same class whatever the model predicts.
    n_windows : int, default=40
        Number of windows that are explained, drawn at random of `X`.
    depths : sequence of float, default=(0.5, 1.0)
        Shares of the layers of a network that are drawn anew, counted from the output; 1 is all.
    n_repeats : int, default=2
        Number of times that each check is done, with other random numbers.
    threshold : float, default=0.5
        Largest correlation, relative to that between seeds, with which a check is passed.
    random_state : int, RandomState instance or None, default=None
        Seed of all that is random here.

    Returns
    -------
    checks : SanityChecks
        The table of checks, and whether all are passed.

    Raises
    ------
    ValueError
        If the attributions do not fit the windows or are not finite.

    Notes
    -----
    An explanation that stays the same when the weights are drawn anew or the labels are shuffled tells of the
    windows and not of what was learnt [1]_. As a measure of "the same" serves the correlation between models
    fitted to the true labels from different seeds, or where a model has no seed, to different draws (with
    replacement) of the windows: a check is passed if the mean correlation, of ranks and window by window, is
    at most `threshold` times that. Where the latter is below 0.1, the explanations cannot be told from noise,
    and no check is passed. Checks with some of the layers are told and not judged.

    Signs count: where only the size of values matters, let `attribute` return absolute ones. The correlation
    of a map that is the same everywhere counts as 0. To pass is necessary, not sufficient: values may depend
    on the model and still be wrong [2]_.

    References
    ----------
    .. [1] Adebayo J, et al. (2018) Sanity checks for saliency maps. NeurIPS.
       https://doi.org/10.48550/arXiv.1810.03292
    .. [2] Yona G, Greenfeld D (2021) Revisiting sanity checks for saliency maps.
       https://doi.org/10.48550/arXiv.2110.14297

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.linear_model import LogisticRegression
    >>> from sklearn_eeg.explain import sanity_checks
    >>> rng = np.random.default_rng(0)
    >>> X, y = rng.normal(size=(200, 12)), np.tile([0, 1], 100)
    >>> X += np.outer(y, np.linspace(-1, 1, 12))
    >>> model = LogisticRegression().fit(X, y)
    >>> sanity_checks(model, X, y, lambda model, X: model.coef_ * X, random_state=0).passed
    True
    >>> sanity_checks(model, X, y, lambda model, X: X, random_state=0).passed  # looks at no model
    False
    """
    state = check_random_state(random_state)
    X = X if hasattr(X, "shape") else np.asarray(X)
    labels = np.asarray(y)
    check_consistent_length(X, labels)
    rows = np.sort(state.permutation(len(labels))[:n_windows])
    before = _attribute(attribute, model, X[rows])

    def compare(make: Callable[[], Any]) -> np.ndarray:
        maps = [_attribute(attribute, make(), X[rows]) for _ in range(n_repeats)]
        return np.concatenate([rank_correlations(before, each) for each in maps])

    table = [_row("seeds", 0.0, compare(lambda: _refit(model, X, labels, state)), None)]
    limit = threshold * table[0]["correlation"] if table[0]["correlation"] >= 0.1 else -np.inf
    if find_modules(model) is not None:
        for depth in sorted(depths):
            found = compare(partial(randomised_model, model, depth=depth, random_state=state))
            table.append(_row("weights", depth, found, limit if depth == 1 else None))
    shuffled = compare(lambda: randomised_model(model, X, labels, refit=True, random_state=state))
    table.append(_row("labels", 1.0, shuffled, limit))
    return SanityChecks(pd.DataFrame(table), float(threshold))


def randomised_model(
    model: Any,
    X: Any = None,
    y: Any = None,
    *,
    depth: float = 1.0,
    refit: bool = False,
    random_state: int | np.random.RandomState | None = None,
) -> Any:
    """Return a copy of a model that has lost what it learnt.

    Parameters
    ----------
    model : classifier
        A fitted classifier. If it is a network, or a pipeline or search that ends in one, the weights of its
        layers are drawn anew, in memory only: a pickle of the copy holds the old ones.
    X : array-like of shape (n_windows, n_channels, n_times), default=None
        Windows to fit any other model to, with shuffled labels.
    y : array-like of shape (n_windows,), default=None
        Their labels.
    depth : float, default=1.0
        Share of the layers that are drawn anew, counted from the output.
    refit : bool, default=False
        Whether a network, too, is fitted to shuffled labels instead.
    random_state : int, RandomState instance or None, default=None
        Seed of the weights or the shuffle.

    Returns
    -------
    model : classifier
        The spoilt copy.

    Notes
    -----
    New weights are normal, of the mean and the standard deviation of the old ones of the tensor; a tensor of
    equal values stays as it is. Layers are counted in the order in which the network registers them.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.linear_model import LogisticRegression
    >>> from sklearn_eeg.explain._sanity import randomised_model
    >>> X = np.repeat([[0.0], [1.0]], 200, axis=0)
    >>> y = X[:, 0] > 0
    >>> model = LogisticRegression().fit(X, y)
    >>> spoilt = randomised_model(model, X, y, random_state=0)
    >>> bool(abs(spoilt.coef_[0, 0]) < 0.1 * model.coef_[0, 0])
    True
    """
    state = check_random_state(random_state)
    if find_modules(model) is not None and not refit:
        import_optional("torch", extra="torch", needed_by="sanity_checks")
        from ._sanity_torch import draw_weights

        spoilt = copy.deepcopy(model)
        seed = int(state.randint(_LARGEST_SEED))
        for index, module in enumerate(find_modules(spoilt) or []):
            draw_weights(module, depth, seed + index)
        return spoilt
    if X is None or y is None:
        raise ValueError(
            f"`X` and `y` must be given for {type(model).__name__}, which has no weights to draw anew: it is "
            "fitted to shuffled labels."
        )
    return _with_seed(model, state).fit(X, state.permutation(np.asarray(y)))


def find_modules(model: Any) -> list[Any] | None:
    """Return the torch modules at the end of a model, or None where there are none."""
    return getattr(unwrap(model).final, "modules_", None)


def rank_correlations(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Return the rank correlation of each row of two tables (n_rows, n_values), 0 where one is constant.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.explain._sanity import rank_correlations
    >>> rank_correlations(np.array([[1, 2, 3], [1, 2, 3]]), np.array([[1, 4, 9], [3, 2, 1]]))
    array([ 1., -1.])
    """
    ranks = [rankdata(each, axis=1) for each in (a, b)]
    x, y = (each - each.mean(axis=1, keepdims=True) for each in ranks)
    size = np.sqrt(np.square(x).sum(axis=1) * np.square(y).sum(axis=1))
    return np.divide((x * y).sum(axis=1), size, out=np.zeros(len(a)), where=size > 0)


def _attribute(attribute: Callable[[Any, Any], Any], model: Any, X: Any) -> np.ndarray:
    values = np.asarray(attribute(model, X), dtype=float)
    if values.ndim < 2 or len(values) != len(X):
        raise ValueError(
            f"`attribute` must give an array of shape ({len(X)}, ...) for these windows, got {values.shape}."
        )
    if not np.isfinite(values).all():
        raise ValueError("`attribute` must give finite values, got NaN or infinity.")
    return values.reshape(len(values), -1)


def _refit(model: Any, X: Any, y: np.ndarray, state: np.random.RandomState) -> Any:
    """Return the model fitted again, from another seed or to another draw of the windows."""
    if any(name.rpartition("__")[2] == "random_state" for name in model.get_params()):
        return _with_seed(model, state).fit(X, y)
    rows = state.randint(len(y), size=len(y))
    return clone(model).fit(X[rows], y[rows])


def _with_seed(model: Any, state: np.random.RandomState) -> Any:
    """Return an unfitted copy with new seeds."""
    anew = clone(model)
    names = [name for name in sorted(anew.get_params()) if name.rpartition("__")[2] == "random_state"]
    return anew.set_params(**{name: int(state.randint(_LARGEST_SEED)) for name in names})


def _row(check: str, depth: float, found: np.ndarray, limit: float | None) -> dict[str, Any]:
    low, high = np.quantile(found, [0.025, 0.975])
    passed = None if limit is None else bool(found.mean() <= limit)
    row = {"check": check, "depth": depth, "correlation": float(found.mean())}
    return row | {"low": float(low), "high": float(high), "passed": passed}
