"""Time what a new user waits for, and what many windows cost.

The first call of each transformer in a new environment (compilation included) and in the next process
(kernels read from disk); then the cost of a window and the extra memory as the number of windows grows.
"""

import os
import subprocess
import sys
import tempfile
import time
import tracemalloc

import numpy as np
from _results import write_result
from tqdm import tqdm

from sklearn_eeg.features import FFTFeatures, TimeFeatures, WaveletFeatures

TRANSFORMERS = {
    "TimeFeatures": "TimeFeatures()",
    "FFTFeatures": "FFTFeatures(250.0)",
    "FFTFeatures, Welch": "FFTFeatures(250.0, method='welch')",
    "WaveletFeatures": "WaveletFeatures()",
    "ComplexityFeatures": "ComplexityFeatures()",
    "ConnectivityFeatures": "ConnectivityFeatures(250.0, 'all')",
    "CanonicalFeatures": "CanonicalFeatures()",
}
FIRST_CALL = """
import time
import numpy as np
from sklearn_eeg.features import *
X = np.random.default_rng(0).normal(scale=20, size=(2, 4, 1000))
start = time.perf_counter()
{code}.fit_transform(X)
print(time.perf_counter() - start)
"""


def first_calls(code: str) -> tuple[float, float]:
    """Return the seconds of the first call with an empty cache of kernels, and with a full one."""
    with tempfile.TemporaryDirectory() as cache:
        seconds = [
            float(
                subprocess.run(
                    [sys.executable, "-c", FIRST_CALL.format(code=code)],
                    env=os.environ | {"NUMBA_CACHE_DIR": cache},
                    capture_output=True,
                    text=True,
                    check=True,
                ).stdout
            )
            for _ in range(2)
        ]
    return seconds[0], seconds[1]


def scaling() -> list[list[object]]:
    """Return microseconds a channel-window and megabytes beyond the table, from 10 to 100,000 windows."""
    rows: list[list[object]] = []
    with tempfile.TemporaryDirectory() as folder:
        X = np.lib.format.open_memmap(f"{folder}/X.npy", "w+", np.float32, (100_000, 4, 250))
        rng = np.random.default_rng(0)
        for start in range(0, len(X), 1000):
            X[start : start + 1000] = rng.normal(scale=20, size=(1000, 4, 250))
        for name, step in {
            "TimeFeatures": TimeFeatures(["basic"]),
            "FFTFeatures": FFTFeatures(250.0, ["power"]),
            "WaveletFeatures": WaveletFeatures(level=4, features=["basic"]),
        }.items():
            step.fit_transform(X[:10])
            for n_windows in (10, 100, 1000, 10_000, 100_000):
                repeats = max(3, 3000 // n_windows)
                times = []
                for _ in range(repeats):
                    start_time = time.process_time()
                    step.transform(X[:n_windows])
                    times.append(time.process_time() - start_time)
                tracemalloc.start()
                table = step.transform(X[:n_windows])
                extra = (tracemalloc.get_traced_memory()[1] - table.nbytes) / 1e6
                tracemalloc.stop()
                rows.append([name, n_windows, float(np.median(times) / n_windows / 4 * 1e6), extra])
    return rows


def main() -> None:
    """Write both tables."""
    rows = []
    for name, code in tqdm(TRANSFORMERS.items(), desc="first calls"):
        rows.append([name, *first_calls(code)])
        tqdm.write(" ".join(map(str, rows[-1])))
    note = "Seconds of the first call in a new environment, compilation included, and in the next process."
    write_result("speed_start", ["transformer", "first ever", "next process"], rows, note=note)

    rows = scaling()
    for row in rows:
        print(*row)
    note = (
        "Microseconds for one channel of one window of 250 points (float32, memory-mapped, one thread), and "
        "megabytes in use beyond the table that is returned."
    )
    heads = ["transformer", "windows", "microseconds", "extra megabytes"]
    write_result("speed_scaling", heads, rows, note=note)


if __name__ == "__main__":
    main()
