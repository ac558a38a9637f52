"""Resting EEG of people with epilepsy and of controls from Guinea-Bissau."""

import os
import re
import zlib
from collections.abc import Sequence
from numbers import Integral
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.utils import Bunch

from ._cut import count_times, cut_windows
from ._data_home import require_path, resolve_data_home

_SFREQ = 128.0
_CH_NAMES = [
    "AF3", "AF4", "F3", "F4", "F7", "F8", "FC5", "FC6", "O1", "O2", "P7", "P8", "T7", "T8",
]  # fmt: skip
_TARGETS = {"Control": 0, "Epilepsy": 1}
_METADATA = "metadata_guineabissau.csv"
_SIGNALS = "EEGs_Guinea-Bissau"
_PAGE = "https://zenodo.org/record/1252141"

_DESCR = f"""\
Resting EEG from Guinea-Bissau: people with epilepsy and controls
-----------------------------------------------------------------
{{n_windows}} windows of {len(_CH_NAMES)} channels at {_SFREQ:g} Hz, {{seconds:g}} s each, of
{{n_subjects}} of the {{n_metadata}} subjects of the metadata: {{n_epilepsy}} with epilepsy,
{{n_control}} controls. About five minutes a subject, recorded with a consumer's headset (Emotiv
EPOC), eyes closed and open in turn.

The label is the diagnosis of the subject, the same for all windows of a subject; no seizures are
annotated. Class and subject are confounded, so that only a split by subject (`groups`) means
anything.

The values are raw: each channel keeps the amplifier's offset of about 4000 microvolts and its slow
drift. Remove them (high-pass filter, or subtract the mean of each window) before any step that
depends on the level.

Source: van Hees VT, van Diessen E, Sinke MRT, et al. (2018), Reliable and automatic epilepsy
classification with affordable, consumer-grade electroencephalography in rural sub-Saharan Africa,
bioRxiv 324954, doi:10.1101/324954. Data: {_PAGE}.
"""


