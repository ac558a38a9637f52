"""Write entropy_values.json: what other tools give for one signal.

Run by hand (`python tests/references/make_entropy_values.py`) in an environment that has antropy,
neurokit2 and EntropyHub; the tests only read the file.
"""

import json
from importlib.metadata import version
from pathlib import Path

import antropy
import EntropyHub
import neurokit2
import numpy as np


def signal() -> np.ndarray:
    """Return 600 points of pink noise, 20 microvolts of standard deviation."""
    white = np.fft.rfft(np.random.default_rng(3).standard_normal(600))
    pink = np.fft.irfft(white / np.sqrt(np.maximum(np.arange(301), 1)), 600)
    return np.round(20 * pink / pink.std(), 6)


def main() -> None:
    """Compute the values and write them beside the versions of the tools."""
    x = signal()
    above = (x > np.median(x)).astype(int)
    deviation = float(x.std())
    values = {
        "antropy": {
            "sample_entropy": antropy.sample_entropy(x, order=2, tolerance=0.2 * deviation),
            "approximate_entropy": antropy.app_entropy(x, order=2, tolerance=0.2 * deviation),
            "permutation_entropy": antropy.perm_entropy(x, order=3, normalize=True),
            "svd_entropy": antropy.svd_entropy(x, order=10, delay=2, normalize=True),
            "spectral_entropy_bits": antropy.spectral_entropy(x, sf=1.0, method="fft"),
            "lempel_ziv": antropy.lziv_complexity(above, normalize=True),
        },
        "neurokit2": {
            "weighted_permutation_entropy": neurokit2.entropy_permutation(
                x, delay=1, dimension=3, weighted=True, corrected=True
            )[0],
            "fisher_information": neurokit2.fisher_information(x, delay=2, dimension=10)[0],
            "multiscale_sample_entropy_2": neurokit2.entropy_sample(
                x.reshape(-1, 2).mean(axis=1), delay=1, dimension=2, tolerance=0.2 * deviation
            )[0],
        },
        "EntropyHub": {
            "sample_entropy": EntropyHub.SampEn(x, m=2, r=0.2 * deviation)[0][2],
            "approximate_entropy": EntropyHub.ApEn(x, m=2, r=0.2 * deviation)[0][2],
            "fuzzy_entropy": EntropyHub.FuzzEn(x, m=2, r=((0.2 * deviation) ** 2, 2), Fx="default")[0][1],
        },
    }
    document = {
        "script": "tests/references/make_entropy_values.py",
        "versions": {tool: version(tool) for tool in [*values, "numpy"]},
        "x": x.tolist(),
        "values": json.loads(json.dumps(values, default=float)),
    }
    Path(__file__).with_name("entropy_values.json").write_text(json.dumps(document, indent=1) + "\n")


if __name__ == "__main__":
    main()
