import pickle
import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from sklearn.base import clone

from sklearn_eeg.datasets import Recording
from sklearn_eeg.detection import SeizureDetector
from sklearn_eeg.preprocessing import BandpassFilter

sys.path.insert(0, str(Path(__file__).parent))
from noisy import SFREQ, line_length, make


@pytest.fixture(scope="module")
def cleaning():
    """A detector that cleans stretches before it cuts windows."""
    detector = SeizureDetector(
        line_length(), SFREQ, cleaner=BandpassFilter(SFREQ, 1, 25), threshold=0.4, step_seconds=0.7
    )
    return detector.fit([make()], [[(60, 90)]])


def bumpy():
    """A recording with seizures, a gap, a flat stretch and a cut."""
    x = make(seizures=((20, 45), (80, 95), (100, 112), (150, 170)), seconds=200, seed=5).read()
    x[:, 60 * SFREQ : 63 * SFREQ] = np.nan
    x[:, 105 * SFREQ : 111 * SFREQ] = 0.0
    recording = Recording.from_array(x, SFREQ, ["F7", "T7", "Cz"])
    recording._cuts = (round(30.3 * SFREQ),)
    return recording


def run(stream, x, pieces, cuts=(), between=lambda stream: stream):
    outputs = []
    edges = [0, *sorted({*pieces, *cuts}), x.shape[1]]
    for first, last in pairwise(edges):
        stream = between(stream)
        outputs.append(stream.push(x[:, first:last], after_cut=first in cuts))
    outputs.append(stream.finish())
    probability = np.concatenate([output.probability for output in outputs])
    smoothed = np.concatenate([output.smoothed for output in outputs])
    return probability, smoothed, [event for output in outputs for event in output.events]


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("kind", ["fitted", "cleaning"])
def test_any_pieces_tell_what_the_whole_tells(kind, seed, request):
    detector, recording = request.getfixturevalue(kind), bumpy()
    rng = np.random.default_rng(seed)
    size = [3, 50, 2000][seed % 3]
    pieces = np.cumsum(rng.integers(0, 2 * size, 400))
    pieces = pieces[pieces < recording.n_times].tolist()
    probability, smoothed, events = run(detector.stream(), recording.read(), pieces, recording._cuts)
    table, expected = detector.predict(recording)
    np.testing.assert_allclose(probability, table["probability"], rtol=0, atol=1e-9)
    np.testing.assert_allclose(smoothed, table["smoothed"], rtol=0, atol=1e-9)
    assert [(event.onset, event.offset) for event in events] == [(e.onset, e.offset) for e in expected]
    assert len(events) >= 3


@pytest.mark.parametrize("kind", ["fitted", "cleaning"])
def test_a_stream_goes_on_after_it_was_pickled(kind, request):
    detector, x = request.getfixturevalue(kind), bumpy().read()
    pieces = list(range(100, x.shape[1], 1700))
    plain = run(detector.stream(), x, pieces)
    stored = run(detector.stream(), x, pieces, between=lambda stream: pickle.loads(pickle.dumps(stream)))
    np.testing.assert_array_equal(stored[0], plain[0])
    np.testing.assert_array_equal(stored[1], plain[1])
    assert stored[2] == plain[2]


def test_one_sample_at_a_time(fitted):
    x = make().read(0, 8)
    stream = fitted.stream()
    told = [len(stream.push(x[:, [k]]).probability) for k in range(x.shape[1])]
    assert np.flatnonzero(told).tolist() == [k * SFREQ - 1 for k in (4, 5, 6, 7, 8)]
    assert stream.n_times == 8 * SFREQ


@pytest.mark.parametrize("kind", ["fitted", "cleaning"])
def test_probabilities_come_within_the_delay(kind, request):
    detector, x = request.getfixturevalue(kind), make(seconds=120).read()
    stream, latest = detector.stream(), 0.0
    for k in range(0, x.shape[1], 8):
        output = stream.push(x[:, k : k + 8])
        for number in range(output.first_settled, output.first_settled + len(output.smoothed)):
            middle = number * detector.step_seconds + detector.window_seconds / 2
            latest = max(latest, stream.n_times / SFREQ - middle)
    assert stream.delay_seconds - 1 < latest <= stream.delay_seconds + 8 / SFREQ
    if kind == "fitted":
        assert stream.delay_seconds == 2 + 4


def test_numbers_tell_which_windows_are_new(fitted):
    stream, x = fitted.stream(), make().read()
    first = stream.push(x[:, : 20 * SFREQ])
    second = stream.push(x[:, 20 * SFREQ : 22 * SFREQ])
    assert (first.first_window, len(first.probability), second.first_window) == (0, 17, 17)
    assert (first.first_settled, len(first.smoothed), second.first_settled) == (0, 13, 13)


def test_other_shapes_are_refused(fitted):
    with pytest.raises(ValueError, match=r"`samples` must be of shape \(3, n_new\).* got \(2, 64\)"):
        fitted.stream().push(np.zeros((2, 64)))
    with pytest.raises(ValueError, match=r"got \(64,\)"):
        fitted.stream().push(np.zeros(64))


def test_a_finished_stream_is_finished(fitted):
    stream = fitted.stream()
    assert len(stream.finish().probability) == 0
    with pytest.raises(ValueError, match="`push` must come before `finish`"):
        stream.push(np.zeros((3, 1)))
    with pytest.raises(ValueError, match="`finish` must be called once"):
        stream.finish()


def test_only_a_fitted_detector_streams(fitted):
    with pytest.raises(ValueError, match="not fitted"):
        clone(fitted).stream()
