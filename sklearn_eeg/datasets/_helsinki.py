"""Neonatal EEG from Helsinki in windows of one second, with seizure labels."""

import os
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.utils import Bunch

from .._optional import import_optional
from ._data_home import require_path, resolve_data_home

_SFREQ = 64.0
_ROWS_PER_WINDOW = 64
_N_CHANNELS = 18
_MICROVOLTS_PER_VOLT = 1e6
_DATASET = "FINAL_mtx"
_SIGNALS = "expert_A_1sec_1chunk_64Hz.hdf5"
_INFANTS = "DERIVED_groups_expert_A.csv"
_COLUMNS = ["window", "infant_id", "label", "seizure_start_second"]
_SOURCE = "https://github.com/lunagutierrez/neonatal-eeg-seizure-detection"

_DESCR = f"""\
Neonatal EEG from Helsinki, windows of one second
-------------------------------------------------
{{n_windows}} windows of {_N_CHANNELS} bipolar channels, {_ROWS_PER_WINDOW} samples at {_SFREQ:g} Hz
(1 s), in microvolts: {{n_seizure}} with a seizure, of {{n_ill}} infants, and {{n_other}} without,
of {{n_well}} infants. The annotations are those of expert A, one of three. A seizure window is the
first second of a seizure.

No infant has windows of both classes: class and infant are confounded, so that only a split by
infant (`groups`) means anything. Under a random split a classifier that recognises infants, and
nothing else, scores well, even on labels that were shuffled among the infants.

The windows were taken from recordings at 256 Hz by keeping each fourth sample, without a filter:
what was above 32 Hz may be folded (aliased) into the bands below. The channels keep the owners' old
names (T3, T4, T5, T6 for T7, T8, P7, P8). `start_second` is where the seizure begins in the
recording; it is NaN for windows without a seizure, whose place is not known. There is one recording
an infant.

Source: recordings by Stevenson NJ, Tapani K, Lauronen L, Vanhatalo S (2019), A dataset of neonatal
EEG recordings with seizure annotations, Scientific Data 6, 190039, doi:10.1038/sdata.2019.39, at
https://zenodo.org/records/4940267. Windows: {_SOURCE},
working/inputs/results_expert_A/{_SIGNALS}. The infants' numbers were
derived from the order of the windows and the published annotations.
"""


def load_helsinki(data_home: str | os.PathLike[str] | None = None) -> Bunch:
    r"""Load neonatal EEG from Helsinki: windows of one second, 18 channels, seizure or not.

    Parameters
    ----------
    data_home : path-like, default=None
        The folder whose subfolder ``helsinki_neonatal_1s`` holds the signals
        (``expert_A_1sec_1chunk_64Hz.hdf5``) and the infant of each window
        (``DERIVED_groups_expert_A.csv``). None means the environment variable
        ``SKLEARN_EEG_DATA``, and where that is unset, ``~/sklearn_eeg_data``.

    Returns
    -------
    bunch : sklearn.utils.Bunch
        - data : float64 ndarray of shape (n_windows, 18, 64), in microvolts
        - target : int ndarray of shape (n_windows,), 0 non-seizure, 1 seizure
        - groups : int ndarray of shape (n_windows,), the infant
        - sfreq : float, 64 Hz
        - ch_names : list of str, such as ``"Fp2-F4"``
        - target_names : list of str
        - recording : int ndarray of shape (n_windows,), as `groups`: one recording an infant
        - start_second : float64 ndarray of shape (n_windows,), start of the seizure in the
          recording; NaN without a seizure
        - DESCR : str, what the set is and what it cannot show

    Raises
    ------
    FileNotFoundError
        If one of the two files is missing.
    ImportError
        If h5py is not installed.
    ValueError
        If a file is damaged, or the two do not agree on the windows and their labels.

    See Also
    --------
    load_guinea_bissau : Diagnosis by subject, 14 channels.
    load_bonn : Five kinds of EEG, one channel.

    Notes
    -----
    No infant has windows of both classes: split by `groups`, never at random.

    References
    ----------
    .. [1] Stevenson, N. J., Tapani, K., Lauronen, L. and Vanhatalo, S. (2019). A dataset of
       neonatal EEG recordings with seizure annotations. Scientific Data 6, 190039.
       doi:10.1038/sdata.2019.39

    Examples
    --------
    Two windows, of one infant with a seizure and one without, as the loader wants them:

    >>> import tempfile
    >>> from pathlib import Path
    >>> import h5py
    >>> import numpy as np
    >>> from sklearn_eeg.datasets import load_helsinki
    >>> rows = np.full((128, 19), 5e-6)
    >>> rows[:, 18] = np.repeat([1, 0], 64)
    >>> with tempfile.TemporaryDirectory() as home:
    ...     folder = Path(home, "helsinki_neonatal_1s")
    ...     folder.mkdir()
    ...     with h5py.File(folder / "expert_A_1sec_1chunk_64Hz.hdf5", "w") as file:
    ...         file["FINAL_mtx"] = rows
    ...         names = [f"channel {number}" for number in range(18)] + ["seizure"]
    ...         file["FINAL_mtx"].attrs["columns"] = names
    ...     _ = (folder / "DERIVED_groups_expert_A.csv").write_text(
    ...         "window,infant_id,label,seizure_start_second\n0,1,1,103\n1,3,0,\n"
    ...     )
    ...     bunch = load_helsinki(home)
    >>> bunch.data.shape, round(bunch.data.mean().item(), 6), bunch.target, bunch.groups
    ((2, 18, 64), 5.0, array([1, 0]), array([1, 3]))
    """
    folder = resolve_data_home(data_home) / "helsinki_neonatal_1s"
    signals = require_path(folder / _SIGNALS, f"download it from {_SOURCE} into that folder")
    infants = require_path(
        folder / _INFANTS,
        f"write it with the columns {', '.join(_COLUMNS)}, one row a window of {_SIGNALS}",
    )
    rows, ch_names = _read_signals(signals)
    windows = rows.reshape(-1, _ROWS_PER_WINDOW, _N_CHANNELS + 1).transpose(0, 2, 1)
    target = _check_labels(windows[:, -1], signals)
    table = _read_infants(infants, target)
    groups = table["infant_id"].to_numpy(dtype=int)
    return Bunch(
        data=np.ascontiguousarray(windows[:, :-1]) * _MICROVOLTS_PER_VOLT,
        target=target,
        groups=groups,
        sfreq=_SFREQ,
        ch_names=ch_names,
        target_names=["non-seizure", "seizure"],
        recording=groups.copy(),
        start_second=table["seizure_start_second"].to_numpy(dtype=float),
        DESCR=_describe(target, groups),
    )


