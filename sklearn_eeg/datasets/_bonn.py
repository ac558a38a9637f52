"""The EEG time series of the University of Bonn."""

import hashlib
import os
import re
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import numpy as np
from sklearn.utils import Bunch

from ._cut import count_times, cut_windows
from ._data_home import require_path, resolve_data_home
from ._download import download, read_zip

_SFREQ = 173.61
_N_TIMES = 4097
_N_SERIES = 100
_PAGE = "https://www.upf.edu/web/ntsa/downloads"
_BASE_URL = "https://www.upf.edu/documents/229517819/234490509/"


class _Set(NamedTuple):
    """One of the five sets; `sha256` is that of its series as little-endian int16, in order."""

    folder: str
    letter: str
    name: str
    key: str
    sha256: str


_SETS = (
    _Set(
        folder="A_Z",
        letter="Z",
        name="Z eyes open",
        key="9c4a0084-c0d6-3cf6-fe48-8a8767713e67",
        sha256="a5c47c552848fa55911f102fad4fcb18c09d5bfd92a9823937224155855e3928",
    ),
    _Set(
        folder="B_O",
        letter="O",
        name="O eyes closed",
        key="f324f98f-1ade-e912-b89d-e313ac362b6a",
        sha256="2db43aad46c2049e621ec7dbb235034ede43b2de21479ce9526f80c429a0d660",
    ),
    _Set(
        folder="C_N",
        letter="N",
        name="N interictal, opposite",
        key="d4f08e2d-3b27-1a6a-20fe-96dcf644902b",
        sha256="5e0c6f76c1f5301871f0870ecf468f4c2a37213cb7bdb76fa292542d39004722",
    ),
    _Set(
        folder="D_F",
        letter="F",
        name="F interictal, focus",
        key="8219dcdd-d184-0474-e0e9-1ccbba43aaee",
        sha256="4a71eee1eb3256716d03e8ff8dbfcb5f6cbbe5e87e2e7a3ffa04ad3c511b1cd5",
    ),
    _Set(
        folder="E_S",
        letter="S",
        name="S seizure",
        key="7647d3f7-c6bb-6d72-57f7-8f12972896a6",
        sha256="60e026b43f7886f7551669b97382d8c1c7811f52decddc3486b323da87256437",
    ),
)

_DESCR = f"""\
EEG time series of the University of Bonn
-----------------------------------------
500 series of one channel, {_N_TIMES} samples at {_SFREQ} Hz (23.6 s) each, chosen by the owners to
be free of artefacts; the whole numbers of the files are taken as microvolts. Five sets of 100:

Z  five healthy volunteers, eyes open, scalp
O  the same volunteers, eyes closed, scalp
N  five patients, between seizures, hippocampus opposite to the epileptogenic zone, intracranial
F  the same patients, between seizures, epileptogenic zone, intracranial
S  the same patients, during seizures, intracranial

The files do not say whose series they are, so `groups` is None and no patient-wise split is
possible: any score on this set may be inflated by a person who stands on both sides of a split. The
windows of one file, at least, must stay together: split by `recording`. Some files resemble each
other closely: the series and their differences from point to point both correlate above 0.95 in 3
pairs (F023 and F054, F074 and F097, S042 and S094) and above 0.9 in 22. Scalp (Z, O) against
intracranial (N, F, S) is a difference of electrodes as much as of health.

Source: R. G. Andrzejak, {_PAGE}. The owners offer the series for research and
ask that this paper be cited: Andrzejak RG, Lehnertz K, Rieke C, Mormann F, David P, Elger CE
(2001), Indications of nonlinear deterministic and finite-dimensional structures in time series of
brain electrical activity: dependence on recording region and brain state, Physical Review E 64,
061907, doi:10.1103/PhysRevE.64.061907.
"""


