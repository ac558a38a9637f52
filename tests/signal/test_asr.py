import json
import runpy
from pathlib import Path

import numpy as np
import pytest

from sklearn_eeg.signal import asr_calibrate, asr_clean
from sklearn_eeg.signal._asr import _losses, _may_be_struck, _prepare, _take_apart
from sklearn_eeg.signal._asr_calibration import ASRState
from sklearn_eeg.signal._asr_covariance import block_edges, stretch_covariances, weigh

REFERENCES = Path(__file__).parents[1] / "references"
MADE = runpy.run_path(str(REFERENCES / "make_asr.py"))
MEEGKIT = json.loads((REFERENCES / "asr.json").read_text())
SFREQ, CUTOFF = MADE["SFREQ"], MADE["CUTOFF"]
CLEAN = MADE["sources"](40, 1)
NOISY = CLEAN + MADE["artefacts"](40, 2)
STATE = asr_calibrate(MADE["sources"](60, 0), SFREQ, cutoff=CUTOFF)


def state_of(mixing, threshold, sfreq=SFREQ):
    return ASRState(mixing, threshold, np.ones(len(mixing), dtype=bool), sfreq)


def change_of(covariance, state, *, inverted=True):
    plan = _prepare(state, 64)
    if not inverted:
        plan = plan._replace(precision=None)
    (count,), (out,), (factors,) = _losses(*_take_apart(covariance[np.newaxis], state), plan)
    return -out[:count].T @ factors[:count]


def test_clean_windows_pass_to_the_bit():
    cleaned = asr_clean(CLEAN, STATE)
    assert (cleaned == CLEAN).all(axis=(1, 2)).mean() > 0.9
    np.testing.assert_array_equal(asr_clean(CLEAN, STATE._replace(threshold=100 * STATE.threshold)), CLEAN)


def test_reconstruction_equals_meegkit():
    step = MADE["one_step"]()
    state = state_of(step["mixing"], step["threshold"])
    change = change_of(step["covariance"], state)
    assert np.abs(change).max() > 0.1
    np.testing.assert_allclose(step["x"] + change @ step["x"], MEEGKIT["restored"], rtol=0, atol=1e-9)
    np.testing.assert_allclose(
        change_of(step["covariance"], state, inverted=False), change, rtol=0, atol=1e-9
    )


def test_removing_and_keeping_are_two_ways_to_the_same():
    """The inverse of the covariance of clean EEG, and the pseudo-inverse of what the kept ones see of it."""
    roots = np.random.default_rng(0).normal(size=(300, 6, 6)) * np.linspace(0, 100, 300)[:, None, None]
    vectors, kept = _take_apart(roots @ roots.swapaxes(1, 2), STATE)
    assert set((~kept).sum(axis=1)) == {0, 1, 2, 3, 4}
    plan = _prepare(STATE, 64)
    counts, out, factors = _losses(vectors, kept, plan)
    np.testing.assert_array_equal(counts, (~kept).sum(axis=1))
    for count, rows, others in zip(counts, out, factors, strict=True):
        rows[count:] = others[count:] = 0
    removed = out.swapaxes(1, 2) @ factors
    _, same, loss = _losses(vectors, kept, plan._replace(precision=None))
    np.testing.assert_allclose(removed, same.swapaxes(1, 2) @ loss, rtol=0, atol=1e-9)


def test_only_a_covariance_far_from_singular_is_inverted():
    assert _prepare(state_of(np.diag([1.0, 2e-3]), np.eye(2)), 64).precision is not None
    assert _prepare(state_of(np.diag([1.0, 5e-4]), np.eye(2)), 64).precision is None


def test_gain_is_not_below_that_of_meegkit():
    gain = MADE["gain"](CLEAN, NOISY, asr_clean(NOISY, STATE))
    assert gain > MEEGKIT["gain_decibels"] > 5


def test_a_channel_is_inferred_by_regression_on_the_others():
    covariance = np.array([[1.0, 0.6], [0.6, 1.0]])
    values, vectors = np.linalg.eigh(covariance)
    state = state_of((vectors * np.sqrt(values)) @ vectors.T, 4 * np.eye(2))
    change = change_of(covariance + np.diag([1e9, 0.0]), state)
    np.testing.assert_allclose(np.eye(2) + change, [[0, 0.6], [0, 1]], rtol=0, atol=1e-6)


def test_one_direction_goes_and_the_others_stay():
    direction = np.array([1.0, -2.0, 0.5, 0.0]) / np.sqrt(5.25)
    brain = np.random.default_rng(0).normal(size=(20, 4, 256))
    artefact = 1e4 * direction[:, np.newaxis] * np.sin(2 * np.pi * 20 * np.arange(256) / SFREQ)
    cleaned = asr_clean(brain + artefact, state_of(np.eye(4), 5 * np.eye(4)))
    assert np.abs(direction @ cleaned).max() < 0.02 * 1e4
    others = np.eye(4) - np.outer(direction, direction)
    error = np.sqrt(np.square(others @ (cleaned - brain)).mean() / np.square(others @ brain).mean())
    assert error < 0.25  # what of the brain happens to swing with the artefact goes with it


