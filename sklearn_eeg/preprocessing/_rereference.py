"""References and bipolar montages: each channel as a sum of others."""

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np

from .._montage import DOUBLE_BANANA, channel_type, find_common_reference, split_pair, standardize_name
from ._base import WindowsTransformer

_EARS = (("A1", "A2"), ("M1", "M2"))
_AVERAGED = {"eeg", "ieeg", "misc"}  # misc: names that tell nothing


class Rereference(WindowsTransformer):
    """Change the reference of the channels, or derive bipolar pairs from them.

    Parameters
    ----------
    reference : str or sequence of pairs, default="average"
        What the channels are measured against:

        * ``"average"``: the mean of all channels, those of `exclude` aside;
        * ``"linked_ears"``: the mean of both ear lobes, A1 and A2, or of both mastoids, M1 and M2;
        * ``"double_banana"``: the 18 neighbouring pairs of the longitudinal bipolar montage [1]_;
        * the name of a channel, for example ``"Cz"``;
        * a sequence of pairs, for example ``[("Fp1", "F7"), "T3-T5"]``: their differences.
    exclude : sequence of str, default=()
        Names of channels that stay out of the average; they are measured against it all the same.
    ch_names : sequence of str, default=None
        Names of the channels; None takes those of :class:`mne.Epochs` or of the step before, or
        ``ch0``, ``ch1``, ... They may be spelt as in clinical files (``EEG FP1-REF``, ``T3``). A
        reference that all electrodes share (``FP1-CS2``, ``FZ-CS2``) is no part of their names.

    Attributes
    ----------
    matrix_ : ndarray of shape (n_channels_out, n_channels)
        Weights of the channels in each channel of the output.
    ch_names_out_ : list of str
        Names of the channels of the output: those of the input, or ``Fp1-F7`` for a pair, in standard
        spelling.
    n_features_in_ : int
        Number of channels (3-D windows) or time points (2-D windows).
    n_channels_in_, n_times_in_ : int
        Shape of a window.
    ch_names_in_ : list of str
        Names of the channels.

    Raises
    ------
    ValueError
        In `fit`, if a channel that the reference needs is missing, if the channels are pairs already
        and do not hold those asked for, or if one that is to be averaged is no EEG by its name (ECG,
        heart rate, ...).

    See Also
    --------
    ChannelRepair : Replaces bad channels, which would otherwise spoil an average reference.

    Notes
    -----
    The output is ``matrix_ @ x``, window by window; nothing is learned from the values. The channels
    that make up ``"linked_ears"`` or a named reference leave the output, where they would hold nothing
    of their own. The average of a single channel is the channel, so its output is 0. Windows whose
    channels are all constant stay exactly constant.

    Of channels that are pairs already, those asked for are taken as they are, and turned where they
    run the other way; no other reference can be computed from them.

    References
    ----------
    .. [1] Acharya JN, Hani A, Thirumala P, Tsuchida TN (2016) American Clinical Neurophysiology Society
       guideline 3: a proposal for standard montages to be used in clinical EEG. J. Clin. Neurophysiol.
       33, 312-316. https://doi.org/10.1097/WNP.0000000000000317

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.preprocessing import Rereference
    >>> X = np.array([[[1.0, 2.0, 0.0], [4.0, 4.0, 0.0], [7.0, 6.0, 0.0]]])
    >>> (Rereference(ch_names=["Fp1", "F7", "Cz"]).fit_transform(X).round(9) + 0.0).tolist()
    [[[-3.0, -2.0, 0.0], [0.0, 0.0, 0.0], [3.0, 2.0, 0.0]]]
    >>> step = Rereference([("Fp1", "F7")], ch_names=["EEG FP1-REF", "EEG F7-REF", "EEG CZ-REF"])
    >>> step.fit_transform(X).tolist()
    [[[-3.0, -2.0, 0.0]]]
    >>> step.get_feature_names_out().tolist()
    ['Fp1-F7']
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "reference": [str, list, tuple],
        "exclude": [list, tuple],
        "ch_names": ["array-like", None],
    }

    def __init__(
        self,
        reference: str | Sequence[str | Sequence[str]] = "average",
        *,
        exclude: Sequence[str] = (),
        ch_names: Sequence[str] | None = None,
    ) -> None:
        self.reference = reference
        self.exclude = exclude
        self.ch_names = ch_names

    def _fit(self, X: np.ndarray, y: Any) -> None:  # noqa: ARG002
        self._shared = find_common_reference(self.ch_names_in_)
        names = self._standardize_all(self.ch_names_in_)
        if len(self.exclude) and self.reference != "average":
            raise ValueError(
                f"`exclude` must be empty unless reference='average', got {list(self.exclude)}: no other "
                "reference is a mean of all channels."
            )
        if self.reference == "double_banana":
            self.matrix_, self.ch_names_out_ = _derive(names, DOUBLE_BANANA)
        elif not isinstance(self.reference, str):
            pairs = [self._read_pair(pair) for pair in self.reference]
            self.matrix_, self.ch_names_out_ = _derive(names, pairs)
        else:
            self._fit_common_reference(names)

    def _fit_common_reference(self, names: list[str]) -> None:
        _check_referential(names, self.reference)
        weights = np.zeros(len(names))
        if self.reference == "average":
            weights[self._list_averaged(names)] = 1.0
            kept = np.arange(len(names))
        else:
            weights[_find(names, self._list_reference(names), "reference", self.reference)] = 1.0
            kept = np.flatnonzero(weights == 0)
        self.matrix_ = (np.eye(len(names)) - weights / weights.sum())[kept]
        self.ch_names_out_ = [self.ch_names_in_[index] for index in kept]

    def _list_averaged(self, names: list[str]) -> list[int]:
        others = [name for name in names if channel_type(name) not in _AVERAGED]
        if others:
            raise ValueError(
                f"reference='average' must have EEG channels only, got {others}: leave these out of X."
            )
        excluded = _find(names, [self._standardize(name) for name in self.exclude], "exclude", self.exclude)
        averaged = sorted(set(range(len(names))) - set(excluded))
        if not averaged:
            raise ValueError(f"`exclude` must leave a channel to average, got all: {list(self.exclude)}.")
        return averaged

    def _list_reference(self, names: list[str]) -> tuple[str, ...]:
        if self.reference != "linked_ears":
            return (self._standardize(str(self.reference)),)
        return next((pair for pair in _EARS if set(pair) <= set(names)), _EARS[0])

    def _standardize(self, name: str) -> str:
        return standardize_name(name).removesuffix(self._shared)

    def _standardize_all(self, ch_names: Sequence[str]) -> list[str]:
        names = [self._standardize(name) for name in ch_names]
        repeated = sorted({name for name in names if names.count(name) > 1})
        if repeated:
            raise ValueError(f"`ch_names` must name each electrode once, got {repeated} in two spellings.")
        return names

    def _read_pair(self, pair: Any) -> tuple[str, str]:
        ends = split_pair(pair) or pair.split("-") if isinstance(pair, str) else pair
        if not isinstance(ends, Sequence) or len(ends) != 2 or not all(isinstance(end, str) for end in ends):
            raise ValueError(f"`reference` must hold pairs of two names, got {pair!r}.")
        first, second = self._standardize(ends[0]), self._standardize(ends[1])
        if first == second:
            raise ValueError(f"`reference` must hold pairs of two different channels, got {pair!r}.")
        return first, second

    def _list_channels_out(self) -> list[str]:
        return self.ch_names_out_

    def _transform(self, X: np.ndarray) -> np.ndarray:
        matrix = self.matrix_.astype(X.dtype)
        start = X[..., :1]  # differences to it are exactly 0 in a constant channel
        return matrix @ (X - start) + matrix @ start


def _check_referential(names: list[str], reference: Any) -> None:
    pairs = [name for name in names if split_pair(name)]
    if pairs:
        raise ValueError(
            f"reference={reference!r} must have channels that share one reference, got pairs: {pairs}. "
            "Give X as it was recorded, before pairs were derived."
        )


def _find(names: list[str], wanted: Sequence[str], parameter: str, given: Any) -> list[int]:
    """Return the indices of channels, or say which are missing."""
    missing = [name for name in wanted if name not in names]
    if missing:
        words = "'average', 'linked_ears', 'double_banana' or " if parameter == "reference" else ""
        raise ValueError(
            f"`{parameter}` must be {words}of channels of X, got {given!r}: {missing} are missing among "
            f"{names}. If X has them under other names, pass `ch_names`."
        )
    return [names.index(name) for name in wanted]


def _derive(names: list[str], pairs: Sequence[tuple[str, str]]) -> tuple[np.ndarray, list[str]]:
    """Return the matrix of bipolar pairs and their names."""
    if not pairs or len(set(pairs)) < len(pairs):
        raise ValueError(f"`reference` must hold one pair or more, each once, got {list(pairs)}.")
    matrix = np.zeros((len(pairs), len(names)))
    for row, (first, second) in zip(matrix, pairs, strict=True):
        if f"{first}-{second}" in names:
            row[names.index(f"{first}-{second}")] = 1.0
        elif f"{second}-{first}" in names:
            row[names.index(f"{second}-{first}")] = -1.0
        elif first in names and second in names:
            row[names.index(first)] += 1.0
            row[names.index(second)] -= 1.0
    missing = [pair for pair, row in zip(pairs, matrix, strict=True) if not row.any()]
    if missing:
        lacking = sorted({name for pair in missing for name in pair} - set(names))
        raise ValueError(
            f"`reference` must find the channels of its pairs in X, but {lacking} are missing among "
            f"{names}, for {len(missing)} of {len(pairs)} pairs: if X has them under other names, pass "
            "`ch_names`."
        )
    return matrix, [f"{first}-{second}" for first, second in pairs]
