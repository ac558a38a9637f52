"""The EEG segments of New Delhi: before, during and between seizures."""

import hashlib
import os
import warnings
from pathlib import Path

import numpy as np
from sklearn.utils import Bunch

from ._data_home import require_path, resolve_data_home
from ._matlab import load_matlab

_SFREQ = 200.0
_N_TIMES = 1024
_N_FILES = 50
_CLASSES = ("interictal", "preictal", "ictal")
_WHERE = (
    "'EEG Epilepsy Datasets' of Swami, Panigrahi, Nara, Bhatia and Gandhi on ResearchGate, "
    "doi:10.13140/RG.2.2.14280.32006"
)

_DESCR = f"""\
EEG segments of New Delhi
-------------------------
150 segments of one scalp channel, {_N_TIMES} samples at {_SFREQ:g} Hz (5.12 s): 50 between seizures
(interictal), 50 before (preictal) and 50 during one (ictal). The owners state no unit; the values are
taken as microvolts.

The segments come from ten patients, but the files do not say whose they are: no patient-wise split is
possible, and any score on this set may be inflated by a patient who stands on both sides of a split.
`groups` is NOT the patient. It numbers the distinct contents, so that files of the same samples have
one group: {{n_distinct}} groups of {{n_files}} files. Files that occur more than once:
{{duplicates}}. Split by `groups`, so that at least these stay together.

Source: {_WHERE};
recorded at the Neurology and Sleep Centre, Hauz Khas, New Delhi.
"""


def load_new_delhi(data_home: str | os.PathLike[str] | None = None) -> Bunch:
    r"""Load the EEG segments of New Delhi: 150 of one channel, interictal, preictal or ictal.

    Parameters
    ----------
    data_home : path-like, default=None
        The folder whose subfolders ``new_delhi/interictal``, ``new_delhi/preictal`` and
        ``new_delhi/ictal`` hold 50 MATLAB files each. None means the environment variable
        ``SKLEARN_EEG_DATA``, and where that is unset, ``~/sklearn_eeg_data``.

    Returns
    -------
    bunch : sklearn.utils.Bunch
        - data : float64 ndarray of shape (150, 1, 1024), taken as microvolts
        - target : int ndarray of shape (150,), the index into `target_names`
        - groups : int ndarray of shape (150,), equal for files of the same samples; **not** the
          patient, who is not known
        - sfreq : float, 200 Hz
        - ch_names : list of str
        - target_names : list of str, ``["interictal", "preictal", "ictal"]``
        - recording : str ndarray of shape (150,), class and file, for example ``"ictal/ictal1"``
        - duplicates : list of list of str, the files that hold the same samples
        - DESCR : str, what the set is and what it cannot show

    Raises
    ------
    FileNotFoundError
        If a folder or one of its 50 files is missing.
    ValueError
        If a file is damaged, does not hold one row of 1024 finite numbers, or is one too many.

    Warns
    -----
    UserWarning
        If files of two classes hold the same samples: one of their labels must be wrong.

    See Also
    --------
    load_bonn : Five kinds of EEG, one channel.

    References
    ----------
    .. [1] Swami, P., Panigrahi, B. K., Nara, S., Bhatia, M. and Gandhi, T. K. (2016). EEG Epilepsy
       Datasets. doi:10.13140/RG.2.2.14280.32006

    Examples
    --------
    Files as the loader wants them; the first two of each class hold the same samples:

    >>> import tempfile
    >>> from pathlib import Path
    >>> import numpy as np
    >>> from scipy.io import savemat
    >>> from sklearn_eeg.datasets import load_new_delhi
    >>> with tempfile.TemporaryDirectory() as home:
    ...     for offset, name in enumerate(["interictal", "preictal", "ictal"]):
    ...         folder = Path(home, "new_delhi", name)
    ...         folder.mkdir(parents=True)
    ...         for number in range(1, 51):
    ...             row = np.full((1, 1024), 1000.0 * offset + max(number, 2))
    ...             savemat(folder / f"{name}{number}.mat", {name: row})
    ...     bunch = load_new_delhi(home)
    >>> bunch.data.shape, bunch.groups[:3], len(np.unique(bunch.groups))
    ((150, 1, 1024), array([0, 0, 1]), 147)
    >>> bunch.duplicates[0]
    ['interictal/interictal1', 'interictal/interictal2']
    """
    folder = resolve_data_home(data_home) / "new_delhi"
    files = {name: _find_files(folder / name) for name in _CLASSES}
    data = np.stack([_read_segment(path) for paths in files.values() for path in paths])
    names = [f"{name}/{path.stem}" for name, paths in files.items() for path in paths]
    target = np.repeat(np.arange(len(_CLASSES)), _N_FILES)
    groups = _group_by_content(data)
    duplicates = _find_duplicates(groups, names)
    _warn_of_two_labels(groups, target, names)
    return Bunch(
        data=data[:, np.newaxis],
        target=target,
        groups=groups,
        sfreq=_SFREQ,
        ch_names=["EEG"],
        target_names=list(_CLASSES),
        recording=np.array(names),
        duplicates=duplicates,
        DESCR=_DESCR.format(
            n_distinct=groups.max() + 1,
            n_files=len(names),
            duplicates="; ".join(" = ".join(same) for same in duplicates) or "none",
        ),
    )


