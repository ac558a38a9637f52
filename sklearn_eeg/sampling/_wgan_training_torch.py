"""From scaled windows to the weights of the best generator of a training."""

import time
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
import torch
from tqdm.auto import tqdm

from .._torch import choose_device, choose_precision, load_state, to_arrays
from ._base_statistics import fit_base
from ._wgan_loop_torch import Training
from ._wgan_selection import SHORTEST, Judge, split_windows
from ._wgan_steps_torch import Adversaries, Recipe

_RATES = {"shaped": 2e-5, "white": 1e-4}  # learning rates of the generator


@dataclass(frozen=True)
class Task:
    """Windows, and what of them to learn.

    Parameters
    ----------
    X : ndarray of float32 of shape (n_windows, n_channels, n_times)
        Windows, scaled.
    codes : ndarray of int of shape (n_windows,)
        Class of each.
    names : tuple of str
        What the classes are called in messages.
    groups : ndarray of shape (n_windows,) or None
        Patient of each window.
    validation : float or None
        Share of windows, or patients, by which generators are judged.
    """

    X: np.ndarray
    codes: np.ndarray
    names: tuple[str, ...]
    groups: np.ndarray | None = None
    validation: float | None = None


def make_recipe(params: dict[str, Any]) -> Recipe:
    """Return the recipe of the parameters of a `WGANOversampler`."""
    device = choose_device(params["device"])
    dtype, mixed = choose_precision(params["precision"], device)
    if mixed is torch.float16:  # whose range is too small for the slopes of the penalty
        mixed = None
    taken = {each.name: params[each.name] for each in fields(Recipe) if each.name in params}
    if params["generator_lr"] is None:
        taken["generator_lr"] = _RATES[params["noise"]]
    taken["critic_widths"] = tuple(params["critic_widths"])
    return Recipe(**taken | {"device": device, "dtype": dtype, "mixed": mixed})


@torch.inference_mode(False)  # and with gradients, whatever the caller's mode
def train_generator(
    task: Task,
    recipe: Recipe,
    options: dict[str, Any],
    *,
    seed: int,
    checkpoint: Path | None = None,
    label: str | None = None,
) -> dict[str, Any]:
    """Train a generator against a critic and return the best on the way.

    Parameters
    ----------
    task : Task
        What on.
    recipe : Recipe
        How.
    options : dict
        `latent`, `widths` and `kernel` of the generator; and `shaped`, whether its noise is shaped by what
        `fit_base` learns of the training windows.
    seed : int
        Seed of all that is random.
    checkpoint : Path, default=None
        File to save to after each comparison, and to go on from if it exists; if it cannot be read, the
        training begins anew and a warning says so.
    label : str, default=None
        What stands before a progress bar; None shows none.

    Returns
    -------
    trained : dict
        The best generator: `blueprint`, the arguments that build it; `weights`, its state; `rows`, the
        figures of the training; `n_steps`, the number of its steps; and `stop_reason`, why it ended.
    """
    begun, saved = time.perf_counter(), load_state(checkpoint, Training.SAVED)
    seed = seed if saved is None else saved["seed"]
    own = np.random.RandomState(seed)
    train, held_out = split_windows(task.codes, task.groups, task.validation, own)
    blueprint = _describe(task, train, options)
    judge = Judge(
        task.X, task.codes, train, held_out, n_classes=len(task.names), seed=int(own.randint(2**31 - 1))
    )
    networks = Adversaries(blueprint, recipe, task.X[train], task.codes[train], seed)
    training = Training(networks, judge, task.names, seed=seed, checkpoint=checkpoint)
    if saved is None:
        training.look(time.perf_counter() - begun)
    else:
        training.restore(saved)
    bar = tqdm(
        total=recipe.max_steps, initial=networks.n_steps, desc=label, unit="step", disable=label is None
    )
    with bar:
        training.run(bar)
    return {
        "blueprint": blueprint,
        "weights": to_arrays(training.best["weights"]),
        "rows": training.finish_rows(),
        "n_steps": networks.n_steps,
        "stop_reason": training.stop_reason,
    }


def _describe(task: Task, train: np.ndarray, options: dict[str, Any]) -> dict[str, Any]:
    """Return the arguments that build the generator."""
    n_channels, n_times = task.X.shape[1:]
    sizes = {"n_channels": n_channels, "n_times": n_times, "n_classes": len(task.names)}
    chosen = {name: value for name, value in options.items() if name != "shaped"}
    base = None
    if options["shaped"] and n_times >= SHORTEST:
        base = fit_base(task.X[train], task.codes[train], len(task.names))
    return sizes | chosen | {"base": base}
