import numpy as np
import pytest

from sklearn_eeg.datasets import _continuous
from sklearn_eeg.datasets._background import draw_background_traits
from sklearn_eeg.datasets._continuous import (
    MIN_GAP_SECONDS,
    Seizure,
    cut_stretches,
    draw_seizures,
    simulate_stretches,
)
from sklearn_eeg.datasets._seizure_types import SEIZURE_TYPES, draw_seizure_traits

SFREQ = 128


@pytest.fixture(scope="module")
def traits():
    rng = np.random.default_rng(0)
    background = draw_background_traits(rng)
    return {"background": background, "traits": draw_seizure_traits(background.amplitude, rng)}


def simulate(traits, seizures=(), *, seconds=180, seed=0, **changes):
    options = {"gain": 1.0, "artefacts": False, "mains": None, **traits, **changes}
    stretches = simulate_stretches(
        seizures, n_times=seconds * SFREQ, sfreq=SFREQ, seed=np.random.SeedSequence(seed), **options
    )
    return np.concatenate(list(stretches), axis=1)


def draw(n_seizures, *, seconds=3600, seed=0, kinds=("focal", "tonic")):
    return draw_seizures(
        kinds,
        n_seizures=n_seizures,
        n_times=seconds * SFREQ,
        sfreq=SFREQ,
        seizure_seconds=(10.0, 120.0),
        rng=np.random.default_rng(seed),
    )


# When the seizures are


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("n_seizures", [1, 7, 23])
def test_seizures_keep_their_lengths_and_gaps(n_seizures, seed):
    seizures = draw(n_seizures, seed=seed)
    edges = np.array([0, *(edge for item in seizures for edge in item[1:]), 3600 * SFREQ])
    gaps, lengths = np.diff(edges)[::2], np.diff(edges)[1::2]
    assert gaps.min() >= MIN_GAP_SECONDS * SFREQ
    assert lengths.min() >= 10 * SFREQ
    assert lengths.max() <= 120 * SFREQ
    counts = [sum(item.kind == kind for item in seizures) for kind in ("focal", "tonic")]
    assert abs(counts[0] - counts[1]) <= 1


def test_lengths_are_log_uniform():
    lengths = [(item.last - item.first) / SFREQ for item in draw(2000, seconds=10**6)]
    assert np.median(lengths) == pytest.approx(np.sqrt(10 * 120), rel=0.05)


def test_no_seizure():
    assert draw(0) == []


def test_the_tightest_plan_fits():
    seizures = draw_seizures(
        ["focal"],
        n_seizures=2,
        n_times=(2 * 20 + 3 * 30) * SFREQ,
        sfreq=SFREQ,
        seizure_seconds=(20.0, 20.0),
        rng=np.random.default_rng(0),
    )
    assert [(item.first / SFREQ, item.last / SFREQ) for item in seizures] == [(30, 50), (80, 100)]


# Stretches


def test_no_stretch_ends_within_a_seizure():
    seizures = draw(23)
    stretches = list(cut_stretches(seizures, 3600 * SFREQ, SFREQ))
    firsts, lasts = np.array(stretches).T
    assert (firsts[0], lasts[-1]) == (0, 3600 * SFREQ)
    np.testing.assert_array_equal(firsts[1:], lasts[:-1])
    assert not np.any(lasts % SFREQ)
    assert max(lasts - firsts) <= (60 + 120 + 1) * SFREQ
    for item in seizures:
        assert not np.any((lasts > item.first) & (lasts < item.last))


def test_seizure_at_the_very_edge_of_a_stretch():
    seizure = Seizure("focal", 60 * SFREQ, 70 * SFREQ)
    assert list(cut_stretches([seizure], 90 * SFREQ, SFREQ)) == [
        (0, 60 * SFREQ),
        (60 * SFREQ, 90 * SFREQ),
    ]


# Background


def seconds_of(x):
    return x.reshape(len(x), -1, SFREQ)


def test_no_seam_between_blocks(traits):
    """Within the fades, of 1 s every 15 s, the signal moves and varies as elsewhere."""
    x = simulate(traits, seconds=1800)
    second = (np.arange(1800) + 1) % 15 == 0  # the first fade is cut away
    for moved in (np.diff(x, axis=1, append=x[:, -1:]), np.diff(x, n=2, axis=1, append=x[:, -2:])):
        power = np.mean(seconds_of(moved) ** 2, axis=(0, 2))
        assert np.median(power[second]) == pytest.approx(np.median(power[~second]), rel=0.1)
        assert np.max(np.abs(seconds_of(moved)[:, second])) < 1.5 * np.max(
            np.abs(seconds_of(moved)[:, ~second])
        )
    variance = seconds_of(x).var(axis=2).mean(axis=0)
    assert np.median(variance[second]) == pytest.approx(np.median(variance[~second]), rel=0.2)


