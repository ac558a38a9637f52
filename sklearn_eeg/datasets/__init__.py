"""Files or simulation in, windows with their labels and patients out.

May import leaves and ``signal``.
"""

from ._bonn import fetch_bonn, load_bonn
from ._guinea_bissau import load_guinea_bissau
from ._helsinki import load_helsinki
from ._make_seizures import make_seizures

__all__ = ["fetch_bonn", "load_bonn", "load_guinea_bissau", "load_helsinki", "make_seizures"]
