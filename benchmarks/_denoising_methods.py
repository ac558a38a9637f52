"""Ways to clean windows, ours and the peers': what each learns from training windows, and what it does then.

``methods(train, sfreq, mains)`` gives a dict of name to function from windows to windows. Peers that are not
installed are left out; `absent` names them.
"""

import importlib
import importlib.util
import logging
from collections.abc import Callable

import numpy as np
import pywt

from sklearn_eeg.preprocessing import Denoiser

Method = Callable[[np.ndarray], np.ndarray]
PEERS = {"mne": "mne", "meegkit": "meegkit", "mne-denoise": "mne_denoise", "scikit-image": "skimage"}
OFF = {"mains": None, "wavelet": None, "band": None}
SLOW = {"mne-denoise SSA": 3}  # windows that a method is given, where it takes seconds for one


def stages(sfreq: float, mains: float | None) -> dict[str, dict]:
    """Return the parameters of a `Denoiser` that runs one stage alone, by the name of the stage."""
    high = 45.0 if sfreq > 90 else None
    settings: dict[str, dict] = {
        "clip 8": OFF | {"clip": 8.0},
        "notch": OFF | {"mains": mains},
        "interpolation": OFF | {"mains": mains, "mains_method": "interpolate"},
        "ASR 5": OFF | {"asr": 5.0},
        "ASR 10": OFF | {"asr": 10.0},
        "ASR 20": OFF | {"asr": 20.0},
        "wavelet, SURE": OFF | {"wavelet": "sym4"},
        "wavelet, universal": OFF | {"wavelet": "sym4", "threshold": "universal"},
        "wavelet, Bayes": OFF | {"wavelet": "sym4", "threshold": "bayes"},
        "wavelet, SURE, garrote": OFF | {"wavelet": "sym4", "threshold_mode": "garrote"},
        "band": OFF | {"band": (0.5, high)},
        "band, FIR": OFF | {"band": (0.5, high), "band_method": "fir"},
    }
    if mains is None:
        del settings["notch"], settings["interpolation"]
    return settings


def whole(sfreq: float, mains: float | None) -> dict[str, dict]:
    """Return the parameters of whole denoisers by name: the default, and what might be better."""
    high = 45.0 if sfreq > 90 else None
    default = {"mains": mains, "band": (0.5, high)}
    tried = {
        "default": default,
        "default, interpolation": default | {"mains_method": "interpolate"},
        "default, universal": default | {"threshold": "universal"},
        "default, Bayes": default | {"threshold": "bayes"},
        "default, no wavelet": default | {"wavelet": None},
        "default, 0.5-30 Hz": default | {"band": (0.5, 30.0)},
        "default, from 1 Hz": default | {"band": (1.0, high)},
        "default, ASR 10": default | {"asr": 10.0},
        "all stages": default | {"clip": 8.0, "asr": 10.0},
    }
    if mains is None:
        del tried["default, interpolation"]
    return tried


def methods(train: np.ndarray, sfreq: float, mains: float) -> dict[str, Method]:
    """Return every method, fitted on training windows where it learns."""
    settings = stages(sfreq, mains) | whole(sfreq, mains)
    ours: dict[str, Method] = {
        name: Denoiser(sfreq, **parameters).fit(train).transform for name, parameters in settings.items()
    }
    found = ours | {"pywt, VisuShrink": _visu_shrink}
    for module, add in (
        ("mne", _mne), ("meegkit", _meegkit), ("mne_denoise", _mne_denoise), ("skimage", _skimage)
    ):  # fmt: skip
        if importlib.util.find_spec(module) is not None:
            found |= add(train, sfreq, mains)
    return found


def absent() -> list[str]:
    """Return the peers that are not installed."""
    return [name for name, module in PEERS.items() if importlib.util.find_spec(module) is None]


def _visu_shrink(X: np.ndarray) -> np.ndarray:
    coefficients = pywt.wavedec(X, "sym4", level=5, axis=-1)
    sigma = np.median(np.abs(coefficients[-1]), axis=-1, keepdims=True) / 0.6745
    limit = sigma * np.sqrt(2 * np.log(X.shape[-1]))
    shrunk = [np.sign(c) * np.maximum(np.abs(c) - limit, 0) for c in coefficients[1:]]
    return pywt.waverec([coefficients[0], *shrunk], "sym4", axis=-1)[..., : X.shape[-1]]


def _mne(train: np.ndarray, sfreq: float, mains: float) -> dict[str, Method]:  # noqa: ARG001
    mne = importlib.import_module("mne")
    mne.set_log_level("CRITICAL")

    def band(X: np.ndarray) -> np.ndarray:
        return mne.filter.filter_data(X, sfreq, 0.5, 45.0, verbose="CRITICAL")

    def notch(X: np.ndarray) -> np.ndarray:
        return mne.filter.notch_filter(X, sfreq, mains, verbose="CRITICAL")

    return {"mne, FIR band": band, "mne, FIR notch": notch, "mne, both": lambda X: band(notch(X))}


def _meegkit(train: np.ndarray, sfreq: float, mains: float) -> dict[str, Method]:  # noqa: ARG001
    asr = importlib.import_module("meegkit.asr").ASR
    logging.getLogger().setLevel(logging.ERROR)

    def fitted(cutoff: float) -> Method:
        model = asr(sfreq=sfreq, cutoff=cutoff)
        model.fit(np.concatenate(list(train), axis=-1))

        def clean(window: np.ndarray) -> np.ndarray:
            model.cov_, model._counter, model.zi_, model.state_["R"] = [], [], None, None
            return model.transform(window)

        return lambda X: np.stack([clean(window) for window in X])

    return {f"meegkit ASR {cutoff:g}": fitted(cutoff) for cutoff in (5.0, 10.0, 20.0)}


def _mne_denoise(train: np.ndarray, sfreq: float, mains: float) -> dict[str, Method]:
    asr = importlib.import_module("mne_denoise.asr").ASR
    line = importlib.import_module("mne_denoise.zapline").ZapLine
    ssa = importlib.import_module("mne_denoise.ssa").SingularSpectrumAnalysis
    importlib.import_module("mne").set_log_level("CRITICAL")

    def by_window(function: Method) -> Method:
        return lambda X: np.stack([function(window) for window in X])

    def fitted(cutoff: float) -> Method:
        return by_window(asr(sfreq=sfreq, cutoff=cutoff).fit(np.concatenate(list(train), axis=-1)).transform)

    found = {f"mne-denoise ASR {cutoff:g}": fitted(cutoff) for cutoff in (10.0, 20.0)}
    return found | {
        "mne-denoise ZapLine": lambda X: line(sfreq=sfreq, line_freq=mains).fit_transform(X),
        "mne-denoise SSA": by_window(lambda window: ssa(sfreq=sfreq).fit_transform(window)),
    }


def _skimage(train: np.ndarray, sfreq: float, mains: float) -> dict[str, Method]:  # noqa: ARG001
    restoration = importlib.import_module("skimage.restoration")

    def shrink(x: np.ndarray) -> np.ndarray:
        return restoration.denoise_wavelet(x, wavelet="sym4", method="BayesShrink", rescale_sigma=True)

    return {"scikit-image, BayesShrink": lambda X: np.apply_along_axis(shrink, -1, X)}
