"""Files that are either whole or absent."""

import os
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import overload
from uuid import uuid4


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


@contextmanager
def replacing(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Give a temporary path to write to, which is renamed at the end or, after an error, removed.

    Parameters
    ----------
    path : path-like
        Where the file shall stand; its folder must exist. A file there is replaced. Who may read the new one
        is up to the process's umask, as for every file.

    Yields
    ------
    temporary : Path
        A path in the same folder, with the same ending.

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
    >>> from sklearn_eeg._files import replacing
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with replacing(Path(folder, "a.bin")) as temporary:
    ...         _ = temporary.write_bytes(b"123")
    ...     Path(folder, "a.bin").read_bytes()
    b'123'
    """
    target = check_target(path)
    temporary = target.parent / f".writing-{uuid4().hex}{target.suffix}"
    temporary.touch(exist_ok=False)
    try:
        yield temporary
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


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
    with replacing(target) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="\n")
    return target


class Written(ABC):
    """A report that can be written as JSON and as a page; a subclass renders both."""

    @overload
    def to_json(self, path: None = None) -> str: ...

    @overload
    def to_json(self, path: str | os.PathLike[str]) -> Path: ...

    def to_json(self, path: str | os.PathLike[str] | None = None) -> str | Path:
        """Return the report as JSON, or write it.

        Parameters
        ----------
        path : path-like, optional
            Where to write it; the folder must exist.

        Returns
        -------
        text : str or Path
            JSON with all figures at full precision, and null for NaN; or the absolute path of its file where
            `path` is given.

        Raises
        ------
        FileNotFoundError
            If the folder of `path` does not exist.
        """
        text = self._render_json()
        return text if path is None else write_text(path, text)

    @overload
    def to_html(self, path: None = None) -> str: ...

    @overload
    def to_html(self, path: str | os.PathLike[str]) -> Path: ...

    def to_html(self, path: str | os.PathLike[str] | None = None) -> str | Path:
        """Return the report as one page, or write it.

        Parameters
        ----------
        path : path-like, optional
            Where to write the page; its folder must exist.

        Returns
        -------
        page : str or Path
            The page, or the absolute path of its file where `path` is given.

        Raises
        ------
        FileNotFoundError
            If the folder of `path` does not exist.

        Notes
        -----
        The page holds its style and its pictures, runs no script and asks the network for nothing.
        """
        page = self._render_html()
        return page if path is None else write_text(path, page)

    @abstractmethod
    def _render_json(self) -> str:
        """Return the report as JSON."""

    @abstractmethod
    def _render_html(self) -> str:
        """Return the report as a whole page."""
