import re

import numpy as np
import pytest
import pywt

from sklearn_eeg.signal import THRESHOLD_MODES, THRESHOLD_RULES, noise_level, wavelet_shrinkage

each_rule = pytest.mark.parametrize("rule", THRESHOLD_RULES)
each_mode = pytest.mark.parametrize("mode", THRESHOLD_MODES)


def blocks(n=1024):
    """Donoho and Johnstone's 'blocks', in miniature: sparse in the Haar basis."""
    x = np.zeros(n)
    for start, height in ((0.1, 40), (0.25, -60), (0.4, 30), (0.7, -20), (0.85, 50)):
        x[int(start * n) :] += height
    return x


def noisy(sigma=5.0, seed=0, n=1024):
    return blocks(n) + np.random.default_rng(seed).normal(scale=sigma, size=(8, n))


def universal(details, sigma, n_times):
    return sigma * np.sqrt(2 * np.log(n_times))


def sure(details, sigma, n_times):
    tried = np.concatenate([[0.0], np.abs(details)])

    def risk(t):
        c = np.abs(details) / sigma
        return c.size - 2 * (np.abs(details) <= t).sum() + np.square(np.minimum(c, t / sigma)).sum()

    return min(min(tried, key=risk), universal(details, sigma, n_times))


def bayes(details, sigma, n_times):
    signal = np.square(details).mean() - sigma**2
    return sigma**2 / np.sqrt(signal) if signal > 0 else np.inf


PLAIN = {"sure": sure, "universal": universal, "bayes": bayes}


def threshold(details, value, mode):
    """Call pywt's function; hard thresholding keeps a detail at the threshold but for rounding."""
    if value in (0, np.inf):  # of which pywt makes NaN
        return details * (value == 0)
    return pywt.threshold(details, value * (1 - 1e-12) if mode == "hard" else value, mode)


def written_out(x, wavelet, level, rule, mode):
    """Denoise a signal by pywt, for levels beyond the deepest too."""
    approximation, *details = pywt.wavedec(x, wavelet, level=level)
    sigma = noise_level(details[-1])[0]
    kept = [threshold(d, PLAIN[rule](d, sigma, x.size), mode) for d in details]
    return pywt.waverec([approximation, *kept], wavelet)[: x.size]


@each_rule
@each_mode
@pytest.mark.parametrize("wavelet", pywt.wavelist(kind="discrete"))
@pytest.mark.filterwarnings("ignore:Level value of:UserWarning")
def test_equals_pywt(wavelet, rule, mode):
    rng = np.random.default_rng(0)
    for n, level in ((2, 1), (33, 2), (100, 3), (257, 5)):
        x = 3 * rng.normal(size=n) + 10 * np.sin(np.arange(n) / 9)
        expected = written_out(x, wavelet, level, rule, mode)
        ours = wavelet_shrinkage(x, wavelet, level, rule=rule, mode=mode)
        np.testing.assert_allclose(ours, expected, rtol=0, atol=1e-9)


@each_rule
@each_mode
@pytest.mark.parametrize("seed", range(8))
def test_equals_pywt_on_random_signals(seed, rule, mode):
    rng = np.random.default_rng(seed)
    n, wavelet = int(rng.integers(16, 2000)), str(rng.choice(["sym4", "db4", "haar", "bior2.2", "coif3"]))
    level = max(1, pywt.dwt_max_level(n, wavelet))
    x = rng.normal(scale=5, size=n) + rng.choice([0, 0, 50], size=n) + rng.normal(size=n).cumsum()
    expected = written_out(x, wavelet, level, rule, mode)
    ours = wavelet_shrinkage(x, wavelet, level, rule=rule, mode=mode)
    np.testing.assert_allclose(ours, expected, rtol=0, atol=1e-9)


@each_rule
@each_mode
def test_brings_a_noisy_signal_nearer_to_the_clean_one(rule, mode):
    before = np.square(noisy() - blocks()).mean()
    after = np.square(wavelet_shrinkage(noisy(), "haar", 5, rule=rule, mode=mode) - blocks()).mean()
    assert after < before / 2


