"""Where the data sets lie on this machine."""

import os
from pathlib import Path

ENVIRONMENT_VARIABLE = "SKLEARN_EEG_DATA"


def resolve_data_home(data_home: str | os.PathLike[str] | None = None) -> Path:
    """Return the folder that holds the data sets, without creating it.

    Parameters
    ----------
    data_home : path-like, default=None
        The folder. None means the environment variable ``SKLEARN_EEG_DATA``, and where that is
        unset or empty, ``~/sklearn_eeg_data``. A leading ``~`` is the user's home.

    Returns
    -------
    data_home : Path
        The absolute path of the folder, which need not exist.

    Raises
    ------
    TypeError
        If `data_home` is no path.

    Examples
    --------
    >>> from sklearn_eeg.datasets._data_home import resolve_data_home
    >>> resolve_data_home("somewhere/eeg").name
    'eeg'
    """
    if data_home is None:
        data_home = os.environ.get(ENVIRONMENT_VARIABLE) or "~/sklearn_eeg_data"
    if not isinstance(data_home, str | os.PathLike):
        raise TypeError(
            f"`data_home` must be a path or None, got {data_home!r}: give the folder as a string."
        )
    return Path(data_home).expanduser().absolute()


def require_path(path: Path, how_to_get: str) -> Path:
    """Return `path` if it exists; else say how to get it.

    Parameters
    ----------
    path : Path
        A file or folder of a data set.
    how_to_get : str
        What the user can do, as an imperative without a full stop.

    Returns
    -------
    path : Path
        The same path.

    Raises
    ------
    FileNotFoundError
        If it does not exist.

    Examples
    --------
    >>> from pathlib import Path
    >>> from sklearn_eeg.datasets._data_home import require_path
    >>> require_path(Path("."), "make it").is_dir()
    True
    """
    if not path.exists():
        raise FileNotFoundError(
            f"{path} does not exist: {how_to_get}. If the data lie elsewhere, name the folder "
            f"above them by `data_home` or by the environment variable {ENVIRONMENT_VARIABLE}."
        )
    return path
