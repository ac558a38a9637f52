"""One way to say that a file cannot be read, whatever went wrong inside the library that reads it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager


class UnreadableError(ValueError):
    """A recording that cannot be read; the text names the file and says what is wrong with it."""


@contextmanager
def name_damage(path: str | os.PathLike[str]) -> Iterator[None]:
    """Turn any error that a damaged file causes inside into an `UnreadableError` that names the file.

    Parameters
    ----------
    path : path-like
        The file that is being read.

    Yields
    ------
    None
        Nothing.

    Raises
    ------
    UnreadableError
        In place of any other error. A missing file, a missing package, a folder without permission
        and a warning that was made an error stay what they are.

    Examples
    --------
    >>> from sklearn_eeg.datasets._unreadable import name_damage
    >>> with name_damage("night.edf"):
    ...     [][0]
    Traceback (most recent call last):
    ...
    sklearn_eeg.datasets._unreadable.UnreadableError: night.edf cannot be read, it seems to be damaged
    (IndexError: list index out of range).
    """
    try:
        yield
    except (UnreadableError, ImportError, FileNotFoundError, PermissionError, Warning):
        raise
    except Exception as error:
        said = f"{type(error).__name__}: {error}".rstrip(". \n")
        raise UnreadableError(
            f"{os.fspath(path)} cannot be read, it seems to be damaged ({said})."
        ) from error
