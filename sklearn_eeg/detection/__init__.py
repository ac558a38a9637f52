"""Continuous recordings in, seizure events out.

May import leaves, ``signal``, ``datasets`` and ``evaluation``.
"""

from ._detect import detect
from ._detector import SeizureDetector
from ._extract_features import extract_features
from ._models import load_model, save_model
from ._write_events import write_events

__all__ = ["SeizureDetector", "detect", "extract_features", "load_model", "save_model", "write_events"]
