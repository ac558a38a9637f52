import sys
import warnings
from pathlib import Path

import joblib
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.exceptions import NotFittedError

import sklearn_eeg
from sklearn_eeg.detection import SeizureDetector, _models, load_model, save_model
from sklearn_eeg.preprocessing import Denoiser
from sklearn_eeg.systems import stacked_ensemble, svm_baseline

sys.path.insert(0, str(Path(__file__).parent))
from noisy import SFREQ, make


@pytest.fixture(scope="module")
def baseline():
    detector = SeizureDetector(
        svm_baseline(SFREQ, denoise=False), SFREQ, cleaner=Denoiser(SFREQ, mains=None, band=(1, 25))
    )
    return detector.fit([make("ann"), make("bob")], [[(60, 90)]] * 2)


@pytest.mark.parametrize("suffix", [".skops", ".joblib"])
def test_a_detector_comes_back_as_it_was(baseline, tmp_path, suffix):
    pytest.importorskip("skops")
    path = save_model(baseline, tmp_path / f"model{suffix}")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        again = load_model(path)
    assert again.predict_proba(make("dan")).equals(baseline.predict_proba(make("dan")))
    assert again.predict_events(make("dan")) == baseline.predict_events(make("dan"))
    assert again.training_card_ == baseline.training_card_
    assert again.curve_.equals(baseline.curve_)
    assert (again.sfreq, again.ch_names_) == (SFREQ, ["F7", "T7", "Cz"])
    assert [each.name for each in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize("name", ["scikit-learn", "sklearn_eeg"])
def test_other_versions_are_told(baseline, tmp_path, monkeypatch, name):
    now = _models._list_versions()
    with monkeypatch.context() as patch:
        patch.setattr(_models, "_list_versions", lambda: now | {name: "0.0.1"})
        path = save_model(baseline, tmp_path / "model.joblib")
    with pytest.warns(UserWarning, match=rf"was written under {name} 0\.0\.1 \(here {now[name]}\)") as caught:
        load_model(path)
    assert caught[0].filename == __file__


def test_versions_are_in_the_file(baseline, tmp_path):
    versions = joblib.load(save_model(baseline, tmp_path / "model.joblib"))["versions"]
    assert versions["sklearn_eeg"] == sklearn_eeg.__version__
    assert {"python", "scikit-learn", "numpy", "scipy", "numba"} <= set(versions)


class Foreign(ClassifierMixin, BaseEstimator):
    """A classifier that is nobody's."""

    def fit(self, X, y):
        self.classes_ = [0, 1]
        return self

    def predict(self, X):
        return [0] * len(X)

    def decision_function(self, X):
        return [0.0] * len(X)


def test_types_of_others_are_refused_unless_trusted(tmp_path):
    pytest.importorskip("skops")
    detector = SeizureDetector(Foreign(), SFREQ, threshold=0.6).fit([make()], [[(60, 90)]])
    path = save_model(detector, tmp_path / "model.skops")
    name = f"{Foreign.__module__}.Foreign"
    with pytest.raises(ValueError, match=rf"must hold types of scikit-learn, .* only, got \['{name}'\]"):
        load_model(path)
    assert isinstance(load_model(path, trusted=[name]).estimator_, Foreign)


@pytest.mark.parametrize(
    ("name", "own"),
    [
        ("sklearn_eeg.preprocessing._denoiser.Denoiser", True),
        ("sklearn_eeg.signal._filters.bandpass", False),  # a function
        ("sklearn_eeg._files.Path", False),  # a class from elsewhere
        ("sklearn_eeg._files.os", False),
        ("sklearn_eeg.nothing.Nothing", False),
        ("sklearn_eegs.Denoiser", False),
        ("os.system", False),
    ],
)
def test_own_classes_alone_are_trusted(name, own):
    assert _models._is_own_class(name) is own


def test_what_is_no_detector_is_refused(tmp_path):
    joblib.dump({"detector": 3}, tmp_path / "a.joblib")
    with pytest.raises(ValueError, match="must hold a SeizureDetector that save_model wrote"):
        load_model(tmp_path / "a.joblib")
    joblib.dump(
        {"detector": SeizureDetector(Foreign(), 1), "format": 9, "versions": {}}, tmp_path / "b.joblib"
    )
    with pytest.raises(ValueError, match="must be of format 1, got 9"):
        load_model(tmp_path / "b.joblib")
    with pytest.raises(ValueError, match=r"`path` must end in .skops or .joblib, got 'a.pkl'"):
        load_model("a.pkl")


@pytest.mark.parametrize("suffix", [".skops", ".joblib"])
@pytest.mark.parametrize("share", [0, 0.5])
def test_a_file_that_is_not_whole_is_told(baseline, tmp_path, suffix, share):
    pytest.importorskip("skops")
    whole = save_model(baseline, tmp_path / f"model{suffix}").read_bytes()
    path = tmp_path / f"part{suffix}"
    path.write_bytes(whole[: int(share * len(whole))])
    with pytest.raises(ValueError, match=rf"part{suffix} cannot be read as a model \(.+\): copy it anew"):
        load_model(path)


def test_what_could_not_be_used_is_not_written(baseline, tmp_path):
    with pytest.raises(TypeError, match="`detector` must be a SeizureDetector, got Foreign"):
        save_model(Foreign(), tmp_path / "a.joblib")
    with pytest.raises(NotFittedError, match="This SeizureDetector instance is not fitted yet"):
        save_model(SeizureDetector(Foreign(), SFREQ), tmp_path / "a.joblib")
    assert not list(tmp_path.iterdir())


def test_a_stacked_ensemble_comes_back_as_it_was(tmp_path):
    pytest.importorskip("skops")
    recordings = [make(name) for name in ("ann", "bob", "cat", "dan")]
    stack = stacked_ensemble(SFREQ, members=["svm", "tangent"], cv=2, denoise=False, random_state=0)
    detector = SeizureDetector(stack, SFREQ, threshold=0.5).fit(recordings, [[(60, 90)]] * 4)
    again = load_model(save_model(detector, tmp_path / "model.skops"))
    assert again.predict_proba(recordings[0]).equals(detector.predict_proba(recordings[0]))
    final = detector.estimator_[-1].final_estimator_
    assert final.get_metadata_routing().fit.requests["groups"]  # of the one that was saved
