import numpy as np
import pytest

from sklearn_eeg._events import Event
from sklearn_eeg.datasets import _make_recording as module
from sklearn_eeg.datasets import read_events, read_recording
from sklearn_eeg.datasets._make_recording import make_recording

pytest.importorskip("edfio")

SHORT = {"duration_seconds": 240, "sfreq": 128, "n_seizures": 2, "seizure_seconds": (20, 40)}


def make(folder, name="a.edf", **changes):
    return make_recording(folder / name, **{**SHORT, "random_state": 0, **changes})


def signals(made):
    return read_recording(made.path).read()


@pytest.fixture(scope="module")
def hour(tmp_path_factory):
    """An hour with seizures of all kinds and no artefacts."""
    return make_recording(
        tmp_path_factory.mktemp("made") / "sub-01_task-szMonitoring_run-00_eeg.edf",
        sfreq=128,
        n_seizures=8,
        seizure_types=["spike_wave", "focal", "tonic", "subtle"],
        artefacts=False,
        random_state=1,
    )


# What is written


def test_the_recording_reads_back(hour):
    recording = read_recording(hour.path)
    assert (recording.sfreq, recording.n_times, recording.duration) == (128, 3600 * 128, 3600)
    assert recording.ch_names == hour.ch_names
    assert len(hour.ch_names) == 19
    assert recording.excluded == {}
    assert recording.gaps == []
    assert (hour.sfreq, hour.n_times, hour.duration_seconds) == (128, 3600 * 128, 3600)


def test_the_samples_are_those_simulated_to_the_step_of_the_file(tmp_path, monkeypatch):
    kept = []
    simulate = module._simulate

    def keep(*arguments):
        for x in simulate(*arguments):
            kept.append(x.copy())
            yield x

    monkeypatch.setattr(module, "_simulate", keep)
    made = make(tmp_path)
    x = np.concatenate(kept, axis=1)
    assert np.abs(x).max() < 3276
    np.testing.assert_allclose(signals(made), x, atol=0.05 + 1e-9)


def test_the_events_read_back_from_both_files(hour):
    assert len(hour.events) == 8
    for path in (hour.path, hour.events_path):
        found = read_events(path)
        assert [event.label for event in found] == [event.label for event in hour.events]
        np.testing.assert_allclose([e.onset for e in found], [e.onset for e in hour.events], atol=1e-9)
        np.testing.assert_allclose([e.offset for e in found], [e.offset for e in hour.events], atol=1e-9)


def test_mne_reads_it(hour):
    mne = pytest.importorskip("mne")
    raw = mne.io.read_raw_edf(hour.path, verbose="error")
    np.testing.assert_allclose(raw.get_data(stop=1000) * 1e6, signals(hour)[:, :1000], atol=1e-6)
    np.testing.assert_allclose(raw.annotations.onset, [event.onset for event in hour.events])
    np.testing.assert_allclose(raw.annotations.duration, [event.duration for event in hour.events])
    assert raw.annotations.description.tolist() == [event.label for event in hour.events]


def test_table_of_events(hour):
    assert hour.events_path.name == "sub-01_task-szMonitoring_run-00_events.tsv"
    first, *rows = [line.split("\t") for line in hour.events_path.read_text().splitlines()]
    assert first == [
        "onset", "duration", "eventType", "confidence", "channels", "dateTime", "recordingDuration"
    ]  # fmt: skip
    assert len(rows) == 8
    assert float(rows[0][0]) == hour.events[0].onset
    assert rows[0][2:] == [hour.events[0].label, "n/a", "all", "2000-01-01 00:00:00", "3600.0"]


def test_types_and_labels(hour):
    names = {
        "spike_wave": "sz_gen_nm", "focal": "sz_foc_ia", "tonic": "sz_gen_m_tonic", "subtle": "sz_foc_ua_nm"
    }  # fmt: skip
    assert sorted(hour.seizure_types) == sorted([*names, *names])
    assert [event.label for event in hour.events] == [names[kind] for kind in hour.seizure_types]


