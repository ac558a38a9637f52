"""Figures of weighted patients, many weightings at a time.

A row of weights says how often each patient counts: all ones give the figures of the data, the
counts of a draw with replacement those of a resample.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np

from ._coded import Coded
from ._counts import areas_by_level, confusion_by_patient, counts_by_level, pairs_won

_MANY_PATIENTS = 500  # above, areas come from one pass over the scores instead of pairs of patients
_BLOCK = 2**22  # numbers in an intermediate array


class Sums(NamedTuple):
    """What figures are made of, for each row of weights."""

    confusion: np.ndarray
    """Weighted numbers of windows, of shape (n_rows, n_classes, n_classes)."""
    present: np.ndarray
    """Which classes any patient has, of shape (n_classes,)."""
    roc_auc: np.ndarray
    """Area of each class against all others, of shape (n_rows, n_classes)."""
    average_precision: np.ndarray
    """Average precision of each class, of two of the second only, of shape (n_rows, n_classes)."""
    log_loss: np.ndarray
    """Mean log loss, of shape (n_rows,)."""
    brier_score: np.ndarray
    """Mean Brier score, of shape (n_rows,)."""

    @property
    def true(self) -> np.ndarray:
        """Windows of each class."""
        return self.confusion.sum(axis=2)

    @property
    def said(self) -> np.ndarray:
        """Windows given each label."""
        return self.confusion.sum(axis=1)

    @property
    def hit(self) -> np.ndarray:
        """Windows of each class that were given its label."""
        return np.einsum("bkk->bk", self.confusion)

    @property
    def total(self) -> np.ndarray:
        """All windows, of shape (n_rows, 1)."""
        return self.confusion.sum(axis=(1, 2))[:, np.newaxis]


class PatientSums:
    """The sums of each patient, from which `weigh` makes those of weighted patients.

    Parameters
    ----------
    coded : Coded
        The windows.
    wanted : iterable of str
        Names of the figures that will be asked for (`FIGURES`, `CLASS_FIGURES`); only what they need
        is prepared.
    """

    def __init__(self, coded: Coded, wanted: Iterable[str]) -> None:
        wanted, n_units, n_classes = set(wanted), coded.n_units, len(coded.classes)
        self.shape = (n_units, n_classes)
        self.confusion = confusion_by_patient(
            coded.truth, coded.said, coded.unit, n_classes=n_classes, n_patients=n_units
        )
        self.losses = losses_by_patient(coded)
        self.pairs: list[np.ndarray] = []
        self.levels: dict[int, Any] = {}
        if coded.score is None:
            return
        for column in range(n_classes):
            by_class = coded.score[:, column], coded.truth == column, coded.unit, n_units
            if "roc_auc" in wanted and n_units <= _MANY_PATIENTS:
                self.pairs.append(pairs_won(*by_class))
            averaged = "average_precision" in wanted and (n_classes > 2 or column == 1)
            if averaged or ("roc_auc" in wanted and n_units > _MANY_PATIENTS):
                self.levels[column] = counts_by_level(*by_class)

    @property
    def rows_per_block(self) -> int:
        """How many rows of weights are handled at a time, so that memory stays bounded."""
        longest = max(
            [self.shape[0], self.shape[1] ** 2, *(each[0].shape[1] for each in self.levels.values())]
        )
        return max(1, _BLOCK // longest)

    def support(self, names: Sequence[str]) -> np.ndarray:
        """Return how many patients a figure rests on: those that have the rarest class, or all."""
        true = self.confusion.sum(axis=2)
        of_class = np.count_nonzero(true[:, true.sum(axis=0) > 0], axis=0)
        return np.array([len(true) if name in OF_WINDOWS else of_class.min() for name in names])

    def class_support(self) -> np.ndarray:
        """Return the same for `CLASS_FIGURES`, of shape (n_classes, n_figures)."""
        true, said = self.confusion.sum(axis=2), self.confusion.sum(axis=1)
        total = true.sum(axis=1, keepdims=True)
        parts = {"true": true, "not true": total - true, "said": said, "not said": total - said}
        having = {name: np.count_nonzero(part, axis=0) for name, part in parts.items()}
        mixed = np.minimum(having["true"], having["not true"])
        columns = [having["true"], having["not true"], having["said"], having["not said"], having["true"]]
        return np.column_stack([*columns, mixed])

    def weigh(self, weights: np.ndarray) -> Sums:
        """Return the sums of weighted patients, for weights of shape (n_rows, n_patients)."""
        n_units, n_classes = self.shape
        confusion = (weights @ self.confusion.reshape(n_units, -1)).reshape(-1, n_classes, n_classes)
        areas = np.full((2, len(weights), n_classes), np.nan)
        for column, (positives, negatives) in self.levels.items():
            areas[:, :, column] = areas_by_level(weights @ positives, weights @ negatives)
        true, total = confusion.sum(axis=2), confusion.sum(axis=(1, 2))
        with np.errstate(invalid="ignore", divide="ignore"):
            for column, pairs in enumerate(self.pairs):
                won = np.einsum("bp,bp->b", weights @ pairs, weights)
                areas[0, :, column] = won / (true[:, column] * (total - true[:, column]))
            losses = (weights @ self.losses).T / total
        present = self.confusion.sum(axis=(0, 2)) > 0
        return Sums(confusion, present, areas[0], areas[1], losses[0], losses[1])


def losses_by_patient(coded: Coded) -> np.ndarray:
    """Return log loss and Brier score of each patient, summed over windows; NaN without probabilities.

    Parameters
    ----------
    coded : Coded
        The windows.

    Returns
    -------
    losses : ndarray of shape (n_patients, 2)
        Log loss in nats, with probabilities kept off 0 and 1 by the smallest step of a float; and the
        squared distance from the truth, halved for two classes.

    Examples
    --------
    >>> from sklearn_eeg.evaluation._coded import code_predictions
    >>> from sklearn_eeg.evaluation._figures import losses_by_patient
    >>> coded = code_predictions([0, 1], [0, 1], [7, 7], [[0.5, 0.5], [0.5, 0.5]], [0, 1])
    >>> losses_by_patient(coded).round(4).tolist()
    [[1.3863, 0.5]]
    """
    if coded.score is None or not coded.is_probability:
        return np.full((coded.n_units, 2), np.nan)
    smallest = np.finfo(np.float64).eps
    own = np.clip(coded.score[np.arange(len(coded.truth)), coded.truth], smallest, 1 - smallest)
    wrong = coded.score - np.eye(len(coded.classes))[coded.truth]
    half = 0.5 if len(coded.classes) == 2 else 1.0
    each = -np.log(own), half * (wrong**2).sum(axis=1)
    return np.column_stack([np.bincount(coded.unit, loss, coded.n_units) for loss in each])


def _mean_over_classes(values: np.ndarray, sums: Sums) -> np.ndarray:
    """Average over the classes that any patient has; NaN in rows where one of them is missing."""
    return values[:, sums.present].mean(axis=1)


def _area(values: np.ndarray, sums: Sums) -> np.ndarray:
    """Take the area of the second of two classes, the mean over three or more."""
    return values[:, 1] if values.shape[1] == 2 else _mean_over_classes(values, sums)


def _matthews_correlation(sums: Sums) -> np.ndarray:
    hit, n = sums.hit.sum(axis=1), sums.total[:, 0]
    covariance = hit * n - (sums.true * sums.said).sum(axis=1)
    spread = (n**2 - (sums.said**2).sum(axis=1)) * (n**2 - (sums.true**2).sum(axis=1))
    return np.divide(covariance, np.sqrt(spread), out=np.zeros_like(n), where=spread > 0)


def _cohen_kappa(sums: Sums) -> np.ndarray:
    n = sums.total[:, 0]
    by_chance = n - (sums.true * sums.said).sum(axis=1) / n
    return 1 - (n - sums.hit.sum(axis=1)) / by_chance


def _f1(sums: Sums) -> np.ndarray:
    return np.where(sums.true > 0, 2 * sums.hit / (sums.true + sums.said), np.nan)


def _rejected(sums: Sums) -> np.ndarray:
    """Windows neither of a class nor given its label."""
    return sums.total - sums.true - sums.said + sums.hit


FIGURES: dict[str, Callable[[Sums], np.ndarray]] = {
    "accuracy": lambda sums: sums.hit.sum(axis=1) / sums.total[:, 0],
    "balanced_accuracy": lambda sums: _mean_over_classes(sums.hit / sums.true, sums),
    "macro_f1": lambda sums: _mean_over_classes(_f1(sums), sums),
    "roc_auc": lambda sums: _area(sums.roc_auc, sums),
    "matthews_correlation": _matthews_correlation,
    "cohen_kappa": _cohen_kappa,
    "average_precision": lambda sums: _area(sums.average_precision, sums),
    "log_loss": lambda sums: sums.log_loss,
    "brier_score": lambda sums: sums.brier_score,
}

CLASS_FIGURES: dict[str, Callable[[Sums], np.ndarray]] = {
    "sensitivity": lambda sums: sums.hit / sums.true,
    "specificity": lambda sums: _rejected(sums) / (sums.total - sums.true),
    "ppv": lambda sums: sums.hit / sums.said,
    "npv": lambda sums: _rejected(sums) / (sums.total - sums.said),
    "f1": _f1,
    "roc_auc": lambda sums: sums.roc_auc,
}

OF_WINDOWS = ("accuracy", "log_loss", "brier_score")  # figures that take all classes together
OF_SCORES = ("roc_auc", "average_precision")
OF_PROBABILITIES = ("log_loss", "brier_score")


def figures(sums: Sums, names: Sequence[str]) -> np.ndarray:
    """Return figures of `FIGURES`, of shape (n_rows, n_names)."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.column_stack([FIGURES[name](sums) for name in names])


