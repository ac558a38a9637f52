"""Windows in, windows out: the steps that clean a recording before features are taken.

May import leaves and ``signal``.
"""

from ._bandpass_filter import BandpassFilter
from ._channel_repair import ChannelRepair
from ._channel_scaler import ChannelScaler
from ._denoiser import Denoiser
from ._notch_filter import NotchFilter
from ._rereference import Rereference
from ._resampler import Resampler

__all__ = [
    "BandpassFilter",
    "ChannelRepair",
    "ChannelScaler",
    "Denoiser",
    "NotchFilter",
    "Rereference",
    "Resampler",
]
