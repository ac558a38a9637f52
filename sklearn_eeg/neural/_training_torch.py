"""From windows and codes to the weights of a trained network."""

import math
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from skorch.helper import predefined_split  # type: ignore[import-untyped]
from torch import nn

from .._files import replacing
from .._torch import choose_device, choose_precision, to_arrays, to_state
from ._augmentation_torch import make_augmentations
from ._batches_torch import WindowSet
from ._callbacks_torch import (
    Checkpoint,
    KeepBest,
    Progress,
    Record,
    StopTraining,
    capture,
    load,
    restore,
)
from ._modules_torch import Member
from ._net_torch import Recipe, TrainingNet
from ._scaling import channel_statistics
from ._targets import split_validation


@dataclass(frozen=True)
class Task:
    """Windows and what is to be learned from them.

    Parameters
    ----------
    X : ndarray of shape (n_windows, n_channels, n_times)
        Windows, in microvolts.
    codes : ndarray of int of shape (n_windows,)
        Class of each.
    sample_weights, weights : ndarray of shape (n_windows,)
        Weight of each as given, and times that of its class.
    groups : ndarray of int of shape (n_windows,) or None
        Patient of each.
    """

    X: np.ndarray
    codes: np.ndarray
    sample_weights: np.ndarray
    weights: np.ndarray
    groups: np.ndarray | None


def make_recipe(params: dict[str, Any], ch_names: list[str]) -> Recipe:
    """Return the recipe of the parameters of a `CNNClassifier` for windows of named channels."""
    device = choose_device(params["device"])
    dtype, mixed = choose_precision(params["precision"], device)
    transforms = make_augmentations(params["augmentation"], sfreq=params["sfreq"], ch_names=ch_names)
    taken = {each.name: params[each.name] for each in fields(Recipe) if each.name in params}
    return Recipe(
        **taken | {"device": device, "dtype": dtype, "mixed": mixed, "augmentations": tuple(transforms)}
    )


def train_member(
    build: Callable[[], nn.Module],
    recipe: Recipe,
    task: Task,
    *,
    seed: int,
    turn: int = 0,
    validation: float | None,
    start: Member | None = None,
    checkpoint: Path | None = None,
    label: str | None = None,
) -> tuple[Member, list[dict[str, Any]]]:
    """Train a network.

    Parameters
    ----------
    build : callable
        Returns the module.
    recipe : Recipe
        How to train.
    task : Task
        What on.
    seed : int
        Seed of all that is random, the validation split included.
    turn : int, default=0
        Number of times that this network was trained before: the split stays, all else is drawn anew.
    validation : float or None
        Share of the windows or patients to validate on.
    start : Member, default=None
        Weights to begin with, and what to standardise by.
    checkpoint : Path, default=None
        File to save to after each epoch, and to go on from if it exists.
    label : str, default=None
        What stands before a progress bar; None shows none.

    Returns
    -------
    member : Member
        The weights of the smallest validation loss, or of the last epoch.
    rows : list of dict
        Figures of each epoch.
    """
    saved = load(checkpoint, recipe.device)
    seed = saved["seed"][0] if saved is not None else seed
    rows, held_out = _split(task, validation, seed)
    center, scale = _scaling(task, rows, start)
    training = _window_set(task, rows, center, scale, recipe)
    validating = None if held_out is None else _window_set(task, held_out, center, scale, recipe)
    best = KeepBest(recipe.patience)
    callbacks: list[Any] = [("record", Record()), ("best", best)]
    if checkpoint is not None:
        callbacks.append(("checkpoint", Checkpoint(checkpoint, best)))
    if label is not None:
        callbacks.append(("progress", Progress(label, recipe.max_epochs)))
    net = _make_net(build, recipe, training, validating, [seed, turn], callbacks)
    net.calibrate_with(training)
    if start is not None:
        net.module_.load_state_dict(to_state(start["weights"]))
    if saved is not None:
        restore(net, best, saved)
    done = recipe.max_epochs if saved is not None and saved.get("finished") else len(net.rows)
    _run(net, training, recipe.max_epochs - done)
    if best.state is None:
        with net.as_predicting():
            pass  # the batch norms stay calibrated
        best.state = net.final_state()
    if checkpoint is not None:
        with replacing(checkpoint) as temporary:
            torch.save(capture(net, best) | {"finished": True}, temporary)
    for row in net.rows:
        row["best"] = row["epoch"] == best.epoch
    return {"weights": to_arrays(best.state), "center": center, "scale": scale, "optimizer": {}}, net.rows


