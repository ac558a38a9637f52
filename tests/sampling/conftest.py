"""What several tests of the room use."""

import pytest

from sklearn_eeg.sampling import _base_statistics


@pytest.fixture
def few_simulated(monkeypatch):
    """Calibrate shaped noise on few windows: for tests to which it does not matter how near it comes."""
    monkeypatch.setattr(_base_statistics, "_SIMULATED", 32)
    monkeypatch.setattr(_base_statistics, "_SIMULATED_LEAST", 16)
