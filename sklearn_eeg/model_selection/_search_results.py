"""What a search found, as scikit-learn's searches show it."""

from typing import Any

import numpy as np
from scipy.stats import rankdata

from ._optuna_study import list_trials
from ._optuna_trials import ERROR, SCORES
from ._search_space import SearchSpace

_STATES = {"COMPLETE": "complete", "PRUNED": "pruned", "FAIL": "failed"}


def list_finished(study: Any) -> list[Any]:
    """Return the trials that count and are over, by number."""
    return [each for each in list_trials(study) if each.state.is_finished()]


def tabulate(
    study: Any, space: SearchSpace, n_splits: int, *, error_score: Any, train_scores: bool
) -> dict[str, Any]:
    """Return the results of all trials that are over, a row a trial.

    Parameters
    ----------
    study : optuna.Study
        The study.
    space : SearchSpace
        What its parameters were drawn from.
    n_splits : int
        Number of folds.
    error_score : float or "raise"
        Score of the folds that a failed trial did not get to.
    train_scores : bool
        Whether there are scores of the windows that were fitted on.

    Returns
    -------
    results : dict of str to ndarray
        `cv_results_` of a search.
    """
    trials = list_finished(study)
    records = [each.user_attrs.get(SCORES, []) for each in trials]
    params = [_read(space, each) for each in trials]
    results: dict[str, Any] = {}
    for name in ("fit_time", "score_time"):
        _store(results, name, _table(records, n_splits, lambda record, name=name: record[name]))
    results |= _mask_params(params)
    results["params"] = params
    metrics = next((list(record[0]["test"]) for record in records if record), ["score"])
    failed = np.array([each.state.name == "FAIL" for each in trials], dtype=bool)
    fill = np.nan if error_score == "raise" else float(error_score)
    for side in ("test", "train") if train_scores else ("test",):
        for metric in metrics:
            scores = _table(
                records, n_splits, lambda record, s=side, m=metric: record.get(s, {}).get(m, np.nan)
            )
            scores[failed] = np.where(np.isnan(scores[failed]), fill, scores[failed])
            name = f"{side}_{metric}"
            results |= {f"split{number}_{name}": column for number, column in enumerate(scores.T)}
            _store(results, name, scores)
            if side == "test":
                results[f"rank_{name}"] = _rank(results[f"mean_{name}"])
    results["trial"] = np.array([each.number for each in trials])
    results["state"] = np.array([_STATES[each.state.name] for each in trials], dtype=object)
    results["error"] = np.array([each.user_attrs.get(ERROR, "") for each in trials], dtype=object)
    return results


def _read(space: SearchSpace, trial: Any) -> dict[str, Any]:
    """Return the parameters of a trial, as far as there are any: the function that gives them may fail."""
    try:
        return space.read(trial)
    except Exception:
        return dict(trial.params)


def _table(records: list[list[Any]], n_splits: int, read: Any) -> np.ndarray:
    table = np.full((len(records), n_splits), np.nan)
    for row, folds in zip(table, records, strict=True):
        row[: len(folds)] = [read(each) for each in folds]
    return table


def _store(results: dict[str, Any], name: str, table: np.ndarray) -> None:
    means = table.mean(axis=1)
    results[f"mean_{name}"] = means
    results[f"std_{name}"] = np.sqrt(np.mean((table - means[:, np.newaxis]) ** 2, axis=1))


def _rank(means: np.ndarray) -> np.ndarray:
    if np.isnan(means).all():
        return np.ones(len(means), dtype=np.int32)
    return rankdata(-np.where(np.isnan(means), np.nanmin(means) - 1, means), method="min").astype(np.int32)


def _mask_params(params: list[dict[str, Any]]) -> dict[str, Any]:
    """Return one masked array a parameter, masked where a trial does not have it."""
    columns = {}
    for name in dict.fromkeys(name for each in params for name in each):
        column = np.ma.MaskedArray(np.empty(len(params), dtype=object), mask=True)
        for row, each in enumerate(params):
            if name in each:
                column[row] = each[name]
        columns[f"param_{name}"] = column
    return columns
