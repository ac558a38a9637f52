"""Which channels and features speak for a class, for any classifier."""

from collections.abc import Sequence
from numbers import Integral
from typing import Any

import numpy as np
from sklearn.utils._param_validation import Interval, StrOptions, validate_params

from ._background import read_data
from ._cut import choose_stage, find_stages, run
from ._engines import ENGINES, Task, choose_engine, finish, group_players
from ._explanation import Explanation
from ._players import Players, check_level, make_players, rename_channels
from ._silent import add_silent
from ._trial import as_array
from ._unwrap import unwrap


@validate_params(
    {
        "method": [StrOptions({"auto", "exact", "linear", "tree", "sampling"})],
        "output": [StrOptions({"auto", "probability"})],
        "within": [str, None],
        "n_permutations": [Interval(Integral, 4, None, closed="left")],
        "random_state": ["random_state"],
        "n_jobs": [Integral, None],
        "verbose": ["verbose"],
    },
    prefer_skip_nested_validation=True,
)
def explain(
    model: Any,
    X: Any,
    background: Any = None,
    *,
    level: str | Sequence[str] = "channel",
    within: str | None = None,
    method: str = "auto",
    output: str = "auto",
    ch_names: Sequence[str] | None = None,
    n_permutations: int = 10,
    random_state: int | np.random.RandomState | None = None,
    n_jobs: int | None = None,
    verbose: int = 0,
) -> Explanation:
    """Tell how much each channel, band or feature speaks for each class: Shapley values [1]_.

    Parameters
    ----------
    model : classifier
        Fitted: any classifier of scikit-learn's kind, of windows or of a table of features; a pipeline,
        search, calibrated or stacked classifier of such.
    X : array-like of shape (n_windows, n_channels, n_times) or (n_windows, n_times), or a table
        Windows to explain, in microvolts, or :class:`mne.Epochs`; or a table, best a DataFrame, whose columns
        are named ``<channel>__<family>__<statistic>`` or ``<channel>__<family>__<band>__<statistic>``.
    background : array-like like `X`, int or None, default=None
        Windows that stand in for what is absent, best of the training patients. A number draws so many of
        `X`; None draws 50, or all where `X` has fewer. Effort grows with their number.
    level : str or tuple of str, default="channel"
        What the columns (or channels) of one player have in common: ``"channel"``, ``"region"`` (lobe),
        ``"hemisphere"``, ``"band"``, ``"family"``, ``"statistic"``, ``"feature"`` (each column by itself),
        or a tuple of these, such as ``("channel", "band")``.
    within : str, default=None
        What players have in common that enter together, such as ``"channel"`` for the features of a channel.
        Their Owen values [2]_ sum to the exact Shapley values of that level.
    method : {"auto", "exact", "linear", "tree", "sampling"}, default="auto"
        "exact" is for kernel machines with an RBF or Laplacian kernel, "linear" for linear models (exact as
        well), "tree" for trees (by shap, path-dependent and without the background), "sampling" for all.
        "auto" is linear, exact or tree where one of these fits, and else sampling.
    output : {"auto", "probability"}, default="auto"
        What is explained: "auto" the decision values, where the model has them and else the probabilities,
        of the model within a calibrated one; "probability" the (calibrated) probabilities.
    ch_names : sequence of str, default=None
        Names of the channels; None for those that the model was fitted with.
    n_permutations : int, default=10
        Of "sampling": orders in which players enter, for each window, an even number of at least 4.
    random_state : int, RandomState or None, default=None
        Seed of the background drawn and of the orders.
    n_jobs : int, default=None
        Of "exact": number of threads.
    verbose : int, default=0
        Of "sampling": whether to show a bar of progress.

    Returns
    -------
    explanation : Explanation
        Its `values` have the shape (n_windows, n_players, n_classes); over players they sum to the output
        less its mean over the background. Of two classes the decision value is that of the second, and its
        negative that of the first.

    Raises
    ------
    NotFittedError
        If the model is not fitted.
    ValueError
        If the windows do not fit the model, or the model has not what level, method or output ask for.
    ImportError
        If a model of trees is explained and shap is not installed; ``method="sampling"`` needs no shap.

    See Also
    --------
    saliency : Channel by channel and time by time, for networks.
    faithfulness : Whether the channels named are those that the model needs.

    Notes
    -----
    The value of a player is its mean gain, over all orders in which players enter: how much the output rises
    when its columns are those of the window and no longer those of a background window. Columns and channels
    are replaced by those of background windows and never by zeros, which are no EEG.

    A pipeline is cut behind the last step up to which every column comes from one channel. There, replacing a
    channel's columns is the same as replacing the channel in the raw windows, and features are computed once
    instead of once a coalition. Whether a step keeps channels apart is found out by trying: windows are put
    together from the channels of two, some of them nearly flat or much too loud, and behind a step each
    column must be that of one of the two. Where a step mixes channels (a common reference, ties between
    channels, a network), channels are replaced in the windows before it. Bands, families, statistics and
    features need a table of named columns; the columns that come out of the last step that names them are the
    players.

    Sampling is by pairs of opposite orders and gives standard errors; few players are tried in all
    coalitions, without error. Values of trees are sums over the columns of a player, and of training windows
    in place of the background. An SVC of more than two classes is explained by the sums of its one-vs-one
    margins. A channel that is the same in the window and all of the background, as a constant one may be,
    has the value 0, and so has one of which the classifier gets no column.

    Values tell what a model answers to, not what a seizure is: see `faithfulness`, and score the model on
    new patients first.

    References
    ----------
    .. [1] Lundberg SM, Lee S-I (2017) A unified approach to interpreting model predictions. NeurIPS 30.
       https://doi.org/10.48550/arXiv.1705.07874
    .. [2] Owen G (1977) Values of games with a priori unions. In: Mathematical economics and game theory,
       76-88. https://doi.org/10.1007/978-3-642-45494-3_7

    Examples
    --------
    The seizure is in the third channel, and the model has found it there:

    >>> import numpy as np
    >>> from sklearn_eeg.explain import explain
    >>> from sklearn_eeg.systems import svm_baseline
    >>> t, rng = np.arange(256) / 128, np.random.default_rng(0)
    >>> y = np.repeat(["rest", "seizure"], 20)
    >>> X = rng.normal(scale=10, size=(40, 3, 256))
    >>> X[20:, 2] += 50 * np.sin(2 * np.pi * 3 * t)
    >>> model = svm_baseline(sfreq=128, ch_names=["C3", "Cz", "C4"]).fit(X, y)
    >>> found = explain(model, X, background=10, random_state=0)
    >>> found.values.shape, found.method, found.output
    ((40, 3, 2), 'exact', 'margin')
    >>> found.top_channels("seizure", n=1)
    ['C4']
    >>> bool(np.allclose(found.values.sum(axis=1), found.outputs - found.base_values))
    True
    """
    keys = check_level(level)
    core = unwrap(model, keep_calibration=output == "probability")
    data = read_data(model, X, background, random_state=random_state)
    stages = find_stages(data, core.steps)
    stage = choose_stage(stages, keys if within is None else (*keys, *check_level(within)))
    stage = stage if ch_names is None else rename_channels(stage, ch_names)
    players = make_players(stage, keys)
    done = core.steps[: stage.n_done]
    rows, lenders = (as_array(run(done, stages[0].form(part))) for part in (data.X, data.background))
    task = Task(
        core.final,
        core.steps[stage.n_done :],
        stage,
        rows,
        lenders,
        players,
        None if within is None else group_players(players, within),
        output,
        {"n_permutations": n_permutations, "random_state": random_state, "verbose": bool(verbose)},
        n_jobs,
    )
    chosen = choose_engine(task, method)
    found = ENGINES[chosen].explain(task)
    whole = core.is_whole
    explanation = Explanation(
        found.values,
        found.base,
        players.table,
        players.names,
        keys[0] if len(keys) == 1 else keys,
        np.asarray(core.final.classes_),
        found.output,
        chosen,
        found.outputs,
        errors=found.errors,
        predictions=np.asarray(core.final.predict(finish(task, rows)) if whole else model.predict(X)),
        within=within,
        data=_features(rows, players),
    )
    return add_silent(explanation, stage.ch_names) if keys == ("channel",) else explanation


def _features(rows: np.ndarray, players: Players) -> np.ndarray | None:
    """Return the value of each player where each is a single feature."""
    if rows.ndim != 2 or any(len(units) > 1 for units in players.units):
        return None
    return rows[:, np.concatenate(players.units)]
