from itertools import combinations

import numpy as np
import pytest
from scipy.sparse import csr_matrix
from sklearn.gaussian_process import GaussianProcessClassifier, GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF, ConstantKernel, Matern, WhiteKernel
from sklearn.kernel_ridge import KernelRidge
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier
from sklearn.svm import SVC, SVR, NuSVC, NuSVR

from sklearn_eeg.explain._product_kernel import explain_product_kernel, product_kernel_margins
from sklearn_eeg.explain._svm import read_margins, read_svm


def problem(n_classes, seed=0, n=90):
    rng = np.random.default_rng(seed)
    y = rng.integers(0, n_classes, n)
    X = rng.standard_normal((n, 6))
    X[np.arange(n), y] += 1.0
    return X, np.array(["ictal", "normal", "post", "pre"])[y]


def margins_of(model, X):
    machine = read_svm(model)
    return product_kernel_margins(X, *machine[:4], kernel=machine.kernel)


def summed_pairs(model, X):
    """Sum of the signed one-vs-one decisions of each class, from scikit-learn's own."""
    decisions = model.decision_function(X)
    total = np.zeros((len(X), len(model.classes_)))
    for column, (i, j) in enumerate(combinations(range(len(model.classes_)), 2)):
        total[:, i] += decisions[:, column]
        total[:, j] -= decisions[:, column]
    return total


@pytest.mark.parametrize("n_classes", [3, 4])
@pytest.mark.parametrize("machine", [SVC, NuSVC])
def test_margins_of_classes_are_sums_of_one_vs_one(machine, n_classes):
    X, y = problem(n_classes)
    model = machine(decision_function_shape="ovo", **({"nu": 0.2} if machine is NuSVC else {})).fit(X, y)
    np.testing.assert_allclose(margins_of(model, X), summed_pairs(model, X), rtol=0, atol=1e-10)


def test_margins_lie_behind_the_votes_of_decision_function():
    X, y = problem(3)
    model = SVC().fit(X, y)
    margins = margins_of(model, X)
    votes = model.decision_function(X) - margins / (3 * (np.abs(margins) + 1))
    np.testing.assert_allclose(votes, votes.round(), rtol=0, atol=1e-10)
    assert (margins.argmax(axis=1) == np.searchsorted(model.classes_, model.predict(X))).mean() > 0.95


@pytest.mark.parametrize("machine", [SVC, NuSVC])
def test_two_classes_have_opposite_margins(machine):
    X, y = problem(2)
    model = machine(gamma=0.3).fit(X, y)
    decision = model.decision_function(X)
    np.testing.assert_allclose(margins_of(model, X), np.stack([-decision, decision], axis=1), atol=1e-10)


@pytest.mark.parametrize("n_classes", [2, 3])
def test_weights_of_classes_and_samples_are_in_the_coefficients(n_classes):
    X, y = problem(n_classes)
    model = SVC(class_weight="balanced", decision_function_shape="ovo")
    model.fit(X, y, sample_weight=np.linspace(0.5, 2, len(y)))
    expected = summed_pairs(model, X) if n_classes == 3 else model.decision_function(X)
    margins = margins_of(model, X)
    np.testing.assert_allclose(margins if n_classes == 3 else margins[:, 1], expected, rtol=0, atol=1e-10)


def test_a_machine_fitted_on_a_sparse_table():
    X, y = problem(3)
    sparse = SVC(gamma=0.2).fit(csr_matrix(X), y)
    np.testing.assert_allclose(margins_of(sparse, X), margins_of(SVC(gamma=0.2).fit(X, y), X), atol=1e-2)
    assert isinstance(read_svm(sparse).vectors, np.ndarray)


@pytest.mark.parametrize("machine", [SVR(), NuSVR(gamma=0.1), SVR(epsilon=100.0)])
def test_regression_machines_have_one_column(machine):
    X, _ = problem(2)
    machine.fit(X, X[:, 0] + X[:, 1] ** 2)
    np.testing.assert_allclose(margins_of(machine, X)[:, 0], machine.predict(X), rtol=0, atol=1e-10)


