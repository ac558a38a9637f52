import re

import numpy as np
import pytest

from sklearn_eeg.evaluation import score_events
from sklearn_eeg.evaluation._timeline import curve_of_timeline, make_timeline, score_timeline, seizure_score

NAMES = ("rest", "fit")


def arrange(y, start, recording=None, window=10.0, **changes):
    y = np.asarray(y)
    options = {
        "events": None,
        "background": None,
        "groups": None,
        "classes": np.unique(y),
        "target_names": NAMES[: len(np.unique(y))],
    }
    recording = np.zeros(len(y), dtype=int) if recording is None else recording
    return make_timeline(recording, start, window, y=y, **{**options, **changes})


def hour(rng, n_recordings=4, step=5.0, window=10.0):
    """Recordings of an hour in overlapping windows with seizures, and a score that knows them a little."""
    n = int((3600 - window) / step) + 1
    start, recording = np.tile(np.arange(n) * step, n_recordings), np.repeat(np.arange(n_recordings), n)
    y = np.zeros(len(start), dtype=int)
    for first in range(0, len(y), n):
        for onset in rng.integers(20, n - 40, size=3):
            y[first + onset : first + onset + rng.integers(3, 20)] = 1
    return y, start, recording, rng.normal(size=len(y)) + 2 * y


def test_labels_become_events():
    timeline = arrange([0, 1, 1, 0, 1, 0], np.arange(6) * 10)
    assert [(event.onset, event.offset, event.label) for event in timeline.events[0]] == [
        (10, 30, "fit"),
        (40, 50, "fit"),
    ]
    assert timeline.durations == {0: 60.0}
    assert (timeline.covered, timeline.annotated, timeline.background) == (1.0, False, 0)


def test_order_of_windows_does_not_matter():
    rng = np.random.default_rng(0)
    y, start, recording, score = hour(rng)
    order = rng.permutation(len(y))
    one = arrange(y, start, recording)
    other = arrange(y[order], start[order], recording[order])
    assert one.events == other.events
    curves = [curve_of_timeline(one, score), curve_of_timeline(other, score[order])]
    np.testing.assert_array_equal(curves[0].figures["f1"], curves[1].figures["f1"])


