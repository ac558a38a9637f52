"""The two networks of a WGAN-GP, and one step of their training."""

import copy
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from torch.optim.swa_utils import AveragedModel

from .._torch import RandomStream, make_generator, to_tensor
from ._augment_torch import augment
from ._critic_torch import Critic
from ._generator_torch import Generator
from ._losses_torch import covariance_distance, gradient_penalty, spectral_distance
from ._wgan_selection import SHORTEST


@dataclass(frozen=True)
class Recipe:
    """How a WGAN is trained; see the parameters of the same names of `WGANOversampler`."""

    batch_size: int
    n_critic: int
    generator_lr: float
    critic_lr: float
    gp_weight: float
    gp_every: int
    spectral_weight: float
    covariance_weight: float
    augmentation: float
    ema: float
    max_steps: int | None
    max_seconds: float | None
    validate_every: int
    patience: int | None
    critic_widths: Sequence[int]
    kernel: int
    device: torch.device = field(default_factory=lambda: torch.device("cpu"))
    dtype: torch.dtype = torch.float32
    mixed: torch.dtype | None = None


class ClassBatches:
    """Batches in which every class has the same number of windows, give or take one.

    Parameters
    ----------
    windows : Tensor of shape (n_windows, n_channels, n_times)
        Real windows, on the device of the training.
    codes : ndarray of int of shape (n_windows,)
        Class of each.
    generator : torch.Generator
        What draws them, on the processor.
    """

    def __init__(self, windows: torch.Tensor, codes: np.ndarray, generator: torch.Generator) -> None:
        self.windows, self.generator = windows, generator
        self.classes, counts = (torch.from_numpy(part) for part in np.unique(codes, return_counts=True))
        self.counts = counts.double()
        self.rows = torch.from_numpy(np.argsort(codes, kind="stable"))
        self.first = counts.cumsum(0) - counts

    def draw(self, n_windows: int) -> tuple[torch.Tensor, torch.Tensor]:
        """Return windows, drawn with replacement within their class, and their labels."""
        order = torch.randperm(len(self.classes), generator=self.generator)
        which = order.repeat(math.ceil(n_windows / len(order)))[:n_windows]
        share = torch.rand(n_windows, generator=self.generator, dtype=torch.float64)
        place = self.first[which] + (share * self.counts[which]).long()
        device = self.windows.device
        return self.windows.index_select(0, self.rows[place].to(device)), self.classes[which].to(device)


