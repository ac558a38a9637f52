"""More windows out of few: samplers for imbalanced-learn, and how good synthetic windows are.

May import leaves and ``signal``; torch is imported when a network is fitted, not before.
"""

from ._fidelity_report import fidelity_report
from ._fidelity_result import FidelityReport
from ._surrogate_oversampler import SurrogateOversampler
from ._wgan_oversampler import WGANOversampler
from ._window_smote import WindowSMOTE

__all__ = [
    "FidelityReport",
    "SurrogateOversampler",
    "WGANOversampler",
    "WindowSMOTE",
    "fidelity_report",
]