def class_figures(sums: Sums) -> np.ndarray:
    """Return the figures of `CLASS_FIGURES` of each class, of shape (n_rows, n_classes, n_figures)."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.stack([function(sums) for function in CLASS_FIGURES.values()], axis=2)


def check_metrics(metrics: Sequence[str] | None, coded: Coded, owner: str = "") -> list[str]:
    """Return the names of figures, checked against what the predictions allow.

    Parameters
    ----------
    metrics : sequence of str or None
        Names in `FIGURES`; None means the first six that can be computed.
    coded : Coded
        The predictions.
    owner : str, default=""
        Whose predictions they are, for the message.

    Returns
    -------
    names : list of str
        The names.

    Raises
    ------
    ValueError
        If a name is unknown, or its figure needs scores or probabilities that are not there.

    Examples
    --------
    >>> from sklearn_eeg.evaluation._coded import code_predictions
    >>> from sklearn_eeg.evaluation._figures import check_metrics
    >>> check_metrics(None, code_predictions([0, 1], [0, 1], None, None, None))[-1]
    'cohen_kappa'
    """
    if metrics is None:
        return [name for name in list(FIGURES)[:6] if name not in OF_SCORES or coded.score is not None]
    names = [metrics] if isinstance(metrics, str) else list(metrics)
    if not names or any(name not in FIGURES for name in names) or len(set(names)) < len(names):
        raise ValueError(f"`metrics` must be different names among {list(FIGURES)}, got {names}.")
    whose = f" of {owner}" if owner else ""
    for name in names:
        if name in OF_SCORES + OF_PROBABILITIES and coded.score is None:
            raise ValueError(f"`metrics` must do without {name!r} where `y_score`{whose} is None: pass it.")
        if name in OF_PROBABILITIES and not coded.is_probability:
            raise ValueError(
                f"`y_score`{whose} must hold probabilities (from 0 to 1, summing to 1) for {name!r}: use "
                "predict_proba, or leave it out of `metrics`."
            )
    return names
