"""Write fractal_values.json: fractal and long-range statistics of one signal by other tools.

Run by hand (`python tests/references/make_fractal_values.py`) in an environment that has antropy, nolds
0.6.2 and setuptools below 82, which that release of nolds imports; the tests only read the file.
"""

import json
import warnings
from importlib.metadata import version
from pathlib import Path

import antropy
import numpy as np

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import nolds

DFA_LENGTHS = (4, 5, 6, 8, 9, 11, 14, 17, 20, 24, 29, 35, 42, 51, 61, 73, 88)


def signal() -> np.ndarray:
    """Return 1000 points of pink noise, 20 microvolts of standard deviation, at 250 Hz."""
    white = np.fft.rfft(np.random.default_rng(0).standard_normal(1000))
    pink = np.fft.irfft(white / np.sqrt(np.maximum(np.arange(501), 1)), 1000)
    return np.round(20 * pink / pink.std(), 6)


def main() -> None:
    """Compute the values and write them beside the versions of the tools."""
    x = signal()
    hurst_680 = nolds.hurst_rs(x[:680], nvals=hurst_lengths(680), fit="poly", corrected=True, unbiased=True)
    values = {
        "antropy": {
            "higuchi_fd": antropy.higuchi_fd(x),
            "higuchi_fd_kmax_5": antropy.higuchi_fd(x, kmax=5),
            "higuchi_fd_997_points": antropy.higuchi_fd(x[:997]),
            "katz_fd": antropy.katz_fd(x),
            "petrosian_fd": antropy.petrosian_fd(x),
            "dfa_exponent": antropy.detrended_fluctuation(x),
            "dfa_exponent_997_points": antropy.detrended_fluctuation(x[:997]),
        },
        "nolds": {
            "dfa_exponent": nolds.dfa(x, nvals=DFA_LENGTHS, overlap=False, fit_trend="poly", fit_exp="poly"),
            "hurst_exponent_680_points": hurst_680,
            "expected_rescaled_range": {n: nolds.expected_rs(n) for n in (16, 100, 340)},
            "correlation_dimension": correlation_dimension(x, 5),
            "correlation_dimension_embedding_3": correlation_dimension(x, 3),
        },
    }
    document = {
        "script": "tests/references/make_fractal_values.py",
        "versions": {tool: version(tool) for tool in [*values, "numpy"]},
        "x": x.tolist(),
        "values": json.loads(json.dumps(values, default=float)),
    }
    Path(__file__).with_name("fractal_values.json").write_text(json.dumps(document, indent=1) + "\n")


def correlation_dimension(x: np.ndarray, embedding: int) -> float:
    """Return the slope through nolds' correlation sums, which count every point as its own neighbour."""
    radii = 0.1 * 5.0 ** (np.arange(12) / 11) * x.std(ddof=1)
    distance = nolds.measures.rowwise_chebyshev
    _, (log_radii, log_sums, _) = nolds.corr_dim(x, embedding, rvals=radii, dist=distance, debug_data=True)
    pairs = np.exp(log_sums) - 1 / (x.size - embedding)
    used = pairs > 1e-12
    return np.polyfit(log_radii[used], np.log(pairs[used]), 1)[0]


def hurst_lengths(n_times: int) -> np.ndarray:
    """Return 20 lengths from 16 to half the signal; nolds' correction is exact up to 340."""
    return np.unique(np.floor(2.0 ** np.linspace(4, np.log2(n_times / 2), 20) + 1e-9).astype(int))


if __name__ == "__main__":
    main()
