import numpy as np
import pytest

from sklearn_eeg._montage import CH_NAMES_1020, channel_type, positions, positions_1020, standardize_name
from sklearn_eeg.signal import bandpass, spherical_spline

PLACES = positions_1020()


def on_sphere(places):
    """Return unit vectors, by way of the two angles."""
    colatitude = np.linalg.norm(places, axis=1) * np.pi / 2
    azimuth = np.arctan2(places[:, 1], places[:, 0])
    return np.column_stack(
        [np.sin(colatitude) * np.cos(azimuth), np.sin(colatitude) * np.sin(azimuth), np.cos(colatitude)]
    )


def left_out(channel, **parameters):
    others = np.arange(len(PLACES)) != channel
    return others, spherical_spline(PLACES[others], PLACES[[channel]], **parameters)


@pytest.mark.parametrize("channel", range(19))
def test_a_constant_potential_stays(channel):
    _, weights = left_out(channel)
    np.testing.assert_allclose(weights.sum(axis=1), 1, rtol=0, atol=1e-12)


@pytest.mark.parametrize("stiffness", [2, 3, 4])
def test_without_smoothing_it_passes_through_the_sources(stiffness):
    weights = spherical_spline(PLACES, PLACES[[3, 11]], stiffness=stiffness, smoothing=0.0)
    np.testing.assert_allclose(weights, np.eye(19)[[3, 11]], atol=1e-7)


def test_a_smooth_potential_is_interpolated_well():
    potential = on_sphere(PLACES) @ [0.3, -0.5, 0.8]  # of the lowest spatial frequency
    for channel in (8, 9, 14):  # C3, Cz, Pz: inside the net
        others, weights = left_out(channel, smoothing=0.0)
        np.testing.assert_allclose(weights @ potential[others], potential[channel], atol=0.04)


def test_turning_the_head_changes_nothing():
    turn = np.array([[np.cos(1.0), -np.sin(1.0)], [np.sin(1.0), np.cos(1.0)]])
    turned = spherical_spline(PLACES[1:] @ turn, PLACES[:1] @ turn)
    np.testing.assert_allclose(turned, spherical_spline(PLACES[1:], PLACES[:1]), atol=1e-12)


def test_order_of_the_sources():
    order = np.random.default_rng(0).permutation(18)
    turned = spherical_spline(PLACES[1:][order], PLACES[:1])
    np.testing.assert_allclose(turned, spherical_spline(PLACES[1:], PLACES[:1])[:, order], atol=1e-12)


def test_several_targets_are_each_as_alone():
    both = spherical_spline(PLACES[2:], PLACES[:2])
    alone = [spherical_spline(PLACES[2:], PLACES[[i]])[0] for i in range(2)]
    np.testing.assert_allclose(both, alone, atol=1e-13)


def test_one_source_is_copied():
    np.testing.assert_allclose(spherical_spline(PLACES[:1], PLACES[1:3]), [[1.0], [1.0]], atol=1e-12)


def test_agrees_with_mne():
    mne = pytest.importorskip("mne", reason="needs mne")
    names, bad = list(CH_NAMES_1020), ["F7", "Pz"]
    info = mne.create_info(names, 100.0, "eeg")
    info.set_montage(
        mne.channels.make_dig_montage(
            dict(zip(names, on_sphere(PLACES) * 0.09, strict=True)), coord_frame="head"
        )
    )
    x = np.random.default_rng(0).normal(size=(19, 50))
    raw = mne.io.RawArray(x.copy(), info, verbose=False)
    raw.info["bads"] = bad
    raw.interpolate_bads(origin=(0.0, 0.0, 0.0), verbose=False)
    lost = np.isin(names, bad)
    weights = spherical_spline(PLACES[~lost], PLACES[lost], stiffness=4, smoothing=1e-5)
    np.testing.assert_allclose(weights @ x[~lost], raw.get_data()[lost], rtol=0, atol=1e-6)


@pytest.mark.parametrize(
    ("file", "softer", "stiff"),
    [("eeg_burst_eg.edf", 0.84, 0.83), ("test_edf_overlapping_annotations.edf", 0.97, 0.98)],
)
def test_left_out_channels_of_real_recordings(eeg_data, file, softer, stiff):
    edfio = pytest.importorskip("edfio", reason="needs edfio")
    path = eeg_data / "edf_clinical" / file
    if not path.exists():
        pytest.skip(f"real data wanted: no {path}")
    signals = [s for s in edfio.read_edf(path).signals if channel_type(s.label) == "eeg"]
    sfreq, names = signals[0].sampling_frequency, [standardize_name(s.label) for s in signals]
    seconds = int(60 * sfreq)
    x = bandpass(np.array([s.data[:seconds] for s in signals]), sfreq, 0.5, 40)
    x = x.reshape(len(x), -1, int(2 * sfreq))
    places, medians = positions(names), {}
    for stiffness, smoothing in ((2, 0.01), (4, 1e-5)):
        correlations = []
        for channel in range(len(names)):
            others = np.arange(len(names)) != channel
            weights = spherical_spline(
                places[others], places[[channel]], stiffness=stiffness, smoothing=smoothing
            )
            told = np.tensordot(weights[0], x[others], 1)
            correlations += [np.corrcoef(a, b)[0, 1] for a, b in zip(told, x[channel], strict=True)]
        medians[stiffness] = np.median(correlations)
    assert medians[2] > softer
    assert medians[4] < stiff
    assert medians[2] > medians[4] - 0.002


@pytest.mark.parametrize(
    ("arguments", "parameters", "message"),
    [
        ((PLACES[:0], PLACES), {}, "`sources` must hold at least one electrode"),
        ((PLACES[1:], PLACES[:1]), {"stiffness": 1}, "`stiffness` must be at least 2, got 1"),
        ((PLACES[1:], PLACES[:1]), {"smoothing": -0.1}, "`smoothing` must be at least 0, got -0.1"),
    ],
)
def test_bad_arguments(arguments, parameters, message):
    with pytest.raises(ValueError, match=message):
        spherical_spline(*arguments, **parameters)
