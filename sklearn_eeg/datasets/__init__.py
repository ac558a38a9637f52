"""Files or simulation in, windows with their labels and patients out.

May import leaves and ``signal``.
"""

from .._events import Event
from ._aub import load_aub
from ._bonn import fetch_bonn, load_bonn
from ._fetchers import fetch_aub, fetch_guinea_bissau, fetch_helsinki
from ._guinea_bissau import load_guinea_bissau
from ._helsinki import load_helsinki
from ._make_recording import make_recording
from ._make_seizures import make_seizures
from ._new_delhi import load_new_delhi
from ._read_events import read_events
from ._read_recording import read_recording
from ._recording import Recording
from ._sliding_windows import sliding_windows

__all__ = [
    "Event",
    "Recording",
    "fetch_aub",
    "fetch_bonn",
    "fetch_guinea_bissau",
    "fetch_helsinki",
    "load_aub",
    "load_bonn",
    "load_guinea_bissau",
    "load_helsinki",
    "load_new_delhi",
    "make_recording",
    "make_seizures",
    "read_events",
    "read_recording",
    "sliding_windows",
]
