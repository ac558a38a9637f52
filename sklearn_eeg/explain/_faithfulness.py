"""Whether an explanation names the channels that a model needs: mask them, and score again."""

from collections.abc import Callable, Sequence
from numbers import Integral
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from sklearn.utils import check_random_state
from sklearn.utils._param_validation import Interval, validate_params
from sklearn.utils.validation import check_consistent_length
from tqdm import tqdm

from .._windows import as_3d, check_ch_names
from ._background import read_data
from ._channel_values import values_by_channel
from ._faithfulness_result import Faithfulness, area
from ._masking import curve, make_scorer, score_masked
from ._unwrap import unwrap


class _Setting(NamedTuple):
    """What all curves share."""

    score: Callable[[np.ndarray], np.ndarray]
    X: np.ndarray
    background: np.ndarray


@validate_params(
    {
        "n_background": [Interval(Integral, 1, None, closed="left")],
        "n_random": [Interval(Integral, 1, None, closed="left")],
        "n_steps": [Interval(Integral, 1, None, closed="left"), None],
        "n_top": [Interval(Integral, 1, None, closed="left")],
        "random_state": ["random_state"],
        "verbose": ["verbose"],
    },
    prefer_skip_nested_validation=True,
)
def faithfulness(
    model: Any,
    X: Any,
    explanation: Any,
    *,
    y: Any = None,
    background: Any = None,
    n_background: int = 4,
    n_random: int = 20,
    n_steps: int | None = None,
    n_top: int = 3,
    ch_names: Sequence[str] | None = None,
    random_state: int | np.random.RandomState | None = None,
    verbose: int = 0,
) -> Faithfulness:
    """Replace the channels that an explanation names by background, and see what becomes of the scores.

    Parameters
    ----------
    model : classifier
        A fitted classifier of windows. Its scores are what `explain` explains: those of `decision_function`
        or, where there is none, probabilities; of calibrated classifiers, the margins below.
    X : array-like of shape (n_windows, n_channels, n_times) or (n_windows, n_times)
        The windows explained, in microvolts; or :class:`mne.Epochs`.
    explanation : Explanation, Saliency or array-like
        What each channel of each window says for each class; an array has the shape (n_windows, n_channels,
        n_classes), or (n_windows, n_channels) for the class that the model predicts.
    y : array-like of shape (n_windows,), default=None
        True labels, by which the windows are parted in `top_channels`; None parts them by the predicted ones.
    background : array-like of the shape of `X`, with any number of windows, default=None
        Windows whose channels stand in for the masked ones, best background of the training patients.
        None draws from `X`.
    n_background : int, default=4
        The most background windows used, drawn at random; the scores are means over them.
    n_random : int, default=20
        Number of random orders.
    n_steps : int, default=None
        Number of steps from no channel to all; None for one step a channel.
    n_top : int, default=3
        Number of channels of each class that are masked together.
    ch_names : sequence of str, default=None
        Names that the explanation gives the channels; None for those that the model was fitted with.
    random_state : int, RandomState instance or None, default=None
        Seed of the random orders, and of the background drawn.
    verbose : int, default=0
        Whether to show a bar of progress.

    Returns
    -------
    faithfulness : Faithfulness
        Curves, areas, the table of masked channels, and whether the order is better than random ones.

    Raises
    ------
    ValueError
        If the explanation does not fit the windows, or a parameter is out of its range.

    Notes
    -----
    Channels are ordered window by window, by their values for the predicted class (or the one class that was
    explained); the curve of deletion is the mean score of that class when the first 0, 1, ... are replaced by
    those of a background window [1]_. Masks are windows and never zeros, which would be no EEG. Replacing
    channels of a window mixes two windows; of what they share, such as a common reference, nothing is kept.

    A random order is that of the explanation with the channels renamed, the same way in all windows. If names
    do not matter, all such areas, the explanation's among them, are equally likely to be the smallest: hence
    the p-value, no smaller than 1 / (n_random + 1). Deletion in the reverse order is insertion read
    backwards. A channel that is the same in the window and the background, as a constant one may be, changes
    nothing when it is masked.

    References
    ----------
    .. [1] Samek W, et al. (2017) Evaluating the visualization of what a deep neural network has learned.
       IEEE Trans. Neural Netw. Learn. Syst. 28, 2660-2673. https://doi.org/10.1109/TNNLS.2016.2599820

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.explain import faithfulness
    >>> from sklearn_eeg.systems import svm_baseline
    >>> t, rng = np.arange(256) / 128, np.random.default_rng(0)
    >>> y = np.repeat(["rest", "seizure"], 20)
    >>> X = rng.normal(scale=10, size=(40, 4, 256))
    >>> X[20:, 2] += 50 * np.sin(2 * np.pi * 3 * t)
    >>> model = svm_baseline(sfreq=128).fit(X, y)
    >>> power = X[20:].var(axis=2)  # stands for an explanation: large in the third channel
    >>> found = faithfulness(model, X[20:], power, background=X[:2], n_random=5, random_state=0)
    >>> bool(found.deletion_area < found.random_areas.mean() < found.reverse_area)
    True
    """
    state = check_random_state(random_state)
    setting, names = _prepare(model, X, background, n_background, state)
    windows, labels = setting.X, unwrap(model).final.classes_
    names = names if ch_names is None else check_ch_names(ch_names, len(names))
    values, classes = values_by_channel(explanation, windows.shape[:2], names, labels)
    predicted = setting.score(windows).argmax(axis=1)
    target = predicted if len(classes) > 1 else np.full(len(windows), classes[0])
    own = values[:, :, 0] if values.shape[2] == 1 else _choose(values, classes, target)
    ranks = np.argsort(np.argsort(-own, axis=1, kind="stable"), axis=1)
    counts = np.unique(
        np.linspace(0, windows.shape[1], (n_steps or windows.shape[1]) + 1).round().astype(int)
    )
    renamed = [ranks[:, state.permutation(windows.shape[1])] for _ in range(n_random)]
    plan = [(ranks, False), (ranks, True), *((each, False) for each in renamed)]
    found = [
        curve(*setting, each, target, counts, insert=insert)
        for each, insert in tqdm(plan, desc="faithfulness", disable=not verbose)
    ]
    members = predicted if y is None else _encode(y, labels, len(windows))
    return Faithfulness(
        n_masked=counts,
        deletion=found[0].mean(axis=0),
        insertion=found[1].mean(axis=0),
        random=np.stack([each.mean(axis=0) for each in found[2:]]),
        window_areas=np.stack([area(each, counts) for each in found[:2]], axis=1),
        top_channels=_mask_top(setting, (values, classes, members), labels, names, n_top, n_random, state),
    )


