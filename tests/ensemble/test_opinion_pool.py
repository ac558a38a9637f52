import pickle

import numpy as np
import pytest
from scipy.optimize import approx_fprime
from scipy.special import log_softmax, softmax
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from sklearn.naive_bayes import GaussianNB

from sklearn_eeg.ensemble import GroupStackingClassifier
from sklearn_eeg.ensemble._opinion_pool import OpinionPoolClassifier, _compute_loss, _Problem
from sklearn_eeg.model_selection import fit_by_patient


def simulate(n_classes=3, trust=(1.5, 0.0), n_windows=240, seed=0):
    """Scores of members that know the class as well as `trust` says, and the classes."""
    rng = np.random.default_rng(seed)
    y = np.tile(np.arange(n_classes), n_windows // n_classes)
    truth = np.eye(n_classes)[y]
    scores = [each * truth + rng.normal(size=truth.shape) for each in trust]
    return np.hstack([each[:, 1:] - each[:, :1] if n_classes == 2 else each for each in scores]), y


@pytest.mark.parametrize("n_classes", [2, 3, 5])
def test_it_trusts_the_member_that_knows(n_classes):
    X, y = simulate(n_classes)
    pool = OpinionPoolClassifier(strength=1.0).fit(X, y)
    assert pool.weights_[0] > 1
    assert 0 <= pool.weights_[1] < 0.25
    new, truth = simulate(n_classes, seed=1)
    assert log_loss(truth, pool.predict_proba(new)) < 0.8 * np.log(n_classes)
    np.testing.assert_allclose(pool.predict_proba(new).sum(axis=1), 1)
    np.testing.assert_array_equal(pool.predict(new), pool.predict_proba(new).argmax(axis=1))


def test_the_strongest_pull_is_the_plain_average():
    X, y = simulate(3, trust=(2.0, 0.5))
    pool = OpinionPoolClassifier(strength=1e9, slope=3.0).fit(X, y)
    np.testing.assert_allclose(pool.weights_, 1.5, atol=1e-4)
    z = np.stack([X[:, :3], X[:, 3:]])
    z -= z.mean(axis=2, keepdims=True)
    z -= z.mean(axis=1, keepdims=True)
    z /= np.sqrt((z**2).mean(axis=(1, 2), keepdims=True))
    np.testing.assert_allclose(
        pool.predict_proba(X), softmax(1.5 * z.sum(axis=0) + pool.intercepts_, axis=1), atol=1e-4
    )


def test_of_one_member_and_two_classes_it_is_a_logistic_regression():
    X, y = simulate(2, trust=(1.0,))
    pool = OpinionPoolClassifier(strength=0.5, slope=0.0, class_weight=None).fit(X, y)
    theirs = LogisticRegression(C=2.0, tol=1e-10).fit((X - X.mean()) / X.std(), y)
    assert pool.weights_[0] == pytest.approx(theirs.coef_[0, 0], abs=1e-4)
    np.testing.assert_allclose(
        pool.decision_function(X), theirs.decision_function((X - X.mean()) / X.std()), atol=1e-4
    )


def test_no_member_is_turned_round():
    """Held-out scores that are worse than chance, as happens with few patients."""
    X, y = simulate(2, trust=(-1.0, -1.0))
    pool = OpinionPoolClassifier(strength=1.0).fit(X, y)
    np.testing.assert_array_equal(pool.weights_, 0)
    assert (LogisticRegression().fit(X, y).coef_ < 0).all()
    few = OpinionPoolClassifier(strength=1.0).fit(X, y, groups=np.repeat(np.arange(2), 120))
    assert (few.weights_ > 0).all()


@pytest.mark.parametrize("n_classes", [2, 3])
def test_derivatives(n_classes):
    rng = np.random.default_rng(0)
    codes = np.tile(np.arange(n_classes), 4)
    problem = _Problem(rng.normal(size=(2, len(codes), n_classes)), codes, rng.uniform(size=len(codes)))
    at = rng.normal(size=2 + n_classes)
    options = (problem, 3.0, 0.5)
    found = approx_fprime(at, lambda each: _compute_loss(each, *options)[0], 1e-7)
    np.testing.assert_allclose(_compute_loss(at, *options)[1], found, atol=1e-5)


def test_loss_by_hand():
    z, codes, weight = np.array([[[1.0, -1.0], [0.0, 2.0]]]), np.array([0, 1]), np.array([2.0, 1.0])
    loss, _ = _compute_loss(np.array([0.5, 0.1, 0.3]), _Problem(z, codes, weight), 4.0, 1.0)
    logits = 0.5 * z[0] + [0.1, 0.3]
    logarithms = log_softmax(logits, axis=1)
    expected = -2 * logarithms[0, 0] - logarithms[1, 1] + 2 * 0.25 + 0.5e-6 * (0.01 + 0.09)
    assert loss == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("n_classes", [2, 3])
def test_logarithms_of_probabilities_are_pooled(n_classes):
    X, y = simulate(n_classes)
    parts = np.split(X, 2, axis=1)
    if n_classes == 2:
        proba = [1 / (1 + np.exp(-each)) for each in parts]
    else:
        proba = [softmax(each, axis=1) for each in parts]
    assert all(each.min() > 1e-3 and each.max() < 1 - 1e-3 for each in proba)
    decided = OpinionPoolClassifier().fit(X, y)
    said = OpinionPoolClassifier().fit(np.hstack(proba), y)
    assert said.is_probability_.all()
    assert not decided.is_probability_.any()
    np.testing.assert_allclose(said.weights_, decided.weights_, atol=1e-5)
    np.testing.assert_allclose(
        said.predict_proba(np.hstack(proba)), decided.predict_proba(X), rtol=1e-4, atol=1e-5
    )


def test_certain_probabilities_stay_finite():
    X = np.array([[0.0], [1.0], [0.0], [1.0]])
    pool = OpinionPoolClassifier().fit(X, [0, 1, 0, 1])
    assert np.isfinite(pool.decision_function(X)).all()


def test_scale_and_offset_of_a_member_do_not_matter():
    X, y = simulate(3)
    shifted = X * np.repeat([50.0, 0.01], 3) + np.repeat([7.0, -3.0], 3)
    one, other = (OpinionPoolClassifier().fit(each, y) for each in (X, shifted))
    np.testing.assert_allclose(other.weights_, one.weights_, atol=1e-5)
    np.testing.assert_allclose(other.predict_proba(shifted), one.predict_proba(X), atol=1e-5)


def test_order_of_members_does_not_matter():
    X, y = simulate(3, trust=(1.0, 0.4))
    one, other = OpinionPoolClassifier().fit(X, y), OpinionPoolClassifier().fit(np.roll(X, 3, axis=1), y)
    np.testing.assert_allclose(other.weights_[::-1], one.weights_, atol=1e-5)


def test_a_member_that_says_the_same_of_all_changes_nothing():
    X, y = simulate(3, trust=(1.0,))
    constant = np.hstack([X, np.tile([3.0, 1.0, 2.0], (len(X), 1))])
    with_it = OpinionPoolClassifier(slope=2.0).fit(constant, y)
    without = OpinionPoolClassifier(slope=1.0).fit(X, y)
    np.testing.assert_allclose(with_it.predict_proba(constant), without.predict_proba(X), atol=1e-6)


@pytest.mark.parametrize("constant", [0.1, 0.3, 1 / 3, 0.7])
def test_a_member_that_is_constant_but_for_rounding_has_no_say_later(constant):
    X, y = simulate(2, trust=(1.0,))
    rng = np.random.default_rng(0)
    rounded = constant * (1 + 1e-15 * rng.integers(-3, 4, size=len(X)))
    pool = OpinionPoolClassifier(slope=2.0).fit(np.column_stack([X, rounded]), y)
    later = pool.predict_proba(np.column_stack([X, rng.uniform(size=len(X))]))
    np.testing.assert_allclose(later, pool.predict_proba(np.column_stack([X, rounded])))


def test_patients_count_once_each():
    """The same windows of fewer patients pull less, as much as the same share of weight would."""
    X, y = simulate(3, trust=(1.5, 0.2))
    by_window = OpinionPoolClassifier(strength=10.0).fit(X, y)
    by_patient = OpinionPoolClassifier(strength=10.0).fit(X, y, groups=np.repeat(np.arange(24), 10))
    stronger = OpinionPoolClassifier(strength=100.0).fit(X, y)
    np.testing.assert_allclose(by_patient.weights_, stronger.weights_, atol=1e-4)
    assert np.ptp(by_patient.weights_) < np.ptp(by_window.weights_)


def test_a_weight_is_a_number_of_windows():
    X, y = simulate(3)
    weight = np.random.default_rng(0).integers(0, 4, size=len(y))
    weighted = OpinionPoolClassifier().fit(X, y, sample_weight=weight)
    repeated = OpinionPoolClassifier().fit(np.repeat(X, weight, axis=0), np.repeat(y, weight))
    np.testing.assert_allclose(weighted.weights_, repeated.weights_, atol=1e-5)
    np.testing.assert_allclose(weighted.intercepts_, repeated.intercepts_, atol=1e-5)


def test_balanced_classes_are_as_frequent_as_one_another():
    X, y = simulate(2, trust=(1.0,), n_windows=400)
    rare = np.r_[np.flatnonzero(y == 0), np.flatnonzero(y == 1)[:20]]
    balanced, plain = (
        OpinionPoolClassifier(class_weight=each).fit(X[rare], y[rare]) for each in ("balanced", None)
    )
    assert plain.predict_proba(X[rare])[:, 1].mean() == pytest.approx(20 / 220, abs=1e-3)
    by_class = [balanced.predict_proba(X[rare])[y[rare] == each, 1].mean() for each in (0, 1)]
    assert np.mean(by_class) == pytest.approx(0.5, abs=1e-3)


@pytest.mark.parametrize("n_classes", [2, 3])
def test_it_ends_a_stack(n_classes):
    rng = np.random.default_rng(0)
    y = np.tile(np.arange(n_classes), 40)
    X, labels = rng.normal(size=(len(y), 4)) + 2 * np.eye(n_classes, 4)[y], np.array(["a", "b", "c"])[y]
    patients = np.repeat(np.arange(10), len(y) // 10)
    members = [("bayes", GaussianNB()), ("logistic", LogisticRegression())]
    stack = GroupStackingClassifier(members, OpinionPoolClassifier(), cv=3)
    for weight in (None, np.ones(len(y))):
        fitted = fit_by_patient(stack, X, labels, patients, sample_weight=weight)
        assert fitted.score(X, labels) > 0.8
        assert fitted.final_estimator_.is_probability_.all()
        assert fitted.importances_.shape == (2,)


def test_pickle():
    X, y = simulate(3)
    pool = OpinionPoolClassifier().fit(X, y)
    again = pickle.loads(pickle.dumps(pool))
    np.testing.assert_array_equal(again.predict_proba(X), pool.predict_proba(X))


def test_what_is_wrong_is_named():
    X, y = simulate(3)
    with pytest.raises(ValueError, match="a column for each of the 3 classes and each member, got 5 columns"):
        OpinionPoolClassifier().fit(X[:, :5], y)
    with pytest.raises(ValueError, match="The 'strength' parameter"):
        OpinionPoolClassifier(strength=0.0).fit(X, y)
    with pytest.raises(ValueError, match="`y` must hold at least 2 classes"):
        OpinionPoolClassifier().fit(X, np.zeros(len(X)))
    with pytest.raises(ValueError, match="X has 3 features, but OpinionPoolClassifier is expecting 6"):
        OpinionPoolClassifier().fit(X, y).predict(X[:, :3])