def test_a_stretch_equals_the_formula_of_the_paper():
    x = NOISY[:, :, :64]
    assert len(block_edges(64, SFREQ, 6)) == 3  # one stretch
    cleaned, struck = asr_clean(x, STATE), 0
    for window, out in zip(x, cleaned, strict=True):
        covariance = stretch_covariances(weigh(window[np.newaxis], SFREQ), np.array([0, 64]))[0, 0]
        variances, vectors = np.linalg.eigh(covariance)
        kept = variances <= np.square(STATE.threshold @ vectors).sum(axis=0)
        kept[:2] = True
        demixing = np.linalg.pinv(vectors.T[kept] @ STATE.mixing, rcond=1e-6)
        middle = np.median(window, axis=-1, keepdims=True)
        expected = (
            window if kept.all() else middle + STATE.mixing @ demixing @ vectors.T[kept] @ (window - middle)
        )
        np.testing.assert_allclose(out, expected, rtol=0, atol=1e-6)
        struck += not kept.all()
    assert 3 < struck < 37


def test_bound_overlooks_no_stretch_and_passes_most():
    rng = np.random.default_rng(0)
    roots = rng.normal(size=(2000, 6, 6)) * rng.uniform(0, 40, size=(2000, 1, 1))
    covariances = roots @ roots.swapaxes(1, 2)
    relative_threshold = _prepare(STATE, 64).relative
    may = _may_be_struck(covariances, relative_threshold)
    _, kept = _take_apart(covariances, STATE)
    struck = ~kept.all(axis=1)
    assert struck.any()
    assert not (struck & ~may).any()
    relative = np.linalg.eigvals(np.linalg.solve(STATE.threshold.T @ STATE.threshold, covariances)).real.max(
        -1
    )
    np.testing.assert_array_equal(may[relative > 1], True)
    np.testing.assert_array_equal(may[relative < 0.85], False)
    assert _may_be_struck(1e60 * covariances[:1], relative_threshold).all()


def test_no_jumps_where_stretches_meet():
    smooth = np.linspace(-200, 200, 1280) * np.hanning(1280) * np.array([5.0, 1, 1, 1, 1, 1])[:, np.newaxis]
    cleaned = asr_clean(smooth[np.newaxis], STATE)[0]
    assert np.abs(cleaned - smooth).max() > 100
    assert np.abs(np.diff(cleaned)).max() < 10


def test_no_more_than_two_thirds_of_the_components_go():
    x = np.random.default_rng(0).normal(scale=1e4, size=(1, 6, 64))
    rank = np.linalg.matrix_rank(asr_clean(x - np.median(x, axis=-1, keepdims=True), STATE)[0], tol=1e-3)
    assert rank == 2


def test_batch_scale_and_order_of_channels():
    cleaned = asr_clean(NOISY, STATE)
    np.testing.assert_allclose(
        np.concatenate([asr_clean(NOISY[i : i + 1], STATE) for i in range(40)]), cleaned
    )
    scaled = STATE._replace(mixing=1e3 * STATE.mixing, threshold=1e3 * STATE.threshold)
    np.testing.assert_allclose(asr_clean(1e3 * NOISY, scaled), 1e3 * cleaned, rtol=0, atol=1e-6)
    order = [3, 5, 0, 1, 4, 2]
    turned = STATE._replace(mixing=STATE.mixing[order][:, order], threshold=STATE.threshold[:, order])
    np.testing.assert_allclose(asr_clean(NOISY[:, order], turned), cleaned[:, order], rtol=0, atol=1e-6)


@pytest.mark.parametrize("x", [NOISY[:, :1], np.tile(7.0, (3, 4, 256))])
def test_what_cannot_be_inferred_passes(x):
    np.testing.assert_array_equal(asr_clean(x, asr_calibrate(x, SFREQ)), x)


def test_channel_that_was_flat_in_the_calibration_passes():
    x = NOISY.copy()
    calibration = MADE["sources"](60, 0)
    calibration[:, 2] = 1.0
    cleaned = asr_clean(x, asr_calibrate(calibration, SFREQ, cutoff=CUTOFF))
    np.testing.assert_array_equal(cleaned[:, 2], x[:, 2])
    assert (cleaned[:, 0] != x[:, 0]).any()


def test_average_reference_is_kept():
    calibration = MADE["sources"](60, 0)
    state = asr_calibrate(calibration - calibration.mean(axis=1, keepdims=True), SFREQ, cutoff=CUTOFF)
    x = NOISY - NOISY.mean(axis=1, keepdims=True)
    cleaned = asr_clean(x, state)
    assert (cleaned != x).any()
    middle = np.median(x, axis=-1).sum(axis=1)[:, np.newaxis]
    np.testing.assert_allclose((cleaned.sum(axis=1) - middle)[..., 64:-64] * 1e-3, 0, atol=0.3)


@pytest.mark.parametrize("n_times", [1, 2, 20, 64, 65, 96])
def test_short_windows(n_times):
    x = NOISY[..., 100 : 100 + n_times]
    assert np.isfinite(asr_clean(x, STATE)).all()
    assert asr_clean(x, STATE).shape == x.shape


def test_single_precision_is_kept_and_the_input_not_changed():
    x = NOISY.astype(np.float32)
    before = x.copy()
    single = asr_clean(x, STATE)
    assert single.dtype == np.float32
    np.testing.assert_array_equal(x, before)
    np.testing.assert_allclose(single, asr_clean(x.astype(float), STATE), atol=1e-2)


@pytest.mark.parametrize("x", [NOISY[:, :5], NOISY[0]])
def test_other_channels_than_calibrated(x):
    with pytest.raises(ValueError, match=r"`X` must hold windows of the 6 channels .*, got shape \("):
        asr_clean(x, STATE)
