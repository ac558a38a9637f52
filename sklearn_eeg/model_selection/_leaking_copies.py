"""Copies of windows that stand on both sides of a split, or have different labels."""

from collections.abc import Iterator

import numpy as np

from ._copies import find_copies, number_equal
from ._leakage_report import Finding, list_names, write_number
from ._sides import Sides

_FEWEST_TIMES = 3  # of which first differences can correlate


def find_leaking_copies(
    X: np.ndarray, y: np.ndarray, groups: np.ndarray | None, sides: Sides, near: float | None
) -> Iterator[Finding]:
    """Yield equal and nearly equal windows on two sides, or with different labels on one.

    Parameters
    ----------
    X : ndarray of shape (n_windows, n_channels, n_times) or (n_windows, n_times)
        The windows.
    y : ndarray of shape (n_windows,)
        Label of each window.
    groups : ndarray of shape (n_windows,) or None
        Patient of each window.
    sides : Sides
        The split.
    near : float or None
        The correlation from which windows pass for copies; None to look for equal windows only.

    Yields
    ------
    finding : Finding
        One leak or fact.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.model_selection._leaking_copies import find_leaking_copies
    >>> from sklearn_eeg.model_selection._sides import Sides
    >>> X = np.random.default_rng(0).normal(size=(4, 50))
    >>> X[3] = X[0]
    >>> groups = np.array([0, 0, 1, 1])
    >>> found = list(find_leaking_copies(X, groups, groups, Sides(4, None, groups), None))
    >>> [(finding.kind, finding.indices.tolist()) for finding in found]
    [('duplicate', [0, 3])]
    """
    flat = (np.ptp(X, axis=-1) == 0).reshape(len(X), -1).all(axis=1)
    if flat.any():
        sentence = f"{write_number(int(flat.sum()), 'window')} constant in all channels: not compared."
        yield Finding("flat", "note", sentence, np.flatnonzero(flat))
    equal = np.where(flat, -1 - np.arange(len(X)), number_equal(X))
    yield from _judge_equal(equal, y, groups, sides)
    usable = np.flatnonzero(np.isfinite(X).reshape(len(X), -1).all(axis=1) & ~flat)
    if len(usable) + flat.sum() < len(X):
        number = write_number(len(X) - len(usable) - int(flat.sum()), "window")
        yield Finding(
            "not_compared", "note", f"{number} with NaN or infinity: not compared but for equality."
        )
    if near is not None and X.shape[-1] >= _FEWEST_TIMES and len(usable) > 1:
        yield from _find_near(X, equal, usable, y, groups, sides, near)


def _judge_equal(
    equal: np.ndarray, y: np.ndarray, groups: np.ndarray | None, sides: Sides
) -> Iterator[Finding]:
    shared, _ = sides.part(equal)
    pairs = np.unique(np.column_stack([equal, np.unique(y, return_inverse=True)[1]]), axis=0)
    kinds, n_labels = np.unique(pairs[:, 0], return_counts=True)
    contrary = np.setdiff1d(kinds[n_labels > 1], shared)
    for chosen, kind, severity, text in (
        (
            shared,
            "duplicate",
            "error",
            f"{sides} are equal: drop all but one of each, or keep them on one side",
        ),
        (contrary, "label_conflict", "warning", "are equal and have different labels: one must be wrong"),
    ):
        where = np.flatnonzero(np.isin(equal, chosen))
        if len(where):
            i, j = np.flatnonzero(equal == equal[where[0]])[:2]
            sentence = f"{write_number(len(where), 'window')} {text}. Such are {i} and {j}."
            yield Finding(kind, severity, sentence, where, _patients(groups, where))


def _find_near(
    X: np.ndarray,
    equal: np.ndarray,
    usable: np.ndarray,
    y: np.ndarray,
    groups: np.ndarray | None,
    sides: Sides,
    near: float,
) -> Iterator[Finding]:
    def relevant(i: np.ndarray, j: np.ndarray) -> np.ndarray:
        i, j = usable[i], usable[j]
        return (equal[i] != equal[j]) & ((y[i] != y[j]) | sides.apart(i, j))

    copies = find_copies(X if len(usable) == len(X) else X[usable], near, relevant)
    if copies is None:
        sentence = (
            f"Windows drawn at random correlate by {near:g} or more, so copies cannot be told from likeness: "
            "only equal windows were looked for. If X is a table of features, pass near=None."
        )
        yield Finding("not_compared", "note", sentence)
        return
    if not copies.complete:
        sentence = (
            "So many windows are alike that only the first pairs were compared: there may be more copies."
        )
        yield Finding("not_compared", "note", sentence)
    yield from _judge_near(usable[copies.pairs], copies.correlation, y, groups, sides)


def _judge_near(
    pairs: np.ndarray, correlation: np.ndarray, y: np.ndarray, groups: np.ndarray | None, sides: Sides
) -> Iterator[Finding]:
    parted = sides.apart(*pairs.T)
    contrary = (y[pairs[:, 0]] != y[pairs[:, 1]]) & ~parted
    for chosen, kind, severity, text, repair in (
        (parted, "near_duplicate", "error", f"{sides} are", "drop one of each, or keep both on one side"),
        (contrary, "label_conflict", "warning", "with different labels are", "one label must be wrong"),
    ):
        if chosen.any():
            best = np.flatnonzero(chosen)[correlation[chosen].argmax()]
            i, j = pairs[best]
            where = np.unique(pairs[chosen])
            sentence = (
                f"{write_number(int(chosen.sum()), 'pair')} of windows {text} nearly copies, such as {i} and "
                f"{j}, which correlate by {correlation[best]:.4f}: {repair}."
            )
            yield Finding(kind, severity, sentence, where, _patients(groups, where))


def _patients(groups: np.ndarray | None, where: np.ndarray) -> tuple:
    return () if groups is None else list_names(groups[where])
