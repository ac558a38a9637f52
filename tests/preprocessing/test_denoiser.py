import numpy as np
import pytest

from sklearn_eeg.datasets import make_seizures
from sklearn_eeg.preprocessing import Denoiser
from sklearn_eeg.signal import (
    asr_calibrate,
    asr_clean,
    bandpass,
    clip_amplitude,
    notch,
    remove_line,
    wavelet_shrinkage,
)

SFREQ = 256.0
X = np.random.default_rng(0).normal(loc=3, scale=20, size=(20, 3, 512))


OFF = {"mains": None, "wavelet": None, "band": None}
NAMES = ["clip", "mains", "asr", "wavelet", "band"]


def test_stages_run_in_the_order_stated():
    expected = remove_line(clip_amplitude(X, 2.0), SFREQ, 60, harmonics=2)
    state = asr_calibrate(expected, SFREQ, cutoff=1.0)
    expected = asr_clean(expected, state)
    expected = wavelet_shrinkage(expected, "db4", 3, rule="universal", mode="garrote")
    expected = bandpass(expected, SFREQ, 1, 40, method="fir")
    step = Denoiser(
        SFREQ, clip=2.0, mains=60, mains_method="interpolate", mains_harmonics=2, asr=1.0, wavelet="db4",
        level=3, threshold="universal", threshold_mode="garrote", band=(1, 40), band_method="fir",
    )  # fmt: skip
    np.testing.assert_allclose(step.fit_transform(X), expected, rtol=0, atol=1e-10)
    np.testing.assert_array_equal(step.asr_state_.mixing, state.mixing)
    assert step.stages_ == NAMES


@pytest.mark.parametrize(
    ("parameters", "stages", "expected"),
    [
        ({"clip": 2.0}, ["clip"], lambda: clip_amplitude(X, 2.0)),
        ({"mains": 50.0}, ["mains"], lambda: notch(X, SFREQ, 50)),
        ({"mains": 50.0, "mains_method": "interpolate"}, ["mains"], lambda: remove_line(X, SFREQ, 50)),
        ({"asr": 1.0}, ["asr"], lambda: asr_clean(X, asr_calibrate(X, SFREQ, cutoff=1.0))),
        ({"wavelet": "sym4"}, ["wavelet"], lambda: wavelet_shrinkage(X, "sym4", 5)),
        ({"band": (None, 70.0)}, ["band"], lambda: bandpass(X, SFREQ, None, 70)),
        ({"band": (None, None)}, [], lambda: X),
        ({}, [], lambda: X),
    ],
    ids=["clip", "notch", "interpolation", "asr", "shrinkage", "band", "open band", "nothing"],
)
def test_each_stage_can_be_switched_off(parameters, stages, expected):
    step = Denoiser(SFREQ, **(OFF | parameters))
    np.testing.assert_allclose(step.fit_transform(X), expected(), rtol=0, atol=1e-10)
    assert step.stages_ == stages


def test_default_stages_follow_the_windows():
    assert Denoiser(SFREQ).fit(X).stages_ == ["mains", "wavelet", "band"]
    assert Denoiser(SFREQ).fit(X[..., :10]).stages_ == ["mains", "band"]  # too short for the wavelet
    assert Denoiser(SFREQ, asr=10.0).fit(X[:, 0]).stages_ == ["mains", "wavelet", "band"]  # one channel


def test_reconstruction_learns_in_fit_alone():
    step = Denoiser(SFREQ, **(OFF | {"asr": 3.0})).fit(X)
    struck = X.copy()
    struck[:, 0] += 1000 * np.sin(np.arange(512))
    alone = step.transform(struck[:1])
    np.testing.assert_allclose(step.transform(struck)[:1], alone, rtol=0, atol=1e-9)
    assert np.abs(alone - X[:1]).mean() < np.abs(struck - X)[:1].mean() / 10
    again = Denoiser(SFREQ, **(OFF | {"asr": 9.0})).fit(struck)
    np.testing.assert_array_equal(again.transform(struck), struck)  # there it is the usual


def test_reconstruction_learns_from_windows_spread_over_all():
    many = np.tile(X, (150, 1, 1)) * np.linspace(1, 3, 3000)[:, np.newaxis, np.newaxis]
    state = Denoiser(SFREQ, **(OFF | {"asr": 3.0})).fit(many).asr_state_
    np.testing.assert_array_equal(state.mixing, asr_calibrate(many[::2], SFREQ, cutoff=3.0).mixing)
    assert state.mixing[0, 0] == pytest.approx(2 * asr_calibrate(X, SFREQ).mixing[0, 0], rel=0.1)


