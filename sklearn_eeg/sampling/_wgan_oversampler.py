"""A conditional WGAN-GP that is a sampler of imbalanced-learn."""

import os
from collections.abc import Sequence
from numbers import Integral, Real
from pathlib import Path
from types import ModuleType
from typing import Any, ClassVar, Self

import joblib
import numpy as np
import pandas as pd
from imblearn.over_sampling.base import BaseOverSampler
from sklearn.utils._param_validation import Interval, StrOptions
from sklearn.utils.validation import check_consistent_length, check_is_fitted

from .._optional import import_optional
from ._base import SamplingStrategy, WindowOversampler
from ._window_scaling import fit_scaling, scale_windows, unscale_windows

_POSITIVE = Interval(Real, 0, None, closed="neither")
_AT_LEAST_ZERO = Interval(Real, 0, None, closed="left")
_COUNT = Interval(Integral, 1, None, closed="left")


class WGANOversampler(WindowOversampler):
    r"""Class-conditional Wasserstein GAN with gradient penalty on raw windows.

    One generator learns the windows of all classes together, told by their labels, so that rare classes
    borrow from common ones; batches hold all classes alike. It starts from noise that is shaped after the
    spectra of the training windows, is compared now and then with real windows that it was not trained on,
    and the best generator on the way is the one that makes the windows.

    Parameters
    ----------
    sampling_strategy : float, str, dict or callable, default="auto"
        How many windows of which class to make, as imbalanced-learn has it: "auto" makes all classes as
        frequent as the most frequent one; a dict gives the number of each label afterwards.
    noise : {"shaped", "white"}, default="shaped"
        What the generator starts from: coloured noise of the spectra and coherences of the training
        windows, to which the network adds; or white noise alone, as for windows of fewer than four time
        points in any case, whose amplitude the default number of steps does not reach.
    latent : int, default=128
        Number of random numbers that steer the network.
    generator_widths : sequence of int, default=(64, 48, 32, 32)
        Filters of the generator's convolutions; each but the first works on twice as many time points.
    critic_widths : sequence of int, default=(32, 48, 64, 64)
        Filters of the critic's convolutions; each halves the number of time points.
    kernel : int, default=9
        Length of the filters in time points, odd.
    batch_size : int, default=32
        Number of real, and of synthetic, windows of a step.
    n_critic : int, default=1
        Steps of the critic for each of the generator.
    generator_lr : float or None, default=None
        Learning rate of the generator, by Adam with betas (0, 0.9); None is 2e-5 from shaped noise, which
        needs little change, and 1e-4 from white noise.
    critic_lr : float, default=4e-4
        Learning rate of the critic, which should be the larger one [2]_.
    gp_weight : float, default=10.0
        Weight of the gradient penalty.
    gp_every : int, default=2
        Take the penalty, so many times as heavy, in every so many steps of the critic only.
    spectral_weight, covariance_weight : float, default=1.0
        Weights of the distances of log spectra, and of covariances of the channels, between the real and the
        synthetic windows of a batch in the loss of the generator.
    augmentation : float, default=0.2
        Probability that each of four alterations (gain, shift, noise, silent channels) strikes a window,
        real or synthetic, before the critic sees it [3]_.
    ema : float, default=0.995
        Decay per step of the moving average of the generator's weights, which is what makes windows.
    validation : float or None, default=0.2
        Share of the windows of each class, or of the patients if `fit` is told `groups`, that are not
        trained on but tell which generator is the best. Classes of fewer than 20 windows are trained on as a
        whole, and so is everything with None; their own windows then tell.
    validate_every : int, default=50
        Number of steps between two comparisons.
    patience : int or None, default=None
        Number of comparisons without a better generator after which the training ends.
    max_steps : int or None, default=600
        Most steps of the generator.
    max_seconds : float or None, default=240.0
        Most seconds of the fit.
    precision : {"float32", "float64", "bfloat16", "auto"}, default="float32"
        Precision of the training; "auto" is bfloat16 on a graphics card that has it, float32 elsewhere.
    device : str, default="auto"
        Device, as torch writes it; "auto" takes a graphics card where there is one.
    checkpoint : path-like, default=None
        Folder in which `fit` saves its state after each comparison; a fit that was killed goes on from there
        when it is called again with the same settings and data. A file that cannot be read is replaced, with
        a warning. The files are removed at the end.
    ch_names : sequence of str, default=None
        Names of the channels; None takes those of :class:`mne.Epochs`, or ``ch0``, ``ch1``, ...
    random_state : int, RandomState instance or None, default=None
        Seed of the weights, batches, splits and samples.
    verbose : int, default=0
        Whether to show a bar of the steps.

    Attributes
    ----------
    sampling_strategy_ : dict
        Number of windows to make of each class.
    classes_ : ndarray of shape (n_classes,)
        The labels.
    is_synthetic_ : ndarray of bool of shape (n_resampled,)
        Which windows of the last `fit_resample` are synthetic.
    history_ : DataFrame
        One row a comparison, or fault: ``step``, the means since the last row of ``critic_loss``, ``penalty``
        and ``generator_loss``, ``distance``, ``spread`` (of the samples, the smallest of the classes, as a
        share of that of real windows), ``generator_lr``, ``seconds``, ``fault`` (what went wrong, or "") and
        ``best``, the generator that was kept.
    n_iter_ : int
        Number of steps that were trained.
    stop_reason_ : {"max_steps", "max_seconds", "patience", "diverged"}
        Why the training ended.
    n_features_in_ : int
        Number of channels (3-D windows) or time points (2-D windows).
    n_channels_in_, n_times_in_ : int
        Shape of a window.
    ch_names_in_ : list of str
        Names of the channels.

    Notes
    -----
    Each channel is centred by its median and divided by its interquartile range over 1.349 (by more, where a
    class is more than 10 times as loud, or a window more than 1000 times). Critic D and
    generator G then minimise, by turns [1]_,

    .. math::
        \mathrm{E}\,D(G(z, y), y) - \mathrm{E}\,D(x, y)
        + \lambda\,\mathrm{E}\left(\lVert\nabla_{\hat x} D(\hat x, y)\rVert_2 - 1\right)^2
        \quad\text{and}\quad -\mathrm{E}\,D(G(z, y), y),

    with :math:`\hat x` drawn between a real and a synthetic window and the norm over all its values. The
    average of the generator forgets its start, by a decay of min(`ema`, (1 + k) / (10 + k)) in step k.

    The ``distance`` of a class is the mean of two, the sliced Wasserstein distance and the distance of mean
    log spectra, each divided by that of real training windows: 1 is as far as real windows are. The generator
    before its first step is compared, too: where it is the best, the shaped noise alone makes the windows,
    and `history_` says so.

    A loss that is not finite or explodes, and samples of a class that become alike, take the training back
    to the last comparison, with half the learning rates and a :class:`ConvergenceWarning`; the fifth time it
    ends. A channel that is constant in all windows is that constant in the synthetic ones.

    Most of the likeness to real windows comes from the shaped noise. On four sets the trained generator was
    nowhere clearly nearer to real windows of other patients than the untrained one, nor was it worth more
    (``benchmarks/score_synthetic.py``); `history_` shows whether step 0 was kept. Both are nearer than a
    Gaussian by class; on Helsinki, band powers and coverage stay behind those of real windows.

    In a pipeline of imbalanced-learn, `groups` reach `fit_resample` only by metadata routing:
    ``sklearn.set_config(enable_metadata_routing=True)``, then ``pipeline.fit(X, y, groups=groups)``. As
    synthetic windows are of no patient, a later step that asks for `groups` must be told not to, as below;
    what it splits off itself then holds synthetic windows too, and is not split by patient.

    The same `random_state` makes the same windows to the bit on one machine and number of threads, as long
    as `max_seconds` is not what ends the training (see `stop_reason_`): for that, lower `max_steps` or set
    `max_seconds` to None. Torch's own global seed and number of threads are left as they are.

    References
    ----------
    .. [1] Gulrajani I, Ahmed F, Arjovsky M, Dumoulin V, Courville A (2017) Improved training of Wasserstein
       GANs. NeurIPS. https://doi.org/10.48550/arXiv.1704.00028
    .. [2] Heusel M, Ramsauer H, Unterthiner T, Nessler B, Hochreiter S (2017) GANs trained by a two
       time-scale update rule converge to a local Nash equilibrium. NeurIPS.
       https://doi.org/10.48550/arXiv.1706.08500
    .. [3] Zhao S, Liu Z, Lin J, Zhu J-Y, Han S (2020) Differentiable augmentation for data-efficient GAN
       training. NeurIPS. https://doi.org/10.48550/arXiv.2006.10738

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.sampling import WGANOversampler
    >>> rng = np.random.default_rng(0)
    >>> X, y = rng.normal(scale=20, size=(50, 2, 64)), np.repeat(["rest", "seizure"], [40, 10])
    >>> X[40:] *= 5
    >>> sampler = WGANOversampler(max_steps=5, random_state=0)
    >>> X_resampled, y_resampled = sampler.fit_resample(X, y)
    >>> X_resampled.shape, sampler.is_synthetic_.sum()
    ((80, 2, 64), np.int64(30))
    >>> bool(sampler.sample(20, "seizure").std() > 2 * sampler.sample(20, "rest").std())
    True

    In a pipeline that hands it the patients, before a network that would ask for them, too:

    >>> from imblearn.pipeline import make_pipeline
    >>> from sklearn import config_context
    >>> from sklearn_eeg.neural import CNNClassifier
    >>> with config_context(enable_metadata_routing=True):
    ...     network = CNNClassifier(max_epochs=1, random_state=0).set_fit_request(groups=False)
    ...     pipeline = make_pipeline(sampler, network).fit(X, y, groups=np.arange(50) % 5)
    >>> pipeline.predict(X).shape
    (50,)
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        **BaseOverSampler._parameter_constraints,
        "noise": [StrOptions({"shaped", "white"})],
        "latent": [_COUNT],
        "generator_widths": ["array-like"],
        "critic_widths": ["array-like"],
        "kernel": [_COUNT],
        "batch_size": [Interval(Integral, 2, None, closed="left")],
        "n_critic": [_COUNT],
        "generator_lr": [_POSITIVE, None],
        "critic_lr": [_POSITIVE],
        "gp_weight": [_AT_LEAST_ZERO],
        "gp_every": [_COUNT],
        "spectral_weight": [_AT_LEAST_ZERO],
        "covariance_weight": [_AT_LEAST_ZERO],
        "augmentation": [Interval(Real, 0, 1, closed="both")],
        "ema": [Interval(Real, 0, 1, closed="left")],
        "validation": [Interval(Real, 0, 1, closed="neither"), None],
        "validate_every": [_COUNT],
        "patience": [_COUNT, None],
        "max_steps": [_COUNT, None],
        "max_seconds": [_POSITIVE, None],
        "precision": [StrOptions({"float32", "float64", "bfloat16", "auto"})],
        "device": [str],
        "checkpoint": [str, os.PathLike, None],
        "ch_names": ["array-like", None],
        "random_state": ["random_state"],
        "verbose": ["verbose"],
    }

    __metadata_request__fit: ClassVar[dict[str, bool]] = {"groups": True}
    __metadata_request__fit_resample: ClassVar[dict[str, bool]] = {"groups": True}

    def __init__(
        self,
        sampling_strategy: SamplingStrategy = "auto",
        *,
        noise: str = "shaped",
        latent: int = 128,
        generator_widths: Sequence[int] = (64, 48, 32, 32),
        critic_widths: Sequence[int] = (32, 48, 64, 64),
        kernel: int = 9,
        batch_size: int = 32,
        n_critic: int = 1,
        generator_lr: float | None = None,
        critic_lr: float = 4e-4,
        gp_weight: float = 10.0,
        gp_every: int = 2,
        spectral_weight: float = 1.0,
        covariance_weight: float = 1.0,
        augmentation: float = 0.2,
        ema: float = 0.995,
        validation: float | None = 0.2,
        validate_every: int = 50,
        patience: int | None = None,
        max_steps: int | None = 600,
        max_seconds: float | None = 240.0,
        precision: str = "float32",
        device: str = "auto",
        checkpoint: str | os.PathLike[str] | None = None,
        ch_names: Sequence[str] | None = None,
        random_state: int | np.random.RandomState | None = None,
        verbose: int = 0,
    ) -> None:
        super().__init__(sampling_strategy=sampling_strategy)
        self.noise = noise
        self.latent = latent
        self.generator_widths = generator_widths
        self.critic_widths = critic_widths
        self.kernel = kernel
        self.batch_size = batch_size
        self.n_critic = n_critic
        self.generator_lr = generator_lr
        self.critic_lr = critic_lr
        self.gp_weight = gp_weight
        self.gp_every = gp_every
        self.spectral_weight = spectral_weight
        self.covariance_weight = covariance_weight
        self.augmentation = augmentation
        self.ema = ema
        self.validation = validation
        self.validate_every = validate_every
        self.patience = patience
        self.max_steps = max_steps
        self.max_seconds = max_seconds
        self.precision = precision
        self.device = device
        self.checkpoint = checkpoint
        self.ch_names = ch_names
        self.random_state = random_state
        self.verbose = verbose

    def fit(self, X: Any, y: Any, *, groups: Any = None) -> Self:
        """Train the generator, without making windows.

        Parameters
        ----------
        X : array-like of shape (n_windows, n_channels, n_times) or (n_windows, n_times)
            Windows, in microvolts; or :class:`mne.Epochs`.
        y : array-like of shape (n_windows,)
            Labels, of at least two classes.
        groups : array-like of shape (n_windows,), default=None
            Patient of each window; `validation` then holds out whole patients.

        Returns
        -------
        self : object
            The fitted sampler, ready for `sample`.
        """
        self._groups = groups
        try:
            return super().fit(X, y)
        finally:
            del self._groups

    def fit_resample(self, X: Any, y: Any, *, groups: Any = None) -> tuple[Any, Any]:
        """Train the generator, and append as many windows as `sampling_strategy` asks for.

        Parameters
        ----------
        X : array-like of shape (n_windows, n_channels, n_times) or (n_windows, n_times)
            Windows, in microvolts; or :class:`mne.Epochs`.
        y : array-like of shape (n_windows,)
            Labels, of at least two classes.
        groups : array-like of shape (n_windows,), default=None
            Patient of each window; `validation` then holds out whole patients.

        Returns
        -------
        X_resampled : array-like of shape (n_resampled, n_channels, n_times) or (n_resampled, n_times)
            The windows of `X`, and after them the synthetic ones, in microvolts: a list if `X` is one, a
            DataFrame if `X` is one, an array otherwise, of the type of numbers of `X`.
        y_resampled : array-like of shape (n_resampled,)
            Their labels, in a container of the kind of `y`.
        """
        self._groups = groups
        try:
            return super().fit_resample(X, y)
        finally:
            del self._groups

    @property
    def history_(self) -> pd.DataFrame:
        """Figures of the training, one row a comparison or fault."""
        check_is_fitted(self)
        return pd.DataFrame(self._trained["rows"])

    @property
    def n_iter_(self) -> int:
        """Number of steps that were trained."""
        check_is_fitted(self)
        return self._trained["n_steps"]

    @property
    def stop_reason_(self) -> str:
        """Why the training ended."""
        check_is_fitted(self)
        return self._trained["stop_reason"]

    def _fit_windows(self, X: np.ndarray, codes: np.ndarray) -> None:
        self.__dict__.pop("_trained", None)  # unfitted, should the training fail
        training, _, _ = self._import_torch()
        self._check_length(X)
        self._check_budget()
        groups = self._check_groups(codes)
        scaling = fit_scaling(X, codes)
        task = training.Task(
            scale_windows(X, scaling),
            codes,
            tuple(map(repr, self.classes_.tolist())),
            groups,
            self.validation,
        )
        path = self._name_checkpoint(task)
        trained = training.train_generator(
            task,
            training.make_recipe(self.get_params(deep=False)),
            self._describe_generator(),
            seed=int(self._generator.integers(2**31 - 1)),
            checkpoint=path,
            label=type(self).__name__ if self.verbose else None,
        )
        self._trained, self._scaling, self._module = trained, scaling, None
        if path is not None:
            path.unlink(missing_ok=True)  # another fit of the same may have ended first

    def _sample_windows(self, n_windows: int, code: int, random_state: np.random.Generator) -> np.ndarray:
        _, drawing, leaf = self._import_torch()
        noise = leaf.make_generator(int(random_state.integers(2**63 - 1)))
        return unscale_windows(drawing.draw_windows(self._load(), n_windows, code, noise), self._scaling)

    def _load(self) -> Any:
        """Return the trained generator, built once on the device of `device`."""
        if self._module is None:
            _, drawing, leaf = self._import_torch()
            trained, device = self._trained, leaf.choose_device(self.device)
            self._module = drawing.load_generator(trained["blueprint"], trained["weights"], device)
        return self._module

    def _import_torch(self) -> tuple[ModuleType, ModuleType, ModuleType]:
        """Return what trains generators, what draws from them, and the leaf; or say how to install torch."""
        import_optional("torch", extra="torch", needed_by=type(self).__name__)
        from .. import _torch
        from . import _wgan_drawing_torch, _wgan_training_torch

        return _wgan_training_torch, _wgan_drawing_torch, _torch

    def _describe_generator(self) -> dict[str, Any]:
        return {
            "latent": self.latent,
            "widths": tuple(self.generator_widths),
            "kernel": self.kernel,
            "shaped": self.noise == "shaped",
        }

    def _check_length(self, X: np.ndarray) -> None:
        if X.shape[-1] < 2:
            raise ValueError(
                f"Windows must have at least 2 time points, got 1 (X of {len(X)} windows, "
                f"n_features={self.n_features_in_})."
            )

    def _check_budget(self) -> None:
        if self.max_steps is None and self.max_seconds is None:
            raise ValueError(
                "`max_steps` and `max_seconds` must not both be None, got both: the training would not end."
            )

    def _check_groups(self, codes: np.ndarray) -> np.ndarray | None:
        if self._groups is None:
            return None
        groups = np.asarray(self._groups)
        if groups.ndim != 1:
            raise ValueError(f"`groups` must have shape (n_windows,), got {groups.shape}.")
        check_consistent_length(codes, groups)
        if pd.isna(groups).any():
            raise ValueError("`groups` must name a patient for each window, got None or NaN for some.")
        try:
            np.unique(groups)
        except TypeError as error:
            raise ValueError("`groups` must be all numbers or all text, got both: use text.") from error
        return groups

    def _name_checkpoint(self, task: Any) -> Path | None:
        """Return the file of the training, named by all that it depends on."""
        if self.checkpoint is None:
            return None
        folder = Path(self.checkpoint).expanduser()
        if folder.exists() and not folder.is_dir():
            raise ValueError(f"`checkpoint` must be a folder, got the file {self.checkpoint}.")
        folder.mkdir(parents=True, exist_ok=True)
        silent = ("checkpoint", "device", "verbose", "sampling_strategy", "max_steps", "max_seconds")
        params = {k: v for k, v in self.get_params(deep=False).items() if k not in silent}
        return folder / f"{joblib.hash([params, vars(task)])}.pt"

    def __getstate__(self) -> dict[str, Any]:
        state = super().__getstate__()
        return {name: None if name == "_module" else value for name, value in state.items()}

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "_trained")
