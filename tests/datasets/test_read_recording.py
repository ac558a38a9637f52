import contextlib
import datetime
import pickle
import sys
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from sklearn_eeg._montage import CH_NAMES_1020
from sklearn_eeg.datasets import Event, read_recording

edfio = pytest.importorskip("edfio")

REAL = ["MB0400FU.EDF", "chtypes_edf.edf", "eeg_burst_eg.edf", "preterm_demo.edf",
        "test_edf_overlapping_annotations.edf"]  # fmt: skip
PERSYST = "sub-pt1_ses-02_task-monitor_acq-ecog_run-01_clip2.lay"


def signal(label, data=None, rate=256, unit="uV", *, bdf=False):
    if data is None:
        data = np.random.default_rng(len(label)).uniform(-200, 200, size=4 * rate)
    kind = edfio.BdfSignal if bdf else edfio.EdfSignal
    return kind(np.asarray(data, dtype=float), rate, label=label, physical_dimension=unit)


def write(path, signals, **more):
    kind = edfio.Bdf if isinstance(signals[0], edfio.BdfSignal) else edfio.Edf
    kind(signals, data_record_duration=1, **more).write(path)
    return path


@pytest.fixture
def path(tmp_path):
    return tmp_path / "chb01_03.edf"


@pytest.mark.parametrize("bdf", [False, True])
def test_a_recording(path, bdf):
    given = [signal(name, bdf=bdf) for name in ("EEG FP1-REF", "EEG T3-REF", "ECG", "EEG CZ-REF")]
    marks = [edfio.EdfAnnotation(1, 2, "seizure")]
    write(path, given, annotations=marks, starttime=datetime.time(1, 2, 3))
    recording = read_recording(path, patient="chb01")
    assert repr(recording) == "<Recording chb01_03: 3 channels, 256 Hz, 4 s, patient chb01>"
    assert recording.ch_names == ["Fp1", "T7", "Cz"]
    assert recording.original_names == ["EEG FP1-REF", "EEG T3-REF", "EEG CZ-REF"]
    assert recording.excluded == {"ECG": "ecg, not eeg"}
    assert recording.annotations == [Event(1, 3, "seizure")]
    np.testing.assert_allclose(recording.read(), [given[i].data for i in (0, 1, 3)], rtol=1e-12)
    np.testing.assert_array_equal(recording.read(1.3, 2.7), recording.read()[:, 333:691])


def test_which_channels(path):
    given = [signal("EEG T3-REF"), signal("ECG", unit="mV"), signal("SaO2", unit="%"), signal("Resp", rate=1)]
    write(path, given)
    everything = read_recording(path, channels="all")
    assert everything.ch_names == ["T7", "ECG", "SaO2"]
    assert everything.units == ["uV", "uV", "%"]
    assert everything.excluded == {"Resp": "sampled at 1 Hz, the EEG at 256 Hz"}
    np.testing.assert_allclose(everything.read()[1], given[1].data * 1000, rtol=1e-12)
    np.testing.assert_array_equal(everything.read()[2], given[2].data)
    named = read_recording(path, channels=("SaO2", "T3"))
    assert named.ch_names == ["SaO2", "T7"]
    np.testing.assert_array_equal(named.read(), everything.read()[[2, 0]])
    slow = read_recording(path, channels=["Resp"])
    assert (slow.sfreq, slow.n_times) == (1.0, 4)
    np.testing.assert_array_equal(slow.read(1, 3)[0], given[3].data[1:3])


@pytest.mark.parametrize(("unit", "factor"), [("uV", 1), ("mV", 1e3), ("V", 1e6), ("nV", 1e-3), ("UV", 1)])
def test_units_become_microvolts(path, unit, factor):
    data = np.tile([-100.0, 0.0, 100.0, 50.0], 256) / factor
    ranges = {"physical_range": (-120 / factor, 120 / factor), "physical_dimension": unit}
    edfio.Edf([edfio.EdfSignal(data, 256, label="Cz", **ranges)]).write(path)
    np.testing.assert_allclose(read_recording(path).read()[0], data * factor, atol=0.01)


