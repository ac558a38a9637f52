import numpy as np
import pytest

from sklearn_eeg.systems._steps import check_sfreq, make_denoiser


@pytest.mark.parametrize("sfreq", [0, -1, np.inf, np.nan, "128", None])
def test_rates_are_checked(sfreq):
    with pytest.raises(ValueError, match="`sfreq` must be the sampling frequency in Hz, above 0, got"):
        check_sfreq(sfreq)


@pytest.mark.parametrize(
    ("sfreq", "mains", "expected"),
    [(256, 50, (50, (0.5, 45.0))), (256, None, (None, (0.5, 45.0))), (90, 50, (None, (0.5, None)))],
)
def test_bands_fit_the_rate(sfreq, mains, expected):
    denoiser = make_denoiser(sfreq, mains, None)
    assert (denoiser.mains, denoiser.band) == expected
    denoiser.fit(np.random.default_rng(0).normal(size=(2, 3, 512)))
