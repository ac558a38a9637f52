"""A small training, and how two are compared."""

import numpy as np

from sklearn_eeg.sampling._wgan_steps_torch import Recipe
from sklearn_eeg.sampling._wgan_training_torch import Task, train_generator

OPTIONS = {"latent": 4, "widths": (4, 4), "kernel": 3, "shaped": True}
CODES = np.repeat([0, 1], [40, 12])


def task(validation=0.25):
    X = np.random.default_rng(0).normal(size=(len(CODES), 2, 32)).astype(np.float32)
    return Task(X, CODES, ("'rest'", "'seizure'"), None, validation)


def recipe(**changes):
    settings = {
        "batch_size": 8, "n_critic": 1, "generator_lr": 1e-4, "critic_lr": 4e-4, "gp_weight": 10.0,
        "gp_every": 1, "spectral_weight": 1.0, "covariance_weight": 1.0, "augmentation": 0.2, "ema": 0.9,
        "max_steps": 12, "max_seconds": None, "validate_every": 3, "patience": None,
        "critic_widths": (4, 4), "kernel": 3,
    }  # fmt: skip
    return Recipe(**settings | changes)


def train(seed=0, checkpoint=None, validation=0.25, label=None, **changes):
    return train_generator(
        task(validation), recipe(**changes), OPTIONS, seed=seed, checkpoint=checkpoint, label=label
    )


def same(a, b):
    return all(np.array_equal(a["weights"][name], b["weights"][name]) for name in a["weights"])


def without_seconds(trained):
    return [{k: repr(v) for k, v in row.items() if k != "seconds"} for row in trained["rows"]]
