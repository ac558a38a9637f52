import numpy as np
import pytest

from sklearn_eeg.explain._describe import describe

NAMES = ["T7", "Cz", "O1", "Fz"]


def test_players_by_size_with_their_signs():
    text = describe(np.array([[0.5, -2.0, 0.1, 1.25]]), NAMES, ["focal"], output="probability")
    assert text == ("Mean attributions to the probability. focal: most by Cz (-2), Fz (+1.2) and T7 (+0.5).")


def test_each_class_has_a_sentence():
    maps = np.array([[1.0, 0, 0, 0], [0, 0, 0, 0], [np.nan] * 4, [np.nan, 3, np.nan, 1]])
    text = describe(maps, NAMES, ["a", "b", "c", 4])
    assert text.endswith("a: most by T7 (+1). b: all 0. c: no windows. 4: most by Cz (+3) and Fz (+1).")


def test_errors():
    with pytest.raises(ValueError, match=r"`maps` must have shape \(2, 4\), got \(1, 4\)"):
        describe(np.zeros((1, 4)), NAMES, ["a", "b"])
    with pytest.raises(ValueError, match="`n_largest` must be at least 1, got 0"):
        describe(np.zeros((1, 4)), NAMES, ["a"], n_largest=0)