def _describe(target: np.ndarray, groups: np.ndarray) -> str:
    return _DESCR.format(
        n_windows=len(target),
        n_seizure=np.sum(target == 1),
        n_other=np.sum(target == 0),
        n_ill=len(np.unique(groups[target == 1])),
        n_well=len(np.unique(groups[target == 0])),
    )


def _read_signals(path: Path) -> tuple[np.ndarray, list[str]]:
    """Return the rows of the file, channels in volts and the label, and the channels' names."""
    h5py = import_optional("h5py", extra="io", needed_by="load_helsinki")
    try:
        with h5py.File(path, "r") as file:
            dataset = file[_DATASET]
            columns = [_as_text(name) for name in dataset.attrs["columns"]]
            rows = np.asarray(dataset[()], dtype=np.float64)
    except (OSError, KeyError, ValueError, TypeError, AttributeError) as error:
        raise ValueError(
            f"{path} must be an HDF5 file with the dataset {_DATASET!r} and its attribute "
            f"'columns', and cannot be read ({error}): download it again from {_SOURCE}."
        ) from error
    n_columns = _N_CHANNELS + 1
    if rows.shape[1:] != (n_columns,) or not rows.size or len(rows) % _ROWS_PER_WINDOW:
        raise ValueError(
            f"{path} must hold {n_columns} columns and {_ROWS_PER_WINDOW} rows for each "
            f"window, got an array of shape {rows.shape}: download it again from {_SOURCE}."
        )
    if len(columns) != n_columns or columns[-1] != "seizure":
        raise ValueError(
            f"{path} must name {_N_CHANNELS} channels and the last column 'seizure', got {columns}."
        )
    bad = np.flatnonzero(~np.isfinite(rows).all(axis=1))
    if len(bad):
        raise ValueError(
            f"{path} must hold finite numbers, got NaN or infinity in {len(bad)} rows, first in "
            f"window {bad[0] // _ROWS_PER_WINDOW}: download it again from {_SOURCE}."
        )
    return rows, columns[:-1]


def _as_text(name: str | bytes) -> str:
    return (name.decode() if isinstance(name, bytes) else name).strip()


def _check_labels(labels: np.ndarray, path: Path) -> np.ndarray:
    """Return the label of each window, which all its rows must share."""
    target = labels[:, 0].astype(int)
    bad = np.flatnonzero((labels != target[:, np.newaxis]).any(axis=1) | ~np.isin(target, (0, 1)))
    if len(bad):
        raise ValueError(
            f"{path} must label each window 0 or 1 in all of its {_ROWS_PER_WINDOW} rows, got "
            f"{np.unique(labels[bad[0]]).tolist()} in window {bad[0]}: download it again from "
            f"{_SOURCE}."
        )
    return target


def _read_infants(path: Path, target: np.ndarray) -> pd.DataFrame:
    """Return the infant and the start of each window, held against the labels of the signals."""
    try:
        table = pd.read_csv(path, usecols=_COLUMNS, dtype=float)
    except (OSError, ValueError) as error:
        raise ValueError(f"{path} must have the columns {_COLUMNS}, all of numbers ({error}).") from error
    if len(table) != len(target):
        raise ValueError(
            f"{path} must have one row for each of the {len(target)} windows of {_SIGNALS}, got "
            f"{len(table)} rows."
        )
    seizure = target == 1
    infant, start = table["infant_id"], table["seizure_start_second"]
    faults = {
        "a row for each window, in order": table["window"] != np.arange(len(table)),
        f"the labels of {_SIGNALS}": table["label"] != target,
        "the whole number of an infant": infant.isna() | (infant % 1 != 0),
        "a start for each seizure and none otherwise": start.notna() != seizure,
    }
    for rule, fault in faults.items():
        if fault.any():
            row = int(np.flatnonzero(fault)[0])
            raise ValueError(f"{path} must hold {rule}, got {table.iloc[row].to_dict()} in row {row}.")
    return table