def _prepare(
    model: Any, X: Any, background: Any, n_background: int, state: np.random.RandomState
) -> tuple[_Setting, list[str]]:
    """Return what all curves share, with an axis of channels, and the names of these."""
    data = read_data(model, X, n_background if background is None else background, random_state=state)
    if data.ch_names is None:
        raise ValueError(
            "`model` must take windows, of which channels can be masked, got one of tables: hand over the "
            "whole pipeline, from the windows on."
        )
    lenders = data.background
    if len(lenders) > n_background:
        lenders = lenders[np.sort(state.permutation(len(lenders))[:n_background])]
    score, flat = make_scorer(model), data.X.ndim == 2
    setting = _Setting(
        lambda windows: score(windows[:, 0] if flat else windows), as_3d(data.X), as_3d(lenders)
    )
    return setting, data.ch_names


def _choose(values: np.ndarray, classes: Sequence[int], target: np.ndarray) -> np.ndarray:
    """Return the values (n_windows, n_channels) of the class of each window."""
    places = {code: place for place, code in enumerate(classes)}
    columns = np.array([places[code] for code in target])
    return np.take_along_axis(values, columns[:, None, None], axis=2)[:, :, 0]


def _encode(y: Any, classes: np.ndarray, n_windows: int) -> np.ndarray:
    """Return the codes of labels."""
    labels = np.asarray(y)
    check_consistent_length(labels, np.empty(n_windows))
    unknown = sorted(set(labels.tolist()) - set(classes.tolist()))
    if unknown:
        raise ValueError(f"`y` must hold labels of the model, {classes.tolist()}, got {unknown}.")
    return np.searchsorted(classes, labels)


def _mask_top(
    setting: _Setting,
    told: tuple[np.ndarray, Sequence[int], np.ndarray],
    labels: np.ndarray,
    names: Sequence[str],
    n_top: int,
    n_random: int,
    state: np.random.RandomState,
) -> pd.DataFrame:
    """Return what is left of each class when its channels are masked, or random ones."""
    (values, classes, members), n_channels = told, setting.X.shape[1]
    n_top, rows = min(n_top, n_channels), []
    draws = [state.permutation(n_channels)[:n_top] for _ in range(n_random)]
    for code in [code for code in classes if (members == code).any()]:
        own = members == code
        mean = values[own][:, :, classes.index(code) if values.shape[2] > 1 else 0].mean(axis=0)
        top = np.argsort(-mean, kind="stable")[:n_top]
        part = setting._replace(X=setting.X[own])
        row = {"label": labels[code], "channels": [names[i] for i in top], "n_windows": int(own.sum())}
        row |= _outcome("", _left(part, code, []))
        row |= _outcome("_masked", _left(part, code, top))
        left = [_left(part, code, draw) for draw in draws]
        row |= _outcome("_random", tuple(np.mean(left, axis=0)))
        row["recognised_random_low"], row["recognised_random_high"] = np.quantile(
            [share for _, share in left], [0.025, 0.975]
        )
        rows.append(row)
    table = pd.DataFrame(rows).set_index("label")
    mean = table.drop(columns=["channels", "n_windows"]).mean()
    total = pd.Series({"channels": [], "n_windows": int(table["n_windows"].sum())} | mean.to_dict())
    return pd.concat([table, total.to_frame("mean").T.rename_axis("label")]).infer_objects()


def _left(setting: _Setting, code: int, channels: Sequence[int] | np.ndarray) -> tuple[float, float]:
    """Return the mean score of a class and the share of windows that score highest in it, some masked."""
    masked = np.zeros(setting.X.shape[:2], dtype=bool)
    masked[:, np.asarray(channels, dtype=int)] = True
    scores = score_masked(*setting, masked) if masked.any() else setting.score(setting.X)[np.newaxis]
    return float(scores[..., code].mean()), float((scores.argmax(axis=2) == code).mean())


def _outcome(suffix: str, left: tuple[float, float]) -> dict[str, float]:
    return {f"score{suffix}": left[0], f"recognised{suffix}": left[1]}
