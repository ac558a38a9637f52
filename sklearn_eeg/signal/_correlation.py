"""Correlation between channels."""

import numpy as np

from ._gram import gram, standardise
from ._kernel import as_rows, kernel


def correlation(x: np.ndarray) -> np.ndarray:
    """Return Pearson's correlation of each channel with each other.

    Parameters
    ----------
    x : ndarray of shape (..., n_channels, n_times)
        Windows, in microvolts.

    Returns
    -------
    matrices : ndarray of shape (..., n_channels, n_channels)
        Correlations from -1 to 1; 1 on the diagonal.

    Notes
    -----
    Equal to :func:`numpy.corrcoef`, but for a constant channel, which has 0 with every other.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.signal._correlation import correlation
    >>> x = np.array([[1.0, 2.0, 3.0, 4.0], [1.0, -1.0, -1.0, 1.0], [9.0, 7.0, 5.0, 3.0]])
    >>> (correlation(x).round(6) + 0.0).tolist()
    [[1.0, 0.0, -1.0], [0.0, 1.0, 0.0], [-1.0, 0.0, 1.0]]
    """
    matrices = np.clip(gram(standardise(x)[0]), -1.0, 1.0)
    _fill_diagonal(matrices, 1.0)
    return matrices.reshape(*np.shape(x)[:-1], -1)


def rank_correlation(x: np.ndarray) -> np.ndarray:
    """Return Spearman's rank correlation of each channel with each other.

    Parameters
    ----------
    x : ndarray of shape (..., n_channels, n_times)
        Windows, in microvolts.

    Returns
    -------
    matrices : ndarray of shape (..., n_channels, n_channels)
        Correlations from -1 to 1; 1 on the diagonal.

    Notes
    -----
    Pearson's correlation of the ranks, equal values having the mean of theirs: equal to
    :func:`scipy.stats.spearmanr`, but for a constant channel, which has 0 with every other.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.signal._correlation import rank_correlation
    >>> rank_correlation(np.array([[1.0, 2.0, 3.0], [1.0, 10.0, 1000.0]])).round(6).tolist()
    [[1.0, 1.0], [1.0, 1.0]]
    """
    rows = as_rows(x)
    ranks = np.empty_like(rows)
    _rank(rows, np.argsort(rows, axis=1), ranks)
    return correlation(ranks.reshape(np.shape(x)))


@kernel
def _rank(x: np.ndarray, order: np.ndarray, ranks: np.ndarray) -> None:
    """Fill in the ranks from 0 on, given the order of each row; equal values have their mean rank."""
    n = x.shape[1]
    for r in range(x.shape[0]):
        start = 0
        for stop in range(1, n + 1):
            if stop == n or x[r, order[r, stop]] != x[r, order[r, start]]:
                for i in range(start, stop):
                    ranks[r, order[r, i]] = 0.5 * (start + stop - 1)
                start = stop


def correlation_eigenvalues(matrices: np.ndarray) -> np.ndarray:
    """Return the eigenvalues of correlation matrices, the largest first.

    Parameters
    ----------
    matrices : ndarray of shape (..., n_channels, n_channels)
        Correlation matrices.

    Returns
    -------
    eigenvalues : ndarray of shape (..., n_channels)
        At least 0, of sum n_channels: all 1 where no channel is correlated with another, n_channels
        and 0 where all are copies of one signal.

    References
    ----------
    .. [1] Schindler K, Leung H, Elger CE, Lehnertz K (2007) Assessing seizure dynamics by analysing the
       correlation structure of multichannel intracranial EEG. Brain 130, 65-77.
       https://doi.org/10.1093/brain/awl304

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.signal._correlation import correlation_eigenvalues
    >>> correlation_eigenvalues(np.array([[1.0, 0.5], [0.5, 1.0]])).round(6).tolist()
    [1.5, 0.5]
    """
    return np.maximum(np.linalg.eigvalsh(matrices)[..., ::-1], 0.0)


def _fill_diagonal(matrices: np.ndarray, value: float) -> None:
    index = np.arange(matrices.shape[-1])
    matrices[..., index, index] = value
