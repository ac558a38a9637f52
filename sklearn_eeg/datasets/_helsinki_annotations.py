"""The three experts' annotations of the Helsinki recordings, one value a second."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from ._matlab import load_matlab

EXPERTS = ("A", "B", "C")
ANNOTATORS = (*EXPERTS, "any", "consensus")
MAT = "annotations_2017.mat"
TABLES = {"A": ("annotations_2017_A_fixed.csv", "annotations_2017_A.csv"),
          "B": ("annotations_2017_B.csv",), "C": ("annotations_2017_C.csv",)}  # fmt: skip
_VARIABLE = "annotat_new"
PAGE = "https://zenodo.org/records/4940267"


def find_annotations(folder: Path) -> list[Path]:
    """Return the files in a folder that hold the annotations: the .mat file, or else three tables.

    Raises
    ------
    FileNotFoundError
        If neither is there whole.
    """
    if (folder / MAT).exists():
        return [folder / MAT]
    found = {
        expert: [folder / name for name in names if (folder / name).exists()]
        for expert, names in TABLES.items()
    }
    missing = [expert for expert, paths in found.items() if not paths]
    if missing:
        raise FileNotFoundError(
            f"{folder / MAT} does not exist, nor {TABLES[missing[0]][-1]}: download it from {PAGE} into "
            "that folder. If the data lie elsewhere, name the folder above them by `data_home`."
        )
    return [paths[0] for paths in found.values()]


def read_annotations(paths: list[Path]) -> dict[int, np.ndarray]:
    r"""Read what the experts marked, infant by infant.

    Parameters
    ----------
    paths : list of Path
        The .mat file, or the three tables of experts A, B and C, one column an infant.

    Returns
    -------
    marked : dict of int to bool ndarray of shape (3, n_seconds)
        By number of the infant, from 1: whether expert A, B and C saw a seizure in each second.

    Raises
    ------
    ValueError
        If a file is damaged or of another kind, or the tables do not agree on infants and lengths.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from sklearn_eeg.datasets._helsinki_annotations import read_annotations
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     paths = [Path(folder, f"{expert}.csv") for expert in "ABC"]
    ...     for path in paths:
    ...         _ = path.write_text("1,2\n0,1\n1,\n")
    ...     marked = read_annotations(paths)
    >>> marked[1].astype(int).tolist(), marked[2].shape
    ([[0, 1], [0, 1], [0, 1]], (3, 1))
    """
    return _read_mat(paths[0]) if len(paths) == 1 else _read_tables(paths)


def marked_by(marked: np.ndarray, annotator: str) -> np.ndarray:
    """Return the seconds that an annotator marked, of bool masks of shape (3, n_seconds).

    ``"A"``, ``"B"`` and ``"C"`` are the experts; ``"any"`` is one of them at least, ``"consensus"`` all.

    Raises
    ------
    ValueError
        If `annotator` is none of these.
    """
    check_annotator(annotator, ANNOTATORS)
    if annotator == "any":
        return np.asarray(marked.any(axis=0))
    if annotator == "consensus":
        return np.asarray(marked.all(axis=0))
    return marked[EXPERTS.index(annotator)]


def check_annotator(annotator: object, known: tuple[str, ...]) -> None:
    """Raise a ValueError unless `annotator` is known."""
    if annotator not in known:
        raise ValueError(f"`annotator` must be one of {list(known)}, got {annotator!r}.")


def infants_with_and_without_seizures(marked: Mapping[int, np.ndarray]) -> tuple[list[int], list[int]]:
    """Return the infants with seizures after each of the experts, and those after none of them."""
    by_expert = {infant: mask.any(axis=1) for infant, mask in sorted(marked.items())}
    return (
        [infant for infant, seen in by_expert.items() if seen.all()],
        [infant for infant, seen in by_expert.items() if not seen.any()],
    )


def _read_mat(path: Path) -> dict[int, np.ndarray]:
    try:
        cells = load_matlab(path, _VARIABLE).ravel()
        if cells.dtype != object or not len(cells):
            raise ValueError(f"it is an array of type {cells.dtype} and length {len(cells)}")
        return {infant: _as_mask(cell, f"infant {infant}") for infant, cell in enumerate(cells, start=1)}
    except (OSError, ValueError) as error:
        raise ValueError(
            f"{path} must be a MATLAB file with the cell array {_VARIABLE!r}, experts x seconds of 0 and 1 "
            f"for each infant, and cannot be read ({error}): download it again from {PAGE}."
        ) from error


def _as_mask(cell: object, name: str) -> np.ndarray:
    values = np.asarray(cell)
    if values.ndim != 2 or len(values) != len(EXPERTS) or not values.shape[1]:
        raise ValueError(f"{name} has the shape {values.shape}, not 3 x seconds")
    if not np.isin(values, (0, 1)).all():
        raise ValueError(f"{name} has values other than 0 and 1")
    return values.astype(bool)


def _read_tables(paths: list[Path]) -> dict[int, np.ndarray]:
    tables = [_read_table(path) for path in paths]
    first = {infant: len(column) for infant, column in tables[0].items()}
    for path, table in zip(paths, tables, strict=True):
        lengths = {infant: len(column) for infant, column in table.items()}
        for infant in sorted({*first, *lengths}):
            if lengths.get(infant) != first.get(infant):
                raise ValueError(
                    f"{path} must have the infants and the seconds of {paths[0].name}, got "
                    f"{lengths.get(infant, 0)} seconds of infant {infant}, not {first.get(infant, 0)}: "
                    f"download both again from {PAGE}."
                )
    return {infant: np.stack([table[infant] for table in tables]) for infant in first}


def _read_table(path: Path) -> dict[int, np.ndarray]:
    """Return the column of each infant up to its last value."""
    repair = f"download it again from {PAGE}"
    try:
        table = pd.read_csv(path, dtype=float)
        infants = [int(name) for name in table.columns]
    except (OSError, ValueError, OverflowError) as error:
        raise ValueError(
            f"{path} must be a table of 0 and 1 with the infants' numbers for names of its columns, and "
            f"cannot be read ({error}): {repair}."
        ) from error
    columns = {}
    for infant, (_, column) in zip(infants, table.items(), strict=True):
        n_seconds = int(column.notna().sum())
        values = column.to_numpy()[:n_seconds]
        if not n_seconds or not np.isin(values, (0, 1)).all():
            raise ValueError(
                f"{path} must hold 0 or 1 for each second of infant {infant}, without a hole, got "
                f"{np.unique(values)[:4].tolist()}: {repair}."
            )
        columns[infant] = values.astype(bool)
    return columns
