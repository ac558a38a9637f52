import numpy as np
import pytest
from scipy.signal import resample_poly

from sklearn_eeg.signal._catch22 import canonical_statistics
from sklearn_eeg.signal._catch22_symbolic import count_thirds, low_pass, thinning_factors

KINDS = {
    "white": lambda rng, n: rng.normal(size=n),
    "walk": lambda rng, n: np.cumsum(rng.normal(size=n)),
    "smooth": lambda rng, n: np.convolve(rng.normal(size=n + 20), np.hanning(21), "valid"),
    "integers": lambda rng, n: np.round(3 * rng.normal(size=n)) + 0.01 * np.arange(n),
    "spiky": lambda rng, n: rng.normal(size=n) ** 5,
    "two values": lambda rng, n: (rng.normal(size=n) > 0.3) * 1.0,
}
each = pytest.mark.parametrize("kind", KINDS)
lengths = pytest.mark.parametrize("n", [12, 61, 300, 1001])


def case(kind, n):
    x = KINDS[kind](np.random.default_rng(n), n)
    return (x - x.mean()) / x.std(ddof=1), {k: float(v) for k, v in canonical_statistics(x).items()}


def longest_run(condition):
    return max(len(run) for run in "".join("1" if c else "0" for c in condition).split("0"))


def thirds(x):
    lower, upper = np.quantile(x, [1 / 3, 2 / 3], method="hazen")
    return (x > lower).astype(int) + (x > upper)


def pair_table(codes, lag, base):
    table = np.zeros((base, base))
    np.add.at(table, (codes[:-lag], codes[lag:]), 1)
    return table


def entropy(counts):
    share = counts[counts > 0] / counts.sum()
    return -(share * np.log(share)).sum()


@each
@lengths
def test_stretches(kind, n):
    z, values = case(kind, n)
    assert values["SB_BinaryStats_mean_longstretch1"] == longest_run(z > 1e-12)
    assert values["SB_BinaryStats_diff_longstretch0"] == longest_run(np.diff(z) <= 0)


def test_a_value_at_the_mean_is_not_above_it():
    values = canonical_statistics(0.1 * np.array([3.0, 1.0, 2.0, 2.0, 2.0, 3.0, 3.0, 0.0]), "stretches")
    assert values["SB_BinaryStats_mean_longstretch1"] == 2
    assert values["SB_BinaryStats_diff_longstretch0"] == 2


@each
@lengths
def test_pair_entropy(kind, n):
    z, values = case(kind, n)
    table = pair_table(thirds(z), 1, 3)
    expected = entropy(table) + max((table > 0).sum() - 5, 0) / (2 * (n - 1))
    assert values["SB_MotifThree_quantile_hh"] == pytest.approx(expected, abs=1e-12)


@each
@lengths
def test_mutual_information(kind, n):
    z, values = case(kind, n)
    width = np.ptp(z) / 5
    table = pair_table(np.digitize(z, z.min() + (np.arange(1, 5) - 1e-6) * width), 2, 5)
    first, second = table.sum(axis=1), table.sum(axis=0)
    bias = ((table > 0).sum() - (first > 0).sum() - (second > 0).sum() + 1) / (2 * (n - 2))
    expected = entropy(first) + entropy(second) - entropy(table) - bias
    assert values["CO_HistogramAMI_even_5bin_ami2"] == pytest.approx(expected, abs=1e-12)


@each
@lengths
def test_transitions(kind, n):
    z, values = case(kind, n)
    products = np.correlate(z, z, "full")[n - 1 :]
    factor = max(min(np.flatnonzero(products <= 0)[0], n // 50), 1)
    thinned = resample_poly(z, 1, factor) if factor > 1 else z
    shares = pair_table(thirds(thinned), 1, 3) / (thinned.size - 1)
    expected = shares.var(axis=0, ddof=1).sum()
    assert values["SB_TransitionMatrix_quantile_3_ac_sumdiagcov"] == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("n", [3, 4, 9, 10])
def test_counts_of_the_first_values_only(n):
    rng = np.random.default_rng(n)
    rows = rng.normal(size=(4, 10))
    tables = np.empty((4, 3, 3), np.int64)
    count_thirds(rows, np.full(4, n), tables)
    for row, table in zip(rows, tables, strict=True):
        np.testing.assert_array_equal(table, pair_table(thirds(row[:n]), 1, 3))


def test_thinning_factors():
    zeros = np.array([1.0, 7.0, 100.0])
    assert thinning_factors(1000, zeros).tolist() == [1, 7, 20]
    assert thinning_factors(49, zeros).tolist() == [1, 1, 1]


@pytest.mark.parametrize("factor", [2, 7, 20])
def test_low_pass(factor):
    taps = low_pass(factor)
    assert taps.size == 10 * factor + 1
    assert taps[0] + 2 * taps[1:].sum() == pytest.approx(1.0)
    impulse = np.zeros(40 * factor)
    impulse[20 * factor] = 1.0
    whole = np.r_[taps[:0:-1], taps]
    expected = resample_poly(impulse, 1, factor)
    np.testing.assert_allclose(np.convolve(impulse, whole, "same")[::factor], expected, atol=1e-12)


def test_every_transition_of_a_cycle_through_thirds():
    x = np.tile([0.0, 1.0, 2.0], 15)
    values = canonical_statistics(x, ["transitions", "pairs"])
    assert values["SB_MotifThree_quantile_hh"] == pytest.approx(np.log(3), abs=1e-3)
    # 44 transitions, 15 of them 0 to 1 and 1 to 2, and 14 of them 2 to 0; one in each column
    expected = (15**2 + 15**2 + 14**2) / 3 / 44**2
    assert values["SB_TransitionMatrix_quantile_3_ac_sumdiagcov"] == pytest.approx(expected)
