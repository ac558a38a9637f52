"""Seizure annotations, read from the formats of the public data sets."""

import os
import re
import warnings
from collections.abc import Collection, Mapping
from pathlib import Path

from .._events import Event, as_events, is_background
from ._edf import edf_kind, open_edf
from ._events_chbmit import read_chbmit
from ._events_helsinki import read_helsinki
from ._events_labels import relabel
from ._events_siena import read_siena
from ._events_tables import read_bids, read_tuh
from ._events_text import read_lines
from ._unreadable import name_damage

FORMATS = {
    "edf": "EDF+ or BDF+ with annotations (.edf, .bdf)",
    "bids": "BIDS after SzCORE (*_events.tsv)",
    "chbmit": "CHB-MIT (chbNN-summary.txt)",
    "tuh": "TUH (.csv_bi, .csv)",
    "siena": "Siena (Seizures-list-PNNN.txt)",
    "helsinki": "Helsinki neonates (annotations_2017.mat)",
}
_BY_SUFFIX = {
    ".edf": "edf", ".bdf": "edf", ".tsv": "bids", ".csv_bi": "tuh", ".csv": "tuh", ".mat": "helsinki"
}  # fmt: skip
_BY_CONTENT = {
    "chbmit": re.compile(r"number\s+of\s+seizures|seizure\s+(\d+\s+)?(start|end)\s+time\s*:[\s\d]*sec", re.I),
    "siena": re.compile(r"registration\s+(start|end)\s+time|seizure\s*n[.°]?\s*\d", re.I),
    "tuh": re.compile(r"channel\s*,\s*start_time", re.I),
    "bids": re.compile(r"(^|\t)onset(\t|$)"),
}


