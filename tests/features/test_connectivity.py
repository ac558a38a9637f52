import pickle

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.utils.estimator_checks import parametrize_with_checks

from sklearn_eeg.features._connectivity import ConnectivityFeatures
from sklearn_eeg.signal._connectivity import connectivity_matrices

RNG = np.random.default_rng(0)
X = 20 * RNG.standard_normal((7, 4, 500)) + 15 * RNG.standard_normal((7, 1, 500))
BANDS = {"theta": (4, 8), "alpha": (8, 13)}
SFREQ = 250.0


def table(features="compact", x=X, **parameters):
    step = ConnectivityFeatures(SFREQ, features, **parameters).set_output(transform="pandas")
    return step.fit_transform(x)


CHECKED = [
    ConnectivityFeatures(sfreq=2.0),
    ConnectivityFeatures(sfreq=2.0, features="matrices"),
    ConnectivityFeatures(
        sfreq=2.0, features=["tangent", "weighted_phase_lag_index_strength"], bands={"all": (0, 1)}
    ),
]


@parametrize_with_checks(CHECKED)
def test_scikit_learn_contract(estimator, check):
    check(estimator)


def test_columns_are_channels_then_pairs_then_the_window():
    names = ["correlation", "coherence", "eigenvalues", "tangent", "correlation_strength"]
    columns = list(table(names, X[:, :2], bands=BANDS, ch_names=["C3", "C4"]).columns)
    assert columns == [
        "C3__connectivity__tangent",
        "C3__connectivity__correlation_strength",
        "C4__connectivity__tangent",
        "C4__connectivity__correlation_strength",
        "C3-C4__connectivity__correlation",
        "C3-C4__connectivity__theta__coherence",
        "C3-C4__connectivity__alpha__coherence",
        "C3-C4__connectivity__tangent",
        "connectivity__eigenvalue_1",
        "connectivity__eigenvalue_2",
    ]


def test_every_column_is_its_measure():
    out = table("all", bands=BANDS, max_lag_seconds=0.2, segment_seconds=0.5)
    info = ConnectivityFeatures(SFREQ, "all", bands=BANDS).fit(X).get_feature_info()
    measures = {"band_phase_locking_value", "weighted_phase_lag_index", "coherence", "imaginary_coherence"}
    measures |= {"correlation", "rank_correlation", "phase_locking_value", "maximal_cross_correlation"}
    measures |= {"cross_correlation_lag"}
    matrices = connectivity_matrices(X, SFREQ, measures, BANDS, max_lag_seconds=0.2, segment_seconds=0.5)
    assert list(out.columns) == list(info.index)
    seen = set()
    for name, (channel, family, band, statistic) in info.iterrows():
        assert family == "connectivity"
        if statistic == "tangent" or statistic.startswith("eigenvalue"):
            continue
        measure = statistic.removesuffix("_strength")
        if measure == "phase_locking_value" and band:
            measure = "band_phase_locking_value"
        seen.add(measure)
        values = matrices[measure][:, list(BANDS).index(band) if band else 0]
        places = [int(part.removeprefix("ch")) for part in channel.split("-")]
        if len(places) == 2:
            expected = values[:, places[0], places[1]]
        else:
            expected = np.abs(np.delete(values[:, places[0]], places[0], axis=1)).mean(axis=1)
        np.testing.assert_allclose(out[name], expected, rtol=0, atol=1e-14)
    assert seen == measures


def test_tangent_keeps_the_distance_of_logarithms():
    out = table(["tangent"]).to_numpy()
    logarithms = connectivity_matrices(X, SFREQ, ["log_covariance"])["log_covariance"][:, 0]
    expected = np.linalg.norm(logarithms[0] - logarithms[1])
    np.testing.assert_allclose(np.linalg.norm(out[0] - out[1]), expected, rtol=1e-12)


def test_eigenvalues():
    out = table(["eigenvalues"]).to_numpy()
    expected = [np.linalg.eigvalsh(np.corrcoef(x))[::-1] for x in X]
    np.testing.assert_allclose(out, expected, rtol=0, atol=1e-12)


def test_the_default_is_compact():
    columns = list(table().columns)
    assert len(columns) == 3 * 4
    assert columns[:2] == [
        "ch0__connectivity__correlation_strength", "ch0__connectivity__phase_locking_value_strength",
    ]  # fmt: skip
    assert columns[-1] == "connectivity__eigenvalue_4"


def test_a_users_function():
    def largest(windows):
        return windows.max(axis=(1, 2))

    out = table(["correlation_strength", largest])
    np.testing.assert_array_equal(out["connectivity__largest"], X.max(axis=(1, 2)))
    np.testing.assert_array_equal(table(largest).to_numpy(), X.max(axis=(1, 2))[:, np.newaxis])


def test_a_users_function_of_another_shape():
    def powers(windows):
        return (windows**2).mean(axis=2)

    match = r"one value a window, shape \(7,\), got powers giving shape \(7, 4\)"
    with pytest.raises(ValueError, match=match):
        table(powers)


