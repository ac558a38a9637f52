"""Windows in, a table out: one row a window, one column a feature of a channel.

May import leaves and ``signal``.
"""

from ._connectivity import ConnectivityFeatures
from ._fft import FFTFeatures
from ._time import TimeFeatures
from ._wavelet import WaveletFeatures

__all__ = ["ConnectivityFeatures", "FFTFeatures", "TimeFeatures", "WaveletFeatures"]
