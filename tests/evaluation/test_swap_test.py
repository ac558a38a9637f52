from itertools import product

import numpy as np
import pytest
from scipy.stats import rankdata
from sklearn.metrics import balanced_accuracy_score, roc_auc_score

from sklearn_eeg.evaluation import _figures
from sklearn_eeg.evaluation._coded import code_predictions
from sklearn_eeg.evaluation._figures import FIGURES
from sklearn_eeg.evaluation._swap_test import holm, swap_test


def draw(n_patients=6, windows=12, seed=0, skill=(1.0, 0.5)):
    rng = np.random.default_rng(seed)
    patient = np.repeat(np.arange(n_patients), windows)
    y = rng.integers(2, size=len(patient))
    scores = [each * y + rng.standard_normal(len(y)) for each in skill]
    return y, patient, scores


def code(y, patient, score):
    return code_predictions(y, (score > 0.4).astype(int), patient, score, [0, 1])


def test_exact_test_equals_a_plain_loop():
    y, patient, scores = draw()
    ranks = [rankdata(score) for score in scores]
    said = [score > 0.4 for score in scores]

    def difference(swapped):
        areas, accuracies = [], []
        for first, second in ((0, 1), (1, 0)):
            areas.append(roc_auc_score(y, np.where(swapped, ranks[second], ranks[first])))
            accuracies.append(balanced_accuracy_score(y, np.where(swapped, said[second], said[first])))
        return np.array([areas[0] - areas[1], accuracies[0] - accuracies[1]])

    observed = difference(np.zeros(len(y), dtype=bool))
    every = [difference(np.array(swap, dtype=bool)[patient]) for swap in product([0, 1], repeat=6)]
    expected = np.mean(np.abs(every) >= np.abs(observed) - 1e-12, axis=0)
    p_values, exact = swap_test(
        *(code(y, patient, score) for score in scores),
        ["roc_auc", "balanced_accuracy"],
        n_permutations=32,
        random_state=0,
    )
    assert exact
    np.testing.assert_allclose(p_values, expected, rtol=0, atol=1e-12)
    assert (expected < 1).all()


@pytest.mark.parametrize("many_patients", [500, 1])
def test_drawn_swaps_come_near_all_swaps(many_patients, monkeypatch):
    monkeypatch.setattr(_figures, "_MANY_PATIENTS", many_patients)
    y, patient, scores = draw(n_patients=9)
    coded = [code(y, patient, score) for score in scores]
    names = ["roc_auc", "accuracy", "average_precision"]
    p_exact, exact = swap_test(*coded, names, n_permutations=256, random_state=0)
    p_drawn, drawn_exact = swap_test(*coded, names, n_permutations=255, random_state=0)
    assert (exact, drawn_exact) == (True, False)
    assert (p_drawn >= 1 / 256).all()
    np.testing.assert_allclose(p_drawn, p_exact, atol=0.1)


def test_the_smallest_p_value_of_five_patients():
    y, patient = np.tile([0, 1], 5), np.repeat(np.arange(5), 2)
    right, wrong = (
        code_predictions(y, y, patient, None, None),
        code_predictions(y, 1 - y, patient, None, None),
    )
    for pair in ((right, wrong), (wrong, right)):
        assert swap_test(*pair, ["accuracy"], n_permutations=99, random_state=0)[0] == 2 / 2**5


def test_same_predictions_have_p_value_one():
    y, patient, (score, _) = draw()
    names = [name for name in FIGURES if name not in ("log_loss", "brier_score")]
    one = code(y, patient, score)
    for n_permutations in (10, 1000):
        p_values, _ = swap_test(one, one, names, n_permutations=n_permutations, random_state=0)
        assert (p_values == 1).all()


def test_no_more_false_alarms_than_claimed():
    # Under the null every swap is as likely as the observed one, so p <= alpha in at most a share alpha.
    y, patient, scores = draw(n_patients=5)
    p_values = []
    for swap in product([False, True], repeat=5):
        swapped = np.array(swap)[patient]
        pair = [np.where(swapped, scores[1 - k], scores[k]) for k in range(2)]
        coded = [code(y, patient, score) for score in pair]
        p_values.append(swap_test(*coded, ["accuracy"], n_permutations=99, random_state=0)[0][0])
    for alpha in (0.1, 0.25, 0.5, 0.75):
        assert np.mean(np.array(p_values) <= alpha) <= alpha


def test_areas_ask_only_for_the_order_of_scores():
    y, patient, scores = draw()
    plain, stretched = (code(y, patient, score) for score in (scores[1], 1000 * np.exp(scores[1])))
    first = code(y, patient, scores[0])
    names = ["roc_auc", "average_precision"]
    how = {"n_permutations": 100, "random_state": 0}
    np.testing.assert_array_equal(
        swap_test(first, plain, names, **how)[0], swap_test(first, stretched, names, **how)[0]
    )


def test_losses_take_the_probabilities():
    y, patient, _ = draw()
    sure, modest = (code(y, patient, np.clip(0.5 + width * (2 * y - 1), 0, 1)) for width in (0.4, 0.1))
    names = ["log_loss", "brier_score", "roc_auc"]
    p_values, _ = swap_test(sure, modest, names, n_permutations=100, random_state=0)
    np.testing.assert_allclose(p_values, [2 / 64, 2 / 64, 1])


def test_figures_without_a_value_have_no_p_value():
    y, patient, (score, _) = draw()
    one = code_predictions(y, y, patient, None, [0, 1])
    p_values, _ = swap_test(code(y, patient, score), one, ["roc_auc"], n_permutations=9, random_state=0)
    assert np.isnan(p_values).all()


def test_holm_by_hand():
    got = holm(np.array([0.01, 0.04, np.nan, 0.03, 0.005]))
    np.testing.assert_allclose(got, [0.03, 0.06, np.nan, 0.06, 0.02])
    np.testing.assert_array_equal(holm(np.array([0.9, 0.8])), [1, 1])
    assert holm(np.array([0.02])) == 0.02
