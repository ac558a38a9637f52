"""Which channels of a file are kept, under which name, and why the others are not."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from .._montage import OFF_THE_SCALP, find_common_reference, standardize_name, strip_name
from ._channel_names import find_channels, number_repeated
from ._contacts import find_contacts
from ._unreadable import UnreadableError

_MICROVOLTS = {"nv": 1e-3, "uv": 1.0, "mv": 1e3, "v": 1e6}
_WORDS = (
    (re.compile(r"^(â?[µμ]|\?|\ufffd+|micro|mu|mk)(?=v)"), "u"),
    (re.compile(r"^milli(?=v)"), "m"),
    (re.compile(r"^nano(?=v)"), "n"),
    (re.compile(r"volts?$"), "v"),
)
_SAYS_EEG = re.compile(r"eeg(?![a-z])", re.IGNORECASE)
_SHOWN = 5  # names that a message lists of many
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
    declared : bool, default=False
        Whether the file types it as EEG, whatever its name.
    """

    label: str
    kind: str
    sfreq: float
    unit: str
    problem: str = ""
    largest: float | None = None
    row: int = 0
    declared: bool = False

    @property
    def microvolts(self) -> float | None:
        """Microvolts in one of its units, None if that is no voltage; a blank unit of EEG is microvolts."""
        if not self.unit.strip():
            return 1.0 if self.kind in ("eeg", "ieeg") else None
        return microvolts_per(self.unit)


@dataclass(frozen=True)
class Chosen:
    """The channels that are kept (`indices` are their places), those that are not, and warnings.

    `copies` are pairs of a kept channel and one that was left out for having the same name.
    """

    indices: list[int]
    ch_names: list[str]
    original_names: list[str]
    excluded: dict[str, str]
    channels: list[Channel] = field(default_factory=list)
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
    >>> microvolts_per("mV"), microvolts_per("uVolts"), microvolts_per("%")
    (1000.0, 1.0, None)
    """
    plain = unit.strip().lower()
    for pattern, short in _WORDS:
        plain = pattern.sub(short, plain)
    return _MICROVOLTS.get(plain)


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
        `notes` warns of channels that are left out though they may be EEG.

    Raises
    ------
    UnreadableError
        If no channel is left, the rates differ, or a channel asked for by name cannot be read.
    ValueError
        If `wanted` is not understood, or names a channel that is not there.
    TypeError
        If `wanted` is not a list of strings.

    Notes
    -----
    Where the names of all scalp electrodes end alike, in something that is no electrode (``-CS2``,
    ``-G2``), that is their common reference and no part of their standard name. Channels that
    `find_contacts` finds are of the kind ``"ieeg"`` and keep their names: ``"T3"`` is not ``"T7"`` there.

    Examples
    --------
    >>> from sklearn_eeg.datasets._channels import Channel, choose_channels
    >>> there = [Channel("EEG Fp1-Ref", "eeg", 256.0, "uV"), Channel("ECG", "ecg", 256.0, "mV")]
    >>> chosen = choose_channels(there, "eeg", where="night")
    >>> chosen.ch_names, chosen.excluded
    (['Fp1'], {'ECG': 'ecg, not eeg'})
    """
    channels = _mark_contacts(channels)
    names = number_repeated([channel.label for channel in channels])
    standard = _name(channels)
    if not isinstance(wanted, str):
        indices = find_channels(wanted, standard, names, where=where)
        chosen = _keep_named(channels, indices, standard, names, where)
    elif wanted in ("eeg", "all"):
        chosen = _keep_kind(channels, wanted, standard, names, where)
    else:
        raise ValueError(f"`channels` must be 'eeg', 'all' or a list of names, got {wanted!r}.")
    kept = [channels[index] for index in chosen.indices]
    _check_rates(kept, chosen.original_names, where)
    chosen.channels.extend(kept)
    chosen.notes.extend(_odd_units([c for c in kept if c.kind in ("eeg", "ieeg")], where))
    if wanted == "eeg":
        chosen.notes.extend(_doubtful([c for c in channels if c not in kept], kept, where))
    return chosen


def _mark_contacts(channels: Sequence[Channel]) -> list[Channel]:
    marked = list(channels)
    electrodes = [place for place, c in enumerate(channels) if c.kind in ("eeg", "ieeg", "misc")]
    for place in find_contacts([channels[place].label for place in electrodes]):
        marked[electrodes[place]] = replace(marked[electrodes[place]], kind="ieeg")
    return marked


def _name(channels: Sequence[Channel]) -> list[str]:
    """Return the standard names of channels, without a reference that all scalp electrodes share."""
    ending = find_common_reference(channel.label for channel in channels if channel.kind == "eeg")
    return [
        strip_name(channel.label)
        if channel.kind == "ieeg"
        else standardize_name(channel.label).removesuffix(ending if channel.kind == "eeg" else "")
        for channel in channels
    ]


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
        by_reason: dict[str, list[str]] = {}
        for name, reason in chosen.excluded.items():
            by_reason.setdefault(reason, []).append(name)
        reasons = "; ".join(f"{_list(members)}: {reason}" for reason, members in by_reason.items())
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


def _doubtful(left_out: Sequence[Channel], kept: Sequence[Channel], where: str) -> list[str]:
    """Return a warning of voltages that are left out and may be EEG all the same.

    These are contacts, what the file calls EEG, and all that is unknown if it is no less than what is kept.
    """
    rates = {channel.sfreq for channel in kept}
    unknown = [c for c in left_out if c.kind in ("ieeg", "misc") and c.sfreq in rates and not c.problem]
    unknown = [c for c in unknown if c.microvolts or (_says_eeg(c) and not c.unit.strip())]
    if len(unknown) < len(kept):
        unknown = [c for c in unknown if c.kind == "ieeg" or _says_eeg(c)]
    unknown = [c for c in unknown if standardize_name(c.label) not in OFF_THE_SCALP]
    if not unknown:
        return []
    names = _list([channel.label for channel in unknown])
    note = (
        f"{where} has channels that are not taken for scalp electrodes and left out, though they may be EEG "
        f"({names}): name those to read, `channels=[...]`, if you want them."
    )
    return [note]


def _says_eeg(channel: Channel) -> bool:
    return channel.declared or _SAYS_EEG.match(channel.label.strip()) is not None


def _list(names: Sequence[str]) -> str:
    if len(names) <= _SHOWN:
        return ", ".join(names)
    return f"{', '.join(names[:_SHOWN])}, ... {len(names)} in all"


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
