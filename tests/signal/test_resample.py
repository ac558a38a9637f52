from fractions import Fraction

import numpy as np
import pytest
import scipy.signal

from sklearn_eeg.signal import count_resampled, resample, resampling_ratio


@pytest.mark.parametrize(
    ("sfreq", "new_sfreq", "ratio"),
    [
        (256, 128, Fraction(1, 2)),
        (128, 256, Fraction(2)),
        (250, 256, Fraction(128, 125)),
        (173.61, 128, Fraction(12800, 17361)),
        (128, 173.61, Fraction(17361, 12800)),
        (512.0, 512.0, Fraction(1)),
        (20_000, 200, Fraction(1, 100)),
    ],
)
def test_ratio_is_exact(sfreq, new_sfreq, ratio):
    assert resampling_ratio(sfreq, new_sfreq) == ratio


@pytest.mark.parametrize("seed", range(20))
def test_measured_rates_are_met_within_a_millionth(seed):
    rng = np.random.default_rng(seed)
    sfreq, new_sfreq = rng.uniform(399.9, 400.1), rng.choice([100.0, 256.0, 173.61])
    try:
        ratio = resampling_ratio(sfreq, new_sfreq)
    except ValueError:
        ratio = resampling_ratio(round(sfreq, 1), new_sfreq)
        new_sfreq *= sfreq / round(sfreq, 1)
    assert float(ratio) == pytest.approx(new_sfreq / sfreq, rel=1e-6)
    assert max(ratio.numerator, ratio.denominator) <= 20_000


@pytest.mark.parametrize(
    ("rates", "message"),
    [
        ((0, 128), "`sfreq` must be positive and finite, got 0"),
        ((256, -1), "`new_sfreq` must be positive and finite, got -1"),
        ((256, np.inf), "`new_sfreq` must be positive and finite, got inf"),
        ((256, np.nan), "`new_sfreq` must be positive and finite, got nan"),
        ((256, 2), r"`new_sfreq` must lie between 2.56 and 25600 Hz, .* got 2 Hz: are both rates in Hz"),
        ((256, 256_000), "`new_sfreq` must lie between"),
        ((256.003, 256), r"whole numbers up to 20000, got 256.003 and 256 Hz: the nearest such is 1; round"),
    ],
)
def test_rates_that_make_no_sense(rates, message):
    with pytest.raises(ValueError, match=message):
        resample(np.zeros(100), *rates)


@pytest.mark.parametrize(("sfreq", "new_sfreq"), [(256, 200), (256, 128), (200, 256), (173.61, 128)])
def test_a_sinusoid_is_that_sampled_anew(sfreq, new_sfreq):
    x = np.cos(2 * np.pi * 7 * np.arange(int(8 * sfreq)) / sfreq)
    out = resample(x, sfreq, new_sfreq)
    expected = np.cos(2 * np.pi * 7 * np.arange(out.size) / new_sfreq)
    assert out.size == round(x.size * new_sfreq / sfreq)
    np.testing.assert_allclose(out[50:-50], expected[50:-50], atol=2e-3)


def test_no_aliases():
    x = np.sin(2 * np.pi * 75 * np.arange(2560) / 256)  # an eighth above 64 Hz and more
    assert np.abs(resample(x, 256, 128)[50:-50]).max() < 1 / 400
    at_the_edge = np.cos(2 * np.pi * 64 * np.arange(2560) / 256)
    assert np.abs(resample(at_the_edge, 256, 128)[50:-50]).max() == pytest.approx(0.5, abs=5e-3)


@pytest.mark.parametrize("n_times", [1, 2, 3, 10, 100, 256, 257, 1000])
@pytest.mark.parametrize("rates", [(256, 128), (256, 200), (250, 256), (256, 3)])
def test_lengths_constants_and_straight_lines(n_times, rates):
    assert resample(np.zeros((2, n_times)), *rates).shape[1] == count_resampled(
        n_times, resampling_ratio(*rates)
    )
    np.testing.assert_allclose(resample(np.full(n_times, 7.25), *rates), 7.25, rtol=1e-12)
    times = np.arange(n_times) / rates[0]
    line = resample(3 + 2 * times, *rates)
    np.testing.assert_allclose(line, 3 + 2 * np.arange(line.size) / rates[1] * (n_times > 1), rtol=1e-12)


@pytest.mark.parametrize("n_times", [256, 1024])
def test_windows_come_nearer_to_the_resampled_record_than_with_zeros(n_times):
    spectrum = np.fft.rfft(np.random.default_rng(0).standard_normal((30, 60 * 256)))
    record = np.fft.irfft(spectrum / np.maximum(np.arange(spectrum.shape[1]), 1) ** 0.75)
    whole = resample(record, 256, 128)
    cut = record[:, 7680 : 7680 + n_times]
    expected = whole[:, 3840 : 3840 + n_times // 2]
    ours = np.square(resample(cut, 256, 128) - expected).mean()
    zeros = scipy.signal.resample_poly(cut, 1, 2, axis=-1)
    assert ours < 0.1 * np.square(zeros - expected).mean()


def test_batch_types_and_equal_rates():
    x = np.random.default_rng(0).normal(scale=20, size=(2, 3, 300))
    out = resample(x, 256, 200)
    np.testing.assert_allclose(out, [[resample(c, 256, 200) for c in w] for w in x], atol=1e-12)
    single = resample(x.astype(np.float32), 256, 200)
    assert single.dtype == np.float32
    np.testing.assert_allclose(single, out, atol=1e-4)
    np.testing.assert_array_equal(resample(x, 200, 200.0), x)
    assert resample(x.round().astype(np.int16), 256, 200).dtype == np.float64


def test_empty_signal():
    with pytest.raises(ValueError, match="`x` must have at least one time point, got none"):
        resample(np.zeros((2, 0)), 256, 128)
