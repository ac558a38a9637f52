"""Files of any kind that are either whole or absent."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .._files import check_target


@contextmanager
def replacing(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Give a temporary path to write to, which is renamed at the end or, after an error, removed.

    Parameters
    ----------
    path : path-like
        Where the file shall stand; its folder must exist. A file there is replaced.

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
    >>> from sklearn_eeg.detection._replacing import replacing
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with replacing(Path(folder, "a.bin")) as temporary:
    ...         _ = temporary.write_bytes(b"123")
    ...     Path(folder, "a.bin").read_bytes()
    b'123'
    """
    target = check_target(path)
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=".writing-", suffix=target.suffix)
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        temporary.chmod(0o644)
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
