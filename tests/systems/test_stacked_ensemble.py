import pickle

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.metrics import balanced_accuracy_score
from sklearn.model_selection import GridSearchCV
from sklearn.utils import Bunch, get_tags

from sklearn_eeg.datasets import make_seizures
from sklearn_eeg.evaluation import evaluate
from sklearn_eeg.explain import explain
from sklearn_eeg.model_selection import PatientKFold, fit_by_patient
from sklearn_eeg.systems import stacked_ensemble
from sklearn_eeg.systems._stacked_ensemble import DEFAULT_MEMBERS, MEMBERS

QUICK = ["svm", "tangent"]


@pytest.fixture(scope="module")
def eeg():
    bunch = make_seizures(
        n_patients=6, windows_per_patient=16, sfreq=128, window_seconds=1, difficulty=0.4, random_state=0
    )
    bunch.target = np.array(["rest", "seizure"])[(bunch.target > 0).astype(int)]
    return bunch


def fit(eeg, **options):
    model = stacked_ensemble(eeg.sfreq, cv=2, random_state=0, **options)
    return fit_by_patient(model, eeg.data, eeg.target, eeg.groups)


def test_every_member_fits_and_matters(eeg):
    few = Bunch(**eeg)
    few.data = eeg.data[:, :4]
    model = stacked_ensemble(eeg.sfreq, members=MEMBERS, cv=2, random_state=0)
    model.set_params(
        stack__trees__trees__n_estimators=20, stack__boosting__boosting__max_iter=5,
        stack__kernels__features__n_features=84, stack__cnn__max_epochs=2,
    )  # fmt: skip
    model = fit_by_patient(model, few.data, few.target, few.groups)
    assert list(model["stack"].named_estimators_) == list(MEMBERS)
    assert len(model["stack"].importances_) == len(MEMBERS)
    proba = model.predict_proba(few.data)
    np.testing.assert_allclose(proba.sum(axis=1), 1)
    assert model.score(few.data, few.target) > 0.8


def test_the_default_learns_seizures_of_other_patients(eeg):
    model = stacked_ensemble(eeg.sfreq, cv=2, random_state=0)
    assert tuple(name for name, _ in model["stack"].estimators) == DEFAULT_MEMBERS
    model.set_params(stack__kernels__features__n_features=1600, stack__trees__trees__n_estimators=50)
    train = eeg.groups < 4
    model = fit_by_patient(model, eeg.data[train], eeg.target[train], eeg.groups[train])
    assert balanced_accuracy_score(eeg.target[~train], model.predict(eeg.data[~train])) > 0.8


def test_members_are_dropped_and_set_by_name(eeg):
    model = stacked_ensemble(eeg.sfreq, members=["svm", "trees", "tangent"], cv=2)
    model.set_params(stack__trees="drop", stack__svm__svm__C=7.0)
    fitted = fit_by_patient(model, eeg.data, eeg.target, eeg.groups)
    assert len(fitted["stack"].estimators_) == 2
    assert fitted["stack"].named_estimators_["svm"][-1].C == 7.0


def test_patients_reach_the_inner_folds(eeg):
    model = stacked_ensemble(eeg.sfreq, members=["tangent"], cv=3)
    led = fit_by_patient(model, eeg.data, eeg.target, eeg.groups)
    told = clone(model).fit(eeg.data, eeg.target, stack__groups=eeg.groups)
    untold = clone(model).fit(eeg.data, eeg.target)
    np.testing.assert_array_equal(told["stack"].importances_, led["stack"].importances_)
    assert abs(untold["stack"].importances_ - led["stack"].importances_) > 1e-3


def test_the_final_classifier_is_told_the_patients(eeg):
    """Six patients pull the weights away from equal ones less than 96 windows do."""
    led = fit(eeg, members=QUICK)["stack"].final_estimator_
    splits = list(PatientKFold(2, random_state=0).split(eeg.data, eeg.target, eeg.groups))
    untold = stacked_ensemble(eeg.sfreq, members=QUICK, cv=splits, random_state=0)
    untold = untold.fit(eeg.data, eeg.target)["stack"].final_estimator_
    pulled = [np.abs(each.weights_ - 1.0).sum() for each in (led, untold)]
    assert pulled[0] < 0.7 * pulled[1]


def test_it_clones_pickles_and_repeats(eeg):
    one, two = (fit(eeg, members=[*QUICK, "kernels"]) for _ in range(2))
    again = pickle.loads(pickle.dumps(one))
    np.testing.assert_array_equal(again.predict_proba(eeg.data), two.predict_proba(eeg.data))
    assert not hasattr(clone(one)["stack"], "classes_")


def test_it_is_evaluated_and_tuned_by_patient(eeg):
    model = stacked_ensemble(eeg.sfreq, members=QUICK, cv=2)
    report = evaluate(model, eeg.data, eeg.target, eeg.groups, cv=3, n_resamples=0)
    assert report.to_frame()["balanced_accuracy"].iloc[0] > 0.7
    search = GridSearchCV(
        model, {"stack__final_estimator__strength": [1.0, 100.0]}, cv=3, error_score="raise"
    )
    assert fit_by_patient(search, eeg.data, eeg.target, eeg.groups).best_score_ > 0.7


def test_it_is_explained_by_channel(eeg):
    model = fit(eeg, members=["tangent"], ch_names=eeg.ch_names)
    found = explain(model, eeg.data[:2], eeg.data[::8], level="channel", random_state=0)
    assert found.values.shape[:2] == (2, 19)
    assert found.player_names == list(eeg.ch_names)


@pytest.mark.parametrize("n_channels", [1, 2])
def test_few_channels_do(eeg, n_channels):
    few = Bunch(**eeg)
    few.data = eeg.data[:, :n_channels]
    model = stacked_ensemble(eeg.sfreq, cv=2, random_state=0)
    model.set_params(stack__kernels__features__n_features=168, stack__trees__trees__n_estimators=10)
    fit_by_patient(model, few.data, few.target, few.groups).predict(few.data)


def test_denoising_is_the_first_step(eeg):
    assert stacked_ensemble(100)["denoise"] == "passthrough"
    model = fit(eeg, members=["tangent"], denoise=True, mains=None)
    assert model["denoise"].mains is None
    assert get_tags(model[-1]).input_tags.three_d_array


def test_class_weights_reach_everyone():
    model = stacked_ensemble(100, members=MEMBERS, class_weight=None)
    assert {value for name, value in model.get_params().items() if name.endswith("class_weight")} == {None}
    model = stacked_ensemble(100, members=MEMBERS)
    assert {value for name, value in model.get_params().items() if name.endswith("class_weight")} == {
        "balanced"
    }


def test_what_is_wrong_is_named():
    with pytest.raises(ValueError, match="`sfreq` must be the sampling frequency"):
        stacked_ensemble(0)
    with pytest.raises(ValueError, match=r"`members` must be some of svm, trees, .*, got \['svn'\]"):
        stacked_ensemble(100, members=["svn"])
    with pytest.raises(ValueError, match="`members` must be some of"):
        stacked_ensemble(100, members=[])
    with pytest.raises(ValueError, match=r"each once, got \['svm', 'svm'\]"):
        stacked_ensemble(100, members=["svm", "svm"])


def test_it_takes_windows_of_several_channels():
    tags = get_tags(stacked_ensemble(100)["stack"]).input_tags
    assert tags.three_d_array
    assert not tags.sparse
