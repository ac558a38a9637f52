import numpy as np
import pytest

from sklearn_eeg.explain._class_maps import mean_by_class, place_of

VALUES = np.random.default_rng(0).normal(size=(12, 5, 3))
LABELS = np.array(list("aab" * 4))


def test_equals_a_loop_and_is_nan_for_a_class_without_windows():
    maps = mean_by_class(VALUES, ["a", "b", "c"], LABELS)
    for player in range(5):
        of_a = [VALUES[w, player, 0] for w in range(12) if LABELS[w] == "a"]
        assert maps[0, player] == pytest.approx(sum(of_a) / 8)
    np.testing.assert_allclose(maps[1], VALUES[2::3, :, 1].mean(axis=0))
    assert np.isnan(maps[2]).all()


def test_the_order_of_windows_does_not_matter():
    order = np.random.default_rng(1).permutation(12)
    expected = mean_by_class(VALUES, list("abc"), LABELS)
    np.testing.assert_allclose(mean_by_class(VALUES[order], list("abc"), LABELS[order]), expected)


def test_all_windows_without_labels():
    np.testing.assert_allclose(mean_by_class(VALUES, [0, 1, 2]), VALUES.mean(axis=0).T)


def test_errors():
    with pytest.raises(
        ValueError, match=r"`values` must have shape \(n_windows, n_players, 2\), got \(12, 5, 3\)"
    ):
        mean_by_class(VALUES, ["a", "b"])
    with pytest.raises(ValueError, match=r"`labels` must have shape \(12,\), one a window, got \(3,\)"):
        mean_by_class(VALUES, list("abc"), list("abc"))


def test_place_of_a_label():
    assert place_of(7, np.array([3, 7])) == 1
    with pytest.raises(ValueError, match=r"one of \[3, 7\], got 5"):
        place_of(5, [3, 7])