def load_guinea_bissau(
    data_home: str | os.PathLike[str] | None = None,
    *,
    window_seconds: float = 5.0,
    subjects: Sequence[int] | None = None,
) -> Bunch:
    r"""Load resting EEG from Guinea-Bissau: 14 channels, epilepsy or control by subject.

    Parameters
    ----------
    data_home : path-like, default=None
        The folder whose subfolder ``guinea_bissau`` holds ``metadata_guineabissau.csv`` and the
        signals, ``EEGs_Guinea-Bissau/signal-<subject>.csv.gz``. None means the environment
        variable ``SKLEARN_EEG_DATA``, and where that is unset, ``~/sklearn_eeg_data``.
    window_seconds : float, default=5.0
        Length of the windows, in seconds, above 0 and up to the shortest recording; rounded to
        whole samples at 128 Hz. Windows do not overlap, and what is left at the end of a recording
        is dropped.
    subjects : sequence of int, default=None
        The subjects to load, in this order. None takes every subject whose signals are in the
        folder, in ascending order.

    Returns
    -------
    bunch : sklearn.utils.Bunch
        - data : float64 ndarray of shape (n_windows, 14, n_times), in microvolts, with the
          amplifier's offset of about 4000
        - target : int ndarray of shape (n_windows,), 0 control, 1 epilepsy
        - groups : int ndarray of shape (n_windows,), the subject
        - sfreq : float, 128 Hz
        - ch_names : list of str
        - target_names : list of str
        - recording : str ndarray of shape (n_windows,), the file, for example ``"signal-3"``
        - start_second : float64 ndarray of shape (n_windows,), start of the window in its file
        - DESCR : str, what the set is and what it cannot show

    Raises
    ------
    FileNotFoundError
        If the metadata or the signals of a subject are missing.
    ValueError
        If a file is damaged or has not the length that the metadata say, if a subject is not in
        the metadata, if a class has no subject, or if `window_seconds` is not positive or longer
        than a recording.

    See Also
    --------
    load_helsinki : Neonatal seizures by infant, 18 channels.

    Notes
    -----
    All windows of a subject have the same label: split by `groups`, never at random.

    References
    ----------
    .. [1] van Hees, V. T., van Diessen, E., Sinke, M. R. T. et al. (2018). Reliable and automatic
       epilepsy classification with affordable, consumer-grade electroencephalography in rural
       sub-Saharan Africa. bioRxiv 324954. doi:10.1101/324954

    Examples
    --------
    Two recordings of two seconds, as the loader wants them:

    >>> import tempfile
    >>> from pathlib import Path
    >>> import pandas as pd
    >>> from sklearn_eeg.datasets import load_guinea_bissau
    >>> channels = "AF3 AF4 F3 F4 F7 F8 FC5 FC6 O1 O2 P7 P8 T7 T8".split()
    >>> with tempfile.TemporaryDirectory() as home:
    ...     folder = Path(home, "guinea_bissau")
    ...     (folder / "EEGs_Guinea-Bissau").mkdir(parents=True)
    ...     _ = (folder / "metadata_guineabissau.csv").write_text(
    ...         "subject.id,Group,recordedPeriod\n3,Epilepsy,2\n5,Control,2\n"
    ...     )
    ...     for subject in [3, 5]:
    ...         table = pd.DataFrame(4000.0, index=range(256), columns=channels)
    ...         table.to_csv(folder / "EEGs_Guinea-Bissau" / f"signal-{subject}.csv.gz")
    ...     bunch = load_guinea_bissau(home, window_seconds=1)
    >>> bunch.data.shape, bunch.target, bunch.groups
    ((4, 14, 128), array([1, 1, 0, 0]), array([3, 3, 5, 5]))
    """
    folder = resolve_data_home(data_home) / "guinea_bissau"
    metadata = _read_metadata(folder / _METADATA)
    files = _find_signals(folder / _SIGNALS, metadata, subjects)
    chosen = metadata.loc[list(files)]
    _check_classes(chosen, folder / _SIGNALS)
    n_rows = (chosen["recordedPeriod"] * int(_SFREQ)).to_numpy(dtype=int)
    shortest = list(files.values())[int(n_rows.argmin())].name
    times = count_times(window_seconds, sfreq=_SFREQ, n_times=int(n_rows.min()), recording=shortest)
    n_cut = n_rows // times
    ends = np.cumsum(n_cut)
    data = np.empty((ends[-1], len(_CH_NAMES), times))
    for path, end, n, rows in zip(files.values(), ends, n_cut, n_rows, strict=True):
        data[end - n : end] = cut_windows(_read_signal(path, rows), times)
    target = np.repeat(chosen["target"].to_numpy(dtype=int), n_cut)
    names = [path.name.partition(".")[0] for path in files.values()]
    return Bunch(
        data=data,
        target=target,
        groups=np.repeat(chosen.index.to_numpy(dtype=int), n_cut),
        sfreq=_SFREQ,
        ch_names=list(_CH_NAMES),
        target_names=["control", "epilepsy"],
        recording=np.repeat(names, n_cut),
        start_second=np.concatenate([np.arange(n) * times / _SFREQ for n in n_cut]),
        DESCR=_describe(chosen["target"], len(metadata), len(data), times),
    )


def _describe(target: pd.Series, n_metadata: int, n_windows: int, times: int) -> str:
    return _DESCR.format(
        n_windows=n_windows,
        seconds=times / _SFREQ,
        n_subjects=len(target),
        n_metadata=n_metadata,
        n_epilepsy=(target == 1).sum(),
        n_control=(target == 0).sum(),
    )


