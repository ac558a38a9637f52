"""A scikit-learn-compatible toolkit for classifying epileptic seizures in EEG, patient-wise.

Each room is imported when it is first used: ``sklearn_eeg.features``, ``sklearn_eeg.evaluation``, ...
"""

import importlib
from types import ModuleType

__version__ = "0.1.0.dev0"

__all__ = [
    "datasets",
    "detection",
    "ensemble",
    "evaluation",
    "explain",
    "features",
    "model_selection",
    "neural",
    "preprocessing",
    "sampling",
    "signal",
    "systems",
]


def __getattr__(name: str) -> ModuleType:
    if name in __all__:
        return importlib.import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
