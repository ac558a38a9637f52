"""Neonatal EEG from Helsinki with seizure labels, in windows of one second or from the recordings."""

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from sklearn.utils import Bunch

from .._events import mask_to_events
from .._optional import import_optional
from ._data_home import require_path, resolve_data_home
from ._helsinki_annotations import (
    EXPERTS,
    MAT,
    PAGE,
    check_annotator,
    infants_with_and_without_seizures,
    marked_by,
    read_annotations,
)
from ._helsinki_edf import check_infants, load_edf_windows

_SFREQ = 64.0
_ROWS_PER_WINDOW = 64
_N_CHANNELS = 18
_WINDOWS_WITHOUT = 18  # of each infant without seizures
_MICROVOLTS_PER_VOLT = 1e6
_DATASET = "FINAL_mtx"
_SIGNALS = "expert_{}_1sec_1chunk_64Hz.hdf5"
_SOURCE = "https://github.com/lunagutierrez/neonatal-eeg-seizure-detection"

_DESCR = f"""\
Neonatal EEG from Helsinki, windows of one second
-------------------------------------------------
{{n_windows}} windows of {_N_CHANNELS} bipolar channels, {_ROWS_PER_WINDOW} samples at {_SFREQ:g} Hz
(1 s), in microvolts: {{n_seizure}} with a seizure, of {{n_ill}} infants, and {{n_other}} without,
of {{n_well}} infants. The annotations are those of expert {{annotator}}, one of three. A seizure window
is the first second of a seizure.

No infant has windows of both classes: class and infant are confounded, so that only a split by
infant (`groups`) means anything. Under a random split a classifier that recognises infants, and
nothing else, scores well, even on labels that were shuffled among the infants.

The windows were taken from recordings at 256 Hz by keeping each fourth sample, without a filter:
what was above 32 Hz may be folded (aliased) into the bands below. The channels keep the owners' old
names (T3, T4, T5, T6 for T7, T8, P7, P8). `start_second` is where the seizure begins in the
recording; it is NaN for windows without a seizure, whose place is not known. There is one recording
an infant.

The windows carry no infants; they follow from their order. First come the infants in whom all three
experts marked a seizure somewhere, one window for each run of marked seconds, then those in whom none
did, {_WINDOWS_WITHOUT} windows each.

Source: recordings by Stevenson NJ, Tapani K, Lauronen L, Vanhatalo S (2019), A dataset of neonatal
EEG recordings with seizure annotations, Scientific Data 6, 190039, doi:10.1038/sdata.2019.39, at
{PAGE}. Windows: {_SOURCE},
working/inputs/results_expert_{{annotator}}/{{signals}}.
"""


