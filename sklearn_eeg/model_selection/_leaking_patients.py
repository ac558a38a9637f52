"""Patients, persons and recordings that stand on both sides of a split."""

from collections.abc import Iterator, Mapping
from itertools import count
from typing import Any

import numpy as np
import pandas as pd

from ._leakage_report import Finding, list_names, write_names, write_number
from ._sides import Sides

_ONE_PERSON = {"chb21": "chb01"}  # CHB-MIT: the same girl, a year and a half later


def merge_persons(groups: np.ndarray, same_person: Mapping[Any, Any]) -> tuple[np.ndarray, list[tuple]]:
    """Give each person a number, and list the pairs of ids that are one.

    Parameters
    ----------
    groups : ndarray of shape (n_windows,)
        Patient of each window.
    same_person : mapping
        Ids that are one person; ids that do not occur are ignored.

    Returns
    -------
    person : ndarray of int of shape (n_windows,)
        Number of the person of each window.
    pairs : list of tuple
        Two ids each, as in `groups`.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.model_selection._leaking_patients import merge_persons
    >>> merge_persons(np.array(["chb01", "chb02", "chb21"]), {})
    (array([0, 1, 0]), [('chb21', 'chb01')])
    """
    ids = list_names(groups)
    known = {str(each).lower(): each for each in ids}
    pairs = [(known[a], known[b]) for a, b in _ONE_PERSON.items() if a in known and b in known]
    pairs += [(a, b) for a, b in same_person.items() if a in ids and b in ids and a != b]
    number = {each: position for position, each in enumerate(ids)}
    for one, two in pairs:
        old, new = number[one], number[two]
        number = {each: new if position == old else position for each, position in number.items()}
    return np.array([number[each] for each in groups.tolist()]), list(dict.fromkeys(pairs))


def find_patients(
    sides: Sides, y: np.ndarray, groups: np.ndarray, person: np.ndarray, pairs: list[tuple]
) -> Iterator[Finding]:
    """Yield what is wrong with patients: on both sides, under two ids, or with too few classes.

    Parameters
    ----------
    sides : Sides
        The split.
    y : ndarray of shape (n_windows,)
        Label of each window.
    groups : ndarray of shape (n_windows,)
        Patient of each window.
    person : ndarray of shape (n_windows,)
        Number of the person of each window.
    pairs : list of tuple
        Ids that are one person.

    Yields
    ------
    finding : Finding
        One leak or fact.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.model_selection._leaking_patients import find_patients
    >>> from sklearn_eeg.model_selection._sides import Sides
    >>> y, patients = np.array([0, 1, 0, 1]), np.array([0, 0, 1, 1])
    >>> sides = Sides(4, [([0, 2], [1, 3]), ([1, 3], [0, 2])], patients)
    >>> [finding.kind for finding in find_patients(sides, y, patients, patients, [])]
    ['patient']
    """
    for one, two in pairs if sides.folds is None else []:
        sentence = (
            f"Patients {one} and {two} are one person, whom a split by patient may put on both sides: give "
            "both the same id in `groups`."
        )
        where = np.flatnonzero(np.isin(groups, [one, two]))
        yield Finding("same_person", "error", sentence, where, (one, two))
    shared, n_folds = sides.part(person)
    if len(shared) and sides.folds is not None:
        where = np.flatnonzero(np.isin(person, shared))
        patients = list_names(groups[where])
        aliases = [f"{one} is {two}" for one, two in pairs if one in patients]
        sentence = (
            f"{len(shared)} of {write_number(len(np.unique(person)), 'patient')} ({write_names(patients)}"
            f"{''.join('; ' + alias for alias in aliases)}) on both sides, in {n_folds} of "
            f"{len(sides.folds)} folds: {_repair(person)}."
        )
        yield Finding("patient", "error", sentence, where, patients)
    yield from _find_classes(y, groups, person)


