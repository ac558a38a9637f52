"""Electrode positions of the international 10-20 system on a flat head.

The nose points up (+y), the right ear right (+x); a distance of 1 from the vertex (Cz) is 90 degrees
on the sphere, the azimuthal equidistant projection.
"""

import numpy as np

# Electrodes at 72 degrees from the vertex, by azimuth in degrees (0 is the right ear, 90 the nose).
_RING = {
    "T8": 0, "F8": 36, "Fp2": 72, "Fp1": 108, "F7": 144, "T7": 180,
    "P7": 216, "O1": 252, "O2": 288, "P8": 324,
}  # fmt: skip
_INNER = {"C4": 0, "Fz": 90, "C3": 180, "Pz": 270}  # at 36 degrees
_BETWEEN = {"F3": ("F7", "Fz"), "F4": ("F8", "Fz"), "P3": ("P7", "Pz"), "P4": ("P8", "Pz")}

CH_NAMES_1020 = (
    "Fp1", "Fp2", "F7", "F3", "Fz", "F4", "F8", "T7", "C3", "Cz",
    "C4", "T8", "P7", "P3", "Pz", "P4", "P8", "O1", "O2",
)  # fmt: skip


def _place(colatitude: float, azimuth: float) -> np.ndarray:
    radius, angle = colatitude / 90, np.deg2rad(azimuth)
    return np.array([radius * np.cos(angle), radius * np.sin(angle)])


def positions_1020() -> np.ndarray:
    """Return the 2-D positions of the 19 electrodes of the 10-20 system.

    Returns
    -------
    positions : ndarray of shape (19, 2)
        x and y of each electrode in the order of ``CH_NAMES_1020``, in units of a quarter of the
        head's circumference.

    Examples
    --------
    >>> from sklearn_eeg._montage import CH_NAMES_1020, positions_1020
    >>> x, y = positions_1020()[CH_NAMES_1020.index("T8")]
    >>> float(x), float(y)
    (0.8, 0.0)
    """
    places = {name: _place(72, azimuth) for name, azimuth in _RING.items()}
    places |= {name: _place(36, azimuth) for name, azimuth in _INNER.items()}
    places["Cz"] = _place(0, 0)
    places |= {name: (places[a] + places[b]) / 2 for name, (a, b) in _BETWEEN.items()}
    return np.array([places[name] for name in CH_NAMES_1020])
