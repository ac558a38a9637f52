"""Statistics of wavelet sub-bands.

``WAVELET_SWEEPS`` is the table that :class:`sklearn_eeg.features.WaveletFeatures` reads; definitions
stand there. Its sweeps take the coefficients of signals in rows, the bounds of the sub-bands in a row,
and the energy of each sub-band, of shape (n_rows * n_bands,).
"""

import math
from collections.abc import Callable, Sequence

import numpy as np

from ._kernel import as_rows, kernel, log2
from ._sweeps import Plan, Sweep
from ._wavelet import Decomposition, subband_names
from ._wavelet_kernel import LANES

_ROUNDING = 1e-20  # of a signal's energy: a sub-band with less holds rounding error
_BYTES = 2_000_000  # of coefficients worked on at once: more leave the cache, fewer mean more calls
_DIMENSIONLESS = ("relative_energy", "entropy")


@kernel
def _padded(bounds: np.ndarray) -> int:
    """Return where a sub-band ends, the zeros after it included."""
    return bounds[0] + (bounds[1] - bounds[0] + LANES - 1) // LANES * LANES


@kernel
def _measure(coefficients: np.ndarray, bounds: np.ndarray, energy: np.ndarray) -> None:
    """Fill the energy of each sub-band; one that holds rounding error becomes 0."""
    n_bands = len(bounds)
    for r in range(coefficients.shape[0]):
        total = 0.0
        for b in range(n_bands):
            band = coefficients[r, bounds[b, 0] : _padded(bounds[b])]
            square = 0.0
            for i in range(band.size):
                square += band[i] * band[i]
            energy[r * n_bands + b] = square
            total += square
        for b in range(n_bands):
            if energy[r * n_bands + b] <= _ROUNDING * total:
                energy[r * n_bands + b] = 0.0
                coefficients[r, bounds[b, 0] : bounds[b, 1]] = 0.0


