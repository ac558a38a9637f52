import numpy as np
import pytest
import pywt

from sklearn_eeg.signal import THRESHOLD_RULES, noise_level, wavelet_shrinkage


def blocks(n=1024):
    """Donoho and Johnstone's 'blocks', in miniature: sparse in the Haar basis."""
    x = np.zeros(n)
    for start, height in ((0.1, 40), (0.25, -60), (0.4, 30), (0.7, -20), (0.85, 50)):
        x[int(start * n) :] += height
    return x


def noisy(sigma=5.0, seed=0, n=1024):
    return blocks(n) + np.random.default_rng(seed).normal(scale=sigma, size=(8, n))


def test_universal_threshold_is_its_formula():
    details = np.random.default_rng(0).normal(size=(3, 64))
    sigma = noise_level(details)
    expected = sigma * np.sqrt(2 * np.log(500))
    np.testing.assert_allclose(THRESHOLD_RULES["universal"](details, sigma, 500), expected)


@pytest.mark.parametrize("seed", range(5))
def test_sure_threshold_is_the_minimum_of_the_risk(seed):
    rng = np.random.default_rng(seed)
    details = rng.normal(scale=2, size=200) + 10 * (rng.random(200) < 0.1)
    sigma = np.array([2.0])

    def risk(t):
        c = np.abs(details / sigma)
        return c.size - 2 * (c <= t).sum() + np.square(np.minimum(c, t)).sum()

    tried = np.concatenate([[0.0], np.abs(details / sigma)])
    best = sigma * min(tried, key=risk)
    expected = np.minimum(best, sigma * np.sqrt(2 * np.log(1000)))
    np.testing.assert_allclose(THRESHOLD_RULES["sure"](details, sigma, 1000), expected)


@pytest.mark.parametrize("mode", ["soft", "hard"])
@pytest.mark.parametrize("rule", THRESHOLD_RULES)
def test_equals_the_transform_written_out(rule, mode):
    x = noisy()
    for row, ours in zip(x, wavelet_shrinkage(x, "db4", 4, rule=rule, mode=mode), strict=True):
        approximation, *details = pywt.wavedec(row, "db4", level=4)
        sigma = noise_level(details[-1])
        kept = [pywt.threshold(d, THRESHOLD_RULES[rule](d, sigma, row.size)[0], mode) for d in details]
        expected = pywt.waverec([approximation, *kept], "db4")
        np.testing.assert_allclose(ours, expected, rtol=0, atol=1e-10)


@pytest.mark.parametrize("rule", THRESHOLD_RULES)
def test_brings_a_noisy_signal_nearer_to_the_clean_one(rule):
    before = np.square(noisy() - blocks()).mean()
    after = np.square(wavelet_shrinkage(noisy(), "haar", 5, rule=rule) - blocks()).mean()
    assert after < before / 3


@pytest.mark.parametrize("rule", THRESHOLD_RULES)
def test_scales_with_the_signal(rule):
    ours = wavelet_shrinkage(noisy(), "sym4", 4, rule=rule)
    np.testing.assert_allclose(wavelet_shrinkage(3 * noisy(), "sym4", 4, rule=rule), 3 * ours)


@pytest.mark.parametrize("rule", THRESHOLD_RULES)
def test_noise_free_stays_as_it_is(rule):
    x = np.repeat([1.0, 5.0], 64)
    np.testing.assert_allclose(wavelet_shrinkage(x, "haar", 3, rule=rule), x, atol=1e-12)


@pytest.mark.parametrize("n_times", [101, 128])
def test_length_and_type_are_kept(n_times):
    x = np.random.default_rng(0).normal(size=(2, 3, n_times)).astype(np.float32)
    out = wavelet_shrinkage(x, "db4", 2)
    assert out.shape == x.shape
    assert out.dtype == np.float32


def test_level_0_changes_nothing():
    x = noisy()
    np.testing.assert_array_equal(wavelet_shrinkage(x, "db4", 0), x)


def test_sure_threshold_is_never_above_the_universal_one():
    # Half the details far out and none between: the risk is least beyond the universal threshold.
    details = np.r_[np.full(30, 4.9), np.full(2, 5.0)]
    sigma = np.array([1.0])
    limit = THRESHOLD_RULES["universal"](details, sigma, 16)
    assert THRESHOLD_RULES["sure"](details, sigma, 16) <= limit
    wide = np.r_[np.random.default_rng(0).normal(size=5000)]
    assert THRESHOLD_RULES["sure"](wide, sigma, 3) == THRESHOLD_RULES["universal"](wide, sigma, 3)


def test_integers_are_denoised_as_numbers():
    x = np.round(noisy()).astype(np.int16)
    np.testing.assert_array_equal(
        wavelet_shrinkage(x, "db4", 3), wavelet_shrinkage(x.astype(float), "db4", 3)
    )


@pytest.mark.parametrize("wrong", [{"rule": "magic"}, {"mode": "garrotte"}])
def test_what_is_not_known(wrong):
    with pytest.raises(ValueError, match=r"`rule` must be among \['sure', 'universal'\] and `mode`"):
        wavelet_shrinkage(noisy(), "db4", 3, **wrong)