def test_a_planted_seam_would_show(traits, monkeypatch):
    """Blocks set end to end without a fade jump: what the test above looks at."""
    monkeypatch.setattr(_continuous, "_FADE_SECONDS", 1 / SFREQ)
    x = simulate(traits, seconds=1800)
    jumps = np.abs(np.diff(x, axis=1)).mean(axis=0)
    seams = np.arange(1, 120) * 15 * SFREQ - 1
    beside = np.unique([seams - 1, seams])
    assert jumps[beside].max() > 3 * np.median(jumps)
    assert np.median(np.maximum(jumps[seams - 1], jumps[seams])) > 1.5 * np.median(jumps)


def test_background_is_that_of_the_patient(traits):
    x = simulate(traits, seconds=1800)
    frontal = x[:3].std()
    assert frontal == pytest.approx(traits["background"].amplitude, rel=0.1)


def test_stretches_do_not_show(traits, monkeypatch):
    seizures = [Seizure("tonic", 50 * SFREQ, 70 * SFREQ)]
    x = simulate(traits, seizures)
    monkeypatch.setattr(_continuous, "_STRETCH_SECONDS", 25)
    np.testing.assert_array_equal(simulate(traits, seizures), x)


def test_background_blocks_at_once_do_not_leave_a_trace_of_their_edge(traits):
    """The fade goes on from one batch of blocks to the next, every 60 s."""
    x = simulate(traits, seconds=1800)
    moved = np.abs(np.diff(x, axis=1)).mean(axis=0)
    edges = np.arange(1, 30) * 60 * SFREQ - SFREQ
    assert moved[edges - 1].max() < 4 * np.median(moved)


# Seizures


@pytest.mark.parametrize("kind", list(SEIZURE_TYPES))
def test_a_seizure_changes_its_samples_alone(traits, kind):
    seizure = Seizure(kind, 50 * SFREQ + 7, 75 * SFREQ + 3)
    change = np.abs(simulate(traits, [seizure]) - simulate(traits)).max(axis=0)
    assert change[: seizure.first].max() == 0
    assert change[seizure.last :].max() == 0
    assert np.mean(change[seizure.first : seizure.last] > 0.5) > 0.9


@pytest.mark.parametrize("kind", list(SEIZURE_TYPES))
def test_seizures_fade_in_and_out(traits, kind):
    seizure = Seizure(kind, 50 * SFREQ, 75 * SFREQ)
    change = np.abs(simulate(traits, [seizure]) - simulate(traits))[:, seizure.first : seizure.last]
    edge = np.concatenate([change[:, :5], change[:, -5:]], axis=1)
    assert edge.max() < 0.05 * change.max()


def test_gain_of_zero_is_background(traits):
    seizures = [Seizure("spike_wave", 30 * SFREQ, 60 * SFREQ)]
    np.testing.assert_allclose(simulate(traits, seizures, gain=0.0), simulate(traits), atol=1e-9)


# Artefacts and mains


def test_artefacts_do_not_alter_the_seizures_nor_these_the_artefacts(traits):
    seizures = [Seizure("focal", 50 * SFREQ, 70 * SFREQ)]
    clean = simulate(traits, seizures) - simulate(traits, seizures, gain=0.0)
    struck = simulate(traits, seizures, artefacts=True) - simulate(traits, seizures, gain=0.0, artefacts=True)
    np.testing.assert_allclose(struck, clean, atol=1e-9)


def test_artefacts_are_as_frequent_as_in_windows(traits):
    added = simulate(traits, seconds=3600, artefacts=True) - simulate(traits, seconds=3600)
    frontal = seconds_of(added[:2].mean(axis=0)[np.newaxis])[0].max(axis=1)
    n_blinks = np.sum((frontal[1:-1] > 50) & (frontal[1:-1] >= frontal[:-2]) & (frontal[1:-1] > frontal[2:]))
    assert n_blinks == pytest.approx(0.2 * 900, rel=0.3)
    assert 0.85 < np.mean(np.abs(added).max(axis=0) < 1) < 0.97  # what no artefact strikes


def test_artefacts_begin_and_end_without_a_jump(traits):
    added = simulate(traits, seconds=600, artefacts=True) - simulate(traits, seconds=600)
    edges = np.arange(1, 10) * 60 * SFREQ
    assert np.abs(added[:, edges] - added[:, edges - 1]).max() < 2.0


def test_mains_goes_on_over_the_stretches(traits):
    added = simulate(traits, artefacts=True, mains=50.5) - simulate(traits, artefacts=True)
    cycles = 50.5 * np.arange(added.shape[1]) / SFREQ
    basis = np.stack([np.sin(2 * np.pi * cycles), np.cos(2 * np.pi * cycles)], axis=1)
    _, residual, _, _ = np.linalg.lstsq(basis, added.T, rcond=None)
    assert residual.max() < 1e-12 * added.size
    assert np.median(np.abs(added).max(axis=1)) == pytest.approx(1.0, rel=0.5)


def test_mains_is_an_artefact(traits):
    np.testing.assert_array_equal(simulate(traits, mains=50.0), simulate(traits))


def test_a_short_recording(traits):
    assert simulate(traits, seconds=2, artefacts=True, mains=50.0).shape == (19, 2 * SFREQ)
