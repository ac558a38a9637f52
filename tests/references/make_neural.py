"""Write neural.json: what braindecode's networks give for weights and windows drawn from a seed.

Run by hand (`python tests/references/make_neural.py`) in an environment that has braindecode; the tests only
read the file. All is computed in double precision, in which braindecode's gradients are right on every
processor. Weights and windows are drawn flat, in the order of our names, so that nothing but the seed and the
numbers of elements is stored.
"""

import json
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch.nn.functional import cross_entropy

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))

from _neural_peers import names, peer

CASES: list[dict[str, Any]] = [
    {"architecture": "eegnet", "sizes": [1, 178, 2]},
    {"architecture": "eegnet", "sizes": [19, 200, 3]},
    {"architecture": "eegnet", "sizes": [64, 97, 2], "limited": True},
    {"architecture": "shallow", "sizes": [4, 128, 3]},
    {"architecture": "shallow", "sizes": [19, 160, 3]},
    {"architecture": "deep", "sizes": [4, 441, 3]},
    {"architecture": "deep", "sizes": [19, 480, 2]},
]
PUBLISHED = [22, 1125, 4]  # sizes that the numbers of weights are given for
N_WINDOWS = 4
SEED = 20


def draw(counts: dict[str, int], n_values: int) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Return flat weights and windows; variances are positive, all else is normal."""
    rng = np.random.default_rng(SEED)
    weights = {}
    for name in sorted(counts):
        values = rng.standard_normal(counts[name])
        scale = 1.0 if "norm" in name else 0.2
        weights[name] = np.float32(0.5 + np.abs(values) if name.endswith("running_var") else scale * values)
    return weights, np.float32(rng.standard_normal(n_values) + 0.3)


def compute(case: dict[str, Any]) -> dict[str, Any]:
    """Return the outputs, running statistics and gradients of one network."""
    kind = {"limited": case.get("limited", False)}
    n_channels, n_times, n_classes = case["sizes"]
    net = peer(case["architecture"], n_channels, n_times, n_classes, drop_prob=0.0, **kind).double()
    theirs = names(case["architecture"], **kind)
    state = dict(net.named_parameters()) | dict(net.named_buffers())
    counts = {ours: state[other].numel() for ours, other in theirs.items()}
    weights, windows = draw(counts, N_WINDOWS * n_channels * n_times)
    with torch.no_grad():
        for ours, other in theirs.items():
            state[other].copy_(torch.from_numpy(weights[ours]).double().reshape(state[other].shape))
    x = torch.from_numpy(windows).double().reshape(N_WINDOWS, n_channels, n_times)
    evaluated = net.eval()(x)
    trained = net.train()(x)
    cross_entropy(trained, torch.arange(N_WINDOWS) % n_classes).backward()
    statistics = {ours: state[other].tolist() for ours, other in theirs.items() if "running" in ours}
    return case | {
        "counts": counts,
        "evaluated": evaluated.tolist(),
        "trained": trained.tolist(),
        "running": statistics,
        "gradients": {
            ours: project(state[other].grad) for ours, other in theirs.items() if "running" not in ours
        },
    }


def project(gradient: torch.Tensor) -> list[float]:
    """Return the norm of a gradient, and its product with the cosines of 0, 1, 2, ..."""
    flat = gradient.flatten().numpy()
    return [float(np.linalg.norm(flat)), float(flat @ np.cos(np.arange(flat.size)))]


def main() -> None:
    """Compute the values and write them beside the versions of the tools."""
    document = {
        "script": "tests/references/make_neural.py",
        "versions": {tool: version(tool) for tool in ("braindecode", "torch", "numpy")},
        "seed": SEED,
        "n_windows": N_WINDOWS,
        "momentum": {"eegnet": 0.01, "shallow": 0.1, "deep": 0.1},
        "sizes": PUBLISHED,
        "n_weights": {
            name: sum(p.numel() for p in peer(name, *PUBLISHED).parameters())
            for name in ("eegnet", "shallow", "deep")
        },
        "cases": [compute(case) for case in CASES],
    }
    Path(__file__).with_name("neural.json").write_text(json.dumps(document, indent=1) + "\n")


if __name__ == "__main__":
    main()
