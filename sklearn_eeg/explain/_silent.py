"""Channels of which a classifier gets no column, as where a selection of features drops them all."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from ._explanation import Explanation
from ._players import locate


def add_silent(explanation: Explanation, ch_names: Sequence[str]) -> Explanation:
    """Add the channels that are no players, with values 0, and put all in the order of the windows.

    Parameters
    ----------
    explanation : Explanation
        By channel.
    ch_names : sequence of str
        All channels.

    Returns
    -------
    explanation : Explanation
        With one player a channel.

    Notes
    -----
    To replace a channel of which the classifier gets nothing changes no output: its Shapley value is 0.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> from sklearn_eeg.explain import Explanation
    >>> from sklearn_eeg.explain._silent import add_silent
    >>> values, base, players = np.array([[[-1.0, 1.0]]]), np.zeros(2), pd.DataFrame({"channel": ["T8"]})
    >>> labels = np.array(["rest", "seizure"])
    >>> found = Explanation(values, base, players, ["T8"], "channel", labels, "margin", "exact", values[0])
    >>> add_silent(found, ["T7", "T8"]).values[0, :, 1]
    array([0., 1.])
    """
    known = {name: number for number, name in enumerate(explanation.player_names)}
    if known.keys() >= set(ch_names):
        return explanation
    places, rows = locate(ch_names), explanation.players.to_dict("records")
    order = [known.get(name, len(known)) for name in ch_names]
    table = [
        rows[known[name]] if name in known else {"channel": name, **places.get(name, {})} for name in ch_names
    ]

    def fill(array: np.ndarray, value: float = 0.0) -> np.ndarray:
        added = np.full((len(array), 1, *array.shape[2:]), value)
        return np.concatenate([array, added], axis=1)[:, order]

    return replace(
        explanation,
        values=fill(explanation.values),
        errors=None if explanation.errors is None else fill(explanation.errors),
        data=None if explanation.data is None else fill(explanation.data, np.nan),
        players=pd.DataFrame(table, columns=explanation.players.columns, dtype=object),
        player_names=list(ch_names),
    )
