"""Channel names and the places of electrodes: aliases, kinds, 2-D positions, lobes, hemispheres.

Positions lie on a flat head: the nose points up (+y), the right ear right (+x); a distance of 1 from
the vertex (Cz) is 90 degrees on the sphere, the azimuthal equidistant projection.
"""

import re
from collections.abc import Iterable, Sequence

import numpy as np

CH_NAMES_1020 = (
    "Fp1", "Fp2", "F7", "F3", "Fz", "F4", "F8", "T7", "C3", "Cz",
    "C4", "T8", "P7", "P3", "Pz", "P4", "P8", "O1", "O2",
)  # fmt: skip

DOUBLE_BANANA = (
    ("Fp1", "F7"), ("F7", "T7"), ("T7", "P7"), ("P7", "O1"),
    ("Fp1", "F3"), ("F3", "C3"), ("C3", "P3"), ("P3", "O1"),
    ("Fz", "Cz"), ("Cz", "Pz"),
    ("Fp2", "F4"), ("F4", "C4"), ("C4", "P4"), ("P4", "O2"),
    ("Fp2", "F8"), ("F8", "T8"), ("T8", "P8"), ("P8", "O2"),
)  # fmt: skip
"""Longitudinal bipolar montage, chains from left to right, each from the front to the back: LB-18.1 of
the American Clinical Neurophysiology Society (2016), https://doi.org/10.1097/WNP.0000000000000317"""

# Rows of the 10-10 system: letters on the midline and on the sides, and the angles in degrees of the
# midline electrode from the vertex (to the front) and of the ring electrode 7 from the nose.
_ROWS = (
    ("AF", "AF", 54, 36), ("F", "F", 36, 54), ("FC", "FT", 18, 72), ("C", "T", 0, 90),
    ("CP", "TP", -18, 108), ("P", "P", -36, 126), ("PO", "PO", -54, 144),
)  # fmt: skip
_RING, _OUTER_RING, _BELOW = 72, 90, 100  # degrees from the vertex

_ALIASES = {"T3": "T7", "T4": "T8", "T5": "P7", "T6": "P8"}
_EARS = {"A1", "A2", "M1", "M2"}
OFF_THE_SCALP = ("Sp1", "Sp2", "Pg1", "Pg2")  # sphenoidal and nasopharyngeal: a name, but no position

_LOBES = {
    "frontal": {"N", "Fp", "AF", "F", "FC"},
    "central": {"C"},
    "temporal": {"FT", "T", "TP", "A", "M"},
    "parietal": {"CP", "P"},
    "occipital": {"PO", "O", "I"},
}
_OVER_THE_TEMPORAL_LOBE = {"P7", "P8", "P9", "P10"}

_PREFIX = re.compile(r"^(?:eeg|pol)[\s:_-]+(?=\S)", re.IGNORECASE)
_REFERENCE = re.compile(
    r"(?<=\S)(?:\s*[-–—]\s*(?:ref|reference|le|ar|av|aav|avg|ave|average|car|org|\(?(?P<ear>[am])1\s*\+?\s*(?P=ear)2\)?(?:/2)?)"
    r"|[ _]ref)$",
    re.IGNORECASE,
)
_DASH = re.compile(r"\s*[-–—]\s*")
_COPY = re.compile(r"(?<=\S)\s*[-–—]\s*\d$")  # the number that MNE gives to channels of one name

_KINDS = (
    ("status", r"annotation|status|trig|marker|event|photic|stim|^sti\b|counter"),
    ("ecg", r"ecg|ekg"),
    ("eog", r"eog|^[lr]oc\b|^e[12]\W*[am][12]$"),
    ("emg", r"emg|\bchin|tibial|^[lr]?legs?\b"),
    ("spo2", r"s[ap]o2|o2sat|osat"),
    ("resp", r"resp|effort|thor|abd|chest|flow|nasal|cannula|snor"),
    ("dc", r"^dc\W?\d+"),
    ("other", r"^(hr|pr|pulse|heart.?rate|pleth|ppg|vns|e?t?co2.*|temp(erature)?)\d*$"),
)
_INTRACRANIAL = re.compile(
    r"^(?:(?i:seeg|ecog|ieeg|depth|grid|strip)\b.*|G[ _]?\d{1,3}"
    r"|(?!REF|LED)[LR][A-Z][A-Za-z]{0,3}'?\d{1,3}|[A-Z]{1,3}'\d{1,3})$"
)


