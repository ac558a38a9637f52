"""Some of the windows, in whatever they are kept."""

from typing import Any

import numpy as np
from sklearn.utils import _safe_indexing


def take(X: Any, indices: np.ndarray) -> Any:
    """Return the windows at `indices` of an array, list, data frame or ``mne.Epochs``.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.model_selection._take import take
    >>> take([[1.0], [2.0], [3.0]], np.array([2, 0]))
    [[3.0], [1.0]]
    """
    return X[indices] if hasattr(X, "get_data") else _safe_indexing(X, indices)