def test_notes_become_warnings_of_the_caller(path):
    write(path, [signal("Cz", unit="")])
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.warns(UserWarning, match="chb01_03") as caught:
        read_recording(path)
    assert len(caught) == 2
    assert {Path(warning.filename).name for warning in caught} == {"test_read_recording.py"}
    assert "is cut off: 1 of 4 s are missing" in str(caught[0].message)
    assert "chb01_03.edf gives no unit for Cz: taken as microvolts" in str(caught[1].message)


def test_a_copy_of_a_channel_is_left_out_quietly_as_in_chb_mit(path):
    """CHB-MIT has T8-P8 twice and dummy channels called "-"."""
    names = ["P7-T7", "-", "T8-P8", "-", "T7-FT9", "T8-P8"]
    write(path, [signal(name) for name in names])
    recording = read_recording(path)
    assert recording.ch_names == ["P7-T7", "T8-P8", "T7-FT9"]
    assert recording.excluded == {
        "--0": "misc, not eeg",
        "--1": "misc, not eeg",
        "T8-P8-1": "another channel of the name T8-P8, beside T8-P8-0",
    }


def test_an_unknown_reference_in_capitals_loses_no_electrode_as_in_chb12(path):
    electrodes = [name.upper() for name in CH_NAMES_1020]
    write(path, [signal(f"{name}-CS2") for name in [*electrodes, "CP6"]] + [signal("LOC-ROC")])
    recording = read_recording(path)
    assert recording.ch_names == [*CH_NAMES_1020, "CP6"]
    assert recording.original_names[0] == "FP1-CS2"
    assert recording.excluded == {"LOC-ROC": "eog, not eeg"}
    assert recording.pick(["Fz", "FP1-CS2"]).ch_names == ["Fz", "Fp1"]


@pytest.mark.parametrize(("unit", "units"), [("uV", ["uV"] * 3), ("", ["uV"] * 3), ("mV", ["uV"] * 3)])
def test_contacts_are_asked_for_by_name(path, unit, units):
    write(path, [signal(f"{letter}{n}", unit=unit) for letter in "AC" for n in range(1, 9)])
    with pytest.raises(ValueError, match=r"A5, ... 16 in all: ieeg, not eeg\): name the ones to read"):
        read_recording(path)
    with contextlib.nullcontext() if unit else pytest.warns(UserWarning, match="no unit for C3, A1, A7"):
        recording = read_recording(path, channels=["C3", "A1", "A7"])
    assert (recording.ch_names, recording.units) == (["C3", "A1", "A7"], units)


def test_sensors_of_an_unknown_cap_are_warned_of(path):
    write(path, [signal(f"EEG E{n}") for n in range(1, 10)] + [signal("EEG Cz")])
    with pytest.warns(UserWarning, match=r"\(EEG E1, .* 9 in all\): name those to read") as caught:
        assert read_recording(path).ch_names == ["Cz"]
    assert Path(caught[0].filename).name == "test_read_recording.py"


def test_a_recording_may_be_given_another_name(path):
    write(path, [signal("Cz")])
    assert read_recording(path, name="p01/night").name == "p01/night"
    assert repr(read_recording(path, name="7")) == "<Recording 7: 1 channel, 256 Hz, 4 s>"


def test_another_channel_of_the_same_name_is_warned_of_and_can_be_had(path):
    other = np.linspace(-100, 100, 1024)
    write(path, [signal("T8-P8"), signal("T8-P8", other)])
    with pytest.warns(UserWarning, match="another channel called T8-P8, with other samples than the first"):
        assert read_recording(path).ch_names == ["T8-P8"]
    second = read_recording(path, channels=["T8-P8-1"])
    assert second.ch_names == ["T8-P8"]
    np.testing.assert_allclose(second.read()[0], other, atol=0.01)
    assert read_recording(path, channels=["T8-P8-0", "T8-P8-1"]).ch_names == ["T8-P8-0", "T8-P8-1"]


def test_the_same_numbers_in_another_unit_are_no_copy(path):
    write(path, [signal("T8-P8"), signal("T8-P8", unit="mV")])
    with pytest.warns(UserWarning, match="another channel called T8-P8, with other samples"):
        read_recording(path)


def test_a_folder_that_is_no_recording_though_it_is_called_so(tmp_path):
    (tmp_path / "night.mff").mkdir()
    with pytest.raises(ValueError, match=r"night\.mff cannot be read, it seems to be damaged"):
        read_recording(tmp_path / "night.mff")


