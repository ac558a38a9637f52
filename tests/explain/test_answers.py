import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression, Perceptron, RidgeClassifier
from sklearn.neighbors import KNeighborsClassifier
from sklearn.svm import SVC

from sklearn_eeg.explain._answers import read_answer, recognize_output

RNG = np.random.default_rng(0)
X = RNG.normal(size=(60, 3))
TWO = np.where(X[:, 0] > 0, "seizure", "rest")
THREE = np.digitize(X[:, 0], [-0.5, 0.5])


def test_two_classes_have_two_columns():
    model = SVC().fit(X, TWO)
    values = read_answer(model)(X)
    assert_array_equal(values[:, 1], model.decision_function(X))
    assert_array_equal(values[:, 0], -values[:, 1])


@pytest.mark.parametrize("n_classes", [3, 4, 5])
def test_an_svc_of_more_classes_gives_sums_of_pairs(n_classes):
    y = np.digitize(X[:, 0], np.linspace(-0.8, 0.8, n_classes - 1))
    model = SVC(kernel="poly").fit(X, y)
    pairs = SVC(kernel="poly", decision_function_shape="ovo").fit(X, y).decision_function(X)
    expected, column = np.zeros((60, n_classes)), 0
    for i in range(n_classes):
        for j in range(i + 1, n_classes):
            expected[:, i] += pairs[:, column]
            expected[:, j] -= pairs[:, column]
            column += 1
    assert_allclose(read_answer(model)(X), expected, atol=1e-12)
    assert model.decision_function_shape == "ovr", "the user's model is not changed"


def test_probabilities():
    model = LogisticRegression().fit(X, THREE)
    assert_array_equal(read_answer(model, "probability")(X), model.predict_proba(X))
    neighbors = KNeighborsClassifier().fit(X, THREE)
    assert_array_equal(read_answer(neighbors)(X), neighbors.predict_proba(X))


@pytest.mark.parametrize(
    ("model", "y", "output"),
    [
        (LogisticRegression(), TWO, "log-odds"),
        (LogisticRegression(), THREE, "log-odds"),
        (LinearDiscriminantAnalysis(), TWO, "log-odds"),
        (HistGradientBoostingClassifier(max_iter=3), TWO, "log-odds"),
        (RidgeClassifier(), THREE, "margin"),
        (SVC(), TWO, "margin"),
        (RandomForestClassifier(5, random_state=0), THREE, "probability"),
    ],
    ids=str,
)
def test_what_values_are(model, y, output):
    model.fit(X, y)
    assert recognize_output(model, X, read_answer(model)(X)) == output


def test_what_values_of_any_kind_are():
    class Given:
        def __init__(self, values, proba):
            self.decision_function, self.predict_proba = lambda X: values, lambda X: proba
            self.classes_ = np.arange(proba.shape[1])

    proba = np.array([[0.2, 0.3, 0.5]])
    for values, output in [
        (np.log(proba), "log-probability"),
        (np.log(proba) + 3, "log-odds"),
        (2 * np.log(proba), "margin"),
        (proba, "probability"),
    ]:
        assert recognize_output(Given(values, proba), None, read_answer(Given(values, proba))(None)) == output
    huge = np.array([[1e4, -1e4]])
    assert recognize_output(Given(huge, np.array([[1.0, 0.0]])), None, huge) == "log-odds"


def test_errors():
    with pytest.raises(
        ValueError, match=r"`model` must have predict_proba, got Perceptron\(\): calibrate it"
    ):
        read_answer(Perceptron().fit(X, TWO), "probability")
    with pytest.raises(ValueError, match="`model` must have decision_function or predict_proba"):
        read_answer(object())
