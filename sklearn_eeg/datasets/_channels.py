"""Which channels of a file are kept, under which name, and why the others are not."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from .._montage import standardize_name
from ._unreadable import UnreadableError

_MICROVOLTS = {"nv": 1e-3, "uv": 1.0, "mv": 1e3, "v": 1e6}
_MICRO = re.compile(r"^(â?[µμ]|\?|\ufffd+)(?=v)")
_WORDS = {"nanovolt": "nv", "microvolt": "uv", "millivolt": "mv", "volt": "v"}
_SMALLEST_RANGE = 5.0  # microvolts: no EEG stays within, so the unit is wrong
_LARGEST_RANGE = 1e6


@dataclass(frozen=True)
class Channel:
    """What a file says of one of its channels.

    Parameters
    ----------
    label : str
        Its name in the file.
    kind : str
        ``"eeg"``, ``"ecg"``, ... by its name, or as the file says.
    sfreq : float
        Sampling frequency, in Hz.
    unit : str
        Its unit, as the file writes it.
    problem : str, default=""
        Why it cannot be read, as the end of a sentence; empty if it can.
    largest : float, default=None
        The largest value that it can take, in its own unit; None where that is not known.
    row : int, default=0
        Its place in the file, where annotation signals count, too.
    """

    label: str
    kind: str
    sfreq: float
    unit: str
    problem: str = ""
    largest: float | None = None
    row: int = 0

    @property
    def microvolts(self) -> float | None:
        """Microvolts in one of its units, None if that is no voltage; a blank unit of EEG is microvolts."""
        if not self.unit.strip():
            return 1.0 if self.kind == "eeg" else None
        return microvolts_per(self.unit)


@dataclass(frozen=True)
class Chosen:
    """The channels that are kept (by their place in the list), those that are not, and warnings.

    `copies` are pairs of a kept channel and one that was left out for having the same name.
    """

    indices: list[int]
    ch_names: list[str]
    original_names: list[str]
    excluded: dict[str, str]
    copies: list[tuple[Channel, Channel]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def microvolts_per(unit: str) -> float | None:
    """Return how many microvolts a unit is, None if it is no voltage.

    Parameters
    ----------
    unit : str
        A unit as files write it: ``"uV"``, ``"µV"``, ``"mV"``, ``"Volt"``, ... in any case.

    Returns
    -------
    microvolts : float or None
        For example 1000.0 for ``"mV"``.

    Examples
    --------
    >>> from sklearn_eeg.datasets._channels import microvolts_per
    >>> microvolts_per("mV"), microvolts_per("µV"), microvolts_per("%")
    (1000.0, 1.0, None)
    """
    plain = _MICRO.sub("u", unit.strip().lower())
    return _MICROVOLTS.get(_WORDS.get(plain.removesuffix("s"), plain))


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
    >>> from sklearn_eeg.datasets._channels import number_repeated
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
    >>> from sklearn_eeg.datasets._channels import find_channels
    >>> find_channels(["Cz", "EEG C3"], ["C3", "Cz"], ["EEG C3", "EEG Cz"], where="night")
    [1, 0]
    """
    listed = list(wanted) if isinstance(wanted, Iterable) and not isinstance(wanted, str) else None
    if listed is None or not all(isinstance(name, str) for name in listed):
        raise TypeError(f"Channels must be given as a list of names, got {wanted!r}.")
    if not listed:
        raise ValueError("Channels must be named, got an empty list.")
    places: dict[str, int] = {}
    for index, name in [*enumerate(original_names), *enumerate(ch_names)]:
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


def choose_channels(channels: Sequence[Channel], wanted: str | Iterable[str], *, where: str) -> Chosen:
    """Choose the channels of a file that are read together.

    Parameters
    ----------
    channels : sequence of Channel
        All channels of the file, annotations aside.
    wanted : {"eeg", "all"} or iterable of str
        Which are wanted; names as for `find_channels`.
    where : str
        What an error message calls the recording.

    Returns
    -------
    chosen : Chosen
        The channels that are kept. Their sampling frequencies are equal and their names are not.

    Raises
    ------
    UnreadableError
        If no channel is left, the rates differ, or a channel asked for by name cannot be read.
    ValueError
        If `wanted` is not understood, or names a channel that is not there.
    TypeError
        If `wanted` is not a list of strings.

    Examples
    --------
    >>> from sklearn_eeg.datasets._channels import Channel, choose_channels
    >>> there = [Channel("EEG Fp1-Ref", "eeg", 256.0, "uV"), Channel("ECG", "ecg", 256.0, "mV")]
    >>> chosen = choose_channels(there, "eeg", where="night")
    >>> chosen.ch_names, chosen.excluded
    (['Fp1'], {'ECG': 'ecg, not eeg'})
    """
    names = number_repeated([channel.label for channel in channels])
    standard = [standardize_name(channel.label) for channel in channels]
    if not isinstance(wanted, str):
        indices = find_channels(wanted, standard, names, where=where)
        chosen = _keep_named(channels, indices, standard, names, where)
    elif wanted in ("eeg", "all"):
        chosen = _keep_kind(channels, wanted, standard, names, where)
    else:
        raise ValueError(f"`channels` must be 'eeg', 'all' or a list of names, got {wanted!r}.")
    kept = [channels[index] for index in chosen.indices]
    _check_rates(kept, chosen.original_names, where)
    chosen.notes.extend(_odd_units([channel for channel in kept if channel.kind == "eeg"], where))
    return chosen