def standardize_name(name: str) -> str:
    """Return the name of a channel as the 10-10 system writes it.

    Parameters
    ----------
    name : str
        Name of an electrode or of a bipolar pair, as found in a file.

    Returns
    -------
    name : str
        Without the prefix ``EEG`` or ``POL``, without the recording's common reference (``-REF``,
        ``-LE``, ``-AR``, ``-Avg``, ``-A1A2``, ...), trailing dots and numbers of copies (``T8-P8-0``,
        ``FP1-REF-0``), in the usual letters (``Fp1``, ``Cz``, ``PO3``), with T7, T8, P7 and P8 for T3,
        T4, T5 and T6. A derivation keeps all its parts (``F3-A2``, ``Fp1-F7``), each part that is an
        electrode in standard letters (``Fz-CS2``). What is left of an unknown name stays as it is.

    See Also
    --------
    find_common_reference : Tells what an unknown last part is, going by all channels of a file.

    Examples
    --------
    >>> from sklearn_eeg._montage import standardize_name
    >>> [standardize_name(name) for name in ("EEG FP1-REF", "T3", "Fc5.", "T8-P8-0", "POL DC01")]
    ['Fp1', 'T7', 'FC5', 'T8-P8', 'DC01']
    """
    text = strip_name(name)
    while (shorter := strip_name(_simplify(text))) != text:
        text = shorter
    return text


def strip_name(name: str) -> str:
    """Return the name of a channel without its prefix and common reference, its own letters kept.

    Examples
    --------
    >>> from sklearn_eeg._montage import strip_name
    >>> strip_name("EEG T3-Ref"), strip_name("POL C'12")
    ('T3', "C'12")
    """
    text, before = " ".join(str(name).split()), ""
    while text != before:
        before = text
        text = _REFERENCE.sub("", _PREFIX.sub("", text))
        text = text.rstrip(". ") or text
    return text


def _simplify(text: str) -> str:
    """Return a name without the number of a copy, each part that is an electrode in standard letters."""
    original = _COPY.sub("", text)
    if _DASH.split(original)[0].lower() in _CANONICAL or _REFERENCE.search(original):
        text = original
    parts = _DASH.split(text)
    if not any(part.lower() in _CANONICAL for part in parts):
        return text
    return "-".join(_CANONICAL.get(part.lower(), part) for part in parts)


def find_common_reference(ch_names: Iterable[str]) -> str:
    """Return the unknown reference that all electrodes of a recording share, with its dash.

    Parameters
    ----------
    ch_names : iterable of str
        Names of all channels, in any spelling; those that are no scalp EEG do not count.

    Returns
    -------
    ending : str
        What ends the standard name of each electrode without being one itself: ``"-CS2"`` for
        ``F7-CS2`` and ``Cz-CS2``. Empty if there is none, or not for all.

    Examples
    --------
    >>> from sklearn_eeg._montage import find_common_reference
    >>> find_common_reference(["F7-CS2", "FZ-CS2", "ECG"]), find_common_reference(["F7-A1", "FZ-A1"])
    ('-CS2', '')
    """
    standard = [standardize_name(name) for name in ch_names if channel_type(name) == "eeg"]
    endings = {name.partition("-")[2] for name in standard}
    if len(endings) != 1:
        return ""
    ending = endings.pop()
    known = not ending or "-" in ending or ending.lower() in _CANONICAL
    return "" if known else f"-{ending}"


def split_pair(name: str) -> tuple[str, str] | None:
    """Return the two electrodes of a bipolar channel, and None for any other channel.

    Examples
    --------
    >>> from sklearn_eeg._montage import split_pair
    >>> split_pair("EEG FP1-F7"), split_pair("EEG Fp1-Ref")
    (('Fp1', 'F7'), None)
    """
    parts = standardize_name(name).split("-")
    return (parts[0], parts[1]) if len(parts) == 2 and all(part in _PLACES for part in parts) else None


