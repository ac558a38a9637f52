"""Windows in, windows out: the steps that clean a recording before features are taken.

May import leaves and ``signal``.
"""

from ._denoiser import Denoiser

__all__ = ["Denoiser"]
