import numpy as np
import pytest

from sklearn_eeg.signal._catch22 import canonical_statistics
from sklearn_eeg.signal._catch22_fluctuation import scales

NAMES = ("SC_FluctAnal_2_rsrangefit_50_1_logi_prop_r1", "SC_FluctAnal_2_dfa_50_1_2_logi_prop_r1")
KINDS = {
    "white": lambda rng, n: rng.normal(size=n),
    "walk": lambda rng, n: np.cumsum(rng.normal(size=n)),
    "spiky": lambda rng, n: rng.normal(size=n) ** 5,
    "integers": lambda rng, n: np.round(3 * rng.normal(size=n)),
}


def lengths_of(n):
    raw = np.exp(np.linspace(np.log(5), np.log(n // 2), 50))
    return np.unique(np.floor(raw + 0.5).astype(int))


def residual_of_line(x, y):
    return y - np.polyval(np.polyfit(x, y, 1), x)


def share_of_first_line(walk, summarise):
    lengths = lengths_of(walk.size)
    if lengths.size < 16:
        return 1.0
    sizes = []
    for length in lengths:
        pieces = walk[: walk.size // length * length].reshape(-1, length)
        rest = [residual_of_line(np.arange(length), piece) for piece in pieces]
        sizes.append(np.sqrt(np.mean([summarise(piece) for piece in rest])))
    x, y = np.log(lengths), np.log(sizes)
    fewest = max(8, int(x.size / 4 + 0.5))
    splits = range(fewest, x.size - fewest + 1)
    misfit = [
        (residual_of_line(x[:i], y[:i]) ** 2).sum() + (residual_of_line(x[i - 1 :], y[i - 1 :]) ** 2).sum()
        for i in splits
    ]
    return splits[int(np.argmin(misfit))] / x.size


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("n", [39, 40, 61, 78, 79, 300, 1001])
def test_scaling_breaks(kind, n):
    x = KINDS[kind](np.random.default_rng(n), n)
    values = canonical_statistics(x, "fluctuation")
    z = (x - x.mean()) / x.std(ddof=1)
    ranges = share_of_first_line(np.cumsum(z), lambda rest: np.ptp(rest) ** 2)
    squares = share_of_first_line(np.cumsum(z[::2]), lambda rest: np.mean(rest**2))
    assert [values[name] for name in NAMES] == pytest.approx([ranges, squares], rel=1e-12)


@pytest.mark.parametrize(("n", "first"), [(39, 1.0), (40, 0.5)])
def test_the_shortest_signals(n, first):
    values = canonical_statistics(np.random.default_rng(0).normal(size=n), "fluctuation")
    assert values[NAMES[0]] == first
    assert values[NAMES[1]] == 1.0


def test_lanes_do_not_mix():
    x = np.random.default_rng(0).normal(size=(67, 120))
    whole = canonical_statistics(x, "fluctuation")
    for name in NAMES:
        alone = [canonical_statistics(row, "fluctuation")[name] for row in x]
        np.testing.assert_array_equal(whole[name], alone)


@pytest.mark.parametrize("n", [2, 9, 10, 40, 1000])
def test_scales(n):
    assert scales(n).tolist() == (lengths_of(n).tolist() if n >= 10 else [5])