def find_recordings(
    sides: Sides,
    recording: np.ndarray,
    groups: np.ndarray | None,
    person: np.ndarray | None,
    start: np.ndarray | None,
    window_seconds: float | np.ndarray | None,
) -> Iterator[Finding]:
    """Yield recordings on both sides where patients are unknown, and windows there that overlap in time.

    Parameters
    ----------
    sides : Sides
        The split.
    recording : ndarray of shape (n_windows,)
        Recording of each window.
    groups : ndarray of shape (n_windows,) or None
        Patient of each window.
    person : ndarray of shape (n_windows,) or None
        Number of the person of each window.
    start : ndarray of shape (n_windows,) or None
        Where each window begins, in seconds; NaN where unknown.
    window_seconds : float, ndarray of shape (n_windows,), or None
        Length of the windows, in seconds.

    Yields
    ------
    finding : Finding
        One leak.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.model_selection._leaking_patients import find_recordings
    >>> from sklearn_eeg.model_selection._sides import Sides
    >>> start, sides = np.array([0.0, 4.0, 8.0]), Sides(3, [([0, 2], [1])], None)
    >>> found = list(find_recordings(sides, np.array(["a", "a", "b"]), None, None, start, 5.0))
    >>> [(finding.kind, finding.indices.tolist()) for finding in found]
    [('recording', [0, 1]), ('overlap', [0, 1])]
    """
    _, unit = np.unique(recording, return_inverse=True)
    if person is not None:  # equal names in two patients are two recordings
        unit = unit + (unit.max() + 1) * person
    shared, n_folds = sides.part(unit)
    if len(shared) and groups is None:  # else the patients tell
        where = np.flatnonzero(np.isin(unit, shared))
        n_all = len(np.unique(unit))
        folds = "" if sides.folds is None else f", in {n_folds} of {len(sides.folds)} folds"
        sentence = (
            f"Windows of {len(shared)} of {write_number(n_all, 'recording')} "
            f"({write_names(list_names(recording[where]))}) on both sides{folds}: pass groups=recording "
            "where patients are unknown."
        )
        yield Finding("recording", "error", sentence, where)
    if start is None or window_seconds is None:
        return
    lengths = np.broadcast_to(np.asarray(window_seconds, dtype=float), start.shape)
    pairs = _pair_overlapping(unit, start.astype(float), lengths)
    pairs = pairs[sides.apart(*pairs.T)]
    if len(pairs):
        i, j = pairs[0]
        sentence = (
            f"{write_number(len(pairs), 'pair')} of windows {sides} overlap in time, such as {i} and {j} "
            f"(recording {recording[i]!s}, from {start[i]:g} s and {start[j]:g} s): keep the windows of a "
            "recording on one side."
        )
        where = np.unique(pairs)
        yield Finding(
            "overlap", "error", sentence, where, () if groups is None else list_names(groups[where])
        )


def _repair(person: np.ndarray) -> str:
    if len(np.unique(person)) > 1:
        return "split by patient, for example by PatientKFold"
    return "add patients, since a single one tells nothing of others"


def _find_classes(y: np.ndarray, groups: np.ndarray, person: np.ndarray) -> Iterator[Finding]:
    table = pd.crosstab(person, y).to_numpy() > 0
    if len(table) == 1:  # no class says more than another
        return
    for label, column in zip(np.unique(y), table.T, strict=True):
        if column.sum() == 1:
            where = np.flatnonzero(y == label)
            patients = list_names(groups[where])
            sentence = (
                f"Class {label!s} occurs in patient {write_names(patients)} only: no split by patient can "
                "both train and test on it. Drop the class, or add patients who have it."
            )
            yield Finding("class_patient", "warning", sentence, where, patients)
    if (table.sum(axis=1) == 1).all() and table.shape[1] > 1:
        sentence = (
            f"Each of the {len(table)} patients has windows of one class only, so class and patient are "
            "confounded: a split over windows measures how well patients are recognised, and nothing can be "
            "said about changes within a patient. Only scores by patient mean anything."
        )
        yield Finding("confounded", "note", sentence, np.arange(len(y)), list_names(groups))


def _pair_overlapping(unit: np.ndarray, start: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    """Return the pairs of windows of one recording of which the later begins before the other's end."""
    order = np.lexsort([start, unit])
    order = order[np.isfinite(start[order])]
    begin, whose = start[order], unit[order]
    length = lengths[order] * (1 - 1e-9)
    found = [np.empty((0, 2), dtype=int)]
    for step in count(1):
        near = whose[step:] == whose[:-step]
        near = near & (begin[step:] - begin[:-step] < length[:-step])
        if not near.any():
            break
        found.append(np.column_stack([order[:-step][near], order[step:][near]]))
    return np.concatenate(found)
