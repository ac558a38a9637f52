import pickle
import sys
import warnings
from pathlib import Path

import joblib
import numpy as np
import pytest
from sklearn.base import clone
from sklearn.dummy import DummyClassifier
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV, GroupKFold
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.utils._param_validation import InvalidParameterError

from sklearn_eeg.datasets import Recording, make_recording, read_recording
from sklearn_eeg.detection import SeizureDetector
from sklearn_eeg.detection._matched import match_recording
from sklearn_eeg.evaluation import score_events
from sklearn_eeg.features import TimeFeatures
from sklearn_eeg.preprocessing import BandpassFilter, ChannelScaler, Denoiser
from sklearn_eeg.signal import bandpass, resample
from sklearn_eeg.systems import svm_baseline

sys.path.insert(0, str(Path(__file__).parent))
from noisy import NAMES, SFREQ, line_length, make


def times(events):
    return [(event.onset, event.offset) for event in events]


def test_seizures_are_found_in_a_new_patient(fitted):
    events = fitted.predict_events(make("dan", seizures=((40, 70), (120, 150))))
    assert np.abs(np.array(times(events)) - [(40, 70), (120, 150)]).max() < 3
    assert all(0.5 < event.confidence <= 1 and event.label == "sz" for event in events)


def test_probabilities_over_time(fitted):
    recording = make("dan")
    table = fitted.predict_proba(recording)
    assert list(table) == ["start_second", "stop_second", "probability", "smoothed"]
    assert len(table) == 177
    np.testing.assert_array_equal(table["start_second"], np.arange(177))
    x = recording.read()
    windows = np.array([x[:, k * SFREQ : (k + 4) * SFREQ] for k in range(177)])
    np.testing.assert_allclose(
        table["probability"], fitted.estimator_.predict_proba(windows)[:, 1], rtol=1e-12
    )
    assert table["smoothed"][50] == pytest.approx(table["probability"][46:55].mean())
    table, events = fitted.predict(recording)
    assert events == fitted.predict_events(recording)


def test_the_threshold_is_chosen_on_patients_that_were_not_seen(fitted):
    """By hand: each patient's probabilities from a classifier of the other two."""
    recordings, truth = [make(patient) for patient in ("ann", "bob", "cleo")], [(60, 90)]
    alarms = []
    for held_out in range(3):
        train = [recording for place, recording in enumerate(recordings) if place != held_out]
        other = clone(fitted).set_params(threshold=fitted.threshold_).fit(train, [truth] * 2)
        alarms.append(other.predict_events(recordings[held_out]))
    durations = [recording.duration for recording in recordings]
    scores = score_events([truth] * 3, alarms, durations, judged_seconds=[177.0] * 3, n_resamples=0)
    for name in ("sensitivity", "precision", "f1", "false_alarms_per_day", "sample_f1"):
        assert fitted.held_out_[name] == pytest.approx(getattr(scores, name))


def test_nothing_is_held_out_in_appearance_only():
    """Noise: a classifier that remembers finds again what it was shown, and nothing in other patients."""
    rng = np.random.default_rng(0)
    recordings = [
        Recording.from_array(rng.normal(scale=10, size=(1, 300 * SFREQ)), SFREQ, patient=who)
        for who in "abcdef"
    ]
    truth, memory = [[(100, 140)]] * 6, make_pipeline(TimeFeatures(["line_length"]), KNeighborsClassifier(1))
    detector = SeizureDetector(memory, SFREQ, smoothing_seconds=5, max_false_alarms_per_day=1e9)
    detector.fit(recordings, truth)
    detector.threshold_ = 0.5
    alarms = [detector.predict_events(each) for each in recordings]
    assert score_events(truth, alarms, [300] * 6, n_resamples=0).sample_f1 > 0.8
    assert detector.curve_["sample_f1"].max() < 0.4