def read_events(
    path: str | os.PathLike[str],
    *,
    format: str | None = None,  # noqa: A002
    recording: str | int | None = None,
    annotator: str | None = None,
    labels: Mapping[str | tuple[str, str], str] | Collection[str] | None = None,
) -> list[Event]:
    r"""Read the seizures of one recording, or its other annotations, from a file.

    Parameters
    ----------
    path : path-like
        The file with the annotations.
    format : {"edf", "bids", "chbmit", "tuh", "siena", "helsinki"}, default=None
        What the file is (see Notes); None finds out by its name and content.
    recording : str or int, default=None
        Which recording, where the file lists several: its name (``"chb01_03.edf"``), or for Helsinki
        the number of the infant.
    annotator : {"A", "B", "C", "consensus", "any"}, default=None
        Which expert, for Helsinki only. ``"consensus"`` is where all three agree, which None means too.
    labels : mapping or collection of str, default=None
        Which labels to keep; None means all. A mapping gives each a new label. Where its key is a pair,
        the two are marks, such as ``{("seizure start", "seizure end"): "sz"}``: the event lies between
        them. Small and capital letters are the same. Where the file has events and none is kept, a
        warning lists their labels.

    Returns
    -------
    events : list of Event
        Sorted, in seconds from the start of the recording; empty where the file says that there is
        none. Labels are those of the file, ``"sz"`` where it has none.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If the file is of an unknown format, or any of its lines cannot be read, contradicts another or
        lies outside the recording, or `recording`, `annotator` or `labels` do not fit. Nothing is
        left out silently.

    Warns
    -----
    UserWarning
        If the file has events and `labels` keeps none of them.

    See Also
    --------
    read_recording : Read the signals.
    sliding_windows : Cut a recording into windows labelled by events.

    Notes
    -----
    ``"edf"``: the annotations in an EDF+ or BDF+ file, also those without a duration.
    ``"bids"``: ``*_events.tsv`` with the columns onset, duration, eventType, and where known confidence,
    channels and recordingDuration, as SzCORE has it [1]_.
    ``"chbmit"``: the ``-summary.txt`` of a patient of CHB-MIT [2]_.
    ``"tuh"``: ``.csv_bi`` (whole recording) and ``.csv`` (by channel) of TUH [3]_; rows of the same times
    and label are one event with the `channels` of all.
    ``"siena"``: ``Seizures-list-PNNN.txt`` [4]_. Its times are by the clock, and are counted from the
    start of the registration that the list states: compare it with `Recording.start`.
    ``"helsinki"``: ``annotations_2017.mat`` [5]_, second by second.

    Rows labelled as background (``bckg``, in any letters) say that there is no seizure, and are no events.

    References
    ----------
    .. [1] Dan, J. et al. (2024). SzCORE: Seizure Community Open-Source Research Evaluation framework.
       Epilepsia. doi:10.1111/epi.18113
    .. [2] Shoeb, A. (2009). Application of machine learning to epileptic seizure onset detection and
       treatment. PhD thesis, MIT. Data: doi:10.13026/C2K01R
    .. [3] Shah, V. et al. (2018). The Temple University Hospital seizure detection corpus. Frontiers in
       Neuroinformatics 12, 83. doi:10.3389/fninf.2018.00083
    .. [4] Detti, P., Vatti, G. and Zabalo Manrique de Lara, G. (2020). EEG synchronization analysis for
       seizure prediction. Processes 8, 846. doi:10.3390/pr8070846
    .. [5] Stevenson, N. J., Tapani, K., Lauronen, L. and Vanhatalo, S. (2019). A dataset of neonatal EEG
       recordings with seizure annotations. Scientific Data 6, 190039. doi:10.1038/sdata.2019.39

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from sklearn_eeg.datasets import read_events
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "chb01-summary.txt")
    ...     _ = path.write_text(
    ...         "File Name: chb01_03.edf\nNumber of Seizures in File: 1\n"
    ...         "Seizure Start Time: 2996 seconds\nSeizure End Time: 3036 seconds\n"
    ...     )
    ...     read_events(path, recording="chb01_03.edf")
    [Event(onset=2996.0, offset=3036.0, label='sz', confidence=None, channels=None)]
    """
    path = Path(path).expanduser()
    if not path.is_file():
        raise FileNotFoundError(f"{path} is no file: give the path of the file with the annotations.")
    if format is not None and format not in FORMATS:
        raise ValueError(f"`format` must be one of {list(FORMATS)} or None, got {format!r}.")
    kind = format or _find_format(path)
    _check_choice(path, kind, recording, annotator)
    if kind == "helsinki":
        events = read_helsinki(path, recording, annotator)
    elif kind in ("chbmit", "siena"):
        name = None if recording is None else str(recording)
        events = (read_chbmit if kind == "chbmit" else read_siena)(path, name)
    else:
        events = {"edf": _read_edf, "bids": read_bids, "tuh": read_tuh}[kind](path)
    kept = as_events(relabel(events, labels, path))
    found = sorted({event.label for event in events if not is_background(event.label)})
    if found and not kept:
        warnings.warn(
            f"`labels` must hold labels of {path}, got {labels!r}: it has events labelled {found}, and "
            "none is kept, as if it had no seizure.",
            UserWarning,
            stacklevel=2,
        )
    return kept


def _find_format(path: Path) -> str:
    """Return the format of a file by its name, or else by its content."""
    if (by_name := _BY_SUFFIX.get(path.suffix.lower())) is not None:
        return by_name
    if edf_kind(path) is not None:
        return "edf"
    with path.open("rb") as file:
        if file.read(6) == b"MATLAB":
            return "helsinki"
    for line in read_lines(path):
        for name, pattern in _BY_CONTENT.items():
            if pattern.search(line.text):
                return name
    raise ValueError(
        f"{path} must be a file with annotations, one of: {'; '.join(FORMATS.values())}. If it is, name "
        "its `format`."
    )


def _check_choice(path: Path, kind: str, recording: str | int | None, annotator: str | None) -> None:
    """Refuse a choice of recording or annotator where the file offers none."""
    if annotator is not None and kind != "helsinki":
        raise ValueError(f"`annotator` must be None for {path}, which has one, got {annotator!r}.")
    if recording is not None and kind in ("edf", "bids", "tuh"):
        raise ValueError(
            f"`recording` must be None for {path}, which is of one recording, got {recording!r}."
        )


def _read_edf(path: Path) -> list[Event]:
    """Return the annotations of an EDF+ or BDF+ file."""
    with name_damage(path):
        events, n_unreadable = open_edf(path, annotations_only=True).events()
    if n_unreadable:
        raise ValueError(
            f"{path} must hold annotations after EDF+, and {n_unreadable} of them cannot be read."
        )
    return events
