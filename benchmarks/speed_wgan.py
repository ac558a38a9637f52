"""Time the training of our WGAN-GP and of eeggan's, networks of as many parameters, interleaved in one run.

usage: speed_wgan.py [--shapes 19x500 1x100] [--threads 1 2] [--repeats 3] [--scratch]

A cycle is five steps of the critic with its penalty, on batches of 64 real windows, and one of the generator.
eeggan 2.0.2 asks for a torch of 2024; it runs on today's with what `eeggan_trainer` mends, installed by
``pip install --no-deps eeggan==2.0.2 einops`` beside torch. ``--scratch`` writes nothing.
"""

import argparse
import contextlib
import importlib
import importlib.util
import multiprocessing
import resource
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from _peers import _stand_in_for
from _results import write_result

from sklearn_eeg.sampling._wgan_steps_torch import Adversaries, Recipe

HEADS = [
    "training", "windows", "threads", "parameters, generator", "parameters, critic", "real windows a second",
    "times faster than eeggan", "peak memory (MB)",
]  # fmt: skip
NOTE = (
    "Real windows a second that the critic sees in training on batches of 64 (channels x time points, two "
    "classes): five steps of the critic to one of the generator, from white noise, without augmentation and "
    "matching terms, as eeggan does it; medians, the ratio that of paired rounds. eeggan's penalty takes the "
    "norm of the gradient over one axis instead of the window, and its learning rates are not those that are "
    "set; it is given float betas for Adam, without which it does not start. A lazy penalty is taken in "
    "every fourth step, four times as heavy. Peak memory is what a process of its own grows by."
)
BATCH, N_CRITIC, N_CLASSES = 64, 5, 2
PEER = "eeggan"
# Sizes that come near the number of eeggan's parameters; at 19 x 500 the generator is the sampler's default.
SIZES: dict[str, dict[str, Any]] = {
    "19x500": {"latent": 128, "generator": (64, 48, 32, 32), "critic": (32, 48, 64, 80, 80)},
    "1x100": {"latent": 64, "generator": (56, 48, 32, 24), "critic": (32, 48, 64, 72, 72)},
}
VARIANTS: dict[str, dict[str, Any]] = {
    "float32": {},
    "bf16": {"mixed": torch.bfloat16},
    "lazy penalty": {"gp_every": 4},
    "lazy penalty, bf16": {"gp_every": 4, "mixed": torch.bfloat16},
}
Cycle = Callable[[], object]
RECIPE = Recipe(
    batch_size=BATCH,
    n_critic=N_CRITIC,
    generator_lr=1e-4,
    critic_lr=1e-4,
    gp_weight=10.0,
    gp_every=1,
    spectral_weight=0.0,
    covariance_weight=0.0,
    augmentation=0.0,
    ema=0.999,
    max_steps=None,
    max_seconds=None,
    validate_every=1,
    patience=None,
    critic_widths=(),
    kernel=9,
)


def make_windows(shape: str) -> tuple[np.ndarray, np.ndarray]:
    """Return windows of white noise and their codes."""
    X = np.random.default_rng(0).normal(size=(BATCH, *map(int, shape.split("x"))))
    return X.astype(np.float32), np.arange(BATCH) % N_CLASSES


def our_cycle(variant: str, shape: str) -> tuple[Cycle, int, int]:
    """Return a cycle of our training, and the number of parameters of its networks."""
    (X, codes), sizes = make_windows(shape), SIZES[shape]
    blueprint = {
        "n_channels": X.shape[1],
        "n_times": X.shape[2],
        "n_classes": N_CLASSES,
        "latent": sizes["latent"],
        "widths": sizes["generator"],
        "base": None,
    }
    recipe = replace(RECIPE, critic_widths=sizes["critic"], **VARIANTS[variant])
    networks = Adversaries(blueprint, recipe, X, codes, 0)
    return networks.step, count(networks.generator), count(networks.critic)


def eeggan_cycle(shape: str) -> tuple[Cycle, int, int]:
    """Return a cycle of eeggan's training, and the number of parameters of its networks."""
    X, codes = make_windows(shape)
    trainer = eeggan_trainer(X.shape[1], X.shape[2])
    data = torch.from_numpy(X).transpose(1, 2).contiguous()
    labels = torch.from_numpy(codes).float().reshape(-1, 1, 1)

    def cycle() -> None:
        for number in range(N_CRITIC):
            trainer.batch_train(data, labels, number == 0)

    return cycle, count(trainer.generator), count(trainer.discriminator)


