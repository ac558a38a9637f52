import numpy as np
import pytest
from sklearn.base import clone
from sklearn.decomposition import PCA
from sklearn.ensemble import ExtraTreesClassifier, HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression, RidgeClassifier
from sklearn.neighbors import KNeighborsClassifier
from sklearn.svm import SVC, LinearSVC

from sklearn_eeg.ensemble import GroupCalibratedClassifier
from sklearn_eeg.ensemble._opinion_pool import OpinionPoolClassifier
from sklearn_eeg.neural import CNNClassifier
from sklearn_eeg.systems import search_space
from sklearn_eeg.systems._space_classifiers import CLASSIFIER_SPACES

RNG = np.random.default_rng(0)
Y = np.tile([0, 1, 2], 26)
TABLE = RNG.normal(size=(78, 9)) + np.eye(3, 9)[Y]
WINDOWS = 20 * RNG.normal(size=(30, 3, 128))

CLASSIFIERS = [
    SVC(),
    SVC(kernel="linear"),
    LinearSVC(max_iter=5000, random_state=0),
    LogisticRegression(max_iter=2000),
    RidgeClassifier(),
    ExtraTreesClassifier(random_state=0),
    RandomForestClassifier(random_state=0),
    HistGradientBoostingClassifier(random_state=0),
    KNeighborsClassifier(),
    PCA(),
    GroupCalibratedClassifier(LogisticRegression(), cv=2),
    OpinionPoolClassifier(),
]


def extremes(distribution):
    """Both ends of a range, or all choices."""
    if isinstance(distribution, list):
        return distribution
    return getattr(distribution, "choices", None) or [distribution.low, distribution.high]


def test_each_is_tried_here():
    assert {type(each) for each in CLASSIFIERS} | {CNNClassifier} == set(CLASSIFIER_SPACES)


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize("classifier", CLASSIFIERS, ids=repr)
def test_the_ends_of_each_range_are_fitted(classifier):
    quick = {"n_estimators": 100, "max_iter": 50}
    quick = {name: value for name, value in quick.items() if name in search_space(classifier)}
    for name, distribution in search_space(classifier).items():
        for value in [distribution.low] if name in quick else extremes(distribution):
            clone(classifier).set_params(**quick | {name: value}).fit(TABLE, Y)


def test_each_network_is_fitted():
    network = CNNClassifier(sfreq=128, max_epochs=1, device="cpu", random_state=0)
    for name, distribution in search_space(network).items():
        for value in extremes(distribution):
            clone(network).set_params(**{name: value}).fit(WINDOWS, Y[:30])


def test_dropout_suits_each_architecture():
    space = search_space(CNNClassifier())
    for architecture in space["architecture"].choices:
        options = {"architecture": architecture, "architecture_options": space["architecture_options"][-1]}
        CNNClassifier(sfreq=128, max_epochs=1, device="cpu", **options).fit(WINDOWS, Y[:30])


def test_a_network_of_ones_own_is_kept():
    assert {"architecture", "architecture_options"} <= set(search_space(CNNClassifier()))
    of_own = search_space(CNNClassifier(dict))
    with_options = search_space(CNNClassifier("deep", architecture_options={"dropout": 0.3}))
    for space in (of_own, with_options):
        assert not {"architecture", "architecture_options"} & set(space)
        assert "lr" in space


def test_a_linear_kernel_has_no_width():
    assert set(search_space(SVC(kernel="linear"))) == {"C"}
    assert set(search_space(SVC(kernel=lambda a, b: a @ b.T))) == {"C"}
