"""Mathematics of signals: arrays ``(..., n_times)`` in, arrays out.

No scikit-learn, no torch, no files; nothing of the house is imported here.
"""

from ._filters import bandpass, check_edges, notch
from ._flat import is_flat
from ._kernel import all_finite, as_rows
from ._shrinkage import THRESHOLD_RULES, noise_level, wavelet_shrinkage
from ._spectrum import (
    BAND_STATISTICS,
    CLINICAL_BANDS,
    SPECTRUM_STATISTICS,
    band_power,
    periodogram,
)
from ._sweeps import Plan, Sweep
from ._time import TIME_SWEEPS, time_statistics
from ._wavelet import WAVELET_STATISTICS, max_level, subband_names, subbands

__all__ = [
    "BAND_STATISTICS",
    "CLINICAL_BANDS",
    "SPECTRUM_STATISTICS",
    "THRESHOLD_RULES",
    "TIME_SWEEPS",
    "WAVELET_STATISTICS",
    "Plan",
    "Sweep",
    "all_finite",
    "as_rows",
    "band_power",
    "bandpass",
    "check_edges",
    "is_flat",
    "max_level",
    "noise_level",
    "notch",
    "periodogram",
    "subband_names",
    "subbands",
    "time_statistics",
    "wavelet_shrinkage",
]
