"""What `saliency` returns."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ._class_maps import place_of
from ._pictured import Pictured

_ADDITIVE = ("integrated_gradients", "occlusion")


@dataclass(frozen=True, eq=False)
class Saliency(Pictured):
    """How much each channel at each time speaks for a class, by a network.

    Parameters
    ----------
    values : ndarray of shape (n_windows, n_classes, n_channels, n_times) or (n_windows, n_channels, n_times)
        The maps, without the axis of classes where one class was asked for.
    classes : ndarray of shape (n_classes,)
        The labels explained.
    ch_names : list of str
        Names of the channels of the network.
    method : str
        The method.
    output : str
        What of the network is explained: ``"log-odds"``, ``"margin"`` or ``"probability"``.
    outputs : ndarray of shape (n_windows, n_classes)
        The value of it for each window.
    base_values : ndarray of shape (n_classes,), default=None
        Its mean over the baselines, where the method has these.
    completeness : ndarray of shape (n_windows, n_classes), default=None
        Of integrated gradients: how far their sum is from `outputs` less `base_values`, at least 0.
    n_steps : int, default=1
        The most evaluations on the way from a baseline to a window, or the number of noisy copies.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.explain import Saliency
    >>> values = np.array([[[1.0, 2.0], [0.0, -1.0]]])
    >>> outputs = np.array([[2.0]])
    >>> found = Saliency(values, np.array(["seizure"]), ["C3", "C4"], "occlusion", "margin", outputs)
    >>> found.by_channel()[0, :, 0]
    array([ 3., -1.])
    >>> found.top_channels("seizure", 1)
    ['C3']
    """

    values: np.ndarray = field(repr=False)
    classes: np.ndarray
    ch_names: list[str]
    method: str
    output: str
    outputs: np.ndarray = field(repr=False)
    base_values: np.ndarray | None = None
    completeness: np.ndarray | None = field(default=None, repr=False)
    n_steps: int = 1

    def by_channel(self) -> np.ndarray:
        """Return one value for each channel.

        Returns
        -------
        values : ndarray of shape (n_windows, n_channels, n_classes)
            The sum over time of integrated gradients and of occlusion, in the units of the output; the mean
            over time of the absolute value of gradients, per microvolt.

        Raises
        ------
        ValueError
            For Grad-CAM, whose maps tell when and not where.

        Notes
        -----
        The axes are those of the values of an :class:`Explanation` by channel.
        """
        if self.method == "gradcam":
            raise ValueError(
                'Grad-CAM has no values by channel, since a network mixes the channels first: use method="'
                'integrated_gradients" or "occlusion" to tell where.'
            )
        maps = self._with_classes().astype(np.float64, copy=False)
        found = maps.sum(axis=-1) if self.method in _ADDITIVE else np.abs(maps).mean(axis=-1)
        return np.moveaxis(found, 1, 2)

    def top_channels(self, label: Any, n: int = 3) -> list[str]:
        """Return the channels that speak most for a class, in the mean over the windows.

        Parameters
        ----------
        label : object
            One of `classes`.
        n : int, default=3
            Number of channels.

        Returns
        -------
        ch_names : list of str
            Their names, the first one first.
        """
        values = self.by_channel()[:, :, place_of(label, self.classes)].mean(axis=0)
        return [self.ch_names[index] for index in np.argsort(-values, kind="stable")[:n]]

    def of_class(self, label: Any) -> np.ndarray:
        """Return the maps of one class.

        Parameters
        ----------
        label : object
            One of `classes`.

        Returns
        -------
        values : ndarray of shape (n_windows, n_channels, n_times)
            Its maps.
        """
        return self._with_classes()[:, place_of(label, self.classes)]

    def _traced(self, label: Any) -> tuple[np.ndarray, list[str]]:
        return self.of_class(label), self.ch_names

    def _with_classes(self) -> np.ndarray:
        return self.values if self.values.ndim == 4 else self.values[:, np.newaxis]
