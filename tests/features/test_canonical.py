import numpy as np
import pytest

from sklearn_eeg.features._canonical import CanonicalFeatures
from sklearn_eeg.signal._catch22 import CANONICAL_SWEEPS, canonical_statistics

# Windows of odd scale and of fewer points than channels are meant here.
pytestmark = pytest.mark.filterwarnings("ignore:.*(microvolts|more channels):UserWarning")

X = np.cumsum(np.random.default_rng(0).normal(scale=5, size=(21, 3, 200)), axis=-1)


def test_every_column_is_its_statistic():
    features = CanonicalFeatures()
    table = features.fit_transform(X).reshape(21, 3, -1)
    statistics = canonical_statistics(X)
    assert table.shape[-1] == 24
    for column, (name, values) in enumerate(statistics.items()):
        assert features.get_feature_names_out()[column] == f"ch0__canonical__{name}"
        np.testing.assert_array_equal(table[..., column], values)


def test_groups_are_families_of_columns():
    features = CanonicalFeatures([group for group in CANONICAL_SWEEPS if group != "moments"])
    info = features.fit(X).get_feature_info()
    assert len(info) == 3 * 22
    assert set(info["family"]) == {"canonical"}
    assert set(info["band"]) == {""}


def test_functions_are_given_the_signals_as_they_are():
    def largest(x):
        return x.max(axis=-1)

    features = CanonicalFeatures(["DN_mean", largest], ch_names=["Fz", "Cz", "Pz"])
    table = features.fit_transform(X)
    assert features.get_feature_names_out()[1] == "Fz__canonical__largest"
    np.testing.assert_array_equal(table[:, 1], X[:, 0].max(axis=-1))


def test_threads_change_nothing():
    one, three = (CanonicalFeatures(n_jobs=n_jobs).fit_transform(X) for n_jobs in (None, 3))
    np.testing.assert_array_equal(one, three)


@pytest.mark.parametrize("n_times", [2, 3, 10])
def test_short_windows(n_times):
    assert np.isfinite(CanonicalFeatures().fit_transform(X[:, :1, :n_times])).all()


def test_a_flat_channel_gives_zeros_and_its_level():
    flat = X.copy()
    flat[:, 1] = -3.3
    table = CanonicalFeatures().fit_transform(flat).reshape(21, 3, 24)
    assert (table[:, 1, :22] == 0).all()
    np.testing.assert_array_equal(table[:, 1, 22:], np.tile([-3.3, 0.0], (21, 1)))


def test_bad_parameters():
    with pytest.raises(ValueError, match="'features' parameter of CanonicalFeatures must be"):
        CanonicalFeatures(features=3).fit(X)
    with pytest.raises(ValueError, match=r"`features` must name features among .*, got 'catch22'\."):
        CanonicalFeatures(features="catch22").fit(X)
    with pytest.raises(ValueError, match="must not name a feature twice, got 'DN_mean' twice"):
        CanonicalFeatures(features=["moments", "DN_mean"]).fit(X)
