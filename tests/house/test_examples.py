"""Every example runs, is short, and tells its story in order."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
EXAMPLES = sorted((ROOT / "examples").glob("*.py"))


def test_examples_are_numbered_in_reading_order():
    numbers = [int(re.fullmatch(r"plot_(\d\d)_\w+\.py", path.name)[1]) for path in EXAMPLES]
    assert numbers == list(range(1, len(EXAMPLES) + 1))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_example_runs(path, tmp_path):
    assert len(path.read_text(encoding="utf-8").splitlines()) < 100
    done = subprocess.run(
        [sys.executable, "-W", "error", path], cwd=tmp_path, capture_output=True, text=True,
        env=os.environ | {"MPLBACKEND": "agg"}, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