@kernel
def _amplitudes(coefficients: np.ndarray, bounds: np.ndarray, energy: np.ndarray, out: np.ndarray) -> None:
    """Fill out with the statistics of the group "basic"; deviations are taken from one coefficient."""
    n_bands = len(bounds)
    for r in range(coefficients.shape[0]):
        total = 0.0
        for b in range(n_bands):
            total += energy[r * n_bands + b]
        for b in range(n_bands):
            band = coefficients[r, bounds[b, 0] : _padded(bounds[b])]
            n = bounds[b, 1] - bounds[b, 0]
            centre = band[n // 2]
            magnitude = s1 = s2 = 0.0
            for i in range(band.size):
                deviation = band[i] - centre if i < n else 0.0
                magnitude += abs(band[i])
                s1 += deviation
                s2 += deviation * deviation
            values = out[r * n_bands + b]
            values[0] = energy[r * n_bands + b]
            values[1] = values[0] / total if values[0] < total else 1.0 * (total > 0.0)
            values[2] = math.log10(max(values[0], 1e-12))
            values[3] = magnitude / n
            values[4] = math.sqrt(max(s2 / n - (s1 / n) * (s1 / n), 0.0))


@kernel
def _entropy(coefficients: np.ndarray, bounds: np.ndarray, energy: np.ndarray, out: np.ndarray) -> None:
    """Fill out with log2(E) - sum(c**2 log2 c**2) / E, which is the entropy of c**2 / E."""
    n_bands = len(bounds)
    for r in range(coefficients.shape[0]):
        for b in range(n_bands):
            band = coefficients[r, bounds[b, 0] : _padded(bounds[b])]
            total = 0.0
            for i in range(band.size):
                square = band[i] * band[i]
                total += square * log2(max(square, 1e-300))
            square = energy[r * n_bands + b]
            known = square > 1e-290
            entropy = math.log2(square) - total / square if known else 0.0
            out[r * n_bands + b, 0] = max(entropy, 0.0)


@kernel
def _teager_kaiser(
    coefficients: np.ndarray, bounds: np.ndarray, energy: np.ndarray, out: np.ndarray  # noqa: ARG001
) -> None:  # fmt: skip
    """Fill out with the mean of ``c[i]**2 - c[i-1] c[i+1]``, by differences, so that equal c give 0."""
    n_bands = len(bounds)
    for r in range(coefficients.shape[0]):
        for b in range(n_bands):
            band = coefficients[r, bounds[b, 0] : bounds[b, 1]]
            total = 0.0
            for i in range(band.size - 2):
                rise, next_rise = band[i + 1] - band[i], band[i + 2] - band[i + 1]
                total += band[i + 1] * (rise - next_rise) + rise * next_rise
            out[r * n_bands + b, 0] = total / (band.size - 2) if band.size > 2 else 0.0


WAVELET_SWEEPS: dict[str, Sweep] = {
    "basic": Sweep(
        ("energy", "relative_energy", "log_energy", "mean_absolute_value", "standard_deviation"),
        _amplitudes,
    ),
    "entropy": Sweep(("entropy",), _entropy),
    "teager_kaiser": Sweep(("teager_kaiser_energy",), _teager_kaiser),
}


class WaveletPlan:
    """The sub-bands of signals of one length and the statistics of each, prepared.

    Parameters
    ----------
    features : "all" or str or sequence of (str or callable)
        Statistics or groups of ``WAVELET_SWEEPS``, or functions ``f(coefficients, total)``.
    decomposition : Decomposition
        The transform.

    Attributes
    ----------
    names : list of str
        The statistics of each sub-band, in the order asked for.
    """

    def __init__(
        self, features: str | Callable | Sequence[str | Callable], decomposition: Decomposition
    ) -> None:
        self._plan = plan_statistics(features)
        self.names = self._plan.names
        self._decomposition = decomposition
        self._dimensionless = [i for i, name in enumerate(self.names) if name in _DIMENSIONLESS]
        self._of_unit = self._compute(decomposition.unit.copy())[0]

    def run(self, rows: np.ndarray) -> np.ndarray:
        """Compute the statistics of signals.

        Parameters
        ----------
        rows : ndarray of float64 of shape (n_rows, n_times)
            Signals.

        Returns
        -------
        values : ndarray of shape (n_rows, n_bands, len(names))
            The sub-bands in the order of :func:`sklearn_eeg.signal.subband_names`.
        """
        out = np.empty((len(rows), *self._of_unit.shape))
        n_columns = self._decomposition.unit.shape[1]
        step = max(1, _BYTES // (8 * n_columns))
        buffer = np.empty((min(step, len(rows)), n_columns))
        for start in range(0, len(rows), step):
            part = rows[start : start + step]
            coefficients = buffer[: len(part)]
            flat = self._decomposition.run(part, coefficients)
            values = self._compute(coefficients)
            for i in flat:  # what does not depend on the level is not left to rounding
                if part[i, 0] != 0:
                    values[i][:, self._dimensionless] = self._of_unit[:, self._dimensionless]
            out[start : start + step] = values
        return out

    def _compute(self, coefficients: np.ndarray) -> np.ndarray:
        bounds = self._decomposition.bounds
        energy = np.empty(len(coefficients) * len(bounds))
        _measure(coefficients, bounds, energy)
        return self._plan.run(coefficients, bounds, energy).reshape(len(coefficients), len(bounds), -1)


def plan_statistics(features: str | Callable | Sequence[str | Callable]) -> Plan:
    """Return the plan of the statistics of each sub-band; functions are f(coefficients, total)."""
    if isinstance(features, str):
        return Plan(features, WAVELET_SWEEPS)
    items = [features] if callable(features) else features
    return Plan([_on_rows(item) if callable(item) else item for item in items], WAVELET_SWEEPS)


def _on_rows(function: Callable[[np.ndarray, np.ndarray], np.ndarray]) -> Callable:
    """Return f(coefficients, total), with its name, as a function of what sweeps take."""

    def of_rows(coefficients: np.ndarray, bounds: np.ndarray, energy: np.ndarray) -> np.ndarray:
        total = energy.reshape(len(coefficients), -1).sum(axis=1)
        return np.stack(
            [function(coefficients[:, start:stop], total) for start, stop in bounds], axis=1
        ).ravel()

    of_rows.__name__ = function.__name__
    return of_rows


def wavelet_statistics(
    x: np.ndarray,
    wavelet: str,
    level: int,
    features: str | Callable | Sequence[str | Callable] = "all",
    *,
    mode: str = "symmetric",
    packet: bool = False,
) -> dict[str, dict[str, np.ndarray]]:
    """Compute statistics of the wavelet sub-bands of signals.

    Parameters
    ----------
    x : ndarray of shape (..., n_times)
        Signals, in microvolts.
    wavelet : str
        Name of a discrete wavelet of PyWavelets.
    level : int
        Number of decompositions, at least 1.
    features : "all" or str or sequence of (str or callable), default="all"
        Statistics or groups of statistics; :class:`sklearn_eeg.features.WaveletFeatures` lists and
        defines them.
    mode : str, default="symmetric"
        How the signal is extended at its ends, one of :attr:`pywt.Modes.modes`.
    packet : bool, default=False
        Whether the sub-bands are the wavelet packets of the level.

    Returns
    -------
    statistics : dict of str to (dict of str to ndarray of shape (...))
        For each sub-band each statistic, by their names, in float64.

    Raises
    ------
    ValueError
        If the name of a statistic, of the wavelet or of the mode is not known, or the level is below 1.

    See Also
    --------
    subbands : The transform.

    Examples
    --------
    The details of a signal that alternates all have the same energy:

    >>> import numpy as np
    >>> from sklearn_eeg.signal import wavelet_statistics
    >>> values = wavelet_statistics(np.tile([3.0, -3.0], 8), "haar", 1, ["energy", "entropy"])
    >>> [(name, round(float(value), 9)) for name, value in values["d1"].items()]
    [('energy', 144.0), ('entropy', 3.0)]
    """
    rows = as_rows(x)
    plan = WaveletPlan(features, Decomposition(rows.shape[1], wavelet, level, mode, packet))
    values = plan.run(rows).reshape(*np.shape(x)[:-1], -1, len(plan.names))
    return {
        band: {name: values[..., b, i] for i, name in enumerate(plan.names)}
        for b, band in enumerate(subband_names(level, packet=packet))
    }