def test_the_rate_of_false_alarms_is_kept_on_held_out_patients():
    recordings = [
        make(who, seizures=((60, 90), (400, 430)), seconds=480) for who in ("ann", "bob", "cleo", "dan")
    ]
    events = [[(60, 90)], [(60, 90), (400, 430)], [(60, 90), (400, 430)], [(60, 90), (400, 430)]]
    detector = SeizureDetector(line_length(), SFREQ, max_false_alarms_per_day=60).fit(recordings, events)
    assert detector.held_out_["sensitivity"] == 1
    assert detector.held_out_["false_alarms_per_day"] == pytest.approx(86400 / (4 * 477))  # one in four
    row = detector.curve_.loc[detector.threshold_]
    assert row.to_dict() == detector.held_out_


def test_where_no_threshold_keeps_to_the_rate_there_is_no_alarm():
    recordings = [make(who, seconds=420) for who in ("ann", "bob")]
    constant = SeizureDetector(DummyClassifier(), SFREQ, max_false_alarms_per_day=0)
    with pytest.warns(
        UserWarning, match="No threshold finds a seizure with at most 0 false alarms"
    ) as caught:
        constant.fit(recordings, [[(60, 90)]] * 2)
    assert caught[0].filename == __file__
    assert (constant.threshold_, constant.held_out_) == (np.inf, None)
    assert constant.predict_events(recordings[0]) == []


def test_a_given_threshold_needs_no_patients():
    x = make().read()
    recording = Recording.from_array(x, SFREQ, NAMES)
    detector = SeizureDetector(line_length(), SFREQ, threshold=0.5).fit([recording], [[(60, 90)]])
    assert (detector.threshold_, detector.curve_, detector.held_out_) == (0.5, None, None)
    assert len(detector.predict_events(recording)) == 1
    with pytest.raises(ValueError, match="`groups` must name the patient of each recording"):
        clone(detector).set_params(threshold="auto").fit([recording] * 2, [[(60, 90)]] * 2)


def test_other_spelling_order_rate_and_reference_are_matched():
    t = np.arange(180 * 256) / 256
    rng = np.random.default_rng(0)
    names = ["Fp1", "F7", "T7"]
    x = 20 * np.sin(2 * np.pi * 5 * t) + rng.normal(scale=5, size=(3, len(t)))
    x[0, 60 * 256 : 90 * 256] += 60 * np.sin(2 * np.pi * 4 * t[: 30 * 256])
    x = bandpass(x, 256, None, 60)
    pairs = Recording.from_array([x[0] - x[1], x[1] - x[2]], 256, ["Fp1-F7", "F7-T7"])
    detector = SeizureDetector(line_length(), 256, threshold=0.5).fit([pairs], [[(60, 90)]])
    assert detector.ch_names_ == ["Fp1-F7", "F7-T7"]
    expected = detector.predict_proba(pairs)
    clinical = Recording.from_array(x[[2, 0, 1]], 256, ["EEG T3-REF", "EEG FP1-REF", "EEG F7-REF"])
    np.testing.assert_allclose(detector.predict_proba(clinical), expected, rtol=1e-9)
    fast = Recording.from_array(resample(x, 256, 500), 500, names)
    np.testing.assert_allclose(
        detector.predict_proba(fast)["probability"], expected["probability"], atol=0.05
    )
    assert np.abs(np.array(times(detector.predict_events(fast))) - [(60, 90)]).max() < 3
    with pytest.raises(
        ValueError, match=r"night must have the channels of the detector, but \['F7-T7'\] cannot"
    ):
        detector.predict_events(Recording.from_array(x[:2], 256, names[:2], name="night"))


def test_training_recordings_may_differ_too():
    rare = make("bob", names=["EEG CZ-REF", "EEG T3-REF", "EEG F7-REF"], sfreq=128)
    detector = SeizureDetector(line_length(), SFREQ).fit([make(), rare], [[(60, 90)]] * 2)
    assert detector.ch_names_ == NAMES
    detector = SeizureDetector(line_length(), SFREQ, ch_names=["T3"]).fit([make(), rare], [[(60, 90)]] * 2)
    assert detector.ch_names_ == ["T3"]
    assert len(detector.predict_events(rare)) == 1


