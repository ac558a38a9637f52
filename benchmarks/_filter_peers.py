"""How other packages clean windows as our functions do: functions of windows, by row of the table.

A package that is not installed loses its entries. Peers marked by ``SAME`` are of our definition, so that
their result must equal ours.
"""

import importlib
import importlib.util
import logging

import numpy as np
import pywt
import scipy.signal
from _peers import SFREQ, Peer, Table

BAND = (0.5, 45.0)
NEW_SFREQ = 200.0
WAVELET, LEVEL = "db4", 5
SAME = {
    "sosfiltfilt": "scipy.signal.sosfiltfilt",
    "band-pass, IIR": "scipy.signal.sosfiltfilt",
    "band-pass, FIR": "scipy.signal.oaconvolve",
    "notch": "scipy.signal.sosfiltfilt",
    "shrinkage, universal": "pywt + numpy",
    "shrinkage, SURE": "pywt + numpy",
    "shrinkage, Bayes": "scikit-image",
    "resampling": "scipy.signal.resample_poly",
}


def peers(train: np.ndarray) -> Table:
    """Return the peers of each row of the table, by name; what must be calibrated is so by `train`."""
    found = [*_scipy(), *_pywt()]
    for module, add in (("mne", _mne), ("skimage", _skimage), ("neurokit2", _neurokit2)):
        if importlib.util.find_spec(module) is not None:
            found += add()
    if importlib.util.find_spec("meegkit") is not None:
        found += _meegkit(train)
    table: Table = {}
    for row, name, function in found:
        table.setdefault(row, {})[name] = function
    return table


def by_signal(function: Peer) -> Peer:
    """Return a function of windows that calls a function of one signal in a loop."""
    return lambda X: np.array([function(x) for x in X.reshape(-1, X.shape[-1])]).reshape(*X.shape[:-1], -1)


