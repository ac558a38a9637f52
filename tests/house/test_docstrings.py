"""Every public name is documented after numpydoc, with an example that runs."""

import importlib
import inspect

import pytest
from numpydoc.validate import validate

import sklearn_eeg

# Rules of numpydoc that are not the house's:
IGNORED = {
    "ES01",  # an extended summary is not needed where one line says it all
    "SA01",  # nor a See Also section
    "SA04",
    "RT02",  # a single returned value is named
    "GL08",  # methods inherited from scikit-learn document themselves
}


def public_names():
    for room in sklearn_eeg.__all__:
        module = importlib.import_module(f"sklearn_eeg.{room}")
        for name in module.__all__:
            if callable(getattr(module, name)):
                yield f"sklearn_eeg.{room}.{name}"


def own_methods():
    for name in public_names():
        room, cls_name = name.rsplit(".", 1)
        cls = getattr(importlib.import_module(room), cls_name)
        if inspect.isclass(cls):
            for method, function in inspect.getmembers(cls, inspect.isfunction):
                own = function.__module__.startswith("sklearn_eeg")
                if own and not method.startswith("_"):
                    yield f"{name}.{method}"


def errors_of(name, ignored):
    return [text for code, text in validate(name)["errors"] if code not in ignored]


@pytest.mark.parametrize("name", list(public_names()))
def test_public_names(name):
    assert errors_of(name, IGNORED) == []


@pytest.mark.parametrize("name", list(own_methods()))
def test_methods(name):
    assert errors_of(name, IGNORED | {"EX01"}) == []