def train_further(
    build: Callable[[], nn.Module],
    recipe: Recipe,
    task: Task,
    *,
    seed: int,
    turn: int,
    start: Member | None,
) -> tuple[Member, list[dict[str, Any]]]:
    """Train for one epoch, with the optimiser as it was left.

    Parameters
    ----------
    build, recipe, task, seed, turn
        As for `train_member`.
    start : Member or None
        What the last call returned; None for the first.

    Returns
    -------
    member : Member
        The new weights and the state of the optimiser.
    rows : list of dict
        Figures of the epoch.
    """
    recipe = replace(recipe, max_epochs=1, schedule=None, ema=None)
    rows = np.flatnonzero(task.weights > 0)
    center, scale = _scaling(task, rows, start)
    training = _window_set(task, rows, center, scale, recipe)
    net = _make_net(build, recipe, training, None, [seed, turn], [("record", Record())])
    if start is not None:
        net.module_.load_state_dict(to_state(start["weights"]))
        _write_optimizer(net.optimizer_, start["optimizer"])
    _run(net, training, 1)
    member = {
        "weights": to_arrays(net.final_state()),
        "center": center,
        "scale": scale,
        "optimizer": _read_optimizer(net.optimizer_),
    }
    return member, [row | {"best": True} for row in net.rows]


def _split(task: Task, validation: float | None, seed: int) -> tuple[np.ndarray, np.ndarray | None]:
    """Return the windows of any weight to train on, and those to validate on if any."""
    rows = np.flatnonzero(task.weights > 0)
    if validation is None:
        return rows, None
    groups = None if task.groups is None else task.groups[rows]
    train, valid = split_validation(task.codes[rows], groups, validation, seed)
    return rows[train], rows[valid]


def _scaling(task: Task, rows: np.ndarray, start: Member | None) -> tuple[np.ndarray, np.ndarray]:
    """Return what windows are standardised by: as before where training goes on."""
    if start is not None:
        return start["center"], start["scale"]
    return channel_statistics(task.X, rows, task.sample_weights)


def _window_set(
    task: Task, rows: np.ndarray, center: np.ndarray, scale: np.ndarray, recipe: Recipe
) -> WindowSet:
    return WindowSet(
        task.X,
        rows,
        center=center,
        scale=scale,
        codes=task.codes,
        weights=task.weights,
        device=recipe.device,
        dtype=recipe.dtype,
    )


def _make_net(
    build: Callable[[], nn.Module],
    recipe: Recipe,
    training: WindowSet,
    validating: WindowSet | None,
    seed: list[int],
    callbacks: list[Any],
) -> TrainingNet:
    """Return a net, initialised."""
    n_batches = math.ceil(len(training) / (recipe.batch_size or len(training)))
    return TrainingNet(
        lambda: build().to(recipe.dtype),
        recipe=recipe,
        seed=seed,
        n_steps=recipe.max_epochs * n_batches,
        criterion=nn.CrossEntropyLoss,
        train_split=None if validating is None else predefined_split(validating),
        callbacks=callbacks,
        callbacks__valid_acc=None,
        callbacks__print_log=None,
        device=str(recipe.device),
        verbose=0,
    ).initialize()


def _run(net: TrainingNet, training: WindowSet, n_epochs: int) -> None:
    net.notify("on_train_begin", X=training, y=None)
    try:
        net.fit_loop(training, epochs=n_epochs)
    except StopTraining:
        pass
    finally:
        net.notify("on_train_end", X=training, y=None)


def _read_optimizer(optimizer: torch.optim.Optimizer) -> dict[str, np.ndarray]:
    state = optimizer.state_dict()["state"]
    return to_arrays(
        {f"{index}.{name}": value for index, own in state.items() for name, value in own.items()}
    )


def _write_optimizer(optimizer: torch.optim.Optimizer, arrays: dict[str, np.ndarray]) -> None:
    state: dict[int, dict[str, torch.Tensor]] = {}
    for key, value in to_state(arrays).items():
        index, name = key.split(".")
        state.setdefault(int(index), {})[name] = value
    optimizer.load_state_dict({"state": state, "param_groups": optimizer.state_dict()["param_groups"]})
