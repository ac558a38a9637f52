"""How good synthetic windows are, beside real windows of other patients and beside rivals."""

from collections.abc import Mapping, Sequence
from numbers import Integral
from typing import Any

from ._fidelity_compute import compute_figures
from ._fidelity_gallery import make_gallery
from ._fidelity_inputs import read_inputs
from ._fidelity_result import FidelityReport


def fidelity_report(
    X_real: Any,
    y_real: Any,
    X_synthetic: Any,
    y_synthetic: Any,
    *,
    sfreq: float,
    groups: Any = None,
    X_train: Any = None,
    y_train: Any = None,
    beside: Mapping[str, tuple[Any, Any]] | None = None,
    bands: Mapping[str, tuple[float, float]] | None = None,
    ch_names: Sequence[str] | None = None,
    n_halvings: int = 3,
    n_neighbors: int = 5,
    n_directions: int = 200,
    max_windows: int = 1000,
    confidence_level: float = 0.95,
    random_state: int | None = 0,
) -> FidelityReport:
    """Measure how good synthetic windows are, beside real windows of other patients and beside rivals.

    Parameters
    ----------
    X_real : array-like or mne.Epochs
        The judge: real windows that the generator has not seen, best of other patients, of shape (n_windows,
        n_channels, n_times) or (n_windows, n_times), in microvolts.
    y_real : array-like of shape (n_windows,)
        Their labels.
    X_synthetic : array-like
        Synthetic windows, with the channels and time points of the real ones.
    y_synthetic : array-like of shape (n_synthetic,)
        Their labels; each must occur in `y_real`.
    sfreq : float
        Sampling frequency, in Hz.
    groups : array-like of shape (n_windows,), optional
        Patient of each real window. Without it the real windows are halved at random, which makes real look
        more like real than it is.
    X_train, y_train : array-like, optional
        The windows from which the generator learnt, and their labels. Without windows, copies are looked for
        among `X_real`; without labels, `gain` is not known.
    beside : dict of str to (X, y), optional
        Windows of rivals by name, scored in the same way.
    bands : dict of str to (low, high), optional
        Bands of frequencies, in Hz; by default the clinical ones below half the sampling frequency.
    ch_names : sequence of str, optional
        Names of the channels.
    n_halvings : int, default=3
        How often the real patients are halved; the figures are means over the halvings.
    n_neighbors : int, default=5
        Rank of the neighbour that bounds the neighbourhoods of precision, recall, density and coverage.
    n_directions : int, default=200
        Directions of the sliced Wasserstein distance.
    max_windows : int, default=1000
        Larger sets are thinned at random to this many windows, but for `X_train`.
    confidence_level : float, default=0.95
        Nominal coverage of the interval of `two_sample_auc`.
    random_state : int or None, default=0
        Seed of everything that is drawn.

    Returns
    -------
    report : FidelityReport
        Figures, flags and pictures.

    Raises
    ------
    ValueError
        If shapes, labels or parameters do not fit, or fewer than 10 windows are left in a half.

    Warns
    -----
    UserWarning
        If `groups` is missing or holds fewer than four patients, a class must be left out, or windows of
        `X_real` are among those of `X_train`.

    Notes
    -----
    Many of these figures depend on the number of windows, so that a figure alone says little. The real
    patients are therefore halved: one half is the judge A, the other, B, is what a perfect generator would
    give. Every set is thinned to the same number of windows of each class, and scored against A; the row's
    reference, "real against real", is B's score. A synthetic set is as good as real windows of other patients
    where its figures are no worse than these; better than real in precision and density usually means copies
    or lack of variety. Classes that the synthetic set lacks are not compared.

    Nearness to the training windows is judged beside that of all held-out windows. A set is `memorised` where
    more than 5 % of it (and significantly more than 1 %) is nearer to a training window than half the median
    held-out window and than all but 1 % of them, as it is or after alignment in time. The idea of that
    comparison is that of [1]_.

    The interval of `two_sample_auc` is a percentile bootstrap over real patients and synthetic windows. With
    few patients the area is far from 0.5 by chance, either way, and rather below: where a patient lies who
    is left out, the trees may know of synthetic windows alone. Read it beside its reference, which shares
    that, and with its interval.

    References
    ----------
    .. [1] Meehan, C., Chaudhuri, K. & Dasgupta, S. (2020). A non-parametric test to detect data-copying in
       generative models. AISTATS, PMLR 108. https://doi.org/10.48550/arXiv.2004.05675

    Examples
    --------
    Copies of the training windows are found out, however real they look:

    >>> import numpy as np
    >>> from sklearn_eeg.sampling import fidelity_report
    >>> rng = np.random.default_rng(0)
    >>> X, y = rng.normal(size=(80, 2, 64)), np.tile([0, 1], 40)
    >>> held_out, train = np.arange(80) < 40, np.arange(80) >= 40
    >>> options = dict(sfreq=64, groups=np.repeat(np.arange(4), 10), X_train=X[train], y_train=y[train])
    >>> report = fidelity_report(X[held_out], y[held_out], X[train], y[train], **options)
    >>> report.memorised
    {'synthetic': True}
    >>> round(float(report.to_frame().loc["copies", "synthetic"]), 2)
    1.0
    """
    if "synthetic" in (beside or {}):
        raise ValueError(
            "`beside` must not name a set 'synthetic', got one: that is `X_synthetic`; rename it."
        )
    if X_train is None and y_train is not None:
        raise ValueError("`X_train` must be given with `y_train`, got None: pass the windows, too.")
    inputs = read_inputs(
        (X_real, y_real, groups),
        {"synthetic": (X_synthetic, y_synthetic), **(beside or {})},
        None if X_train is None else (X_train, y_train),
        sfreq=sfreq,
        ch_names=ch_names,
        bands=bands,
        max_windows=max_windows,
        random_state=random_state,
    )
    if not isinstance(n_halvings, Integral) or n_halvings < 1:
        raise ValueError(f"`n_halvings` must be a whole number of at least 1, got {n_halvings}.")
    if not 0 < confidence_level < 1:
        raise ValueError(f"`confidence_level` must be between 0 and 1, got {confidence_level}.")
    computed = compute_figures(
        inputs,
        n_halvings=n_halvings,
        n_neighbors=n_neighbors,
        n_directions=n_directions,
        confidence_level=confidence_level,
    )
    return FidelityReport(
        **vars(computed),
        classes=tuple(inputs.classes.tolist()),
        by_patient=inputs.by_patient,
        trained_known=inputs.train is not None,
        n_halvings=n_halvings,
        confidence_level=confidence_level,
        warnings=inputs.warnings,
        random_state=random_state,
        gallery=make_gallery(inputs),
    )
