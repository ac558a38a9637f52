import pickle
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from sklearn_eeg.datasets import Recording, make_recording, read_events, read_recording, sliding_windows

edfio = pytest.importorskip("edfio")


def make(n_times, sfreq=10.0, n_channels=2, *, name="a", patient=None):
    data = np.random.default_rng(0).normal(size=(n_channels, n_times))
    return Recording.from_array(data, sfreq, name=name, patient=patient)


def place_by_hand(step_seconds, sfreq, last):
    """Return the first samples of windows, none after `last`."""
    firsts = []
    while True:
        first = int(len(firsts) * Fraction(step_seconds) * Fraction(float(sfreq)) + Fraction(1, 2))
        if first > last:
            return firsts
        firsts.append(first)


def count_by_hand(first, n_times, events, sfreq, names):
    """Return how many samples of a window are in any event, and in those of each label."""
    inside = {name: set() for name in names[1:]}
    for onset, offset, label in events:
        inside[label] |= set(range(int(np.floor(onset * sfreq + 0.5)), int(np.floor(offset * sfreq + 0.5))))
    window = set(range(first, first + n_times))
    return len(window & set().union(*inside.values())), [len(window & own) for own in inside.values()]


def test_windows_are_the_recording():
    recording = make(1005, patient="p1", name="night")
    bunch = sliding_windows(recording, [(20, 40, "fnsz")], 10, 5)
    assert bunch.data.shape == (19, 2, 100)
    for window, first in zip(bunch.data, range(0, 1000, 50), strict=False):
        np.testing.assert_array_equal(window, recording.read_times(first, first + 100))
    np.testing.assert_array_equal(bunch.start_second, np.arange(19) * 5)
    np.testing.assert_array_equal(np.flatnonzero(bunch.target), [3, 4, 5, 6, 7])
    np.testing.assert_allclose(bunch.seizure_fraction[2:9], [0, 0.5, 1, 1, 1, 0.5, 0])
    assert bunch.target_names == ["background", "fnsz"]
    assert (bunch.sfreq, bunch.ch_names, bunch.n_dropped, bunch.n_unseen_events) == (10, ["ch0", "ch1"], 0, 0)
    assert set(bunch.groups) == {"p1"}
    assert set(bunch.recording) == {"night"}
    assert len(bunch.groups) == len(bunch.recording) == len(bunch.target) == 19


def test_windows_end_to_end_by_default():
    bunch = sliding_windows(make(1005), None, 10)
    np.testing.assert_array_equal(bunch.start_second, np.arange(10) * 10)
    assert bunch.target_names == ["background"]
    assert bunch.groups is None
    assert not bunch.target.any()


@pytest.mark.parametrize("seed", range(25))
def test_labels_equal_a_count_of_samples(seed):
    rng = np.random.default_rng(seed)
    sfreq = rng.choice([10, 64, 173.61])
    recording = make(int(60 * sfreq), sfreq, 1)
    onsets = rng.uniform(-1, 59, rng.integers(1, 9))
    events = [(on, min(on + rng.uniform(0, 15), 60.9), str(rng.choice(["a", "b", "c"]))) for on in onsets]
    events = [event for event in events if event[1] >= 0]
    names = ["background", "a", "b", "c"]
    low, high = np.sort(rng.uniform(0.01, 1, 2))
    bunch = sliding_windows(recording, events, 2.03, 0.71, (low, high), target_names=names)
    n_times, kept = round(2.03 * sfreq), 0
    firsts = place_by_hand(0.71, sfreq, recording.n_times - n_times)
    for first in firsts:
        total, by_label = count_by_hand(first, n_times, events, sfreq, names)
        share = total / n_times
        if low < share < high:
            continue
        assert bunch.start_second[kept] == first / sfreq
        assert bunch.seizure_fraction[kept] == share
        assert bunch.target[kept] == (1 + np.argmax(by_label) if share >= high else 0)
        kept += 1
    assert kept == len(bunch.target)
    assert bunch.n_dropped == len(firsts) - kept


