"""Which engine explains a classifier, and what it gives, in one form."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from ._answers import read_answer, recognize_output
from ._cut import Stage, run
from ._linear import explain_linear, read_linear
from ._permutation import explain_by_sampling
from ._players import Players, check_level, group_rows
from ._product_kernel import explain_nested, explain_product_kernel, product_kernel_margins
from ._svm import read_svm
from ._trees import explain_trees, is_tree_model

_N_TOLD = 20  # windows that tell what decision values are


class Task(NamedTuple):
    """What is to be explained.

    Parameters
    ----------
    final : classifier
        At the end of the pipeline.
    rest : list of (str, transformer)
        Steps between the players and the classifier.
    stage : Stage
        Where the players' units come from.
    rows, background : ndarray of shape (n, n_units, ...)
        What comes out there.
    players : Players
        Groups of units.
    outer : list of ndarray of int or None
        Groups of players that enter together.
    output : {"auto", "probability"}
        What was asked for.
    sampling : dict
        Options of sampling.
    n_jobs : int or None
        Number of threads of the exact engine.
    """

    final: Any
    rest: list[tuple[str, Any]]
    stage: Stage
    rows: np.ndarray
    background: np.ndarray
    players: Players
    outer: list[np.ndarray] | None
    output: str
    sampling: dict[str, Any]
    n_jobs: int | None


class Found(NamedTuple):
    """What engines give: values, base values, the outputs, what these are, and standard errors."""

    values: np.ndarray
    base: np.ndarray
    outputs: np.ndarray
    output: str
    errors: np.ndarray | None = None


class Engine(NamedTuple):
    """Whether an engine fits a task, the function that runs it, and the models that it is for."""

    fits: Callable[[Task], bool]
    explain: Callable[[Task], Found]
    models: str


def choose_engine(task: Task, method: str) -> str:
    """Return the name of the engine for a task.

    Parameters
    ----------
    task : Task
        What is to be explained.
    method : {"auto", "exact", "linear", "tree", "sampling"}
        What was asked for; "auto" is the first that fits.

    Returns
    -------
    name : str
        One of `ENGINES`.

    Raises
    ------
    ValueError
        If the engine does not fit, or cannot let players enter together.

    Examples
    --------
    >>> from sklearn_eeg.explain._engines import ENGINES
    >>> list(ENGINES)
    ['linear', 'exact', 'tree', 'sampling']
    """
    fitting = [name for name, engine in ENGINES.items() if engine.fits(task)]
    if method not in ("auto", *fitting):
        reason = f"it is for {ENGINES[method].models}"
        if task.output == "probability":
            reason += " and output='auto'"
        if task.rest:
            reason += f", and step {task.rest[0][0]!r} lies between the players and the classifier"
        raise ValueError(
            f"`method` must be 'auto' or one of {fitting} for this {type(task.final).__name__}, "
            f"got {method!r}: {reason}."
        )
    chosen = fitting[0] if method == "auto" else method
    if chosen == "sampling" and task.outer is not None:
        raise ValueError(
            f"`within` must be None for method 'sampling', taken for this {type(task.final).__name__}: only "
            "exact, linear and tree explanations let players enter together."
        )
    return chosen


def group_players(players: Players, within: str) -> list[np.ndarray]:
    """Return the players that enter together.

    Raises
    ------
    ValueError
        If a player belongs to more than one group.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> from sklearn_eeg.explain._engines import group_players
    >>> from sklearn_eeg.explain._players import Players
    >>> table = pd.DataFrame({"channel": ["C3", "C4", "C3"]})
    >>> players = Players([np.array([0]), np.array([1]), np.array([2])], table, ["a", "b", "c"])
    >>> group_players(players, "channel")
    [array([0, 2]), array([1])]
    """
    [key] = check_level(within)
    if key not in players.table or players.table[key].isna().any():
        known = [name for name in players.table if players.table[name].notna().all()]
        raise ValueError(f"`within` must be one of {known} for players of this level, got {within!r}.")
    return group_rows(players.table, [key])


def finish(task: Task, rows: np.ndarray) -> Any:
    """Return what the classifier gets for rows of the stage.

    Examples
    --------
    >>> import numpy as np
    >>> from types import SimpleNamespace
    >>> from sklearn_eeg.explain._engines import finish
    >>> finish(SimpleNamespace(rest=[], stage=SimpleNamespace(form=np.asarray)), [1])
    array([1])
    """
    return run(task.rest, task.stage.form(rows))


def _explain_linear(task: Task) -> Found:
    model = read_linear(task.final)
    assert model is not None
    values, base = explain_linear(task.rows, task.background, model.coef, model.intercept, task.players.units)
    return Found(values, base, task.rows @ model.coef.T + model.intercept, model.output)


def _explain_exactly(task: Task) -> Found:
    machine = read_svm(task.final)
    assert machine is not None
    parts = (machine.vectors, machine.coefficients, machine.intercept, machine.gamma)
    options: dict[str, Any] = {"kernel": machine.kernel, "n_jobs": task.n_jobs}
    tables = (task.rows, task.background)
    if task.outer is None:
        values, base = explain_product_kernel(*tables, *parts, task.players.units, **options)
    else:
        values, base = explain_nested(*tables, *parts, task.players.units, task.outer, **options)
    outputs = product_kernel_margins(task.rows, *parts, kernel=machine.kernel)
    return Found(values, base, outputs, "margin")


def _explain_trees(task: Task) -> Found:
    values, base, output = explain_trees(task.final, task.rows, task.players.units)
    outputs = base + values.sum(axis=1)
    if output == "probability" or hasattr(task.final, "decision_function"):
        outputs = read_answer(task.final)(finish(task, task.rows))
    return Found(values, base, outputs, output)


def _explain_by_sampling(task: Task) -> Found:
    answer = read_answer(task.final, task.output)

    def function(rows: np.ndarray) -> np.ndarray:
        return answer(finish(task, rows))

    values, base, errors = explain_by_sampling(
        function, task.rows, task.background, task.players.units, **task.sampling
    )
    outputs = function(task.rows)
    told = finish(task, task.rows[:_N_TOLD])
    return Found(values, base, outputs, recognize_output(task.final, told, answer(told)), errors)


def _fits(read: Callable[[Any], Any]) -> Callable[[Task], bool]:
    """Return whether an engine of decision values fits: nothing lies between players and classifier."""

    def fits(task: Task) -> bool:
        is_table = task.rows.ndim == 2 and not task.rest
        return is_table and task.output == "auto" and read(task.final) is not None

    return fits


def _fits_trees(task: Task) -> bool:
    if task.rows.ndim != 2 or task.rest or not is_tree_model(task.final):
        return False
    return task.output == "auto" or not hasattr(task.final, "decision_function")


ENGINES = {
    "linear": Engine(_fits(read_linear), _explain_linear, "linear models"),
    "exact": Engine(_fits(read_svm), _explain_exactly, "kernel machines of an RBF or Laplacian kernel"),
    "tree": Engine(_fits_trees, _explain_trees, "trees"),
    "sampling": Engine(lambda task: True, _explain_by_sampling, "all models"),  # noqa: ARG005
}
