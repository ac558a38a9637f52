"""`make_seizures`: its shapes, its seeds, its classes, its difficulty and its errors."""

import numpy as np
import pytest
from sklearn.metrics import balanced_accuracy_score, recall_score
from sklearn.model_selection import StratifiedGroupKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from sklearn_eeg._montage import CH_NAMES_1020, positions_1020
from sklearn_eeg.datasets._make_seizures import make_seizures

NAMES = ["background", "spike_wave", "focal", "tonic", "subtle"]
BANDS = ((0.5, 4), (4, 8), (8, 13), (13, 30), (30, 45))


def small(random_state=0, **options):
    options = {"n_patients": 4, "windows_per_patient": 10, "window_seconds": 2.0} | options
    return make_seizures(random_state=random_state, **options)


@pytest.fixture(scope="module")
def default():
    return make_seizures(random_state=0)


@pytest.fixture(scope="module")
def clean():
    """Seizures that drown the background."""
    return make_seizures(12, artefacts=False, difficulty=0.25, random_state=0)


def power(x, sfreq=128.0):
    centred = x - x.mean(axis=-1, keepdims=True)
    spectrum = np.abs(np.fft.rfft(centred * np.hanning(x.shape[-1]))) ** 2
    return np.fft.rfftfreq(x.shape[-1], 1 / sfreq), spectrum


def baseline_features(data, sfreq):
    freqs, spectrum = power(data, sfreq)
    bands = [np.log(spectrum[..., (freqs >= low) & (freqs < high)].mean(axis=-1)) for low, high in BANDS]
    signs = np.signbit(data - data.mean(axis=-1, keepdims=True))
    crossings = (signs[..., 1:] != signs[..., :-1]).mean(axis=-1)
    return np.concatenate([*bands, crossings], axis=1)


def test_shapes_types_and_names(default):
    assert default.data.shape == (800, 19, 512)
    assert default.data.dtype == np.float64
    assert default.target.shape == default.groups.shape == (800,)
    assert default.sfreq == 128.0
    assert default.ch_names == list(CH_NAMES_1020)
    assert default.target_names == NAMES
    assert np.isfinite(default.data).all()


def test_description_states_what_was_simulated(default):
    assert "800 windows of 4 s from 20 simulated patients" in default.DESCR
    assert "128 Hz" in default.DESCR
    assert "mains of 50 Hz" in default.DESCR
    assert "no mains" in small(mains=None).DESCR
    assert "artefacts: none" in small(artefacts=False).DESCR


def test_number_of_times_is_rounded():
    assert small(sfreq=100.3, window_seconds=1.5).data.shape == (40, 19, 150)


def test_windows_are_ordered_by_patient(default):
    np.testing.assert_array_equal(default.groups, np.repeat(np.arange(20), 40))


def test_same_seed_gives_the_same_bytes():
    first, second = small(), small()
    assert first.data.tobytes() == second.data.tobytes()
    np.testing.assert_array_equal(first.target, second.target)


def test_other_seeds_give_other_data():
    assert not np.any(small(0).data == small(1).data)


@pytest.mark.parametrize("make", [np.random.default_rng, np.random.RandomState])
def test_generators_are_sources_of_randomness(make):
    np.testing.assert_array_equal(small(make(3)).data, small(make(3)).data)
    used = make(3)
    assert not np.any(small(used).data == small(used).data)


def test_without_a_seed_every_call_differs():
    assert not np.any(small(None).data == small(None).data)


def test_float32_is_the_float64_data_rounded():
    single = small(dtype=np.float32).data
    assert single.dtype == np.float32
    np.testing.assert_array_equal(single, small().data.astype(np.float32))


def test_more_patients_leave_the_earlier_ones_alone():
    few, many = small(n_patients=3), small(n_patients=6)
    np.testing.assert_array_equal(many.data[: len(few.data)], few.data)
    np.testing.assert_array_equal(many.target[: len(few.target)], few.target)


def test_background_is_the_majority_by_default(default):
    np.testing.assert_array_equal(np.bincount(default.target), [480, 80, 80, 80, 80])


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9])
def test_share_of_seizures_is_kept_in_every_patient(share):
    made = small(seizure_share=share, n_patients=9)
    for patient in range(9):
        assert (made.target[made.groups == patient] > 0).mean() == pytest.approx(share)


