"""How other packages compute what our features compute: functions of windows, by row of the table.

A package that is not installed loses its entries.
"""

import importlib
import importlib.machinery
import importlib.util
import sys
import types
from functools import partial

import numpy as np
import scipy.stats
from _plain import BANDS, SFREQ, Peer, plain, rows_of, sum_bands

Table = dict[str, dict[str, Peer]]


def peers() -> Table:
    """Return the peers of each row of the table, by name."""
    table: Table = {}
    for module, add in (
        ("scipy", plain),
        ("mne", _add_mne),
        ("mne_features", _add_mne_features),
        ("antropy", _add_antropy),
        ("eeglib", _add_eeglib),
        ("EntropyHub", _add_entropyhub),
        ("tsfel", _add_tsfel),
        ("pycatch22", _add_pycatch22),
        ("eegdash", _add_eegdash),
        ("neurokit2", _add_neurokit),
        ("nolds", _add_nolds),
        ("tsfresh", _add_tsfresh),
    ):
        if importlib.util.find_spec(module) is not None:
            for row, name, function in add():
                table.setdefault(row, {})[name] = function
    return table


def _add_mne() -> list[tuple[str, str, Peer]]:
    mne = importlib.import_module("mne")

    def welch(X: np.ndarray) -> object:
        psd, freqs = mne.time_frequency.psd_array_welch(
            X, SFREQ, n_fft=250, n_per_seg=250, n_overlap=125, window="hann", verbose="ERROR"
        )
        return sum_bands(freqs, psd)

    return [("welch", "mne", welch)]


def _add_mne_features() -> list[tuple[str, str, Peer]]:
    extract = importlib.import_module("mne_features.feature_extraction").extract_features

    def calling(*names: str, **parameters: object) -> Peer:
        return lambda X: extract(X, SFREQ, list(names), parameters or None, separator="_")

    nine = (
        "mean", "std", "skewness", "kurtosis", "zero_crossings", "line_length", "rms", "hjorth_mobility",
        "hjorth_complexity",
    )  # fmt: skip
    fft = {"pow_freq_bands__psd_method": "fft"}
    return [
        ("time", "mne-features", calling(*nine)),
        ("periodogram", "mne-features", calling("pow_freq_bands", **fft)),
        ("welch", "mne-features", calling("pow_freq_bands")),
        ("wavelet", "mne-features (energy alone)", calling("wavelet_coef_energy")),
        ("spectral entropy", "mne-features", calling("spect_entropy")),
        ("sample entropy", "mne-features", calling("samp_entropy")),
        ("Higuchi", "mne-features", calling("higuchi_fd")),
        ("Katz, Petrosian", "mne-features (Katz alone)", calling("katz_fd")),
        ("Hurst", "mne-features", calling("hurst_exp")),
        ("SVD entropy", "mne-features", calling("svd_entropy")),
        ("phase-locking value", "mne-features", calling("phase_lock_val")),
        ("cross-correlation", "mne-features", calling("max_cross_corr")),
    ]


def _add_antropy() -> list[tuple[str, str, Peer]]:
    ant = importlib.import_module("antropy")

    def time(X: np.ndarray) -> object:
        return (
            X.mean(-1), X.std(-1), scipy.stats.skew(X, -1), scipy.stats.kurtosis(X, -1),
            ant.num_zerocross(X), np.abs(np.diff(X)).sum(-1), np.sqrt((X**2).mean(-1)), ant.hjorth_params(X),
        )  # fmt: skip

    def lempel_ziv(x: np.ndarray) -> float:
        return ant.lziv_complexity((x > np.median(x)).astype(int), normalize=True)

    return [
        ("time", "antropy + scipy", time),
        ("spectral entropy", "antropy", lambda X: ant.spectral_entropy(X, SFREQ)),
        ("sample entropy", "antropy", rows_of(ant.sample_entropy)),
        ("permutation entropy 3", "antropy", rows_of(lambda x: ant.perm_entropy(x, 3, normalize=True))),
        ("permutation entropy 5", "antropy", rows_of(lambda x: ant.perm_entropy(x, 5, normalize=True))),
        ("Higuchi", "antropy", rows_of(ant.higuchi_fd)),
        ("Katz, Petrosian", "antropy", lambda X: (ant.katz_fd(X), ant.petrosian_fd(X))),
        ("DFA", "antropy", rows_of(ant.detrended_fluctuation)),
        ("SVD entropy", "antropy", rows_of(lambda x: ant.svd_entropy(x, order=10, delay=2))),
        ("Lempel-Ziv", "antropy", rows_of(lempel_ziv)),
    ]