def _find_files(folder: Path) -> list[Path]:
    """Return the 50 files of a class in the order of their numbers."""
    require_path(folder, f"copy the 50 files of that class there, from {_WHERE}")
    files = [path for path in folder.iterdir() if path.suffix.lower() == ".mat" and path.name[0] != "."]
    if len(files) != _N_FILES:
        error = FileNotFoundError if len(files) < _N_FILES else ValueError
        raise error(
            f"{folder} must hold {_N_FILES} MATLAB files, got {len(files)}: copy all of that class there, "
            f"and nothing else, from {_WHERE}."
        )
    return sorted(files, key=_number_and_name)


def _number_and_name(path: Path) -> tuple[int, str]:
    digits = "".join(letter for letter in path.stem if letter in "0123456789")
    return int(digits[:9] or 0), path.name


def _read_segment(path: Path) -> np.ndarray:
    """Return the samples of a file, shape (1024,)."""
    rule = f"{path} must be a MATLAB file with one variable, a row of {_N_TIMES} finite numbers"
    repair = "copy it again from where you got it"
    try:
        x = load_matlab(path).astype(np.float64)
    except (OSError, TypeError, ValueError) as error:
        raise ValueError(f"{rule}, and cannot be read ({error}): {repair}.") from error
    if x.size != _N_TIMES or max(x.shape) != _N_TIMES:
        raise ValueError(f"{rule}, got an array of shape {x.shape}: {repair}.")
    if not np.isfinite(x).all():
        raise ValueError(f"{rule}, got NaN or infinity in {np.sum(~np.isfinite(x))} places: {repair}.")
    return x.ravel()


def _group_by_content(data: np.ndarray) -> np.ndarray:
    """Return a number for each row, the same for rows of the same samples, rising by first place."""
    numbers: dict[str, int] = {}
    hashes = [hashlib.sha256((row + 0.0).tobytes()).hexdigest() for row in data]  # -0.0 counts as 0.0
    return np.array([numbers.setdefault(item, len(numbers)) for item in hashes], dtype=np.int64)


def _find_duplicates(groups: np.ndarray, names: list[str]) -> list[list[str]]:
    """Return the names of the rows of each group that has more than one."""
    repeated = np.flatnonzero(np.bincount(groups) > 1)
    return [[names[row] for row in np.flatnonzero(groups == group)] for group in repeated]


def _warn_of_two_labels(groups: np.ndarray, target: np.ndarray, names: list[str]) -> None:
    for group in np.unique(groups):
        rows = np.flatnonzero(groups == group)
        if len(np.unique(target[rows])) > 1:
            warnings.warn(
                f"Files of one content must be of one class, got {[names[row] for row in rows]}: at least "
                f"one label is wrong; leave them out (groups != {group}).",
                UserWarning,
                stacklevel=3,
            )