class Adversaries:
    """Generator and critic in training, and the moving average of the generator.

    Parameters
    ----------
    blueprint : dict
        Arguments that build a `Generator`.
    recipe : Recipe
        How to train.
    windows : ndarray of float32 of shape (n_windows, n_channels, n_times)
        Real windows, scaled.
    codes : ndarray of int of shape (n_windows,)
        Class of each.
    seed : int
        Seed of the weights and of all that is drawn.
    """

    def __init__(
        self, blueprint: dict[str, Any], recipe: Recipe, windows: np.ndarray, codes: np.ndarray, seed: int
    ) -> None:
        seeds = np.random.SeedSequence(seed).generate_state(3).tolist()
        self.recipe, self.n_steps, self.n_critic_steps = recipe, 0, 0
        sizes = {name: blueprint[name] for name in ("n_channels", "n_times", "n_classes")}
        with RandomStream(seeds[0]):  # weights are drawn from torch's global generator
            generator = Generator(**blueprint)
            critic = Critic(**sizes, widths=recipe.critic_widths, kernel=recipe.kernel)
        self.generator = generator.to(recipe.device, recipe.dtype).train()
        self.critic = critic.to(recipe.device, recipe.dtype).train()
        self.average = AveragedModel(self.generator, multi_avg_fn=self._average)
        self.optimizers = {
            "generator": _make_optimizer(self.generator, recipe.generator_lr),
            "critic": _make_optimizer(self.critic, recipe.critic_lr),
        }
        self.batches = ClassBatches(
            to_tensor(windows, recipe.device, recipe.dtype), codes, make_generator(seeds[1])
        )
        self.drawing = make_generator(seeds[2], recipe.device)

    def step(self) -> dict[str, list[float]]:
        """Take `n_critic` steps of the critic and one of the generator; return the figures of each."""
        figures: dict[str, list[float]] = {"critic_loss": [], "penalty": [], "generator_loss": []}
        for _ in range(self.recipe.n_critic):
            self._step_critic(figures)
        self._step_generator(figures)
        self.average.update_parameters(self.generator)
        return figures

    def set_learning_rates(self, rates: dict[str, float]) -> None:
        """Change the learning rate of each network."""
        for name, rate in rates.items():
            for group in self.optimizers[name].param_groups:
                group["lr"] = rate

    @property
    def learning_rates(self) -> dict[str, float]:
        """The present learning rate of each network."""
        return {name: each.param_groups[0]["lr"] for name, each in self.optimizers.items()}

    def capture(self) -> dict[str, Any]:
        """Return all that the training needs to go on, as copies."""
        networks = {
            name: _copy(getattr(self, name).state_dict()) for name in ("generator", "critic", "average")
        }
        optimizers = {name: copy.deepcopy(each.state_dict()) for name, each in self.optimizers.items()}
        random = [each.get_state() for each in (self.batches.generator, self.drawing)]
        steps = [self.n_steps, self.n_critic_steps]
        return {"networks": networks, "optimizers": optimizers, "random": random, "steps": steps}

    def restore(self, state: dict[str, Any], *, with_random: bool) -> None:
        """Go back to where `capture` was called; random numbers go on unless they are wanted back too."""
        for name, weights in state["networks"].items():
            getattr(self, name).load_state_dict(weights)
        for name, own in state["optimizers"].items():
            self.optimizers[name].load_state_dict(copy.deepcopy(own))
        self.n_steps, self.n_critic_steps = state["steps"]
        if with_random:
            self.batches.generator.set_state(state["random"][0])
            self.drawing.set_state(state["random"][1])

    def _step_critic(self, figures: dict[str, list[float]]) -> None:
        recipe = self.recipe
        real, labels = self.batches.draw(recipe.batch_size)
        with torch.no_grad():
            fake = self._augment(self._generate(labels))
        real = self._augment(real)
        with self._autocast():
            loss = total = self._score(fake, labels) - self._score(real, labels)
            if self.n_critic_steps % recipe.gp_every == 0 and recipe.gp_weight > 0:
                penalty = gradient_penalty(self.critic, real, fake, labels, generator=self.drawing)
                total = loss + recipe.gp_weight * recipe.gp_every * penalty
                figures["penalty"].append(penalty.item())
        self._descend("critic", total)
        self.n_critic_steps += 1
        figures["critic_loss"].append(loss.item())

    def _step_generator(self, figures: dict[str, list[float]]) -> None:
        recipe = self.recipe
        real, labels = self.batches.draw(recipe.batch_size)
        self.critic.requires_grad_(False)
        fake = self._generate(labels)
        augmented = self._augment(fake)
        with self._autocast():
            total = -self._score(augmented, labels)
        figures["generator_loss"].append(total.item())
        if recipe.spectral_weight > 0 and fake.shape[-1] >= SHORTEST and len(fake) > 1:
            total = total + recipe.spectral_weight * spectral_distance(real, fake)
        if recipe.covariance_weight > 0 and fake.shape[-1] >= SHORTEST:
            total = total + recipe.covariance_weight * covariance_distance(real, fake)
        self._descend("generator", total)
        self.critic.requires_grad_(True)
        self.n_steps += 1

    def _generate(self, labels: torch.Tensor) -> torch.Tensor:
        recipe, size = self.recipe, (len(labels), self.generator.noise_size)
        noise = torch.randn(size, generator=self.drawing, device=recipe.device, dtype=recipe.dtype)
        with self._autocast():
            return self.generator(noise, labels).to(recipe.dtype)

    def _score(self, windows: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        return self.critic(windows, labels).to(self.recipe.dtype).mean()

    def _augment(self, windows: torch.Tensor) -> torch.Tensor:
        return augment(windows, generator=self.drawing, strength=self.recipe.augmentation)

    def _autocast(self) -> torch.autocast:
        mixed = self.recipe.mixed
        return torch.autocast(self.recipe.device.type, dtype=mixed, enabled=mixed is not None)

    def _descend(self, name: str, loss: torch.Tensor) -> None:
        optimizer = self.optimizers[name]
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()

    @torch.no_grad()
    def _average(
        self,
        averages: Sequence[torch.Tensor],
        present: Sequence[torch.Tensor],
        n_averaged: torch.Tensor | int,
    ) -> None:
        """Move the averages towards the present weights; the first weights are soon forgotten."""
        k = int(n_averaged)
        decay = min(self.recipe.ema, (1 + k) / (10 + k))
        torch._foreach_lerp_(list(averages), list(present), 1 - decay)


def _make_optimizer(network: torch.nn.Module, lr: float) -> torch.optim.Adam:
    """Return Adam without momentum, as the critic changes what the generator descends."""
    return torch.optim.Adam(network.parameters(), lr=lr, betas=(0.0, 0.9))


def _copy(state: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    return {name: tensor.detach().clone() for name, tensor in state.items()}
