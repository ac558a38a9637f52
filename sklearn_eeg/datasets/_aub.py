"""The epileptic EEG data set of the American University of Beirut: windows of one second."""

import os
from numbers import Real
from pathlib import Path

import numpy as np
from sklearn.utils import Bunch

from ._data_home import require_path, resolve_data_home

PAGE = "https://data.mendeley.com/datasets/5pc2j46cbc/1"
FILES = ("x_train.npy", "y_train.npy", "x_test.npy", "y_test.npy")
_SFREQ = 500.0
_CH_NAMES = [
    "Fp1", "Fp2", "F3", "F4", "C3", "C4", "P3", "P4", "O1", "O2",
    "F7", "F8", "T7", "T8", "P7", "P8", "Fz", "A1", "A2",
]  # fmt: skip
_N_TIMES = 500
_TARGET_NAMES = ["normal", "complex partial", "electrographic", "video-detected"]
_SUBSETS = {"train": ("train",), "test": ("test",), "all": ("train", "test")}
_BLOCK = 256  # windows copied at a time

_DESCR = f"""\
Epileptic EEG data set of the American University of Beirut
-----------------------------------------------------------
{{n_windows}} windows of {len(_CH_NAMES)} scalp channels, {_N_TIMES} samples at {_SFREQ:g} Hz (1 s), subset
{{subset}}: {{counts}}. The owners filtered them (1/1.6 to 70 Hz, notch at 50 Hz). {{unit}}
The files name no channels; the names given are those of the recordings the windows were cut from, in
the order that others have used for them, with T7, T8, P7, P8 for the old T3, T4, T5, T6. There is no Cz
and no Pz; A1 and A2 are the ears.

Six patients with 35 seizures; whose a window is the files do not say, so `groups` is None and no
patient-wise split is possible. The owners' split into train and test is at random: seconds of one seizure
of one patient stand on both sides, and a score on it measures how well those are recognised again. The
lengths of the seizures that others have listed by patient make it likely that class 2 is one patient
(two seizures) and class 3 another: no score on this set says anything of new patients, least of all one
by class.

Source: Nasreddine W (2021), Epileptic EEG Dataset, Mendeley Data, V1, doi:10.17632/5pc2j46cbc.1, at
{PAGE}.
"""


def load_aub(
    data_home: str | os.PathLike[str] | None = None,
    *,
    subset: str = "all",
    microvolts_per_unit: float | None = 1000.0,
) -> Bunch:
    r"""Load the epileptic EEG data set of Beirut: windows of one second, 19 channels, four classes.

    Parameters
    ----------
    data_home : path-like, default=None
        The folder whose subfolder ``aub`` (or ``aub/Npy_files``) holds ``x_train.npy``,
        ``y_train.npy``, ``x_test.npy`` and ``y_test.npy``, or the folder of these files itself. None
        means the environment variable ``SKLEARN_EEG_DATA``, and where that is unset,
        ``~/sklearn_eeg_data``.
    subset : {"train", "test", "all"}, default="all"
        Which part of the owners' random split; ``"all"`` is train, then test.
    microvolts_per_unit : float or None, default=1000.0
        What a value of 1 in the files is in microvolts. The owners state no unit; a standard deviation
        of about 0.02 is that of scalp EEG in millivolts. None leaves the values as they are and the
        arrays on disk (memory-mapped), for ``"train"`` or ``"test"`` alone.

    Returns
    -------
    bunch : sklearn.utils.Bunch
        - data : ndarray of shape (n_windows, 19, 500), in microvolts, float64 or float32 as stored
        - target : int ndarray of shape (n_windows,), the index into `target_names`
        - groups : None, since the patients are not identified
        - sfreq : float, 500 Hz
        - ch_names : list of str
        - target_names : list of str
        - split : str ndarray of shape (n_windows,), ``"train"`` or ``"test"`` of the owners
        - DESCR : str, what the set is and what it cannot show

    Raises
    ------
    FileNotFoundError
        If a file of the subset is missing.
    ValueError
        If a file is damaged, of another shape, or holds NaN, infinity or another label, or if a
        parameter is out of its range.

    See Also
    --------
    fetch_aub : Downloads the files first.
    load_helsinki : Seizures with patients, for a split that means something.

    Notes
    -----
    The files are read through a memory map and copied once, block by block.

    References
    ----------
    .. [1] Nasreddine, W. (2021). Epileptic EEG Dataset. Mendeley Data, V1.
       doi:10.17632/5pc2j46cbc.1

    Examples
    --------
    Files as the loader wants them:

    >>> import tempfile
    >>> from pathlib import Path
    >>> import numpy as np
    >>> from sklearn_eeg.datasets import load_aub
    >>> with tempfile.TemporaryDirectory() as home:
    ...     folder = Path(home, "aub")
    ...     folder.mkdir()
    ...     for part, labels in {"train": [0, 1, 0], "test": [3]}.items():
    ...         np.save(folder / f"x_{part}.npy", np.full((len(labels), 19, 500), 0.02))
    ...         np.save(folder / f"y_{part}.npy", labels)
    ...     bunch = load_aub(home)
    >>> bunch.data.shape, bunch.data.max().item(), bunch.target, bunch.split[-1].item()
    ((4, 19, 500), 20.0, array([0, 1, 0, 3]), 'test')
    """
    if subset not in _SUBSETS:
        raise ValueError(f"`subset` must be one of {list(_SUBSETS)}, got {subset!r}.")
    _check_scale(microvolts_per_unit, subset)
    folder = find_folder(resolve_data_home(data_home))
    parts = [_open_part(folder, part) for part in _SUBSETS[subset]]
    target = np.concatenate([labels for _, labels in parts])
    split = [np.full(len(labels), part) for part, (_, labels) in zip(_SUBSETS[subset], parts, strict=True)]
    if microvolts_per_unit is None:
        data, unit = parts[0][0], "The values are as in the files, of unknown unit."
    else:
        data = _copy([x for x, _ in parts], float(microvolts_per_unit))
        unit = f"A value of 1 in the files is taken as {microvolts_per_unit:g} microvolts."
    counts = np.bincount(target, minlength=len(_TARGET_NAMES))
    named = [f"{count} {name}" for count, name in zip(counts, _TARGET_NAMES, strict=True)]
    return Bunch(
        data=data,
        target=target,
        groups=None,
        sfreq=_SFREQ,
        ch_names=list(_CH_NAMES),
        target_names=list(_TARGET_NAMES),
        split=np.concatenate(split),
        DESCR=_DESCR.format(n_windows=len(target), subset=subset, counts=", ".join(named), unit=unit),
    )