def _add_eeglib() -> list[tuple[str, str, Peer]]:
    features = importlib.import_module("eeglib.features")
    limits = {"d": (2, 16), "t": (16, 32), "a": (32, 52), "b": (52, 120), "g": (120, 180)}

    def bands(x: np.ndarray) -> list[float]:
        return list(features.bandPower(np.abs(np.fft.rfft(x)) ** 2, limits, 0.25, True).values())

    return [
        ("periodogram", "eeglib", rows_of(bands)),
        ("sample entropy", "eeglib", rows_of(features.sampEn)),
        ("Higuchi", "eeglib", rows_of(lambda x: features.HFD(x, 10))),
        ("DFA", "eeglib", rows_of(features.DFA)),
        ("Lempel-Ziv", "eeglib", rows_of(features.LZC)),
    ]


def _add_entropyhub() -> list[tuple[str, str, Peer]]:
    hub = importlib.import_module("EntropyHub")
    return [
        ("spectral entropy", "EntropyHub", rows_of(lambda x: hub.SpecEn(x)[0])),
        ("sample entropy", "EntropyHub", rows_of(lambda x: hub.SampEn(x, m=2, r=0.2 * x.std())[0][2])),
        ("permutation entropy 3", "EntropyHub", rows_of(lambda x: hub.PermEn(x, m=3)[0][2])),
        ("permutation entropy 5", "EntropyHub", rows_of(lambda x: hub.PermEn(x, m=5)[0][4])),
    ]


def _add_tsfel() -> list[tuple[str, str, Peer]]:
    tsfel = importlib.import_module("tsfel")
    domains = tsfel.get_features_by_domain()

    def calling(*names: str) -> Peer:
        chosen = {
            domain: {name: dict(entry, use="yes") for name, entry in entries.items() if name in names}
            for domain, entries in domains.items()
        }
        chosen = {domain: entries for domain, entries in chosen.items() if entries}
        return lambda X: tsfel.time_series_features_extractor(
            chosen, [np.ascontiguousarray(window.T) for window in X], fs=SFREQ, verbose=0, n_jobs=None
        )

    seven = (
        "Mean", "Standard deviation", "Skewness", "Kurtosis", "Zero crossing rate", "Sum absolute diff",
        "Root mean square",
    )  # fmt: skip
    five = [
        f"Wavelet {name}" for name in ("absolute mean", "energy", "entropy", "standard deviation", "variance")
    ]
    return [
        ("time", "tsfel (7 of the 9)", calling(*seven)),
        ("wavelet", "tsfel", calling(*five)),
        ("Hurst", "tsfel", calling("Hurst exponent")),
        ("all", "tsfel (its default set)", calling(*(
            name for entries in domains.values() for name, entry in entries.items() if entry["use"] == "yes"
        ))),
    ]  # fmt: skip


def _add_pycatch22() -> list[tuple[str, str, Peer]]:
    pycatch22 = importlib.import_module("pycatch22")
    return [("catch22", "pycatch22", rows_of(lambda x: pycatch22.catch22_all(x, catch24=True)["values"]))]


class _StandIn(types.ModuleType):
    """A module that has any name, for what a peer imports and does not use here."""

    def __getattr__(self, name: str) -> object:
        if name.startswith("__"):
            raise AttributeError(name)
        return type(name, (), {})


def _stand_in_for(*names: str) -> None:
    """Put stand-ins in the place of modules."""
    for name in names:
        module = _StandIn(name)
        module.__spec__ = importlib.machinery.ModuleSpec(name, None)
        module.__path__ = []
        sys.modules[name] = module
        parent, _, child = name.rpartition(".")
        if parent in sys.modules:
            setattr(sys.modules[parent], child, module)