def test_threads_may_share_a_recording(path):
    write(path, [signal("Cz"), signal("Pz")])
    recording = read_recording(path)
    whole = recording.read()
    with ThreadPoolExecutor(4) as pool:
        parts = list(pool.map(lambda first: recording.read_times(first, first + 8), range(0, 1024, 8)))
    np.testing.assert_array_equal(np.concatenate(parts, axis=1), whole)


def test_rates_that_differ(path):
    write(path, [signal("Fp1"), signal("Cz", rate=200)])
    with pytest.raises(ValueError, match=r"256 Hz: Fp1; 200 Hz: Cz\): choose those of one, `channels="):
        read_recording(path)
    assert read_recording(path, channels=["Cz"]).sfreq == 200


def test_what_is_no_recording(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"nothing\.edf does not exist"):
        read_recording(tmp_path / "nothing.edf")
    with pytest.raises(ValueError, match="is a folder: name a recording in it"):
        read_recording(tmp_path)
    for name, content, match in [
        ("empty.edf", b"", r"empty\.edf is empty"),
        ("text.edf", b"no EEG at all", r"text\.edf is no EDF or BDF file, as its name says"),
        ("page.bdf", b"<html></html>", r"page\.bdf is no EDF or BDF file, as its name says"),
    ]:
        (tmp_path / name).write_bytes(content)
        with pytest.raises(ValueError, match=match):
            read_recording(tmp_path / name)


def test_content_tells_the_format_and_not_the_name(tmp_path):
    write(tmp_path / "night.rec", [signal("Cz")])
    assert read_recording(str(tmp_path / "night.rec")).ch_names == ["Cz"]
    write(tmp_path / "noname", [signal("Cz")])
    assert read_recording(tmp_path / "noname").name == "noname"
    write(tmp_path / "a.edf", [signal("Cz", bdf=True)])
    assert read_recording(tmp_path / "a.edf").ch_names == ["Cz"]


def test_wrong_channels_are_not_called_damage(path):
    write(path, [signal("Cz")])
    with pytest.raises(
        ValueError, match=r"^`channels` must be 'eeg', 'all' or a list of names, got 'EEG'\.$"
    ):
        read_recording(path, channels="EEG")
    with pytest.raises(ValueError, match=r"^chb01_03.edf has no channel 'O1': it has \['Cz'\]\.$"):
        read_recording(path, channels=["O1"])
    with pytest.raises(TypeError, match="list of names, got 3"):
        read_recording(path, channels=3)


def test_without_edfio_or_mne(path, monkeypatch, tmp_path):
    write(path, [signal("Cz")])
    monkeypatch.setitem(sys.modules, "edfio", None)
    with pytest.raises(ImportError, match=r"read_recording needs edfio; install it with"):
        read_recording(path)
    monkeypatch.setitem(sys.modules, "mne", None)
    (tmp_path / "night.vhdr").write_text("Brain Vision")
    with pytest.raises(ImportError, match=r"read_recording needs mne; install it with"):
        read_recording(tmp_path / "night.vhdr")


def test_pickled_and_moved_elsewhere_in_the_tree(path, monkeypatch):
    write(path, [signal("Cz"), signal("Pz")])
    monkeypatch.chdir(path.parent)
    recording = read_recording(path.name)
    pickled = pickle.dumps(recording)
    monkeypatch.chdir("/")
    np.testing.assert_array_equal(pickle.loads(pickled).read(), recording.read())
    assert len(pickled) < 3000


def test_brainvision(tmp_path):
    pytest.importorskip("mne")
    samples = np.arange(-600, 600, dtype="<i2").reshape(600, 2)
    (tmp_path / "night.eeg").write_bytes(samples.tobytes())
    (tmp_path / "night.vmrk").write_text(
        "Brain Vision Data Exchange Marker File, Version 1.0\n[Common Infos]\nDataFile=night.eeg\n"
        "[Marker Infos]\nMk1=Comment,seizure,101,50,0\n"
    )
    (tmp_path / "night.vhdr").write_text(
        "Brain Vision Data Exchange Header File Version 1.0\n[Common Infos]\nDataFile=night.eeg\n"
        "MarkerFile=night.vmrk\nDataFormat=BINARY\nDataOrientation=MULTIPLEXED\nNumberOfChannels=2\n"
        "SamplingInterval=5000\n[Binary Infos]\nBinaryFormat=INT_16\n"
        "[Channel Infos]\nCh1=T3,,0.5,µV\nCh2=ECG,,0.001,mV\n",
        encoding="utf-8",
    )
    recording = read_recording(tmp_path / "night.vhdr", channels="all")
    assert repr(recording) == "<Recording night: 2 channels, 200 Hz, 3 s>"
    assert recording.ch_names == ["T7", "ECG"]
    np.testing.assert_allclose(recording.read(), samples.T * [[0.5], [1.0]], rtol=1e-12)
    assert recording.annotations == [Event(0.5, 0.75, "Comment/seizure")]