@pytest.mark.parametrize("n_patients", [10, 11, 13, 20, 37])
def test_each_kind_occurs_in_several_patients(n_patients):
    made = make_seizures(n_patients, windows_per_patient=6, window_seconds=1.0, random_state=0)
    kinds = [set(made.target[made.groups == patient]) for patient in range(n_patients)]
    assert all(0 in labels and 2 <= len(labels) <= 3 for labels in kinds)
    for kind in range(1, 5):
        assert sum(kind in labels for labels in kinds) >= 3


def test_one_patient_and_three_windows_are_enough():
    made = make_seizures(1, windows_per_patient=3, seizure_share=0.7, window_seconds=1.0, random_state=0)
    assert made.data.shape == (3, 19, 128)
    np.testing.assert_array_equal(made.target, [0, 1, 2])


def test_amplitude_is_that_of_scalp_eeg(default):
    background = default.target == 0
    sizes = [
        np.median(default.data[background & (default.groups == patient)].std(axis=-1))
        for patient in range(20)
    ]
    assert 20 < np.median(sizes) < 30
    assert np.std(np.log(sizes)) > 0.1


def test_correlation_of_channels_falls_with_distance(clean):
    x = clean.data[clean.target == 0]
    x = x / x.std(axis=(1, 2), keepdims=True)
    correlation = np.corrcoef(x.transpose(1, 0, 2).reshape(19, -1))
    apart = np.linalg.norm(positions_1020()[:, np.newaxis] - positions_1020(), axis=-1)
    pairs = np.triu_indices(19, 1)
    assert np.corrcoef(correlation[pairs], apart[pairs])[0, 1] < -0.9


def test_alpha_of_the_background_is_posterior(clean):
    freqs, spectrum = power(clean.data[clean.target == 0])
    alpha = spectrum[..., (freqs >= 8) & (freqs <= 12)].sum(axis=-1).mean(axis=0)
    names = np.array(CH_NAMES_1020)[np.argsort(alpha)]
    assert set(names[-2:]) == {"O1", "O2"}


@pytest.mark.parametrize(
    ("kind", "band"),
    [
        ("spike_wave", (2.4, 4.1)),
        ("focal", (5.0, 8.0)),
        ("tonic", (15, 25)),
        ("subtle", (1.4, 2.6)),
    ],
)
def test_each_kind_of_seizure_peaks_in_its_band(clean, kind, band):
    """On each patient's windows together, at the channel where the rhythm is strongest."""
    windows = clean.target == NAMES.index(kind)
    for patient in np.unique(clean.groups[windows]):
        freqs, spectrum = power(clean.data[windows & (clean.groups == patient)])
        spectrum = spectrum[..., freqs > 1].mean(axis=0)
        strongest = spectrum.max(axis=-1).argmax()
        peak = freqs[freqs > 1][spectrum[strongest].argmax()]
        assert band[0] <= peak <= band[1]


def test_difficulty_leaves_the_background_alone():
    easy, hard = small(difficulty=0.5), small(difficulty=3.0)
    background = easy.target == 0
    np.testing.assert_array_equal(easy.data[background], hard.data[background])


@pytest.mark.parametrize("kind", NAMES[1:])
def test_departure_from_the_background_falls_with_difficulty(kind):
    label = NAMES.index(kind)
    made = {d: small(difficulty=d, n_patients=8) for d in (0.5, 1.0, 2.0, 4.0, 1e12)}
    rows = made[1.0].target == label
    background = made[1e12].data[rows]
    departure = [np.abs(made[d].data[rows] - background).mean() for d in (0.5, 1.0, 2.0, 4.0)]
    assert np.all(np.diff(departure) < 0)
    assert departure[-1] > 0


def test_artefacts_are_added_and_change_nothing_else():
    added = small(n_patients=8).data - small(n_patients=8, artefacts=False).data
    mains = small(n_patients=8).data - small(n_patients=8, mains=None).data
    struck = np.abs(added - mains).max(axis=(1, 2)) > 1e-6
    assert 0.1 < struck.mean() < 0.6
    assert np.all(np.abs(mains).max(axis=(1, 2)) > 0)


