"""Write asr.json: what meegkit's artifact subspace reconstruction makes of simulated windows.

Run by hand (`python tests/references/make_asr.py`) in an environment that has meegkit; the tests read the
file and take the windows from here.
"""

import json
from importlib.metadata import version
from pathlib import Path

import numpy as np

SFREQ = 128.0
CUTOFF = 5.0


def sources(n_windows: int, seed: int) -> np.ndarray:
    """Return windows (n_windows, 6, 256) of four mixed pink sources and sensor noise, in microvolts."""
    rng = np.random.default_rng(seed)
    mixing = np.random.default_rng(99).normal(size=(6, 4))
    freqs = np.maximum(np.fft.rfftfreq(256, 1 / SFREQ), 0.5)
    spectrum = np.fft.rfft(rng.normal(size=(n_windows, 4, 256))) / np.sqrt(freqs)
    spectrum[..., 0] = 0
    return 20 * mixing @ np.fft.irfft(spectrum, 256) + rng.normal(size=(n_windows, 6, 256))


def artefacts(n_windows: int, seed: int) -> np.ndarray:
    """Return a swing of 0.4 s in each window, that fades over the six channels like one of the eyes.

    Its mean is 0 but for what an end cuts off, since meegkit wants high-passed signals.
    """
    rng = np.random.default_rng(seed)
    times = np.arange(256) / SFREQ - rng.uniform(0.3, 1.7, size=(n_windows, 1, 1))
    return 100 * np.exp(-np.arange(6))[:, np.newaxis] * (times / 0.1) * np.exp(-0.5 * (times / 0.1) ** 2)


def gain(clean: np.ndarray, noisy: np.ndarray, cleaned: np.ndarray) -> float:
    """Return the mean gain of the signal-to-noise ratio over windows, in decibels."""
    before = np.square(noisy - clean).sum(axis=(1, 2))
    return float(10 * np.log10(before / np.square(cleaned - clean).sum(axis=(1, 2))).mean())


def one_step() -> dict[str, np.ndarray]:
    """Return a mixing matrix, a threshold matrix, a covariance and a signal for one reconstruction."""
    rng = np.random.default_rng(5)
    a, b = rng.normal(size=(2, 6, 6))
    mixing = np.linalg.cholesky(a @ a.T + np.eye(6))
    values, vectors = np.linalg.eigh(mixing @ mixing.T)
    spike = b[:, 0] / np.linalg.norm(b[:, 0])
    return {
        "mixing": (vectors * np.sqrt(values)) @ vectors.T,
        "threshold": 1.5 * np.sqrt(values)[:, np.newaxis] * vectors.T,
        "covariance": mixing @ mixing.T + 500 * np.outer(spike, spike),
        "x": rng.normal(size=(6, 3)),
    }


def main() -> None:
    """Run meegkit and write what it gives."""
    from meegkit.asr import ASR, asr_process

    step = one_step()
    state = {"M": step["mixing"], "T": step["threshold"], "R": None}
    restored, _ = asr_process(step["x"], step["x"], state, cov=step["covariance"], method="euclid")
    clean = sources(40, 1)
    noisy = clean + artefacts(40, 2)
    model = ASR(sfreq=SFREQ, cutoff=CUTOFF)
    model.fit(np.concatenate(list(sources(60, 0)), axis=-1))
    cleaned = []
    for window in noisy:
        model.cov_, model._counter, model.zi_, model.state_["R"] = [], [], None, None
        cleaned.append(model.transform(window))
    document = {
        "script": "tests/references/make_asr.py",
        "versions": {tool: version(tool) for tool in ("meegkit", "numpy", "scipy")},
        "restored": restored.tolist(),
        "gain_decibels": gain(clean, noisy, np.array(cleaned)),
    }
    Path(__file__).with_name("asr.json").write_text(json.dumps(document, indent=1) + "\n")


if __name__ == "__main__":
    main()
