"""Neighbours of synthetic windows: how true and how varied they are."""

import numpy as np
from sklearn.metrics import pairwise_distances
from sklearn.preprocessing import StandardScaler

_INSIDE = 1 - 1e-9  # so that the neighbour on the edge of a ball lies outside, whatever the rounding


def neighbour_scores(real: np.ndarray, synthetic: np.ndarray, *, n_neighbors: int = 5) -> dict[str, float]:
    r"""Return precision, recall, density and coverage of synthetic windows among real ones.

    Parameters
    ----------
    real, synthetic : ndarray of shape (n_windows, n_columns)
        Tables of windows, for example by `window_table`; both are scaled by means and deviations of `real`.
    n_neighbors : int, default=5
        The ball of a window reaches to its neighbour of this rank, k.

    Returns
    -------
    scores : dict of str to float
        `precision`, the share of synthetic windows in the ball of some real one; `recall`, the share of real
        windows in the ball of some synthetic one; `density`, the mean number of real balls around a synthetic
        window over k; `coverage`, the share of real balls that hold a synthetic window. All are 1 for a set
        beside itself; beside other real windows they are less.

    Raises
    ------
    ValueError
        If a table has not more than `n_neighbors` rows.

    Notes
    -----
    Precision and recall after [1]_, density and coverage after [2]_. A ball does not hold its own edge, so a
    window that is repeated more than k times has an empty one.

    References
    ----------
    .. [1] Kynkäänniemi, T. et al. (2019). Improved precision and recall metric for assessing generative
       models. NeurIPS 32. https://doi.org/10.48550/arXiv.1904.06991
    .. [2] Naeem, M. F. et al. (2020). Reliable fidelity and diversity metrics for generative models.
       ICML, PMLR 119. https://doi.org/10.48550/arXiv.2002.09797

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.sampling._fidelity_neighbours import neighbour_scores
    >>> x = np.random.default_rng(0).normal(size=(50, 3))
    >>> neighbour_scores(x, x)
    {'precision': 1.0, 'recall': 1.0, 'density': 1.0, 'coverage': 1.0}
    """
    fewest = min(len(real), len(synthetic))
    if not 1 <= n_neighbors < fewest:
        raise ValueError(
            f"`n_neighbors` must be at least 1 and less than the number of windows ({fewest}), got "
            f"{n_neighbors}."
        )
    scale = StandardScaler().fit(real)
    real, synthetic = scale.transform(real), scale.transform(synthetic)
    distances = pairwise_distances(real, synthetic)
    in_real = distances < _radii(real, n_neighbors)[:, np.newaxis]
    in_synthetic = distances < _radii(synthetic, n_neighbors)
    return {
        "precision": float(in_real.any(axis=0).mean()),
        "recall": float(in_synthetic.any(axis=1).mean()),
        "density": float(in_real.sum(axis=0).mean() / n_neighbors),
        "coverage": float(in_real.any(axis=1).mean()),
    }


def _radii(table: np.ndarray, n_neighbors: int) -> np.ndarray:
    distances = pairwise_distances(table)
    np.fill_diagonal(distances, np.inf)
    return np.partition(distances, n_neighbors - 1, axis=1)[:, n_neighbors - 1] * _INSIDE