def test_gaps_cuts_and_flat_stretches_are_not_judged(fitted):
    x = make("dan", seizures=((20, 40), (100, 120))).read()
    x[:, 30 * SFREQ : 34 * SFREQ] = np.nan
    x[:, 105 * SFREQ : 115 * SFREQ] = 1.0
    recording = Recording.from_array(x, SFREQ, NAMES)
    recording._cuts = (160 * SFREQ,)
    table = fitted.predict_proba(recording)
    missing = np.flatnonzero(table["probability"].isna())
    assert missing.tolist() == [*range(27, 34), *range(105, 112), 157, 158, 159]
    assert table["smoothed"].isna().equals(table["probability"].isna())


def test_a_recording_shorter_than_a_window_has_no_event(fitted):
    table, events = fitted.predict(make(seconds=3, seizures=()))
    assert (len(table), events) == (0, [])


def test_no_event_outlasts_its_recording(fitted):
    """The rate in the header is a little off, and the seizure lasts to the end."""
    x = make("dan", seizures=((150, 180),)).read()
    recording = Recording.from_array(x, SFREQ * (1 + 5e-7), NAMES)
    assert recording.duration < 180
    [event] = fitted.predict_events(recording)
    assert event.offset == recording.duration


def test_cleaned_stretches_equal_cleaned_windows_inside():
    recordings = [make("ann"), make("bob")]
    detector = SeizureDetector(
        line_length(), SFREQ, cleaner=BandpassFilter(SFREQ, 2, 25), window_seconds=8, threshold=0.5
    ).fit(recordings, [[(60, 90)]] * 2)
    x = bandpass(recordings[0].read(), SFREQ, 2, 25)
    windows = np.array([x[:, k * SFREQ : (k + 8) * SFREQ] for k in range(173)])
    expected = detector.estimator_.predict_proba(windows)[:, 1]
    np.testing.assert_allclose(detector.predict_proba(recordings[0])["probability"], expected, atol=2e-3)


@pytest.mark.parametrize("cleaner", [ChannelScaler(), Denoiser(SFREQ, mains=None, band=(1, 25), asr=5)])
def test_a_cleaner_that_learns_is_refused(cleaner):
    detector = SeizureDetector(line_length(), SFREQ, cleaner=cleaner, threshold=0.5)
    with pytest.raises(ValueError, match="`cleaner` must keep the shape of windows and learn nothing"):
        detector.fit([make()], [[(60, 90)]])


def test_files_go_in_and_out(tmp_path):
    pytest.importorskip("edfio")
    made = [
        make_recording(
            tmp_path / f"{patient}.edf", duration_seconds=180, sfreq=128, n_seizures=1, patient=patient,
            seizure_seconds=(30, 40), difficulty=0.3, seizure_types=["spike_wave"], random_state=patient,
        ) for patient in (0, 1)
    ]  # fmt: skip
    detector = SeizureDetector(svm_baseline(128), 128, step_seconds=2, smoothing_seconds=6)
    detector.fit([each.path for each in made], [each.events_path for each in made], groups=["p0", "p1"])
    assert detector.held_out_["sensitivity"] == 1
    [event], [truth] = detector.predict_events(made[0].path), made[0].events
    assert min(event.offset, truth.offset) - max(event.onset, truth.onset) > 0.7 * truth.duration
    card = detector.training_card_
    assert (card["n_recordings"], card["n_patients"], card["n_seizures"], card["hours"]) == (2, 2, 2, 0.1)
    assert card["n_seizure_windows"] + card["n_background_windows"] == 178


def test_clinical_recordings(eeg_data):
    """Real files of other rates and montages: matched, or refused by name."""
    folder = eeg_data / "edf_clinical"
    bursts = read_recording(folder / "eeg_burst_eg.edf")
    pairs = ["Fp1-F7", "F7-T3", "T3-T5", "C3-Cz"]
    detector = SeizureDetector(svm_baseline(128), 128, ch_names=pairs, threshold=0.5, smoothing_seconds=0)
    detector.fit([bursts], [[(60, 100)]])
    x = bursts.read()
    own = Recording.from_array(x[[bursts.ch_names.index(name) for name in ("T7", "Fp1", "F7")]], 256)
    own.ch_names = ["EEG T3-LE", "EEG FP1-LE", "EEG F7-LE"]
    expected = match_recording(bursts, pairs[:2], 128).read()
    np.testing.assert_allclose(match_recording(own, pairs[:2], 128).read(), expected, atol=1e-9)
    table = detector.predict_proba(folder / "chtypes_edf.edf")  # 200 Hz, 5 s
    assert table["probability"].between(0, 1).tolist() == [True, True]
    with pytest.raises(
        ValueError, match=r"preterm_demo must have .* but \['Fp1-F7', 'C3-Cz'\] cannot be made"
    ):
        detector.predict_events(folder / "preterm_demo.edf")


