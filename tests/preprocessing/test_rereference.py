import numpy as np
import pytest
from sklearn.pipeline import make_pipeline

from sklearn_eeg._montage import CH_NAMES_1020, DOUBLE_BANANA
from sklearn_eeg.features import TimeFeatures
from sklearn_eeg.preprocessing import Rereference

NAMES = list(CH_NAMES_1020)
X = np.random.default_rng(0).normal(loc=5, scale=30, size=(20, 19, 64))
CLINICAL = [f"EEG {name.upper()}-REF".replace("T7", "T3").replace("P8", "T6") for name in NAMES]


def row(name):
    return X[:, NAMES.index(name)]


def test_average():
    out = Rereference().fit_transform(X)
    np.testing.assert_allclose(out, X - X.mean(axis=1, keepdims=True), rtol=0, atol=1e-12)
    np.testing.assert_allclose(out.mean(axis=1), 0, atol=1e-12)


def test_average_twice_is_average_once():
    once = Rereference().fit_transform(X)
    np.testing.assert_allclose(Rereference().fit_transform(once), once, rtol=0, atol=1e-12)


def test_whatever_reference_the_recording_had_the_average_is_the_same():
    common = np.random.default_rng(1).normal(scale=100, size=(20, 1, 64))
    for reference in ("average", "Cz", "double_banana"):
        step = Rereference(reference, ch_names=NAMES)
        np.testing.assert_allclose(step.fit_transform(X + common), step.fit_transform(X), atol=1e-11)


def test_excluded_channels_stay_out_of_the_average_but_are_measured_against_it():
    step = Rereference(exclude=["FP1", "EEG Fp2-Ref"], ch_names=NAMES)
    np.testing.assert_allclose(step.fit_transform(X), X - X[:, 2:].mean(axis=1, keepdims=True), atol=1e-12)
    assert step.ch_names_out_ == NAMES


def test_one_channel_is_the_reference_and_leaves():
    step = Rereference("CZ", ch_names=CLINICAL).fit(X)
    others = [index for index, name in enumerate(NAMES) if name != "Cz"]
    np.testing.assert_allclose(step.transform(X), X[:, others] - row("Cz")[:, np.newaxis], atol=1e-12)
    assert list(step.get_feature_names_out()) == [CLINICAL[index] for index in others]


@pytest.mark.parametrize("ears", [("A1", "A2"), ("M1", "M2")])
def test_linked_ears(ears):
    step = Rereference("linked_ears", ch_names=[*NAMES[:17], *ears])
    out = step.fit_transform(X)
    np.testing.assert_allclose(out, X[:, :17] - X[:, 17:].mean(axis=1, keepdims=True), atol=1e-12)
    assert out.ch_names == NAMES[:17]


@pytest.mark.parametrize("names", [NAMES, CLINICAL])
def test_double_banana(names):
    step = Rereference("double_banana", ch_names=names)
    out = step.fit_transform(X)
    assert out.shape == (20, 18, 64)
    assert out.ch_names == list(step.get_feature_names_out()) == ["-".join(pair) for pair in DOUBLE_BANANA]
    for number, (first, second) in enumerate(DOUBLE_BANANA):
        np.testing.assert_allclose(out[:, number], row(first) - row(second), rtol=0, atol=1e-12)


def test_the_chains_of_the_double_banana_close():
    out = Rereference("double_banana", ch_names=NAMES).fit_transform(X)
    np.testing.assert_allclose(out[:, :4].sum(axis=1), out[:, 4:8].sum(axis=1), atol=1e-12)


def test_pairs_in_any_spelling():
    step = Rereference([("FP1", "f7"), "T3-T5", ("EEG O1-REF", "Oz")], ch_names=[*NAMES[:18], "Oz"])
    out = step.fit_transform(X)
    assert out.ch_names == ["Fp1-F7", "T7-P7", "O1-Oz"]
    np.testing.assert_allclose(out[:, 1], row("T7") - row("P7"), atol=1e-12)


def test_channels_without_a_place_on_the_head_can_be_paired():
    out = Rereference([("LAT1", "LAT2"), "ch7-LAT1"], ch_names=["LAT1", "LAT2", "ch7"]).fit_transform(
        X[:, :3]
    )
    assert out.ch_names == ["LAT1-LAT2", "ch7-LAT1"]
    np.testing.assert_allclose(out[:, 1], X[:, 2] - X[:, 0], atol=1e-12)