@pytest.mark.parametrize("level", [0.0, 0.1, -3.3, 4000.1])
def test_flat_channels(level):
    x = X.copy()
    x[:, 1] = level
    x[3] = level
    out = table("all", x, bands=BANDS)
    x[:, 1] = x[3] = 0
    np.testing.assert_array_equal(out, table("all", x, bands=BANDS))
    assert np.isfinite(out).all(axis=None)
    of_flat = out.loc[:, [c for c in out if "ch1" in c and "tangent" not in c]]
    assert (of_flat == 0).all(axis=None)
    eigenvalues = [c for c in out if "eigenvalue" in c]
    np.testing.assert_array_equal(out.loc[3, eigenvalues], 1)
    np.testing.assert_allclose(out.loc[3, "ch2__connectivity__tangent"], np.log(1e-12))


@pytest.mark.parametrize("features", ["compact", "strengths", "matrices"])
def test_one_channel(features):
    out = table(features, X[:, 0])
    for name in out:
        if name.endswith("_strength"):
            np.testing.assert_array_equal(out[name], 0)
        elif "eigenvalue" in name:
            np.testing.assert_array_equal(out[name], 1)
        else:
            np.testing.assert_allclose(out[name], np.log(X[:, 0].var(axis=1)))
    np.testing.assert_array_equal(out, table(features, X[:, :1]))


def test_pairs_of_one_channel():
    with pytest.raises(ValueError, match="`features` must give a column, got .* have no pairs: add"):
        table(["correlation"], X[:, 0])


@pytest.mark.filterwarnings("ignore:.*(microvolts|more channels):UserWarning")
@pytest.mark.parametrize("n_times", [2, 3, 4, 5])
def test_the_shortest_windows(n_times):
    features = ["correlation", "rank_correlation", "phase_locking_value", "maximal_cross_correlation"]
    out = table([*features, "cross_correlation_lag", "tangent", "eigenvalues"], X[..., :n_times])
    assert np.isfinite(out).all(axis=None)


@pytest.mark.filterwarnings("ignore:.*(microvolts|more channels):UserWarning")
@pytest.mark.parametrize("scale", [1e-9, 1.0, 1e9])
@pytest.mark.parametrize("offset", [0.0, 1e6])
def test_scales_and_offsets(scale, offset):
    out = table(["pairs", "strengths", "eigenvalues"], scale * (X + offset), bands=BANDS)
    np.testing.assert_allclose(
        out, table(["pairs", "strengths", "eigenvalues"], bands=BANDS), rtol=0, atol=1e-6
    )


def test_order_of_channels():
    order = [2, 0, 3, 1]
    names = [f"ch{i}" for i in range(4)]
    out = table("strengths")
    turned = table("strengths", X[:, order], ch_names=[names[i] for i in order])
    np.testing.assert_allclose(turned[out.columns], out, rtol=0, atol=1e-12)


def test_batch_threads_and_float32():
    x = np.concatenate([X] * 40)
    one = ConnectivityFeatures(SFREQ, "all").fit(x)
    whole = one.transform(x)
    np.testing.assert_allclose(whole[:7], [one.transform(w[np.newaxis])[0] for w in X], atol=1e-12)
    np.testing.assert_allclose(whole[-7:], whole[:7], atol=1e-12)
    np.testing.assert_allclose(clone(one).set_params(n_jobs=2).fit_transform(x), whole, atol=1e-12)
    single = clone(one).fit_transform(X.astype(np.float32))
    assert single.dtype == np.float32
    np.testing.assert_allclose(single, whole[:7], atol=2e-3)
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(one)).transform(X), one.transform(X))


def test_clinical_bands_up_to_half_the_rate():
    step = ConnectivityFeatures(50.0, "coherence").fit(X)
    assert step.bands_ == {"delta": (0.5, 4), "theta": (4, 8), "alpha": (8, 13), "beta": (13, 25)}
    assert ConnectivityFeatures(50.0).fit(X).bands_ == {}


@pytest.mark.parametrize(
    ("bands", "match"),
    [
        ({}, "`bands` must name at least one band, got none."),
        ({"high": (100, 126)}, r"end at or below half .* \(125 Hz\), got 'high' \(100 to 126 Hz\)"),
        ({"none": (8, 8)}, r"`bands` must have edges 0 <= low < high, got 'none' \(8 to 8 Hz\)"),
        (
            {"narrow": (8.1, 8.4)},
            r"that windows of 2 s resolve \(steps of 0.5 Hz\), got 'narrow' .*: use longer",
        ),
    ],
)
def test_bands_that_do_not_fit(bands, match):
    with pytest.raises(ValueError, match=match):
        table("weighted_phase_lag_index", bands=bands)


def test_segments_too_short_for_a_band():
    match = (
        r"that segments of 0.2 s resolve \(steps of 5 Hz\), got 'delta' \(0.5 to 4 Hz\): use longer segments"
    )
    with pytest.raises(ValueError, match=match):
        table("coherence", segment_seconds=0.2)


@pytest.mark.parametrize(
    ("parameter", "value"),
    [
        ("sfreq", 0.0), ("features", 3), ("bands", [1]), ("max_lag_seconds", -0.1), ("segment_seconds", 0.0),
        ("n_jobs", 1.5),
    ],
)  # fmt: skip
def test_bad_parameters(parameter, value):
    step = ConnectivityFeatures(SFREQ).set_params(**{parameter: value})
    with pytest.raises(ValueError, match=f"'{parameter}' parameter of ConnectivityFeatures must be"):
        step.fit(X)


def test_unknown_feature():
    with pytest.raises(ValueError, match="`features` must name features among .* got 'coherense'"):
        table(["coherense"])