def channel_type(name: str) -> str:
    """Return what a channel records, as far as its name tells.

    Parameters
    ----------
    name : str
        Name of the channel, as found in a file or standardised.

    Returns
    -------
    kind : {"eeg", "ieeg", "ecg", "eog", "emg", "resp", "spo2", "status", "dc", "other", "misc"}
        "eeg" is an electrode of the 10-10 system, an ear or mastoid included, or a derivation of one.
        "ieeg" are names of depth, strip and grid electrodes that can be little else: ``LAT1``, ``A'3``,
        ``G12``. "other" is known to be no electrode: heart rate, pulse, CO2, temperature, a vagus nerve
        stimulator. All that is unknown is "misc", as are sphenoidal and nasopharyngeal electrodes,
        which do not lie on the scalp.

    Examples
    --------
    >>> from sklearn_eeg._montage import channel_type
    >>> [channel_type(name) for name in ("EEG T3-Ref", "Fp1-F7", "ECG EKG-Ref", "POL DC01", "LAT1")]
    ['eeg', 'eeg', 'ecg', 'dc', 'ieeg']
    """
    standard = standardize_name(name)
    parts = standard.split("-")
    if all(part in _PLACES for part in parts):
        return "eeg"
    for kind, pattern in _KINDS:
        if re.search(pattern, standard, re.IGNORECASE):
            return kind
    if all(_INTRACRANIAL.match(part) for part in parts):
        return "ieeg"
    return "eeg" if parts[0] in _PLACES else "misc"


def position(name: str) -> np.ndarray:
    """Return the place of a channel on the flat head.

    Parameters
    ----------
    name : str
        Electrode of the 10-10 system, an ear lobe (A1, A2), a mastoid (M1, M2), T1 or T2; or a bipolar
        pair of these. Any spelling that `standardize_name` knows.

    Returns
    -------
    place : ndarray of shape (2,)
        x (to the right) and y (to the front), in units of a quarter of the head's circumference. A
        pair lies midway; a derivation of a scalp electrode to an ear or mastoid lies at the former.

    Raises
    ------
    ValueError
        If the name is not known.

    Notes
    -----
    The midline is divided in steps of 18 degrees from nasion to inion, the ring through Fpz, T7, Oz
    and T8 (72 degrees from the vertex) in steps of 18 degrees of azimuth, and the way from the ring to
    the midline of each row in four equal parts on the flat head. Electrodes 9 and 10 lie at 90 degrees,
    ears and mastoids at 100. T1 and T2 have the places of FT9 and FT10, which are near.

    References
    ----------
    .. [1] Oostenveld R, Praamstra P (2001) The five percent electrode system for high-resolution EEG
       and ERP measurements. Clin. Neurophysiol. 112, 713-719.
       https://doi.org/10.1016/S1388-2457(00)00527-7

    Examples
    --------
    >>> from sklearn_eeg._montage import position
    >>> position("Fpz").round(3).tolist(), (position("T4-Cz") + 0.0).tolist()
    ([0.0, 0.8], [0.4, 0.0])
    """
    return positions([name])[0]


def positions(ch_names: Iterable[str]) -> np.ndarray:
    """Return the places of channels on the flat head.

    Parameters
    ----------
    ch_names : iterable of str
        Electrodes or bipolar pairs; see `position`.

    Returns
    -------
    places : ndarray of shape (n_channels, 2)
        x and y of each channel, in units of a quarter of the head's circumference.

    Raises
    ------
    ValueError
        If a name is not known; the message lists all that are not.

    Examples
    --------
    >>> from sklearn_eeg._montage import positions
    >>> (positions(["C3", "Cz", "C3-Cz"]) + 0.0).round(3).tolist()
    [[-0.4, 0.0], [0.0, 0.0], [-0.2, 0.0]]
    """
    names = list(ch_names)
    standard = [standardize_name(name).split("-") for name in names]
    unknown = [
        name
        for name, parts in zip(names, standard, strict=True)
        if not all(part in _PLACES for part in parts)
    ]
    if unknown:
        raise ValueError(
            f"`ch_names` must be electrodes of the 10-10 system or pairs of these, got {unknown}: rename "
            "or drop these channels."
        )
    return np.array([_place_of(parts) for parts in standard]).reshape(-1, 2)


def _place_of(parts: Sequence[str]) -> np.ndarray:
    on_scalp = [part for part in parts if part not in _EARS]
    return np.mean([_PLACES[part] for part in on_scalp or parts], axis=0)


