"""Spaces in which classifiers, and what stands right before them, are tuned."""

from collections.abc import Callable
from typing import Any

from sklearn.decomposition import PCA
from sklearn.ensemble import (
    ExtraTreesClassifier,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
)
from sklearn.linear_model import LogisticRegression, RidgeClassifier
from sklearn.neighbors import KNeighborsClassifier
from sklearn.svm import SVC, LinearSVC

from ..ensemble import GroupCalibratedClassifier
from ..ensemble._opinion_pool import OpinionPoolClassifier
from ..neural import CNNClassifier
from ._space_draws import among, real, whole

_NETWORKS = ("shallow", "deep", "inception", "eegnet", "tcn")
_AUGMENTATIONS = ("noise", "time_shift", "channel_dropout", "amplitude_scale")


def _of_svc(part: SVC) -> dict[str, Any]:
    """Return the cost, and the width of a kernel that has one; of scaled features about 1 in their number."""
    space = {"C": real(1e-2, 1e3, log=True)}
    if part.kernel in ("rbf", "poly", "sigmoid"):
        space["gamma"] = real(1e-5, 1e-1, log=True)
    return space


def _of_linear(part: LogisticRegression | LinearSVC) -> dict[str, Any]:  # noqa: ARG001
    return {"C": real(1e-4, 1e2, log=True)}


def _of_ridge(part: RidgeClassifier) -> dict[str, Any]:  # noqa: ARG001
    return {"alpha": real(1.0, 1e5, log=True)}


def _of_forest(part: ExtraTreesClassifier | RandomForestClassifier) -> dict[str, Any]:
    return {
        "n_estimators": whole(100, 600, step=100),
        "max_depth": among(part.max_depth, None, 4, 8, 16),
        "max_features": among(part.max_features, "sqrt", 0.05, 0.1, 0.2, 0.4),
        "min_samples_leaf": whole(1, 10, log=True),
    }


def _of_boosting(part: HistGradientBoostingClassifier) -> dict[str, Any]:  # noqa: ARG001
    return {
        "learning_rate": real(0.02, 0.3, log=True),
        "max_iter": whole(50, 400, step=50),
        "max_leaf_nodes": whole(4, 63, log=True),
        "min_samples_leaf": whole(5, 50, log=True),
        "max_features": real(0.05, 1.0, log=True),
        "l2_regularization": real(0.0, 10.0),
    }


def _of_neighbors(part: KNeighborsClassifier) -> dict[str, Any]:  # noqa: ARG001
    return {"n_neighbors": whole(1, 30)}


def _of_components(part: PCA) -> dict[str, Any]:  # noqa: ARG001
    return {"n_components": real(0.7, 0.99)}


def _of_network(part: CNNClassifier) -> dict[str, Any]:
    space = {
        "lr": real(5e-4, 2e-2, log=True),
        "weight_decay": real(1e-4, 0.3, log=True),
        "batch_size": among(part.batch_size, 16, 32, 64, 128),
        "label_smoothing": real(0.0, 0.2),
        "mixup": real(0.0, 0.4),
        "augmentation": among(part.augmentation, None, *([each] for each in _AUGMENTATIONS)),
    }
    if part.architecture in _NETWORKS and not part.architecture_options:
        space["architecture"] = among(part.architecture, *_NETWORKS)
        space["architecture_options"] = among(None, {"dropout": 0.1}, {"dropout": 0.25}, {"dropout": 0.5})
    return space


def _of_calibration(part: GroupCalibratedClassifier) -> dict[str, Any]:
    return {"method": among(part.method, "sigmoid", "isotonic", "temperature")}


def _of_pool(part: OpinionPoolClassifier) -> dict[str, Any]:  # noqa: ARG001
    return {"strength": real(1.0, 100.0, log=True)}


CLASSIFIER_SPACES: dict[type, Callable[[Any], dict[str, Any]]] = {
    SVC: _of_svc,
    LinearSVC: _of_linear,
    LogisticRegression: _of_linear,
    RidgeClassifier: _of_ridge,
    ExtraTreesClassifier: _of_forest,
    RandomForestClassifier: _of_forest,
    HistGradientBoostingClassifier: _of_boosting,
    KNeighborsClassifier: _of_neighbors,
    PCA: _of_components,
    CNNClassifier: _of_network,
    GroupCalibratedClassifier: _of_calibration,
    OpinionPoolClassifier: _of_pool,
}
