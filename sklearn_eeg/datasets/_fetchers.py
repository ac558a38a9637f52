"""Data sets fetched from the public repositories of their owners."""

import os
from collections.abc import Collection, Sequence
from functools import partial
from pathlib import Path

from sklearn.utils import Bunch

from ._aub import FILES as _AUB_FILES
from ._aub import PAGE as _AUB_PAGE
from ._aub import find_folder, load_aub
from ._data_home import resolve_data_home
from ._download import read_zip
from ._guinea_bissau import load_guinea_bissau
from ._helsinki import load_helsinki
from ._helsinki_annotations import MAT, PAGE, TABLES
from ._helsinki_edf import check_infants
from ._repositories import list_mendeley, list_zenodo, obtain_files

_HELSINKI_RECORD = "4940267"
_HELSINKI_INFANTS = range(1, 80)
_GUINEA_BISSAU_RECORD = "1252141"
_GUINEA_BISSAU_PAGE = f"https://zenodo.org/records/{_GUINEA_BISSAU_RECORD}"
_METADATA = "metadata_guineabissau.csv"
_SIGNALS = "EEGs_Guinea-Bissau"
_AUB_DATASET = "5pc2j46cbc"


def fetch_helsinki(
    data_home: str | os.PathLike[str] | None = None,
    *,
    infants: Sequence[int] | None = None,
    verbose: bool = False,
) -> Bunch:
    """Download the neonatal recordings of Helsinki where they are missing, and load them lazily.

    All 79 recordings are about 4 GB. A file is in its place only when it is whole; an interrupted
    download goes on where it stopped.

    Parameters
    ----------
    data_home : path-like, default=None
        The folder in which the subfolder ``helsinki_neonatal`` stands or is to be made. None means the
        environment variable ``SKLEARN_EEG_DATA``, and where that is unset, ``~/sklearn_eeg_data``.
    infants : sequence of int, default=None
        The infants to fetch, by number from 1 to 79. None means all.
    verbose : bool, default=False
        Whether to show the progress of each download on the standard error stream.

    Returns
    -------
    bunch : sklearn.utils.Bunch
        As from `load_helsinki` with ``source="edf"`` and ``lazy=True``: windows of one second, after
        the consensus of the experts.

    Raises
    ------
    ImportError
        If a file must be downloaded and pooch is not installed, or edfio is not.
    OSError
        If the server cannot be reached, or refuses.
    ValueError
        If an infant is not of the set, or a file is not what the repository states.

    See Also
    --------
    load_helsinki : Loads only; other windows and annotators.

    Notes
    -----
    Sizes and MD5 checksums are those that Zenodo states for record 4940267, asked for at the first
    call and kept beside the files.

    References
    ----------
    .. [1] Stevenson, N. J., Tapani, K., Lauronen, L. and Vanhatalo, S. (2019). A dataset of
       neonatal EEG recordings with seizure annotations. Scientific Data 6, 190039.
       doi:10.1038/sdata.2019.39

    Examples
    --------
    >>> from sklearn_eeg.datasets import fetch_helsinki
    >>> bunch = fetch_helsinki(infants=[1, 4], verbose=True)  # doctest: +SKIP
    >>> fetch_helsinki(infants=[80])
    Traceback (most recent call last):
        ...
    ValueError: `infants` must be from 1 to 79, got [80].
    """
    wanted = list(_HELSINKI_INFANTS) if infants is None else check_infants(infants)
    unknown = [infant for infant in wanted if infant not in _HELSINKI_INFANTS]
    if unknown:
        raise ValueError(
            f"`infants` must be from {_HELSINKI_INFANTS[0]} to {_HELSINKI_INFANTS[-1]}, got {unknown}."
        )

    def choose(offered: Collection[str]) -> list[str]:
        recordings = [f"eeg{infant}.edf" for infant in wanted]
        if MAT in offered:
            return [MAT, *recordings]
        tables = (next((name for name in names if name in offered), names[0]) for names in TABLES.values())
        return [*tables, *recordings]

    obtain_files(
        choose,
        resolve_data_home(data_home) / "helsinki_neonatal",
        partial(list_zenodo, _HELSINKI_RECORD),
        needed_by="fetch_helsinki",
        page=PAGE,
        verbose=verbose,
    )
    return load_helsinki(data_home, source="edf", infants=wanted, lazy=True)


