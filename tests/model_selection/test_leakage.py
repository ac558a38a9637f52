import re

import numpy as np
import pytest
from sklearn.frozen import FrozenEstimator
from sklearn.model_selection import GroupKFold, GroupShuffleSplit, KFold, ShuffleSplit
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from sklearn_eeg.datasets import load_bonn, load_guinea_bissau, load_helsinki, make_seizures
from sklearn_eeg.model_selection import LeakageReport, PatientKFold, check_leakage

PATIENTS = np.repeat([f"chb{number:02d}" for number in range(1, 13)], 5)
Y = np.tile([0, 1, 0, 1, 1], 12)
X = np.cumsum(np.random.default_rng(0).normal(size=(60, 3, 128)), axis=-1)
CV = PatientKFold(4, random_state=0)


def refuse(text):
    return pytest.raises(ValueError, match=re.escape(text))


def kinds(*args, **options):
    return [finding.kind for finding in check_leakage(*args, **options)]


@pytest.mark.parametrize(
    "cv",
    [None, 4, CV, PatientKFold("patients"), GroupKFold(3), GroupShuffleSplit(4, random_state=0)],
    ids=str,
)
def test_clean_windows_split_by_patient(cv):
    start = np.tile(np.arange(5) * 4.0, 12)
    report = check_leakage(
        X, Y, PATIENTS, cv, estimator=make_pipeline(StandardScaler(), SVC()), recording=PATIENTS,
        start_second=start, window_seconds=5.0,
    )  # fmt: skip
    assert isinstance(report, LeakageReport)
    assert list(report) == []


@pytest.mark.parametrize(
    "cv", [KFold(4, shuffle=True, random_state=0), ShuffleSplit(2, random_state=0)], ids=str
)
def test_a_split_over_windows(cv):
    report = check_leakage(X, Y, PATIENTS, cv)
    assert [finding.kind for finding in report] == ["patient"]
    with pytest.raises(ValueError, match="patients .* on both sides"):
        report.raise_if_any("error")


def test_every_leak_at_once():
    windows = X.copy()
    windows[40] = windows[1]
    windows[50] = -2 * windows[2]
    windows[5] = 0.0
    groups = np.where(PATIENTS == "chb12", "chb21", PATIENTS)
    start = np.tile(np.arange(5) * 4.0, 12)
    report = check_leakage(
        windows, Y, groups, KFold(4, shuffle=True, random_state=0), recording=groups, start_second=start,
        window_seconds=5.0, estimator=FrozenEstimator(SVC().fit(X[:, 0], Y)),
    )  # fmt: skip
    found = [finding.kind for finding in report]
    assert found == ["patient", "overlap", "duplicate", "near_duplicate", "frozen", "flat"]
    assert "chb21 is chb01" in report[0].sentence


def test_one_person_under_two_ids():
    groups = np.where(PATIENTS == "chb12", "chb21", PATIENTS)
    (finding,) = check_leakage(X, Y, groups)
    assert (finding.kind, finding.patients) == ("same_person", ("chb21", "chb01"))
    assert kinds(X, Y, PATIENTS, same_person={"chb03": "chb02", "nobody": "chb01"}) == ["same_person"]
    test = np.isin(groups, ["chb01", "chb21"])
    assert kinds(X, Y, groups, [(~test, test), (test, ~test)]) == []
    test = groups == "chb01"
    assert kinds(X, Y, groups, [(~test, test), (test, ~test)]) == ["patient"]


def test_without_patients():
    assert kinds(X, Y) == ["no_patients"]
    assert kinds(X, Y, None, 3) == ["no_patients"]
    assert kinds(X, Y, recording=PATIENTS, cv=3) == ["recording", "no_patients"]


def test_a_table_scaled_outside_the_folds():
    table = np.random.default_rng(0).gamma(2.0, size=(60, 4))
    assert kinds(table, Y, PATIENTS, near=None) == []
    scaled = StandardScaler().fit_transform(table)
    assert kinds(scaled, Y, PATIENTS, near=None) == ["fitted_outside"]
    inside = make_pipeline(StandardScaler(), SVC())
    assert kinds(table, Y, PATIENTS, CV, near=None, estimator=inside) == []


def test_inputs_of_any_kind():
    mne = pytest.importorskip("mne")
    epochs = mne.EpochsArray(X * 1e-6, mne.create_info(3, 100.0, "eeg"), verbose="error")
    assert kinds(epochs, list(Y), list(PATIENTS)) == []
    assert kinds(X.tolist(), Y.astype(str), PATIENTS.astype(object)) == []
    assert kinds((X * 100).astype(np.int32), Y, PATIENTS) == []
    assert kinds(X.astype(np.float32), Y, PATIENTS) == []


