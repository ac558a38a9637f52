"""Tables of statistics that kernels compute together, and the choice among them.

A sweep is one pass over a representation of signals (the rows themselves, their spectra, ...) that gives
several statistics. A family of features is a dict of sweeps, by the name of the group that they form.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np


class Sweep(NamedTuple):
    """Statistics that one pass gives.

    ``run(*representation, out)`` fills the C-contiguous float64 array ``out`` of shape
    (n_rows, len(statistics)).
    """

    statistics: tuple[str, ...]
    run: Callable[..., None]


class Plan:
    """The sweeps and functions that a choice of features needs, each run once.

    Parameters
    ----------
    features : "all" or str or sequence of (str or callable)
        Names of statistics or of groups of the table; a callable takes the representation, reduces its
        last axis, and goes by its ``__name__``.
    table : mapping of str to Sweep
        The family.

    Attributes
    ----------
    names : list of str
        The statistics, in the order asked for.

    Raises
    ------
    ValueError
        If a name is not in the table, occurs twice, or nothing is asked for.
    """

    def __init__(
        self, features: str | Callable | Sequence[str | Callable], table: Mapping[str, Sweep]
    ) -> None:
        chosen = _resolve(features, table)
        self.names = list(chosen)
        self._functions = [(column, f) for column, f in enumerate(chosen.values()) if f is not None]
        self._sweeps = []
        for sweep in table.values():
            pairs = [
                (sweep.statistics.index(name), column)
                for column, name in enumerate(self.names)
                if name in sweep.statistics and chosen[name] is None
            ]
            if pairs:
                take, put = (list(indices) for indices in zip(*pairs, strict=True))
                self._sweeps.append((sweep, take, put))

    def run(self, *representation: np.ndarray) -> np.ndarray:
        """Compute the statistics of all rows.

        Parameters
        ----------
        *representation : ndarray
            What the sweeps of the table take; the last has one row a signal.

        Returns
        -------
        values : ndarray of shape (n_rows, len(names))
            One column a statistic.

        Raises
        ------
        ValueError
            If a callable does not return one finite value for each signal.
        """
        n_rows = len(representation[-1])
        values = np.empty((n_rows, len(self.names)))
        for sweep, take, put in self._sweeps:
            scratch = np.empty((n_rows, len(sweep.statistics)))
            sweep.run(*representation, scratch)
            values[:, put] = scratch[:, take]
        for column, function in self._functions:
            values[:, column] = _check_values(function(*representation), n_rows, self.names[column])
        return values


def _check_values(values: np.ndarray, n_rows: int, name: str) -> np.ndarray:
    if np.shape(values) != (n_rows,):
        raise ValueError(
            f"{name} in `features` must reduce the last axis and return one value for each of the {n_rows} "
            f"signals, got shape {np.shape(values)}."
        )
    if not np.isfinite(values).all():
        raise ValueError(f"{name} in `features` must return finite values, got NaN or infinity.")
    return values


def _resolve(
    features: str | Callable | Sequence[str | Callable], table: Mapping[str, Sweep]
) -> dict[str, Callable | None]:
    """Return the statistics asked for by name, with the function of those that are not the table's."""
    groups = {group: sweep.statistics for group, sweep in table.items()}
    known = [name for names in groups.values() for name in names]
    if isinstance(features, str) and features == "all":
        return dict.fromkeys(known)
    chosen: dict[str, Callable | None] = {}
    for item in [features] if isinstance(features, str) or callable(features) else features:
        if callable(item):
            additions: dict[str, Callable | None] = {_name_of(item, known): item}
        elif item in known:
            additions = {item: None}
        elif item in groups:
            additions = dict.fromkeys(groups[item])
        else:
            raise ValueError(
                f"`features` must name features among {sorted(known)} or groups among {sorted(groups)}, or "
                f"be callables, got {item!r}."
            )
        repeated = sorted(set(additions) & set(chosen))
        if repeated:
            raise ValueError(f"`features` must not name a feature twice, got {repeated[0]!r} twice.")
        chosen |= additions
    if not chosen:
        raise ValueError("`features` must name at least one feature, got none.")
    return chosen


def _name_of(function: Callable, known: Sequence[str]) -> str:
    name = getattr(function, "__name__", None)
    if name is None or name == "<lambda>" or name in known:
        raise ValueError(
            "`features` must hold callables with names of their own, which become names of columns, got "
            f"{function!r}: define a function by def, of a name that no feature has."
        )
    return name