def fetch_guinea_bissau(data_home: str | os.PathLike[str] | None = None, *, verbose: bool = False) -> Bunch:
    """Download the resting EEG from Guinea-Bissau where it is missing, and load it.

    The archive of the signals is unpacked file by file, each renamed when it is whole; files that are
    there already stay as they are.

    Parameters
    ----------
    data_home : path-like, default=None
        The folder in which the subfolder ``guinea_bissau`` stands or is to be made. None means the
        environment variable ``SKLEARN_EEG_DATA``, and where that is unset, ``~/sklearn_eeg_data``.
    verbose : bool, default=False
        Whether to show the progress of each download on the standard error stream.

    Returns
    -------
    bunch : sklearn.utils.Bunch
        As from `load_guinea_bissau`, windows of 5 s.

    Raises
    ------
    ImportError
        If a file must be downloaded and pooch is not installed.
    OSError
        If the server cannot be reached, or refuses.
    ValueError
        If a file is not what the repository states, the archive is damaged, or a recording has not the
        length that the metadata say.

    See Also
    --------
    load_guinea_bissau : Loads only; other windows, some subjects.

    Notes
    -----
    Sizes and MD5 checksums are those that Zenodo states for record 1252141, asked for at the first
    call and kept beside the files.

    References
    ----------
    .. [1] van Hees, V. T., van Diessen, E., Sinke, M. R. T. et al. (2018). Reliable and automatic
       epilepsy classification with affordable, consumer-grade electroencephalography in rural
       sub-Saharan Africa. bioRxiv 324954. doi:10.1101/324954

    Examples
    --------
    >>> from sklearn_eeg.datasets import fetch_guinea_bissau
    >>> bunch = fetch_guinea_bissau(verbose=True)  # doctest: +SKIP
    """
    folder = resolve_data_home(data_home) / "guinea_bissau"
    obtain = partial(
        obtain_files,
        folder=folder,
        list_files=partial(list_zenodo, _GUINEA_BISSAU_RECORD),
        needed_by="fetch_guinea_bissau",
        page=_GUINEA_BISSAU_PAGE,
        verbose=verbose,
    )
    unpacked = folder / _SIGNALS / ".unpacked"  # left by the last step
    if not unpacked.exists():
        (archive,) = obtain(lambda _: [f"{_SIGNALS}.zip"])
        _unpack(archive, folder / _SIGNALS)
        unpacked.touch()
        archive.unlink()
    obtain(lambda _: [_METADATA])
    return load_guinea_bissau(data_home)


def fetch_aub(data_home: str | os.PathLike[str] | None = None, *, verbose: bool = False) -> Bunch:
    """Download the epileptic EEG data set of Beirut where it is missing, and load it.

    The arrays are about 0.6 GB. A file is in its place only when it is whole; an interrupted download
    goes on where it stopped.

    Parameters
    ----------
    data_home : path-like, default=None
        The folder in which the subfolder ``aub`` stands or is to be made. None means the environment
        variable ``SKLEARN_EEG_DATA``, and where that is unset, ``~/sklearn_eeg_data``.
    verbose : bool, default=False
        Whether to show the progress of each download on the standard error stream.

    Returns
    -------
    bunch : sklearn.utils.Bunch
        As from `load_aub`, the whole set.

    Raises
    ------
    ImportError
        If a file must be downloaded and pooch is not installed.
    OSError
        If the server cannot be reached, or refuses.
    ValueError
        If a file is not what the repository states, or holds other data than the loader wants.

    See Also
    --------
    load_aub : Loads only; one part of the split, or the arrays on disk.

    Notes
    -----
    Sizes and SHA-256 checksums are those that Mendeley Data states for version 1, asked for at the
    first call and kept beside the files.

    References
    ----------
    .. [1] Nasreddine, W. (2021). Epileptic EEG Dataset. Mendeley Data, V1.
       doi:10.17632/5pc2j46cbc.1

    Examples
    --------
    >>> from sklearn_eeg.datasets import fetch_aub
    >>> bunch = fetch_aub(verbose=True)  # doctest: +SKIP
    """
    obtain_files(
        lambda _: _AUB_FILES,
        find_folder(resolve_data_home(data_home)),
        partial(list_mendeley, _AUB_DATASET),
        needed_by="fetch_aub",
        page=_AUB_PAGE,
        verbose=verbose,
    )
    return load_aub(data_home)


def _unpack(archive: Path, folder: Path) -> None:
    """Put the signals of an archive into a folder, leaving those that are there."""
    repair = f"remove {archive} and call `fetch_guinea_bissau` again"
    members = {
        name: content for name, content in read_zip(archive, repair).items() if name.endswith(".csv.gz")
    }
    if not members:
        raise ValueError(f"{archive.name} must hold signals, files ending in .csv.gz, got none: {repair}.")
    folder.mkdir(exist_ok=True)
    for name, content in members.items():
        if not (folder / name).exists():
            part = folder / f".part-{name}"
            part.write_bytes(content)
            part.replace(folder / name)