@pytest.mark.parametrize("rule", [1e-9, 0.3, 0.5, 1.0, (0, 1), (1, 1)])
@pytest.mark.parametrize("sfreq", [256, 173.61, 100 / 3])
def test_a_window_inside_a_seizure_is_always_of_its_class(rule, sfreq):
    recording = make(int(100 * sfreq), sfreq, 1)
    n_times = round(3.3 * sfreq)
    firsts = range(0, recording.n_times - n_times + 1, n_times)
    edges = [first / sfreq for first in firsts]
    events = [(a, b, "ab"[place % 2]) for place, (a, b) in enumerate(pairwise(edges))]
    bunch = sliding_windows(recording, events, 3.3, overlap_rule=rule)
    assert bunch.target[:-1].tolist() == [1 + place % 2 for place in range(len(events))]
    np.testing.assert_array_equal(bunch.seizure_fraction[:-1], 1)


def test_seizures_that_abut_or_overlap():
    recording = make(400)
    assert sliding_windows(recording, [(5, 10), (10, 15)], 10, 5).target.tolist()[:3] == [1, 1, 1]
    half = sliding_windows(recording, [(0, 5, "b"), (5, 10, "a")], 10, overlap_rule=1)
    assert half.target[0] == 1
    more = sliding_windows(recording, [(0, 6, "b"), (6, 10, "a")], 10, overlap_rule=1)
    assert more.target[0] == 2
    nested = sliding_windows(recording, [(0, 30, "b"), (12, 14, "a")], 10)
    assert nested.target.tolist() == [2, 2, 2, 0]
    twice = sliding_windows(recording, [(0, 4), (1, 5)], 10)
    assert twice.seizure_fraction[0] == 0.5


def test_overlap_rule_at_its_edges():
    recording = make(1000)
    for tenths in range(1, 10):
        events = [(0, tenths)]
        assert sliding_windows(recording, events, 10, overlap_rule=tenths / 10).target[0] == 1
        assert sliding_windows(recording, events, 10, overlap_rule=tenths / 10 + 0.01).target[0] == 0
        kept = sliding_windows(recording, events, 10, overlap_rule=(tenths / 10, 0.95))
        assert (kept.target[0], kept.n_dropped) == (0, 0)
        dropped = sliding_windows(recording, events, 10, overlap_rule=(tenths / 10 - 0.01, 0.95))
        assert (dropped.start_second[0], dropped.n_dropped) == (10, 1)


def test_a_seizure_shorter_than_a_window():
    recording = make(1000)
    bunch = sliding_windows(recording, [(12, 14), (40, 52)], 10)
    assert np.flatnonzero(bunch.target).tolist() == [4]
    assert bunch.n_unseen_events == 1
    assert "Of 2 events, 1 have no window of their class" in bunch.DESCR
    covered = sliding_windows(recording, [(10, 50, "a"), (20, 30, "b")], 10)
    assert (covered.target.tolist()[1:5], covered.n_unseen_events) == ([1, 1, 1, 1], 1)
    assert "or where another seizure fills as much" in covered.DESCR
    assert sliding_windows(recording, [(12, 14)], 10, overlap_rule=0.2).target[1] == 1
    assert sliding_windows(recording, [(12.01, 12.02)], 10, overlap_rule=0.01).n_unseen_events == 1


