"""The house rules: who may import whom, how large things may grow, what an import may cost."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "sklearn_eeg"
FILES = sorted(PACKAGE.rglob("*.py"))
EVERYTHING = [
    path for folder in ("sklearn_eeg", "tests", "examples", "benchmarks")
    for path in sorted((ROOT / folder).rglob("*.py"))
]  # fmt: skip

EVERY_ROOM_MAY_IMPORT = {"signal"}
ALSO = {
    "evaluation": {"model_selection"},
    "ensemble": {"model_selection"},
    "detection": {"datasets", "evaluation"},
    "systems": {path.name for path in PACKAGE.iterdir() if path.is_dir()},
}
HEAVY = {
    "torch", "skorch", "shap", "optuna", "mne", "edfio", "matplotlib", "dask", "distributed", "h5py", "pooch",
    "skops",
}  # fmt: skip


def path_id(path):
    return str(path.relative_to(ROOT))


each_file = pytest.mark.parametrize("path", FILES, ids=path_id)


def room_of(path):
    """Return "signal" for sklearn_eeg/signal/_time.py and "" for a leaf."""
    parts = path.relative_to(PACKAGE).parts
    return parts[0] if len(parts) > 1 else ""


def imports_of(path):
    """Yield (room or leaf imported, module imported from outside, whether at module level)."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        top = node in tree.body
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, top
        elif isinstance(node, ast.ImportFrom):
            if node.level == 0:
                yield node.module, top
            else:
                folder = path.parent
                for _ in range(node.level - 1):
                    folder = folder.parent
                inside = ".".join(folder.relative_to(ROOT).parts)
                if node.module:
                    yield f"{inside}.{node.module}", top
                else:
                    yield from ((f"{inside}.{alias.name}", top) for alias in node.names)


@each_file
def test_rooms_import_only_downward(path):
    room = room_of(path)
    allowed = {room} | (EVERY_ROOM_MAY_IMPORT if room not in ("", "signal") else set())
    allowed |= ALSO.get(room, set()) if path.name != "__main__.py" else ALSO["systems"]
    for module, _ in imports_of(path):
        if not module.startswith("sklearn_eeg."):
            continue
        target = module.split(".")[1]
        if target.startswith("_"):
            leaf_to_leaf = room == "" and path.name != "__main__.py"
            assert not leaf_to_leaf, f"the leaf {path.name} imports {module}"
            assert room != "signal", f"signal imports {module}"
        else:
            assert target in allowed, f"{path_id(path)} imports {module}"


@each_file
def test_signal_is_mathematics_only(path):
    if room_of(path) == "signal":
        assert {module.split(".")[0] for module, _ in imports_of(path)} <= {
            "collections", "math", "typing", "numpy", "scipy", "pywt", "numba", "llvmlite", "ducc0",
            "fractions", "itertools",
            "concurrent", "functools", "sklearn_eeg",
        }  # fmt: skip


@each_file
def test_heavy_packages_are_not_imported_with_a_room(path):
    allowed = {"torch", "skorch"} if path.stem.endswith("_torch") else set()
    for module, top in imports_of(path):
        if top:
            assert module.split(".")[0] not in HEAVY - allowed, f"{module} at the top of {path.name}"


@each_file
def test_files_are_private(path):
    assert path.name.startswith("_")


@each_file
def test_no_star_imports_nor_own_name(path):
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"^\s*from .* import \*", text, re.M)
    assert not re.search(r"^\s*from sklearn_eeg", text, re.M), "relative imports inside the house"


@pytest.mark.parametrize("path", EVERYTHING, ids=path_id)
def test_sizes(path):
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 500
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = code_lines(node, text)
            assert lines <= 50, f"{node.name} has {lines} lines of code"


def code_lines(function, text):
    """Count the lines of a function that hold code: no docstring, comment or blank line."""
    body = function.body[1:] if ast.get_docstring(function) else function.body
    if not body:
        return 0
    lines = text.splitlines()[body[0].lineno - 1 : function.end_lineno]
    return sum(bool(line.strip()) and not line.strip().startswith("#") for line in lines)


@pytest.mark.parametrize("path", [p for p in FILES if "__" not in p.name], ids=path_id)
def test_every_module_has_its_tests(path):
    mirror = ROOT / "tests" / room_of(path) / f"test{path.name}"
    assert mirror.exists(), f"{path_id(path)} has no {mirror.relative_to(ROOT)}"


@pytest.mark.parametrize("path", sorted(PACKAGE.glob("*/__init__.py")), ids=path_id)
def test_rooms_export_in_order_and_once(path):
    names = next(
        ast.literal_eval(node.value)
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.Assign) and node.targets[0].id == "__all__"
    )
    assert names == sorted(names)
    assert len(set(names)) == len(names)


def run(code):
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    return done.stdout.strip()


def test_importing_the_package_is_light():
    code = (
        "import sys, time; start = time.perf_counter(); import sklearn_eeg; "
        "print(time.perf_counter() - start, *sorted({m.split('.')[0] for m in sys.modules}))"
    )
    seconds, *modules = min((run(code).split() for _ in range(3)), key=lambda out: float(out[0]))
    assert float(seconds) < 0.1
    assert not set(modules) & (HEAVY | {"numba", "sklearn", "scipy", "numpy", "pandas"})


def test_importing_every_room_brings_no_heavy_package():
    code = (
        "import importlib, sys, sklearn_eeg; "
        "[importlib.import_module('sklearn_eeg.' + room) for room in sklearn_eeg.__all__]; "
        "print(*sorted({m.split('.')[0] for m in sys.modules}))"
    )
    assert not set(run(code).split()) & HEAVY


def test_rooms_open_on_first_use():
    assert run("import sklearn_eeg; print(sklearn_eeg.signal.band_power.__name__)") == "band_power"
    assert "features" in run("import sklearn_eeg; print(dir(sklearn_eeg))")
    expected = "module 'sklearn_eeg' has no attribute 'feature'"
    code = "import sklearn_eeg\ntry: sklearn_eeg.feature\nexcept AttributeError as e: print(e)"
    assert run(code) == expected