def test_more_is_removed_by_the_universal_threshold():
    noise = np.random.default_rng(0).normal(size=(20, 1024))
    left = {rule: np.square(wavelet_shrinkage(noise, "sym4", 4, rule=rule)).mean() for rule in PLAIN}
    assert left["universal"] < left["sure"] < 0.2
    assert left["bayes"] < 0.2


def test_garrote_lies_between_soft_and_hard():
    left = {
        mode: wavelet_shrinkage(noisy(), "haar", 1, mode=mode, rule="universal") for mode in THRESHOLD_MODES
    }
    detail = {mode: np.abs(x[:, 1::2] - x[:, ::2]) for mode, x in left.items()}
    assert (detail["soft"] <= detail["garrote"] + 1e-9).all()
    assert (detail["garrote"] <= detail["hard"] + 1e-9).all()
    assert (detail["soft"] < detail["garrote"] - 1e-3).any()


@each_rule
def test_scales_with_the_signal(rule):
    ours = wavelet_shrinkage(noisy(), "sym4", 4, rule=rule)
    np.testing.assert_allclose(wavelet_shrinkage(3 * noisy(), "sym4", 4, rule=rule), 3 * ours)
    np.testing.assert_allclose(wavelet_shrinkage(-noisy(), "sym4", 4, rule=rule), -ours)


@each_rule
@each_mode
def test_noise_free_stays_as_it_is(rule, mode):
    x = np.repeat([1.0, 5.0], 64)
    np.testing.assert_allclose(wavelet_shrinkage(x, "haar", 3, rule=rule, mode=mode), x, atol=1e-12)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@each_rule
def test_constant_stays_as_it_is_to_the_last_digit(rule, dtype):
    x = np.full((3, 100), 0.1, dtype)
    np.testing.assert_array_equal(wavelet_shrinkage(x, "db4", 3, rule=rule), x)


@pytest.mark.parametrize("n_times", [1, 2, 101, 128])
def test_length_and_type_are_kept(n_times):
    x = np.random.default_rng(0).normal(size=(2, 3, n_times)).astype(np.float32)
    out = wavelet_shrinkage(x, "db4", 2)
    assert out.shape == x.shape
    assert out.dtype == np.float32
    np.testing.assert_allclose(out, wavelet_shrinkage(x.astype(np.float64), "db4", 2), atol=1e-6)


def test_batch_equals_loop():
    x = noisy().reshape(2, 4, -1)
    one_by_one = [[wavelet_shrinkage(channel, "sym4", 4) for channel in window] for window in x]
    np.testing.assert_array_equal(wavelet_shrinkage(x, "sym4", 4), one_by_one)


def test_level_0_changes_nothing():
    x = noisy()
    np.testing.assert_array_equal(wavelet_shrinkage(x, "db4", 0), x)


def test_noise_level_of_white_noise():
    noise = np.random.default_rng(0).normal(scale=3, size=(2, 200_000))
    details = pywt.dwt(noise, "db4", axis=-1)[1]
    np.testing.assert_allclose(noise_level(details), [[3], [3]], rtol=0.02)


def test_integers_and_read_only_arrays_are_denoised_as_numbers():
    x = np.round(noisy()).astype(np.int16)
    expected = wavelet_shrinkage(x.astype(float), "db4", 3)
    np.testing.assert_array_equal(wavelet_shrinkage(x, "db4", 3), expected)
    fixed = x.astype(float)
    fixed.setflags(write=False)
    np.testing.assert_array_equal(wavelet_shrinkage(fixed, "db4", 3), expected)


@pytest.mark.parametrize("wrong", [{"rule": "magic"}, {"mode": "garrotte"}])
def test_what_is_not_known(wrong):
    message = (
        "`rule` must be among ['bayes', 'sure', 'universal'] and `mode` among ['garrote', 'hard', 'soft']"
    )
    with pytest.raises(ValueError, match=re.escape(message)):
        wavelet_shrinkage(noisy(), "db4", 3, **wrong)


def test_level_below_0_and_continuous_wavelet():
    with pytest.raises(ValueError, match="`level` must be at least 0, got -1"):
        wavelet_shrinkage(noisy(), "db4", -1)
    with pytest.raises(ValueError, match="mexh"):
        wavelet_shrinkage(noisy(), "mexh", 3)
