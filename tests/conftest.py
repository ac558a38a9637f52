import os
from pathlib import Path

import pytest
from joblib.externals.loky import reusable_executor


@pytest.fixture(scope="session")
def eeg_data() -> Path:
    """The folder with the real data sets, as the loaders' `data_home`; without it, a skip."""
    folder = os.environ.get("SKLEARN_EEG_DATA")
    if not folder:
        pytest.skip("real data wanted: SKLEARN_EEG_DATA does not say where it lies")
    if not Path(folder).is_dir():
        pytest.skip(f"real data wanted: SKLEARN_EEG_DATA names no folder, {folder}")
    return Path(folder)


@pytest.fixture(scope="module", autouse=True)
def no_idle_workers():
    """Stop joblib's processes after each module: reuse after their time-out can wait for ever."""
    yield
    executor = reusable_executor._executor
    if executor is not None:
        executor.shutdown(wait=True, kill_workers=True)