def _check_scale(microvolts_per_unit: float | None, subset: str) -> None:
    if microvolts_per_unit is None:
        if subset == "all":
            raise ValueError(
                "`microvolts_per_unit` must be a number for subset 'all', got None: arrays on disk cannot be "
                "joined; load 'train' and 'test' one by one."
            )
        return
    is_number = isinstance(microvolts_per_unit, Real) and not isinstance(microvolts_per_unit, bool)
    if not is_number or not 0 < microvolts_per_unit < np.inf:
        raise ValueError(
            f"`microvolts_per_unit` must be a positive number or None, got {microvolts_per_unit!r}; give for "
            "example 1000.0 for millivolts."
        )


def find_folder(home: Path) -> Path:
    """Return the first folder that holds one of the files, or the one where they are expected."""
    for folder in (home / "aub", home / "aub" / "Npy_files", home):
        if any((folder / name).exists() for name in FILES):
            return folder
    return home / "aub"


def _open_part(folder: Path, part: str) -> tuple[np.ndarray, np.ndarray]:
    """Return the windows of a part of the split, on disk, and their labels."""
    x_path, y_path = folder / f"x_{part}.npy", folder / f"y_{part}.npy"
    x, y = _open_array(x_path), _open_array(y_path)
    expected = (len(_CH_NAMES), _N_TIMES)
    if x.ndim != 3 or x.shape[1:] != expected or not len(x) or x.dtype not in (np.float64, np.float32):
        raise ValueError(
            f"{x_path} must hold windows of {expected[0]} channels x {expected[1]} samples as floats, got an "
            f"array of shape {x.shape} and type {x.dtype}: download it again from {PAGE}."
        )
    y = y.reshape(-1) if y.ndim == 2 and y.shape[1] == 1 else y
    if y.shape != (len(x),) or y.dtype.kind not in "iuf" or not np.isin(y, range(len(_TARGET_NAMES))).all():
        raise ValueError(
            f"{y_path} must hold a label of 0 to {len(_TARGET_NAMES) - 1} for each of the {len(x)} windows "
            f"of {x_path.name}, got shape {y.shape}, type {y.dtype}, values such as "
            f"{np.unique(y)[:6].tolist()}: download it again from {PAGE}."
        )
    _check_finite(x, x_path)
    return x, np.asarray(y).astype(np.int64)


def _open_array(path: Path) -> np.ndarray:
    require_path(path, f"call `fetch_aub`, or download it from {PAGE} into that folder")
    try:
        return np.load(path, mmap_mode="r", allow_pickle=False)
    except Exception as error:  # numpy's parser raises errors of several kinds
        raise ValueError(
            f"{path} must be an array in numpy's .npy format, and cannot be read ({error}): download it "
            f"again from {PAGE}."
        ) from error


def _check_finite(x: np.ndarray, path: Path) -> None:
    for first in range(0, len(x), _BLOCK):
        bad = ~np.isfinite(x[first : first + _BLOCK]).all(axis=(1, 2))
        if bad.any():
            raise ValueError(
                f"{path} must hold finite numbers, got NaN or infinity in window "
                f"{first + int(bad.argmax())}: download it again from {PAGE}."
            )


def _copy(arrays: list[np.ndarray], scale: float) -> np.ndarray:
    """Return the arrays one after the other, times `scale`."""
    n_windows = sum(len(x) for x in arrays)
    data = np.empty((n_windows, *arrays[0].shape[1:]), dtype=np.result_type(*arrays))
    end = 0
    for x in arrays:
        for first in range(0, len(x), _BLOCK):
            block = x[first : first + _BLOCK]
            np.multiply(block, scale, out=data[end : end + len(block)], dtype=data.dtype)
            end += len(block)
    return data