def test_faults_of_the_arguments():
    with refuse("X must be windows of shape (n_windows, n_channels, n_times), or (n_windows, n_times)"):
        check_leakage(X[0, 0], Y)
    with refuse("`y` must give the label of each window, got None."):
        check_leakage(X, None)
    with refuse("`groups` must have one entry for each of the 60 windows, got 59."):
        check_leakage(X, Y, PATIENTS[1:])
    with refuse("`groups` must give the patient of each window, got none (NaN or None) for 1 of 60 windows"):
        check_leakage(X, Y, np.where(np.arange(60) == 3, None, PATIENTS))
    for near in (0.5, 1.0, 2):
        with refuse(f"`near` must be above 0.5 and below 1, or None, got {near}."):
            check_leakage(X, Y, near=near)
    with refuse("`window_seconds` must be positive, got 0."):
        check_leakage(X, Y, window_seconds=0)
    with refuse("`start_second` must come with `recording` and `window_seconds`"):
        check_leakage(X, Y, PATIENTS, start_second=np.arange(60))
    with refuse("`cv` must be a number of folds, a splitter or an iterable of (train, test), got 'five'."):
        check_leakage(X, Y, PATIENTS, "five")
    with refuse("13 folds need at least 13 patients, got 12: ask for 12 folds or fewer."):
        check_leakage(X, Y, PATIENTS, 13)


def test_thousands_of_windows():
    rng = np.random.default_rng(0)
    windows = rng.standard_normal((4000, 19, 64), dtype=np.float32)
    windows[3000] = -5 * windows[17]
    report = check_leakage(windows, np.arange(4000) % 2, np.arange(4000) // 100)
    assert [(finding.kind, finding.indices.tolist()) for finding in report] == [
        ("near_duplicate", [17, 3000])
    ]


class TestRealData:
    """No leak is found where there is none; that class and subject are confounded is said."""

    def test_helsinki(self, eeg_data):
        pytest.importorskip("h5py", reason="needs h5py")
        eeg = load_helsinki(eeg_data)
        report = check_leakage(
            eeg.data, eeg.target, eeg.groups, 5, recording=eeg.recording, start_second=eeg.start_second,
            window_seconds=1.0,
        )  # fmt: skip
        assert not report
        assert [finding.kind for finding in report] == ["confounded"]

    def test_guinea_bissau(self, eeg_data):
        eeg = load_guinea_bissau(eeg_data)
        report = check_leakage(
            eeg.data, eeg.target, eeg.groups, 5, recording=eeg.recording, start_second=eeg.start_second,
            window_seconds=5.0,
        )  # fmt: skip
        assert not report
        assert [finding.kind for finding in report] == ["confounded"]

    def test_bonn(self, eeg_data):
        eeg = load_bonn(eeg_data)
        report = check_leakage(eeg.data, eeg.target, eeg.recording, 5)
        assert not report
        # Some series of the intracranial sets F and S nearly repeat one another, by mistake or by the
        # same activity seen from two electrodes.
        (finding,) = check_leakage(eeg.data, eeg.target, eeg.recording, near=0.95)[:1]
        assert finding.kind == "near_duplicate"
        assert {name[0] for name in finding.patients} == {"F", "S"}

    def test_simulated(self):
        eeg = make_seizures(random_state=0)
        assert list(check_leakage(eeg.data, eeg.target, eeg.groups, 5)) == []


def test_windows_of_unequal_length():
    X = np.random.default_rng(0).normal(size=(4, 64))
    where = {"recording": np.zeros(4), "start_second": np.array([0.0, 10, 11, 12])}
    length = np.array([10.0, 1, 1, 1])

    def overlaps(seconds):
        report = check_leakage(X, [0, 1, 0, 1], window_seconds=seconds, **where)
        return [each.indices.tolist() for each in report if each.kind == "overlap"]

    assert overlaps(length) == overlaps(1.0) == []
    assert overlaps([10.0, 1, 1.5, 1]) == [[2, 3]]
    assert overlaps([13.0, 1, 1, 1]) == [[0, 1, 2, 3]]  # the first reaches over all
    assert overlaps(length.mean()) != []
    for seconds, got in ((length[:3], "shape (3,)"), (["a"] * 4, "['a', 'a', 'a', 'a']")):
        with pytest.raises(ValueError, match="`window_seconds` must be a number, or one for each") as error:
            overlaps(seconds)
        assert got in str(error.value)
    with refuse("`window_seconds` must be positive, got nan."):
        overlaps([1.0, np.nan, 1, 1])