def test_no_drift_in_a_day():
    sfreq = 256
    data = np.broadcast_to(np.zeros((1, 1), dtype=np.float32), (1, 24 * 3600 * sfreq))
    recording = Recording.from_array(data, sfreq)
    bunch = sliding_windows(recording, [(24 * 3600 - 2, 24 * 3600)], 2, 0.1, lazy=True)
    tenths = np.arange(len(bunch.target))
    assert tenths[-1] == 10 * (24 * 3600 - 2)
    np.testing.assert_array_equal(bunch.start_second * sfreq, (512 * tenths + 10) // 20)
    whole = sliding_windows(recording, [(24 * 3600 - 2, 24 * 3600)], 2, 1, lazy=True)
    assert (whole.start_second[-1], whole.target[-1], whole.seizure_fraction[-1]) == (86398, 1, 1)
    assert whole.seizure_fraction[-3:].tolist() == [0, 0.5, 1]


@pytest.mark.parametrize("step", [None, 0.5, 3])
def test_lazy_is_eager(step):
    recordings = [make(500, name="a"), make(340, name="b")]
    events = [[(3, 9), (20, 31, "fnsz")], [(5, 22)]]
    eager = sliding_windows(recordings, events, 2, step, (0.2, 0.6), patient=["p", "q"])
    lazy = sliding_windows(recordings, events, 2, step, (0.2, 0.6), patient=["p", "q"], lazy=True)
    assert lazy.data.shape == eager.data.shape
    np.testing.assert_array_equal(lazy.data[:], eager.data)
    np.testing.assert_array_equal(np.concatenate(list(lazy.data.blocks(7))), eager.data)
    for key in ("target", "groups", "recording", "start_second", "seizure_fraction", "DESCR"):
        np.testing.assert_array_equal(lazy[key], eager[key])


def test_several_recordings_are_one_after_the_other():
    recordings = [make(500, name="a", patient="p"), make(340, name="b", patient="q")]
    both = sliding_windows(recordings, [[(3, 9)], [(5, 22, "x")]], 2)
    alone = [
        sliding_windows(recording, events, 2, target_names=["background", "sz", "x"])
        for recording, events in zip(recordings, [[(3, 9)], [(5, 22, "x")]], strict=True)
    ]
    for key in ("data", "target", "groups", "recording", "start_second"):
        np.testing.assert_array_equal(both[key], np.concatenate([one[key] for one in alone]))
    assert both.target_names == ["background", "sz", "x"]
    assert both.recording.tolist() == ["a"] * 25 + ["b"] * 17


def test_order_and_form_of_the_events_do_not_matter():
    recording = make(1000)
    events = [(20, 35, "b"), (0, 12, "a"), (60, 61, "a")]
    table = pd.DataFrame(events, columns=["onset", "offset", "eventType"])
    table["duration"] = table["offset"] - table["onset"]
    one = sliding_windows(recording, events, 4, 1)
    for other in (events[::-1], table, [*events, (0, 100, "bckg")]):
        np.testing.assert_array_equal(sliding_windows(recording, other, 4, 1).target, one.target)


def test_window_and_starts_are_rounded_to_samples():
    bunch = sliding_windows(make(4097, 173.61, 1), [], 1, 0.5)
    assert bunch.data.shape[2] == 174
    firsts = place_by_hand(0.5, 173.61, 4097 - 174)
    np.testing.assert_array_equal(bunch.start_second, np.array(firsts) / 173.61)
    end_to_end = sliding_windows(make(4097, 173.61, 1), [], 1)
    np.testing.assert_array_equal(end_to_end.start_second, np.arange(23) * 174 / 173.61)
    ties = sliding_windows(make(100, 10), [], 1, 0.25)
    np.testing.assert_array_equal(ties.start_second[:5], [0, 0.3, 0.5, 0.8, 1.0])
    assert len(ties.target) == 37


@pytest.mark.parametrize("step", [1 / 3, 0.1, 0.71, 2])
def test_windows_keep_to_the_grid_all_day(step):
    sfreq = 173.61
    n_times = int(24 * 3600 * sfreq)
    recording = Recording.from_array(np.broadcast_to(np.zeros((1, 1), dtype=np.float32), (1, n_times)), sfreq)
    bunch = sliding_windows(recording, None, 1, step, lazy=True)
    off = bunch.start_second - np.arange(len(bunch.target)) * step
    assert np.abs(off).max() <= 0.5001 / sfreq
    last = bunch.start_second[-1] * sfreq
    assert n_times - 174 - step * sfreq - 1 < last <= n_times - 174 + 1e-6


@pytest.mark.parametrize("sfreq", [10, 173.61, 256, 499.907])
def test_a_step_of_one_sample(sfreq):
    bunch = sliding_windows(make(700, sfreq, 1), None, 100 / sfreq, 1 / sfreq)
    np.testing.assert_allclose(bunch.start_second * sfreq, np.arange(601), rtol=1e-12)


def test_single_precision():
    recording = make(100)
    bunch = sliding_windows(recording, [], 2, dtype=np.float32)
    assert bunch.data.dtype == np.float32
    np.testing.assert_array_equal(bunch.data[1], recording.read_times(20, 40).astype(np.float32))
    with pytest.raises(ValueError, match="`dtype` must be float64 or float32, got int64"):
        sliding_windows(recording, [], 2, dtype=np.int64)


def write_interrupted(path):
    """Write 20 s of EDF+D at 64 Hz, in data records of 1 s, with nothing from second 6 to 9.5."""
    signal = edfio.EdfSignal(
        np.arange(20.0 * 64),
        64,
        label="C3",
        physical_dimension="uV",
        physical_range=(0, 2000),
        digital_range=(0, 2000),
    )
    edf = edfio.Edf([signal], annotations=[edfio.EdfAnnotation(0, None, "x")])
    edf.write(path)
    data = bytearray(path.read_bytes())
    data[192:197] = b"EDF+D"
    n_header = int(data[184:192])
    size = (len(data) - n_header) // 20
    for record in range(6, 20):
        place = n_header + record * size + 128
        old, new = f"+{record}\x14\x14".encode(), f"+{record + 3.5}\x14\x14".encode()
        rest = bytes(data[place : n_header + (record + 1) * size])
        assert rest.startswith(old)
        data[place : place + len(rest)] = (new + rest[len(old) :])[: len(rest)]
    path.write_bytes(data)
    return path


def test_windows_that_touch_a_gap_are_dropped(tmp_path):
    recording = read_recording(write_interrupted(tmp_path / "a.edf"))
    assert recording.gaps == [(6.0, 9.5)]
    bunch = sliding_windows(recording, [(3, 8)], 1, 0.25)
    assert np.isfinite(bunch.data).all()
    starts = np.arange(0, 22.51, 0.25)
    np.testing.assert_array_equal(bunch.start_second, starts[(starts <= 5) | (starts >= 9.5)])
    assert bunch.n_dropped == len(starts) - len(bunch.target)
    assert "17 windows that touch a gap" in " ".join(bunch.DESCR.split())
    inside = sliding_windows(recording, [(7, 9, "hidden"), (1, 2)], 1)
    assert inside.n_unseen_events == 1


class _Paused:
    """A source with a pause of unknown length before sample 25."""

    sfreq, n_times, gaps, cuts = 10.0, 100, (), (25,)

    def read(self, rows, first, last):
        return np.tile(np.arange(first, last, dtype=float), (len(rows), 1))

    def annotations(self):
        return [], []


def test_windows_across_a_cut_are_dropped():
    bunch = sliding_windows(Recording(_Paused(), ["C3"]), [(2, 3)], 1, 0.5)
    np.testing.assert_array_equal(bunch.start_second, [k / 2 for k in range(19) if k != 4])
    assert (bunch.n_dropped, bunch.n_unseen_events) == (1, 0)
    assert "1 windows that touch a gap of a recording, or lie across a cut" in " ".join(bunch.DESCR.split())


def test_no_window_is_left():
    with pytest.raises(
        ValueError, match=r"No window is left: each touches a gap or a cut, or lies between the shares"
    ):
        sliding_windows(make(100), [(2, 8)], 10, overlap_rule=(0.1, 0.9))


@pytest.mark.parametrize(
    "rule", [0, -0.1, 1.1, True, "half", None, (0.1,), (0.6, 0.4), (0, 0), (-1, 1), (0, np.nan)]
)
def test_overlap_rule(rule):
    with pytest.raises(ValueError, match=r"`overlap_rule` must be a share above 0 and at most 1, or two"):
        sliding_windows(make(100), [], 1, overlap_rule=rule)


@pytest.mark.parametrize("seconds", [0, -1, np.nan, np.inf, True, "1", 0.04])
def test_step_seconds(seconds):
    with pytest.raises(
        ValueError, match=r"`step_seconds` must be a number of seconds .* at least one time point"
    ):
        sliding_windows(make(100), [], 1, seconds)


def test_window_seconds():
    with pytest.raises(ValueError, match=r"`window_seconds` must be a positive number of seconds, got 0"):
        sliding_windows(make(100), [], 0)
    with pytest.raises(
        ValueError, match=r"`window_seconds` must be at most 5, the length of longer in seconds, got 6"
    ):
        sliding_windows([make(50, name="longer"), make(40, name="short")], None, 6)


def test_a_recording_too_short_for_a_window():
    recordings = [make(50, name="short", patient="p"), make(100, name="long", patient="q")]
    message = r"`window_seconds` is longer than 1 of the 2 recordings, which give no window: \['short'\]"
    with pytest.warns(UserWarning, match=message) as found:
        bunch = sliding_windows(recordings, [[(1, 4)], [(2, 8)]], 6)
    assert found[0].filename == __file__
    alone = sliding_windows(recordings[1], [(2, 8)], 6)
    for key in ("data", "target", "groups", "recording", "start_second"):
        np.testing.assert_array_equal(bunch[key], alone[key])
    assert (bunch.n_dropped, bunch.n_unseen_events) == (0, 1)
    assert "of 1 recordings" in bunch.DESCR


@pytest.mark.parametrize(
    "names", [[], ["sz"], ["background"], ["background", "x", "x"], ["sz", "background"], "background"]
)
def test_target_names(names):
    with pytest.raises(
        ValueError, match=r"`target_names` must be a list of different names, first that of background"
    ):
        sliding_windows(make(100), [(1, 2)], 1, target_names=names)
    given = sliding_windows(make(100), [(1, 2)], 1, target_names=["other", "x", "sz"])
    assert (given.target_names, given.target[1]) == (["other", "x", "sz"], 2)


def test_target_names_are_no_string():
    with pytest.raises(ValueError, match=r"`target_names` must be a list of different names.* got 'bg'"):
        sliding_windows(make(100), [], 1, target_names="bg")


def test_labels_are_merged():
    events = [(1, 4, "fnsz"), (3, 5, "tcsz"), (8, 10, "seizure")]
    plain = sliding_windows(make(200), [event[:2] for event in events], 1, 0.5, (0.2, 0.5))
    merged = sliding_windows(make(200), events, 1, 0.5, (0.2, 0.5), merge_labels=True)
    assert merged.target_names == ["background", "seizure"]
    np.testing.assert_array_equal(merged.target, plain.target)
    assert (merged.n_unseen_events, merged.n_dropped) == (plain.n_unseen_events, plain.n_dropped)
    named = sliding_windows(
        make(200), events, 1, 0.5, (0.2, 0.5), merge_labels=True, target_names=["no", "yes"]
    )
    assert named.target_names == ["no", "yes"]
    np.testing.assert_array_equal(named.target, plain.target)
    none = sliding_windows(make(200), None, 1, merge_labels=True)
    assert (none.target_names, none.target.any()) == (["background", "seizure"], False)


@pytest.mark.parametrize("names", [["no"], ["no", "no"], ["no", "a", "b"], "no"])
def test_names_of_merged_labels(names):
    with pytest.raises(
        ValueError, match=r"`target_names` must be two different names, .* `merge_labels`, got"
    ):
        sliding_windows(make(100), [(1, 2)], 1, target_names=names, merge_labels=True)


def test_patients_in_a_table():
    recordings = [make(100, name="a"), make(100, name="b")]
    table = pd.DataFrame({"patient": ["p", "q"], "number": [3, 4]})
    by_name = sliding_windows(recordings, None, 5, patient=table["patient"])
    assert (by_name.groups.tolist(), by_name.groups.dtype.kind) == (["p", "p", "q", "q"], "U")
    by_number = sliding_windows(recordings, None, 5, patient=table["number"])
    assert (by_number.groups.tolist(), by_number.groups.dtype.kind) == ([3, 3, 4, 4], "i")
    unknown = sliding_windows(recordings, None, 5, patient=[np.nan, np.nan])
    assert unknown.groups is None
    assert "Patients: unknown" in unknown.DESCR


def test_description():
    bunch = sliding_windows([make(100, name="a"), make(100, name="b")], [[(1, 3)], []], 1, patient=["p", "q"])
    text = " ".join(bunch.DESCR.split())
    assert (
        "20 windows of 2 channels, 10 samples at 10 Hz (1 s), in microvolts, one every 1 s, of 2 recor"
        in text
    )
    assert "18 background, 2 sz" in text
    assert "Patients: 2, in `groups`" in text
    assert "Patients: unknown" in sliding_windows(make(100), [], 1).DESCR


def test_from_files_to_windows(tmp_path):
    made = make_recording(
        tmp_path / "night.edf", duration_seconds=400, sfreq=128, n_seizures=2, random_state=0
    )
    recording, events = read_recording(made.path, patient="p"), read_events(made.events_path)
    assert events == made.events
    eager = sliding_windows(recording, events, 4, 1)
    lazy = pickle.loads(pickle.dumps(sliding_windows(recording, events, 4, 1, lazy=True)))
    np.testing.assert_array_equal(np.concatenate(list(lazy.data.blocks(50))), eager.data)
    whole = recording.read()
    np.testing.assert_array_equal(eager.data[123], whole[:, 123 * 128 : 127 * 128])
    mask = np.zeros(recording.n_times)
    for event in events:
        mask[round(event.onset * 128) : round(event.offset * 128)] = 1
    share = np.lib.stride_tricks.sliding_window_view(mask, 4 * 128)[::128].mean(axis=1)
    np.testing.assert_array_equal(eager.seizure_fraction, share)
    np.testing.assert_array_equal(eager.target > 0, share >= 0.5)
