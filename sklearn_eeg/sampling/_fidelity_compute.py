"""The figures of a fidelity report: sets beside halves of the real patients and beside training windows."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ._fidelity_classifiers import Judged, bootstrap_auc, transfer_score
from ._fidelity_copies import (
    Nearness,
    compare_nearness,
    lagged_distances,
    nearest_distances,
    relative_distances,
)
from ._fidelity_distances import band_differences, log_spectrum_distance
from ._fidelity_halves import halve, match_classes
from ._fidelity_inputs import REAL, Inputs
from ._fidelity_scores import METRICS, WindowSet, pair_scores

_FEWEST = 10  # windows of a half


@dataclass(frozen=True)
class Computed:
    """Figures of all sets, the reference last; made by `compute_figures`."""

    figures: pd.DataFrame
    spread: pd.DataFrame
    intervals: dict[str, tuple[float, float]]
    by_class: pd.DataFrame
    by_band: pd.DataFrame
    memorised: dict[str, bool]
    n_matched: int


@dataclass(frozen=True)
class _Halving:
    """A half of the real patients as judge, and as many windows of every set, the other half last."""

    judge: WindowSet
    sets: dict[str, WindowSet]
    judge_places: np.ndarray
    places: dict[str, np.ndarray]
    seed: int


def compute_figures(
    inputs: Inputs,
    *,
    n_halvings: int,
    n_neighbors: int,
    n_directions: int,
    confidence_level: float,
) -> Computed:
    """Return the figures of every set of windows.

    Parameters
    ----------
    inputs : Inputs
        What is compared.
    n_halvings, n_neighbors, n_directions, confidence_level
        As those of `fidelity_report`.

    Returns
    -------
    computed : Computed
        Tables of figures.

    Raises
    ------
    ValueError
        If fewer than 10 windows, or not more than `n_neighbors`, are left in a half.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.sampling._fidelity_compute import compute_figures
    >>> from sklearn_eeg.sampling._fidelity_inputs import read_inputs
    >>> x, y = np.random.default_rng(0).normal(size=(40, 64)), np.tile(["a", "b"], 20)
    >>> inputs = read_inputs((x, y, np.repeat([1, 2, 3, 4], 10)), {"louder": (10 * x, y)}, None, sfreq=64)
    >>> options = {"n_neighbors": 3, "n_directions": 10, "confidence_level": 0.95}
    >>> found = compute_figures(inputs, n_halvings=1, **options)
    >>> found.by_band.loc["louder"].round(6).stack().unique().tolist()
    [20.0]
    """
    rng = np.random.default_rng(inputs.random_state)
    tried: set[bytes] = set()
    halvings = [_draw_halving(inputs, rng, n_neighbors, tried) for _ in range(n_halvings)]
    frames, judged = _score_halvings(inputs, halvings, n_neighbors, n_directions)
    nearness = _judge_nearness(inputs)
    for name, (plain, lagged) in nearness.items():
        frames[name][["nearest_ratio", "copies"]] = plain.ratio, plain.copies
        frames[name][["lagged_ratio", "lagged_copies"]] = lagged.ratio, lagged.copies
    intervals = {
        name: bootstrap_auc(parts, confidence_level=confidence_level, random_state=inputs.random_state)
        for name, parts in judged.items()
    }
    return Computed(
        pd.DataFrame({name: frame.mean() for name, frame in frames.items()}).rename_axis("metric"),
        pd.DataFrame({name: frame.std() for name, frame in frames.items()}).rename_axis("metric"),
        intervals,
        _by_class(inputs, halvings),
        _by_band(inputs, halvings),
        {name: any(each.memorised for each in nearness[name]) for name in inputs.sets},
        len(halvings[0].judge.labels),
    )


def _score_halvings(
    inputs: Inputs, halvings: list[_Halving], n_neighbors: int, n_directions: int
) -> tuple[dict[str, pd.DataFrame], dict[str, list[tuple[Judged, np.ndarray, np.ndarray]]]]:
    """Return the figures of every set by halving, and what the two-sample tests said of which units."""
    pairwise = _between(inputs)
    rows: dict[str, list[dict[str, float]]] = {name: [] for name in [*inputs.sets, REAL]}
    judged: dict[str, list[tuple[Judged, np.ndarray, np.ndarray]]] = {name: [] for name in rows}
    for halving in halvings:
        for name, part in halving.sets.items():
            distances = pairwise[name][0][np.ix_(halving.places[name], halving.judge_places)]
            figures, said = pair_scores(
                halving.judge,
                part,
                (distances.argmin(axis=1), distances.min(axis=1)),
                n_neighbors=n_neighbors,
                n_directions=n_directions,
                seed=halving.seed,
            )
            if inputs.train is not None:
                figures |= _beside_training(inputs.train, halving, name, pairwise[name])
            if inputs.train is not None and inputs.train_labelled:
                figures["gain"] = _gain(inputs.train, halving.judge, part)
            rows[name].append(figures)
            judged[name].append((said, halving.judge.units, part.units))
    return {name: pd.DataFrame(each).reindex(columns=list(METRICS)) for name, each in rows.items()}, judged


def _draw_halving(inputs: Inputs, rng: np.random.Generator, n_neighbors: int, tried: set[bytes]) -> _Halving:
    first, second = halve(inputs.real.labels, inputs.real.units, rng, tried)
    labels = [inputs.real.labels[first], inputs.real.labels[second]]
    chosen = match_classes([*labels, *(each.labels for each in inputs.sets.values())], rng)
    fewest = max(_FEWEST, n_neighbors + 1)
    if len(chosen[0]) < fewest:
        raise ValueError(
            f"Half of the real windows and every other set must have at least {fewest} windows of the same "
            f"classes, got {len(chosen[0])}: give more windows, or more patients of each class."
        )
    places = dict(zip(inputs.sets, chosen[2:], strict=True)) | {REAL: second[chosen[1]]}
    sources = inputs.sets | {REAL: inputs.real}
    parts = {name: sources[name].take(each) for name, each in places.items()}
    judge_places = first[chosen[0]]
    return _Halving(inputs.real.take(judge_places), parts, judge_places, places, int(rng.integers(2**31)))


def _between(inputs: Inputs) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Return the relative distances of every set from the real and the training windows (if any)."""
    found: dict[str, tuple[np.ndarray, np.ndarray]] = {}
    for name, each in (inputs.sets | {REAL: inputs.real}).items():
        to_train = np.empty((len(each.labels), 0))
        if inputs.train is not None:
            to_train = relative_distances(each.windows, inputs.train.windows)
        found[name] = relative_distances(each.windows, inputs.real.windows), to_train
    return found


