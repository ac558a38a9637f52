"""MATLAB files of version 5, looked through before scipy reads them: on a damaged one it may crash."""

import math
import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
from scipy.io import loadmat

_HEADER = 128
_LARGEST = 2**30  # bytes of one variable; what claims more is damaged
_DEEPEST = 8
_BYTES = {1: 1, 2: 1, 3: 2, 4: 2, 5: 4, 6: 4, 7: 4, 9: 8, 12: 8, 13: 8}  # of one number, by type of element
_INT8, _INT32, _UINT32, _MATRIX, _COMPRESSED = 1, 5, 6, 14, 15
_CELL, _NUMERIC = 1, range(6, 16)  # classes of arrays
_COMPLEX = 0x0800


def load_matlab(path: Path, variable: str | None = None) -> np.ndarray:
    """Read one variable, an array of real numbers or a cell array of such, from a MATLAB file.

    Parameters
    ----------
    path : Path
        The file, of version 5 (as MATLAB's ``-v6`` and ``-v7`` write it).
    variable : str, default=None
        Name of the variable; None takes the only one.

    Returns
    -------
    array : ndarray
        At least two-dimensional; a cell array has the type object.

    Raises
    ------
    OSError
        If the file cannot be opened.
    ValueError
        If the file is damaged, of another version, or holds something else.

    Notes
    -----
    The tags of the variable, with their types, sizes and dimensions, are followed to its end, and
    compressed data are unpacked, which proves their checksum. Only then does scipy read it.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> import numpy as np
    >>> from scipy.io import savemat
    >>> from sklearn_eeg.datasets._matlab import load_matlab
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "a.mat")
    ...     savemat(path, {"x": np.arange(3.0)})
    ...     load_matlab(path)
    array([[0., 1., 2.]])
    """
    content = path.read_bytes()
    order = {b"IM": "<", b"MI": ">"}.get(content[126:_HEADER])
    if order is None or content[124:126] != struct.pack(f"{order}H", 0x0100):
        raise ValueError(f"it is no MATLAB file of version 5 (it begins with {content[:16]!r})")
    try:
        names = _look_through(memoryview(content)[_HEADER:], order, variable)
        if len(names) != 1:
            wanted = "one variable" if variable is None else f"the variable {variable!r} once"
            raise ValueError(f"it must hold {wanted}, got {names}")
        return np.asarray(_load(path, names[0]))
    except Exception as error:  # scipy raises errors of any kind
        if isinstance(error, ValueError):
            raise
        raise ValueError(f"it is damaged: {type(error).__name__}: {error}") from error


def _load(path: Path, name: str) -> Any:
    return loadmat(path, variable_names=[name])[name]


def _look_through(content: memoryview, order: str, variable: str | None) -> list[str]:
    """Check the variables of a file; return the names of those that are `variable`, or of all."""
    names = []
    while len(content):
        kind, body, content = _split(content, order, padded=False)
        if kind == _COMPRESSED:
            kind, body, _ = _split(memoryview(_unpack(body)), order, padded=False)
        if kind != _MATRIX:
            raise ValueError(f"it is damaged: an element of type {kind} in place of an array")
        name = _name_of(body, order)
        if variable is None or name == variable:
            _check_array(body, order, depth=0)
            names.append(name)
    return names


def _unpack(body: memoryview) -> bytes:
    """Return the content of a compressed element after a look at its size and its checksum."""
    unpacker = zlib.decompressobj()
    try:
        unpacked = unpacker.decompress(body, _LARGEST)
    except zlib.error as error:
        raise ValueError(f"it is damaged: {error}") from error
    if not unpacker.eof:
        raise ValueError("it is damaged: compressed data break off, or are too large")
    return unpacked


def _split(content: memoryview, order: str, *, padded: bool = True) -> tuple[int, memoryview, memoryview]:
    """Return type and body of the first element, and what comes after it."""
    if len(content) < 8:
        raise ValueError("it is damaged: it breaks off within a tag")
    kind, size = struct.unpack(f"{order}II", content[:8])
    if kind >> 16:  # a small element, with its data in the tag
        kind, size = kind & 0xFFFF, kind >> 16
        if size > 4:
            raise ValueError("it is damaged: a small element of more than four bytes")
        return kind, content[4 : 4 + size], content[8:]
    end = 8 + size + (-size % 8 if padded else 0)
    if 8 + size > len(content):
        raise ValueError(f"it is damaged: an element of {size} bytes where {len(content) - 8} are left")
    return kind, content[8 : 8 + size], content[end:]


def _head(body: memoryview, order: str) -> tuple[int, tuple[int, ...], memoryview, memoryview]:
    """Return flags, shape, name and the rest of an array."""
    kind, flags, rest = _split(body, order)
    if kind != _UINT32 or len(flags) != 8:
        raise ValueError("it is damaged: an array without flags")
    kind, sizes, rest = _split(rest, order)
    shape = struct.unpack(f"{order}{len(sizes) // 4}i", sizes[: len(sizes) // 4 * 4])
    if kind != _INT32 or len(sizes) % 4 or not 2 <= len(shape) <= 32 or min(shape) < 0:
        raise ValueError(f"it is damaged: an array of shape {shape}")
    kind, name, rest = _split(rest, order)
    if kind != _INT8:
        raise ValueError("it is damaged: an array without a name")
    return struct.unpack(f"{order}I", flags[:4])[0], shape, name, rest


def _name_of(body: memoryview, order: str) -> str:
    return bytes(_head(body, order)[2]).decode("latin-1")


def _check_array(body: memoryview, order: str, depth: int) -> None:
    """Follow the tags of an array to its end."""
    if not len(body):  # an empty array in a cell
        return
    flags, shape, _, rest = _head(body, order)
    count = math.prod(shape)
    if flags & 0xFF == _CELL and depth < _DEEPEST:
        if count * 8 > len(rest):
            raise ValueError(f"it is damaged: {count} cells in {len(rest)} bytes")
        for _ in range(count):
            kind, cell, rest = _split(rest, order)
            if kind != _MATRIX:
                raise ValueError(f"it is damaged: an element of type {kind} in place of a cell")
            _check_array(cell, order, depth + 1)
        return
    if flags & 0xFF not in _NUMERIC or flags & _COMPLEX:
        raise ValueError("it holds something else than real numbers")
    kind, numbers, _ = _split(rest, order)
    if kind not in _BYTES or len(numbers) != count * _BYTES[kind]:
        raise ValueError(f"it is damaged: {len(numbers)} bytes of type {kind} for an array of shape {shape}")
