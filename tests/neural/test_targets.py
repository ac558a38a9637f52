import numpy as np
import pytest
from sklearn.utils.class_weight import compute_class_weight

from sklearn_eeg.neural._targets import (
    check_groups,
    check_weights,
    encode_labels,
    split_validation,
    weigh_classes,
)


@pytest.mark.parametrize(
    "y",
    [
        ["b", "a", "b"],
        [2, 1, 2],
        [True, False, True],
        [7.0, -1.0, 7.0],
        np.array(["b", "a", "b"], dtype=object),
    ],
)
def test_labels_of_any_kind(y):
    classes, codes = encode_labels(y)
    np.testing.assert_array_equal(codes, [1, 0, 1])
    np.testing.assert_array_equal(classes[codes], y)


def test_classes_may_be_more_than_the_labels_show():
    classes, codes = encode_labels(["c", "a"], classes=["c", "a", "b"])
    assert classes.tolist() == ["a", "b", "c"]
    assert codes.tolist() == [2, 0]


def test_labels_that_cannot_be_used():
    with pytest.raises(ValueError, match=r"at least two classes, got one class: \['a'\]"):
        encode_labels(["a", "a"])
    with pytest.raises(ValueError, match=r"classes \[0, 1\] only, got \[2\]"):
        encode_labels([0, 2], classes=[0, 1])
    with pytest.raises(ValueError, match="Unknown label type"):
        encode_labels([0.1, 0.7])
    with pytest.raises(ValueError, match="NaN"):
        encode_labels([0.0, 1.0, np.nan])


def test_weights_are_checked():
    X, codes, classes = np.zeros((4, 2)), np.array([0, 0, 1, 1]), np.array(["a", "b"])
    np.testing.assert_array_equal(check_weights(None, X, codes, classes), 1)
    np.testing.assert_array_equal(check_weights([1, 0, 2, 0], X, codes, classes), [1, 0, 2, 0])
    with pytest.raises(ValueError, match="Negative values"):
        check_weights([1, 1, 1, -1], X, codes, classes)
    with pytest.raises(ValueError, match=r"2 or more classes with some weight, got 1: \['a'\]"):
        check_weights([1, 1, 0, 0], X, codes, classes)
    np.testing.assert_array_equal(check_weights([1, 1, 0, 0], X, codes, classes, at_least=1), [1, 1, 0, 0])
    with pytest.raises(ValueError, match="at least one non-zero|1 or more classes with some weight, got 0"):
        check_weights([0, 0, 0, 0], X, codes, classes, at_least=1)


def test_balanced_classes_are_scikit_learns():
    codes = np.array([0, 0, 0, 1, 2, 2])
    expected = compute_class_weight("balanced", classes=np.arange(3), y=codes)
    np.testing.assert_allclose(weigh_classes("balanced", np.ones(6), codes, np.arange(3)), expected)


def test_balanced_weights_count_weights_as_repeats():
    codes, weights = np.array([0, 0, 1]), np.array([3, 0, 1])
    again = np.repeat(codes, weights)
    np.testing.assert_allclose(
        weigh_classes("balanced", weights, codes, np.arange(2)),
        weigh_classes("balanced", np.ones(4), again, np.arange(2)),
    )


def test_balanced_weights_of_a_class_that_is_absent():
    found = weigh_classes("balanced", np.ones(3), np.array([0, 0, 2]), np.arange(3))
    np.testing.assert_allclose(found, [0.75, 0, 1.5])


def test_weights_by_class_in_a_dict():
    classes = np.array(["a", "b"])
    np.testing.assert_array_equal(weigh_classes({"b": 5}, np.ones(2), np.array([0, 1]), classes), [1, 5])
    np.testing.assert_array_equal(weigh_classes(None, np.ones(2), np.array([0, 1]), classes), [1, 1])
    with pytest.raises(ValueError, match=r"classes of \['a', 'b'\] only, got \['c'\]"):
        weigh_classes({"c": 5}, np.ones(2), np.array([0, 1]), classes)


def test_groups():
    assert check_groups(None, 3) is None
    np.testing.assert_array_equal(check_groups(["p2", "p1", "p2"], 3), [1, 0, 1])
    with pytest.raises(ValueError, match="inconsistent numbers"):
        check_groups(["p2", "p1"], 3)
    for missing in (None, np.nan):
        with pytest.raises(ValueError, match="a patient for each window, got None or NaN"):
            check_groups(np.array(["p", missing, "q"], dtype=object), 3)


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("share", [0.1, 0.2, 0.34, 0.5])
def test_no_patient_is_on_both_sides_of_a_validation_split(seed, share):
    rng = np.random.default_rng(seed)
    groups, codes = np.repeat(np.arange(12), 10), rng.integers(0, 3, 120)
    train, valid = split_validation(codes, groups, share, seed)
    assert not set(groups[train]) & set(groups[valid])
    assert sorted([*train, *valid]) == list(range(120))
    assert set(codes[train]) == {0, 1, 2}
    assert abs(len(valid) / 120 - share) < 0.1


def test_a_class_of_two_patients_stays_in_training():
    codes, groups = np.zeros(50, int), np.repeat(np.arange(10), 5)
    codes[[3, 48]] = 1
    for seed in range(20):
        train, valid = split_validation(codes, groups, 0.2, seed)
        assert set(codes[train]) == {0, 1}
        assert set(codes[valid]) == {0, 1}


@pytest.mark.parametrize("seed", range(5))
def test_without_patients_each_class_has_its_share(seed):
    codes = np.repeat([0, 1, 2], [60, 30, 10])
    train, valid = split_validation(codes, None, 0.2, seed)
    assert np.bincount(codes[valid]).tolist() == [12, 6, 2]
    assert sorted([*train, *valid]) == list(range(100))
    np.testing.assert_array_equal(valid, split_validation(codes, None, 0.2, seed)[1])
    assert set(valid) != set(split_validation(codes, None, 0.2, seed + 1)[1])


def test_splits_that_cannot_be_made():
    codes = np.array([0, 1] * 10)
    with pytest.raises(
        ValueError, match="`validation` must be None where there is one patient only, got 0.2"
    ):
        split_validation(codes, np.zeros(20, int), 0.2, 0)
    with pytest.raises(ValueError, match="some class is of one patient only; set validation=None"):
        split_validation(np.repeat([0, 1], 10), np.repeat([0, 1], 10), 0.2, 0)
    with pytest.raises(ValueError, match="got 0.2 for 3 windows of 2 classes, the rarest of 1"):
        split_validation(np.array([0, 1, 1]), None, 0.2, 0)
