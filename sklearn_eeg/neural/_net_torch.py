"""The skorch net that a classifier builds in `fit`: how it takes a step, and how it looks back."""

import contextlib
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from skorch import NeuralNetClassifier  # type: ignore[import-untyped]
from torch.nn import functional

from .._torch import RandomStream, make_generator
from ._batches_torch import Batches, Target, WindowSet
from ._calibration_torch import calibrate_norms
from ._steps_torch import AveragedWeights, schedule_factor

_CALIBRATION_WINDOWS = 1024


@dataclass(frozen=True)
class Recipe:
    """How a network is trained; see the parameters of the same names of `CNNClassifier`."""

    max_epochs: int = 50
    batch_size: int | None = 64
    lr: float = 1e-3
    weight_decay: float = 1e-2
    schedule: str | None = None
    label_smoothing: float = 0.0
    mixup: float = 0.0
    clip_norm: float | None = None
    ema: float | None = None
    patience: int | None = None
    device: torch.device = field(default_factory=lambda: torch.device("cpu"))
    dtype: torch.dtype = torch.float32
    mixed: torch.dtype | None = None
    augmentations: tuple[Any, ...] = ()


class TrainingNet(NeuralNetClassifier):
    """A skorch net with its own random numbers, mixed precision, mixup, clipping and averaged weights.

    Parameters
    ----------
    *args, **kwargs
        As for :class:`skorch.NeuralNetClassifier`.
    recipe : Recipe
        How to train.
    seed : sequence of int
        Seed of the weights, of shuffling, dropout, mixup and augmentation.
    n_steps : int
        Number of steps of the whole training, for the schedule.
    """

    def __init__(
        self, *args: Any, recipe: Recipe, seed: Sequence[int] = (0,), n_steps: int = 1, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.recipe, self.seed, self.n_steps = recipe, list(seed), n_steps
        self.rows: list[dict[str, Any]] = []
        self.step = 0

    def initialize(self) -> "TrainingNet":
        """Build the module, the optimiser and the sources of random numbers, all from the seed."""
        seeds = np.random.SeedSequence(self.seed).generate_state(3).tolist()
        recipe = self.recipe
        self.stream = RandomStream(seeds[0], recipe.device)
        self.shuffling = make_generator(seeds[1])
        self.augmenting = make_generator(seeds[2], recipe.device)
        self.scaler = torch.amp.GradScaler(recipe.device.type, enabled=recipe.mixed is torch.float16)
        with self.stream:
            super().initialize()
        self.average = AveragedWeights(self.module_, recipe.ema) if recipe.ema is not None else None
        self.counts = np.zeros((2, 2), dtype=np.int64)
        self.calibration: Batches | None = None
        return self

    def calibrate_with(self, dataset: WindowSet) -> None:
        """Choose the windows on which batch norms are calibrated: at most 1024, from the whole set."""
        step = math.ceil(len(dataset) / _CALIBRATION_WINDOWS)
        size = self.recipe.batch_size or len(dataset)
        self.calibration = Batches(dataset, size, step=step)

    def initialize_optimizer(self, triggered_directly: bool | None = None) -> "TrainingNet":  # noqa: ARG002
        """Take AdamW; weights decay, but biases and what scales or shifts a channel do not."""
        kinds: dict[bool, list[torch.nn.Parameter]] = {True: [], False: []}
        for parameter in self.module_.parameters():
            kinds[parameter.ndim > 1].append(parameter)
        groups = [
            {"params": parameters, "weight_decay": self.recipe.weight_decay if decays else 0.0}
            for decays, parameters in kinds.items()
            if parameters
        ]
        self.optimizer_ = torch.optim.AdamW(groups, lr=self.recipe.lr)
        return self

    def get_iterator(self, dataset: WindowSet, training: bool = False) -> Batches:
        """Return the batches of an epoch."""
        size = self.recipe.batch_size or len(dataset)
        return Batches(dataset, size, self.shuffling if training else None)

    def train_step(self, batch: tuple[torch.Tensor, Target], **_: Any) -> dict[str, Any]:
        """Take one step down the gradient of the loss of a batch."""
        self._set_training(True)
        rate = self.recipe.lr * schedule_factor(self.recipe.schedule, self.step, self.n_steps)
        for group in self.optimizer_.param_groups:
            group["lr"] = rate
        self.optimizer_.zero_grad(set_to_none=True)
        loss, logits = self._compute_loss(*batch)
        if not math.isfinite(loss.item()):
            raise ValueError(
                f"The loss became {loss.item()} in step {self.step}: lower `lr`, got {self.recipe.lr}, or "
                "set `clip_norm`."
            )
        self.scaler.scale(loss).backward()
        if self.recipe.clip_norm is not None:
            self.scaler.unscale_(self.optimizer_)
            torch.nn.utils.clip_grad_norm_(self.module_.parameters(), self.recipe.clip_norm)
        self.scaler.step(self.optimizer_)
        self.scaler.update()
        self._finish_step()
        return {"loss": loss.detach(), "y_pred": logits.detach()}

    def _finish_step(self) -> None:
        self.step += 1
        if self.average is not None:
            self.average.update(self.module_)

    def _compute_loss(self, windows: torch.Tensor, target: Target) -> tuple[torch.Tensor, torch.Tensor]:
        """Return the loss of a batch in training, and the logits."""
        labels, weights = target
        for augment in self.recipe.augmentations:
            windows = augment(windows, self.augmenting)
        with self.stream:  # dropout draws from torch's global generator
            share = self._draw_share() if self.recipe.mixup else 1.0
            other = torch.randperm(len(windows)).to(windows.device) if self.recipe.mixup else None
            if other is not None:
                windows = share * windows + (1 - share) * windows[other]
            logits = self._forward(windows)
        loss = self._loss_of(logits, labels, weights)
        if other is not None:
            loss = share * loss + (1 - share) * self._loss_of(logits, labels[other], weights[other])
        return loss, logits

    def _draw_share(self) -> float:
        alpha = torch.tensor(self.recipe.mixup)
        return float(torch.distributions.Beta(alpha, alpha).sample())

    def _forward(self, windows: torch.Tensor) -> torch.Tensor:
        mixed = self.recipe.mixed
        with torch.autocast(self.recipe.device.type, dtype=mixed, enabled=mixed is not None):
            logits = self.module_(windows)
        return logits.to(self.recipe.dtype)

    def _loss_of(self, logits: torch.Tensor, labels: torch.Tensor, weights: torch.Tensor) -> torch.Tensor:
        smoothing = self.recipe.label_smoothing if self.module_.training else 0.0
        losses = functional.cross_entropy(logits, labels, reduction="none", label_smoothing=smoothing)
        return (losses * weights).mean()

    def run_single_epoch(
        self, iterator: Any, training: bool, prefix: str, step_fn: Any, **params: Any
    ) -> None:
        """Train for an epoch, or look at the validation windows with the network as it would predict."""
        if training:
            super().run_single_epoch(iterator, training, prefix, step_fn, **params)
        elif iterator is not None:
            with self.as_predicting():
                super().run_single_epoch(iterator, training, prefix, step_fn, **params)

    @contextlib.contextmanager
    def as_predicting(self) -> Iterator[None]:
        """Let the module have the averaged weights, if any, and calibrate its batch norms for them."""
        average = self.average
        with contextlib.nullcontext() if average is None else average.applied(self.module_):
            if self.calibration is not None:
                with self.stream:
                    calibrate_norms(self.module_, self.calibration, self._forward)
            yield

    def validation_step(self, batch: tuple[torch.Tensor, Target], **_: Any) -> dict[str, Any]:
        """Return the loss of a batch of validation windows, and count what was taken for what."""
        self._set_training(False)
        windows, (labels, weights) = batch
        with torch.inference_mode():
            logits = self._forward(windows)
            loss = self._loss_of(logits, labels, weights)
        n_classes = logits.shape[1]
        if self.counts.shape[0] != n_classes:
            self.counts = np.zeros((n_classes, n_classes), dtype=np.int64)
        np.add.at(self.counts, (labels.cpu().numpy(), logits.argmax(dim=1).cpu().numpy()), 1)
        return {"loss": loss, "y_pred": logits}

    def final_state(self) -> dict[str, torch.Tensor]:
        """Return a copy of the weights, averaged where they are, and of the module's buffers."""
        state = {name: tensor.detach().clone() for name, tensor in self.module_.state_dict().items()}
        if self.average is not None:
            state |= {name: tensor.clone() for name, tensor in self.average.weights.items()}
        return state
