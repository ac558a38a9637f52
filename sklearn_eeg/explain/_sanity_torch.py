"""Networks that forget what they have learnt, from the output to the input."""

import torch
from torch import nn

from .._torch import make_generator


def draw_weights(module: nn.Module, depth: float, seed: int) -> None:
    """Draw the last tensors of weights of a network anew, in place.

    Parameters
    ----------
    module : torch.nn.Module
        The network.
    depth : float
        Share of the tensors, counted from the last one that it registers.
    seed : int
        Seed; torch's own is left as it is.

    Examples
    --------
    >>> import torch
    >>> from sklearn_eeg.explain._sanity_torch import draw_weights
    >>> net = torch.nn.Sequential(torch.nn.Linear(9, 9, bias=False), torch.nn.Linear(9, 2, bias=False))
    >>> old = [weights.clone() for weights in net.parameters()]
    >>> draw_weights(net, 0.5, seed=0)
    >>> [torch.equal(a, b) for a, b in zip(old, net.parameters())]
    [True, False]
    """
    generator = make_generator(seed)
    tensors = list(module.parameters())
    with torch.no_grad():
        for weights in tensors[len(tensors) - round(depth * len(tensors)) :]:
            spread, mean = torch.std_mean(weights.detach().cpu().double(), correction=0)
            drawn = torch.randn(weights.shape, generator=generator, dtype=torch.float64)
            weights.copy_(drawn * spread + mean)
