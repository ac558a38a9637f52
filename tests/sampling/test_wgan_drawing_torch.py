import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from sklearn_eeg.sampling._wgan_drawing_torch import draw_windows, load_generator

sys.path.insert(0, str(Path(__file__).parent))
from wgan_settings import train

pytestmark = pytest.mark.usefixtures("few_simulated")


def test_windows_are_drawn_in_blocks(monkeypatch):
    trained = train(max_steps=1)
    generator = load_generator(trained["blueprint"], trained["weights"], torch.device("cpu"))
    sizes = []
    forward = type(generator).forward

    def watch(self, noise, labels):
        sizes.append(len(noise))
        return forward(self, noise, labels)

    monkeypatch.setattr(type(generator), "forward", watch)
    found = draw_windows(generator, 300, 1, torch.Generator().manual_seed(0))
    assert found.shape == (300, 2, 32)
    assert max(sizes) <= 128


def test_draws_hang_on_the_generator_of_noise_alone():
    trained = train(max_steps=1)
    torch.manual_seed(1)
    before = torch.get_rng_state()
    first, again, other = (
        draw_windows(
            load_generator(trained["blueprint"], trained["weights"], torch.device("cpu")),
            3,
            0,
            torch.Generator().manual_seed(seed),
        )
        for seed in (0, 0, 1)
    )
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)
    assert torch.equal(torch.get_rng_state(), before)
