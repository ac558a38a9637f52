"""Windows from a statistical model: coloured noise whose spectrum is drawn anew for every window."""

import math
from collections.abc import Mapping

import numpy as np
import torch
from torch import Tensor, nn

from .._torch import make_generator


class ShapedNoise(nn.Module):
    """Draws windows from what `fit_base` learned; it has no weights to train.

    Parameters
    ----------
    base : mapping of str to ndarray
        What `fit_base` returned.

    Attributes
    ----------
    noise_size : int
        Number of independent standard normal numbers that make a window.

    Examples
    --------
    >>> import numpy as np
    >>> import torch
    >>> from sklearn_eeg.sampling._base_statistics import fit_base
    >>> from sklearn_eeg.sampling._base_torch import ShapedNoise
    >>> windows = np.random.default_rng(0).normal(size=(20, 2, 64))
    >>> noise = ShapedNoise(fit_base(windows, np.zeros(20, dtype=int), n_classes=1))
    >>> drawn = noise(torch.randn(500, noise.noise_size), torch.zeros(500, dtype=torch.int64))
    >>> drawn.shape, round(drawn.std().item(), 1)
    (torch.Size([500, 2, 64]), 1.0)
    """

    bands: Tensor
    log_power: Tensor
    roots: Tensor
    levels: Tensor
    mixing: Tensor
    envelopes: Tensor
    mean_envelope: Tensor
    stretches: Tensor
    scores: Tensor
    drift: Tensor
    mean_drift: Tensor
    drift_roots: Tensor
    drift_basis: Tensor
    spread: Tensor
    gain: Tensor
    bandwidth: Tensor
    counts: Tensor
    firsts: Tensor

    def __init__(self, base: Mapping[str, np.ndarray]) -> None:
        super().__init__()
        for name, array in base.items():
            self.register_buffer(name, torch.from_numpy(np.array(array)))
        self.n_classes, self.n_channels, self.n_freqs = self.log_power.shape
        self._sizes = (3, self.scores.shape[1], 2 * self.n_channels, 2 * self.n_channels * self.n_freqs)
        self._ranks = [len(self.levels), len(self.mixing), len(self.envelopes)]
        self.noise_size = sum(self._sizes)

    def forward(self, noise: Tensor, labels: Tensor) -> Tensor:
        """Return windows (n, n_channels, n_times) of normal noise (n, noise_size) and labels (n,)."""
        with torch.autocast(noise.device.type, enabled=False):
            return self._make(noise.to(self.scores.dtype), labels)

    def _make(self, noise: Tensor, labels: Tensor) -> Tensor:
        scores, drift, white = self._draw(noise, labels)
        levels, mixing, envelopes = scores.split(self._ranks, dim=1)
        windows = self._colour(white, self._log_power(levels, labels), mixing, labels)
        stretches = self.mean_envelope[labels] + torch.einsum("ns,scb->ncb", envelopes, self.envelopes)
        power = torch.exp(stretches @ self.stretches)
        windows = windows * (power / power.mean(-1, keepdim=True)).sqrt()
        own = windows @ self.drift_basis.T / windows.shape[-1]
        return windows + (drift.mT - own) @ self.drift_basis

    def log_power_of(self, scores: Tensor, labels: Tensor) -> Tensor:
        """Return the log power (n, n_channels, n_freqs) that scores (n, n_scores) stand for."""
        return self._log_power(scores.split(self._ranks, dim=1)[0], labels)

    def _log_power(self, scores: Tensor, labels: Tensor) -> Tensor:
        levels = torch.einsum("ns,scb->ncb", scores, self.levels)
        return self.log_power[labels] + levels @ self.bands

    def _draw(self, noise: Tensor, labels: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return scores, drift and complex white noise."""
        choice, moves, turns, white = noise.split(self._sizes, dim=1)
        number = torch.special.ndtr(choice[:, 0]) * self.counts[labels]
        chosen = self.firsts[labels] + torch.minimum(number.long(), self.counts[labels] - 1)
        h = self.bandwidth[labels][:, None]
        kept = (1 - h.square()).clamp(min=0).sqrt()
        scores = self.gain * (kept * self.scores[chosen] + h * moves * self.spread)
        drift = self.drift[chosen]
        size = drift.norm(dim=2, keepdim=True)
        turned = torch.einsum("nkc,kcd->nkd", turns.unflatten(1, (2, self.n_channels)), self.drift_roots)
        side = torch.where(choice[:, 1:, None] < 0, -1.0, 1.0).to(drift.dtype)
        drift = self.mean_drift[labels] + side * (kept[:, None] * drift + h[:, None] * size * turned)
        real, imaginary = white.unflatten(1, (2, self.n_channels, self.n_freqs)).unbind(1)
        return scores, drift, torch.complex(real, imaginary) * math.sqrt(0.5)

    def _colour(self, white: Tensor, log_power: Tensor, scores: Tensor, labels: Tensor) -> Tensor:
        """Return windows of the given power whose channels go together as those of their class."""
        logarithm = torch.einsum("ns,scd->ncd", scores, self.mixing)
        white = torch.matrix_exp(0.5 * logarithm).to(white.dtype) @ white
        mixed = torch.empty_like(white)
        for label in labels.unique():
            rows = labels == label
            roots = torch.view_as_complex(self.roots[label])
            mixed[rows] = (roots @ white[rows].permute(2, 1, 0)).permute(2, 1, 0)
        n_times = self.n_freqs - 1
        return torch.fft.irfft(mixed * torch.exp(0.5 * log_power), n=2 * n_times, norm="ortho")[..., :n_times]


@torch.no_grad()
def draw_base(
    base: Mapping[str, np.ndarray], labels: np.ndarray, *, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return windows of the given labels, and the log power that each was drawn with.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.sampling._base_statistics import fit_base
    >>> from sklearn_eeg.sampling._base_torch import draw_base
    >>> windows = np.random.default_rng(0).normal(size=(20, 2, 64))
    >>> base = fit_base(windows, np.zeros(20, dtype=int), n_classes=1)
    >>> drawn, log_power = draw_base(base, np.zeros(5, dtype=int), seed=0)
    >>> drawn.shape, log_power.shape
    ((5, 2, 64), (5, 2, 65))
    """
    shaped, generator = ShapedNoise(base), make_generator(seed)
    windows, powers = [], []
    for part in torch.from_numpy(np.asarray(labels)).split(128):
        noise = torch.randn(len(part), shaped.noise_size, generator=generator, dtype=torch.float32)
        windows.append(shaped(noise, part))
        powers.append(shaped.log_power_of(shaped._draw(noise, part)[0], part))
    return torch.cat(windows).numpy(), torch.cat(powers).numpy()
