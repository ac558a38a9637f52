"""Mathematics of signals: arrays ``(..., n_times)`` in, arrays out.

No scikit-learn, no torch, no files; nothing of the house is imported here.
"""

from ._asr import asr_clean
from ._asr_calibration import asr_calibrate
from ._bands import CLINICAL_BANDS, band_power
from ._catch22 import canonical_statistics
from ._channel_quality import clipped_share, loudness, nearest_channel_distance, roughness, silent_share
from ._clip import clip_amplitude
from ._coherence import coherence
from ._connectivity import connectivity_matrices
from ._correlation import correlation, correlation_eigenvalues, rank_correlation
from ._correlation_dimension import correlation_dimension
from ._cross_correlation import maximal_cross_correlation
from ._dfa import dfa_exponent
from ._entropy import entropy_statistics
from ._filters import bandpass, check_edges, notch
from ._flat import is_flat
from ._fractal import fractal_statistics, higuchi_fd, katz_fd, petrosian_fd
from ._graph import strength
from ._hurst import hurst_exponent
from ._interpolation import spherical_spline
from ._mains import remove_line
from ._phase import analytic_signal, phase_locking_value, weighted_phase_lag_index
from ._resample import count_resampled, resample, resampling_ratio
from ._scalp_map import interpolate_scalp
from ._shapley import shapley_of_products
from ._shrinkage import THRESHOLD_MODES, THRESHOLD_RULES, noise_level, wavelet_shrinkage
from ._sosfiltfilt import sosfiltfilt
from ._spectrum import multitaper, periodogram, welch
from ._spectrum_statistics import spectrum_statistics
from ._surrogates import fourier_surrogate, iaaft_surrogate
from ._tangent import log_covariance
from ._time import TIME_SWEEPS, time_statistics
from ._wavelet import max_level, subband_names, subbands
from ._wavelet_statistics import WAVELET_SWEEPS, wavelet_statistics

__all__ = [
    "CLINICAL_BANDS",
    "THRESHOLD_MODES",
    "THRESHOLD_RULES",
    "TIME_SWEEPS",
    "WAVELET_SWEEPS",
    "analytic_signal",
    "asr_calibrate",
    "asr_clean",
    "band_power",
    "bandpass",
    "canonical_statistics",
    "check_edges",
    "clip_amplitude",
    "clipped_share",
    "coherence",
    "connectivity_matrices",
    "correlation",
    "correlation_dimension",
    "correlation_eigenvalues",
    "count_resampled",
    "dfa_exponent",
    "entropy_statistics",
    "fourier_surrogate",
    "fractal_statistics",
    "higuchi_fd",
    "hurst_exponent",
    "iaaft_surrogate",
    "interpolate_scalp",
    "is_flat",
    "katz_fd",
    "log_covariance",
    "loudness",
    "max_level",
    "maximal_cross_correlation",
    "multitaper",
    "nearest_channel_distance",
    "noise_level",
    "notch",
    "periodogram",
    "petrosian_fd",
    "phase_locking_value",
    "rank_correlation",
    "remove_line",
    "resample",
    "resampling_ratio",
    "roughness",
    "shapley_of_products",
    "silent_share",
    "sosfiltfilt",
    "spectrum_statistics",
    "spherical_spline",
    "strength",
    "subband_names",
    "subbands",
    "time_statistics",
    "wavelet_shrinkage",
    "wavelet_statistics",
    "weighted_phase_lag_index",
    "welch",
]
