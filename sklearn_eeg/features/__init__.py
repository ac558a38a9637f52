"""Windows in, a table out: one row a window, one column a feature.

May import leaves and ``signal``.
"""

from ._canonical import CanonicalFeatures
from ._complexity import ComplexityFeatures
from ._connectivity import ConnectivityFeatures
from ._fft import FFTFeatures
from ._time import TimeFeatures
from ._wavelet import WaveletFeatures

__all__ = [
    "CanonicalFeatures",
    "ComplexityFeatures",
    "ConnectivityFeatures",
    "FFTFeatures",
    "TimeFeatures",
    "WaveletFeatures",
]
