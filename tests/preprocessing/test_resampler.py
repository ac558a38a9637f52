import numpy as np
import pandas as pd
import pytest
from sklearn.pipeline import make_pipeline

from sklearn_eeg.features import FFTFeatures
from sklearn_eeg.preprocessing import Resampler
from sklearn_eeg.signal import resample

X = np.random.default_rng(0).normal(loc=3, scale=20, size=(20, 3, 256))


@pytest.mark.parametrize("new_sfreq", [100, 128.0, 256, 500.0, 173.61])
def test_is_the_function_and_tells_the_new_shape(new_sfreq):
    step = Resampler(256.0, new_sfreq).fit(X)
    out = step.transform(X)
    np.testing.assert_allclose(out, resample(X, 256.0, new_sfreq), atol=1e-12)
    assert out.shape == (20, 3, round(256 * new_sfreq / 256))
    assert step.n_times_out_ == out.shape[2]
    assert step.sfreq_out_ == new_sfreq


def test_features_at_the_new_rate():
    t = np.arange(1024) / 256
    X = np.tile(np.sin(2 * np.pi * 10 * t), (4, 2, 1))
    bands = {"alpha": (8.0, 13.0), "beta": (13.0, 30.0)}
    power = make_pipeline(Resampler(256.0, 100.0), FFTFeatures(100.0, ["power"], bands=bands)).fit_transform(
        X
    )
    np.testing.assert_allclose(power[0], [0.5, 0, 0.5, 0], atol=5e-3)


def test_names_out():
    step = Resampler(256.0, 128.0, ch_names=["Fz", "Cz", "Pz"])
    assert step.fit_transform(X).ch_names == ["Fz", "Cz", "Pz"]
    assert list(step.get_feature_names_out()) == ["Fz", "Cz", "Pz"]
    table = Resampler(256.0, 64.0).set_output(transform="pandas").fit_transform(pd.DataFrame(X[:, 0]))
    assert table.shape == (20, 64)
    assert list(table.columns[:2]) == ["t0", "t1"]


@pytest.mark.parametrize(
    ("new_sfreq", "message"),
    [
        (-1.0, "'new_sfreq' parameter of Resampler must be"),
        (2.0, "`new_sfreq` must lie between 2.56 and 25600 Hz"),
        (256.003, "must be in a ratio of whole numbers up to 20000"),
    ],
)
def test_bad_parameters(new_sfreq, message):
    with pytest.raises(ValueError, match=message):
        Resampler(256.0, new_sfreq).fit(X)