def test_no_seizure_is_a_row_of_background(tmp_path):
    made = make(tmp_path, n_seizures=0, duration_seconds=3)
    assert made.events == []
    assert made.events_path.read_text().splitlines()[1].split("\t")[:3] == ["0.0", "3.0", "bckg"]
    assert read_events(made.events_path) == []
    assert "0 seizures: none" in " ".join(made.DESCR.split())


def test_same_seed_same_bytes(tmp_path):
    made, again, other = make(tmp_path), make(tmp_path, "b.edf"), make(tmp_path, "c.edf", random_state=1)
    assert made.path.read_bytes() == again.path.read_bytes()
    assert made.events_path.read_bytes() == again.events_path.read_bytes()
    assert made.path.read_bytes() != other.path.read_bytes()
    assert made.events != other.events
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "a.edf", "a_events.tsv", "b.edf", "b_events.tsv", "c.edf", "c_events.tsv"
    ]  # fmt: skip


def test_random_states_of_other_kinds(tmp_path):
    rng, legacy = np.random.default_rng(3), np.random.RandomState(3)
    first, second = make(tmp_path, random_state=rng), make(tmp_path, random_state=rng)
    assert first.events != second.events
    assert make(tmp_path, random_state=legacy).events == make(tmp_path, random_state=3).events


# What it is


def outside(made):
    """Return the channels by seconds: whether in a seizure, and the signal by second."""
    x = signals(made)
    rate = int(made.sfreq)
    seconds = x.reshape(len(x), -1, rate).swapaxes(0, 1)
    starts = np.arange(len(seconds))
    inside = np.zeros(len(seconds), dtype=bool)
    near = np.zeros(len(seconds), dtype=bool)
    for event in made.events:
        inside |= (starts >= event.onset) & (starts + 1 <= event.offset)
        near |= (starts + 1 > event.onset) & (starts < event.offset)
    return seconds, inside, near


@pytest.mark.parametrize(("kind", "ratio"), [("spike_wave", 1.5), ("focal", 1.2)])
def test_seizures_are_where_the_events_say(tmp_path, kind, ratio):
    made = make(tmp_path, seizure_types=[kind], artefacts=False, duration_seconds=600, n_seizures=4)
    seconds, inside, near = outside(made)
    power = seconds.var(axis=2).mean(axis=1)
    assert np.median(power[inside]) > ratio * np.median(power[~near])
    lengths = np.abs(np.diff(seconds)).mean(axis=(1, 2))
    assert np.median(lengths[inside]) > np.median(lengths[~near])


def test_onset_and_offset_to_a_second(tmp_path):
    """Against the same recording without seizures, they are the first and the last to differ."""
    plain = signals(make(tmp_path, difficulty=1e9))
    made = make(tmp_path, difficulty=1.0)
    differs = np.flatnonzero(np.abs(signals(made) - plain).max(axis=0) > 0.2) / 128
    for event in made.events:
        own = differs[(differs > event.onset - 5) & (differs < event.offset + 5)]
        assert 0 <= own.min() - event.onset < 1.5
        assert 0 <= event.offset - own.max() < 1.5


def test_recordings_of_a_patient_share_traits(tmp_path):
    def alpha(patient, seed):
        made = make(
            tmp_path, patient=patient, random_state=seed, n_seizures=0, artefacts=False, duration_seconds=600
        )
        x = signals(made)[-2:]
        power = np.abs(np.fft.rfft(x.reshape(2, -1, 128 * 10))) ** 2
        band = slice(80, 121)  # 8 to 12 Hz
        return 8 + power.mean(axis=(0, 1))[band].argmax() / 10, x.std()

    first, second = alpha(0, 0), alpha(0, 1)
    assert first[0] == pytest.approx(second[0], abs=0.5)
    assert first[1] == pytest.approx(second[1], rel=0.15)
    others = [alpha(patient, 0) for patient in range(1, 5)]
    assert max(abs(first[0] - other[0]) for other in others) > 0.5
    assert max(abs(first[1] / other[1] - 1) for other in others) > 0.15


