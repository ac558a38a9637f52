"""Windows in, a table out: one row a window, one column a feature.

Everything is computed in float64, a few windows at a time; float32 windows give a float32 table, which
differs from the float64 one by its rounding alone, 6e-8 of each value. May import leaves and ``signal``.
"""

from ._canonical import CanonicalFeatures
from ._complexity import ComplexityFeatures
from ._connectivity import ConnectivityFeatures
from ._fft import FFTFeatures
from ._random_kernel import RandomKernelFeatures
from ._time import TimeFeatures
from ._wavelet import WaveletFeatures

__all__ = [
    "CanonicalFeatures",
    "ComplexityFeatures",
    "ConnectivityFeatures",
    "FFTFeatures",
    "RandomKernelFeatures",
    "TimeFeatures",
    "WaveletFeatures",
]
