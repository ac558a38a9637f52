"""Where the windows of a detector lie in a recording."""

import math
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True)
class Frame:
    """Windows of equal length, one every step, from the start of a recording.

    Window k begins at sample ``floor(k * step_seconds * sfreq + 1/2)``, in exact arithmetic.

    Parameters
    ----------
    sfreq : float
        Sampling frequency, in Hz.
    window_seconds : float
        Length of a window, in seconds; rounded to whole samples.
    step_seconds : float
        From the start of a window to that of the next, in seconds.

    Raises
    ------
    ValueError
        If the rate is not positive, a window holds no sample, or the step is shorter than a sample or
        longer than a window.

    Examples
    --------
    >>> from sklearn_eeg.detection._frame import Frame
    >>> frame = Frame(sfreq=128, window_seconds=4, step_seconds=1)
    >>> frame.n_times, frame.first(3), frame.count(128 * 6)
    (512, 384, 3)
    """

    sfreq: float
    window_seconds: float
    step_seconds: float

    def __post_init__(self) -> None:
        if not 0 < self.sfreq < math.inf:
            raise ValueError(f"`sfreq` must be a positive number of Hz, got {self.sfreq:g}.")
        if self.n_times < 1:
            raise ValueError(
                f"`window_seconds` must hold at least one sample at {self.sfreq:g} Hz, got "
                f"{self.window_seconds}."
            )
        if not 1 / self.sfreq <= self.step_seconds * (1 + 1e-9) <= self.window_seconds * (1 + 2e-9):
            raise ValueError(
                f"`step_seconds` must be at least one sample ({1 / self.sfreq:.3g} s) and at most "
                f"`window_seconds`, {self.window_seconds:g} s, got {self.step_seconds:g}."
            )

    @property
    def n_times(self) -> int:
        """Samples of a window."""
        return round(self.window_seconds * self.sfreq)

    @property
    def step(self) -> Fraction:
        """Samples from one window to the next, which need not be a whole number."""
        return Fraction(float(self.step_seconds)) * Fraction(float(self.sfreq))

    def first(self, number: int) -> int:
        """Return the first sample of a window."""
        return math.floor(number * self.step + Fraction(1, 2))

    def count(self, n_times: int) -> int:
        """Return how many windows a recording of so many samples holds."""
        last = n_times - self.n_times
        return max(0, math.ceil((last + Fraction(1, 2)) / self.step)) if last >= 0 else 0
