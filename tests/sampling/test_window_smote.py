import numpy as np
import pytest
from imblearn.over_sampling import SMOTE, BorderlineSMOTE

from sklearn_eeg.sampling import WindowSMOTE

KINDS = ("smote", "borderline", "adasyn")
each = pytest.mark.parametrize("kind", KINDS)


def clouds(n_seizure=8, n_rest=24, n_channels=2, n_times=6, gap=1.0):
    """Two clouds of windows, of which the fewer are displaced."""
    X = np.random.default_rng(0).normal(size=(n_seizure + n_rest, n_channels, n_times))
    X[:n_seizure] += gap
    return X, np.array(["seizure"] * n_seizure + ["rest"] * n_rest)


def between(made, real):
    """Whether each made window lies on the line between two real ones."""
    made, real = made.reshape(len(made), -1), real.reshape(len(real), -1)
    to_real = np.linalg.norm(made[:, None] - real, axis=-1)
    apart = np.linalg.norm(real[:, None] - real, axis=-1)
    detour = to_real[:, :, None] + to_real[:, None, :] - apart
    return np.array([one[~np.eye(len(real), dtype=bool)].min() < 1e-9 for one in detour])


@each
def test_windows_lie_between_real_ones_of_the_class(kind):
    X, y = clouds()
    made = WindowSMOTE(kind, random_state=0).fit(X, y).sample(30, "seizure")
    assert between(made, X[y == "seizure"]).all()
    assert not between(made, X[y == "rest"]).any()


@pytest.mark.parametrize(("kind", "theirs"), [("smote", SMOTE), ("borderline", BorderlineSMOTE)])
def test_equals_imbalanced_learn_s_on_flat_windows(kind, theirs):
    X, y = clouds()
    made, labels = WindowSMOTE(kind, random_state=0).fit_resample(X, y)
    seed = np.random.RandomState(0).randint(np.iinfo(np.int32).max)
    seed = int(np.random.default_rng(seed).integers(np.iinfo(np.int32).max))
    expected, expected_labels = theirs(random_state=seed).fit_resample(X.reshape(len(X), -1), y)
    np.testing.assert_array_equal(made, expected.reshape(-1, 2, 6))
    np.testing.assert_array_equal(labels, expected_labels)


@each
@pytest.mark.parametrize("n_windows", [1, 2, 7, 40])
def test_exactly_as_many_windows_are_made_as_asked_for(kind, n_windows):
    X, y = clouds(n_rest=12, gap=0.0)
    sampler = WindowSMOTE(kind, sampling_strategy={"seizure": 8 + n_windows}, random_state=0)
    assert sampler.fit_resample(X, y)[0].shape == (20 + n_windows, 2, 6)
    assert sampler.sample(n_windows, "rest").shape == (n_windows, 2, 6)


def test_adasyn_prefers_windows_among_the_other_class():
    X, y = clouds(n_seizure=10, gap=30.0)
    X[:3] -= 30  # three seizures lie among the rest
    X[3] = X[0] + 1  # and interpolate with one another
    made = WindowSMOTE("adasyn", k_neighbors=2, random_state=0).fit(X, y).sample(40, "seizure")
    assert (made.mean(axis=(1, 2)) < 15).mean() > 0.9
    made = WindowSMOTE("smote", k_neighbors=2, random_state=0).fit(X, y).sample(40, "seizure")
    assert (made.mean(axis=(1, 2)) < 15).mean() < 0.7


def test_interpolation_between_independent_windows_loses_power():
    X, y = clouds(n_seizure=200, n_rest=201, n_times=200, gap=0.0)
    made = WindowSMOTE(k_neighbors=199, random_state=0).fit(X, y).sample(2000, "seizure")
    assert np.square(made).mean() == pytest.approx(2 / 3, abs=0.02)


@each
def test_small_classes_have_fewer_neighbours_and_a_warning(kind):
    X, y = clouds(n_seizure=4)
    with pytest.warns(
        UserWarning, match="Class seizure has 4 windows, too few for k_neighbors=5: 3 are used"
    ):
        made, _ = WindowSMOTE(kind, random_state=0).fit_resample(X, y)
    quiet, _ = WindowSMOTE(kind, k_neighbors=3, random_state=0).fit_resample(X, y)
    np.testing.assert_array_equal(made, quiet)


@each
def test_classes_of_one_window_are_refused(kind):
    X, y = clouds(n_seizure=1)
    sampler = WindowSMOTE(kind, random_state=0)
    with pytest.raises(ValueError, match="at least 2 windows to interpolate between, got 1 of class seizure"):
        sampler.fit_resample(X, y)
    sampler.set_params(kind="smote", sampling_strategy={"rest": 26}).fit_resample(X, y)
    assert sampler.is_synthetic_.sum() == 2


@pytest.mark.parametrize("kind", ["borderline", "adasyn"])
def test_classes_without_a_border_are_refused(kind):
    X, y = clouds(gap=1000.0)
    with pytest.raises(ValueError, match=f"kind='{kind}' must have windows near another class, got none"):
        WindowSMOTE(kind, k_neighbors=3, m_neighbors=5, random_state=0).fit_resample(X, y)


def test_few_windows_in_all_have_fewer_m_neighbors():
    X, y = clouds(n_seizure=4, n_rest=6, gap=0.0)
    sampler = WindowSMOTE("borderline", k_neighbors=2, m_neighbors=50, random_state=0)
    same = WindowSMOTE("borderline", k_neighbors=2, m_neighbors=9, random_state=0)
    np.testing.assert_array_equal(sampler.fit_resample(X, y)[0], same.fit_resample(X, y)[0])


@pytest.mark.parametrize(("parameter", "value"), [("kind", "svm"), ("k_neighbors", 0), ("m_neighbors", 0)])
def test_parameters_out_of_range(parameter, value):
    with pytest.raises(ValueError, match=f"'{parameter}' parameter of WindowSMOTE must be"):
        WindowSMOTE(**{parameter: value}).fit(*clouds())
