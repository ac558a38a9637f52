import numpy as np
import pytest

from sklearn_eeg.model_selection._leaking_patients import find_patients, find_recordings, merge_persons
from sklearn_eeg.model_selection._sides import Sides

GROUPS = np.repeat(["ann", "bob", "cleo", "dan"], 3)
PERSON = np.repeat(np.arange(4), 3)
Y = np.tile([0, 1, 0], 4)


def leave_out(*tests):
    return [(np.setdiff1d(np.arange(12), test), np.asarray(test)) for test in tests]


def test_persons_under_two_ids():
    groups = np.array(["chb01", "chb02", "CHB21", "chb03", "chb03a", "chb03b"])
    person, pairs = merge_persons(groups, {"chb03a": "chb03", "chb03b": "chb03a", "chb99": "chb02"})
    assert person[0] == person[2] != person[1]
    assert person[3] == person[4] == person[5]
    assert len(np.unique(person)) == 3
    assert pairs == [("CHB21", "chb01"), ("chb03a", "chb03"), ("chb03b", "chb03a")]
    assert merge_persons(np.array([3, 1, 2]), {1: 3})[0].tolist() == [2, 2, 1]
    assert merge_persons(np.array(["chb21", "chb02"]), {})[1] == []


def test_patients_on_both_sides_are_named():
    sides = Sides(12, leave_out([0, 1, 2, 3], [4, 5, 6, 7, 8], [9, 10, 11]), PERSON)
    (finding,) = find_patients(sides, Y, GROUPS, PERSON, [])
    assert (finding.kind, finding.severity, finding.patients) == ("patient", "error", ("bob",))
    assert finding.indices.tolist() == [3, 4, 5]
    assert finding.sentence == (
        "1 of 4 patients (bob) on both sides, in 2 of 3 folds: split by patient, for example by PatientKFold."
    )


def test_a_single_patient_needs_others_and_is_told_once():
    sides, ann = Sides(12, leave_out(np.arange(6), np.arange(6, 12)), np.zeros(12, int)), np.full(12, "ann")
    (finding,) = find_patients(sides, Y, ann, np.zeros(12, int), [])
    assert finding.sentence == (
        "1 of 1 patient (ann) on both sides, in 2 of 2 folds: add patients, since a single one tells nothing "
        "of others."
    )


def test_two_ids_of_one_person():
    merged = np.where(PERSON == 3, 0, PERSON)
    by_id = Sides(12, leave_out([0, 1, 2, 3, 4, 5], [6, 7, 8, 9, 10, 11]), merged)
    (finding,) = find_patients(by_id, Y, GROUPS, merged, [("dan", "ann")])
    assert finding.patients == ("ann", "dan")
    assert "(ann, dan; dan is ann) on both sides" in finding.sentence
    together = Sides(12, leave_out([0, 1, 2, 9, 10, 11], [3, 4, 5, 6, 7, 8]), merged)
    assert list(find_patients(together, Y, GROUPS, merged, [("dan", "ann")])) == []
    (finding,) = find_patients(Sides(12, None, merged), Y, GROUPS, merged, [("dan", "ann")])
    assert (finding.kind, finding.severity) == ("same_person", "error")
    assert finding.indices.tolist() == [0, 1, 2, 9, 10, 11]
    assert "Patients dan and ann are one person" in finding.sentence


def test_a_class_in_one_patient():
    y = np.where(np.arange(12) == 4, 2, Y)
    (finding,) = find_patients(Sides(12, None, PERSON), y, GROUPS, PERSON, [])
    assert (finding.kind, finding.severity, finding.patients) == ("class_patient", "warning", ("bob",))
    assert finding.indices.tolist() == [4]
    assert finding.sentence.startswith("Class 2 occurs in patient bob only: no split by patient can both")


def test_class_and_patient_confounded():
    y = np.array(["rest", "rest", "seizure", "seizure"])[PERSON]
    (finding,) = find_patients(Sides(12, None, PERSON), y, GROUPS, PERSON, [])
    assert (finding.kind, finding.severity) == ("confounded", "note")
    assert "Each of the 4 patients has windows of one class only" in finding.sentence
    y[0] = "seizure"
    assert list(find_patients(Sides(12, None, PERSON), y, GROUPS, PERSON, [])) == []


class TestRecordings:
    names = np.array(["a"] * 4 + ["b"] * 4 + ["c"] * 4)
    start = np.tile([0.0, 2.0, 4.0, 6.0], 3)

    def find(self, folds, start=None, seconds=None, groups=None, person=None, names=None):
        names = self.names if names is None else names
        sides = Sides(12, folds, person)
        return list(find_recordings(sides, names, groups, person, start, seconds))

    def test_recordings_on_both_sides(self):
        (finding,) = self.find(leave_out([0, 1, 4, 5, 6, 7], [2, 3, 8, 9, 10, 11]))
        assert (finding.kind, finding.severity) == ("recording", "error")
        assert finding.indices.tolist() == [0, 1, 2, 3]
        assert "Windows of 1 of 3 recordings (a) on both sides, in 2 of 2 folds" in finding.sentence
        assert self.find(leave_out([0, 1, 2, 3], [4, 5, 6, 7, 8, 9, 10, 11])) == []

    def test_without_folds_and_patients_any_recording_may_be_parted(self):
        (finding,) = self.find(None)
        assert "Windows of 3 of 3 recordings (a, b, c) on both sides: pass groups=" in finding.sentence

    @pytest.mark.parametrize("seconds", [2.0, 0.5])
    def test_windows_that_touch_do_not_overlap(self, seconds):
        findings = self.find(leave_out([0, 2, 4, 6, 8, 10], [1, 3, 5, 7, 9, 11]), self.start, seconds)
        assert [finding.kind for finding in findings] == ["recording"]

    def test_windows_that_overlap(self):
        folds = leave_out([0, 1, 4, 5, 6, 7], [2, 3, 8, 9, 10, 11])
        *_, finding = self.find(folds, self.start, 2.5)
        assert (finding.kind, finding.indices.tolist()) == ("overlap", [1, 2])
        assert (
            "1 pair of windows in train and test of a fold overlap in time, such as 1 and 2"
            in finding.sentence
        )
        assert "(recording a, from 2 s and 4 s)" in finding.sentence
        *_, finding = self.find(folds, self.start, 4.5)
        assert finding.sentence.startswith("3 pairs of windows")
        assert finding.indices.tolist() == [0, 1, 2, 3]

    def test_order_and_unknown_starts_do_not_matter(self):
        order = np.random.default_rng(0).permutation(12)
        start = self.start.copy()
        start[[3, 7]] = np.nan
        sides = Sides(12, None, None)
        (_, plain) = find_recordings(sides, self.names, None, None, start, 2.5)
        (_, mixed) = find_recordings(sides, self.names[order], None, None, start[order], 2.5)
        assert sorted(order[mixed.indices]) == plain.indices.tolist() == [0, 1, 2, 4, 5, 6, 8, 9, 10, 11]

    def test_names_count_within_their_patient(self):
        names = np.array(["run1"] * 12)
        assert self.find(None, self.start, 2.5, GROUPS, PERSON, names) == []
        folds = leave_out([0, 3, 4, 5], [1, 2, 6, 7, 8, 9, 10, 11])
        (finding,) = self.find(folds, self.start, 2.5, GROUPS, PERSON, names)
        assert (finding.kind, finding.patients) == ("overlap", ("ann",))