def test_patients_have_their_own_kinds(tmp_path):
    kinds = [set(make(tmp_path, patient=number).seizure_types) for number in range(5)]
    assert kinds[0] == {"spike_wave", "focal"}
    assert kinds[4] == {"spike_wave"}
    assert make(tmp_path, patient=3).patient == "sim0003"


def test_one_kind_by_name(tmp_path):
    assert make(tmp_path, seizure_types="tonic").seizure_types == ["tonic", "tonic"]


def test_description(tmp_path):
    text = " ".join(make(tmp_path, mains=60.0).DESCR.split())
    assert "240 s of 19 channels" in text
    assert "mains of 60 Hz" in text
    assert "artefacts: none" in make(tmp_path, artefacts=False).DESCR
    assert "no mains" in make(tmp_path, mains=None).DESCR


def test_events_are_events(tmp_path):
    made = make(tmp_path)
    assert all(isinstance(event, Event) for event in made.events)
    assert all(20 <= event.duration <= 40 for event in made.events)


def test_progress(tmp_path, capsys):
    make(tmp_path, verbose=True)
    assert "a.edf: 100%" in capsys.readouterr().err
    make(tmp_path)
    assert capsys.readouterr().err == ""


# What is refused


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"duration_seconds": 240.5}, ValueError, r"`duration_seconds` must be a whole number .* 240\.5"),
        ({"duration_seconds": 0}, ValueError, r"`duration_seconds` must be .* from 1 .* got 0"),
        ({"duration_seconds": float("nan")}, ValueError, r"`duration_seconds` must be .* got nan"),
        ({"duration_seconds": "1"}, TypeError, r"`duration_seconds` must be a number, got '1'"),
        ({"sfreq": 99}, ValueError, r"`sfreq` must be .* at least 100.* got 99"),
        ({"sfreq": 173.61}, ValueError, r"`sfreq` must be a whole number of Hz.* got 173\.61"),
        ({"sfreq": float("inf")}, ValueError, r"`sfreq` must be .* got inf"),
        ({"difficulty": 0}, ValueError, r"`difficulty` must be .* got 0"),
        ({"mains": 64}, ValueError, r"`mains` must be positive and below 64 Hz.* got 64"),
        ({"n_seizures": -1}, ValueError, r"`n_seizures` must be at least 0, got -1"),
        ({"n_seizures": 1.0}, TypeError, r"`n_seizures` must be an integer, got 1\.0"),
        ({"patient": True}, TypeError, r"`patient` must be an integer, got True"),
        ({"patient": -2}, ValueError, r"`patient` must be at least 0, got -2"),
        (
            {"seizure_seconds": (4, 10)},
            ValueError,
            r"`seizure_seconds` must be .* at least 5 s, got \(4, 10\)",
        ),
        ({"seizure_seconds": (30, 20)}, ValueError, r"`seizure_seconds` must be a rising pair"),
        ({"seizure_seconds": (30,)}, ValueError, r"`seizure_seconds` must be a pair .* got \(30,\)"),
        ({"seizure_seconds": (10, "20")}, TypeError, r"`seizure_seconds` must be a number, got '20'"),
        (
            {"n_seizures": 3},
            ValueError,
            r"`duration_seconds` must be at least 241 for 3 seizures .* lower `n_s",
        ),
        (
            {"seizure_types": ["absence"]},
            ValueError,
            r"`seizure_types` must name some of .* got \['absence'\]",
        ),
        ({"seizure_types": []}, ValueError, r"`seizure_types` must name some of"),
        ({"seizure_types": ["focal", "focal"]}, ValueError, r"each once"),
        ({"name": "a.bdf"}, ValueError, r"`path` must end in \.edf, got a\.bdf"),
        ({"name": "no/a.edf"}, FileNotFoundError, r"the folder .*no does not exist; create it"),
    ],
)
def test_errors(tmp_path, changes, error, message):
    with pytest.raises(error, match=message):
        make(tmp_path, **changes)
    assert list(tmp_path.iterdir()) == []


def test_folder_of_that_name(tmp_path):
    (tmp_path / "a.edf").mkdir()
    with pytest.raises(IsADirectoryError, match=r"a\.edf: it is a folder"):
        make(tmp_path)