def test_pairs_that_are_there_already_are_taken_and_turned():
    derived = Rereference("double_banana", ch_names=NAMES).fit_transform(X)
    order = np.random.default_rng(0).permutation(18)
    names = ["-".join(DOUBLE_BANANA[index]) for index in order]
    shuffled = np.array(derived[:, order])
    shuffled[:, 3] *= -1
    names[3] = "-".join(reversed(names[3].split("-"))).replace("T7", "T3")
    out = Rereference("double_banana", ch_names=names).fit_transform(shuffled)
    np.testing.assert_array_equal(out, derived)


def test_neonatal_recordings_come_in_clinical_order(eeg_data):
    h5py = pytest.importorskip("h5py", reason="needs h5py")
    file = eeg_data / "helsinki_neonatal_1s" / "expert_A_1sec_1chunk_64Hz.hdf5"
    if not file.exists():
        pytest.skip(f"real data wanted: no {file}")
    with h5py.File(file) as opened:
        table = opened["FINAL_mtx"]
        names, values = [str(name) for name in table.attrs["columns"][:-1]], table[: 64 * 5, :-1] * 1e6
    windows = values.reshape(5, 64, 18).transpose(0, 2, 1)
    out = Rereference("double_banana", ch_names=names).fit_transform(windows)
    assert out.ch_names == ["-".join(pair) for pair in DOUBLE_BANANA]
    np.testing.assert_array_equal(out[:, 0], windows[:, names.index("Fp1-F7")])
    np.testing.assert_array_equal(out[:, 17], windows[:, names.index("T6-O2")])


def test_names_reach_the_next_step():
    pipeline = make_pipeline(Rereference("double_banana", ch_names=NAMES), TimeFeatures())
    assert pipeline.fit(X).get_feature_names_out()[0].startswith("Fp1-F7__")


def test_matrix_is_the_linear_map():
    step = Rereference("double_banana", ch_names=NAMES).fit(X)
    assert step.matrix_.shape == (18, 19)
    np.testing.assert_array_equal(step.matrix_.sum(axis=1), 0)
    np.testing.assert_allclose(step.transform(X), np.einsum("oc,wct->wot", step.matrix_, X), atol=1e-12)


