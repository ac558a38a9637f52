"""What a fidelity report is made from: read, checked, thinned."""

import numpy as np
import pytest

from sklearn_eeg.sampling._fidelity_inputs import REAL, read_inputs


def windows(n, seed=0):
    return np.random.default_rng(seed).normal(size=(n, 2, 64))


X, Y, PATIENTS = windows(24), np.tile(["a", "b"], 12), np.repeat(["p", "q", "r", "s"], 6)
TRAIN = windows(24, 9)


def read(real=(X, Y, PATIENTS), sets=None, train=None, **options):
    sets = {"synthetic": (X, Y)} if sets is None else sets
    return read_inputs(real, sets, train, **{"sfreq": 64, **options})


def test_labels_and_patients_become_numbers():
    inputs = read(sets={"synthetic": (windows(6, 1), ["b", "a"] * 3), "rival": (X, Y)}, train=(TRAIN, Y))
    assert inputs.classes.tolist() == ["a", "b"]
    assert inputs.sets["synthetic"].labels.tolist() == [1, 0] * 3
    assert inputs.real.units.tolist() == np.repeat([0, 1, 2, 3], 6).tolist()
    assert list(inputs.sets) == ["synthetic", "rival"]
    assert not set(inputs.real.units) & set(inputs.sets["rival"].units)
    assert len(inputs.real.table) == 24
    assert inputs.train_labelled
    assert inputs.ch_names == ["ch0", "ch1"]
    assert inputs.warnings == ()


def test_windows_of_one_channel_may_have_two_dimensions():
    inputs = read((X[:, 0], Y, PATIENTS), {"synthetic": (X[:5, 0], Y[:5])}, train=(TRAIN[:, 0], None))
    assert inputs.sets["synthetic"].windows.shape == (5, 1, 64)
    assert not inputs.train_labelled


def test_classes_that_the_synthetic_set_lacks_are_not_compared():
    inputs = read(sets={"synthetic": (X[:4], ["b"] * 4)}, train=(TRAIN, Y))
    assert inputs.classes.tolist() == ["b"]
    assert len(inputs.real.windows) == 12
    np.testing.assert_array_equal(inputs.real.windows, X[1::2])
    assert len(inputs.train.windows) == 24  # copies may be of any class
    assert inputs.train.labels.tolist() == [-1, 0] * 12


def test_large_sets_are_thinned_but_not_the_training_windows():
    x, y = windows(90), np.tile(["a", "b"], 45)
    inputs = read((x, y, np.arange(90) % 5), {"synthetic": (x, y)}, (windows(90, 9), y), max_windows=30)
    assert len(inputs.real.windows) == len(inputs.sets["synthetic"].windows) == 30
    assert len(inputs.train.windows) == 90
    again = read((x, y, np.arange(90) % 5), {"synthetic": (x, y)}, max_windows=30)
    np.testing.assert_array_equal(inputs.real.windows, again.real.windows)


def test_without_patients_there_is_a_warning():
    with pytest.warns(UserWarning, match="`groups` is missing: .* Pass the patient of each window"):
        inputs = read((X, Y, None))
    assert not inputs.by_patient
    assert len(set(inputs.real.units)) == 24


def test_a_class_of_one_patient_is_left_out():
    y = np.where((PATIENTS == "p") & (Y == "b"), "c", Y)
    with pytest.warns(UserWarning, match="Class 'c' is left out: its real windows are of one patient"):
        inputs = read((X, y, PATIENTS), {"synthetic": (X, y)})
    assert inputs.classes.tolist() == ["a", "b"]
    with pytest.raises(ValueError, match="`groups` must have two patients with one class"):
        read((X, PATIENTS, PATIENTS), {"synthetic": (X, PATIENTS)})


def test_bands_are_the_clinical_ones_or_given():
    assert list(read().bands) == ["delta", "theta", "alpha", "beta", "gamma"]
    assert read(bands={"slow": (0, 8)}).bands == {"slow": (0, 8)}
    with pytest.raises(ValueError, match="`bands` must end at or below half the sampling frequency"):
        read(bands={"fast": (20, 40)})


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"sfreq": 0}, "`sfreq` must be positive, got 0"),
        ({"max_windows": 3}, "`max_windows` must be at least 20, got 3"),
        ({"ch_names": ["Cz"]}, "`ch_names` must name each of the 2 channels"),
        ({"real": (X, Y, np.zeros(24))}, "`groups` must hold at least two patients, got 1: leave it out"),
        ({"real": (X, Y[:-1], PATIENTS)}, "inconsistent numbers of samples"),
        ({"real": (X, Y, PATIENTS[:-1])}, "inconsistent numbers of samples"),
        (
            {"sets": {"synthetic": (X[..., :60], Y)}},
            "The synthetic windows: X has .* x 60 time points, but the real ones have 2 channels x 64 time",
        ),
        (
            {"sets": {"synthetic": (X[:, 0], Y)}},
            "X has 2 dimensions, but the real ones have windows of 3 dim",
        ),
        ({"real": (X, np.where(Y == "a", 0, np.nan), PATIENTS)}, "labels of the real windows must be known"),
        ({"real": (X, np.linspace(0, 1, 24), PATIENTS)}, "Unknown label type: continuous"),
        ({"real": (X, Y, np.where(PATIENTS == "p", np.nan, 1))}, "`groups` must be known for each window"),
        ({"real": (X, Y, [None, *PATIENTS[1:]])}, "`groups` must be known for each window, got None or NaN"),
        ({"train": (TRAIN, [None, *Y[1:]])}, "`y_train` must be known for each window"),
        ({"sets": {"synthetic": (X, ["z"] * 24)}}, r"labels of the real windows .* lack \['z'\]"),
        ({"sets": {"synthetic": (X, Y), "rival": (X, ["a"] * 24)}}, r"of the rival windows .* lack \['b'\]"),
        ({"sets": {"synthetic": (X, Y), REAL: (X, Y)}}, "`beside` must not name a set 'real against real'"),
        ({"sets": {"synthetic": (X, Y), "rival": 5}}, r"`beside` must give each name a pair \(X, y\), got 5"),
        ({"sets": {"synthetic": (X * np.nan, Y)}}, "X contains NaN in window 0, channel 'ch0'"),
        ({"train": (X, Y[:3])}, "inconsistent numbers of samples"),
        ({"train": (X[:, :1], None)}, "1 channels x 64 time points, but"),
    ],
)
def test_errors(change, message):
    with pytest.raises(ValueError, match=message):
        read(**change)


def test_training_windows_among_the_real_ones_are_told():
    with pytest.warns(
        UserWarning, match="3 of 24 real windows are training windows, too: .* it has not seen"
    ):
        inputs = read(train=(np.concatenate([TRAIN, X[[1, 5, 7]].astype(np.float32)]), None))
    assert np.argwhere(inputs.shared).tolist() == [[1, 24], [5, 25], [7, 26]]
    assert not read(train=(TRAIN, None)).shared.any()


def test_few_patients_are_told():
    few = np.repeat(["p", "q", "r"], 8)
    with pytest.warns(UserWarning, match="`groups` holds 3 patients: .*`two_sample_auc`.* is left out"):
        inputs = read((X, Y, few))
    assert len(inputs.warnings) == 1


def test_windows_need_four_time_points():
    with pytest.raises(ValueError, match="at least 4 time points, got 3"):
        read((X[..., :3], Y, PATIENTS))
