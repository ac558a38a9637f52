"""What a matrix of measures between channels says of each channel."""

import numpy as np


def strength(matrices: np.ndarray) -> np.ndarray:
    """Return how strongly each channel is tied to the others, on average.

    Parameters
    ----------
    matrices : ndarray of shape (..., n_channels, n_channels)
        A measure of each channel with each other; the diagonal is left out.

    Returns
    -------
    strengths : ndarray of shape (..., n_channels)
        Means of the absolute values; 0 where there is one channel.

    Notes
    -----
    The strength of a node in the graph whose edges have these weights [1]_, over the number of edges.

    References
    ----------
    .. [1] Rubinov M, Sporns O (2010) Complex network measures of brain connectivity: uses and
       interpretations. NeuroImage 52, 1059-1069. https://doi.org/10.1016/j.neuroimage.2009.10.003

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.signal._graph import strength
    >>> strength(np.array([[1.0, -0.5, 0.1], [-0.5, 1.0, 0.3], [0.1, 0.3, 1.0]])).round(6).tolist()
    [0.3, 0.4, 0.2]
    """
    n_channels = matrices.shape[-1]
    others = np.abs(matrices)
    index = np.arange(n_channels)
    others[..., index, index] = 0.0
    return others.sum(axis=-1) / max(n_channels - 1, 1)