@pytest.mark.parametrize("n_classes", [2, 3])
def test_one_machine_for_each_class(n_classes):
    X, y = problem(n_classes)
    model = OneVsRestClassifier(SVC(gamma=0.2)).fit(X, y)
    margins = margins_of(model, X)
    decision = model.decision_function(X)
    np.testing.assert_allclose(margins if n_classes == 3 else margins[:, 1], decision, rtol=0, atol=1e-10)
    assert margins.shape[1] == n_classes


@pytest.mark.parametrize("kernel", ["rbf", "laplacian"])
@pytest.mark.parametrize("gamma", [None, 0.3])
def test_kernel_ridge(kernel, gamma):
    X, _ = problem(2)
    model = KernelRidge(kernel=kernel, gamma=gamma).fit(X, X[:, 0] * X[:, 1])
    np.testing.assert_allclose(margins_of(model, X)[:, 0], model.predict(X), rtol=0, atol=1e-10)


@pytest.mark.parametrize(
    "kernel",
    [
        RBF(0.8),
        ConstantKernel(2.0) * RBF([1.0, 2.0, 3.0, 1.0, 2.0, 3.0]),
        RBF(1.5) * ConstantKernel(0.5) * ConstantKernel(3.0) + WhiteKernel(0.1),
    ],
)
def test_gaussian_processes(kernel):
    X, y = problem(2, n=40)
    regressor = GaussianProcessRegressor(kernel, alpha=0.1, optimizer=None, normalize_y=True)
    regressor.fit(X, 3 + X[:, 0] ** 2)
    np.testing.assert_allclose(margins_of(regressor, X + 0.1)[:, 0], regressor.predict(X + 0.1), atol=1e-10)
    classifier = GaussianProcessClassifier(kernel, optimizer=None).fit(X, y)
    latent = classifier.base_estimator_
    mean = latent.kernel_(X + 0.1, latent.X_train_) @ (latent.y_train_ - latent.pi_)
    margins = margins_of(classifier, X + 0.1)
    np.testing.assert_allclose(margins, np.stack([-mean, mean], axis=1), rtol=0, atol=1e-10)
    assert ((margins[:, 1] > 0) == (classifier.predict(X + 0.1) == "normal")).all()


def test_what_is_no_product_of_features_is_not_read():
    X, y = problem(3)
    target = X[:, 0]
    others = [
        LogisticRegression().fit(X, y), SVC(kernel="poly").fit(X, y), SVC(kernel="linear").fit(X, y),
        OneVsRestClassifier(LogisticRegression()).fit(X, y), KernelRidge(kernel="linear").fit(X, target),
        KernelRidge(kernel="rbf").fit(X, X[:, :2]), GaussianProcessClassifier().fit(X, y),
        GaussianProcessRegressor(Matern(nu=0.5), optimizer=None).fit(X, target),
        GaussianProcessRegressor(RBF() + RBF(2.0), optimizer=None).fit(X, target),
        GaussianProcessRegressor(RBF() * RBF(2.0), optimizer=None).fit(X, target),
    ]  # fmt: skip
    for model in others:
        assert read_svm(model) is None, model


def test_one_vs_rest_of_several_widths_is_not_read():
    X, y = problem(3)
    model = OneVsRestClassifier(SVC(gamma=0.2)).fit(X, y)
    model.estimators_[1] = SVC(gamma=0.3).fit(X, y == "normal")
    assert read_svm(model) is None


@pytest.mark.parametrize("n_classes", [2, 3])
def test_explained_values_sum_to_the_margins_of_libsvm(n_classes):
    X, y = problem(n_classes)
    model = SVC(decision_function_shape="ovo").fit(X, y)
    machine = read_svm(model)
    players = [[0, 3], [1], [2, 4, 5]]
    values, base = explain_product_kernel(X[:5], X[5:30], *machine[:4], players, kernel=machine.kernel)
    margins = summed_pairs(model, X) if n_classes == 3 else margins_of(model, X)
    np.testing.assert_allclose(values.sum(axis=1) + base, margins[:5], rtol=0, atol=1e-10)
    np.testing.assert_allclose(base, margins[5:30].mean(axis=0), rtol=0, atol=1e-10)


def test_weights_of_all_classes_sum_to_zero():
    X, y = problem(4)
    weights, constants = read_margins(SVC(kernel="poly").fit(X, y))
    np.testing.assert_allclose(weights.sum(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(constants.sum(), 0, atol=1e-12)
