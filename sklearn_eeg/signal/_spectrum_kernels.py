"""Kernels of the statistics of power spectral densities, of shape (n_rows, n_freqs).

Definitions stand in :class:`sklearn_eeg.features.FFTFeatures`. A row without power gives 0, and -12 for
the offset of its line.
"""

import math

import numpy as np

from ._kernel import kernel, log2

_ROUNDING = 1e-24  # of another power: what is less is the rounding of a Fourier transform
_TINY = 1e-300  # densities below it have no logarithm that kernels can take
_EDGES = (0.5, 0.85, 0.95)
_CHUNK = 16


@kernel
def band_sums(psd: np.ndarray, bins: np.ndarray, step: float, out: np.ndarray) -> None:
    for row in range(psd.shape[0]):
        density = psd[row]
        for band in range(bins.shape[0]):
            total = 0.0
            for i in range(bins[band, 0], bins[band, 1]):
                total += density[i]
            out[row, band] = total * step


@kernel
def quotients(sums: np.ndarray, above: np.ndarray, below: np.ndarray, out: np.ndarray) -> None:
    """Fill out with quotients of weighted sums, one for each row of the weights above and below.

    They are 0 where the denominator is 0 or the rounding of the numerator.
    """
    n_sums = sums.shape[1]
    for row in range(sums.shape[0]):
        for k in range(above.shape[0]):
            numerator = denominator = 0.0
            for i in range(n_sums):
                numerator += above[k, i] * sums[row, i]
                denominator += below[k, i] * sums[row, i]
            meaningful = denominator > _TINY and denominator >= _ROUNDING * numerator
            out[row, k] = numerator / denominator if meaningful else 0.0


@kernel
def disorder(freqs: np.ndarray, psd: np.ndarray, out: np.ndarray) -> None:  # noqa: ARG001
    """Fill out with the normalised entropy and the flatness of the densities above DC."""
    n = psd.shape[1] - 1
    for row in range(psd.shape[0]):
        density = psd[row, 1:]
        total = products = logarithms = zeros = 0.0
        for i in range(n):
            value = density[i]
            positive = value > _TINY
            logarithm = log2(value if positive else 1.0)
            total += value
            products += value * logarithm
            logarithms += logarithm
            zeros += 0.0 if positive else 1.0
        out[row, 0] = out[row, 1] = 0.0
        if total > _TINY:
            if n > 1:
                entropy = (math.log2(total) - products / total) / math.log2(n)
                out[row, 0] = min(max(entropy, 0.0), 1.0)
            if zeros == 0.0:
                out[row, 1] = min(2.0 ** (logarithms / n - math.log2(total / n)), 1.0)


@kernel
def moments(freqs: np.ndarray, psd: np.ndarray, out: np.ndarray) -> None:
    """Fill out with total power, centroid and spread of the densities above DC."""
    n, step = freqs.size, freqs[1] - freqs[0]
    for row in range(psd.shape[0]):
        density = psd[row]
        total = first = second = 0.0
        for i in range(1, n):
            total += density[i]
            first += freqs[i] * density[i]
        centroid = first / total if total > _TINY else 0.0
        for i in range(1, n):
            deviation = freqs[i] - centroid
            second += deviation * deviation * density[i]
        out[row, 0] = total * step
        out[row, 1] = centroid
        out[row, 2] = math.sqrt(second / total) if total > _TINY else 0.0


@kernel
def peaks(freqs: np.ndarray, psd: np.ndarray, out: np.ndarray) -> None:
    """Fill out with the frequency of the largest density above DC.

    Densities, which are not negative, are compared by their bits: registers take maxima of integers.
    """
    n = freqs.size
    for row in range(psd.shape[0]):
        bits = psd[row].view(np.int64)
        highest = bits[1]
        for i in range(1, n):
            highest = max(highest, bits[i])
        peak = 1
        while peak < n - 1 and bits[peak] < highest:
            peak += 1
        out[row, 0] = freqs[peak] if psd[row, peak] > _TINY else 0.0


@kernel
def edge_frequencies(freqs: np.ndarray, psd: np.ndarray, out: np.ndarray) -> None:
    """Fill out with the lowest frequencies up to which the shares _EDGES of the power above DC lie.

    The power is summed in chunks, which registers can do, and searched chunk by chunk.
    """
    n = freqs.size
    n_chunks = (n - 1) // _CHUNK
    chunks = np.empty(n_chunks)
    for row in range(psd.shape[0]):
        density = psd[row]
        total = 0.0
        for c in range(n_chunks):
            chunk = 0.0
            for i in range(_CHUNK):
                chunk += density[1 + c * _CHUNK + i]
            chunks[c] = chunk
            total += chunk
        for i in range(1 + n_chunks * _CHUNK, n):
            total += density[i]
        for k in range(len(_EDGES)):
            sought, below, c = total * _EDGES[k] * (1.0 - 1e-12), 0.0, 0
            while c < n_chunks and below + chunks[c] < sought:
                below += chunks[c]
                c += 1
            i = 1 + c * _CHUNK
            while i < n - 1 and below + density[i] < sought:
                below += density[i]
                i += 1
            out[row, k] = freqs[min(i, n - 1)] if total > _TINY else 0.0


@kernel
def lines(psd: np.ndarray, start: int, weights: np.ndarray, out: np.ndarray) -> None:
    """Fill out with the weighted sums of the log2 of the densities from start on: slope and offset.

    Densities below the rounding of their mean count as that.
    """
    n = weights.shape[1]
    for row in range(psd.shape[0]):
        density = psd[row, start : start + n]
        total = 0.0
        for i in range(n):
            total += density[i]
        least = max(_ROUNDING * total / n, _TINY)
        slope = offset = 0.0
        for i in range(n):
            logarithm = log2(density[i] if density[i] > least else least)
            slope += weights[0, i] * logarithm
            offset += weights[1, i] * logarithm
        out[row, 0] = slope if total > _TINY else 0.0
        out[row, 1] = max(offset, -12.0) if total > _TINY else -12.0
