import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def eeg_data() -> Path:
    """The folder with the real data sets, as the loaders' `data_home`; without it, a skip."""
    folder = os.environ.get("SKLEARN_EEG_DATA")
    if not folder:
        pytest.skip("real data wanted: SKLEARN_EEG_DATA does not say where it lies")
    if not Path(folder).is_dir():
        pytest.skip(f"real data wanted: SKLEARN_EEG_DATA names no folder, {folder}")
    return Path(folder)
