"""A training under way: its comparisons, its best generator, its faults and its end."""

import time
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import torch
from sklearn.exceptions import ConvergenceWarning

from .._files import replacing
from .._torch import make_generator
from ._wgan_drawing_torch import draw_windows
from ._wgan_selection import Judge, Verdict
from ._wgan_steps_torch import Adversaries

_MOST_RESTARTS = 4
_SLOWER = 0.5  # learning rates after a restart
_EXCESS = 100.0  # times what a critic of slope 1 can reach
_COLLAPSED = 0.1  # smallest spread of the samples of a class, as a share of the real one


class Training:
    """A training under way: what was the best, where it stood last without a fault, and when it ends.

    Parameters
    ----------
    networks : Adversaries
        What is trained.
    judge : Judge
        What tells how good it is.
    names : tuple of str
        What the classes are called.
    seed : int
        Seed of the windows that are drawn to be judged, the same ones every time.
    checkpoint : Path or None
        File to save to.
    """

    SAVED = frozenset({"seed", "rows", "best", "n_looks", "n_restarts", "good", "stop_reason", "widest"})

    def __init__(
        self,
        networks: Adversaries,
        judge: Judge,
        names: tuple[str, ...],
        *,
        seed: int,
        checkpoint: Path | None,
    ) -> None:
        self.networks, self.judge, self.names = networks, judge, names
        self.seed, self.checkpoint = seed, checkpoint
        self.rows: list[dict[str, Any]] = []
        self.best: dict[str, Any] = {"distance": np.inf, "step": 0, "look": 0, "weights": {}}
        self.n_looks = self.n_restarts = 0
        self.widest = np.zeros(judge.n_classes)
        self.stop_reason = ""
        self.figures: dict[str, list[float]] = {}

    def run(self, bar: Any) -> None:
        """Train until there is a reason to stop."""
        networks, seconds = self.networks, self.rows[-1]["seconds"]
        begun = time.perf_counter() - seconds
        self.stop_reason = self.stop_reason or self._reason(seconds)
        while not self.stop_reason:
            figures = networks.step()
            seconds = time.perf_counter() - begun
            for name, values in figures.items():
                self.figures.setdefault(name, []).extend(values)
            fault = self._find_fault(figures)
            if fault:
                self._go_back(fault, seconds)
            elif self._reason(seconds) or networks.n_steps % networks.recipe.validate_every == 0:
                self.look(seconds)
                bar.set_postfix(self._summary(), refresh=False)
            bar.update(networks.n_steps - bar.n)
            self.stop_reason = self.stop_reason or self._reason(seconds)
        self._warn_of_lasting_collapse()

    def look(self, seconds: float) -> None:
        """Judge the averaged generator, keep it if it is the best, and note where the training stands."""
        average = self.networks.average.module
        if not all(torch.isfinite(value).all() for value in average.parameters()):
            self._go_back("its weights became NaN or infinite", seconds)
            return
        verdict = self._judge(average)
        if verdict is None:
            self._go_back("its samples became NaN or infinite", seconds)
            return
        collapsed = (verdict.spread < _COLLAPSED) & (self.widest >= 2 * _COLLAPSED)
        if collapsed.any():
            which = ", ".join(self.names[code] for code in np.flatnonzero(collapsed))
            share = np.nanmin(verdict.spread[collapsed])
            self._go_back(
                f"the samples of {which} became alike (spread {share:.2g} of the real one)", seconds
            )
            return
        self.n_looks += 1
        self.widest = np.fmax(self.widest, verdict.spread)
        self._write_row(seconds, verdict)
        self._keep_best(verdict)
        self.good = self.networks.capture()
        if self.checkpoint is not None:
            with replacing(self.checkpoint) as temporary:
                torch.save(self.capture(), temporary)

    def capture(self) -> dict[str, Any]:
        """Return all that the training needs to go on."""
        return {name: getattr(self, name) for name in self.SAVED} | {"widest": self.widest.tolist()}

    def restore(self, saved: dict[str, Any]) -> None:
        """Put the training where the one stood that was captured."""
        for name, value in saved.items():
            setattr(self, name, value)
        self.widest = np.array(self.widest)
        self.networks.restore(self.good, with_random=True)

    def finish_rows(self) -> list[dict[str, Any]]:
        """Return the figures, with a mark at the generator that was kept."""
        place = [index for index, row in enumerate(self.rows) if not row["fault"]][self.best["look"] - 1]
        return [row | {"best": index == place} for index, row in enumerate(self.rows)]

    def _judge(self, generator: Any) -> Verdict | None:
        """Return the verdict on a generator, from the same random numbers every time; None if not finite."""
        noise = make_generator(self.seed)
        drawn = {
            code: draw_windows(generator, len(real), code, noise) for code, real in self.judge.real.items()
        }
        if not all(np.isfinite(windows).all() for windows in drawn.values()):
            return None
        return self.judge.judge(drawn)

    def _reason(self, seconds: float) -> str:
        """Return why the training should end here, if it should."""
        recipe = self.networks.recipe
        if recipe.max_steps is not None and self.networks.n_steps >= recipe.max_steps:
            return "max_steps"
        if recipe.max_seconds is not None and seconds >= recipe.max_seconds:
            return "max_seconds"
        return ""

    def _keep_best(self, verdict: Verdict) -> None:
        """Keep a copy of the averaged generator if it is the best; without a distance the last one is."""
        better = verdict.distance < self.best["distance"] or np.isnan(verdict.distance)
        if better or not self.best["weights"]:
            weights = self.networks.average.module.state_dict()
            self.best = {
                "distance": float(verdict.distance),
                "step": self.networks.n_steps,
                "look": self.n_looks,
                "weights": {name: _to_float32(value) for name, value in weights.items()},
            }
        elif self._patience_is_over():
            self.stop_reason = "patience"

    def _patience_is_over(self) -> bool:
        patience = self.networks.recipe.patience
        return patience is not None and self.n_looks - self.best["look"] >= patience

    def _find_fault(self, figures: dict[str, list[float]]) -> str:
        """Return what is wrong with the figures of a step, if anything is."""
        for name, values in figures.items():
            if not np.isfinite(values).all():
                return f"its {name.replace('_', ' ')} became {values[-1]}"
        real = self.networks.batches.windows
        limit = _EXCESS * (2 * real[0].numel()) ** 0.5
        if np.max(np.abs(figures["critic_loss"])) > limit:
            return f"its critic loss exploded to {figures['critic_loss'][-1]:.3g}"
        if max(figures["penalty"], default=0.0) > _EXCESS**2:
            return f"its gradient penalty exploded to {figures['penalty'][-1]:.3g}"
        return ""

    def _go_back(self, fault: str, seconds: float) -> None:
        """Return to where the training was last without a fault, with smaller learning rates."""
        networks, step = self.networks, self.networks.n_steps
        if not self.n_looks:
            raise ValueError(
                f"The training of WGANOversampler cannot begin: {fault}. Look for windows of huge values and "
                "drop them."
            )
        self._write_row(seconds, None, fault)
        self.n_restarts += 1
        rates = {name: _SLOWER * rate for name, rate in networks.learning_rates.items()}
        networks.restore(self.good, with_random=False)
        networks.set_learning_rates(rates)
        told = f"The training of WGANOversampler failed in step {step}: {fault}. "
        if self.n_restarts > _MOST_RESTARTS:
            self.stop_reason = "diverged"
            told += f"It ends after {_MOST_RESTARTS} restarts, with the best generator so far (step "
            told += f"{self.best['step']}): lower `generator_lr` and `critic_lr`."
        else:
            told += f"It goes on from step {networks.n_steps} with half the learning rates (generator "
            told += f"{rates['generator']:.3g}, critic {rates['critic']:.3g})."
        warnings.warn(told, ConvergenceWarning, stacklevel=2)

    def _write_row(self, seconds: float, verdict: Verdict | None, fault: str = "") -> None:
        """Write the means of the figures since the last row."""
        means = {name: float(np.mean(values)) for name, values in self.figures.items() if values}
        self.figures = {}
        spread = np.array([np.nan]) if verdict is None else verdict.spread
        self.rows.append(
            {
                "step": self.networks.n_steps,
                "critic_loss": means.get("critic_loss", np.nan),
                "penalty": means.get("penalty", np.nan),
                "generator_loss": means.get("generator_loss", np.nan),
                "distance": np.nan if verdict is None else float(verdict.distance),
                "spread": np.nan if np.isnan(spread).all() else float(np.nanmin(spread)),
                "generator_lr": self.networks.learning_rates["generator"],
                "seconds": float(seconds),
                "fault": fault,
            }
        )

    def _summary(self) -> dict[str, str]:
        names = ("critic_loss", "penalty", "generator_loss", "distance", "spread")
        return {name: f"{self.rows[-1][name]:.3g}" for name in names} | {"best": str(self.best["step"])}

    def _warn_of_lasting_collapse(self) -> None:
        """Warn if the generator that is kept gives nearly the same window over and over."""
        spread = next(row["spread"] for row in self.finish_rows() if row["best"])
        if spread < _COLLAPSED:
            warnings.warn(
                f"The samples of a class of WGANOversampler are nearly alike (spread {spread:.2g} "
                "of the real one): train for more steps (`max_steps`, `max_seconds`) or with another seed.",
                ConvergenceWarning,
                stacklevel=2,
            )


def _to_float32(value: torch.Tensor) -> torch.Tensor:
    """Return a copy in main memory, in single precision if it was in double."""
    copied = value.detach().cpu().clone()
    return copied.float() if copied.dtype is torch.float64 else copied
