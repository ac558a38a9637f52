import numpy as np
import pytest

from sklearn_eeg.signal import _fft
from sklearn_eeg.signal._fft import irfft, rfft


@pytest.fixture(params=["ducc0", "numpy"])
def _library(request, monkeypatch):
    if request.param == "numpy":
        monkeypatch.setattr(_fft, "ducc0", None)
    else:
        pytest.importorskip("ducc0", reason="needs ducc0")


@pytest.mark.usefixtures("_library")
@pytest.mark.parametrize("n_times", [1, 2, 3, 250, 251, 1000])
def test_equals_numpy(n_times):
    x = np.random.default_rng(0).normal(size=(3, 4, n_times))
    expected = np.fft.rfft(x)
    np.testing.assert_allclose(rfft(x), expected, rtol=0, atol=1e-12)
    out = np.empty_like(expected)
    assert np.shares_memory(rfft(x, out), out)
    np.testing.assert_allclose(out, expected, rtol=0, atol=1e-12)
    np.testing.assert_allclose(irfft(expected, n_times), x, rtol=0, atol=1e-14 * 100)


@pytest.mark.usefixtures("_library")
def test_input_is_not_changed():
    x = np.random.default_rng(0).normal(size=(2, 64))
    before = x.copy()
    spectrum = rfft(x)
    kept = spectrum.copy()
    irfft(spectrum, 64)
    np.testing.assert_array_equal(x, before)
    np.testing.assert_array_equal(spectrum, kept)
