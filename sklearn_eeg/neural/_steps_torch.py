"""What changes from step to step of a training: the learning rate, and an average of the weights."""

import contextlib
import math
from collections.abc import Iterator

import torch


def schedule_factor(schedule: str | None, step: int, n_steps: int) -> float:
    """Return the learning rate of a step as a share of the largest.

    Parameters
    ----------
    schedule : {"onecycle", "cosine"} or None
        "onecycle" climbs from 1/25 to 1 over the first 30 % of the steps and sinks to 4e-6, both along a
        half cosine [1]_; "cosine" sinks from 1 to 0; None is 1 throughout.
    step : int
        The step, from 0 to ``n_steps - 1``.
    n_steps : int
        Number of steps in all.

    Returns
    -------
    factor : float
        Between 0 and 1.

    References
    ----------
    .. [1] Smith LN, Topin N (2019) Super-convergence: very fast training of neural networks using large
       learning rates. Proc. SPIE 11006, 1100612. https://doi.org/10.1117/12.2520589

    Examples
    --------
    >>> from sklearn_eeg.neural._net_torch import schedule_factor
    >>> [round(schedule_factor("onecycle", step, 101), 3) for step in (0, 29, 100)]
    [0.04, 1.0, 0.0]
    """
    if schedule is None:
        return 1.0
    if schedule == "cosine":
        return (1 + math.cos(math.pi * step / n_steps)) / 2
    first, last = 1 / 25, 4e-6
    top = 0.3 * n_steps - 1
    if step <= top:
        low, share = first, 1 - step / top
    else:
        top = max(top, 0.0)
        low, share = last, (step - top) / max(n_steps - 1 - top, 1)
    return low + (1 - low) * (1 + math.cos(math.pi * share)) / 2


class AveragedWeights:
    """An exponential moving average of the parameters of a module.

    The decay grows with the number of steps, ``min(decay, (1 + step) / (10 + step))``, so that the first
    weights are soon forgotten.
    """

    def __init__(self, module: torch.nn.Module, decay: float) -> None:
        self.decay, self.step = decay, 0
        self.weights = {name: p.detach().clone() for name, p in module.named_parameters()}

    @torch.no_grad()
    def update(self, module: torch.nn.Module) -> None:
        """Move the averages towards the present parameters."""
        self.step += 1
        decay = min(self.decay, (1 + self.step) / (10 + self.step))
        for name, parameter in module.named_parameters():
            self.weights[name].lerp_(parameter, 1 - decay)

    @contextlib.contextmanager
    def applied(self, module: torch.nn.Module) -> Iterator[None]:
        """Let the module have the averages for a while."""
        self._exchange(module)
        try:
            yield
        finally:
            self._exchange(module)

    def _exchange(self, module: torch.nn.Module) -> None:
        for name, parameter in module.named_parameters():
            parameter.data, self.weights[name] = self.weights[name], parameter.data