def load_helsinki(
    data_home: str | os.PathLike[str] | None = None,
    *,
    source: str = "windows",
    annotator: str | None = None,
    infants: Sequence[int] | None = None,
    window_seconds: float | None = None,
    step_seconds: float | None = None,
    overlap_rule: float | tuple[float, float] | None = None,
    lazy: bool = False,
) -> Bunch:
    r"""Load neonatal EEG from Helsinki, seizure or not: windows of one second, or cut from the EDF files.

    Parameters
    ----------
    data_home : path-like, default=None
        The folder above the data. For ``source="windows"`` its subfolder ``helsinki_neonatal_1s``
        holds ``expert_A_1sec_1chunk_64Hz.hdf5`` (or that of expert B or C) and
        ``annotations_2017.mat``. For ``source="edf"`` its subfolder ``helsinki_neonatal`` holds the
        recordings, ``eeg1.edf`` to ``eeg79.edf`` or some of them, and ``annotations_2017.mat`` or the
        three tables ``annotations_2017_A_fixed.csv`` (or ``annotations_2017_A.csv``),
        ``annotations_2017_B.csv`` and ``annotations_2017_C.csv``. None means the environment variable
        ``SKLEARN_EEG_DATA``, and where that is unset, ``~/sklearn_eeg_data``.
    source : {"windows", "edf"}, default="windows"
        Whether to load the windows of one second that a third party cut at 64 Hz, or to cut windows
        from the recordings as they are published, 19 channels at 256 Hz.
    annotator : {"A", "B", "C", "any", "consensus"}, default=None
        Whose annotations: an expert's, or for ``source="edf"`` also the seconds that at least one
        (``"any"``) or all three (``"consensus"``) marked. None means ``"A"`` for ``source="windows"``,
        which were cut after one expert, and ``"consensus"`` for ``source="edf"``, as in `read_events`.
    infants : sequence of int, default=None
        The infants to load, by number from 1. None takes all that are there.
    window_seconds : float, default=None
        Length of the windows, in seconds; None means 1. For ``source="edf"`` only.
    step_seconds : float, default=None
        From the start of one window to that of the next, in seconds; None means `window_seconds`. For
        ``source="edf"`` only.
    overlap_rule : float or tuple of float, default=None
        Share of a window that a seizure must fill, as in `sliding_windows`; None means 0.5. For
        ``source="edf"`` only.
    lazy : bool, default=False
        Whether windows stay on disk until they are asked for, as in `sliding_windows`; in memory, all
        79 recordings need about 15 GB. For ``source="edf"`` only.

    Returns
    -------
    bunch : sklearn.utils.Bunch
        - data : float64 ndarray of shape (n_windows, n_channels, n_times), in microvolts, or with
          `lazy` an object that reads it
        - target : int ndarray of shape (n_windows,), 0 non-seizure, 1 seizure
        - groups : int ndarray of shape (n_windows,), the infant
        - sfreq : float, 64 Hz or that of the recordings
        - ch_names : list of str, such as ``"Fp2-F4"`` (windows) or ``"Fp2"`` (recordings)
        - target_names : list of str
        - recording : ndarray of str of shape (n_windows,), one recording an infant, such as ``"eeg1"``
        - start_second : float64 ndarray of shape (n_windows,), start of the window in the recording;
          for ``source="windows"`` NaN without a seizure
        - DESCR : str, what the set is and what it cannot show

        and for ``source="edf"`` whatever else `sliding_windows` gives.

    Raises
    ------
    FileNotFoundError
        If a file is missing.
    ImportError
        If h5py (windows) or edfio (recordings) is not installed.
    ValueError
        If a parameter is out of its range, a file is damaged, or the files do not agree.

    See Also
    --------
    fetch_helsinki : Downloads the recordings first.
    load_guinea_bissau : Diagnosis by subject, 14 channels.

    Notes
    -----
    No infant among the windows of one second has both classes: split by `groups`, never at random.
    Recordings have both, and neighbouring windows are alike: split by `groups`, too.

    References
    ----------
    .. [1] Stevenson, N. J., Tapani, K., Lauronen, L. and Vanhatalo, S. (2019). A dataset of
       neonatal EEG recordings with seizure annotations. Scientific Data 6, 190039.
       doi:10.1038/sdata.2019.39

    Examples
    --------
    One window of an infant with a seizure and 18 of one without, as the loader wants them:

    >>> import tempfile
    >>> from pathlib import Path
    >>> import h5py
    >>> import numpy as np
    >>> from scipy.io import savemat
    >>> from sklearn_eeg.datasets import load_helsinki
    >>> rows = np.full((19 * 64, 19), 5e-6)
    >>> rows[:, 18] = np.repeat([1] + [0] * 18, 64)
    >>> marked = np.empty((1, 2), dtype=object)
    >>> marked[0, 0], marked[0, 1] = np.ones((3, 300)), np.zeros((3, 300))
    >>> with tempfile.TemporaryDirectory() as home:
    ...     folder = Path(home, "helsinki_neonatal_1s")
    ...     folder.mkdir()
    ...     savemat(folder / "annotations_2017.mat", {"annotat_new": marked})
    ...     with h5py.File(folder / "expert_A_1sec_1chunk_64Hz.hdf5", "w") as file:
    ...         file["FINAL_mtx"] = rows
    ...         names = [f"channel {number}" for number in range(18)] + ["seizure"]
    ...         file["FINAL_mtx"].attrs["columns"] = names
    ...     bunch = load_helsinki(home)
    >>> bunch.data.shape, round(bunch.data.mean().item(), 6), bunch.target[:2], bunch.groups[:2]
    ((19, 18, 64), 5.0, array([1, 0]), array([1, 2]))
    """
    if source not in ("windows", "edf"):
        raise ValueError(f"`source` must be 'windows' or 'edf', got {source!r}.")
    home = resolve_data_home(data_home)
    wanted = None if infants is None else check_infants(infants)
    if source == "edf":
        return load_edf_windows(
            home / "helsinki_neonatal",
            annotator="consensus" if annotator is None else annotator,
            infants=wanted,
            window_seconds=1.0 if window_seconds is None else window_seconds,
            step_seconds=step_seconds,
            overlap_rule=0.5 if overlap_rule is None else overlap_rule,
            lazy=lazy,
        )
    for name, value in {
        "window_seconds": window_seconds,
        "step_seconds": step_seconds,
        "overlap_rule": overlap_rule,
        "lazy": lazy or None,
    }.items():
        if value is not None:
            raise ValueError(
                f"`{name}` must be left out for windows that are cut already, got {value!r}: set "
                "source='edf' to cut the recordings."
            )
    return _load_windows(home / "helsinki_neonatal_1s", "A" if annotator is None else annotator, wanted)


