"""Spaces in which preprocessing, features and oversampling are tuned."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from ..features import (
    CanonicalFeatures,
    ComplexityFeatures,
    ConnectivityFeatures,
    FFTFeatures,
    RandomKernelFeatures,
    TimeFeatures,
    WaveletFeatures,
)
from ..preprocessing import BandpassFilter, ChannelRepair, ChannelScaler, Denoiser, NotchFilter
from ..sampling import SurrogateOversampler, WGANOversampler, WindowSMOTE
from ._space_draws import among, real, whole

_LOW_EDGES = (0.5, 1.0)
_HIGH_EDGES = (30.0, 45.0, 70.0)
_FINE_EDGES = (0.5, 2.0, 4.0, 6.0, 8.0, 10.0, 13.0, 20.0, 30.0, 45.0)
_SPECTRAL = ["log_power", "relative_power", "disorder", "edges", "peak"]
_WAVELETS = ("db2", "db4", "sym4", "coif1", "bior2.2")
_WITHOUT_AMPLITUDE = [  # the 22 canonical ones, blind to mean and standard deviation
    "histogram", "outliers", "autocorrelation", "spectrum", "differences", "stretches", "pairs",
    "transitions", "periodicity", "embedding", "fluctuation",
]  # fmt: skip
_SURROGATES = ("fourier", "iaaft", "noise", "time_shift", "segments", "gaussian")


class FillTo(NamedTuple):
    """A strategy for samplers: bring rarer classes to a share of the size of the largest.

    Examples
    --------
    >>> from sklearn_eeg.systems._space_steps import FillTo
    >>> FillTo(0.5)(["rest"] * 10 + ["focal"] * 2 + ["tonic"] * 7)
    {'focal': 5, 'tonic': 7}
    """

    share: float

    def __call__(self, y: Any) -> dict[Any, int]:
        """Return how many windows each class but the largest shall have."""
        labels, counts = np.unique(np.asarray(y), return_counts=True)
        wanted, largest = round(self.share * counts.max()), counts.argmax()
        sizes = dict(zip(labels.tolist(), np.maximum(counts, wanted).tolist(), strict=True))
        del sizes[labels[largest].item()]
        return sizes


def _of_denoiser(part: Denoiser) -> dict[str, Any]:
    bands = [(low, high) for low in _LOW_EDGES for high in (None, *_HIGH_EDGES)]
    held = [(low, high) for low, high in bands if high is None or high < part.sfreq / 2]
    return {
        "clip": among(part.clip, None, 6.0, 8.0, 12.0),
        "asr": among(part.asr, None, 5.0, 10.0, 20.0),
        "wavelet": among(part.wavelet, None, "sym4", "db4"),
        "threshold": among(part.threshold, "sure", "universal", "bayes"),
        "threshold_mode": among(part.threshold_mode, "soft", "hard", "garrote"),
        "band": among(part.band, None, *held),
    }


def _of_bandpass(part: BandpassFilter) -> dict[str, Any]:
    return {
        "low": among(part.low, None, *_LOW_EDGES),
        "high": among(part.high, None, *(edge for edge in _HIGH_EDGES if edge < part.sfreq / 2)),
        "order": whole(2, 6),
    }


def _of_notch(part: NotchFilter) -> dict[str, Any]:
    return {"harmonics": whole(1, 3), "method": among(part.method, "notch", "interpolate")}


def _of_repair(part: ChannelRepair) -> dict[str, Any]:  # noqa: ARG001
    return {"noise_threshold": real(3.0, 8.0)}


def _of_scaler(part: ChannelScaler) -> dict[str, Any]:
    return {"scaling": among(part.scaling, "robust", "standard")}


def _of_time(part: TimeFeatures) -> dict[str, Any]:
    return {"features": among(part.features, "all", "basic")}


def _of_fft(part: FFTFeatures) -> dict[str, Any]:
    """Return features, estimate and bands; the bands only where no feature is named after one."""
    space = {
        "features": among(part.features, "all", "log_power", _SPECTRAL),
        "method": among(part.method, "periodogram", "welch", "multitaper"),
        "taper": among(part.taper, "hann", "boxcar"),
    }
    named = [part.features] if isinstance(part.features, str) else part.features
    if not any("__" in str(each) for each in named):
        space["bands"] = among(part.bands, None, _make_fine_bands(part.sfreq / 2))
    return space


def _make_fine_bands(nyquist: float) -> dict[str, tuple[float, float]]:
    """Return about two bands in place of each clinical one, as far as the rate holds them."""
    pairs = [(low, min(high, nyquist)) for low, high in pairwise(_FINE_EDGES) if low < nyquist]
    return {f"{low:g}-{high:g}Hz": (low, high) for low, high in pairs}


def _of_wavelet(part: WaveletFeatures) -> dict[str, Any]:
    return {
        "wavelet": among(part.wavelet, *_WAVELETS),
        "level": among(part.level, None, 3, 4),
    }


def _of_complexity(part: ComplexityFeatures) -> dict[str, Any]:  # noqa: ARG001
    return {
        "embedding": whole(2, 3),
        "tolerance": real(0.1, 0.3),
        "permutation_order": whole(3, 5),
        "higuchi_kmax": whole(5, 20),
    }


def _of_canonical(part: CanonicalFeatures) -> dict[str, Any]:
    return {"features": among(part.features, "all", _WITHOUT_AMPLITUDE)}


def _of_connectivity(part: ConnectivityFeatures) -> dict[str, Any]:
    return {"features": among(part.features, "compact", "tangent", "strengths")}


def _of_kernels(part: RandomKernelFeatures) -> dict[str, Any]:
    return {"n_features": among(part.n_features, 2_500, 5_000, 10_000)}


def _of_surrogates(part: SurrogateOversampler) -> dict[str, Any]:
    return {
        "sampling_strategy": _strategies(part),
        "method": among(part.method, *_SURROGATES),
    }


def _of_smote(part: WindowSMOTE) -> dict[str, Any]:
    return {
        "sampling_strategy": _strategies(part),
        "k_neighbors": whole(2, 8),
        "kind": among(part.kind, "smote", "borderline"),
    }


def _of_wgan(part: WGANOversampler) -> dict[str, Any]:
    return {
        "sampling_strategy": _strategies(part),
        "critic_lr": real(1e-4, 1e-3, log=True),
        "augmentation": real(0.0, 0.4),
        "spectral_weight": real(0.0, 4.0),
    }


def _strategies(part: Any) -> Any:
    return among(part.sampling_strategy, "auto", FillTo(0.25), FillTo(0.5))


STEP_SPACES: dict[type, Callable[[Any], dict[str, Any]]] = {
    BandpassFilter: _of_bandpass,
    CanonicalFeatures: _of_canonical,
    ChannelRepair: _of_repair,
    ChannelScaler: _of_scaler,
    ComplexityFeatures: _of_complexity,
    ConnectivityFeatures: _of_connectivity,
    Denoiser: _of_denoiser,
    FFTFeatures: _of_fft,
    NotchFilter: _of_notch,
    RandomKernelFeatures: _of_kernels,
    SurrogateOversampler: _of_surrogates,
    TimeFeatures: _of_time,
    WGANOversampler: _of_wgan,
    WaveletFeatures: _of_wavelet,
    WindowSMOTE: _of_smote,
}
