"""Write spectrum.json: what other tools give for the spectrum of one signal.

Run by hand (`python tests/references/make_spectrum.py`) in an environment that has antropy and MNE; the
tests only read the file.
"""

import json
from importlib.metadata import version
from pathlib import Path

import antropy
import mne
import numpy as np

SFREQ = 250.0


def signal() -> np.ndarray:
    """Return 1000 points of pink noise, 20 microvolts of standard deviation, at 250 Hz."""
    white = np.fft.rfft(np.random.default_rng(0).standard_normal(1000))
    pink = np.fft.irfft(white / np.sqrt(np.maximum(np.arange(501), 1)), 1000)
    return np.round(20 * pink / pink.std(), 6)


def main() -> None:
    """Compute the values and write them beside the versions of the tools."""
    x = signal()
    options = {"verbose": "error", "fmax": 30.0}
    welch = {"n_fft": 250, "n_overlap": 125, "window": "hann"}
    psd = mne.time_frequency
    values = {
        "antropy": {
            "bits_above_dc": antropy.spectral_entropy(x, SFREQ, method="fft"),
        },
        "mne": {
            "welch": psd.psd_array_welch(x, SFREQ, **options, **welch)[0].tolist(),
            "multitaper": psd.psd_array_multitaper(x, SFREQ, normalization="full", **options)[0].tolist(),
            "multitaper_5_hz": psd.psd_array_multitaper(
                x, SFREQ, bandwidth=5.0, normalization="full", **options
            )[0].tolist(),
            "multitaper_odd": psd.psd_array_multitaper(
                x[:255], SFREQ, bandwidth=6.0, normalization="full", **options
            )[0].tolist(),
        },
    }
    document = {
        "script": "tests/references/make_spectrum.py",
        "versions": {tool: version(tool) for tool in [*values, "numpy", "scipy"]},
        "sfreq": SFREQ,
        "x": x.tolist(),
        "values": values,
    }
    Path(__file__).with_name("spectrum.json").write_text(json.dumps(document, indent=1) + "\n")


if __name__ == "__main__":
    main()