def lobe(name: str) -> str:
    """Return the part of the brain that a channel lies over.

    Parameters
    ----------
    name : str
        Electrode or bipolar pair; see `position`.

    Returns
    -------
    lobe : {"frontal", "central", "temporal", "parietal", "occipital"}
        That of the electrode, or of the electrode nearest to the middle of a pair: "frontal" the
        rows Fp to FC, "central" the row C, "temporal" FT, T, TP, ears and P7 to P10, "parietal" the
        rows CP and P, "occipital" the rows PO, O and I.

    Raises
    ------
    ValueError
        If the name is not known.

    Notes
    -----
    P7 and P8, the old T5 and T6, lie over the posterior temporal lobe [1]_ whatever their letter.

    References
    ----------
    .. [1] Koessler L, et al. (2009) Automated cortical projection of EEG sensors: anatomical
       correlation via the international 10-10 system. NeuroImage 46, 64-72.
       https://doi.org/10.1016/j.neuroimage.2009.02.006

    Examples
    --------
    >>> from sklearn_eeg._montage import lobe
    >>> [lobe(name) for name in ("Fz", "T5", "F7-T3", "P3-O1")]
    ['frontal', 'temporal', 'temporal', 'occipital']
    """
    apart = np.linalg.norm(np.array(list(_PLACES.values())) - position(name), axis=1)
    nearest = list(_PLACES)[int(np.argmin(apart.round(9)))]
    if nearest in _OVER_THE_TEMPORAL_LOBE:
        return "temporal"
    letters = nearest.rstrip("z0123456789")
    return next(region for region, rows in _LOBES.items() if letters in rows)


def hemisphere(name: str) -> str:
    """Return the side of the head that a channel lies on.

    Parameters
    ----------
    name : str
        Electrode or bipolar pair; see `position`.

    Returns
    -------
    side : {"left", "right", "midline"}
        "midline" for a pair that lies across it.

    Raises
    ------
    ValueError
        If the name is not known.

    Examples
    --------
    >>> from sklearn_eeg._montage import hemisphere
    >>> [hemisphere(name) for name in ("T3", "FP2-F8", "Cz", "C3-C4")]
    ['left', 'right', 'midline', 'midline']
    """
    x = position(name)[0]
    return "midline" if abs(x) < 1e-9 else "left" if x < 0 else "right"


def positions_1020() -> np.ndarray:
    """Return the 2-D positions of the 19 electrodes of the 10-20 system.

    Returns
    -------
    positions : ndarray of shape (19, 2)
        x and y of each electrode in the order of ``CH_NAMES_1020``, in units of a quarter of the
        head's circumference.

    Examples
    --------
    >>> from sklearn_eeg._montage import CH_NAMES_1020, positions_1020
    >>> x, y = positions_1020()[CH_NAMES_1020.index("T8")]
    >>> float(x), float(y)
    (0.8, 0.0)
    """
    return np.array([_PLACES[name] for name in CH_NAMES_1020])


def _place(colatitude: float, azimuth: float) -> np.ndarray:
    """Return the place at an angle from the vertex, and an azimuth (0 the right ear, 90 the nose)."""
    radius, angle = colatitude / 90, np.deg2rad(azimuth % 360)
    return np.array([radius * np.cos(angle), radius * np.sin(angle)])


def _midline(colatitude: float) -> np.ndarray:
    return _place(abs(colatitude), 90 if colatitude > 0 else 270 if colatitude < 0 else 0)


def _place_row(middle: str, side: str, colatitude: float, turn: float) -> dict[str, np.ndarray]:
    """Return the places of one row, each left electrode before its right twin."""
    places = {f"{middle}z": _midline(colatitude)}
    for inward, number in ((3, 1), (2, 3), (1, 5), (0, 7)):
        for right, azimuth in ((0, 90 + turn), (1, 90 - turn)):
            ring = _place(_RING, azimuth)
            letters = side if number == 7 else middle
            places[f"{letters}{number + right}"] = (inward * places[f"{middle}z"] + (4 - inward) * ring) / 4
    for right, azimuth in ((0, 90 + turn), (1, 90 - turn)):
        places[f"{side}{9 + right}"] = _place(_OUTER_RING, azimuth)
    return places


def _place_all() -> dict[str, np.ndarray]:
    places = {"Nz": _midline(90), "Fpz": _midline(_RING), "Oz": _midline(-_RING), "Iz": _midline(-90)}
    for left, right, colatitude, turn in (
        ("Fp1", "Fp2", _RING, 18), ("O1", "O2", _RING, 162), ("O9", "O10", _OUTER_RING, 162),
    ):  # fmt: skip
        places |= {left: _place(colatitude, 90 + turn), right: _place(colatitude, 90 - turn)}
    for row in _ROWS:
        places |= _place_row(*row)
    places |= {"T1": places["FT9"], "T2": places["FT10"]}
    for letter, turn in (("A", 96), ("M", 108)):  # ear lobes a little behind T9, mastoids below TP9
        places |= {f"{letter}1": _place(_BELOW, 90 + turn), f"{letter}2": _place(_BELOW, 90 - turn)}
    return places


_PLACES = _place_all()
_CANONICAL = {name.lower(): name for name in (*_PLACES, *OFF_THE_SCALP)} | {
    old.lower(): new for old, new in _ALIASES.items()
}