def test_folds_side_by_side_give_the_same(fitted):
    recordings = [make(patient) for patient in ("ann", "bob", "cleo")]
    with joblib.parallel_config(backend="threading"):
        again = clone(fitted).set_params(n_jobs=2).fit(recordings, [[(60, 90)]] * 3)
    assert again.threshold_ == fitted.threshold_
    assert again.curve_.equals(fitted.curve_)


def test_clone_parameters_and_pickle(fitted):
    copy = clone(fitted)
    assert copy.get_params()["sfreq"] == SFREQ
    assert not hasattr(copy, "threshold_")
    assert copy.set_params(estimator__logisticregression__C=3.0).estimator[-1].C == 3
    again = pickle.loads(pickle.dumps(fitted))
    assert again.predict_proba(make("dan")).equals(fitted.predict_proba(make("dan")))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("estimator", 3), ("sfreq", 0), ("cleaner", "yes"), ("stretch_seconds", 0), ("window_seconds", -1),
        ("step_seconds", 0), ("overlap_rule", 0), ("max_windows", 1), ("threshold", "best"),
        ("threshold", np.nan), ("threshold", -0.1),
        ("max_false_alarms_per_day", -1), ("smoothing_seconds", -1), ("release", 1.5),
        ("min_duration_seconds", -1), ("merge_gap_seconds", -1), ("cv", 1), ("n_jobs", 0.5), ("verbose", 3),
        ("ch_names", 3),
    ],
)  # fmt: skip
def test_parameters_out_of_range_are_refused(name, value):
    detector = SeizureDetector(line_length(), SFREQ).set_params(**{name: value})
    with pytest.raises(InvalidParameterError, match=f"The {name!r} parameter of SeizureDetector must be"):
        detector.fit([make()], [[(60, 90)]])


def test_every_parameter_has_its_constraint():
    assert set(SeizureDetector._parameter_constraints) == set(SeizureDetector(None, 1).get_params(deep=False))


def test_recordings_without_a_seizure_cannot_be_learned_from():
    with pytest.raises(
        ValueError, match="must hold both seizure and background, but none of 177 is a seizure"
    ):
        SeizureDetector(line_length(), SFREQ, threshold=0.5).fit([make()], [[]])


def test_after_a_fit_that_failed_it_is_not_fitted():
    detector = SeizureDetector(line_length(), SFREQ, threshold=0.5)
    with pytest.raises(ValueError, match="none of 177 is a seizure"):
        detector.fit([make()], [[]])
    with pytest.raises(NotFittedError):
        detector.predict(make())
    detector.fit([make()], [[(60, 90)]]).set_params(ch_names=["Cz", "F7"], window_seconds=200.0)
    with pytest.raises(ValueError, match="must hold one that can be judged"):
        detector.fit([make()], [[(60, 90)]])
    with pytest.raises(NotFittedError):  # rather than one half of each
        detector.predict(make())


def test_a_search_by_patient_is_told_the_patients():
    search = GridSearchCV(line_length(), {"logisticregression__C": [0.1, 1.0]}, cv=GroupKFold(2))
    detector = SeizureDetector(search, SFREQ, threshold=0.5)
    detector.fit([make("ann"), make("bob")], [[(60, 90)]] * 2)
    assert detector.estimator_.n_splits_ == 2


def test_progress_is_shown_when_asked_for(capsys):
    with warnings.catch_warnings():
        SeizureDetector(DummyClassifier(), SFREQ, threshold=0.5, verbose=True).fit([make()], [[(60, 90)]])
    assert "windows: 100%" in capsys.readouterr().err
