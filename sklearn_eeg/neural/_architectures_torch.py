"""The networks by name."""

from torch import nn

from ._deep_torch import DeepConvNet
from ._eegnet_torch import EEGNet
from ._inception_torch import InceptionNet
from ._shallow_torch import ShallowConvNet
from ._tcn_torch import TCN

ARCHITECTURES: dict[str, type[nn.Module]] = {
    "eegnet": EEGNet,
    "shallow": ShallowConvNet,
    "deep": DeepConvNet,
    "inception": InceptionNet,
    "tcn": TCN,
}
