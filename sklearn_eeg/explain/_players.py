"""Who plays: groups of columns or channels, by what they have in common."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from .._montage import find_common_reference, hemisphere, lobe
from .._windows import check_ch_names
from ._columns import PARTS, split_units
from ._cut import Stage
from ._trial import MIXED

LEVELS = ("channel", "region", "hemisphere", "band", "family", "statistic", "feature")
COLUMNS = ("channel", "region", "hemisphere", "band", "family", "statistic")


class Players(NamedTuple):
    """Groups of the units of a stage.

    Parameters
    ----------
    units : list of ndarray of int
        Units (columns or channels) of each player.
    table : DataFrame of shape (n_players, 6)
        What each player is: ``channel``, ``region``, ``hemisphere``, ``band``, ``family`` and ``statistic``,
        NaN where it has not one only.
    names : list of str
        Their names.
    """

    units: list[np.ndarray]
    table: pd.DataFrame
    names: list[str]


def check_level(level: str | Sequence[str]) -> tuple[str, ...]:
    """Return a level as a tuple, or say which there are.

    Examples
    --------
    >>> from sklearn_eeg.explain._players import check_level
    >>> check_level("region")
    ('region',)
    """
    parts = (level,) if isinstance(level, str) else tuple(level)
    if not parts or not set(parts) <= set(LEVELS) or len(set(parts)) < len(parts):
        raise ValueError(f"`level` must be one of {list(LEVELS)}, or a tuple of these, got {level!r}.")
    return parts


def make_players(stage: Stage, level: Sequence[str]) -> Players:
    """Group the units of a stage.

    Parameters
    ----------
    stage : Stage
        A stage that has what the level asks for; see `choose_stage`.
    level : sequence of str
        What the units of a player have in common.

    Returns
    -------
    players : Players
        In the order of their first units.

    Raises
    ------
    ValueError
        If the place of a channel is not known, for regions and hemispheres.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.explain._background import Data
    >>> from sklearn_eeg.explain._cut import find_stages
    >>> from sklearn_eeg.explain._players import make_players
    >>> windows = np.zeros((1, 3, 9))
    >>> [stage] = find_stages(Data(windows, windows, ["O1", "F3", "O2"], None, False), [])
    >>> players = make_players(stage, ["region"])
    >>> players.names, [units.tolist() for units in players.units]
    (['occipital', 'frontal'], [[0, 2], [1]])
    """
    units = describe_units(stage)
    for name in ("region", "hemisphere"):
        if name in level and units[name].isna().any():
            unknown = units.loc[units[name].isna(), "channel"].drop_duplicates().tolist()
            raise ValueError(
                f"`level` must not be {name!r} unless channels are of the 10-10 system, got {unknown[:8]}: "
                "name them by `ch_names`."
            )
    keys = ["feature"] if "feature" in level else list(level)
    members = group_rows(units, keys)
    table = summarize(units[list(COLUMNS)], members)
    names = [" ".join(str(units.iloc[group[0]][key]) for key in keys) for group in members]
    return Players(members, table, names)


def describe_units(stage: Stage) -> pd.DataFrame:
    """Return what each unit of a stage is: the columns of a player, and the name of the feature.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.explain._background import Data
    >>> from sklearn_eeg.explain._cut import find_stages
    >>> from sklearn_eeg.explain._players import describe_units
    >>> windows = np.zeros((1, 1, 9))
    >>> [stage] = find_stages(Data(windows, windows, ["T3"], None, False), [])
    >>> describe_units(stage)[["channel", "region", "hemisphere"]].to_numpy().tolist()
    [['T3', 'temporal', 'left']]
    """
    n_units = len(stage.owners)
    if stage.info is None:
        units = pd.DataFrame(np.nan, index=range(n_units), columns=list(PARTS), dtype=object)
    else:
        units = stage.info.reset_index(drop=True).astype(object)
    for index, owner in enumerate(stage.owners):
        if owner != MIXED:
            units.loc[index, "channel"] = stage.ch_names[owner]
    places = locate(stage.ch_names)
    for name in ("region", "hemisphere"):
        units[name] = [places.get(channel, {}).get(name, np.nan) for channel in units["channel"]]
    units["feature"] = stage.names or [f"x{index}" for index in range(n_units)]
    return units


def rename_channels(stage: Stage, ch_names: Sequence[str]) -> Stage:
    """Return a stage with other names of its channels.

    Raises
    ------
    ValueError
        If their number does not fit, or the stage is a table of features without channels.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.explain._background import Data
    >>> from sklearn_eeg.explain._cut import find_stages
    >>> from sklearn_eeg.explain._players import rename_channels
    >>> windows = np.zeros((1, 2, 9))
    >>> [stage] = find_stages(Data(windows, windows, ["ch0", "ch1"], None, False), [])
    >>> rename_channels(stage, ["C3", "C4"]).ch_names
    ['C3', 'C4']
    """
    if not stage.ch_names:
        raise ValueError(f"`ch_names` must be None for columns without channels, got {list(ch_names)}.")
    new = dict(zip(stage.ch_names, check_ch_names(ch_names, len(stage.ch_names)), strict=True))
    if stage.info is None:
        return stage._replace(ch_names=list(new.values()))
    units = [split_units(unit, new) or () for unit in stage.info["channel"]]
    renamed = ["-".join(new[part] for part in parts) for parts in units]
    channels = [name or old for name, old in zip(renamed, stage.info["channel"], strict=True)]
    return stage._replace(ch_names=list(new.values()), info=stage.info.assign(channel=channels))


def locate(ch_names: Sequence[str]) -> dict[str, dict[str, str]]:
    """Return region and hemisphere of the channels whose place is known.

    Examples
    --------
    >>> from sklearn_eeg.explain._players import locate
    >>> locate(["EEG Fp2-F8", "ECG"])
    {'EEG Fp2-F8': {'region': 'frontal', 'hemisphere': 'right'}}
    """
    reference, places = find_common_reference(ch_names), {}
    for name in ch_names:
        bare = name.removesuffix(reference)
        try:
            places[name] = {"region": lobe(bare), "hemisphere": hemisphere(bare)}
        except ValueError:
            continue
    return places


def summarize(table: pd.DataFrame, members: Sequence[np.ndarray]) -> pd.DataFrame:
    """Return what the rows of each group have in common, NaN where they differ.

    Examples
    --------
    >>> import pandas as pd
    >>> from sklearn_eeg.explain._players import summarize
    >>> table = pd.DataFrame({"channel": ["C3", "C3"], "band": ["alpha", "beta"]})
    >>> summarize(table, [[0, 1]]).to_numpy().tolist()
    [['C3', nan]]
    """
    parts = [table.iloc[group] for group in members]
    columns = {
        name: [part[name].iloc[0] if part[name].nunique(dropna=False) == 1 else np.nan for part in parts]
        for name in table
    }
    return pd.DataFrame(columns, columns=table.columns, dtype=object)


def group_rows(table: pd.DataFrame, keys: Sequence[str]) -> list[np.ndarray]:
    """Return the rows of a table that have the same keys, in the order of their first rows.

    Examples
    --------
    >>> import pandas as pd
    >>> from sklearn_eeg.explain._players import group_rows
    >>> group_rows(pd.DataFrame({"band": ["theta", "alpha", "theta"]}), ["band"])
    [array([0, 2]), array([1])]
    """
    groups = table.groupby(list(keys), sort=False, dropna=False).indices.values()
    return sorted((np.sort(group).astype(np.intp) for group in groups), key=lambda group: group[0])
