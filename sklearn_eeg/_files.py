"""Files that are either whole or absent."""

import os
import tempfile
from pathlib import Path


def check_target(path: str | os.PathLike[str]) -> Path:
    """Return the absolute path of a file to be written, after checking that it can stand there.

    Parameters
    ----------
    path : path-like
        Where the file shall stand; ``~`` is the home folder.

    Returns
    -------
    path : Path
        The absolute path, links followed.

    Raises
    ------
    FileNotFoundError
        If the folder does not exist.
    IsADirectoryError
        If the path is a folder.

    Examples
    --------
    >>> from sklearn_eeg._files import check_target
    >>> check_target("/a.txt").name
    'a.txt'
    """
    target = Path(path).expanduser().resolve()
    if target.is_dir():
        raise IsADirectoryError(f"Cannot write {target}: it is a folder; name a file in it.")
    if not target.parent.is_dir():
        raise FileNotFoundError(
            f"Cannot write {target.name}: the folder {target.parent} does not exist; create it."
        )
    return target


def write_text(path: str | os.PathLike[str], text: str) -> Path:
    """Write a text file under a temporary name and rename it, so that it is never half written.

    Parameters
    ----------
    path : path-like
        Where the file shall stand; its folder must exist. A file there is replaced.
    text : str
        What it shall hold, written as UTF-8.

    Returns
    -------
    path : Path
        The absolute path of the file.

    Raises
    ------
    FileNotFoundError
        If the folder does not exist.
    IsADirectoryError
        If the path is a folder.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from sklearn_eeg._files import write_text
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_text(Path(folder) / "a.txt", "5 µV").read_text(encoding="utf-8")
    '5 µV'
    """
    target = check_target(path)
    handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=".writing-")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        Path(temporary).chmod(0o644)
        Path(temporary).replace(target)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    return target
