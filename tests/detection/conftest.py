import sys
from pathlib import Path

import pytest

from sklearn_eeg.detection import SeizureDetector

sys.path.insert(0, str(Path(__file__).parent))
from noisy import SFREQ, line_length, make


@pytest.fixture(scope="session")
def fitted():
    """A detector fitted on three patients; not to be changed."""
    recordings = [make(patient) for patient in ("ann", "bob", "cleo")]
    return SeizureDetector(line_length(), SFREQ).fit(recordings, [[(60, 90)]] * 3)
