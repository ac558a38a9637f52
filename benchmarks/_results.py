"""What every benchmark writes: its figures, and how they were obtained."""

import json
import os
import platform
import sys
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "results"
PACKAGES = ("numpy", "scipy", "scikit-learn", "PyWavelets", "numba", "sklearn-eeg")


def write_result(
    name: str, columns: list[str], rows: list[list[Any]], *, note: str, packages: tuple[str, ...] = ()
) -> Path:
    """Write ``results/<name>.json``: a table, the command, the date, versions and the machine.

    Parameters
    ----------
    name : str
        Name of the file, without its ending.
    columns : list of str
        Heads of the columns.
    rows : list of list
        Numbers and texts, unrounded.
    note : str
        What the table shows and how it was measured, one or two sentences.
    packages : tuple of str, default=()
        Further packages whose versions matter.

    Returns
    -------
    path : Path
        The file, written under a temporary name and renamed.
    """
    document = {
        "command": " ".join(["python", *map(_relative, sys.argv)]),
        "date": date.today().isoformat(),
        "processor": _processor(),
        "threads": os.cpu_count(),
        "versions": {"python": platform.python_version()} | _versions(*PACKAGES, *packages),
        "note": note,
        "columns": columns,
        "rows": rows,
    }
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{name}.json"
    temporary = path.with_suffix(".tmp")
    temporary.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    temporary.replace(path)
    return path


def _relative(argument: str) -> str:
    path = Path(argument).absolute()
    root = RESULTS.parents[1]
    return path.relative_to(root).as_posix() if path.is_relative_to(root) and path.exists() else argument


def _versions(*packages: str) -> dict[str, str]:
    found = {}
    for package in packages:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "not installed"
    return found


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
