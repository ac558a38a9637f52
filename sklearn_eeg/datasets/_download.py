"""Zip archives: fetched from a server, and read member by member."""

import zipfile
import zlib
from pathlib import Path, PurePosixPath

from .._optional import import_optional


def download(url: str, path: Path, *, needed_by: str, repair: str, verbose: bool) -> Path:
    """Download a file over HTTP.

    Parameters
    ----------
    url : str
        Address of the file.
    path : Path
        Where to write it; its folder must exist.
    needed_by : str
        Public name that needs the file; it opens the message if pooch is not installed.
    repair : str
        What the user can do if the download fails, as an imperative without a full stop.
    verbose : bool
        Whether to show the progress on the standard error stream.

    Returns
    -------
    path : Path
        The same path.

    Raises
    ------
    ImportError
        If pooch is not installed.
    OSError
        If the server cannot be reached, or refuses.

    Examples
    --------
    >>> from pathlib import Path
    >>> from sklearn_eeg.datasets._download import download
    >>> download(
    ...     "no-address", Path("a.zip"), needed_by="me", repair="copy it", verbose=False
    ... )
    Traceback (most recent call last):
        ...
    OSError: no-address could not be downloaded (...): copy it.
    """
    pooch = import_optional("pooch", extra="io", needed_by=needed_by)
    # The downloader is built beforehand, so that its own errors are not taken for the server's.
    fetch = pooch.HTTPDownloader(progressbar=verbose, chunk_size=2**16)
    try:
        fetch(url, str(path), None)
    except OSError as error:  # what requests raises is an OSError, too
        path.unlink(missing_ok=True)  # what has come of the file
        raise OSError(f"{url} could not be downloaded ({error}): {repair}.") from error
    return path


def read_zip(path: Path, repair: str) -> dict[str, bytes]:
    """Read the files in a zip archive.

    Parameters
    ----------
    path : Path
        The archive.
    repair : str
        What the user can do if it is broken, as an imperative without a full stop.

    Returns
    -------
    members : dict of str to bytes
        The content of each file, by its name without folders. Hidden files are left out.

    Raises
    ------
    ValueError
        If the file is no zip archive, or a damaged one, or if two of its files share a name.

    Examples
    --------
    >>> import tempfile, zipfile
    >>> from pathlib import Path
    >>> from sklearn_eeg.datasets._download import read_zip
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "a.zip")
    ...     with zipfile.ZipFile(path, "w") as archive:
    ...         archive.writestr("Z/Z001.txt", "12")
    ...     read_zip(path, "fetch it again")
    {'Z001.txt': b'12'}
    """
    with path.open("rb") as file:
        start = file.read(32)
    if not start.startswith(b"PK"):
        raise ValueError(
            f"{path.name} is no zip archive (it begins with {start!r}; a server that refuses "
            f"programs answers with a web page): {repair}."
        )
    members: dict[str, bytes] = {}
    try:
        with zipfile.ZipFile(path) as archive:
            for info in archive.infolist():
                name = PurePosixPath(info.filename).name
                if info.is_dir() or name.startswith("."):
                    continue
                if name in members:
                    raise ValueError(f"{path.name} holds {name} twice: {repair}.")
                members[name] = archive.read(info)
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, OSError) as error:
        raise ValueError(f"{path.name} is a damaged zip archive ({error}): {repair}.") from error
    return members
