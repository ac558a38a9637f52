"""Which annotations to keep, and what to call them."""

from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

from .._events import Event

Labels = Mapping[str | tuple[str, str], str] | Collection[str]


def relabel(events: Iterable[Event], labels: Labels | None, path: Path) -> list[Event]:
    """Keep the events of some labels, and rename them.

    Parameters
    ----------
    events : iterable of Event
        Events with the labels of a file.
    labels : mapping or collection of str or None
        The labels to keep, or a mapping from these to new ones; a key that is a pair names the marks of
        a start and of an end. None keeps all as they are.
    path : Path
        What the error message calls the file.

    Returns
    -------
    events : list of Event
        Those kept, in no order.

    Raises
    ------
    ValueError
        If marks of start and end do not come in turn, or `labels` is of another kind.

    Examples
    --------
    >>> from pathlib import Path
    >>> from sklearn_eeg._events import Event
    >>> from sklearn_eeg.datasets._events_labels import relabel
    >>> marks = [Event(3, 3, "On"), Event(9, 9, "off"), Event(5, 5, "blink")]
    >>> [(e.onset, e.offset, e.label) for e in relabel(marks, {("on", "off"): "sz"}, Path("a.edf"))]
    [(3.0, 9.0, 'sz')]
    """
    if labels is None:
        return list(events)
    names = _check_labels(labels)
    found = sorted(events)
    kept = [
        Event(event.onset, event.offset, names[_plain(event.label)], event.confidence, event.channels)
        for event in found
        if _plain(event.label) in names
    ]
    for key, name in names.items():
        if isinstance(key, tuple):
            kept += _between_marks(found, key, name, path)
    return kept


def _check_labels(labels: Labels) -> dict[str | tuple[str, str], str]:
    """Return the new label of each old one, or of each pair of marks, in small letters."""
    if isinstance(labels, str) or not isinstance(labels, Collection):
        raise ValueError(f"`labels` must be a list of labels or a mapping, got {labels!r}: put it in a list.")
    pairs = labels.items() if isinstance(labels, Mapping) else ((name, name) for name in labels)
    names: dict[str | tuple[str, str], str] = {}
    for key, name in pairs:
        if isinstance(name, str) and isinstance(key, str):
            names[_plain(key)] = name
        elif isinstance(name, str) and isinstance(key, tuple) and [type(k) for k in key] == [str, str]:
            names[_plain(key[0]), _plain(key[1])] = name
        else:
            raise ValueError(
                f"`labels` must map a label, or a pair of labels of start and end, to a label, got "
                f"{key!r}: {name!r}."
            )
    return names


def _plain(label: str) -> str:
    return " ".join(label.split()).casefold()


def _between_marks(events: list[Event], marks: tuple[str, str], name: str, path: Path) -> list[Event]:
    """Return the events that begin at the first of two marks and end at the second."""
    found, start = [], None
    for event in sorted(events, key=lambda event: (event.onset, _plain(event.label) != marks[1])):
        which = _plain(event.label)
        if which == marks[1] and start is not None:
            found.append(Event(start.onset, event.onset, name))
            start = None
        elif which in marks:
            if which == marks[1] or start is not None:
                raise ValueError(
                    f"{path} must mark each {marks[0]!r} with a {marks[1]!r} before the next, got "
                    f"{event.label!r} out of turn at {event.onset:g} s: correct it, or drop the pair."
                )
            start = event
    if start is not None:
        raise ValueError(f"{path} must mark a {marks[1]!r} after the {marks[0]!r} at {start.onset:g} s.")
    return found
