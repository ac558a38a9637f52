"""Names of channels: repeated ones, and finding a channel by any of its names."""

from collections import Counter
from collections.abc import Iterable, Sequence

from .._montage import standardize_name


def number_repeated(labels: Sequence[str]) -> list[str]:
    """Make names unique as MNE does: those that occur more than once get ``-0``, ``-1``, ... in order.

    Parameters
    ----------
    labels : sequence of str
        The names of channels in a file.

    Returns
    -------
    names : list of str
        As many, no two of them equal.

    Examples
    --------
    >>> from sklearn_eeg.datasets._channel_names import number_repeated
    >>> number_repeated(["T8-P8", "Cz", "T8-P8"])
    ['T8-P8-0', 'Cz', 'T8-P8-1']
    """
    counts, seen, taken = Counter(labels), Counter[str](), set(labels)
    names = []
    for label in labels:
        name = label
        while counts[label] > 1 and name in taken:
            name = f"{label}-{seen[label]}"
            seen[label] += 1
        taken.add(name)
        names.append(name)
    return names


def find_channels(
    wanted: Iterable[str], ch_names: Sequence[str], original_names: Sequence[str], *, where: str
) -> list[int]:
    """Find channels by their name in the file or by any spelling of their standard name.

    Parameters
    ----------
    wanted : iterable of str
        Names, for example ``"EEG T3-Ref"``, ``"T3"`` or ``"T7"``.
    ch_names : sequence of str
        Standard names of the channels there are; of those that share one, the first is found.
    original_names : sequence of str
        Their names in the file, each once.
    where : str
        What an error message calls the recording.

    Returns
    -------
    indices : list of int
        Place of each of `wanted`, in its order.

    Raises
    ------
    ValueError
        If one is not there or is named twice.
    TypeError
        If `wanted` is not a list of strings.

    Examples
    --------
    >>> from sklearn_eeg.datasets._channel_names import find_channels
    >>> find_channels(["Cz", "EEG C3"], ["C3", "Cz"], ["EEG C3", "EEG Cz"], where="night")
    [1, 0]
    """
    listed = list(wanted) if isinstance(wanted, Iterable) and not isinstance(wanted, str) else None
    if listed is None or not all(isinstance(name, str) for name in listed):
        raise TypeError(f"Channels must be given as a list of names, got {wanted!r}.")
    if not listed:
        raise ValueError("Channels must be named, got an empty list.")
    places: dict[str, int] = {}
    spelt = [standardize_name(name) for name in original_names]
    for index, name in [*enumerate(original_names), *enumerate(ch_names), *enumerate(spelt)]:
        places.setdefault(name, index)
    found = [places.get(name, places.get(standardize_name(name))) for name in listed]
    missing = [name for name, index in zip(listed, found, strict=True) if index is None]
    if missing:
        raise ValueError(f"{where} has no channel {', '.join(map(repr, missing))}: it has {list(ch_names)}.")
    indices = [index for index in found if index is not None]
    for place, index in enumerate(indices):
        if index in indices[:place]:
            first = listed[indices.index(index)]
            raise ValueError(
                f"{first!r} and {listed[place]!r} are the same channel of {where}: name it once."
            )
    return indices