def _scipy() -> list[tuple[str, str, Peer]]:
    band = scipy.signal.butter(4, BAND, "bandpass", fs=SFREQ, output="sos")
    narrow = scipy.signal.tf2sos(*scipy.signal.iirnotch(50, 30, fs=SFREQ))
    pads = {"padtype": "even", "padlen": 999}
    n_high, n_low = 75, 1651  # 3.3 s times the rate over the widths of the transitions, 11.25 and 0.5 Hz
    taps = -scipy.signal.firwin(n_low, 0.25, window="hamming", fs=SFREQ)
    taps[(n_low - n_high) // 2 : (n_low + n_high) // 2] += scipy.signal.firwin(
        n_high, 45 + 11.25 / 2, window="hamming", fs=SFREQ
    )

    def fir(X: np.ndarray) -> np.ndarray:
        extended = np.pad(X, ((0, 0), (0, 0), (n_low // 2, n_low // 2)), mode="symmetric")
        return scipy.signal.oaconvolve(extended, taps[None, None], mode="valid", axes=-1)

    def resample(X: np.ndarray) -> np.ndarray:
        line = X[..., :1] + (X[..., -1:] - X[..., :1]) * np.linspace(0, 1, X.shape[-1])
        times = np.arange(X.shape[-1] * 4 // 5) * SFREQ / NEW_SFREQ / (X.shape[-1] - 1)
        new_line = X[..., :1] + (X[..., -1:] - X[..., :1]) * times
        return scipy.signal.resample_poly(X - line, 4, 5, axis=-1) + new_line

    return [
        ("sosfiltfilt", "scipy.signal.sosfiltfilt", lambda X: scipy.signal.sosfiltfilt(band, X)),
        ("band-pass, IIR", "scipy.signal.sosfiltfilt", lambda X: scipy.signal.sosfiltfilt(band, X, **pads)),
        ("band-pass, FIR", "scipy.signal.oaconvolve", fir),
        ("notch", "scipy.signal.sosfiltfilt", lambda X: scipy.signal.sosfiltfilt(narrow, X, padlen=9)),
        ("resampling", "scipy.signal.resample_poly", resample),
    ]


def _pywt() -> list[tuple[str, str, Peer]]:
    def shrinker(rule: Peer) -> Peer:
        def shrink(X: np.ndarray) -> np.ndarray:
            approximation, *details = pywt.wavedec(X, WAVELET, level=LEVEL, axis=-1)
            sigma = np.median(np.abs(details[-1]), axis=-1, keepdims=True) / 0.6744897501960817
            limit = sigma * np.sqrt(2 * np.log(X.shape[-1]))
            limits = [np.minimum(sigma * rule(np.abs(d) / sigma), limit) for d in details]
            kept = [np.sign(d) * np.maximum(np.abs(d) - t, 0) for d, t in zip(details, limits, strict=True)]
            return pywt.waverec([approximation, *kept], WAVELET, axis=-1)[..., : X.shape[-1]]

        return shrink

    def sure(magnitude: np.ndarray) -> np.ndarray:
        magnitude = np.sort(magnitude, axis=-1)
        n, square = magnitude.shape[-1], np.square(magnitude)
        rank = np.arange(1, n + 1)
        risk = n - 2 * rank + square.cumsum(axis=-1) + (n - rank) * square
        best = np.take_along_axis(magnitude, risk.argmin(axis=-1)[..., None], axis=-1)
        return np.where(risk.min(axis=-1)[..., None] < n, best, 0)

    return [
        ("shrinkage, universal", "pywt + numpy", shrinker(lambda magnitude: np.inf)),  # noqa: ARG005
        ("shrinkage, SURE", "pywt + numpy", shrinker(sure)),
    ]


def _mne() -> list[tuple[str, str, Peer]]:
    mne = importlib.import_module("mne")
    mne.set_log_level("CRITICAL")
    functions = mne.filter

    def spectrum_fit(X: np.ndarray) -> np.ndarray:
        return functions.notch_filter(X, SFREQ, 50.0, method="spectrum_fit", filter_length="4s")

    return [
        ("band-pass, IIR", "mne", lambda X: functions.filter_data(X, SFREQ, *BAND, method="iir")),
        ("band-pass, FIR", "mne", lambda X: functions.filter_data(X, SFREQ, *BAND)),
        ("notch", "mne (FIR)", lambda X: functions.notch_filter(X, SFREQ, 50.0)),
        ("line interpolation", "mne spectrum_fit", spectrum_fit),
        ("resampling", "mne (FFT)", lambda X: functions.resample(X, NEW_SFREQ, SFREQ)),
        (
            "resampling",
            "mne polyphase",
            lambda X: functions.resample(X, NEW_SFREQ, SFREQ, method="polyphase"),
        ),
    ]


def _skimage() -> list[tuple[str, str, Peer]]:
    denoise = importlib.import_module("skimage.restoration").denoise_wavelet

    def calling(method: str) -> Peer:
        return by_signal(
            lambda x: denoise(
                x, wavelet=WAVELET, mode="soft", wavelet_levels=LEVEL, method=method, rescale_sigma=False
            )
        )

    return [
        ("shrinkage, universal", "scikit-image", calling("VisuShrink")),
        ("shrinkage, Bayes", "scikit-image", calling("BayesShrink")),
    ]


def _neurokit2() -> list[tuple[str, str, Peer]]:
    filtering = importlib.import_module("neurokit2").signal_filter

    def band(x: np.ndarray) -> np.ndarray:
        return filtering(x, sampling_rate=SFREQ, lowcut=BAND[0], highcut=BAND[1], order=4)

    return [("band-pass, IIR", "neurokit2", by_signal(band))]


def _meegkit(train: np.ndarray) -> list[tuple[str, str, Peer]]:
    line = importlib.import_module("meegkit.dss").dss_line
    model = importlib.import_module("meegkit.asr").ASR(sfreq=SFREQ, cutoff=20)
    logging.getLogger().setLevel(logging.ERROR)
    model.fit(np.concatenate(list(train), axis=-1))

    def zapline(X: np.ndarray) -> np.ndarray:
        return line(X.transpose(2, 1, 0), 50.0, SFREQ, nfft=X.shape[-1], nremove=1)[0].transpose(2, 1, 0)

    def reconstruct(window: np.ndarray) -> np.ndarray:
        model.cov_, model._counter, model.zi_, model.state_["R"] = [], [], None, None  # as before any window
        return model.transform(window)

    return [
        ("line interpolation", "meegkit ZapLine (all channels together)", zapline),
        ("ASR", "meegkit", lambda X: np.stack([reconstruct(window) for window in X])),
    ]
