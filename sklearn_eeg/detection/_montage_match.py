"""The channels of a recording brought to those a detector knows, as a matrix of weights."""

from collections.abc import Sequence

import numpy as np

from .._montage import find_common_reference, split_pair, standardize_name


def match_channels(
    wanted: Sequence[str], there: Sequence[str], *, where: str = "the recording"
) -> np.ndarray:
    """Return the weights that make the wanted channels of those there are.

    Parameters
    ----------
    wanted : sequence of str
        Names of the channels to make, in any spelling.
    there : sequence of str
        Names of the channels at hand, in any spelling.
    where : str, default="the recording"
        What an error message calls the recording.

    Returns
    -------
    weights : float64 ndarray of shape (n_wanted, n_there)
        ``weights @ x`` are the wanted channels of the recording `x`.

    Raises
    ------
    ValueError
        If a channel cannot be made; the message names all that cannot.

    Notes
    -----
    A channel is found by its name, by its standard name (``T3`` is ``T7``, ``EEG FP1-REF`` is ``Fp1``) or
    without the reference that all electrodes share. A bipolar pair is also found turned about (with weight
    -1), or derived from its two electrodes. Nothing is derived from pairs.

    Examples
    --------
    >>> from sklearn_eeg.detection._montage_match import match_channels
    >>> match_channels(["F7-T3", "Fp1-F7"], ["EEG F7-REF", "EEG T7-REF", "F7-Fp1"]).tolist()
    [[1.0, -1.0, 0.0], [0.0, 0.0, -1.0]]
    """
    own, asked = _standard_names(there), _standard_names(wanted)
    place = {name: index for index, name in reversed(list(enumerate(own)))}
    weights = np.zeros((len(asked), len(own)))
    missing = []
    for row, name, given in zip(weights, asked, wanted, strict=True):
        ends = split_pair(name)
        turned = "-".join(reversed(ends)) if ends else None
        if name in place:
            row[place[name]] = 1.0
        elif turned in place:
            row[place[str(turned)]] = -1.0
        elif ends and ends[0] in place and ends[1] in place:
            row[place[ends[0]]], row[place[ends[1]]] = 1.0, -1.0
        else:
            missing.append(given)
    if missing:
        raise ValueError(
            f"{where} must have the channels of the detector, but {missing} cannot be made of its channels "
            f"{list(there)}: rename them, or fit a detector on channels that all recordings have, `ch_names`."
        )
    return weights


def _standard_names(names: Sequence[str]) -> list[str]:
    """Return names in standard spelling, without a reference that all electrodes share."""
    shared = find_common_reference(names)
    return [standardize_name(name).removesuffix(shared) for name in names]