def _load_windows(folder: Path, annotator: str, infants: list[int] | None) -> Bunch:
    """Return the windows of one second after an expert's annotations."""
    check_annotator(annotator, EXPERTS)
    name = _SIGNALS.format(annotator)
    signals = require_path(folder / name, f"download it from {_SOURCE} into that folder")
    annotations = require_path(folder / MAT, f"download it from {PAGE} into that folder")
    rows, ch_names = _read_signals(signals)
    windows = rows.reshape(-1, _ROWS_PER_WINDOW, _N_CHANNELS + 1).transpose(0, 2, 1)
    target = _check_labels(windows[:, -1], signals)
    groups, start_second = _find_infants(annotations, annotator, target, name)
    kept = _choose(groups, infants, signals)
    return Bunch(
        data=np.ascontiguousarray(windows[kept, :-1]) * _MICROVOLTS_PER_VOLT,
        target=target[kept],
        groups=groups[kept],
        sfreq=_SFREQ,
        ch_names=ch_names,
        target_names=["non-seizure", "seizure"],
        recording=np.array([f"eeg{infant}" for infant in groups[kept]]),
        start_second=start_second[kept],
        DESCR=_describe(target[kept], groups[kept], annotator),
    )


def _choose(groups: np.ndarray, infants: list[int] | None, path: Path) -> np.ndarray:
    """Return the windows of the wanted infants, in the order of the file."""
    if infants is None:
        return np.arange(len(groups))
    missing = sorted(set(infants) - set(groups.tolist()))
    if missing:
        raise ValueError(
            f"`infants` must have windows in {path.name}, got {missing} without: it holds those of "
            f"{np.unique(groups).tolist()}."
        )
    return np.flatnonzero(np.isin(groups, infants))


def _describe(target: np.ndarray, groups: np.ndarray, annotator: str) -> str:
    return _DESCR.format(
        n_windows=len(target),
        n_seizure=np.sum(target == 1),
        n_other=np.sum(target == 0),
        n_ill=len(np.unique(groups[target == 1])),
        n_well=len(np.unique(groups[target == 0])),
        annotator=annotator,
        signals=_SIGNALS.format(annotator),
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


def _find_infants(
    path: Path, annotator: str, target: np.ndarray, signals: str
) -> tuple[np.ndarray, np.ndarray]:
    """Return the infant and the start of each window, which follow from the annotations."""
    marked = read_annotations([path])
    ill, well = infants_with_and_without_seizures(marked)
    seizures = [
        (i, event.onset) for i in ill for event in mask_to_events(marked_by(marked[i], annotator), 1.0)
    ]
    groups = np.array([i for i, _ in seizures] + list(np.repeat(well, _WINDOWS_WITHOUT)), dtype=np.int64)
    starts = np.full(len(groups), np.nan)
    starts[: len(seizures)] = [onset for _, onset in seizures]
    expected = np.arange(len(groups)) < len(seizures)
    if not np.array_equal(target, expected):
        raise ValueError(
            f"{signals} must hold a window for each of the {len(seizures)} seizures that expert {annotator} "
            f"marked in {path} and then {_WINDOWS_WITHOUT} for each of the {len(well)} infants without, got "
            f"{np.sum(target == 1)} windows with and {np.sum(target == 0)} without a seizure"
            f"{' in another order' if len(target) == len(expected) else ''}: the files do not belong "
            f"together; download {signals} again from {_SOURCE} and {MAT} from {PAGE}."
        )
    return groups, starts
