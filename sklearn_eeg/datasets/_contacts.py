"""Contacts that are called A1, A2, A3, ...: some of them have the names of scalp electrodes."""

import re
from collections.abc import Sequence

from .._montage import channel_type, strip_name

_NUMBERED = re.compile(r"^([a-z]{1,2})0*(\d{1,3})(?!\w)", re.IGNORECASE)


def find_contacts(labels: Sequence[str]) -> list[int]:
    """Find the channels of a file that are numbered as contacts are, and not as the 10-10 system does.

    Parameters
    ----------
    labels : sequence of str
        Names of the electrodes in a file, as it has them: those that are known to be something else,
        such as ``"DC1"``, left out.

    Returns
    -------
    indices : list of int
        Their places in `labels`: depth electrodes, or the sensors of a numbered cap.

    Notes
    -----
    Letters stand for a series of contacts if three successive numbers follow them of which one is not in
    the 10-10 system: ``A1, A2, A3`` or ``C6, C7, C8``, but not ``F7, F8, F11, F12``. Where a file has
    such a series, any other of one letter that runs from 1 to 4 or further is one, too (``B1`` to ``B8``,
    ``F1`` to ``F8``), but for ``T1`` to ``T6``, which may be the former names of scalp electrodes.

    Examples
    --------
    >>> from sklearn_eeg.datasets._contacts import find_contacts
    >>> find_contacts(["A1", "A2", "A3", "Cz", "C3", "C4"])
    [0, 1, 2]
    """
    matches = [_NUMBERED.match(strip_name(label)) for label in labels]
    series: dict[str, set[int]] = {}
    for match in matches:
        if match:
            series.setdefault(match[1].upper(), set()).add(int(match[2]))
    contacts = {letters for letters, numbers in series.items() if _is_foreign(letters, numbers)}
    if contacts:
        contacts |= {one for one, numbers in series.items() if len(one) == 1 and _runs_from_one(one, numbers)}
    return [place for place, match in enumerate(matches) if match and match[1].upper() in contacts]


def _is_foreign(letters: str, numbers: set[int]) -> bool:
    """Return whether a row of the 10-10 system goes on where the system does not."""
    if not any(_is_scalp(letters, number) for number in range(1, 11)):
        return False
    runs = [(first, first + 1, first + 2) for first in numbers if {first + 1, first + 2} <= numbers]
    return any(not _is_scalp(letters, number) for run in runs for number in run)


def _is_scalp(letters: str, number: int) -> bool:
    return channel_type(f"{letters}{number}") == "eeg"


def _runs_from_one(letter: str, numbers: set[int]) -> bool:
    return {1, 2, 3, 4} <= numbers and not (letter == "T" and max(numbers) <= 6)