def load_bonn(
    data_home: str | os.PathLike[str] | None = None, *, window_seconds: float | None = None
) -> Bunch:
    r"""Load the EEG time series of the University of Bonn: five sets of 100, one channel.

    Parameters
    ----------
    data_home : path-like, default=None
        The folder whose subfolders ``bonn/A_Z``, ``bonn/B_O``, ``bonn/C_N``, ``bonn/D_F`` and
        ``bonn/E_S`` hold the text files. None means the environment variable
        ``SKLEARN_EEG_DATA``, and where that is unset, ``~/sklearn_eeg_data``.
    window_seconds : float, default=None
        Length of the windows, in seconds, above 0 and up to 23.6; rounded to whole samples at
        173.61 Hz. Windows do not overlap, and what is left at the end of a file is dropped. None
        makes each file one window.

    Returns
    -------
    bunch : sklearn.utils.Bunch
        - data : float64 ndarray of shape (n_windows, 1, n_times), in microvolts
        - target : int ndarray of shape (n_windows,), the index into `target_names`
        - groups : None, since the patients are not identified
        - sfreq : float, 173.61 Hz
        - ch_names : list of str
        - target_names : list of str, the sets in the order Z, O, N, F, S
        - recording : str ndarray of shape (n_windows,), the file, for example ``"Z001"``
        - start_second : float64 ndarray of shape (n_windows,), start of the window in its file
        - DESCR : str, what the set is and what it cannot show

    Raises
    ------
    FileNotFoundError
        If a folder or one of the 100 files of a set is missing.
    ValueError
        If a file does not hold 4097 whole numbers or is one too many, or if `window_seconds` is
        not positive or longer than the files.

    See Also
    --------
    fetch_bonn : Downloads what is missing first.

    References
    ----------
    .. [1] Andrzejak, R. G. et al. (2001). Indications of nonlinear deterministic and
       finite-dimensional structures in time series of brain electrical activity. Physical
       Review E 64, 061907. doi:10.1103/PhysRevE.64.061907

    Examples
    --------
    Files of the right number and length, as the loader wants them:

    >>> import tempfile
    >>> from pathlib import Path
    >>> from sklearn_eeg.datasets import load_bonn
    >>> with tempfile.TemporaryDirectory() as home:
    ...     for folder in ["A_Z", "B_O", "C_N", "D_F", "E_S"]:
    ...         path = Path(home, "bonn", folder)
    ...         path.mkdir(parents=True)
    ...         for number in range(1, 101):
    ...             _ = (path / f"{folder[-1]}{number:03}.txt").write_text("7\n" * 4097)
    ...     bunch = load_bonn(home, window_seconds=5)
    >>> bunch.data.shape, bunch.target_names[bunch.target[-1]]
    ((2000, 1, 868), 'S seizure')
    """
    times = _N_TIMES
    if window_seconds is not None:
        times = count_times(window_seconds, sfreq=_SFREQ, n_times=_N_TIMES, recording="each file")
    folder = resolve_data_home(data_home) / "bonn"
    series = np.concatenate([_read_set(folder / item.folder, item) for item in _SETS])
    n_files, n_cut = len(series), _N_TIMES // times
    names = [f"{item.letter}{number:03}" for item in _SETS for number in range(1, _N_SERIES + 1)]
    return Bunch(
        data=np.concatenate([cut_windows(x[np.newaxis].astype(float), times) for x in series]),
        target=np.repeat(np.arange(len(_SETS)), n_files // len(_SETS) * n_cut),
        groups=None,
        sfreq=_SFREQ,
        ch_names=["EEG"],
        target_names=[item.name for item in _SETS],
        recording=np.repeat(names, n_cut),
        start_second=np.tile(np.arange(n_cut) * times / _SFREQ, n_files),
        DESCR=_DESCR,
    )


def fetch_bonn(data_home: str | os.PathLike[str] | None = None, *, verbose: bool = False) -> Bunch:
    """Download the EEG time series of the University of Bonn where they are missing, and load them.

    Each of the five sets is unpacked and checked beside its place and then moved there, so that an
    interrupted call leaves whole sets only, and the next call fetches the rest.

    Parameters
    ----------
    data_home : path-like, default=None
        The folder in which the subfolder ``bonn`` stands or is to be made. None means the
        environment variable ``SKLEARN_EEG_DATA``, and where that is unset,
        ``~/sklearn_eeg_data``. The zip archives Z.zip, O.zip, N.zip, F.zip and S.zip are taken
        from ``bonn`` if they lie there, instead of from the owners' server.
    verbose : bool, default=False
        Whether to show the progress of each download on the standard error stream.

    Returns
    -------
    bunch : sklearn.utils.Bunch
        As from `load_bonn`, one window a file.

    Raises
    ------
    ImportError
        If a set must be downloaded and pooch is not installed.
    FileNotFoundError
        If an archive, or a folder that was there before, lacks one of the 100 files.
    OSError
        If the server cannot be reached, or refuses.
    ValueError
        If an archive is none, or damaged, or if the series in it (or in a folder that was there
        before) are not those of the owners.

    See Also
    --------
    load_bonn : Loads only; windows shorter than a file.

    Notes
    -----
    A set is accepted if the SHA-256 of its 100 series, in order and as little-endian 16-bit whole
    numbers, is that of the owners' series: line ends and names' case do not matter, a single
    sample does.

    References
    ----------
    .. [1] Andrzejak, R. G. et al. (2001). Indications of nonlinear deterministic and
       finite-dimensional structures in time series of brain electrical activity. Physical
       Review E 64, 061907. doi:10.1103/PhysRevE.64.061907

    Examples
    --------
    >>> bunch = fetch_bonn(verbose=True)  # doctest: +SKIP

    An archive that lies in the folder is used, and refused if it is none:

    >>> import tempfile
    >>> from pathlib import Path
    >>> from sklearn_eeg.datasets import fetch_bonn
    >>> with tempfile.TemporaryDirectory() as home:
    ...     Path(home, "bonn").mkdir()
    ...     _ = Path(home, "bonn", "Z.zip").write_text("<html>")
    ...     fetch_bonn(home)
    Traceback (most recent call last):
        ...
    ValueError: Z.zip is no zip archive (it begins with b'<html>'; ...
    """
    folder = resolve_data_home(data_home) / "bonn"
    folder.mkdir(parents=True, exist_ok=True)
    for item in _SETS:
        target = folder / item.folder
        if target.exists():
            repair = f"remove the folder {target} and call `fetch_bonn` again"
            _check_content(_read_set(target, item), item, where=str(target), repair=repair)
        else:
            _obtain(item, target, verbose=verbose)
    return load_bonn(data_home)


def _obtain(item: _Set, target: Path, *, verbose: bool) -> None:
    """Put one set in its place, from the archive in the folder or else from the server."""
    archive = f"{item.letter}.zip"
    repair = (
        f"download Z.zip, O.zip, N.zip, F.zip and S.zip in a browser from {_PAGE} into "
        f"{target.parent}, then call `fetch_bonn` again"
    )
    lying = [path for path in target.parent.iterdir() if path.name.lower() == archive.lower()]
    with tempfile.TemporaryDirectory(prefix=".fetch-", dir=target.parent) as workshop:
        path = Path(workshop, archive)
        if lying:
            path = lying[0]
        else:
            url = f"{_BASE_URL}{archive}/{item.key}"
            download(url, path, needed_by="fetch_bonn", repair=repair, verbose=verbose)
        members = read_zip(path, repair)
        files = _pick_files(members, item, where=archive, repair=repair)
        contents = {name: members[name] for name in files}
        series = _parse_set(contents, where=archive, repair=repair)
        _check_content(series, item, where=archive, repair=repair)
        unpacked = Path(workshop, item.folder)
        unpacked.mkdir()
        for name, content in contents.items():
            (unpacked / name).write_bytes(content)
        unpacked.rename(target)


def _read_set(folder: Path, item: _Set) -> np.ndarray:
    """Return the series of a set, an int16 array of shape (100, 4097)."""
    require_path(folder, f"call `fetch_bonn`, or unpack {item.letter}.zip from {_PAGE} there")
    repair = "remove the folder and fetch the set again by `fetch_bonn`"
    names = (path.name for path in folder.iterdir())
    contents = {}
    for name in _pick_files(names, item, where=str(folder), repair=repair):
        try:
            contents[name] = (folder / name).read_bytes()
        except OSError as error:
            raise ValueError(f"{folder / name} cannot be read ({error}): {repair}.") from error
    return _parse_set(contents, where=str(folder), repair=repair)


def _pick_files(names: Iterable[str], item: _Set, *, where: str, repair: str) -> list[str]:
    """Return the names of the files 1 to 100 of a set, in order; their case is of no account."""
    files: dict[str, str] = {}
    wanted = [f"{item.letter}{number:03}" for number in range(1, _N_SERIES + 1)]
    for name in sorted(names):
        stem, _, ending = name.upper().partition(".")
        if ending != "TXT" or re.fullmatch(rf"{item.letter}[0-9]+", stem) is None:
            continue
        if stem in files or stem not in wanted:
            raise ValueError(
                f"{where} must hold the files {wanted[0]} to {wanted[-1]} once each, got {name}, "
                f"which is one too many: {repair}."
            )
        files[stem] = name
    missing = [stem for stem in wanted if stem not in files]
    if missing:
        raise FileNotFoundError(
            f"{where} must hold the {_N_SERIES} files of set {item.letter}, got {len(files)}: "
            f"{missing[0]}.txt is missing; {repair}."
        )
    return [files[stem] for stem in wanted]


def _parse_set(contents: dict[str, bytes], *, where: str, repair: str) -> np.ndarray:
    """Return the series that the files hold, one a row."""
    rows = []
    for name, content in contents.items():
        try:
            row = np.array([int(word) for word in content.split()], dtype=np.int16)
        except (ValueError, OverflowError) as error:
            raise ValueError(
                f"{name} of {where} must hold whole numbers of 16 bits, one a line ({error}): {repair}."
            ) from error
        if len(row) != _N_TIMES:
            raise ValueError(
                f"{name} of {where} must hold {_N_TIMES} whole numbers, got {len(row)}: {repair}."
            )
        rows.append(row)
    return np.stack(rows)


def _check_content(series: np.ndarray, item: _Set, *, where: str, repair: str) -> None:
    if hashlib.sha256(series.astype("<i2").tobytes()).hexdigest() != item.sha256:
        raise ValueError(
            f"{where} must hold the owners' series of set {item.letter}, got others (the SHA-256 "
            f"of the samples differs): {repair}."
        )
