"""The critic of a conditional WGAN: how real a window of a class looks."""

from collections.abc import Sequence
from numbers import Integral
from typing import cast

from torch import Tensor, nn
from torch.nn import functional

_LEAK = 0.2


class Critic(nn.Module):
    """Projection critic of strided 1-D convolutions, without any norm over the batch.

    Parameters
    ----------
    n_channels, n_times, n_classes : int
        Sizes of the windows, and the number of classes.
    widths : sequence of int, default=(48, 64, 80, 96)
        Number of filters of each convolution; each halves the number of time points.
    kernel : int, default=9
        Length of the filters, in time points, odd.

    Raises
    ------
    ValueError
        If a size is not positive or `kernel` is not odd.

    Notes
    -----
    With h the mean over time of the last features, the score is ``w h + v_label h``: the second term is the
    projection on the label [1]_. A norm over the batch would make the score of a window depend on the
    others, for which the gradient penalty is not defined [2]_.

    References
    ----------
    .. [1] T. Miyato and M. Koyama, "cGANs with projection discriminator", ICLR 2018.
       https://doi.org/10.48550/arXiv.1802.05637
    .. [2] I. Gulrajani et al., "Improved training of Wasserstein GANs", NeurIPS 2017.
       https://doi.org/10.48550/arXiv.1704.00028

    Examples
    --------
    >>> import torch
    >>> from sklearn_eeg.sampling._critic_torch import Critic
    >>> critic = Critic(n_channels=19, n_times=500, n_classes=4)
    >>> critic(torch.zeros(2, 19, 500), torch.tensor([0, 3])).shape
    torch.Size([2])
    """

    def __init__(
        self,
        n_channels: int,
        n_times: int,
        n_classes: int,
        *,
        widths: Sequence[int] = (48, 64, 80, 96),
        kernel: int = 9,
    ) -> None:
        super().__init__()
        check_network(n_channels, n_times, n_classes, widths, kernel)
        inputs = (n_channels, *widths[:-1])
        self.layers = nn.ModuleList(
            nn.Conv1d(n_in, n_out, kernel, stride=2, padding=kernel // 2)
            for n_in, n_out in zip(inputs, widths, strict=True)
        )
        self.score = nn.Linear(widths[-1], 1)
        self.label = nn.Embedding(n_classes, widths[-1])
        nn.init.normal_(self.label.weight, std=widths[-1] ** -0.5)

    def forward(self, windows: Tensor, labels: Tensor) -> Tensor:
        """Return the scores (n_windows,) of windows (n_windows, n_channels, n_times) as of their labels."""
        x = windows
        for layer in self.layers:
            x = functional.leaky_relu(layer(x), _LEAK)
        features = x.mean(-1)
        return cast(Tensor, self.score(features)[:, 0] + (features * self.label(labels)).sum(1))


def check_network(n_channels: int, n_times: int, n_classes: int, widths: Sequence[int], kernel: int) -> None:
    """Raise a ValueError unless the sizes of a network are positive and its kernel odd."""
    for name, size in (("n_channels", n_channels), ("n_times", n_times), ("n_classes", n_classes)):
        if size < 1:
            raise ValueError(f"`{name}` must be at least 1, got {size}.")
    if not len(widths) or not all(isinstance(width, Integral) and width > 0 for width in widths):
        raise ValueError(
            f"`widths` must hold at least one whole number, each at least 1, got {tuple(widths)}."
        )
    if kernel < 1 or kernel % 2 == 0:
        raise ValueError(f"`kernel` must be odd and positive, got {kernel}: take {kernel + 1}.")
