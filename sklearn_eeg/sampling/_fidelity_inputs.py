"""What a fidelity report is made from, read and checked."""

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator
from sklearn.utils import check_consistent_length, column_or_1d
from sklearn.utils.multiclass import check_classification_targets

from .._windows import as_3d, check_windows
from ..signal._bands import choose_bands
from ._fidelity_copies import relative_distances
from ._fidelity_scores import WindowSet
from ._fidelity_table import window_table

REAL = "real against real"
_NO_GROUPS = (
    "`groups` is missing: the real windows are halved at random, so that windows of one patient lie in both "
    "halves and real looks more like real than windows of other patients do. Pass the patient of each window."
)
_FEW_PATIENTS = (
    "`groups` holds {} patients: telling sets apart (`two_sample_auc`) needs two in each half, and is left "
    "out. Give windows of four patients or more."
)
_SHARED = (
    "{} of {} real windows are training windows, too: they cannot tell what the generator learnt from what "
    "it learnt by heart. Pass windows that it has not seen, best of other patients."
)
_FEWEST_PATIENTS = 4
_SAME = 1e-6  # relative distance of a window from itself, rounded to single precision


@dataclass(frozen=True)
class Inputs:
    """Sets of windows with integer labels, and what is known of them."""

    real: WindowSet
    sets: dict[str, WindowSet]
    train: WindowSet | None
    train_labelled: bool
    shared: np.ndarray | None
    """Which real window is which training window (n_windows, n_train)."""
    by_patient: bool
    classes: np.ndarray
    sfreq: float
    ch_names: list[str]
    bands: dict[str, tuple[float, float]]
    warnings: tuple[str, ...]
    random_state: int | None


class _Reader(BaseEstimator):
    """What `check_windows` holds windows against."""

    def __init__(self, sfreq: float, ch_names: Sequence[str] | None) -> None:
        self.sfreq = sfreq
        self.ch_names = ch_names

    def read(self, windows: Any, name: str, *, reset: bool = False) -> np.ndarray:
        try:
            return as_3d(check_windows(self, windows, reset=reset, min_times=4)).astype(float)
        except ValueError as error:
            text = str(error)
            for words in ("_Reader was fitted on", "_Reader expects"):
                text = text.replace(words, "the real ones have")
            raise ValueError(f"The {name} windows: {text}") from error


def read_inputs(
    real: tuple[Any, Any, Any],
    sets: Mapping[str, tuple[Any, Any]],
    train: tuple[Any, Any] | None,
    *,
    sfreq: float,
    ch_names: Sequence[str] | None = None,
    bands: Mapping[str, tuple[float, float]] | None = None,
    max_windows: int = 1000,
    random_state: int | None = 0,
) -> Inputs:
    """Return windows, labels and patients as arrays, after checking that they fit together.

    Parameters
    ----------
    real : tuple of (X, y, groups)
        Real windows, their labels and patients (or None).
    sets : dict of str to (X, y)
        Sets of windows by name, the synthetic one first.
    train : tuple of (X, y) or None
        Training windows and their labels (or None).
    sfreq, ch_names, bands, max_windows, random_state
        As those of `fidelity_report`.

    Returns
    -------
    inputs : Inputs
        Windows of the classes that can be compared.

    Raises
    ------
    ValueError
        If shapes, labels, names or numbers do not fit.

    Warns
    -----
    UserWarning
        If patients are unknown or few, a class has windows of one patient only, or real windows are among
        those of the training.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.sampling._fidelity_inputs import read_inputs
    >>> x, y = np.random.default_rng(0).normal(size=(12, 64)), np.tile(["a", "b"], 6)
    >>> inputs = read_inputs((x, y, np.repeat([1, 2, 3, 4], 3)), {"synthetic": (x, y)}, None, sfreq=64)
    >>> inputs.real.windows.shape, inputs.classes.tolist(), inputs.by_patient
    ((12, 1, 64), ['a', 'b'], True)
    """
    _check_names(sets)
    if not 0 < sfreq < np.inf:
        raise ValueError(f"`sfreq` must be positive, got {sfreq}.")
    if max_windows < 20:
        raise ValueError(f"`max_windows` must be at least 20, got {max_windows}.")
    reader, rng = _Reader(sfreq, ch_names), np.random.default_rng(random_state)
    windows, labels = _read_pair(reader, real[:2], "real", reset=True)
    units = _read_units(real[2], windows)
    read = {name: _read_pair(reader, pair, name) for name, pair in sets.items()}
    classes, messages = _choose_classes(labels, None if real[2] is None else units, read)
    trained, labelled = _read_train(reader, train, classes)
    judge = _make_set(windows, labels, units, classes, max_windows, rng)
    shared = None if trained is None else relative_distances(judge.windows, trained.windows) < _SAME
    messages = [*_describe_patients(real[2], judge), *messages, *_describe_shared(shared)]
    for message in messages:
        warnings.warn(message, UserWarning, stacklevel=3)
    return Inputs(
        judge,
        {name: _make_set(*pair, None, classes, max_windows, rng) for name, pair in read.items()},
        trained,
        labelled,
        shared,
        by_patient=real[2] is not None,
        classes=classes,
        sfreq=float(sfreq),
        ch_names=reader.ch_names_in_,
        bands=choose_bands(bands, sfreq),
        warnings=tuple(messages),
        random_state=random_state,
    )


