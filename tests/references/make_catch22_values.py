"""Write catch22_values.json: what pycatch22 gives for signals of many kinds.

Run by hand (`python tests/references/make_catch22_values.py`) in an environment that has numpy and
pycatch22; the tests only read the file. Signals are integers, so that the file holds them exactly.
"""

import json
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pycatch22


def signals(n: int, rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Return one signal of each kind."""
    white, t = rng.standard_normal(n), np.arange(n)
    spectrum = np.fft.rfft(rng.standard_normal(n))
    pink = np.fft.irfft(spectrum / np.sqrt(np.maximum(np.arange(spectrum.size), 1)), n)
    pink /= pink.std()
    fine = {
        "pink": pink,
        "white": white,
        "sine": np.sin(2 * np.pi * t / rng.uniform(7, 40) + 1),
        "noisy sine": np.sin(2 * np.pi * t / 12.3) + 0.3 * white,
        "walk": np.cumsum(rng.standard_normal(n)),
        "spiky": rng.standard_normal(n) ** 5,
        "trend": 0.1 * t + white,
        "skewed": np.exp(2 * rng.standard_normal(n)),
        "offset": 1000 + white,
    }
    coarse = {
        "quantised pink": 3 * pink,
        "quantised walk": np.cumsum(white),
        "two values": white > 0,
    }
    return {kind: np.round(10_000 * x) for kind, x in fine.items()} | {
        kind: np.round(x) for kind, x in coarse.items()
    }


def main() -> None:
    """Compute the values and write them beside the versions of the tools."""
    rng = np.random.default_rng(0)
    cases = []
    for n in (50, 79, 137, 200, 1000):
        cases += [(kind, x) for kind, x in signals(n, rng).items()]
    cases += [(kind, x) for kind, x in signals(4097, rng).items() if kind in ("pink", "quantised walk")]
    rows = []
    for kind, x in cases:
        result = pycatch22.catch22_all(x.tolist(), catch24=True)
        values = dict(zip(result["names"], result["values"], strict=True))
        rows.append(json.dumps({"kind": kind, "x": x.astype(int).tolist(), "values": values}))
    head = {
        "script": "tests/references/make_catch22_values.py",
        "versions": {tool: version(tool) for tool in ("pycatch22", "numpy")},
    }
    text = json.dumps(head)[:-1] + ', "cases": [\n' + ",\n".join(rows) + "\n]}\n"
    Path(__file__).with_name("catch22_values.json").write_text(text)


if __name__ == "__main__":
    main()
