"""Convolutional networks that keep scikit-learn's contract of a classifier."""

import os
from collections.abc import Callable, Mapping, Sequence
from numbers import Integral, Real
from pathlib import Path
from typing import Any, ClassVar, Self

import joblib
import numpy as np
from sklearn.base import _fit_context
from sklearn.utils import check_random_state
from sklearn.utils._param_validation import Interval, StrOptions
from sklearn.utils.validation import check_consistent_length

from .._windows import as_3d, check_windows
from ._base import NetworkClassifier
from ._targets import check_groups, check_weights, encode_labels, weigh_classes

ARCHITECTURE_NAMES = ("deep", "eegnet", "inception", "shallow", "tcn")


class CNNClassifier(NetworkClassifier):
    """Convolutional network on raw windows, or the average of several.

    Parameters
    ----------
    architecture : {"eegnet", "shallow", "deep", "inception", "tcn"} or callable, default="shallow"
        The network; or a class or function that builds a :class:`torch.nn.Module` when called with
        `n_channels`, `n_times`, `n_classes` (and `sfreq`, if it takes that), which maps windows of shape
        (n_windows, n_channels, n_times) to logits of shape (n_windows, n_classes).
    architecture_options : dict, default=None
        Further keyword arguments of the architecture.
    sfreq : float, default=None
        Sampling frequency in Hz; architectures lay out their filters by it.
    max_epochs : int, default=50
        Number of times that the network sees every window.
    batch_size : int or None, default=64
        Largest number of windows of a step; None for all at once.
    lr : float, default=5e-3
        Learning rate, the largest of the schedule.
    weight_decay : float, default=0.01
        Decay of the weights per step and learning rate (AdamW [2]_); biases do not decay.
    schedule : {"onecycle", "cosine"} or None, default="onecycle"
        How the learning rate changes from step to step.
    class_weight : dict, "balanced" or None, default=None
        Weights of the classes; "balanced" gives every class the same in all.
    label_smoothing : float, default=0.0
        Share of each label that is spread over all classes.
    mixup : float, default=0.0
        Pairs of windows are mixed in shares drawn from Beta(`mixup`, `mixup`) [3]_; 0 for not.
    augmentation : sequence, default=None
        Transforms of the training windows, each applied to half of a batch: ``"noise"``,
        ``"time_shift"``, ``"time_mask"``, ``"channel_dropout"``, ``"symmetry_flip"`` (needs `ch_names`),
        ``"fourier_surrogate"``, ``"frequency_shift"`` (needs `sfreq`), ``"amplitude_scale"``, pairs of a
        name and a dict of options, or functions ``(windows, generator) -> windows`` of tensors.
    validation : float or None, default=0.2
        Share of the patients, if `fit` is told `groups`, or else of the windows, that are not trained on
        but tell which epoch was best. None trains on all and keeps the last weights.
    patience : int or None, default=15
        Number of epochs without a smaller validation loss after which the training stops.
    clip_norm : float or None, default=1.0
        Largest norm of the gradient.
    ema : float or None, default=None
        Decay per step of a moving average of the weights, such as 0.99, which then is the network.
    n_models : int, default=1
        Number of networks, each of its own seed and validation split, whose probabilities are averaged.
    precision : {"float32", "float64", "bfloat16", "float16", "auto"}, default="float32"
        Precision of the training; of the last three, which keep float32 weights, "auto" takes what the
        graphics card does best, and float32 on a processor. Predictions are in float32, or float64.
    device : str, default="auto"
        Device, as torch writes it; "auto" takes a graphics card where there is one.
    warm_start : bool, default=False
        Whether `fit` begins with the present weights, if there are any.
    checkpoint : path-like, default=None
        Folder in which `fit` saves its state after each epoch; a fit that was killed goes on from there
        when it is called again with the same settings and data. The files are removed at the end.
    ch_names : sequence of str, default=None
        Names of the channels; None takes those of :class:`mne.Epochs`, or ``ch0``, ``ch1``, ...
    random_state : int, RandomState instance or None, default=None
        Seed of weights, shuffling, splits, dropout, mixup and augmentation.
    verbose : int, default=0
        Whether to show a bar of the epochs.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        The labels.
    history_ : DataFrame
        One row an epoch and network: ``model``, ``epoch``, ``train_loss``, ``lr``, ``seconds``,
        ``valid_loss`` and ``valid_balanced_accuracy`` if there is a validation, and ``best``.
    modules_ : list of torch.nn.Module
        The networks, in evaluation mode; they take windows in microvolts and give logits.
    n_iter_ : int
        Number of epochs trained, the most of any network.
    n_features_in_ : int
        Number of channels (3-D windows) or time points (2-D windows).
    n_channels_in_, n_times_in_ : int
        Shape of a window.
    ch_names_in_ : list of str
        Names of the channels.

    Notes
    -----
    Each channel is centred and divided by its standard deviation over the training windows; a constant
    channel becomes 0. The loss is the cross-entropy, weighted by `sample_weight` times the weight of the
    class, and a step minimises its mean over a batch.

    On four sets of at most 600 windows (``benchmarks/score_neural.py``) "shallow", "deep" and "inception" are
    about as good as one another; "shallow", the default, takes a third and a tenth of the others' time. A
    support vector machine on features is better than any network on three of them.

    The same `random_state` gives the same network to the bit on one machine and number of threads. Torch's
    own global seed and number of threads are left as they are. The first windows that
    `partial_fit` sees set what all later ones are standardised by.

    References
    ----------
    .. [1] Lawhern VJ, et al. (2018) EEGNet: a compact convolutional neural network for EEG-based
       brain-computer interfaces. J. Neural Eng. 15, 056013. https://doi.org/10.1088/1741-2552/aace8c
    .. [2] Loshchilov I, Hutter F (2019) Decoupled weight decay regularization. ICLR.
       https://doi.org/10.48550/arXiv.1711.05101
    .. [3] Zhang H, Cisse M, Dauphin YN, Lopez-Paz D (2018) mixup: beyond empirical risk minimization.
       ICLR. https://doi.org/10.48550/arXiv.1710.09412

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.neural import CNNClassifier
    >>> t, rng = np.arange(256) / 128, np.random.default_rng(0)
    >>> y = np.repeat(["rest", "spike-wave"], 40)
    >>> X = rng.normal(scale=10, size=(80, 2, 256))
    >>> X[40:] += 50 * np.sin(2 * np.pi * 3 * t)
    >>> network = CNNClassifier("shallow", sfreq=128, max_epochs=5, random_state=0).fit(X, y)
    >>> network.score(X, y)
    1.0
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "architecture": [StrOptions(set(ARCHITECTURE_NAMES)), callable],
        "architecture_options": [dict, None],
        "sfreq": [Interval(Real, 0, None, closed="neither"), None],
        "max_epochs": [Interval(Integral, 1, None, closed="left")],
        "batch_size": [Interval(Integral, 1, None, closed="left"), None],
        "lr": [Interval(Real, 0, None, closed="neither")],
        "weight_decay": [Interval(Real, 0, None, closed="left")],
        "schedule": [StrOptions({"onecycle", "cosine"}), None],
        "class_weight": [StrOptions({"balanced"}), dict, None],
        "label_smoothing": [Interval(Real, 0, 1, closed="left")],
        "mixup": [Interval(Real, 0, None, closed="left")],
        "augmentation": ["array-like", None],
        "validation": [Interval(Real, 0, 1, closed="neither"), None],
        "patience": [Interval(Integral, 1, None, closed="left"), None],
        "clip_norm": [Interval(Real, 0, None, closed="neither"), None],
        "ema": [Interval(Real, 0, 1, closed="left"), None],
        "n_models": [Interval(Integral, 1, None, closed="left")],
        "precision": [StrOptions({"float32", "float64", "bfloat16", "float16", "auto"})],
        "device": [str],
        "warm_start": ["boolean"],
        "checkpoint": [str, os.PathLike, None],
        "ch_names": ["array-like", None],
        "random_state": ["random_state"],
        "verbose": ["verbose"],
    }

    __metadata_request__fit: ClassVar[dict[str, bool]] = {"groups": True}

    def __init__(
        self,
        architecture: str | Callable[..., Any] = "shallow",
        *,
        architecture_options: dict[str, Any] | None = None,
        sfreq: float | None = None,
        max_epochs: int = 50,
        batch_size: int | None = 64,
        lr: float = 5e-3,
        weight_decay: float = 0.01,
        schedule: str | None = "onecycle",
        class_weight: str | Mapping[Any, float] | None = None,
        label_smoothing: float = 0.0,
        mixup: float = 0.0,
        augmentation: Sequence[Any] | None = None,
        validation: float | None = 0.2,
        patience: int | None = 15,
        clip_norm: float | None = 1.0,
        ema: float | None = None,
        n_models: int = 1,
        precision: str = "float32",
        device: str = "auto",
        warm_start: bool = False,
        checkpoint: str | os.PathLike[str] | None = None,
        ch_names: Sequence[str] | None = None,
        random_state: int | np.random.RandomState | None = None,
        verbose: int = 0,
    ) -> None:
        self.architecture = architecture
        self.architecture_options = architecture_options
        self.sfreq = sfreq
        self.max_epochs = max_epochs
        self.batch_size = batch_size
        self.lr = lr
        self.weight_decay = weight_decay
        self.schedule = schedule
        self.class_weight = class_weight
        self.label_smoothing = label_smoothing
        self.mixup = mixup
        self.augmentation = augmentation
        self.validation = validation
        self.patience = patience
        self.clip_norm = clip_norm
        self.ema = ema
        self.n_models = n_models
        self.precision = precision
        self.device = device
        self.warm_start = warm_start
        self.checkpoint = checkpoint
        self.ch_names = ch_names
        self.random_state = random_state
        self.verbose = verbose

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: Any, y: Any, *, sample_weight: Any = None, groups: Any = None) -> Self:
        """Train the network.

        Parameters
        ----------
        X : array-like of shape (n_windows, n_channels, n_times) or (n_windows, n_times)
            Windows, in microvolts; or :class:`mne.Epochs`.
        y : array-like of shape (n_windows,)
            Labels.
        sample_weight : array-like of shape (n_windows,), default=None
            Weight of each window in the loss; windows of weight 0 are left out.
        groups : array-like of shape (n_windows,), default=None
            Patient of each window; `validation` then holds out whole patients.

        Returns
        -------
        self : object
            The fitted classifier.
        """
        anew = not (self.warm_start and hasattr(self, "_members"))
        task, recipe = self._prepare(X, y, sample_weight, groups, anew=anew)
        files = self._list_checkpoints(task)
        seeds = self._draw_seeds(anew)
        members, rows = [], []
        for index, seed in enumerate(seeds):
            member, own = self._import_torch()[0].train_member(
                self._build,
                recipe,
                task,
                seed=seed,
                turn=0 if anew else self._n_calls,
                validation=self.validation,
                start=None if anew else self._members[index],
                checkpoint=files[index] if files else None,
                label=f"network {index + 1} of {self.n_models}" if self.verbose else None,
            )
            members.append(member)
            rows += [{"model": index} | row for row in own]
        self._finish(members, rows, anew=anew)
        for file in files:
            file.unlink()
        return self

    @_fit_context(prefer_skip_nested_validation=True)
    def partial_fit(self, X: Any, y: Any, classes: Any = None, *, sample_weight: Any = None) -> Self:
        """Train for one epoch on some windows, going on from where the last call stopped.

        The learning rate is `lr`; there is no validation, no schedule and no averaging of weights.

        Parameters
        ----------
        X : array-like of shape (n_windows, n_channels, n_times) or (n_windows, n_times)
            Windows, in microvolts; or :class:`mne.Epochs`.
        y : array-like of shape (n_windows,)
            Labels.
        classes : array-like of shape (n_classes,), default=None
            All labels that any call will bring; needed in the first call unless `y` holds all.
        sample_weight : array-like of shape (n_windows,), default=None
            Weight of each window in the loss.

        Returns
        -------
        self : object
            The classifier.
        """
        anew = not hasattr(self, "_members")
        task, recipe = self._prepare(X, y, sample_weight, None, anew=anew, classes=classes, at_least=1)
        seeds = self._draw_seeds(anew)
        members, rows = [], []
        for index, seed in enumerate(seeds):
            member, own = self._import_torch()[0].train_further(
                self._build,
                recipe,
                task,
                seed=seed,
                turn=0 if anew else self._n_calls,
                start=None if anew else self._members[index],
            )
            members.append(member)
            rows += [{"model": index} | row for row in own]
        self._finish(members, rows, anew=anew)
        return self

    def _prepare(
        self,
        X: Any,
        y: Any,
        sample_weight: Any,
        groups: Any,
        *,
        anew: bool,
        classes: Any = None,
        at_least: int = 2,
    ) -> tuple[Any, Any]:
        """Return the task and the recipe; set what tells the shape of the network if it is new."""
        training, _ = self._import_torch()
        if y is None:
            raise ValueError(
                f"{type(self).__name__} requires y to be passed, but the target y is None: give the labels."
            )
        windows = np.asarray(as_3d(check_windows(self, X, reset=anew)))
        known, codes = encode_labels(y, classes if anew else self.classes_)
        check_consistent_length(windows, codes)
        sample_weights = check_weights(sample_weight, windows, codes, known, at_least=at_least)
        class_weights = weigh_classes(self.class_weight, sample_weights, codes, known)
        task = training.Task(
            windows,
            codes,
            sample_weights,
            sample_weights * class_weights[codes],
            check_groups(groups, len(windows)),
        )
        if anew:
            self.__dict__.pop("_members", None)  # unfitted, should the training fail
            self.classes_ = known
            self._blueprint = self._describe_module()
        elif len(self._members) != self.n_models:
            raise ValueError(
                f"`n_models` must stay {len(self._members)} where training goes on, got {self.n_models}."
            )
        return task, training.make_recipe(self.get_params(deep=False), self.ch_names_in_)

    def _describe_module(self) -> dict[str, Any]:
        return {
            "architecture": self.architecture,
            "options": dict(self.architecture_options or {}),
            "n_channels": self.n_channels_in_,
            "n_times": self.n_times_in_,
            "n_classes": len(self.classes_),
            "sfreq": self.sfreq,
        }

    def _draw_seeds(self, anew: bool) -> list[int]:
        """Return a seed for each network, the same ones as long as training goes on."""
        if anew:
            state = check_random_state(self.random_state)
            self._seeds = state.randint(2**31 - 1, size=self.n_models).tolist()
        return self._seeds

    def _list_checkpoints(self, task: Any) -> list[Path]:
        """Return the file of each network, named by all that a training depends on."""
        if self.checkpoint is None:
            return []
        folder = Path(self.checkpoint).expanduser()
        folder.mkdir(parents=True, exist_ok=True)
        silent = ("checkpoint", "device", "verbose")
        params = {k: v for k, v in self.get_params(deep=False).items() if k not in silent}
        begun = getattr(self, "_members", None) if self.warm_start else None
        name = joblib.hash([params, vars(task), self.classes_, begun])
        return [folder / f"{name}-{index}.pt" for index in range(self.n_models)]