def eeggan_trainer(n_channels: int, n_times: int) -> Any:
    """Return eeggan's trainer of its default networks, with one condition.

    torchvision and torchsummary, which it imports and does not use, are stood in for.
    """
    _stand_in_for("torchvision", "torchvision.transforms", "torchsummary")
    build = importlib.import_module("eeggan.helpers.initialize_gan").init_gan
    options = {"num_layers": 4, "hidden_dim": 128, "latent_dim": 128, "patch_size": 20}
    networks = build(
        latent_dim_in=129,
        channel_in_disc=n_channels + 1,
        n_channels=n_channels,
        n_conditions=1,
        device="cpu",
        sequence_length_generated=n_times,
        hidden_dim=options["hidden_dim"],
        num_layers=options["num_layers"],
        patch_size=options["patch_size"],
    )
    options |= {"device": "cpu", "sequence_length": n_times, "n_channels": n_channels, "n_conditions": 1}
    with float_betas():
        trainer = importlib.import_module("eeggan.helpers.trainer").GANTrainer(
            *networks, options | {"seed": None}
        )
    trainer.trained_epochs = 1  # so that it keeps no samples for its log
    return trainer


@contextlib.contextmanager
def float_betas() -> Iterator[None]:
    """Let torch's Adam take betas of mixed numbers, as it did in 2024."""
    adam = torch.optim.Adam

    def lenient(parameters: Any, lr: float, betas: tuple[float, float]) -> torch.optim.Adam:
        return adam(parameters, lr=lr, betas=(float(betas[0]), float(betas[1])))

    torch.optim.Adam = lenient  # type: ignore[assignment,misc]
    try:
        yield
    finally:
        torch.optim.Adam = adam  # type: ignore[misc]


def count(network: torch.nn.Module) -> int:
    """Return the number of parameters."""
    return sum(parameter.numel() for parameter in network.parameters())


def make_cycle(name: str, shape: str) -> tuple[Cycle, int, int]:
    """Return a cycle of one of the trainings."""
    torch.manual_seed(0)
    return eeggan_cycle(shape) if name == PEER else our_cycle(name, shape)


def interleaved(cycles: dict[str, Cycle], repeats: int) -> dict[str, np.ndarray]:
    """Return the seconds of each cycle, round by round, after one that is not counted."""
    times: dict[str, list[float]] = {name: [] for name in cycles}
    for number in range(repeats + 1):
        for name, cycle in cycles.items():
            start = time.perf_counter()
            cycle()
            if number:
                times[name].append(time.perf_counter() - start)
    return {name: np.array(values) for name, values in times.items()}


def peak_memory(task: tuple[str, str]) -> float:
    """Return by how many megabytes a process grows through two cycles."""
    torch.set_num_threads(1)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    cycle, _, _ = make_cycle(*task)
    cycle()
    cycle()
    return (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024


def measure_memory(names: list[str], shape: str) -> dict[str, float]:
    """Return the peak memory of each training, each in a process of its own."""
    with multiprocessing.get_context("spawn").Pool(1, maxtasksperchild=1) as pool:
        tasks = [(name, shape) for name in names]
        return dict(zip(names, pool.map(peak_memory, tasks, chunksize=1), strict=True))


def compare(names: list[str], shape: str, repeats: int, memory: dict[str, float]) -> list[list[Any]]:
    """Return the rows of one shape and number of threads."""
    made = {name: make_cycle(name, shape) for name in names}
    times = interleaved({name: cycle for name, (cycle, _, _) in made.items()}, repeats)
    rows = []
    for name, (_, *sizes) in made.items():
        ratio = float(np.median(times[PEER] / times[name])) if PEER in times and name != PEER else None
        rate = N_CRITIC * BATCH / float(np.median(times[name]))
        row = [name, shape.replace("x", " x "), torch.get_num_threads(), *sizes, rate, ratio, memory[name]]
        print(*(f"{cell:.3g}" if isinstance(cell, float) else cell for cell in row), flush=True)
        rows.append(row)
    return rows


def main() -> None:
    """Fill the table row by row and write it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--shapes", nargs="+", default=list(SIZES), choices=list(SIZES))
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--scratch", action="store_true")
    options = parser.parse_args()
    names = list(VARIANTS) + [PEER] * (importlib.util.find_spec(PEER) is not None)
    rows: list[list[Any]] = []
    for shape in options.shapes:
        memory = measure_memory(names, shape)
        for threads in options.threads:
            torch.set_num_threads(threads)
            rows += compare(names, shape, options.repeats, memory)
    if not options.scratch:
        write_result("speed_wgan", HEADS, rows, note=NOTE, packages=("torch", PEER))


if __name__ == "__main__":
    main()
