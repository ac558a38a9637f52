"""What each column of a table of features is: of which channel, family, band and statistic."""

from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd

from ._background import iterate_fitted

PARTS = ("channel", "family", "band", "statistic")
NO_BAND = "no band"
WHOLE_WINDOW = "window"
_FAMILIES = {"time", "fft", "wavelet", "complexity", "connectivity", "canonical", "kernel"}


def collect_features(steps: Iterable[Any]) -> dict[str, tuple[str, ...]]:
    """Return what the fitted transformers within steps tell about their columns, by name.

    Parameters
    ----------
    steps : iterable of transformer
        Fitted steps; unions and pipelines are looked into, for all that have `get_feature_info`.

    Returns
    -------
    features : dict of str to (str, str, str, str)
        Channel, family, band and statistic of each column.

    Examples
    --------
    >>> from sklearn.preprocessing import StandardScaler
    >>> from sklearn_eeg.explain._columns import collect_features
    >>> collect_features([StandardScaler()])
    {}
    """
    found: dict[str, tuple[str, ...]] = {}
    for step in steps:
        for part in iterate_fitted(step):
            if hasattr(part, "get_feature_info"):
                info = part.get_feature_info()
                found |= dict(
                    zip(info.index, info[list(PARTS)].itertuples(index=False, name=None), strict=True)
                )
    return found


def describe_columns(
    names: Sequence[str],
    *,
    ch_names: Sequence[str] | None = None,
    features: dict[str, tuple[str, ...]] | None = None,
) -> pd.DataFrame | None:
    """Return what each column is, by its name.

    Parameters
    ----------
    names : sequence of str
        Names ``<channel>__<family>__<statistic>`` or ``<channel>__<family>__<band>__<statistic>``, also with
        prefixes ``<step>__`` as unions give them.
    ch_names : sequence of str, default=None
        Names of the channels, where they are known.
    features : dict, default=None
        What transformers tell, by `collect_features`; it goes before what can be read from a name.

    Returns
    -------
    info : DataFrame of shape (n_columns, 4) or None
        Columns ``channel``, ``family``, ``band`` ("no band" where there is none) and ``statistic``; None if
        a name is not of this kind. What belongs to no channel has the channel "window".

    Examples
    --------
    >>> from sklearn_eeg.explain._columns import describe_columns
    >>> describe_columns(["union__C3__fft__alpha__log_power", "Cz__time__line_length"]).to_numpy().tolist()
    [['C3', 'fft', 'alpha', 'log_power'], ['Cz', 'time', 'no band', 'line_length']]
    >>> describe_columns(["age"])
    """
    rows = []
    for name in names:
        parts = str(name).split("__")
        row = _look_up(parts, features or {}) or _parse(parts, ch_names)
        if row is None:
            return None
        rows.append((row[0] or WHOLE_WINDOW, row[1], row[2] or NO_BAND, row[3]))
    return pd.DataFrame(rows, columns=list(PARTS), index=[str(name) for name in names])


def split_units(unit: str, ch_names: Iterable[str]) -> tuple[str, ...] | None:
    """Return the channels of a column's unit: one, two for a pair ``<a>-<b>``, or None if it is neither.

    Examples
    --------
    >>> from sklearn_eeg.explain._columns import split_units
    >>> split_units("Fp1-F7", ["Fp1-F7", "F7-T7"]), split_units("C3-Cz", ["C3", "Cz"])
    (('Fp1-F7',), ('C3', 'Cz'))
    """
    known = set(ch_names)
    if unit in known:
        return (unit,)
    parts = unit.split("-")
    for cut in range(1, len(parts)):
        pair = "-".join(parts[:cut]), "-".join(parts[cut:])
        if known.issuperset(pair):
            return pair
    return None


def _look_up(parts: list[str], features: dict[str, tuple[str, ...]]) -> tuple[str, ...] | None:
    for first in range(len(parts)):
        name = "__".join(parts[first:])
        if name in features:
            return features[name]
    return None


def _parse(parts: list[str], ch_names: Sequence[str] | None) -> tuple[str, ...] | None:
    """Read channel, family, band and statistic from a name in parts; a channel or family tells where."""
    places = range(max(0, len(parts) - 4), len(parts) - 2)
    if ch_names is not None:
        starts = [place for place in places if split_units(parts[place], ch_names)]
    else:
        starts = [place for place in places if parts[place + 1] in _FAMILIES][-1:] or list(places)
    if not starts:
        return None
    channel, family, *band = parts[starts[-1] if ch_names is not None else starts[0] :]
    return channel, family, *(band if len(band) == 2 else ("", band[0]))
