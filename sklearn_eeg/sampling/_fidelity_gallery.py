"""What a fidelity report keeps of the windows for its pictures."""

from dataclasses import dataclass

import numpy as np
from sklearn.decomposition import PCA
from sklearn.preprocessing import StandardScaler

from ..signal import welch
from ._fidelity_inputs import Inputs

_TRACES = 6  # windows of each set and class
_POINTS = 500  # of each set in the embedding
_FLOOR = 1e-12  # square microvolts per Hz


@dataclass(frozen=True)
class Gallery:
    """Traces, spectra and points of the real windows (first) and of every set.

    Parameters
    ----------
    sfreq : float
        Sampling frequency, in Hz.
    ch_names : list of str
        Names of the channels.
    bands : dict of str to (low, high)
        Bands of frequencies, in Hz.
    labels : list
        The classes.
    traces : dict of (str, int) to ndarray of shape (n, n_channels, n_times)
        Some windows of a set and class, in microvolts.
    freqs : ndarray of shape (n_freqs,)
        Frequencies above 0, in Hz.
    spectra : dict of (str, int) to ndarray of shape (3, n_channels, n_freqs)
        Mean, 5th and 95th percentile over the windows of the log density, in dB re 1 square microvolt per Hz.
    points : dict of str to ndarray of shape (n, 2)
        Two principal components of the table of the real windows, and where every set lies along them.
    explained : tuple of float
        Share of the variance of the real windows that either component has.
    """

    sfreq: float
    ch_names: list[str]
    bands: dict[str, tuple[float, float]]
    labels: list
    traces: dict[tuple[str, int], np.ndarray]
    freqs: np.ndarray
    spectra: dict[tuple[str, int], np.ndarray]
    points: dict[str, np.ndarray]
    explained: tuple[float, ...]

    @property
    def names(self) -> list[str]:
        """Names of the sets, "real" first."""
        return list(self.points)


def make_gallery(inputs: Inputs) -> Gallery:
    """Return what the pictures of a report show.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.sampling._fidelity_gallery import make_gallery
    >>> from sklearn_eeg.sampling._fidelity_inputs import read_inputs
    >>> x, y = np.random.default_rng(0).normal(size=(40, 64)), np.tile(["a", "b"], 20)
    >>> inputs = read_inputs((x, y, np.repeat([1, 2, 3, 4], 10)), {"louder": (10 * x, y)}, None, sfreq=64)
    >>> gallery = make_gallery(inputs)
    >>> gallery.names, (gallery.spectra["louder", 0] - gallery.spectra["real", 0])[0].round(6).max()
    (['real', 'louder'], np.float64(20.0))
    """
    rng = np.random.default_rng(inputs.random_state)
    sets = {"real": inputs.real} | inputs.sets
    traces, spectra = {}, {}
    for name, each in sets.items():
        for code in range(len(inputs.classes)):
            windows = each.windows[each.labels == code]
            freqs, spectra[name, code] = _spectrum(windows, inputs.sfreq)
            chosen = rng.choice(len(windows), min(_TRACES, len(windows)), replace=False)
            traces[name, code] = windows[np.sort(chosen)].copy()
    scale = StandardScaler().fit(inputs.real.table)
    with np.errstate(invalid="ignore"):  # of windows that are all alike, the shares are 0 / 0
        analysis = PCA(2, random_state=0).fit(scale.transform(inputs.real.table))
    points = {}
    for name, each in sets.items():
        chosen = np.sort(rng.choice(len(each.table), min(_POINTS, len(each.table)), replace=False))
        points[name] = analysis.transform(scale.transform(each.table[chosen]))
    explained = tuple(np.nan_to_num(analysis.explained_variance_ratio_).tolist())
    labels = inputs.classes.tolist()
    return Gallery(
        inputs.sfreq, inputs.ch_names, inputs.bands, labels, traces, freqs, spectra, points, explained
    )


def _spectrum(windows: np.ndarray, sfreq: float) -> tuple[np.ndarray, np.ndarray]:
    freqs, density = welch(windows, sfreq, segment_seconds=2.0)
    decibels = 10 * np.log10(np.maximum(density[..., 1:], _FLOOR))
    return freqs[1:], np.stack([decibels.mean(axis=0), *np.quantile(decibels, [0.05, 0.95], axis=0)])
