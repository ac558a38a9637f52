"""Write connectivity.json: what mne-features gives for four channels.

Run by hand (`python tests/references/make_connectivity.py`) in an environment that has mne-features; the
tests only read the file.
"""

import json
from importlib.metadata import version
from pathlib import Path

import mne_features.bivariate as mne_features
import numpy as np


def signals() -> np.ndarray:
    """Return 4 channels of 200 points that share a part, of mean 0."""
    rng = np.random.default_rng(0)
    x = 20 * rng.standard_normal((4, 200)) + 15 * rng.standard_normal(200)
    return np.round(x - x.mean(axis=1, keepdims=True), 3)


def main() -> None:
    """Compute the values and write them beside the versions of the tools."""
    x = signals()
    x -= x.mean(axis=1, keepdims=True)
    document = {
        "script": "tests/references/make_connectivity.py",
        "versions": {tool: version(tool) for tool in ["mne-features", "numpy", "scipy"]},
        "x": x.tolist(),
        "values": {"phase_lock_val": mne_features.compute_phase_lock_val(x).tolist()},
    }
    Path(__file__).with_name("connectivity.json").write_text(json.dumps(document, indent=1) + "\n")


if __name__ == "__main__":
    main()