def _add_eegdash() -> list[tuple[str, str, Peer]]:
    if importlib.util.find_spec("torchaudio") is None:
        # Its wheel does not go with a torch without CUDA.
        _stand_in_for("torchaudio", "torchaudio.functional", "torchaudio.transforms")
    extractor = importlib.import_module("eegdash.features").FeatureExtractor
    bank = importlib.import_module("eegdash.features.feature_bank")
    info = importlib.import_module("mne").create_info(19, SFREQ, "eeg")

    def calling(preprocessor: object = None, /, **functions: object) -> Peer:
        step = extractor(functions, preprocessor=preprocessor)

        def compute(X: np.ndarray) -> object:
            return step(X, _metadata={"info": info, "batch_size": len(X), "ch_names": info.ch_names})

        return compute

    nine = {
        name: getattr(bank, f"signal_{name}")
        for name in (
            "mean", "std", "skewness", "kurtosis", "zero_crossings", "line_length", "root_mean_square",
            "hjorth_mobility", "hjorth_complexity",
        )
    }  # fmt: skip
    welch = partial(bank.spectral_preprocessor, fs=SFREQ, nperseg=250, f_min=0.5, f_max=125.0)
    svd = partial(bank.complexity_svd_entropy, m=10, tau=2)
    katz = {
        "katz": bank.dimensionality_katz_fractal_dim,
        "petrosian": bank.dimensionality_petrosian_fractal_dim,
    }
    name, bands = "eegdash", BANDS | {"delta": (1, 4)}  # its lowest edge must be a frequency
    return [
        ("time", name, calling(**nine)),
        ("welch", name, calling(welch, power=partial(bank.spectral_bands_power, bands=bands))),
        ("sample entropy", name, calling(
            bank.complexity_entropy_preprocessor, f=bank.complexity_sample_entropy
        )),
        ("Higuchi", name, calling(f=bank.dimensionality_higuchi_fractal_dim)),
        ("Katz, Petrosian", name, calling(**katz)),
        ("Hurst", name, calling(f=bank.complexity_hurst_exp)),
        ("DFA", name, calling(f=bank.complexity_detrended_fluctuation_analysis)),
        ("SVD entropy", name, calling(f=svd)),
        ("Lempel-Ziv", name, calling(f=bank.complexity_lempel_ziv)),
        ("phase-locking value", name, calling(
            bank.connectivity_phase_diff_preprocessor, f=bank.connectivity_phase_locking_value
        )),
    ]  # fmt: skip


def _add_neurokit() -> list[tuple[str, str, Peer]]:
    nk = importlib.import_module("neurokit2")
    bands = list(BANDS.values())

    def power(x: np.ndarray) -> np.ndarray:
        return nk.signal_power(x, bands, sampling_rate=SFREQ, method="fft", normalize=False).to_numpy()

    return [
        ("periodogram", "neurokit2", rows_of(power)),
        ("permutation entropy 3", "neurokit2", rows_of(lambda x: nk.entropy_permutation(x, dimension=3)[0])),
        ("permutation entropy 5", "neurokit2", rows_of(lambda x: nk.entropy_permutation(x, dimension=5)[0])),
    ]


def _add_nolds() -> list[tuple[str, str, Peer]]:
    # nolds 0.6.3 looks for its example data as if the module were a package, which Python refuses.
    _stand_in_for("nolds.datasets")
    nolds = importlib.import_module("nolds.measures")
    return [
        ("sample entropy", "nolds", rows_of(lambda x: nolds.sampen(x, tolerance=0.2 * x.std()))),
        ("Hurst", "nolds", rows_of(partial(nolds.hurst_rs, fit="poly"))),
        ("DFA", "nolds", rows_of(partial(nolds.dfa, fit_exp="poly"))),
    ]


def _add_tsfresh() -> list[tuple[str, str, Peer]]:
    calculators = importlib.import_module("tsfresh.feature_extraction.feature_calculators")
    names = ("mean", "standard_deviation", "skewness", "kurtosis", "mean_abs_change", "root_mean_square")
    functions = [getattr(calculators, name) for name in names]

    def seven(x: np.ndarray) -> list[float]:
        return [*(function(x) for function in functions), calculators.number_crossing_m(x, 0)]

    return [("time", "tsfresh (7 of the 9)", rows_of(seven))]
