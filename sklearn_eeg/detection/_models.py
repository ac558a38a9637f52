"""Fitted detectors in files."""

import copy
import importlib
import os
import platform
import warnings
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import joblib
import sklearn
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from .._files import replacing
from .._optional import import_optional
from ._detector import SeizureDetector

_FORMAT = 1
_PACKAGES = ("numpy", "scipy", "numba")  # told beside those that are compared
_OWN = "sklearn_eeg."
_HARMLESS = ("sklearn.utils._bunch.Bunch",)  # a dict, which skops does not know
_SUFFIXES = (".skops", ".joblib")


class _UntrustedError(ValueError):
    """A file holds types that are not trusted."""


def save_model(detector: SeizureDetector, path: str | os.PathLike[str]) -> Path:
    """Write a fitted detector to a file.

    Parameters
    ----------
    detector : SeizureDetector
        The fitted detector.
    path : path-like
        The file to write; its folder must exist, a file there is replaced. Ending in ``.skops`` it is safe
        to load even if it comes from elsewhere, ending in ``.joblib`` it is not.

    Returns
    -------
    path : Path
        The absolute path of the file.

    Raises
    ------
    ValueError
        If the path has another ending, or the detector is not fitted (a `NotFittedError`).
    TypeError
        If it is no detector.
    ImportError
        If skops is not installed, for ``.skops``.

    See Also
    --------
    load_model : Read it back.

    Notes
    -----
    The file holds the versions of Python, scikit-learn, sklearn_eeg and other packages; the detector its
    sampling frequency, channels and `training_card_`. It is written under a temporary name and renamed.

    Examples
    --------
    >>> from sklearn_eeg.detection import SeizureDetector, save_model
    >>> from sklearn_eeg.systems import svm_baseline
    >>> save_model(SeizureDetector(svm_baseline(256), 256), "model.pkl")
    Traceback (most recent call last):
    ...
    ValueError: `path` must end in .skops or .joblib, got 'model.pkl'.
    """
    kind = _check_suffix(path)
    if not isinstance(detector, SeizureDetector):
        raise TypeError(f"`detector` must be a SeizureDetector, got {type(detector).__name__}.")
    check_is_fitted(detector)
    content = {"format": _FORMAT, "versions": _list_versions(), "detector": detector}
    with replacing(path) as temporary:
        if kind == ".skops":
            skops = import_optional("skops.io", extra="models", needed_by="save_model")
            skops.dump(_drop_requests(copy.deepcopy(content)), temporary)
        else:
            joblib.dump(content, temporary)
    return Path(path).expanduser().resolve()


def _drop_requests(part: Any) -> Any:
    """Return a model after taking out its metadata requests: skops cannot write them."""
    if isinstance(part, BaseEstimator):
        vars(part).pop("_metadata_request", None)
        _drop_requests(vars(part))
    elif isinstance(part, dict | list | tuple):
        for each in part.values() if isinstance(part, dict) else part:
            _drop_requests(each)
    return part


def load_model(path: str | os.PathLike[str], *, trusted: list[str] | None = None) -> SeizureDetector:
    """Read a fitted detector from a file that `save_model` wrote.

    Parameters
    ----------
    path : path-like
        The file. One that ends in ``.joblib`` can run any code when it is loaded: load none that comes from
        elsewhere.
    trusted : list of str, default=None
        Types beyond those of scikit-learn, NumPy, SciPy and sklearn_eeg that a ``.skops`` file may hold, for
        example of a classifier of your own.

    Returns
    -------
    detector : SeizureDetector
        The fitted detector.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it is damaged, holds types that are not trusted, or no detector, or has another ending.
    ImportError
        If skops is not installed, for ``.skops``.

    Warns
    -----
    UserWarning
        If it was written under another version of scikit-learn or of sklearn_eeg.

    See Also
    --------
    save_model : Write it.

    Examples
    --------
    >>> from sklearn_eeg.detection import load_model
    >>> load_model("none.skops")
    Traceback (most recent call last):
    ...
    FileNotFoundError: none.skops does not exist.
    """
    file = Path(path).expanduser()
    kind = _check_suffix(file)
    if not file.is_file():
        raise FileNotFoundError(f"{file} does not exist.")
    try:
        content = _load_skops(file, trusted or []) if kind == ".skops" else joblib.load(file)
    except (_UntrustedError, ImportError, MemoryError):
        raise
    except Exception as error:  # a damaged file raises whatever comes first
        raise ValueError(
            f"{file} cannot be read as a model ({type(error).__name__}: {error}): copy it anew from where it "
            "was written, or fit and save the detector again."
        ) from error
    if not isinstance(content, dict) or not isinstance(content.get("detector"), SeizureDetector):
        raise ValueError(f"{file} must hold a SeizureDetector that save_model wrote, got something else.")
    if content.get("format") != _FORMAT:
        raise ValueError(
            f"{file} must be of format {_FORMAT}, got {content.get('format')!r}: update sklearn_eeg."
        )
    _compare_versions(content["versions"], file)
    return content["detector"]


def _check_suffix(path: str | os.PathLike[str]) -> str:
    suffix = Path(path).suffix.lower()
    if suffix not in _SUFFIXES:
        raise ValueError(f"`path` must end in .skops or .joblib, got {os.fspath(path)!r}.")
    return suffix


def _list_versions() -> dict[str, str]:
    from .. import __version__

    found = {
        "python": platform.python_version(),
        "scikit-learn": sklearn.__version__,
        "sklearn_eeg": __version__,
    }
    for package in _PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "not installed"
    return found


def _compare_versions(written: dict[str, str], file: Path) -> None:
    now = _list_versions()
    others = [
        f"{name} {written.get(name)} (here {now[name]})"
        for name in ("scikit-learn", "sklearn_eeg")
        if written.get(name) != now[name]
    ]
    if others:
        warnings.warn(
            f"{file} was written under {' and '.join(others)}: what it finds may differ; fit it again, or "
            "install that version.",
            UserWarning,
            stacklevel=3,
        )


def _load_skops(file: Path, trusted: list[str]) -> Any:
    """Load a file of skops that holds trusted types only: those of skops's own list, ours, and the given."""
    skops_io = import_optional("skops.io", extra="models", needed_by="load_model")
    asked = list(skops_io.get_untrusted_types(file=file))
    known = {*trusted, *_HARMLESS}
    unknown = [name for name in asked if name not in known and not _is_own_class(name)]
    if unknown:
        raise _UntrustedError(
            f"{file} must hold types of scikit-learn, NumPy, SciPy and sklearn_eeg only, got {unknown}: if "
            f"you know that they are harmless, load_model(..., trusted={unknown})."
        )
    return skops_io.load(file, trusted=asked)


def _is_own_class(name: str) -> bool:
    """Return whether a name is that of a class that is defined in this package."""
    module, _, attribute = name.rpartition(".")
    if not module.startswith(_OWN):
        return False
    try:
        found = getattr(importlib.import_module(module), attribute, None)
    except ImportError:
        return False
    return isinstance(found, type) and found.__module__ == module
