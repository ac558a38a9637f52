"""Time the training and the evaluation of our networks and braindecode's, interleaved in one run.

usage: speed_neural.py [--shapes 19x500 1x178 4x256 22x1000 64x500] [--threads 1 2] [--repeats 20] [--scratch]

A step of training is forward, backward and AdamW on one batch of 64 windows; both networks hold the same
weights. Wall-clock time; medians, and the median of the paired ratios. ``--scratch`` writes nothing.
"""

import argparse
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from _neural_peers import give_weights, peer
from _results import write_result
from torch import nn
from torch.nn.functional import conv2d, cross_entropy
from torch.utils.flop_counter import FlopCounterMode

from sklearn_eeg.neural._architectures_torch import ARCHITECTURES

HEADS = [
    "network", "windows", "threads", "step", "windows a second", "times faster than braindecode",
    "of the convolution peak", "largest difference",
]  # fmt: skip
NOTE = (
    "Windows a second at batches of 64 (channels x time points, 4 classes, float32 unless a step says bf16, "
    "which is compared with braindecode's float32), how many times faster than braindecode's network with "
    "the same weights in the same run, the share of the operations a second that torch's best convolution "
    "(2-D, 128 to 128 filters, 3 x 3, forward) reaches on as many threads (at least: products in place are "
    "not counted), and the largest difference of the two networks' outputs in evaluation. Training is "
    "forward, backward and AdamW."
)
BATCH, N_CLASSES = 64, 4
PEERS = ("eegnet", "shallow", "deep")
Step = Callable[[], object]


def training(net: nn.Module, x: torch.Tensor, y: torch.Tensor, *, bfloat16: bool = False) -> Step:
    """Return a step of training."""
    optimiser = torch.optim.AdamW(net.parameters(), lr=1e-3)

    def step() -> None:
        net.train()
        optimiser.zero_grad(set_to_none=True)
        with torch.autocast("cpu", torch.bfloat16, enabled=bfloat16):
            loss = cross_entropy(net(x).float(), y)
        loss.backward()
        optimiser.step()

    return step


def evaluation(net: nn.Module, x: torch.Tensor) -> Step:
    """Return a step of evaluation."""

    def step() -> None:
        net.eval()
        with torch.inference_mode():
            net(x)

    return step


def make(name: str, n_channels: int, n_times: int) -> tuple[nn.Module, nn.Module | None]:
    """Return our network and, where there is one, braindecode's with the same weights."""
    torch.manual_seed(0)
    options = {"dense_max_norm": None} if name == "eegnet" else {}
    ours = ARCHITECTURES[name](n_channels, n_times, N_CLASSES, **options)
    if name not in PEERS or (n_channels == 1 and name != "eegnet") or (name == "deep" and n_times < 441):
        return ours, None  # braindecode's fail at one channel; its deep one changes at short windows
    theirs = peer(name, n_channels, n_times, N_CLASSES)
    give_weights(name, ours.state_dict(), theirs)
    return ours, theirs


def interleaved(steps: dict[str, Step], repeats: int) -> dict[str, np.ndarray]:
    """Return the seconds of each step, round by round."""
    times: dict[str, list[float]] = {name: [] for name in steps}
    for number in range(repeats + 2):
        for name, step in steps.items():
            start = time.perf_counter()
            step()
            if number >= 2:
                times[name].append(time.perf_counter() - start)
    return {name: np.array(values) for name, values in times.items()}


def convolution_peak() -> float:
    """Return the operations a second of torch's best convolution."""
    x, weight = torch.randn(16, 128, 32, 32), torch.randn(128, 128, 3, 3)
    best = interleaved({"peak": lambda: conv2d(x, weight)}, 40)["peak"].min()
    return 2 * 16 * 128 * 128 * 9 * 30 * 30 / float(best)


def operations(step: Step) -> int:
    """Return the number of operations of a step's products and convolutions."""
    with FlopCounterMode(display=False) as counter:
        step()
    return int(counter.get_total_flops())


def compare(name: str, n_channels: int, n_times: int, repeats: int, peak: float) -> list[list[Any]]:
    """Return the rows of one network at one shape."""
    ours, theirs = make(name, n_channels, n_times)
    x, y = torch.randn(BATCH, n_channels, n_times), torch.randint(0, N_CLASSES, (BATCH,))
    with torch.inference_mode():
        difference = None if theirs is None else float((ours.eval()(x) - theirs.eval()(x)).abs().max())
    steps = {
        "training": training(ours, x, y),
        "training, bf16": training(ours, x, y, bfloat16=True),
        "evaluation": evaluation(ours, x),
    }
    rivals = {}
    if theirs is not None:
        rivals = {"training": training(theirs, x, y), "evaluation": evaluation(theirs, x)}
    counts = {step: operations(function) for step, function in steps.items()}
    times = interleaved(steps | {f"their {step}": function for step, function in rivals.items()}, repeats)
    rows = []
    for step in steps:
        rival = times.get(f"their {step.partition(',')[0]}")
        ratio = None if rival is None else float(np.median(rival / times[step]))
        middle = float(np.median(times[step]))
        share = counts[step] / middle / peak
        shape, threads = f"{n_channels} x {n_times}", torch.get_num_threads()
        rows.append([name, shape, threads, step, BATCH / middle, ratio, share, difference])
    return rows


def main() -> None:
    """Fill the table row by row and write it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--shapes", nargs="+", default=["19x500", "1x178", "4x256", "22x1000", "64x500"])
    parser.add_argument("--networks", nargs="+", default=list(ARCHITECTURES), choices=list(ARCHITECTURES))
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--repeats", type=int, default=20)
    parser.add_argument("--scratch", action="store_true")
    options = parser.parse_args()
    rows: list[list[Any]] = []
    for shape in options.shapes:
        n_channels, n_times = map(int, shape.split("x"))
        for threads in options.threads:
            torch.set_num_threads(threads)
            peak = convolution_peak()
            for name in options.networks:
                for row in compare(name, n_channels, n_times, options.repeats, peak):
                    rows.append(row)
                    print(*(f"{cell:.3g}" if isinstance(cell, float) else cell for cell in row), flush=True)
    if not options.scratch:
        write_result("speed_neural", HEADS, rows, note=NOTE, packages=("torch", "braindecode"))


if __name__ == "__main__":
    main()
