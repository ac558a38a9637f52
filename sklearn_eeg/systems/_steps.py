"""What several systems begin with."""

import math
from collections.abc import Sequence
from numbers import Real

from ..preprocessing import Denoiser


def check_sfreq(sfreq: float) -> None:
    """Refuse what is no sampling frequency.

    Examples
    --------
    >>> from sklearn_eeg.systems._steps import check_sfreq
    >>> check_sfreq(128)
    """
    if not isinstance(sfreq, Real) or not 0 < sfreq < math.inf:
        raise ValueError(f"`sfreq` must be the sampling frequency in Hz, above 0, got {sfreq!r}.")


def make_denoiser(sfreq: float, mains: float | None, ch_names: Sequence[str] | None) -> Denoiser:
    """Return a denoiser that keeps 0.5 to 45 Hz, or all from 0.5 Hz where half the rate is not above that.

    Examples
    --------
    >>> from sklearn_eeg.systems._steps import make_denoiser
    >>> make_denoiser(64, 50, None).band
    (0.5, None)
    """
    nyquist = sfreq / 2
    return Denoiser(
        sfreq,
        mains=mains if mains is not None and mains < nyquist else None,
        band=(0.5, 45.0 if nyquist > 45 else None),
        ch_names=ch_names,
    )
