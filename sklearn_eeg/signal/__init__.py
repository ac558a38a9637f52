"""Mathematics of signals: arrays ``(..., n_times)`` in, arrays out.

No scikit-learn, no torch, no files; nothing of the house is imported here.
"""

from ._bands import CLINICAL_BANDS, band_power
from ._filters import bandpass, check_edges, notch
from ._flat import is_flat
from ._shrinkage import THRESHOLD_RULES, noise_level, wavelet_shrinkage
from ._spectrum import multitaper, periodogram, welch
from ._spectrum_statistics import spectrum_statistics
from ._time import TIME_SWEEPS, time_statistics
from ._wavelet import max_level, subband_names, subbands
from ._wavelet_statistics import WAVELET_SWEEPS, wavelet_statistics

__all__ = [
    "CLINICAL_BANDS",
    "THRESHOLD_RULES",
    "TIME_SWEEPS",
    "WAVELET_SWEEPS",
    "band_power",
    "bandpass",
    "check_edges",
    "is_flat",
    "max_level",
    "multitaper",
    "noise_level",
    "notch",
    "periodogram",
    "spectrum_statistics",
    "subband_names",
    "subbands",
    "time_statistics",
    "wavelet_shrinkage",
    "wavelet_statistics",
    "welch",
]
