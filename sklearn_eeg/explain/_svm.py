"""Kernel machines read as one sum of products a class."""

from itertools import combinations
from typing import Any, NamedTuple

import numpy as np
from sklearn.gaussian_process import GaussianProcessClassifier, GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF, ConstantKernel, Product, Sum, WhiteKernel
from sklearn.kernel_ridge import KernelRidge
from sklearn.multiclass import OneVsRestClassifier
from sklearn.svm import SVC, SVR, NuSVC, NuSVR

from ._game import both_classes


class KernelMachine(NamedTuple):
    """A fitted machine with a product kernel, as `explain_product_kernel` takes it.

    Parameters
    ----------
    vectors : ndarray of shape (n_vectors, n_features)
        Support vectors.
    coefficients : ndarray of shape (n_classes, n_vectors)
        Weight of each in the margin of each class; one row for a regressor.
    intercept : ndarray of shape (n_classes,)
        Constant of each margin.
    gamma : float or ndarray of shape (n_features,)
        Width of the kernel.
    kernel : {"rbf", "laplacian"}
        The kernel.
    """

    vectors: np.ndarray
    coefficients: np.ndarray
    intercept: np.ndarray
    gamma: Any
    kernel: str


def read_svm(model: Any) -> KernelMachine | None:
    """Return a fitted kernel machine as a sum of products for each class, or None if it is no such thing.

    Parameters
    ----------
    model : estimator
        SVC, NuSVC, SVR or NuSVR with ``kernel="rbf"``; OneVsRestClassifier of such SVCs of one width;
        KernelRidge with ``kernel="rbf"`` or ``"laplacian"``; GaussianProcessRegressor, or
        GaussianProcessClassifier of two classes, whose kernel is an RBF, also times a constant or plus
        white noise.

    Returns
    -------
    machine : KernelMachine or None
        Two classes have two margins, the first the negative of the second, that of ``classes_[1]``.

    Notes
    -----
    The margin of a class of an SVC of more than two classes is the sum of its one-vs-one margins, each
    signed so that positive speaks for the class. `SVC.decision_function` with "ovr" adds the number of votes
    won, which no smooth function explains; `predict` goes by votes first, so the largest margin is
    usually but not always the predicted class. The margin of a GaussianProcessClassifier is its latent mean.

    Examples
    --------
    >>> from sklearn.svm import SVC
    >>> from sklearn_eeg.explain._svm import read_svm
    >>> machine = read_svm(SVC(gamma=0.5).fit([[0.0], [1.0]], ["a", "b"]))
    >>> machine.coefficients, machine.gamma
    (array([[ 1., -1.],
           [-1.,  1.]]), 0.5)
    """
    if isinstance(model, SVC | NuSVC | SVR | NuSVR):
        return _read_libsvm(model) if model.kernel == "rbf" else None
    if isinstance(model, OneVsRestClassifier):
        return _read_one_vs_rest(model)
    if isinstance(model, KernelRidge):
        return _read_kernel_ridge(model)
    if isinstance(model, GaussianProcessRegressor):
        return _read_gp_regressor(model)
    if isinstance(model, GaussianProcessClassifier):
        return _read_gp_classifier(model)
    return None


def read_margins(model: Any) -> tuple[np.ndarray, np.ndarray]:
    """Return the weights (n_classes, n_vectors) of a libsvm machine's margins and their constants.

    Examples
    --------
    >>> from sklearn.svm import SVC
    >>> from sklearn_eeg.explain._svm import read_margins
    >>> read_margins(SVC().fit([[0.0], [1.0], [2.0]], ["a", "b", "c"]))[0].sum(axis=0).round(12)
    array([0., 0., 0.])
    """
    dual = model.dual_coef_.toarray() if hasattr(model.dual_coef_, "toarray") else model.dual_coef_
    if not hasattr(model, "classes_"):
        return np.array(dual), np.array(model.intercept_)
    if len(model.classes_) == 2:
        return both_classes(dual[0]).T, both_classes(model.intercept_[0])
    n_classes, edges = len(model.classes_), np.concatenate([[0], np.cumsum(model.n_support_)])
    weights, constants = np.zeros((n_classes, dual.shape[1])), np.zeros(n_classes)
    for (i, j), constant in zip(combinations(range(n_classes), 2), model.intercept_, strict=True):
        pair = np.zeros(dual.shape[1])
        of_i, of_j = slice(edges[i], edges[i + 1]), slice(edges[j], edges[j + 1])
        pair[of_i], pair[of_j] = dual[j - 1, of_i], dual[i, of_j]
        weights[i], constants[i] = weights[i] + pair, constants[i] + constant
        weights[j], constants[j] = weights[j] - pair, constants[j] - constant
    return weights, constants


