"""The report as users call it, on simulated and on real windows."""

import numpy as np
import pytest

from sklearn_eeg.sampling import fidelity_report


def make(n, seed):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(n, 2, 64)), np.tile([0, 1], n // 2), np.arange(n) % 4


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"n_halvings": 0}, "`n_halvings` must be a whole number of at least 1, got 0"),
        ({"confidence_level": 1.0}, "`confidence_level` must be between 0 and 1, got 1.0"),
        ({"n_directions": 0}, "`n_directions` must be at least 1, got 0"),
        ({"n_halvings": 1.5}, "`n_halvings` must be a whole number of at least 1, got 1.5."),
        ({"beside": {"synthetic": (0, 0)}}, "`beside` must not name a set 'synthetic'"),
        ({"y_train": [0, 1]}, "`X_train` must be given with `y_train`, got None"),
        ({"n_neighbors": 0}, "`n_neighbors` must be at least 1 and"),
    ],
)
def test_errors(options, message):
    x, y, patients = make(80, 0)
    with pytest.raises(ValueError, match=message):
        fidelity_report(x, y, x, y, sfreq=64, groups=patients, **options)


def test_epochs_of_mne_are_read_in_microvolts():
    mne = pytest.importorskip("mne")
    x, y, patients = make(80, 0)
    info = mne.create_info(["Cz", "Pz"], 64, "eeg")
    epochs = mne.EpochsArray(1e-6 * x, info, verbose=False)
    found = fidelity_report(epochs, y, 10 * x[:40], y[:40], sfreq=64, groups=patients, n_halvings=1)
    same = fidelity_report(x, y, 10 * x[:40], y[:40], sfreq=64, groups=patients, n_halvings=1)
    assert list(found.by_band) == ["Cz", "Pz"]
    np.testing.assert_allclose(found.figures, same.figures, rtol=1e-6)
    with pytest.raises(ValueError, match="`sfreq` is 128 Hz but the epochs were sampled at 64"):
        fidelity_report(epochs, y, x, y, sfreq=128, groups=patients)


def test_one_channel_of_float32():
    x, y, patients = make(80, 0)
    found = fidelity_report(
        x[:, 0].astype(np.float32), y, x[:40, 1], y[:40], sfreq=64, groups=patients, n_halvings=1
    )
    assert np.isnan(found.figures.loc["correlation_distance", "synthetic"])
    assert found.figures.loc["log_spectrum_distance", "synthetic"] < 2


def test_a_minority_class_alone():
    x, y, _ = make(80, 0)
    patients = np.arange(80) // 2 % 4
    found = fidelity_report(x, y, make(40, 1)[0], np.ones(40, int), sfreq=64, groups=patients, n_halvings=1)
    assert found.classes == (1,)
    assert np.isnan(found.figures.loc["trained_on", "synthetic"])
    assert np.isfinite(found.figures.loc["coverage", "synthetic"])


def test_two_patients_cannot_be_told_from_synthetic_ones():
    x, y, _ = make(80, 0)
    with pytest.warns(UserWarning, match="`groups` holds 2 patients"):
        found = fidelity_report(x, y, x, y, sfreq=64, groups=np.arange(80) // 40, n_halvings=1)
    assert "2 patients" in str(found)
    assert np.isnan(found.figures.loc["two_sample_auc", "synthetic"])
    assert np.isnan(found.intervals["synthetic"]).all()


def test_copies_are_found_though_the_judge_has_the_training_windows():
    x, y, patients = make(80, 0)
    options = {"sfreq": 64, "groups": patients, "n_halvings": 1}
    with pytest.warns(UserWarning, match="80 of 80 real windows are training windows, too"):
        copied = fidelity_report(x, y, x, y, X_train=x, y_train=y, **options)
    with pytest.warns(UserWarning, match="40 of 80 real windows"):
        good = fidelity_report(x, y, make(80, 1)[0], y, X_train=x[:40], **options)
    assert copied.memorised == {"synthetic": True}
    assert copied.figures.loc["copies", "synthetic"] == 1
    assert good.memorised == {"synthetic": False}
    assert good.figures.loc["nearest_ratio", "synthetic"] == pytest.approx(1, abs=0.05)


def test_windows_that_are_all_alike_have_a_page():
    x, y, patients = make(80, 0)
    found = fidelity_report(0 * x, y, 0 * x[:40], y[:40], sfreq=64, groups=patients, n_halvings=1)
    assert found.gallery.explained == (0.0, 0.0)


def test_constant_windows_are_measured():
    x, y, patients = make(80, 0)
    found = fidelity_report(x, y, 0 * x[:40], y[:40], sfreq=64, groups=patients, n_halvings=1)
    assert found.figures.loc["standard_deviation", "synthetic"] == 0
    assert found.figures.loc["recall", "synthetic"] == 0
    assert not found.memorised["synthetic"]


def test_real_seizures_of_newborns(eeg_data):
    """Windows of other infants are as good as real; shifted copies are found; white noise is told apart."""
    from sklearn_eeg.datasets import load_helsinki

    bunch = load_helsinki(data_home=eeg_data)
    train = np.isin(bunch.groups, np.unique(bunch.groups)[::4])
    others = np.isin(bunch.groups, np.unique(bunch.groups)[1::4])
    judge = ~train & ~others
    x, y, rng = bunch.data, bunch.target, np.random.default_rng(0)
    shifted = np.roll(x[train], 20, axis=-1) + rng.normal(0, 1, x[train].shape)
    found = fidelity_report(
        x[judge],
        y[judge],
        x[others],
        y[others],
        sfreq=bunch.sfreq,
        groups=bunch.groups[judge],
        X_train=x[train],
        y_train=y[train],
        beside={"shifted": (shifted, y[train]), "white": (rng.normal(0, 20, x[train].shape), y[train])},
        n_halvings=1,
    )
    assert found.memorised == {"synthetic": False, "shifted": True, "white": False}
    figures = found.figures
    assert figures.loc["two_sample_auc", "white"] > 0.99
    assert figures.loc["two_sample_auc", "synthetic"] < 0.8
    assert figures.loc["coverage", "synthetic"] > 0.5
    assert figures.loc["coverage", "white"] < 0.2
    assert (
        figures.loc["log_spectrum_distance", "synthetic"] < 5 < figures.loc["log_spectrum_distance", "white"]
    )
