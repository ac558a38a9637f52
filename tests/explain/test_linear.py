import numpy as np
import pytest
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis, QuadraticDiscriminantAnalysis
from sklearn.linear_model import LogisticRegression, RidgeClassifier, SGDClassifier
from sklearn.multiclass import OneVsRestClassifier
from sklearn.naive_bayes import GaussianNB
from sklearn.svm import SVC, LinearSVC, NuSVC

from sklearn_eeg.explain._answers import recognize_output
from sklearn_eeg.explain._linear import explain_linear, read_linear

LINEAR = [
    (LogisticRegression(), "log-odds"),
    (LinearDiscriminantAnalysis(), "log-odds"),
    (LinearDiscriminantAnalysis(solver="eigen", shrinkage="auto"), "log-odds"),
    (SGDClassifier(loss="log_loss", alpha=0.1, random_state=0), "one against the rest"),
    (SGDClassifier(loss="hinge", random_state=0), "margin"),
    (RidgeClassifier(), "margin"),
    (LinearSVC(), "margin"),
    (LinearSVC(fit_intercept=False), "margin"),
    (OneVsRestClassifier(LogisticRegression()), "one against the rest"),
    (OneVsRestClassifier(LinearSVC()), "margin"),
]
PLAYERS = [[4, 0], [1, 2], [3]]


def problem(n_classes):
    rng = np.random.default_rng(0)
    y = rng.integers(0, n_classes, 120)
    X = 0.8 * rng.standard_normal((120, 5))
    X[np.arange(120), y] += 1.0
    return X, np.array(list("abc"))[y]


def columns(decision):
    return decision if decision.ndim == 2 else np.stack([-decision, decision], axis=1)


@pytest.mark.parametrize("n_classes", [2, 3])
@pytest.mark.parametrize(("model", "output"), LINEAR)
def test_values_sum_to_the_decision_less_base(model, output, n_classes):
    X, y = problem(n_classes)
    model.fit(X, y)
    linear = read_linear(model)
    values, base = explain_linear(X[:20], X[20:], linear.coef, linear.intercept, PLAYERS)
    decision = columns(model.decision_function(X))
    assert values.shape == (20, 3, n_classes)
    if output == "one against the rest":
        output = "log-odds" if n_classes == 2 else "margin"
    assert linear.output == output
    np.testing.assert_allclose(values.sum(axis=1) + base, decision[:20], rtol=0, atol=1e-10)
    np.testing.assert_allclose(base, decision[20:].mean(axis=0), rtol=0, atol=1e-10)


@pytest.mark.parametrize("model", [LogisticRegression(), LinearDiscriminantAnalysis()])
def test_log_odds_are_the_logarithms_of_the_probabilities(model):
    for n_classes in (2, 3):
        X, y = problem(n_classes)
        linear = read_linear(model.fit(X, y))
        values, base = explain_linear(X, X, linear.coef, linear.intercept, PLAYERS)
        total, logs = values.sum(axis=1) + base, np.log(model.predict_proba(X))
        difference = total[:, 1:] - total[:, :1]
        scale = 2 if n_classes == 2 else 1  # two columns of opposite log-odds
        np.testing.assert_allclose(difference, scale * (logs[:, 1:] - logs[:, :1]), rtol=0, atol=1e-10)


@pytest.mark.parametrize(("model", "output"), LINEAR)
def test_what_the_values_are_can_be_seen_from_the_probabilities(model, output):
    """What is called log-odds gives the probabilities, and what gives them is called so."""
    for n_classes in (2, 3):
        X, y = problem(n_classes)
        if hasattr(model.fit(X, y), "predict_proba"):
            values = columns(model.decision_function(X))
            linear = read_linear(model)
            assert linear.output == recognize_output(model, X, values)


@pytest.mark.parametrize("machine", [SVC, NuSVC])
def test_a_linear_svm_gives_the_sum_of_its_pairs(machine):
    X, y = problem(2)
    model = machine(kernel="linear").fit(X, y)
    linear = read_linear(model)
    expected = columns(model.decision_function(X))
    np.testing.assert_allclose(X @ linear.coef.T + linear.intercept, expected, rtol=0, atol=1e-10)
    X, y = problem(3)
    model = machine(
        kernel="linear", decision_function_shape="ovo", **({"nu": 0.3} if machine is NuSVC else {})
    )
    ab, ac, bc = model.fit(X, y).decision_function(X).T
    linear = read_linear(model)
    expected = np.stack([ab + ac, bc - ab, -ac - bc], axis=1)
    np.testing.assert_allclose(X @ linear.coef.T + linear.intercept, expected, rtol=0, atol=1e-10)


def test_values_are_the_closed_form():
    rng = np.random.default_rng(1)
    X, Z, w = rng.standard_normal((4, 5)), rng.standard_normal((7, 5)), rng.standard_normal((3, 5))
    values, _ = explain_linear(X, Z, w, np.zeros(3), [[feature] for feature in range(5)])
    expected = (X - Z.mean(axis=0))[:, :, np.newaxis] * w.T
    np.testing.assert_allclose(values, expected, rtol=0, atol=1e-14)


def test_players_keep_their_order_and_one_without_influence_is_zero():
    rng = np.random.default_rng(2)
    X, Z, w = rng.standard_normal((4, 5)), rng.standard_normal((7, 5)), rng.standard_normal((2, 5))
    w[:, [1, 2]] = 0.0
    values, _ = explain_linear(X, Z, w, np.zeros(2), PLAYERS)
    assert (values[:, 1] == 0).all()
    shuffled, _ = explain_linear(X, Z, w, np.zeros(2), PLAYERS[::-1])
    np.testing.assert_array_equal(shuffled, values[:, ::-1])


@pytest.mark.parametrize(
    "model", [QuadraticDiscriminantAnalysis(), GaussianNB(), SVC(), OneVsRestClassifier(SVC())]
)
def test_other_models_are_not_read(model):
    assert read_linear(model.fit(*problem(3))) is None


def test_sparse_coefficients_are_read():
    X, y = problem(3)
    model = LogisticRegression().fit(X, y)
    expected = model.coef_.copy()
    np.testing.assert_array_equal(read_linear(model.sparsify()).coef, expected)


@pytest.mark.parametrize(
    ("coef", "intercept", "players", "message"),
    [
        (np.ones(5), [0.0], PLAYERS, r"`coef` must have shape \(n_classes, 5\), got \(5,\)"),
        (np.ones((2, 5)), [0.0], PLAYERS, r"`intercept` must have shape \(2,\), got \(1,\)"),
        (np.ones((1, 5)), [0.0], [[0, 1]], "got column 2, 3, 4 in none"),
        (np.ones((1, 5)), [0.0], [*PLAYERS, [3]], "got column 3 more than once"),
    ],
)
def test_what_does_not_fit_is_refused(coef, intercept, players, message):
    with pytest.raises(ValueError, match=message):
        explain_linear(np.zeros((2, 5)), np.zeros((2, 5)), coef, intercept, players)