def _read_metadata(path: Path) -> pd.DataFrame:
    """Return label (`target`) and length (`recordedPeriod`, in seconds) by subject."""
    require_path(path, f"download it from {_PAGE} into that folder")
    columns = ["subject.id", "Group", "recordedPeriod"]
    try:
        types = {"subject.id": float, "Group": str, "recordedPeriod": float}
        table = pd.read_csv(path, usecols=columns, dtype=types)
    except (OSError, ValueError) as error:
        raise ValueError(
            f"{path} must have the columns {columns}, the first and the last of numbers ({error}): "
            f"download it again from {_PAGE}."
        ) from error
    table["target"] = table["Group"].map(_TARGETS)
    numbers = table[["subject.id", "recordedPeriod"]]
    whole = ((numbers > 0) & (numbers % 1 == 0)).all(axis=1)
    wrong = table["subject.id"].duplicated() | table["target"].isna() | ~whole
    if wrong.any():
        raise ValueError(
            f"{path} must name each subject once, by a whole number, with the group "
            f"{' or '.join(_TARGETS)} and a recordedPeriod of whole seconds, got "
            f"{table.loc[wrong, columns].iloc[0].to_dict()}: download it again from {_PAGE}."
        )
    return table.astype({"subject.id": int, "recordedPeriod": int}).set_index("subject.id")


def _find_signals(folder: Path, metadata: pd.DataFrame, subjects: Sequence[int] | None) -> dict[int, Path]:
    """Return the signal file of each subject to load."""
    require_path(folder, f"download the signals from {_PAGE} into that folder")
    found: dict[int, Path] = {}
    for path in sorted(folder.iterdir()):
        match = re.fullmatch(r"signal-([0-9]+)\.csv\.gz", path.name, flags=re.IGNORECASE)
        if match is None:
            continue
        if int(match[1]) in found:
            raise ValueError(
                f"{folder} must hold one file for each subject, got {found[int(match[1])].name} "
                f"and {path.name}: remove one."
            )
        found[int(match[1])] = path
    wanted = sorted(found) if subjects is None else _check_subjects(subjects)
    for subject in wanted:
        if subject not in metadata.index:
            name = found[subject].name if subject in found else "the parameter `subjects`"
            raise ValueError(
                f"Subject {subject} of {name} must have a row in {_METADATA}, got none: the "
                "diagnosis is unknown; leave the subject out."
            )
        require_path(
            found.get(subject, folder / f"signal-{subject}.csv.gz"),
            f"download it from {_PAGE} into that folder, or leave subject {subject} out",
        )
    return {subject: found[subject] for subject in wanted}


def _check_subjects(subjects: Sequence[int]) -> list[int]:
    wanted = list(subjects)
    whole = all(isinstance(item, Integral) and not isinstance(item, bool) for item in wanted)
    if not wanted or not whole or len(set(wanted)) < len(wanted):
        raise ValueError(
            f"`subjects` must be whole numbers, at least one, none twice, got {subjects!r}: give "
            "for example [3, 5]."
        )
    return [int(item) for item in wanted]


def _check_classes(chosen: pd.DataFrame, folder: Path) -> None:
    for group, target in _TARGETS.items():
        if target not in set(chosen["target"]):
            raise ValueError(
                f"Both classes must have a subject, got none of group {group} among the "
                f"{len(chosen)} chosen of {folder}: add the signals of one, or name one in "
                "`subjects`."
            )


def _read_signal(path: Path, n_rows: int) -> np.ndarray:
    """Return one recording, of shape (14, n_rows)."""
    repair = f"download it again from {_PAGE}"
    try:
        table = pd.read_csv(path, usecols=_CH_NAMES, dtype=np.float64, compression="gzip")
    except (OSError, EOFError, zlib.error, ValueError) as error:
        raise ValueError(
            f"{path} must be a gzipped table with the columns {', '.join(_CH_NAMES)}, all of "
            f"numbers, and cannot be read ({error}): {repair}."
        ) from error
    if len(table) != n_rows:
        raise ValueError(
            f"{path} must have {n_rows} rows ({_SFREQ:g} times the recordedPeriod of {_METADATA}), "
            f"got {len(table)}: {repair}."
        )
    x = table[_CH_NAMES].to_numpy().T
    bad = np.argwhere(~np.isfinite(x))
    if len(bad):
        raise ValueError(
            f"{path} must hold finite numbers, got NaN or infinity in {len(bad)} places, first in "
            f"channel {_CH_NAMES[bad[0, 0]]}, row {bad[0, 1]}: {repair}."
        )
    return x
