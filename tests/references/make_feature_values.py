"""Write feature_values.json: what other tools give for one signal.

Run by hand (`python tests/references/make_feature_values.py`) in an environment that has antropy and
mne-features; the tests only read the file.
"""

import json
from importlib.metadata import version
from pathlib import Path

import antropy
import mne_features.univariate as mne_features
import numpy as np
import scipy.stats


def signal() -> np.ndarray:
    """Return 1000 points of pink noise, 20 microvolts of standard deviation, at 250 Hz."""
    white = np.fft.rfft(np.random.default_rng(0).standard_normal(1000))
    pink = np.fft.irfft(white / np.sqrt(np.maximum(np.arange(501), 1)), 1000)
    return np.round(20 * pink / pink.std(), 6)


def main() -> None:
    """Compute the values and write them beside the versions of the tools."""
    x = signal()
    row = x[np.newaxis]
    mobility, complexity = antropy.hjorth_params(x)
    values = {
        "scipy": {
            "skewness": scipy.stats.skew(x),
            "kurtosis": scipy.stats.kurtosis(x),
        },
        "antropy": {
            "hjorth_mobility": mobility,
            "hjorth_complexity": complexity,
            "zero_crossing_rate": antropy.num_zerocross(x) / (x.size - 1),
        },
        "mne-features": {
            "mean": mne_features.compute_mean(row)[0],
            "line_length": mne_features.compute_line_length(row)[0],
            "peak_to_peak": mne_features.compute_ptp_amp(row)[0],
            "rms": mne_features.compute_rms(row)[0],
            "wavelet_energy_db4": list(mne_features.compute_wavelet_coef_energy(row, "db4")),
        },
    }
    document = {
        "script": "tests/references/make_feature_values.py",
        "versions": {tool: version(tool) for tool in [*values, "numpy", "PyWavelets"]},
        "x": x.tolist(),
        "values": json.loads(json.dumps(values, default=float)),
    }
    Path(__file__).with_name("feature_values.json").write_text(json.dumps(document, indent=1) + "\n")


if __name__ == "__main__":
    main()