def _check_names(sets: Mapping[str, Any]) -> None:
    if REAL in sets:
        raise ValueError(
            f"`beside` must not name a set {REAL!r}, got {list(sets)[1:]}: that is the reference."
        )


def _describe_patients(groups: Any, judge: WindowSet) -> list[str]:
    if groups is None:
        return [_NO_GROUPS]
    n_patients = len(np.unique(judge.units))
    return [_FEW_PATIENTS.format(n_patients)] if n_patients < _FEWEST_PATIENTS else []


def _describe_shared(shared: np.ndarray | None) -> list[str]:
    if shared is None or not shared.any():
        return []
    return [_SHARED.format(shared.any(axis=1).sum(), len(shared))]


def _read_pair(
    reader: _Reader, pair: Any, name: str, *, reset: bool = False
) -> tuple[np.ndarray, np.ndarray]:
    try:
        windows, labels = pair
    except (TypeError, ValueError) as error:
        raise ValueError(f"`beside` must give each name a pair (X, y), got {pair!r} for {name!r}.") from error
    windows, labels = (
        reader.read(windows, name, reset=reset),
        _read_column(labels, f"The labels of the {name} windows"),
    )
    check_classification_targets(labels)
    check_consistent_length(windows, labels)
    return windows, labels


def _read_column(values: Any, name: str) -> np.ndarray:
    values = column_or_1d(values)
    if pd.isna(values).any():
        raise ValueError(f"{name} must be known for each window, got None or NaN for some: leave these out.")
    return values


def _read_units(groups: Any, windows: np.ndarray) -> np.ndarray:
    if groups is None:
        return np.arange(len(windows))
    groups = _read_column(groups, "`groups`")
    check_consistent_length(windows, groups)
    units = np.unique(groups, return_inverse=True)[1]
    if units.max() == 0:
        raise ValueError(
            "`groups` must hold at least two patients, got 1: leave it out to halve the windows instead."
        )
    return units


def _choose_classes(
    labels: np.ndarray, units: np.ndarray | None, sets: Mapping[str, tuple[np.ndarray, np.ndarray]]
) -> tuple[np.ndarray, list[str]]:
    """Return the labels of the synthetic windows that can be compared, and why others cannot."""
    (own, (_, wanted)), *_ = sets.items()
    classes, messages = np.unique(wanted), []
    for name, (_, theirs) in [("real", (None, labels)), *sets.items()]:
        missing = sorted(set(classes.tolist()) - set(np.unique(theirs).tolist()))
        if missing:
            raise ValueError(
                f"The labels of the {name} windows must hold those of the {own} ones, {classes.tolist()}, "
                f"but lack {missing}."
            )
    if units is not None:
        single = [label for label in classes.tolist() if len(np.unique(units[labels == label])) < 2]
        messages = [
            f"Class {label!r} is left out: its real windows are of one patient and cannot be halved."
            for label in single
        ]
        classes = classes[~np.isin(classes, single)]
        if not len(classes):
            raise ValueError(f"`groups` must have two patients with one class at least: {' '.join(messages)}")
    return classes, messages


def _make_set(
    windows: np.ndarray,
    labels: np.ndarray,
    units: np.ndarray | None,
    classes: np.ndarray,
    max_windows: int,
    rng: np.random.Generator,
) -> WindowSet:
    places = np.flatnonzero(np.isin(labels, classes))
    if len(places) > max_windows:
        places = np.sort(rng.choice(places, max_windows, replace=False))
    windows = windows[places]
    if units is None:  # beyond those of real windows, with which none is shared
        units = np.arange(len(labels)) + 10**9
    return WindowSet(windows, window_table(windows), np.searchsorted(classes, labels[places]), units[places])


def _read_train(
    reader: _Reader, train: tuple[Any, Any] | None, classes: np.ndarray
) -> tuple[WindowSet | None, bool]:
    """Return the training windows of all classes, those that are not compared with label -1."""
    if train is None:
        return None, False
    windows = reader.read(train[0], "training")
    labels = np.full(len(windows), -1)
    if train[1] is not None:
        given = _read_column(train[1], "`y_train`")
        check_consistent_length(windows, given)
        known = np.isin(given, classes)
        labels[known] = np.searchsorted(classes, given[known])
    table = window_table(windows) if train[1] is not None else np.empty((len(windows), 0))
    return WindowSet(windows, table, labels, np.arange(len(windows))), train[1] is not None
