"""How kernels are compiled, and what they share.

A kernel is compiled at its first call and kept on disk. It releases the interpreter lock and starts no
threads: callers run it in threads over blocks of windows. It takes C-contiguous float64 arrays, rows of
shape (n_rows, n_times), and fills its last argument.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic

# Sums may be reordered and so run in vector registers; NaN and infinity keep their meaning.
_FASTMATH = {"reassoc", "contract", "arcp", "nsz"}


def kernel(function: Callable) -> Callable:
    """Compile a function at its first call: vectorised, cached on disk, without the interpreter lock.

    Division by zero gives infinity or NaN, as in numpy, instead of raising: the check would keep loops
    from being vectorised.
    """
    return njit(cache=True, nogil=True, error_model="numpy", fastmath=_FASTMATH)(function)


def inline_kernel(function: Callable) -> Callable:
    """Compile a small function into the kernels that call it."""
    return njit(inline="always", nogil=True, error_model="numpy", fastmath=_FASTMATH)(function)


def as_rows(x: np.ndarray) -> np.ndarray:
    """Return signals of shape (..., n_times) as C-contiguous float64 rows (n_rows, n_times)."""
    x = np.asarray(x)
    return np.ascontiguousarray(x.reshape(-1, x.shape[-1]), dtype=np.float64)


@kernel
def all_finite(x: np.ndarray) -> bool:
    """Return whether rows of shape (n_rows, n_times) hold neither NaN nor infinity."""
    total = 0.0
    for row in range(x.shape[0]):
        for i in range(x.shape[1]):
            total += x[row, i] * 0.0
    return total == 0.0


@intrinsic
def _bits_of(typing_context: Any, x: Any) -> Any:  # noqa: ARG001
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:  # noqa: ARG001
        return builder.bitcast(arguments[0], ir.IntType(64))

    return types.int64(types.float64), generate


@intrinsic
def _float_of(typing_context: Any, bits: Any) -> Any:  # noqa: ARG001
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:  # noqa: ARG001
        return builder.bitcast(arguments[0], ir.DoubleType())

    return types.float64(types.int64), generate


@inline_kernel
def log2(x: float) -> float:
    """Return the logarithm to base 2 of a normal positive number, within 4e-16, in vector registers.

    The number is split into a power of two and a mantissa m in [sqrt(1/2), sqrt(2)), whose logarithm is
    2 artanh((m - 1) / (m + 1)) / ln 2 by its series.
    """
    bits: int = _bits_of(x)  # type: ignore[call-arg]
    exponent = (bits - 0x3FE6A09E667F3BCD) >> 52
    mantissa = _float_of(bits - (exponent << 52))
    s = (mantissa - 1.0) / (mantissa + 1.0)
    z = s * s
    series = 1.0 / 21.0
    series = series * z + 1.0 / 19.0
    series = series * z + 1.0 / 17.0
    series = series * z + 1.0 / 15.0
    series = series * z + 1.0 / 13.0
    series = series * z + 1.0 / 11.0
    series = series * z + 1.0 / 9.0
    series = series * z + 1.0 / 7.0
    series = series * z + 1.0 / 5.0
    series = series * z + 1.0 / 3.0
    series = series * z + 1.0
    return float(exponent) + 2.8853900817779268 * s * series