def test_alarms_are_scored_by_the_rules_of_events():
    rng = np.random.default_rng(1)
    y, start, recording, score = hour(rng)
    timeline = arrange(y, start, recording, groups=recording // 2)
    said = (score > 1.5).astype(int)
    alarms = {
        name: [(at, at + 10.0) for at in start[(recording == name) & (said == 1)]] for name in range(4)
    }  # fmt: skip
    direct = score_events(timeline.events, alarms, dict.fromkeys(range(4), 3600.0), groups=[0, 0, 1, 1])
    np.testing.assert_allclose(score_timeline(timeline, said).to_frame(), direct.to_frame())
    assert 0 < direct.sensitivity < 1 or direct.n_false_alarms


def test_a_point_of_the_curve_is_the_score_of_that_threshold():
    rng = np.random.default_rng(2)
    y, start, recording, score = hour(rng)
    timeline = arrange(y, start, recording)
    curve = curve_of_timeline(timeline, score, thresholds=[0.5, 2.0])
    for place, threshold in enumerate(curve.thresholds):
        scores = score_timeline(timeline, (score >= threshold).astype(int))
        assert curve.figures["sensitivity"][place] == scores.sensitivity
        assert curve.figures["false_alarms_per_day"][place] == pytest.approx(scores.false_alarms_per_day)


def test_annotated_events_are_kept_and_lengthen_the_recording():
    timeline = arrange([0, 0], [0, 10], events={0: [(5, 25, "sz_foc")]})
    assert timeline.events[0][0].label == "sz_foc"
    assert timeline.durations == {0: 25.0}
    assert timeline.covered == 20 / 25
    assert timeline.annotated


def test_windows_with_gaps_must_cover_half():
    assert arrange([0, 1], [0, 20]).covered == pytest.approx(2 / 3)
    text = "Windows must cover at least half of the recorded time for figures of events, got 40%: pass all"
    with pytest.raises(ValueError, match=re.escape(text)):
        arrange([0, 1], [0, 40])


def test_rates_are_of_the_time_that_windows_cover():
    # an hour with windows in its first 36 minutes: one false alarm there is 40 a day, not 24
    start = np.append(np.arange(216) * 10.0, 3590.0)
    y = np.zeros(217, dtype=int)
    timeline = arrange(y, start, events={0: []}, classes=np.arange(2), target_names=NAMES)
    said = np.zeros(217, dtype=int)
    said[100] = 1
    scores = score_timeline(timeline, said)
    assert timeline.covered_seconds == {0: 2170.0}
    assert scores.false_alarms_per_day == pytest.approx(86400 / 2170)
    assert scores.time_in_warning == pytest.approx(10 / 2170)
    assert scores.hours == pytest.approx(2170 / 3600)
    curve = curve_of_timeline(timeline, said.astype(float), thresholds=[0.5])
    assert curve.figures["false_alarms_per_day"] == pytest.approx([86400 / 2170])
    assert curve_of_timeline(timeline, said.astype(float), thresholds=[0.0]).figures["time_in_warning"] == [1]


@pytest.mark.parametrize("seed", range(3))
def test_covered_time_equals_a_count_of_moments(seed):
    rng = np.random.default_rng(seed)
    start, length = rng.integers(0, 200, size=40) / 2, rng.integers(1, 20, size=40) / 2
    timeline = arrange(rng.permutation(np.arange(40) % 2), start, window=length)
    moments = np.arange(0, 120, 0.5)
    inside = (moments[:, np.newaxis] >= start) & (moments[:, np.newaxis] < start + length)
    assert timeline.covered_seconds[0] == inside.any(axis=1).sum() / 2


def test_labels_that_are_text_need_the_background_named():
    text = "`background` must be the label of windows without a seizure, one of ['fit', 'rest'], got None."
    with pytest.raises(ValueError, match=re.escape(text)):
        arrange(["rest", "fit"], [0, 10], target_names=("fit", "rest"))
    named = arrange(["rest", "fit"], [0, 10], target_names=("fit", "rest"), background="rest")
    assert [event.onset for event in named.events[0]] == [10.0]
    with pytest.raises(ValueError, match="got 'sleep'"):
        arrange(["rest", "fit"], [0, 10], target_names=("fit", "rest"), background="sleep")
    assert arrange([False, True], [0, 10]).background is False


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"start": None}, "`start_second` must be given with `recording`, got None: pass it in seconds."),
        ({"window": None}, "`window_seconds` must be given with `recording`, got None"),
        ({"start": [0, np.nan]}, "`start_second` must be at least 0, in seconds, got nan"),
        ({"window": 0}, "`window_seconds` must be positive, in seconds, got 0.0"),
        ({"start": [0, 10, 20]}, "`start_second` must have shape (2,), one entry a window, got (3,)."),
        ({"recording": ["a"]}, "`recording` must have shape (2,)"),
        ({"groups": np.array(["ann", "bob"])}, "of one patient each, got ['ann', 'bob'] in recording 0."),
        ({"events": {"x": []}}, "`events` must be a dict with the seizures of each recording (0), got ['x']"),
        ({"events": [(0, 1)]}, "(0), got list: give an empty list"),
    ],
)
def test_what_is_wrong_is_said(changes, text):
    arguments = {"y": [0, 1], "start": [0, 10], **changes}
    with pytest.raises(ValueError, match=re.escape(text)):
        arrange(arguments.pop("y"), arguments.pop("start"), **arguments)


def test_without_recordings_there_is_no_timeline():
    options = {"y": np.array([0, 1]), "groups": None, "classes": np.arange(2), "target_names": NAMES}
    assert make_timeline(None, None, 2.0, events=None, background=None, **options) is None
    with pytest.raises(ValueError, match="`recording` must be given with `start_second`, got None"):
        make_timeline(None, [0, 1], 2.0, events=None, background=None, **options)


def test_short_steps_are_rounded_to_a_tenth_of_a_second():
    start = np.arange(60) * 1.003
    timeline = arrange(np.arange(60) % 2, start, window=1.003)
    curve = curve_of_timeline(timeline, np.linspace(0, 1, 60), thresholds=[0.5])
    assert curve.figures["sensitivity"] == [1.0]


def test_the_score_of_a_seizure():
    two = np.array([[0.3, 0.7]])
    assert seizure_score(two, np.array(["fit", "rest"]), "rest").tolist() == [0.3]
    three = np.array([[0.2, 0.5, 0.3]])
    assert seizure_score(three, np.arange(3), 1) == pytest.approx([-0.2])
