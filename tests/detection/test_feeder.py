import numpy as np
import pytest

from sklearn_eeg.datasets import Recording
from sklearn_eeg.detection._feeder import WindowFeeder, feed_recording, read_pieces, stretch_sizes
from sklearn_eeg.detection._frame import Frame
from sklearn_eeg.preprocessing import BandpassFilter, Denoiser

FRAME = Frame(50, 2, 0.5)


def noise(n_times=50 * 70, seed=0):
    return np.random.default_rng(seed).normal(size=(2, n_times))


def collect(batches):
    """Return all windows, and whether each was judged."""
    windows, judged, step = [], [], 0
    for batch in batches:
        assert batch.first_step == step
        step += len(batch.judged)
        windows.append(batch.take(np.arange(len(batch.judged))))
        judged.append(batch.judged)
    return np.concatenate(windows), np.concatenate(judged)


def feed(x, pieces=(), frame=FRAME, **options):
    feeder = WindowFeeder(frame, len(x), **options)
    batches = [batch for part in np.split(x, pieces, axis=1) for batch in feeder.push(part)]
    return collect([*batches, *feeder.finish()])


@pytest.mark.parametrize("sfreq", [50, 17.3])
def test_windows_are_those_of_the_whole(sfreq):
    frame, x = Frame(sfreq, 2, 0.5), noise()
    windows, judged = feed(x, [1, 1, 2, 300, 2800], frame)
    expected = [x[:, frame.first(k) : frame.first(k) + frame.n_times] for k in range(frame.count(x.shape[1]))]
    np.testing.assert_array_equal(windows, expected)
    assert judged.all()


def test_windows_that_hold_nan_or_are_constant_are_not_judged():
    x = noise(50 * 20)
    x[0, 50 * 5] = np.nan
    x[:, 50 * 10 : 50 * 14] = 3.0
    x[0, 50 * 16 :] = 1.0
    _, judged = feed(x, [77, 500])
    start = np.arange(len(judged)) * 0.5
    np.testing.assert_array_equal(judged, ~((start > 3) & (start <= 5) | (start >= 10) & (start <= 12)))


def test_windows_across_a_cut_are_not_judged():
    feeder, x = WindowFeeder(FRAME, 2), noise(50 * 10)
    batches = [*feeder.push(x[:, :220]), *feeder.push(x[:, 220:], after_cut=True), *feeder.finish()]
    _, judged = collect(batches)
    start = np.arange(len(judged)) * 25
    np.testing.assert_array_equal(judged, ~((start < 220) & (start + 100 > 220)))


def test_memory_is_bounded():
    feeder = WindowFeeder(FRAME, 2, BandpassFilter(50, 1, 20).fit(noise(1000)[np.newaxis]))
    largest = 0
    for _ in range(300):
        list(feeder.push(noise(101)))
        largest = max(largest, feeder._raw.size + feeder._clean.size)
    assert largest < 2 * 2 * 50 * (16 + 2 + 2 + 2 + 2.1)


def cleaner(kind):
    n_times = stretch_sizes(FRAME, 16)[0] + 2 * stretch_sizes(FRAME, 16)[1]
    step = Denoiser(50, mains=None, band=(1, 20)) if kind == "denoiser" else BandpassFilter(50, 1, 20)
    return step.fit(noise(n_times)[np.newaxis])


@pytest.mark.parametrize("kind", ["denoiser", "band"])
@pytest.mark.parametrize("n_times", [3500, 801, 120, 100])
def test_cleaned_windows_do_not_depend_on_the_pieces(kind, n_times):
    x, step = noise(n_times), cleaner(kind)
    whole, judged = feed(x, cleaner=step)
    pieces = np.sort(np.random.default_rng(1).integers(0, n_times, 25))
    again, judged_again = feed(x, pieces, cleaner=step)
    np.testing.assert_array_equal(again, whole)
    np.testing.assert_array_equal(judged_again, judged)
    assert len(whole) == FRAME.count(n_times)


def test_a_filter_on_stretches_is_that_of_the_whole():
    from sklearn_eeg.signal import bandpass

    x = noise(50 * 100)
    windows, _ = feed(x, cleaner=cleaner("band"))
    whole = bandpass(x, 50, 1, 20)
    expected = [whole[:, FRAME.first(k) : FRAME.first(k) + 100] for k in range(len(windows))]
    inside = slice(8, -8)  # where the ends, which are mirrored another way, are far
    assert np.abs(windows - expected)[inside].max() < 0.02  # of noise with a standard deviation of 1


def test_missing_values_are_bridged_before_cleaning():
    x = noise(50 * 60)
    x[:, 1500:1550] = np.nan
    windows, judged = feed(x, cleaner=cleaner("band"))
    assert np.isfinite(windows).all()
    start = np.arange(len(judged)) * 25
    np.testing.assert_array_equal(judged, ~((start + 100 > 1500) & (start < 1550)))


def test_pieces_of_a_recording_end_at_its_cuts():
    recording = Recording.from_array(noise(50 * 100), 50)
    recording._cuts = (701, 4000)
    pieces = list(read_pieces(recording, FRAME))
    np.testing.assert_array_equal(np.concatenate([x for x, _ in pieces], axis=1), recording.read())
    begins = np.cumsum([0, *(x.shape[1] for x, _ in pieces[:-1])])
    assert [begin for begin, (_, after) in zip(begins.tolist(), pieces, strict=True) if after] == [701, 4000]
    _, judged = collect(feed_recording(WindowFeeder(FRAME, 2), recording))
    start = np.arange(len(judged)) * 25
    np.testing.assert_array_equal(~judged, recording.is_broken(start, start + 100))