def _beside_training(
    train: WindowSet, halving: _Halving, name: str, pairwise: tuple[np.ndarray, np.ndarray]
) -> dict[str, float]:
    """Return the share of windows that are nearer to training windows than to as many held-out ones."""
    to_real, to_train = pairwise
    rng = np.random.default_rng(halving.seed)
    n = min(len(halving.judge_places), len(train.labels))
    chosen = [rng.choice(each, n, replace=False) for each in (halving.judge_places, len(train.labels))]
    places = halving.places[name]
    held_out = to_real[np.ix_(places, chosen[0])].min(axis=1)
    return {"nearer_to_training": float(np.mean(to_train[np.ix_(places, chosen[1])].min(axis=1) < held_out))}


def _gain(train: WindowSet, judge: WindowSet, part: WindowSet) -> float:
    """Return by how much a classifier of the training windows does better with others added to them."""
    known = train.take(np.flatnonzero(train.labels >= 0))
    both = np.concatenate([known.table, part.table]), np.concatenate([known.labels, part.labels])
    alone = transfer_score(known.table, known.labels, judge.table, judge.labels)
    return transfer_score(*both, judge.table, judge.labels) - alone


def _judge_nearness(inputs: Inputs) -> dict[str, tuple[Nearness, Nearness]]:
    """Return the nearness of every set to the training windows, plain and aligned.

    Without training windows it is the nearness to the real ones, and that of these to others' windows. A
    real window that is a training window is held against the other training windows.
    """
    target = inputs.real if inputs.train is None else inputs.train
    apart = inputs.shared
    if apart is None:
        apart = inputs.real.units[:, np.newaxis] == inputs.real.units
    found: dict[str, list[Nearness]] = {name: [] for name in [*inputs.sets, REAL]}
    for distances in (nearest_distances, lagged_distances):
        held_out = distances(inputs.real.windows, target.windows, apart=apart)
        for name, each in inputs.sets.items():
            found[name].append(compare_nearness(distances(each.windows, target.windows), held_out))
        found[REAL].append(compare_nearness(held_out, held_out))
    return {name: (plain, lagged) for name, (plain, lagged) in found.items()}


def _by_class(inputs: Inputs, halvings: list[_Halving]) -> pd.DataFrame:
    """Return the log-spectrum distance of each class and set, the mean over the halvings, in dB."""
    table = pd.DataFrame(
        index=pd.Index(inputs.classes, name="class"), columns=list(halvings[0].sets), dtype=float
    )
    for code, label in enumerate(inputs.classes):
        for name in table.columns:
            pairs = [_of_class(code, halving.judge, halving.sets[name]) for halving in halvings]
            found = [log_spectrum_distance(a, b) for a, b in pairs if len(a)]
            table.loc[label, name] = np.mean(found) if found else np.nan
    return table.rename_axis(columns="system")


def _of_class(code: int, a: WindowSet, b: WindowSet) -> tuple[np.ndarray, np.ndarray]:
    return a.windows[a.labels == code], b.windows[b.labels == code]


def _by_band(inputs: Inputs, halvings: list[_Halving]) -> pd.DataFrame:
    """Return differences of band power from real windows by set, class, band and channel, in dB.

    The reference is the root mean square difference of the halves.
    """
    rows: dict[tuple, np.ndarray | float] = {}
    for code, label in enumerate(inputs.classes):
        for name, each in inputs.sets.items():
            found = band_differences(*_of_class(code, inputs.real, each), inputs.sfreq, inputs.bands)
            rows |= {(name, label, band): values for band, values in found.items()}
        halves = [_of_class(code, halving.judge, halving.sets[REAL]) for halving in halvings]
        drawn = [band_differences(a, b, inputs.sfreq, inputs.bands) for a, b in halves if len(a)]
        for band in inputs.bands:
            squares = [found[band] ** 2 for found in drawn]
            rows[REAL, label, band] = np.sqrt(np.mean(squares, axis=0)) if squares else np.nan
    index = pd.MultiIndex.from_tuples(list(rows), names=["system", "class", "band"])
    columns = pd.Index(inputs.ch_names, name="channel")
    return pd.DataFrame(list(rows.values()), index=index, columns=columns).sort_index(
        level="system", sort_remaining=False, key=lambda names: names.map([*inputs.sets, REAL].index)
    )
