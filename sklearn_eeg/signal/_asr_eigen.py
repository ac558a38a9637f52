"""Eigenvectors of many small symmetric matrices, such as the covariances of short stretches."""

import numpy as np

from ._kernel import kernel

_EPSILON = 2.220446049250313e-16
_MOST_SWEEPS = 60  # for an eigenvalue; two or three are usual
_WIDTH = 8  # rows are filled up to a multiple of so many numbers, which go through vector registers


def eigenvectors(matrices: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return eigenvalues and eigenvectors of symmetric matrices, in less than half of LAPACK's time.

    Parameters
    ----------
    matrices : ndarray of shape (n_matrices, n, n)
        Symmetric matrices, finite.

    Returns
    -------
    values : ndarray of shape (n_matrices, n)
        Eigenvalues, ascending.
    vectors : ndarray of shape (n_matrices, n, n)
        Eigenvectors of unit length, in rows.

    Notes
    -----
    Householder's reflections to tridiagonal form, then the implicit QL algorithm [1]_, as LAPACK does up
    to 25 rows; but vectors lie in rows, so that rotations go through vector registers.

    References
    ----------
    .. [1] Bowdler H, Martin RS, Reinsch C, Wilkinson JH (1968) The QR and QL algorithms for symmetric
       matrices. Numer. Math. 11, 293-306. https://doi.org/10.1007/BF02166681

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.signal._asr_eigen import eigenvectors
    >>> values, vectors = eigenvectors(np.array([[[2.0, 1.0], [1.0, 2.0]]]))
    >>> values.round(12).tolist(), abs(vectors).round(3).tolist()
    ([[1.0, 3.0]], [[[0.707, 0.707], [0.707, 0.707]]])
    """
    matrices = np.ascontiguousarray(matrices, dtype=np.float64)
    values, vectors = np.empty(matrices.shape[:2]), np.empty(matrices.shape)
    _take_apart_all(matrices, values, vectors)
    return values, vectors


@kernel
def _take_apart_all(matrices: np.ndarray, values: np.ndarray, vectors: np.ndarray) -> None:
    n = matrices.shape[1]
    work, reflections = np.empty((n, n)), np.zeros((n, n))
    rows, off_diagonal = np.zeros((n, -(-n // _WIDTH) * _WIDTH)), np.zeros(n)
    for k in range(len(matrices)):
        work[:] = matrices[k]
        _make_tridiagonal(work, reflections, values[k], off_diagonal)
        _multiply(reflections, rows)
        _make_diagonal(values[k], off_diagonal, rows)
        _copy_ascending(values[k], rows, vectors[k])


@kernel
def _copy_ascending(values: np.ndarray, rows: np.ndarray, out: np.ndarray) -> None:
    """Copy the rows in the order of their values, which are sorted."""
    n = values.size
    order = np.arange(n)
    for i in range(1, n):
        value, place = values[i], i
        while place > 0 and values[place - 1] > value:
            values[place], order[place] = values[place - 1], order[place - 1]
            place -= 1
        values[place], order[place] = value, i
    for i in range(n):
        for j in range(n):
            out[i, j] = rows[order[i], j]


@kernel
def _make_tridiagonal(a: np.ndarray, reflections: np.ndarray, diagonal: np.ndarray, off: np.ndarray) -> None:
    """Bring a matrix to tridiagonal form; row k of the reflections 1 - v v' has v from column k + 1 on."""
    n = len(a)
    product = np.empty(n)
    for k in range(n - 1):
        v, size = reflections[k, k + 1 :], n - k - 1
        square = 0.0
        for j in range(size):
            v[j] = a[k, k + 1 + j]
            square += v[j] * v[j]
        diagonal[k], off[k] = a[k, k], v[0]
        beyond = square - v[0] * v[0]
        if size == 1 or not beyond > 0.0:
            v[:] = 0.0
            continue
        off[k] = -np.sqrt(square) if v[0] > 0.0 else np.sqrt(square)
        v[0] -= off[k]
        scale = np.sqrt(2.0 / (beyond + v[0] * v[0]))
        for j in range(size):
            v[j] *= scale
        _reflect(a, k + 1, v, product)
    diagonal[n - 1], off[n - 1] = a[n - 1, n - 1], 0.0


@kernel
def _reflect(a: np.ndarray, first: int, v: np.ndarray, product: np.ndarray) -> None:
    """Replace the last rows and columns A of a symmetric matrix by (1 - v v') A (1 - v v')."""
    along = 0.0
    for i in range(v.size):
        row = a[first + i, first:]
        product[i] = 0.0
        for j in range(v.size):
            product[i] += row[j] * v[j]
        along += product[i] * v[i]
    for i in range(v.size):
        product[i] -= 0.5 * along * v[i]
    for i in range(v.size):
        row, left, right = a[first + i, first:], v[i], product[i]
        for j in range(v.size):
            row[j] -= left * product[j] + right * v[j]


@kernel
def _multiply(reflections: np.ndarray, rows: np.ndarray) -> None:
    """Fill in the product of the reflections, the last one leftmost."""
    n = len(reflections)
    rows[:] = 0.0
    for i in range(n):
        rows[i, i] = 1.0
    for k in range(n - 2, -1, -1):
        v = reflections[k, k + 1 :]
        for i in range(k + 1, n):
            row, along = rows[i, k + 1 :], 0.0
            for j in range(v.size):
                along += row[j] * v[j]
            for j in range(v.size):
                row[j] -= along * v[j]


@kernel
def _make_diagonal(d: np.ndarray, e: np.ndarray, rows: np.ndarray) -> None:
    """Turn a tridiagonal matrix (diagonal d, beside it e) diagonal by rotations, and the rows with it."""
    for first in range(d.size):
        for _ in range(_MOST_SWEEPS):
            last = first
            while last < d.size - 1 and abs(e[last]) > _EPSILON * (abs(d[last]) + abs(d[last + 1])):
                last += 1
            if last == first:
                break
            _sweep(d, e, rows, first, last)


@kernel
def _sweep(d: np.ndarray, e: np.ndarray, rows: np.ndarray, first: int, last: int) -> None:
    """Do one step of the implicit QL algorithm, with Wilkinson's shift, on the block first ... last."""
    half = (d[first + 1] - d[first]) / (2.0 * e[first])
    root = np.sqrt(half * half + 1.0)
    g = d[last] - d[first] + e[first] / (half + (root if half >= 0.0 else -root))
    sine, cosine, moved = 1.0, 1.0, 0.0
    for i in range(last - 1, first - 1, -1):
        f, b = sine * e[i], cosine * e[i]
        root = np.sqrt(f * f + g * g)
        e[i + 1] = root
        if root == 0.0:
            d[i + 1] -= moved
            e[last] = 0.0
            return
        sine, cosine = f / root, g / root
        g = d[i + 1] - moved
        turn = (d[i] - g) * sine + 2.0 * cosine * b
        moved = sine * turn
        d[i + 1] = g + moved
        g = cosine * turn - b
        upper, lower = rows[i + 1], rows[i]
        for t in range(upper.size):
            x, y = upper[t], lower[t]
            upper[t] = sine * y + cosine * x
            lower[t] = cosine * y - sine * x
    d[first] -= moved
    e[first], e[last] = g, 0.0
