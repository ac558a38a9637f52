"""The tables in the README files are those of the results."""

import json
import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
sys.path.insert(0, str(BENCHMARKS))
import tables  # noqa: E402


@pytest.mark.parametrize("path", tables.FILES, ids=lambda path: path.parent.name)
def test_tables_are_up_to_date(path):
    text = path.read_text(encoding="utf-8")
    assert tables.render(text) == text, "run python benchmarks/tables.py"


@pytest.mark.parametrize("path", sorted(BENCHMARKS.glob("results/*.json")), ids=lambda path: path.stem)
def test_results_say_how_they_were_obtained(path):
    result = json.loads(path.read_text(encoding="utf-8"))
    assert set(result) == {
        "command", "date", "processor", "threads", "versions", "note", "columns", "rows",
    }  # fmt: skip
    assert all(len(row) == len(result["columns"]) for row in result["rows"])
    assert (BENCHMARKS.parent / result["command"].split()[1]).exists()
