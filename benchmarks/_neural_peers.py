"""The networks of braindecode that ours equal, with our weights in them."""

import importlib
import importlib.util
import warnings
from typing import Any

import torch
from _peers import _stand_in_for
from torch import nn

# Our names of the parameters and theirs; a norm also has running statistics.
_HEAD = {"head.weight": "final_layer.conv_classifier.weight", "head.bias": "final_layer.conv_classifier.bias"}
_LIMITED_HEAD = {
    "head.weight": "final_layer.linearconstraint.parametrizations.weight.original",
    "head.bias": "final_layer.linearconstraint.bias",
}
_PAIR = {
    "temporal": "conv_time_spat.conv_time.weight",
    "temporal_bias": "conv_time_spat.conv_time.bias",
    "spatial": "conv_time_spat.conv_spat.weight",
}


def _norm(ours: str, theirs: str) -> dict[str, str]:
    parts = ("weight", "bias", "running_mean", "running_var")
    return {f"{ours}.{part}": f"{theirs}.{part}" for part in parts}


def names(architecture: str, *, limited: bool = False) -> dict[str, str]:
    """Return our names of the weights and running statistics of a network, and braindecode's."""
    if architecture == "eegnet":
        return (
            {
                "temporal": "conv_temporal.weight",
                "spatial": "conv_spatial.parametrizations.weight.original",
                "separable_depth": "conv_separable_depth.weight",
                "separable_point": "conv_separable_point.weight",
            }
            | _norm("norm_0", "bnorm_temporal")
            | _norm("norm_1", "bnorm_1")
            | _norm("norm_2", "bnorm_2")
            | (_LIMITED_HEAD if limited else _HEAD)
        )
    if architecture == "shallow":
        return _PAIR | _norm("norm", "bnorm") | _HEAD
    convolutions = {f"convolutions.{i}.weight": f"conv_{i + 2}.weight" for i in range(3)}
    norms = _norm("norms.0", "bnorm")
    for i in range(1, 4):
        norms |= _norm(f"norms.{i}", f"bnorm_{i + 1}")
    return _PAIR | convolutions | norms | _HEAD


class _Twice(nn.Module):
    """A channel, twice."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x.repeat(1, 2, 1)


def peer(
    architecture: str, n_channels: int, n_times: int, n_classes: int, *, limited: bool = False, **options: Any
) -> nn.Module:
    """Return braindecode's network of the same definition; `limited` asks for EEGNet's limited last layer.

    Its ShallowFBCSPNet fails on a single channel, and so sees that channel twice.
    """
    if importlib.util.find_spec("torchaudio") is None:
        # Its wheel does not go with a torch without CUDA.
        _stand_in_for("torchaudio", "torchaudio.functional", "torchaudio.transforms")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        models = importlib.import_module("braindecode.models")
        kinds = {"eegnet": models.EEGNet, "shallow": models.ShallowFBCSPNet, "deep": models.Deep4Net}
        if limited:
            options["final_layer_with_constraint"] = True
        if architecture == "shallow" and n_channels == 1:
            return nn.Sequential(_Twice(), peer("shallow", 2, n_times, n_classes, **options))
        return kinds[architecture](n_chans=n_channels, n_outputs=n_classes, n_times=n_times, **options)


@torch.no_grad()
def give_weights(architecture: str, ours: dict[str, torch.Tensor], theirs: nn.Module, **kind: bool) -> None:
    """Copy weights and running statistics into braindecode's network."""
    state = dict(theirs.named_parameters()) | dict(theirs.named_buffers())
    for name, other in names(architecture, **kind).items():
        state[other].copy_(ours[name].reshape(state[other].shape))