def test_whole_comes_nearer_to_clean_eeg_than_its_parts():
    each = {"windows_per_patient": 10, "sfreq": SFREQ, "window_seconds": 2.0}
    train = make_seizures(6, random_state=0, **each).data
    clean = make_seizures(3, artefacts=False, random_state=1, **each).data
    rng, t = np.random.default_rng(2), np.arange(512) / SFREQ
    noise = rng.normal(scale=8, size=clean.shape) + 20 * np.sin(2 * np.pi * 50.03 * t)
    noise += 60 * np.sin(2 * np.pi * 0.2 * t + rng.uniform(0, 6, size=(len(clean), 19, 1)))  # sweat
    noise[:, 3] += 800 * np.exp(-0.5 * ((t - 1) / 0.05) ** 2)

    def error(**parameters):
        cleaned = Denoiser(SFREQ, **parameters).fit(train).transform(clean + noise) - clean
        return np.sqrt(np.square(cleaned - cleaned.mean(axis=-1, keepdims=True)).mean())

    whole = error(asr=10.0, mains_method="interpolate")
    for without in ({"asr": None}, {"mains": None}, {"band": None}):
        assert whole < error(**({"asr": 10.0, "mains_method": "interpolate"} | without))


@pytest.mark.parametrize("seconds", [1, 2, 4])
def test_short_windows_come_near_the_filtered_record(seconds):
    record = make_seizures(2, windows_per_patient=10, sfreq=SFREQ, window_seconds=20, random_state=0).data
    record += 300
    middle = slice(2048, 2048 + round(seconds * SFREQ))
    step = Denoiser(SFREQ, wavelet=None)
    whole = step.fit_transform(record)[..., middle]
    short = step.fit_transform(record[..., middle])
    padded = np.pad(record[..., middle], ((0, 0), (0, 0), (2048, 2048)))
    zeros = step.fit_transform(padded)[..., 2048:-2048]
    errors = [np.sqrt(np.square(each - whole).mean()) / whole.std() for each in (short, zeros)]
    assert errors[0] < {1: 0.3, 2: 0.25, 4: 0.15}[seconds]
    assert errors[0] < errors[1] / 10


@pytest.mark.parametrize(("band", "left"), [((0.5, 70.0), 0.0), ((None, 70.0), 7.25), (None, 7.25)])
def test_constant_channel(band, left):
    out = Denoiser(SFREQ, band=band).fit_transform(np.full((2, 3, 512), 7.25))
    np.testing.assert_array_equal(out, np.full((2, 3, 512), left))


def test_a_flat_channel_stays_flat_beside_reconstructed_ones():
    step = Denoiser(SFREQ, **(OFF | {"asr": 3.0})).fit(X)
    x = X.copy()
    x[:, 1] = 4.0
    x[:, 0] += 1000 * np.sin(np.arange(512))
    out = step.transform(x)
    np.testing.assert_array_equal(out[:, 1], x[:, 1])
    assert (out[:, 0] != x[:, 0]).any()


def test_all_stages_keep_single_precision():
    step = Denoiser(SFREQ, clip=8.0, asr=1.0).fit(X)
    single = Denoiser(SFREQ, clip=8.0, asr=1.0).fit(X.astype(np.float32)).transform(X.astype(np.float32))
    assert single.dtype == np.float32
    np.testing.assert_allclose(single, step.transform(X), rtol=0, atol=0.05)


@pytest.mark.parametrize(("n_times", "level"), [(6, 0), (13, 0), (14, 1), (100, 3), (5000, 5)])
def test_level_follows_the_length_of_the_windows(n_times, level):
    assert Denoiser(SFREQ, wavelet="sym4").fit(np.zeros((2, n_times))).level_ == level


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"mains": 128.0}, r"`mains` must lie below half .* \(128 Hz\), got 128: pass mains=None"),
        ({"band": (0.5, 130.0)}, r"`band` \(0.5, 130.0\) cannot be passed.* got 130 Hz"),
        ({"band": (40.0, 1.0)}, "cannot be passed. The lower edge must lie below the upper"),
        ({"band": (1, 2, 3)}, "`band` must hold two edges in Hz"),
        ({"band": ("a", 40)}, "`band` must hold two edges in Hz"),
        ({"level": 9}, "`level` must be at most 6 for sym4 on windows of 512 time points, got 9"),
        ({"wavelet": "mexh"}, "'wavelet' parameter of Denoiser must be"),
        ({"asr": 0.0}, "'asr' parameter of Denoiser must be"),
        ({"clip": -1.0}, "'clip' parameter of Denoiser must be"),
        ({"threshold": "magic"}, "'threshold' parameter of Denoiser must be"),
        ({"sfreq": -1.0}, "'sfreq' parameter of Denoiser must be"),
    ],
)
def test_bad_parameters(parameters, message):
    with pytest.raises(ValueError, match=message):
        Denoiser(**({"sfreq": SFREQ} | parameters)).fit(X)


def test_too_few_windows_to_learn_from():
    with pytest.raises(ValueError, match="`X` must hold at least 10 stretches of half a second .*, got 7"):
        Denoiser(SFREQ, asr=10.0).fit(X[:1])


def test_windows_too_short_for_the_interpolation():
    message = "`mains_method` 'interpolate' cannot serve these windows. `x` must have at least 40 time points"
    with pytest.raises(ValueError, match=message):
        Denoiser(SFREQ, mains_method="interpolate").fit(X[..., :30])


def test_decaying_tail_in_single_precision():
    x = np.zeros((1, 1, 3840), np.float32)
    x[..., -64:] = np.random.default_rng(0).normal(scale=50, size=64)
    single = Denoiser(SFREQ).fit_transform(x)
    np.testing.assert_allclose(single, Denoiser(SFREQ).fit_transform(x.astype(float)), atol=1e-3)
