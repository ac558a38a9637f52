import numpy as np
import pytest

from sklearn_eeg.sampling._wgan_selection import Judge, nearest_distance, split_windows

CODES = np.repeat([0, 1, 2], [60, 30, 12])


def draw(n, *, scale=1.0, seed=0):
    return scale * np.random.default_rng(seed).normal(size=(n, 2, 64))


def make_judge(codes=CODES, share=0.25, seed=0):
    X = draw(len(codes))
    train, held_out = split_windows(codes, None, share, np.random.RandomState(seed))
    return Judge(X, codes, train, held_out, n_classes=codes.max() + 1, seed=3)


def samples(judge, **kinds):
    return {code: draw(len(real), seed=code + 10, **kinds) for code, real in judge.real.items()}


def test_split_by_class_leaves_small_classes_whole():
    train, held_out = split_windows(CODES, None, 0.25, np.random.RandomState(0))
    np.testing.assert_array_equal(np.sort(np.r_[train, held_out]), np.arange(len(CODES)))
    np.testing.assert_array_equal(np.bincount(CODES[held_out], minlength=3), [15, 8, 0])


def test_split_is_drawn_anew_by_each_seed():
    first, again, other = (
        split_windows(CODES, None, 0.25, np.random.RandomState(seed))[1] for seed in (0, 0, 1)
    )
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


def test_no_share_holds_nothing_out():
    train, held_out = split_windows(CODES, None, None, np.random.RandomState(0))
    np.testing.assert_array_equal(train, np.arange(len(CODES)))
    assert len(held_out) == 0


@pytest.mark.parametrize("seed", range(5))
def test_split_by_patient_keeps_patients_whole_within_a_class(seed):
    groups = np.r_[np.arange(60) % 6, np.arange(30) % 6, np.zeros(12, int)]
    train, held_out = split_windows(CODES, groups, 0.3, np.random.RandomState(seed))
    assert len(held_out) == 30  # two of six patients
    for code in (0, 1):
        assert not set(groups[train][CODES[train] == code]) & set(groups[held_out])
    assert (CODES[held_out] != 2).all()


def test_a_class_is_not_lost_with_its_only_patient():
    codes, groups = np.repeat([0, 1], [60, 30]), np.repeat([0, 1, 2], 30)
    seen = {
        tuple(np.bincount(codes[split_windows(codes, groups, 0.3, np.random.RandomState(seed))[0]]))
        for seed in range(20)
    }
    assert seen == {(30, 30), (60, 30)}  # one patient of class 0, or of class 1, is drawn


def test_one_patient_is_trained_on():
    train, held_out = split_windows(CODES, np.zeros(len(CODES)), 0.3, np.random.RandomState(0))
    assert len(train) == len(CODES)
    assert len(held_out) == 0


def test_windows_of_the_same_kind_are_as_far_as_real_ones():
    judge = make_judge()
    verdict = judge.judge(samples(judge))
    assert verdict.distance == pytest.approx(1, abs=0.2)
    np.testing.assert_allclose(verdict.spread, 1, atol=0.1)


def test_larger_windows_are_farther():
    judge = make_judge()
    distances = [judge.judge(samples(judge, scale=scale)).distance for scale in (1, 1.5, 3, 10)]
    assert distances == sorted(distances)
    assert distances[-1] > 4


def test_the_same_windows_get_the_same_verdict():
    first, again = make_judge(), make_judge()
    assert first.judge(samples(first)).distance == again.judge(samples(again)).distance


@pytest.mark.parametrize("n_modes", [1, 3])
def test_collapse_to_few_windows_has_no_spread(n_modes):
    judge = make_judge()
    made = samples(judge)
    made[1] = made[1][np.arange(len(made[1])) % n_modes]
    spread = judge.judge(made).spread
    assert spread[1] == pytest.approx(0, abs=1e-6)
    assert spread[0] > 0.9


def test_a_class_of_one_window_is_not_judged():
    judge = make_judge(np.array([0] * 30 + [1]))
    verdict = judge.judge(samples(judge))
    assert np.isfinite(verdict.distance)
    assert np.isnan(verdict.spread[1])


def test_nothing_to_judge_by():
    judge = make_judge(np.array([0, 1]), share=None)
    assert np.isnan(judge.judge({}).distance)


@pytest.mark.parametrize("n_times", [1, 2, 3, 5])
def test_shortest_windows(n_times):
    X, codes = np.random.default_rng(0).normal(size=(40, 1, n_times)), np.repeat([0, 1], 20)
    judge = Judge(X, codes, np.arange(40), np.array([], int), n_classes=2, seed=0)
    assert np.isfinite(judge.judge(judge.real).distance)


def test_constant_windows_have_no_distance():
    X, codes = np.zeros((40, 1, 16)), np.repeat([0, 1], 20)
    judge = Judge(X, codes, np.arange(40), np.array([], int), n_classes=2, seed=0)
    verdict = judge.judge(judge.real)
    assert np.isnan(verdict.distance)
    assert np.isnan(verdict.spread).all()


def test_nearest_distance_is_brute_force():
    X = draw(7)
    nearest = [min(np.linalg.norm(a - b) for j, b in enumerate(X) if j != i) for i, a in enumerate(X)]
    assert nearest_distance(X) == pytest.approx(np.median(nearest))


def test_classes_whose_windows_are_all_alike_do_not_count():
    X, codes = np.random.default_rng(0).normal(size=(60, 2, 32)), np.repeat([0, 1], 30)
    rows = np.arange(60)

    def distance(windows):
        judge = Judge(windows, codes, rows[::2], rows[1::2], n_classes=2, seed=0)
        return judge.judge({code: X[codes == code] for code in judge.real}).distance

    alike = X.copy()
    alike[codes == 1] = X[30]
    assert distance(alike) < 3
    assert np.isnan(distance(np.zeros_like(X)))
