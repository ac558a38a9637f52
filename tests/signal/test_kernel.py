import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from sklearn_eeg.signal._kernel import all_finite, as_rows, kernel, log2


@kernel
def log2_of_all(x, out):
    for i in range(x.size):
        out[i] = log2(x[i])


def test_log2_is_that_of_numpy():
    x = np.concatenate([2.0 ** np.arange(-1000, 1001), np.random.default_rng(0).uniform(1e-9, 1e9, 10_000)])
    out = np.empty_like(x)
    log2_of_all(x, out)
    np.testing.assert_allclose(out, np.log2(x), rtol=4e-16, atol=4e-16)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("place", [0, 57, 99])
def test_one_value_that_is_no_number_is_found(value, place):
    x = np.full((10, 10), 1e308)
    assert all_finite(x)
    x.flat[place] = value
    assert not all_finite(x)


def test_as_rows_copies_only_what_it_must():
    x = np.zeros((4, 3, 10))
    assert np.shares_memory(as_rows(x), x)
    assert as_rows(x[..., ::2]).flags.c_contiguous
    assert as_rows(np.float32(x)).dtype == np.float64
    assert as_rows(np.zeros(10)).shape == (1, 10)


def test_kernels_may_be_called_first_from_many_threads():
    code = (
        "import numpy as np; from concurrent.futures import ThreadPoolExecutor; "
        "from sklearn_eeg.signal import time_statistics; x = np.ones((8, 50)); "
        "pool = ThreadPoolExecutor(4); "
        "print(len({str(v) for v in pool.map(lambda _: time_statistics(x), range(8))}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "1"


def test_processes_may_compile_into_one_cache_at_once(tmp_path):
    code = (
        "import numpy as np; from sklearn_eeg.signal import time_statistics; "
        "print(sum(float(v.sum()) for v in time_statistics(np.arange(60.0).reshape(2, 30) ** 2).values()))"
    )
    environment = os.environ | {"NUMBA_CACHE_DIR": str(tmp_path)}
    running = [
        subprocess.Popen(
            [sys.executable, "-c", code], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        for _ in range(3)
    ]
    outputs = [process.communicate() for process in running]
    assert all(not errors for _, errors in outputs), outputs
    assert len({printed for printed, _ in outputs}) == 1


def test_threads_agree_with_one_another():
    x = np.random.default_rng(0).normal(size=(64, 200))
    out = np.empty((4, 64))

    def work(i):
        for _ in range(50):
            log2_of_all(np.abs(x[:, i]) + 1, out[i])

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    np.testing.assert_allclose(out, np.log2(np.abs(x[:, :4].T) + 1), rtol=4e-16, atol=4e-16)