def test_order_of_channels_does_not_matter():
    order = np.random.default_rng(0).permutation(19)
    turned = Rereference("double_banana", ch_names=[NAMES[i] for i in order]).fit_transform(X[:, order])
    expected = Rereference("double_banana", ch_names=NAMES).fit_transform(X)
    np.testing.assert_allclose(turned, expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize("reference", ["average", "Cz", "double_banana"])
def test_constant_windows_stay_constant(reference):
    levels = np.random.default_rng(0).normal(scale=100, size=(4, 19, 1))
    levels[1] = -3.3
    out = Rereference(reference, ch_names=NAMES).fit_transform(np.broadcast_to(levels, (4, 19, 50)))
    assert (out == out[..., :1]).all()
    np.testing.assert_allclose(out[1], 0, atol=1e-14)


def test_one_channel_less_its_own_average_is_zero():
    np.testing.assert_array_equal(Rereference().fit_transform(X[:, 0]), np.zeros((20, 64)))


def test_agrees_with_mne():
    mne = pytest.importorskip("mne", reason="needs mne")
    info = mne.create_info([*NAMES[:17], "A1", "A2"], 100.0, "eeg")
    epochs = mne.EpochsArray(X * 1e-6, info, verbose=False)
    average, _ = mne.set_eeg_reference(epochs.copy(), "average", verbose=False)
    out = Rereference().fit_transform(epochs)
    np.testing.assert_allclose(out, average.get_data() * 1e6, rtol=0, atol=1e-10)
    ears, _ = mne.set_eeg_reference(epochs.copy(), ["A1", "A2"], verbose=False)
    out = Rereference("linked_ears").fit_transform(epochs)
    np.testing.assert_allclose(out, ears.get_data()[:, :17] * 1e6, rtol=0, atol=1e-10)
    pairs = [("Fp1", "F7"), ("F7", "T7")]
    bipolar = mne.set_bipolar_reference(epochs.copy(), ["Fp1", "F7"], ["F7", "T7"], verbose=False)
    theirs = bipolar.get_data(picks=["Fp1-F7", "F7-T7"]) * 1e6
    np.testing.assert_allclose(Rereference(pairs).fit_transform(epochs), theirs, rtol=0, atol=1e-10)


def test_a_reference_that_all_electrodes_share_is_no_part_of_their_names():
    names = [f"{name.upper()}-CS2" for name in NAMES]
    step = Rereference("double_banana", ch_names=names)
    np.testing.assert_array_equal(
        step.fit_transform(X), Rereference("double_banana", ch_names=NAMES).fit_transform(X)
    )
    for given in ("Cz", "CZ-CS2"):
        step = Rereference(given, ch_names=names).fit(X)
        assert step.ch_names_out_ == [name for name in names if name != "CZ-CS2"]
    step = Rereference(exclude=["FP1-CS2"], ch_names=names).fit(X)
    assert step.matrix_[1, 0] == 0
    pair = Rereference([("FP1-CS2", "F7")], ch_names=names).fit(X)
    assert pair.ch_names_out_ == ["Fp1-F7"]


@pytest.mark.parametrize("unknown", ["ch7", "LAT1", "Sp1", "E12", "X1"])
def test_names_that_tell_nothing_are_averaged(unknown):
    step = Rereference(ch_names=[*NAMES[:18], unknown]).fit(X)
    np.testing.assert_allclose(step.matrix_, np.eye(19) - 1 / 19)


PAIRS = ["-".join(pair) for pair in DOUBLE_BANANA]


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        (
            {"reference": "double_banana", "ch_names": None},
            r"\['C3', 'C4', .*missing.*18 of 18 .*pass `ch_names`",
        ),
        (
            {"reference": "double_banana", "ch_names": [*NAMES[:18], "Oz"]},
            r"\['O2'\] are missing.*2 of 18 pairs",
        ),
        ({"reference": "linked_ears"}, r"\['A1', 'A2'\] are missing among"),
        ({"reference": "Oz"}, r"`reference` must be 'average'.* got 'Oz': \['Oz'\] are missing"),
        ({"reference": []}, "one pair or more, each once, got"),
        ({"reference": ["Fp1-F7", ("FP1", "F7")]}, "each once, got"),
        ({"reference": ["Fp1"]}, "pairs of two names, got 'Fp1'"),
        ({"reference": [("Fp1", 3)]}, r"pairs of two names, got \('Fp1', 3\)"),
        ({"reference": [4]}, "pairs of two names, got 4"),
        ({"reference": [("T3", "T7")]}, r"two different channels, got \('T3', 'T7'\)"),
        ({"exclude": ["Oz"]}, r"`exclude` must be of channels of X, got \['Oz'\]: \['Oz'\] are missing"),
        ({"exclude": NAMES}, "`exclude` must leave a channel to average"),
        ({"exclude": ["Cz"], "reference": "Fz"}, "`exclude` must be empty unless reference='average'"),
        ({"ch_names": [*NAMES[:18], "ECG"]}, r"must have EEG channels only, got \['ECG'\]: leave these out"),
        (
            {"ch_names": [*NAMES[:17], "HR", "VNS"]},
            r"EEG channels only, got \['HR', 'VNS'\]: leave these out",
        ),
        ({"ch_names": [*NAMES[:18], "T3"]}, r"name each electrode once, got \['T7'\] in two spellings"),
        ({"reference": 3}, "'reference' parameter of Rereference must be"),
    ],
)
def test_bad_parameters(parameters, message):
    with pytest.raises(ValueError, match=message):
        Rereference(**({"ch_names": NAMES} | parameters)).fit(X)


@pytest.mark.parametrize("reference", ["average", "linked_ears", "Cz"])
def test_pairs_have_no_common_reference(reference):
    with pytest.raises(ValueError, match=r"share one reference, got pairs: \['Fp1-F7', .*before pairs were"):
        Rereference(reference, ch_names=PAIRS).fit(X[:, :18])


def test_one_channel_has_no_pairs():
    with pytest.raises(ValueError, match="missing among \\['ch0'\\]"):
        Rereference("double_banana").fit(X[:, 0])