def _read_libsvm(model: Any) -> KernelMachine:
    vectors = model.support_vectors_
    vectors = vectors.toarray() if hasattr(vectors, "toarray") else vectors
    return KernelMachine(np.asarray(vectors), *read_margins(model), float(model._gamma), "rbf")


def _read_one_vs_rest(model: Any) -> KernelMachine | None:
    """Return the machines of all classes as one, which they are if their kernels are the same."""
    parts = [read_svm(estimator) for estimator in model.estimators_]
    read = [part for part in parts if part is not None and not model.multilabel_]
    if not read or len(read) < len(parts):
        return None
    if not all(part.kernel == read[0].kernel and np.array_equal(part.gamma, read[0].gamma) for part in read):
        return None
    if len(read) == 1:
        return read[0]
    edges = np.cumsum([0] + [len(part.vectors) for part in read])
    coefficients = np.zeros((len(read), edges[-1]))
    for row, part in enumerate(read):
        coefficients[row, edges[row] : edges[row + 1]] = part.coefficients[-1]
    intercept = np.array([part.intercept[-1] for part in read])
    vectors = np.concatenate([part.vectors for part in read])
    return KernelMachine(vectors, coefficients, intercept, *read[0][3:])


def _read_kernel_ridge(model: Any) -> KernelMachine | None:
    if model.kernel not in ("rbf", "laplacian") or model.dual_coef_.ndim != 1:
        return None
    vectors = np.asarray(model.X_fit_, dtype=np.float64)
    gamma = 1.0 / vectors.shape[1] if model.gamma is None else model.gamma
    return KernelMachine(vectors, model.dual_coef_[np.newaxis], np.zeros(1), gamma, model.kernel)


def _read_gp_regressor(model: Any) -> KernelMachine | None:
    width = _read_gp_kernel(model.kernel_)
    if width is None or model.alpha_.ndim != 1:
        return None
    scale = width[0] * float(model._y_train_std)
    intercept = np.array([float(model._y_train_mean)])
    return KernelMachine(model.X_train_, scale * model.alpha_[np.newaxis], intercept, width[1], "rbf")


def _read_gp_classifier(model: Any) -> KernelMachine | None:
    if model.n_classes_ != 2:
        return None
    latent = model.base_estimator_
    width = _read_gp_kernel(latent.kernel_)
    if width is None:
        return None
    weights = both_classes(width[0] * (latent.y_train_ - latent.pi_)).T
    return KernelMachine(latent.X_train_, weights, np.zeros(2), width[1], "rbf")


def _read_gp_kernel(kernel: Any) -> tuple[float, Any] | None:
    """Return scale and width of a kernel that is an RBF, times constants or plus white noise; or None."""
    if isinstance(kernel, Sum) and isinstance(kernel.k2, WhiteKernel):
        return _read_gp_kernel(kernel.k1)
    if isinstance(kernel, Product):
        for constant, other in ((kernel.k1, kernel.k2), (kernel.k2, kernel.k1)):
            if isinstance(constant, ConstantKernel):
                inner = _read_gp_kernel(other)
                return None if inner is None else (constant.constant_value * inner[0], inner[1])
    if type(kernel) is RBF:
        return 1.0, 0.5 / np.square(kernel.length_scale)
    return None
