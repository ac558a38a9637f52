"""What comes out of each step of a pipeline, and where to cut it."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from ._background import Data
from ._columns import collect_features, describe_columns
from ._trial import (
    MIXED,
    Trial,
    as_array,
    choose_hybrids,
    find_owners,
    make_trial,
    owners_by_name,
    transform_quietly,
)


class Stage(NamedTuple):
    """What comes out of the first steps of a pipeline.

    Parameters
    ----------
    n_done : int
        Number of steps done.
    step : str
        Name of the last of them; "" before the first.
    ndim : int
        Number of dimensions: 3 for windows, 2 for tables and for windows of one channel.
    names : list of str or None
        Names of the columns of a table, where the step gives them.
    info : DataFrame of shape (n_columns, 4) or None
        What each column is, if the names of all tell.
    ch_names : list of str
        The channels.
    owners : ndarray of shape (n_units,)
        Number of the channel that each unit (channel or column) comes from, or -1 if it is not one only.
    form : callable
        Gives an array of this kind the form that the next step takes.
    """

    n_done: int
    step: str
    ndim: int
    names: list[str] | None
    info: pd.DataFrame | None
    ch_names: list[str]
    owners: np.ndarray
    form: Callable[[np.ndarray], Any]

    @property
    def is_apart(self) -> bool:
        """Whether each unit comes from one channel."""
        return bool((self.owners != MIXED).all())


def find_stages(data: Data, steps: Sequence[tuple[str, Any]]) -> list[Stage]:
    """Find out what comes out of each step of a pipeline.

    Parameters
    ----------
    data : Data
        What the pipeline takes.
    steps : sequence of (str, transformer)
        Fitted.

    Returns
    -------
    stages : list of Stage
        One before the first step and one behind each.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.decomposition import PCA
    >>> from sklearn.preprocessing import StandardScaler
    >>> from sklearn_eeg.explain._background import Data
    >>> from sklearn_eeg.explain._cut import find_stages
    >>> table = np.random.default_rng(0).normal(size=(9, 2))
    >>> names = ["C3__time__mean", "C4__time__mean"]
    >>> scaler = StandardScaler().fit(table)
    >>> steps = [("scale", scaler), ("pca", PCA().fit(scaler.transform(table)))]
    >>> [stage.owners.tolist() for stage in find_stages(Data(table, table, None, names, False), steps)]
    [[0, 1], [0, 1], [-1, -1]]
    """
    first = _begin(data)
    if not steps:
        return [first]
    try:
        return [first, *_walk(data, steps, first, bad_channels=True)]
    except (ValueError, ArithmeticError):  # of a step that refuses bad channels
        return [first, *_walk(data, steps, first, bad_channels=False)]


def choose_stage(stages: Sequence[Stage], level: Sequence[str]) -> Stage:
    """Choose the stage whose units are shared out among the players of a level.

    Parameters
    ----------
    stages : sequence of Stage
        Of a pipeline.
    level : sequence of str
        What makes a player; see `explain`.

    Returns
    -------
    stage : Stage
        The last one that keeps channels apart, for levels of channels; the last table whose columns say
        what they are, for levels of features; the last that does both, for both.

    Raises
    ------
    ValueError
        If there is none; the message says which step is in the way.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.explain._background import Data
    >>> from sklearn_eeg.explain._cut import choose_stage, find_stages
    >>> stages = find_stages(Data(np.zeros((2, 3, 9)), np.zeros((2, 3, 9)), ["a", "b", "c"], None, False), [])
    >>> choose_stage(stages, ["channel"]).owners
    array([0, 1, 2])
    """
    of_channels = bool({"channel", "region", "hemisphere"}.intersection(level))
    of_features = bool({"band", "family", "statistic", "feature"}.intersection(level))
    named = [stage for stage in stages if stage.info is not None]
    apart = [stage for stage in stages if stage.is_apart]
    both = [stage for stage in named if stage.is_apart]
    shown = level[0] if len(level) == 1 else tuple(level)
    if of_channels and of_features and both:
        return both[-1]
    if of_features and not of_channels and named:
        return named[-1]
    if tuple(level) == ("feature",) and stages[-1].ndim == 2:
        return stages[-1]
    if of_channels and not of_features and apart:
        return apart[-1]
    if of_features and not named:
        raise ValueError(
            f"`level` must be of channels for this model, got {shown!r}: none of its steps gives a table "
            "whose columns are named <channel>__<family>__<statistic> (a FunctionTransformer needs "
            "feature_names_out='one-to-one' to hand names on)."
        )
    if not stages[0].is_apart:
        raise ValueError(
            f"`level` must be of features for this table, got {shown!r}: its columns do not each name one "
            "channel. Explain a pipeline that begins with windows, or level='feature'."
        )
    mixer = next(stage.step for stage in stages if not stage.is_apart)
    raise ValueError(
        f"`level` must be of channels or of features for this model, got {shown!r}: step {mixer!r} mixes "
        "channels, so that its features have none of their own. Explain the steps behind it, on the windows "
        "that come out of it."
    )


def run(steps: Sequence[tuple[str, Any]], X: Any) -> Any:
    """Return what comes out of fitted steps.

    Examples
    --------
    >>> from sklearn.preprocessing import FunctionTransformer
    >>> from sklearn_eeg.explain._cut import run
    >>> run([("negate", FunctionTransformer(lambda x: -x))], 2)
    -2
    """
    for _, step in steps:
        X = step.transform(X)
    return X


def _begin(data: Data) -> Stage:
    """Return the stage before the first step."""
    n_units = data.X.shape[1]
    if data.ch_names is not None:
        owners = np.arange(n_units) if data.X.ndim == 3 else np.zeros(n_units, dtype=int)
        return Stage(0, "", data.X.ndim, None, None, data.ch_names, owners, np.asarray)
    info = None if data.columns is None else describe_columns(data.columns)
    ch_names: list[str] = []
    if info is not None:
        units = info.loc[info["family"] != "connectivity", "channel"]
        ch_names = [str(name) for name in units.unique()]
    owners = owners_by_name(info, ch_names, n_units)
    form = _form_like(pd.DataFrame(columns=data.columns)) if data.frame else np.asarray
    return Stage(0, "", 2, data.columns, info, ch_names, owners, form)


def _walk(
    data: Data, steps: Sequence[tuple[str, Any]], stage: Stage, *, bad_channels: bool
) -> Iterator[Stage]:
    """Yield the stage behind each step, by sending trial windows through."""
    chosen = choose_hybrids(max(1, len(stage.ch_names)))
    trial = make_trial(data, stage.owners, chosen, bad_channels=bad_channels)
    trial = Trial(*(stage.form(part) for part in trial))
    features = collect_features(step for _, step in steps)
    for number, (label, step) in enumerate(steps, start=1):
        names = _name_out(step, stage.names)
        trial = transform_quietly(step, trial)
        arrays = Trial(*(as_array(part) for part in trial))
        known = names if arrays.hybrids.ndim == 2 and len(names or ()) == arrays.hybrids.shape[1] else None
        info = None if known is None else describe_columns(known, ch_names=data.ch_names, features=features)
        owners = find_owners(arrays, chosen, stage.ch_names, info)
        stage = Stage(
            number, label, arrays.hybrids.ndim, known, info, stage.ch_names, owners, _form_like(trial.hybrids)
        )
        yield stage


def _name_out(step: Any, names: list[str] | None) -> list[str] | None:
    """Return the names of the columns that a step gives, if it tells."""
    for given in (names, None) if names is not None else (None,):
        try:
            return [str(name) for name in step.get_feature_names_out(given)]
        except (AttributeError, ValueError):
            continue
    return None


def _form_like(output: Any) -> Callable[[np.ndarray], Any]:
    """Return what makes arrays into what a step gives: DataFrames of the same columns, or arrays."""
    if isinstance(output, pd.DataFrame):
        columns = output.columns
        return lambda array: pd.DataFrame(array, columns=columns)
    return np.asarray