@pytest.mark.filterwarnings("ignore:sub-pt1.* has channels that are not taken for scalp")
@pytest.mark.parametrize("name", [*REAL, PERSYST])
@pytest.mark.parametrize("channels", ["eeg", "all"])
def test_real_files_as_mne_reads_them(eeg_data, name, channels):
    mne = pytest.importorskip("mne")
    path = eeg_data / "edf_clinical" / name
    raw = mne.io.read_raw(path, verbose="error")
    recording = read_recording(path, channels=channels)
    assert (recording.sfreq, recording.n_times) == (raw.info["sfreq"], raw.n_times)
    assert set(recording.original_names) | set(recording.excluded) == set(raw.ch_names)
    expected = raw.get_data(picks=recording.original_names) * 1e6
    np.testing.assert_allclose(recording.read(), expected, rtol=1e-9, atol=1e-9)
    for first, last in [(0, 1), (raw.n_times // 3, raw.n_times // 2), (raw.n_times - 1, raw.n_times)]:
        np.testing.assert_array_equal(recording.read_times(first, last), recording.read()[:, first:last])


@pytest.mark.parametrize(
    ("name", "n_channels", "first", "excluded"),
    [
        ("MB0400FU.EDF", 21, "Fp2", {"POL E", "POL X1", "POL $A1", "POL $A2"}),
        ("eeg_burst_eg.edf", 19, "Fp1", {"ECG EKG-Ref", "EEG Effort-Ref"}),
        ("preterm_demo.edf", 8, "F7-C3", set()),
        ("test_edf_overlapping_annotations.edf", 64, "FC5", set()),
    ],
)
def test_channels_of_real_files(eeg_data, name, n_channels, first, excluded):
    recording = read_recording(eeg_data / "edf_clinical" / name)
    assert (recording.n_channels, recording.ch_names[0]) == (n_channels, first)
    assert set(recording.excluded) == excluded


@pytest.mark.parametrize("name", REAL)
def test_annotations_of_real_files_as_edfio_reads_them(eeg_data, name):
    path = eeg_data / "edf_clinical" / name
    given = edfio.read_edf(path).annotations
    expected = sorted(Event(item.onset, item.onset + (item.duration or 0), item.text) for item in given)
    assert read_recording(path).annotations == expected


@pytest.fixture(scope="module")
def long_file(tmp_path_factory):
    """Two hours of 23 channels at 256 Hz: 85 MB."""
    rng = np.random.default_rng(0)
    minute = rng.integers(-3000, 3000, size=256 * 60)
    given = [
        edfio.EdfSignal(np.tile(minute, 120), 256, label=f"EEG {name}", physical_dimension="uV")
        for name in [*CH_NAMES_1020, "FC1", "FC2", "CP1", "CP2"]
    ]
    path = tmp_path_factory.mktemp("long") / "long.edf"
    edfio.Edf(given, data_record_duration=1).write(path)
    return path


def peak_bytes(action):
    tracemalloc.start()
    try:
        action()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_a_slice_takes_the_memory_of_a_slice(long_file):
    assert long_file.stat().st_size > 80e6
    recording = read_recording(long_file)
    result = 23 * 2560 * 8
    recording.read(3600, 3610)
    assert peak_bytes(lambda: recording.read(3600, 3610)) < 3 * result + 1e6
    assert (
        peak_bytes(lambda: [recording.read(at, at + 10).shape for at in range(0, 7200, 400)])
        < 3 * result + 1e6
    )
    assert peak_bytes(lambda: read_recording(long_file)) < 2e6


def test_a_long_read_takes_little_more_than_its_result(long_file):
    recording = read_recording(long_file)
    result = 23 * 256 * 1800 * 8
    assert peak_bytes(lambda: recording.read(0, 1800)) < result + 20e6
