"""What classifiers say of synthetic windows: told apart from real ones, and used in their place."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedGroupKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

_TREES = 40
_RATE = 0.15
_PENALTY = 0.05  # inverse strength of the logistic regression's


class Judged(NamedTuple):
    """Out-of-fold scores of real and synthetic windows, and their folds; made by `two_sample_scores`."""

    real_scores: np.ndarray
    synthetic_scores: np.ndarray
    real_folds: np.ndarray
    synthetic_folds: np.ndarray


def two_sample_scores(
    real: np.ndarray,
    synthetic: np.ndarray,
    *,
    real_units: np.ndarray | None = None,
    synthetic_units: np.ndarray | None = None,
    n_folds: int = 4,
    random_state: int | None = None,
) -> Judged:
    """Return how synthetic each window looks to trees that were fitted to tell the others apart.

    Parameters
    ----------
    real, synthetic : ndarray of shape (n_windows, n_columns)
        Tables of windows, for example by `window_table`.
    real_units, synthetic_units : ndarray of int of shape (n_windows,), optional
        What must not lie on both sides of a fold, such as the patient of a window, or of that which it is a
        copy of; by default each window is its own unit.
    n_folds : int, default=4
        Number of folds, at most that of the units of either set.
    random_state : int, optional
        Seed of the folds.

    Returns
    -------
    judged : Judged
        `real_scores` and `synthetic_scores`, the probability of being synthetic, each from a model that was
        fitted without the unit of the window; `real_folds` and `synthetic_folds`, which models these were.

    Notes
    -----
    The classifier is stochastic gradient boosting: 40 trees of depth 3, each of 70 % of the windows, each
    split the best of as many columns as the root of their number. A fold that would have to be learnt from
    one set alone scores 0.5 throughout; a set of one unit cannot be judged. The area under the curve of such
    scores is that of a classifier two-sample test [1]_. Below 0.5 it tells of copies whose twins had the
    opposite label, or of few units: where a patient who is left out lies, the trees may know of synthetic
    windows alone. Of two patients of whom each is at a level of his own, a perfect set has 0.25.

    References
    ----------
    .. [1] Lopez-Paz, D. & Oquab, M. (2017). Revisiting classifier two-sample tests. ICLR.
       https://doi.org/10.48550/arXiv.1610.06545

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.sampling._fidelity_classifiers import two_sample_auc, two_sample_scores
    >>> x = np.random.default_rng(0).normal(size=(60, 2))
    >>> two_sample_auc(two_sample_scores(x, x + 10, random_state=0))
    1.0
    """
    sizes = len(real), len(synthetic)
    table, truth = np.concatenate([real, synthetic]), np.repeat([0, 1], sizes)
    units = _join_units(sizes, real_units, synthetic_units)
    fewest = min(len(np.unique(units[truth == label])) for label in (0, 1))
    scores, numbers = np.full(len(table), 0.5), truth - 2  # until they are judged, in folds apart
    if fewest > 1:
        folds = StratifiedGroupKFold(min(n_folds, fewest), shuffle=True, random_state=random_state)
        for number, (rest, fold) in enumerate(folds.split(table, truth, units)):
            numbers[fold] = number
            if len(np.unique(truth[rest])) == 2 and len(fold):
                trees = GradientBoostingClassifier(
                    n_estimators=_TREES,
                    learning_rate=_RATE,
                    subsample=0.7,
                    max_features="sqrt",
                    random_state=random_state,
                )
                scores[fold] = trees.fit(table[rest], truth[rest]).predict_proba(table[fold])[:, 1]
    parts = (values for each in (scores, numbers) for values in np.split(each, [sizes[0]]))
    return Judged(*parts)


def _join_units(
    sizes: tuple[int, int], real_units: np.ndarray | None, synthetic_units: np.ndarray | None
) -> np.ndarray:
    """Return one column of units: the same number in both sets is the same unit."""
    real = np.arange(sizes[0]) if real_units is None else np.asarray(real_units)
    if synthetic_units is None:
        return np.concatenate([real, real.max() + 1 + np.arange(sizes[1])])
    return np.concatenate([real, synthetic_units])


def two_sample_auc(
    judged: Judged, real_weights: np.ndarray | None = None, synthetic_weights: np.ndarray | None = None
) -> float:
    r"""Return the area under the ROC curve of a two-sample test.

    Parameters
    ----------
    judged : Judged
        Scores and folds.
    real_weights, synthetic_weights : ndarray of shape (n_windows,), optional
        How often each window counts; 1 by default.

    Returns
    -------
    auc : float
        Probability that a synthetic window scores higher than a real one, ties counting half: 0.5 is ideal,
        1 is told apart without fail. NaN where no pair counts.

    Notes
    -----
    Windows are compared within their folds alone. Across folds, a fold with many real windows leaves few of
    them to learn from, so that its scores are high: the area would be below 0.5 where nothing can be told
    apart.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.sampling._fidelity_classifiers import Judged, two_sample_auc
    >>> folds = np.zeros(2)
    >>> two_sample_auc(Judged(np.array([0.1, 0.5]), np.array([0.5, 0.9]), folds, folds))
    0.875
    """
    return float(_auc_draws(judged, real_weights, synthetic_weights)[0])


def _auc_draws(
    judged: Judged, real_weights: np.ndarray | None, synthetic_weights: np.ndarray | None
) -> np.ndarray:
    """Return the area for each row of weights."""
    difference = judged.synthetic_scores - judged.real_scores[:, np.newaxis]
    comparable = (judged.synthetic_folds == judged.real_folds[:, np.newaxis]).astype(float)
    wins = comparable * (np.sign(difference) + 1) / 2
    a = np.atleast_2d(np.ones(wins.shape[0]) if real_weights is None else real_weights)
    b = np.atleast_2d(np.ones(wins.shape[1]) if synthetic_weights is None else synthetic_weights)
    pairs, won = (np.sum((a @ each) * b, axis=1) for each in (comparable, wins))
    return np.divide(won, pairs, out=np.full(len(pairs), np.nan), where=pairs > 0)


def bootstrap_auc(
    parts: Sequence[tuple[Judged, np.ndarray, np.ndarray]],
    *,
    n_resamples: int = 500,
    confidence_level: float = 0.95,
    random_state: int | np.random.Generator | None = None,
) -> tuple[float, float]:
    """Return an interval of the mean area under the ROC curve over several splits of the same windows.

    Parameters
    ----------
    parts : sequence of (judged, real_units, synthetic_units)
        Scores of each split by `two_sample_scores`, and the units that are drawn together, as integers: the
        patient of a real window, a synthetic window itself. A unit is the same in all splits and both sets.
    n_resamples : int, default=500
        Number of draws.
    confidence_level : float, default=0.95
        Nominal coverage.
    random_state : int, Generator or None, default=None
        Seed of the draws.

    Returns
    -------
    low, high : float
        Percentiles of the draws; NaN where no windows can be compared.

    Notes
    -----
    Units are drawn with replacement; the classifiers are not fitted again, so that the interval is that of
    the windows judged, not of the training of the judge.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.sampling._fidelity_classifiers import Judged, bootstrap_auc
    >>> units = np.arange(20)
    >>> judged = Judged(np.zeros(20), np.ones(20), units % 4, units % 4)
    >>> bootstrap_auc([(judged, units, 20 + units)], random_state=0)
    (1.0, 1.0)
    """
    rng = np.random.default_rng(random_state)
    units = np.unique(np.concatenate([each for part in parts for each in part[1:]]))
    drawn = rng.multinomial(len(units), np.full(len(units), 1 / len(units)), size=n_resamples).astype(float)
    draws = []
    for judged, *both in parts:
        draws.append(_auc_draws(judged, *(drawn[:, np.searchsorted(units, each)] for each in both)))
    means = np.mean(draws, axis=0)
    if np.isnan(means).all():
        return float("nan"), float("nan")
    tail = (1 - confidence_level) / 2
    low, high = np.nanquantile(means, [tail, 1 - tail])
    return float(low), float(high)


def transfer_score(
    train: np.ndarray, train_labels: np.ndarray, test: np.ndarray, test_labels: np.ndarray
) -> float:
    """Return how well a classifier of some windows does on others.

    Parameters
    ----------
    train, test : ndarray of shape (n_windows, n_columns)
        Tables of windows, for example by `window_table`.
    train_labels, test_labels : ndarray of shape (n_windows,)
        Their classes.

    Returns
    -------
    auc : float
        Area under the ROC curve on `test`; of more than two classes the mean over each against the others.
        0.5 is chance. NaN unless the labels of both are the same two or more.

    Notes
    -----
    The classifier is a logistic regression (C = 0.05) of the columns scaled on `train`, classes weighted
    equally. Trained on synthetic and tested on real windows this is "TSTR", the reverse "TRTS" [1]_; TRTS
    high and TSTR low is what collapsed windows give.

    References
    ----------
    .. [1] Esteban, C., Hyland, S. L. & Rätsch, G. (2017). Real-valued (medical) time series generation with
       recurrent conditional GANs. https://doi.org/10.48550/arXiv.1706.02633

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.sampling._fidelity_classifiers import transfer_score
    >>> x, y = np.array([[0.0], [1.0], [2.0], [3.0]]), np.array([0, 0, 1, 1])
    >>> transfer_score(x, y, x, y), transfer_score(-x, y, x, y)
    (1.0, 0.0)
    """
    classes = np.unique(train_labels)
    if len(classes) < 2 or not np.array_equal(classes, np.unique(test_labels)):
        return float("nan")
    regression = LogisticRegression(C=_PENALTY, max_iter=2000, class_weight="balanced")
    model = make_pipeline(StandardScaler(), regression).fit(train, train_labels)
    if len(classes) == 2:
        return float(roc_auc_score(test_labels == classes[1], model.decision_function(test)))
    said = model.predict_proba(test)
    areas = [roc_auc_score(test_labels == label, said[:, i]) for i, label in enumerate(classes)]
    return float(np.mean(areas))