@pytest.mark.parametrize("mains", [50.0, 60.0])
def test_mains_shows_in_the_spectrum(mains):
    freqs, spectrum = power(small(mains=mains, sfreq=200.0, n_patients=10).data, 200.0)
    spectrum = np.median(spectrum, axis=0).mean(axis=0)
    band = (freqs > 40) & (freqs < 70)
    assert freqs[band][spectrum[band].argmax()] == mains


def test_no_mains_leaves_no_line():
    freqs, spectrum = power(small(mains=None, sfreq=200.0, n_patients=10).data, 200.0)
    spectrum = np.median(spectrum, axis=0).mean(axis=0)
    beside = spectrum[(np.abs(freqs - 50) > 2) & (np.abs(freqs - 50) < 6)].mean()
    assert spectrum[freqs == 50][0] < 1.5 * beside


def test_mains_is_not_read_without_artefacts():
    made = small(sfreq=100.0, mains=60.0, artefacts=False)
    np.testing.assert_array_equal(made.data, small(sfreq=100.0, artefacts=False).data)


def test_a_plain_baseline_is_neither_lost_nor_perfect_on_new_patients(default):
    features = baseline_features(default.data, default.sfreq)
    model = make_pipeline(StandardScaler(), SVC(class_weight="balanced"))
    folds = StratifiedGroupKFold(5, shuffle=True, random_state=0)
    predicted = cross_val_predict(model, features, default.target, groups=default.groups, cv=folds)
    assert 0.6 < balanced_accuracy_score(default.target, predicted) < 0.9
    assert recall_score(default.target, predicted, average=None).argmin() == NAMES.index("subtle")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"n_patients": 0}, r"`n_patients` must be at least 1, got 0\."),
        ({"windows_per_patient": -1}, r"`windows_per_patient` must be at least 1, got -1\."),
        ({"sfreq": 64.0}, r"`sfreq` must be finite and at least 100 Hz to hold .*, got 64\.0\."),
        ({"sfreq": np.nan}, r"`sfreq` must be finite .*, got nan\."),
        ({"window_seconds": 0.5}, r"`window_seconds` must be finite and at least 1 .*, got 0\.5\."),
        ({"window_seconds": np.inf}, r"`window_seconds` must be finite .*, got inf\."),
        ({"seizure_share": 0.0}, r"`seizure_share` must lie between 0 and 1 .*, got 0\.0\."),
        ({"seizure_share": 1.0}, r"`seizure_share` must lie between 0 and 1 .*, got 1\.0\."),
        ({"difficulty": 0.0}, r"`difficulty` must be finite and at least 0\.001, got 0\.0\."),
        ({"difficulty": np.inf}, r"`difficulty` must be finite and at least 0\.001, got inf\."),
        ({"seizure_share": 0.01}, r"makes 0 windows of seizures; each patient needs at least 2"),
        ({"seizure_share": 0.999}, r"needs at least 2 of these and 1 of background: raise"),
        ({"mains": 0.0}, r"`mains` must be positive and below 64 Hz, .*, got 0\.0: .*mains=None\."),
        ({"mains": 64.0}, r"`mains` must be positive and below 64 Hz, half of `sfreq`, got 64\.0"),
        ({"dtype": np.int16}, r"`dtype` must be float64 or float32, got int16\."),
    ],
)
def test_parameters_out_of_range_are_refused(options, message):
    with pytest.raises(ValueError, match=message):
        small(**options)


@pytest.mark.parametrize("value", [2.5, True, "3"])
@pytest.mark.parametrize("name", ["n_patients", "windows_per_patient"])
def test_counts_must_be_integers(name, value):
    with pytest.raises(TypeError, match=rf"`{name}` must be an integer, got {value!r}\."):
        small(**{name: value})


def test_numpy_integers_are_counts():
    assert len(small(n_patients=np.int64(2)).data) == 20


def test_impossible_random_state_is_refused():
    with pytest.raises(ValueError, match="cannot be used to seed"):
        small(random_state="seed")


@pytest.mark.parametrize("wrong", [{"sfreq": "a"}, {"mains": "50"}, {"mains": True}, {"difficulty": None}])
def test_what_is_no_number(wrong):
    (name,) = wrong
    with pytest.raises(TypeError, match=f"`{name}` must be a number, got"):
        make_seizures(4, random_state=0, **wrong)