def _keep_named(
    channels: Sequence[Channel], indices: list[int], standard: list[str], names: list[str], where: str
) -> Chosen:
    for index in indices:
        if problem := channels[index].problem:
            raise UnreadableError(f"The channel {names[index]!r} of {where} cannot be read: {problem}.")
    counts = Counter(standard[index] for index in indices)
    ch_names = [names[index] if counts[standard[index]] > 1 else standard[index] for index in indices]
    excluded = {names[index]: "not asked for" for index in range(len(channels)) if index not in indices}
    return Chosen(indices, ch_names, [names[index] for index in indices], excluded)


def _keep_kind(
    channels: Sequence[Channel], wanted: str, standard: list[str], names: list[str], where: str
) -> Chosen:
    chosen = Chosen([], [], [], {})
    rates = sorted({channel.sfreq for channel in channels if not _reason(channel, "eeg")})
    first_of: dict[str, int] = {}
    for index, channel in enumerate(channels):
        reason = _reason(channel, wanted)
        if not reason and channel.kind != "eeg" and rates and channel.sfreq not in rates:
            reason = f"sampled at {channel.sfreq:g} Hz, the EEG at {' and '.join(f'{r:g}' for r in rates)} Hz"
        first = first_of.setdefault(standard[index], index) if not reason else index
        if first != index:
            chosen.copies.append((channels[first], channel))
            reason = f"another channel of the name {standard[index]}, beside {names[first]}"
        if reason:
            chosen.excluded[names[index]] = reason
        else:
            chosen.indices.append(index)
            chosen.ch_names.append(standard[index])
            chosen.original_names.append(names[index])
    if not chosen.indices:
        reasons = "; ".join(f"{name}: {reason}" for name, reason in chosen.excluded.items())
        raise UnreadableError(
            f"{where} has no channel of EEG that can be read ({reasons}): name the ones to read, "
            "`channels=[...]`."
        )
    return chosen


def _reason(channel: Channel, wanted: str) -> str:
    """Return why a channel is not wanted, or an empty text."""
    if channel.problem:
        return channel.problem
    if wanted == "all":
        return ""
    if channel.kind != "eeg":
        return f"{channel.kind}, not eeg"
    return "" if channel.microvolts else f"its unit, {channel.unit.strip()!r}, is no voltage"


def _check_rates(kept: Sequence[Channel], names: Sequence[str], where: str) -> None:
    by_rate: dict[float, list[str]] = {}
    for channel, name in zip(kept, names, strict=True):
        by_rate.setdefault(channel.sfreq, []).append(name)
    if len(by_rate) > 1:
        rates = "; ".join(f"{rate:g} Hz: {', '.join(members)}" for rate, members in by_rate.items())
        raise UnreadableError(
            f"The channels of {where} have different sampling frequencies ({rates}): "
            "choose those of one, `channels=[...]`."
        )


def _odd_units(kept: Sequence[Channel], where: str) -> list[str]:
    """Return warnings of units that are missing or cannot be true."""
    notes = []
    blank = [channel.label for channel in kept if not channel.unit.strip()]
    if blank:
        notes.append(f"{where} gives no unit for {', '.join(blank)}: taken as microvolts.")
    sizes = [channel.largest * (channel.microvolts or 1.0) for channel in kept if channel.largest is not None]
    if sizes and not _SMALLEST_RANGE <= max(sizes) <= _LARGEST_RANGE:
        units = ", ".join(sorted({channel.unit.strip() or "none" for channel in kept}))
        notes.append(
            f"The unit of {where} ({units}) can hardly be true: its EEG could reach {max(sizes):.3g} "
            "microvolts at most. Check the values, and scale them if the unit is wrong."
        )
    return notes
