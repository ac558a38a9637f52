"""What every benchmark writes: its figures, and how they were obtained."""

import json
import os
import platform
import re
import shlex
import sys
from collections.abc import Callable
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from itertools import compress, pairwise
from pathlib import Path
from typing import Any

import joblib

FOLDERS = ("--cache", "--folder")
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
        "command": shlex.join(["python", *map(_relative, _without_folders(sys.argv))]),
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


def remember(folder: str | None, key: str, make: Callable[[], Any]) -> Any:
    """Return what `make` returns, or what it returned when last called under this key.

    Parameters
    ----------
    folder : str or None
        Where results are kept, so that a run that was killed goes on; None keeps none. Empty it when the
        code that is measured changes.
    key : str
        What is computed, with all that it depends on.
    make : callable
        What computes it.
    """
    if folder is None:
        return make()
    path = Path(folder) / f"{re.sub('[^A-Za-z0-9.=-]+', '_', key)}.joblib"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_suffix(f".{os.getpid()}")
        joblib.dump(make(), temporary)
        temporary.replace(path)
    return joblib.load(path)


def _without_folders(arguments: list[str]) -> list[str]:
    """Return the command without the folders in which things are kept, which change no figure."""
    kept = [flag not in FOLDERS and before not in FOLDERS for before, flag in pairwise(["", *arguments])]
    return list(compress(arguments, kept))


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
